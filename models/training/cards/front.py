"""Drawn fronts: the usual layout on many papers, print-outs of chip readers, flat mock-ups, and pink cards alike."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from models.training.cards import emblem, ink, paper, parts, portrait, texture
from models.training.cards.press import Number, make_press
from models.training.cards.smart import Smart
from models.training.people import Person
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE


def corners(rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Alpha of a card: rounded as ID-1 (3.18 mm), more, less, or square."""
    radius = 0 if rng.random() < 0.25 else int(np.clip(rng.normal(36, 9), 8, 70))
    return texture.rounded(radius)


def smart_front(rng: np.random.Generator, person: Person, faces: Path | None, *, pink: bool = False) -> DrawnCard:
    """The usual layout, whole: textured or flat paper, seal, barcode, chip, fields, portrait."""
    flat = rng.random() < 0.28
    card = paper.make_paper(
        rng, paper.PINKS if pink else paper.FRONTS, flat=flat, horizon=float(rng.normal(0.65, 0.03))
    )
    bare = pink and rng.random() < 0.1
    furniture(card, rng, bare=bare)
    box = portrait_box(rng)
    smart = Smart(make_press(card, rng), person, faces, pink=pink, edge=box[0])
    if rng.random() < 0.8:
        smart.picture(box, flat=flat)
        number = fill(smart)
    else:
        number = fill(smart)
        smart.picture(box, flat=flat)
    if rng.random() < 0.3:
        _holograms(card, rng)
    if rng.random() < 0.15:
        watermark(card, rng)
    kind = ("pink" if pink else "front") + ("_flat" if flat else "_smart")
    side = "pink" if pink else "front"
    return DrawnCard(paper.finish(card, rng), corners(rng), side, kind, number.digits, number.box)


def fill(smart: Smart) -> Number:
    """All fields of the usual layout; some cards leave out a block."""
    number = smart.header()
    smart.names()
    keep = smart.rng.random(3)
    if keep[0] < 0.95:
        smart.address()
    if keep[1] < 0.95:
        smart.dates()
    if keep[2] < 0.88:
        smart.officer()
    return number


def portrait_box(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """Where the portrait stands, lower right, as fractions; its size varies by a few millimetres."""
    width, height = rng.normal(0.222, 0.012), rng.normal(0.425, 0.025)
    left, top = rng.normal(0.749, 0.012), rng.normal(0.485, 0.03)
    return (left, top, min(0.99, left + width), min(0.935, top + height))


def furniture(card: Rgb, rng: np.random.Generator, *, bare: bool = False) -> None:
    """Seal, barcode at the left edge, chip: each at its place, moved a little, some left out. `bare`: seal only."""

    def pixels(x0: float, y0: float, x1: float, y1: float) -> ink.Box:
        dx, dy = rng.normal(0, 0.005, 2)
        return ink.pixels(card, (x0 + dx, y0 + dy, x1 + dx, y1 + dy))

    if not bare and rng.random() < 0.85:
        if rng.random() < 0.6:
            strip = pixels(0, 0.247, 0.088, 1.02)
            cv2.rectangle(card, (0, strip[1]), (max(20, strip[2]), HEIGHT), (250, 251, 254), -1)
        if rng.random() < 0.92:
            right = float(rng.uniform(0.055, 0.08))
            parts.barcode(
                card, rng, pixels(float(rng.uniform(0.012, 0.034)), 0.277, right, float(rng.uniform(0.88, 0.95)))
            )
    if rng.random() < 0.95:
        emblem.seal(
            card,
            rng,
            (WIDTH * rng.normal(0.074, 0.005), HEIGHT * rng.normal(0.12, 0.008)),
            HEIGHT * rng.uniform(0.085, 0.112),
        )
    if not bare and rng.random() < 0.88:
        grow = rng.uniform(0.72, 1.08)
        parts.chip(card, rng, pixels(0.106, 0.32, 0.106 + 0.154 * grow, 0.32 + 0.225 * grow))


def _holograms(card: Rgb, rng: np.random.Generator) -> None:
    """See-through patches over the print."""
    for _ in range(int(rng.integers(1, 4))):
        x, y, size = int(rng.integers(0, WIDTH)), int(rng.integers(0, HEIGHT)), int(rng.integers(60, 220))
        parts.hologram(card, rng, (x, y, x + size, y + int(size * rng.uniform(0.6, 1.2))), dark=False)


def watermark(card: Rgb, rng: np.random.Generator) -> None:
    """Words across the card: faint white ones as woven in, or a coloured SPECIMEN over everything."""
    at = (float(rng.uniform(0.3, 0.9)) * WIDTH, float(rng.uniform(0.3, 0.7)) * HEIGHT)
    words = ink.pick(rng, ("กรมการปกครอง", "SPECIMEN", "ตัวอย่าง", "SAMPLE", "THAILAND THAILAND", "ใช้เพื่อทดสอบ"))
    colour = ink.pick(rng, ((255, 255, 255), (255, 255, 255), (210, 60, 60), (90, 90, 100), (60, 110, 190)))
    turn, size = float(rng.choice([90, 90, 30, -25, 0])), float(rng.uniform(22, 120))
    opacity = float(rng.uniform(0.1, 0.45))
    ink.write(card, at, words, "Sarabun_700Bold", size, colour, turn=turn, opacity=opacity)


def icon_front(rng: np.random.Generator, person: Person, faces: Path | None) -> DrawnCard:
    """A web developer's mock-up: flat ground, title, a seal, a chip, bars where values would be, a cartoon."""
    card = paper.make_paper(rng, paper.FRONTS, flat=True)
    furniture(card, rng)
    number = Smart(make_press(card, rng, redact=0.0), person, faces).header(number=bool(rng.random() < 0.7))
    tone = ink.pick(rng, ((232, 232, 236), (255, 255, 255), (122, 158, 168), (180, 200, 215), (90, 100, 120)))
    radius = int(rng.choice([0, 6, 18]))
    y, thick = rng.uniform(0.36, 0.44), rng.uniform(0.03, 0.065)
    for _ in range(int(rng.integers(2, 6))):
        x = rng.choice([0.3, 0.3, 0.12]) if y > 0.56 else 0.3
        end = rng.uniform(0.45, 0.71)
        parts.panel(card, (int(x * WIDTH), int(y * HEIGHT), int(end * WIDTH), int((y + thick) * HEIGHT)), tone, radius)
        y += thick + rng.uniform(0.02, 0.06)
    for x in (0.12, 0.45):
        for y in (0.88, 0.93):
            end = x + rng.uniform(0.12, 0.2)
            parts.panel(
                card, (int(x * WIDTH), int(y * HEIGHT), int(end * WIDTH), int((y + 0.018) * HEIGHT)), (80, 84, 96), 4
            )
    box = (rng.uniform(0.7, 0.75), rng.uniform(0.42, 0.5), rng.uniform(0.93, 0.97), rng.uniform(0.78, 0.9))
    x0, y0, x1, y1 = int(box[0] * WIDTH), int(box[1] * HEIGHT), int(box[2] * WIDTH), int(box[3] * HEIGHT)
    ink.paste(card, portrait.portrait(rng, x1 - x0, y1 - y0, faces, flat=True), x0, y0)
    return DrawnCard(card, corners(rng), "front", "front_icon", number.digits, number.box)
