"""Screens: chats, apps with cards and avatars, wallets, kiosks, desktop windows."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas
from models.training.neighbours.papers import printed
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnPage

APP_TITLES = ("บัญชีของฉัน", "My Wallet", "หน้าหลัก", "โปรไฟล์", "โอนเงิน", "Verify identity")
SLOGANS = (
    "กรุณาเสียบบัตร",
    "ใช้งานด้วยบัตรประจำตัวประชาชน กรุณาเสียบบัตร",
    "Please insert your card",
    "ลงทะเบียนเข้าใช้บริการ",
    "ใช้งานโดยไม่มีบัตรประจำตัวประชาชน",
)
ENTRY_FIELDS = (
    ("เลขประจำตัว", "{number}"),
    ("ชื่อ-สกุล", "{thai}"),
    ("Name", "{roman}"),
    ("วันเกิด", "{born_thai}"),
    ("ที่อยู่", "{address_thai}"),
    ("สถานะ", "ปกติ"),
)


def _phone(rng: np.random.Generator, faces: Path | None) -> Canvas:
    """An upright phone screen, light or dark, with its status line."""
    height = int(rng.integers(1000, 1600))
    width = round(height * rng.uniform(0.45, 0.58))
    dark = rng.random() < 0.25
    back = grounds.hsv(rng.random(), rng.uniform(0, 0.12), rng.uniform(0.05, 0.18) if dark else rng.uniform(0.92, 1.0))
    canvas = Canvas(rng, grounds.flat(width, height, back), faces)
    canvas.text(0.04 * width, 0.022 * height, words.fill(rng, "1#:##"), "latin_bold", 0.016 * height, _contrast(back))
    canvas.box(0.9 * width, 0.01 * height, 0.96 * width, 0.022 * height, _contrast(back), radius=4)
    return canvas


def _contrast(back: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whichever shows on `back`."""
    return grounds.BLACK if sum(back) > 380 else (235, 235, 240)


def _avatar(canvas: Canvas, x: float, y: float, size: float) -> None:
    """A round portrait."""
    n = round(size)
    canvas.paste(portrait(canvas.rng, n, n, canvas.faces, scale=False), x, y, parts.rounded(n, n, n / 2))


