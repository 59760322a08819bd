"""Tickets and carriers: lottery, cinema and parking tickets, boarding passes, SIM cards in their frames."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas
from models.training.neighbours.emblems import emblem
from models.training.neighbours.everyday import finish
from models.training.samples import CARD_SIZE, DrawnCard

W, H = CARD_SIZE


def sim_carrier(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """A SIM card in its carrier: a punched outline around a chip, a bar code and a serial number."""
    canvas = Canvas(rng, grounds.card_stock(rng, W, H, rng.random(), dark=bool(rng.random() < 0.4)), faces)
    x, y = rng.uniform(0.05, 0.6) * W, rng.uniform(0.12, 0.4) * H
    canvas.box(x, y, x + 0.3 * W, y + 0.42 * H, (240, 240, 240), (120, 120, 120), width=4, radius=20)
    parts.chip(canvas, x + 0.07 * W, y + 0.1 * H, 0.15 * W, 0.2 * H)
    far = 0.06 * W if x > 0.4 * W else x + 0.36 * W
    canvas.text(
        far,
        0.2 * H,
        words.pick(rng, ("SIM", "5G sample", "ซิมเติมเงิน", "mobi+")),
        "thai_bold",
        80,
        grounds.BLACK,
        fit=0.3 * W,
    )
    canvas.text(far, 0.85 * H, words.fill(rng, "89660 #### #### ####"), "digits", 34, grounds.BLACK, fit=0.5 * W)
    parts.barcode(canvas, far, 0.6 * H, 0.3 * W, 0.12 * H)
    return finish(canvas, "sim_carrier")


def lottery_ticket(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """Six large digits, a vignette, the price, a QR code; wider than a card."""
    width, height = W, int(W / rng.uniform(1.9, 2.2))
    hue = grounds.hue_of(rng, words.pick(rng, ("pink", "yellow", "sky", "green")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    canvas.text(
        0.04 * width,
        0.12 * height,
        words.pick(rng, ("สลากกินแบ่งรัฐบาล", "สลากการกุศล", "LOTTERY")),
        "thai_bold",
        46,
        grounds.deep(rng, hue),
    )
    canvas.box(0.45 * width, 0.04 * height, 0.97 * width, 0.26 * height, grounds.WHITE)
    canvas.text(0.71 * width, 0.22 * height, "  ".join(words.digits(rng, 6)), "digits", 72, grounds.BLACK, anchor="ms")
    emblem(canvas, 0.12 * width, 0.25 * height, 0.5 * height, grounds.deep(rng, hue + 0.3), style="bird")
    canvas.text(0.05 * width, 0.93 * height, "80 บาท", "thai_bold", 70, grounds.deep(rng, hue + 0.5))
    date = words.holder(rng)["issued_thai"]
    canvas.text(0.5 * width, 0.42 * height, date, "thai_bold", 44, grounds.BLACK)
    canvas.text(0.5 * width, 0.6 * height, words.fill(rng, "งวดที่ ##  ชุดที่ ##"), "thai", 40, grounds.BLACK)
    parts.dot_code(canvas, 0.8 * width, 0.55 * height, 0.36 * height)
    parts.barcode(canvas, 0.3 * width, 0.78 * height, 0.4 * width, 0.15 * height)
    return finish(canvas, "lottery_ticket", 0.0)


def barcode_ticket(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """A cinema, bus or parking ticket, or a boarding pass: two parts, a bar code, large codes."""
    width, height = W, int(rng.uniform(330, 560))
    paper = grounds.WHITE if rng.random() < 0.4 else grounds.pale(rng, rng.random())
    canvas = Canvas(rng, grounds.gradient(rng, width, height, [paper, paper]), faces)
    accent = grounds.deep(rng, rng.random())
    canvas.box(0, 0, width, 0.2 * height, accent)
    title = words.pick(rng, ("BOARDING PASS", "บัตรโดยสาร", "CINEMA", "บัตรจอดรถ"))
    canvas.text(0.04 * width, 0.15 * height, title, "thai_bold", 0.12 * height, grounds.WHITE)
    cut = width * rng.uniform(0.62, 0.8)
    for dash in range(0, height, 22):
        canvas.line(cut, dash, cut, dash + 11, (140, 140, 140), 3)
    for row in range(4):
        y, label = (0.36 + 0.16 * row) * height, words.pick(rng, ("SEAT", "ที่นั่ง", "GATE", "เวลา", "DATE"))
        canvas.text(0.04 * width, y, label, "thai", 0.07 * height, accent)
        canvas.text(0.25 * width, y, words.fill(rng, "@## ##:##"), "latin_bold", 0.1 * height, grounds.BLACK)
    upright = bool(rng.random() < 0.5)
    parts.barcode(canvas, cut + 30, 0.28 * height, width - cut - 60, 0.6 * height, upright=upright)
    return finish(canvas, "barcode_ticket", rng.choice([0.0, 20.0]))


TICKETS = (sim_carrier, lottery_ticket, barcode_ticket)
