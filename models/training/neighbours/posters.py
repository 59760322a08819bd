"""Posters, banners, slides, memes and QR pages."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas
from models.training.neighbours.emblems import emblem
from models.training.neighbours.papers import printed, sheet
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnPage

SLOGANS = (
    "ลดราคาพิเศษ 50%",
    "สมัครวันนี้ รับฟรี",
    "ข่าวด่วนประจำวัน",
    "โปรโมชั่นสุดคุ้ม",
    "คอนเสิร์ตฤดูหนาว",
    "เปิดรับสมัครงาน",
    "ออมวันนี้ สบายวันหน้า",
    "BREAKING NEWS",
    "SUMMER SALE",
    "ตลาดนัดสุดสัปดาห์",
    "เตือนภัยออนไลน์",
    "7 สิ่งที่ต้องรู้",
)


def poster(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A social-media poster: picture or colour, large slanted headline, a person, a logo."""
    width = int(rng.integers(1000, 1300))
    height = round(width * rng.choice([1.0, 1.25, 0.75, 1.41]))
    long = max(width, height)
    width, height = (round(width * min(1, 1600 / long)), round(height * min(1, 1600 / long)))
    dark = bool(rng.random() < 0.6)
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, rng.random(), dark=dark), faces)
    size = round(rng.uniform(0.45, 0.9) * height)
    x = rng.uniform(-0.1, 0.7) * width
    canvas.paste(portrait(rng, round(0.8 * size), size, faces, scale=False), x, height - size * rng.uniform(0.8, 1.0))
    if rng.random() < 0.6:
        y = height * rng.uniform(0.55, 0.75)
        canvas.box(0, y, width, height, grounds.deep(rng, rng.random()))
    y = height * rng.uniform(0.62, 0.8)
    for points in (0.13, 0.07, 0.045)[: int(rng.integers(1, 4))]:
        fill = grounds.WHITE if rng.random() < 0.6 else grounds.hsv(rng.random(), 0.8, 1.0)
        canvas.text(0.05 * width, y, words.pick(rng, SLOGANS), "thai_bold", points * height, fill, fit=0.9 * width)
        y += 1.1 * points * height
    emblem(canvas, 0.85 * width, 0.03 * height, 0.11 * width, grounds.WHITE)
    return printed(canvas, "poster")


def banner(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A wide web banner with a slogan, a button and drawn shapes."""
    width = int(rng.integers(1100, 1600))
    height = round(width * rng.uniform(0.25, 0.55))
    dark = bool(rng.random() < 0.5)
    canvas = Canvas(
        rng,
        grounds.card_stock(rng, width, height, grounds.hue_of(rng, words.pick(rng, ("sky", "any"))), dark=dark),
        faces,
    )
    ink = grounds.WHITE if dark else grounds.ink(rng)
    x = rng.choice([0.05, 0.4]) * width
    canvas.text(x, 0.45 * height, words.pick(rng, SLOGANS), "thai_bold", 0.22 * height, ink, fit=0.55 * width)
    canvas.text(x, 0.65 * height, words.thai_line(rng, 30), "thai", 0.09 * height, ink, fit=0.55 * width)
    canvas.box(x, 0.74 * height, x + 0.2 * width, 0.9 * height, grounds.deep(rng, rng.random()), radius=0.08 * height)
    canvas.text(x + 0.1 * width, 0.85 * height, "คลิกเลย", "thai_bold", 0.08 * height, grounds.WHITE, anchor="ms")
    far = 0.68 * width if x < 0.3 * width else 0.06 * width
    if rng.random() < 0.5:
        size = round(0.8 * height)
        canvas.paste(portrait(rng, min(size, round(0.3 * width)), size, faces, scale=False), far, 0.2 * height)
    else:
        emblem(canvas, far, 0.15 * height, min(0.7 * height, 0.27 * width), ink)
    return printed(canvas, "banner")


def qr_page(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A payment or login page around one large QR code."""
    height = int(rng.integers(1000, 1500))
    width = round(height * rng.uniform(0.55, 0.8))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, rng.random(), dark=bool(rng.random() < 0.5)), faces)
    canvas.box(0.1 * width, 0.12 * height, 0.9 * width, 0.88 * height, grounds.WHITE, radius=30)
    canvas.box(0.1 * width, 0.12 * height, 0.9 * width, 0.22 * height, grounds.deep(rng, 0.6))
    canvas.text(
        width / 2,
        0.19 * height,
        words.pick(rng, ("สแกนเพื่อชำระเงิน", "SCAN TO PAY", "เข้าสู่ระบบ")),
        "thai_bold",
        0.06 * width,
        grounds.WHITE,
        anchor="ms",
    )
    size = 0.6 * width
    parts.dot_code(canvas, 0.2 * width, 0.27 * height, size, grounds.ink(rng))
    canvas.text(
        width / 2,
        0.35 * height + size,
        words.holder(rng)["thai"],
        "thai_bold",
        0.05 * width,
        grounds.BLACK,
        anchor="ms",
        fit=0.75 * width,
    )
    return printed(canvas, "qr_page")


def slide(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A slide: title, bullets, a bar chart or a picture."""
    width = int(rng.integers(1100, 1600))
    height = round(width / rng.choice([1.333, 1.778]))
    canvas = sheet(rng, faces, width, height)
    accent, unit = grounds.deep(rng, rng.random()), height / 20
    canvas.box(0, 0, width, rng.uniform(2, 4) * unit, accent)
    canvas.text(1.5 * unit, 2 * unit, words.pick(rng, SLOGANS), "thai_bold", 1.4 * unit, grounds.WHITE)
    for row in range(int(rng.integers(3, 7))):
        y = (6 + 2 * row) * unit
        canvas.pen.ellipse((unit, y - 0.5 * unit, 1.4 * unit, y - 0.1 * unit), accent)
        canvas.text(2 * unit, y, words.thai_line(rng, 26), "thai", 0.8 * unit, grounds.ink(rng), fit=0.5 * width)
    if rng.random() < 0.6:
        for bar in range(int(rng.integers(3, 8))):
            x = 0.6 * width + bar * 0.05 * width
            canvas.box(x, rng.uniform(6, 15) * unit, x + 0.035 * width, 17 * unit, grounds.hsv(rng.random(), 0.6, 0.85))
    else:
        canvas.paste(portrait(rng, round(8 * unit), round(10 * unit), faces), 0.62 * width, 6 * unit)
    return printed(canvas, "slide")


def meme(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """One or two large pictures with outlined captions."""
    width, height = int(rng.integers(1000, 1300)), int(rng.integers(600, 1200))
    canvas = Canvas(rng, np.zeros((height, width, 3), np.uint8), faces)
    count = int(rng.integers(1, 4))
    for part in range(count):
        canvas.paste(portrait(rng, width // count, height, faces, scale=False), part * width // count, 0)
        line = words.pick(rng, SLOGANS) if rng.random() < 0.5 else words.thai_line(rng, 12)
        x, y, fit = (part + 0.5) * width / count, height * rng.uniform(0.85, 0.95), 0.9 * width / count
        for dx, dy in ((-3, 0), (3, 0), (0, -3), (0, 3)):
            canvas.text(x + dx, y + dy, line, "thai_bold", 0.1 * height, grounds.BLACK, anchor="ms", fit=fit)
        canvas.text(x, y, line, "thai_bold", 0.1 * height, grounds.WHITE, anchor="ms", fit=fit)
    return printed(canvas, "meme")


POSTERS = (poster, poster, banner, banner, qr_page, slide, meme)