def chat(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A chat with bubbles at both sides, avatars, pictures and a field for typing."""
    canvas = _phone(rng, faces)
    w, h = canvas.width, canvas.height
    accent, size, y = grounds.deep(rng, rng.random()), canvas.width / 24, 0.11 * canvas.height
    canvas.box(0, 0.03 * h, w, 0.09 * h, accent)
    canvas.text(0.15 * w, 0.07 * h, words.holder(rng)["first"], "thai_bold", 1.2 * size, grounds.WHITE)
    own = grounds.hsv(rng.random(), 0.4, 0.95)
    while y < 0.88 * h:
        mine = bool(rng.random() < 0.5)
        span = w * rng.uniform(0.25, 0.65)
        x = 0.96 * w - span if mine else 0.16 * w
        if not mine:
            _avatar(canvas, 0.03 * w, y, 0.1 * w)
        if rng.random() < 0.12:
            tall = min(span * 0.7, 0.9 * h - y)
            if tall > 40:
                canvas.paste(grounds.card_stock(rng, round(span), round(tall), rng.random()), x, y)
            y += tall + size
            continue
        lines = int(rng.integers(1, 4))
        canvas.box(x, y, x + span, y + (1.6 * lines + 0.8) * size, own if mine else (250, 250, 250), radius=0.8 * size)
        for line in range(lines):
            text = words.thai_line(rng, int((span - size) / (0.5 * size)))
            canvas.text(
                x + 0.6 * size, y + (1.5 + 1.55 * line) * size, text, "thai", size, grounds.BLACK, fit=span - size
            )
        y += (1.6 * lines + 1.6) * size
    canvas.box(0.1 * w, 0.93 * h, 0.86 * w, 0.98 * h, (235, 235, 238), radius=0.025 * h)
    return printed(canvas, "chat")


def app(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """An app: header, list rows with avatars, card-shaped panels (blue ones too), a tab bar."""
    canvas = _phone(rng, faces)
    w, h = canvas.width, canvas.height
    accent, y = grounds.deep(rng, grounds.hue_of(rng, words.pick(rng, ("blue", "sky", "any")))), 0.11 * canvas.height
    canvas.box(0, 0.03 * h, w, 0.1 * h, accent)
    canvas.text(0.05 * w, 0.08 * h, words.pick(rng, APP_TITLES), "thai_bold", 0.025 * h, grounds.WHITE)
    while y < 0.86 * h:
        if rng.random() < 0.4:
            tall = 0.9 * w / 1.586 * rng.uniform(0.5, 1.0)
            _wallet_card(canvas, 0.05 * w, y, 0.9 * w, tall)
            y += tall + 0.02 * h
        else:
            _list_row(canvas, y, 0.07 * h)
            y += 0.077 * h
    canvas.box(0, 0.93 * h, w, h, (246, 246, 248))
    for x in (0.1, 0.35, 0.6, 0.85):
        canvas.box(x * w, 0.945 * h, x * w + 0.05 * w, 0.945 * h + 0.05 * w, accent, radius=8)
    return printed(canvas, "app")


def _list_row(canvas: Canvas, y: float, row: float) -> None:
    """A contact: avatar, name, a line of text."""
    w, rng = canvas.width, canvas.rng
    canvas.box(0.04 * w, y, 0.96 * w, y + row, (250, 250, 252), radius=10)
    _avatar(canvas, 0.06 * w, y + 0.1 * row, 0.8 * row)
    name = words.holder(rng)["thai"]
    canvas.text(0.24 * w, y + 0.45 * row, name, "thai_bold", 0.28 * row, grounds.BLACK, fit=0.6 * w)
    canvas.text(0.24 * w, y + 0.8 * row, words.thai_line(rng, 22), "thai", 0.24 * row, (120, 120, 120), fit=0.65 * w)


def _wallet_card(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A card-shaped panel as banking apps show them: gradient, balance, hidden number, perhaps a chip."""
    rng = canvas.rng
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "blue", "any")))
    dark = bool(rng.random() < 0.6)
    ink = grounds.WHITE if dark else grounds.BLACK
    w, h = round(width), round(height)
    canvas.paste(grounds.card_stock(rng, w, h, hue, dark=dark), x, y, parts.rounded(w, h, 0.04 * w))
    label = words.pick(rng, ("ยอดเงินคงเหลือ", "Balance", "บัตรเดบิต", "ออมทรัพย์"))
    canvas.text(x + 0.06 * w, y + 0.25 * h, label, "thai", 0.05 * w, ink)
    canvas.text(x + 0.06 * w, y + 0.55 * h, words.fill(rng, "฿ ##,###.##"), "thai_bold", 0.09 * w, ink)
    canvas.text(x + 0.06 * w, y + 0.85 * h, words.fill(rng, "xxx-x-x####-x"), "digits", 0.05 * w, ink)
    if rng.random() < 0.4:
        parts.chip(canvas, x + 0.75 * w, y + 0.3 * h, 0.14 * w, 0.11 * w)


def scan_guide(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """An app that asks for a card: an empty card-shaped frame over a dark or blurred picture, hints, a button."""
    canvas = _phone(rng, faces)
    w, h = canvas.width, canvas.height
    canvas.image.paste(grounds.hsv(rng.random(), 0.1, rng.uniform(0.05, 0.6)), (0, round(0.03 * h), w, h))
    y, wide = rng.uniform(0.2, 0.4) * h, rng.uniform(0.8, 0.94) * w
    x, tall = (w - wide) / 2, wide / 1.586
    if rng.random() < 0.7:
        table = grounds.card_stock(rng, round(wide), round(tall), rng.random(), dark=bool(rng.random() < 0.6))
        canvas.paste(table, x, y, parts.rounded(round(wide), round(tall), 20))
    canvas.box(x, y, x + wide, y + tall, outline=grounds.WHITE, width=5, radius=20)
    if rng.random() < 0.4:
        canvas.box(x + 0.7 * wide, y + 0.4 * tall, x + 0.93 * wide, y + 0.9 * tall, outline=grounds.WHITE, width=3)
    hint = words.pick(rng, ("วางบัตรให้อยู่ในกรอบ", "กรุณาถ่ายบัตรประชาชน", "Place your ID card in the frame"))
    canvas.text(w / 2, y - 0.03 * h, hint, "thai_bold", 0.024 * h, grounds.WHITE, anchor="ms", fit=0.9 * w)
    canvas.pen.ellipse((0.42 * w, 0.85 * h, 0.58 * w, 0.85 * h + 0.16 * w), grounds.WHITE, (180, 180, 180), 6)
    return printed(canvas, "scan_guide")


def kiosk(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A kiosk's or web page's instruction with a drawn card and buttons."""
    width, height = int(rng.integers(1000, 1500)), int(rng.integers(600, 1000))
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "any")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    slogan, y = words.pick(rng, SLOGANS), height * rng.uniform(0.55, 0.75)
    canvas.text(width / 2, y, slogan, "thai_bold", height / 9, grounds.ink(rng), anchor="ms", fit=0.9 * width)
    size = 0.32 * height
    x, y = width * rng.uniform(0.3, 0.6), 0.08 * height
    canvas.pen.ellipse((x, y, x + size, y + size), grounds.deep(rng, rng.random()))
    tint = grounds.hsv(rng.random(), 0.6, 0.9)
    canvas.box(x + 0.2 * size, y + 0.35 * size, x + 0.8 * size, y + 0.72 * size, tint, radius=8)
    parts.chip(canvas, x + 0.26 * size, y + 0.48 * size, 0.14 * size, 0.11 * size)
    for column in range(int(rng.integers(1, 4))):
        left, label = (0.08 + 0.3 * column) * width, words.pick(rng, ("ตกลง", "ยกเลิก", "Next", "ย้อนกลับ"))
        canvas.box(left, 0.84 * height, left + 0.25 * width, 0.95 * height, grounds.deep(rng, rng.random()), radius=16)
        middle = left + 0.125 * width
        canvas.text(middle, 0.92 * height, label, "thai_bold", 0.06 * height, grounds.WHITE, anchor="ms")
    return printed(canvas, "kiosk")


def window(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A desktop program or web page: menu, side bar, form fields, a profile picture, tiles."""
    width, height = int(rng.integers(1100, 1600)), int(rng.integers(680, 900))
    canvas = Canvas(rng, grounds.flat(width, height, grounds.hsv(rng.random(), 0.03, rng.uniform(0.9, 1))), faces)
    unit = height / 24
    canvas.box(0, 0, width, 2 * unit, grounds.deep(rng, rng.random()))
    title = words.pick(rng, ("ระบบลงทะเบียน", "Customer Registration", "เวชระเบียน", "Admin Console"))
    canvas.text(unit, 1.4 * unit, title, "thai_bold", unit, grounds.WHITE)
    side = rng.uniform(0.1, 0.22) * width
    canvas.box(0, 2 * unit, side, height, grounds.hsv(rng.random(), 0.1, rng.uniform(0.2, 0.95)))
    _entry_fields(canvas, side, unit)
    if rng.random() < 0.7:
        canvas.paste(portrait(rng, round(5 * unit), round(6 * unit), faces), width - 6 * unit, 3 * unit)
    for column in range(int(rng.integers(0, 5))):
        x, span = side + unit + column * (width - side) / 5, (width - side) / 5 - unit
        tile = grounds.card_stock(rng, round(span), round(5 * unit), rng.random())
        canvas.paste(tile, x, 18 * unit, parts.rounded(round(span), round(5 * unit), 12))
        canvas.text(x + 10, 22 * unit, words.thai_line(rng, 12), "thai_bold", 0.7 * unit, grounds.BLACK, fit=span - 20)
    return printed(canvas, "window")


def _entry_fields(canvas: Canvas, side: float, unit: float) -> None:
    """Labels with white boxes and what was typed into them."""
    person, right = words.holder(canvas.rng), canvas.width - 8 * unit
    for row, (label, value) in enumerate(ENTRY_FIELDS[: int(canvas.rng.integers(3, 7))]):
        y = (4 + 2.1 * row) * unit
        canvas.text(side + unit, y, label, "thai", 0.8 * unit, grounds.BLACK)
        canvas.box(side + 7 * unit, y - unit, right, y + 0.5 * unit, grounds.WHITE, (170, 170, 170))
        x = side + 7.4 * unit
        canvas.text(x, y, value.format_map(person), "thai", 0.8 * unit, grounds.BLACK, fit=right - x)


SCREENS = (chat, chat, app, scan_guide, kiosk, window)
