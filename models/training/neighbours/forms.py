"""Forms of offices and banks: dotted lines, tick boxes, the 13 boxes for the number, a place for a photograph."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour
from models.training.neighbours.emblems import emblem
from models.training.neighbours.papers import a4, paragraph, printed
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnPage

TITLES = (
    "แบบคำขอมีบัตร",
    "คำขอเปิดบัญชีเงินฝาก",
    "ใบสมัครสมาชิก",
    "APPLICATION FORM",
    "หนังสือมอบอำนาจ",
    "แบบฟอร์มลงทะเบียน",
    "สัญญาเช่า",
)
FIELDS = (
    ("ชื่อ-สกุล", "{thai}"),
    ("Name", "{roman}"),
    ("เกิดวันที่", "{born_thai}"),
    ("ที่อยู่", "{address_thai}"),
    ("โทรศัพท์", "000 000 0000"),
    ("อาชีพ", "รับจ้าง"),
    ("เลขบัตรประชาชน", "{number}"),
    ("ลงชื่อ", "{first_thai}"),
    ("วันที่", "{issued_thai}"),
    ("หมายเหตุ", ""),
    ("สถานที่ทำงาน", "{province}"),
)
GREY: Colour = (90, 90, 90)


def form(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A form on A4: a head, then rows of several sorts down the page; filled in by hand or empty."""
    canvas = a4(rng, faces)
    w, h, size = canvas.width, canvas.height, max(canvas.width, canvas.height) / rng.uniform(52, 66)
    person = words.holder(rng) if rng.random() < 0.6 else None
    pen = grounds.hsv(0.63, 0.8, 0.6) if rng.random() < 0.7 else grounds.BLACK
    y = _head(canvas, size)
    while y < 0.9 * h:
        what = rng.random()
        if what < 0.18:
            y = _number_row(canvas, y, size, person, pen)
        elif what < 0.33:
            y = _ticks(canvas, y, size)
        elif what < 0.43:
            y = paragraph(canvas, 0.08 * w, y + size, 0.84 * w, int(rng.integers(2, 5)), 0.9 * size, grounds.BLACK)
        else:
            y = _dotted(canvas, y, size, person, pen)
    if person:
        parts.signature(canvas, 0.6 * w, 0.92 * h, 0.25 * w, 0.05 * h, pen)
    return printed(canvas, "form")


def _head(canvas: Canvas, size: float) -> float:
    """Seal, title and the box for a photograph; returns where the rows begin."""
    rng, w, h = canvas.rng, canvas.width, canvas.height
    if rng.random() < 0.6:
        emblem(canvas, rng.choice([0.08 * w, w / 2 - 3 * size]), 0.02 * h, 6 * size, grounds.ink(rng))
    y = 0.02 * h + 8.5 * size
    canvas.text(w / 2, y, words.pick(rng, TITLES), "thai_bold", 1.9 * size, grounds.BLACK, anchor="ms")
    if rng.random() < 0.35:
        x, top, tall = w - 10 * size, 0.02 * h, 10 * size
        canvas.box(x, top, x + 0.78 * tall, top + tall, outline=grounds.BLACK, width=2)
        if rng.random() < 0.5:
            canvas.paste(portrait(rng, round(0.78 * tall), round(tall), canvas.faces), x, top)
    return y + 3.5 * size


def _number_row(canvas: Canvas, y: float, size: float, person: dict[str, str] | None, pen: Colour) -> float:
    """The 13 boxes in the groups 1-4-5-2-1 with their label."""
    w, role = canvas.width, "hand" if canvas.rng.random() < 0.6 else "digits"
    end = canvas.text(0.08 * w, y + 1.3 * size, "เลขประจำตัวประชาชน", "thai", size, grounds.BLACK)[2]
    side = min(2.2 * size, (0.92 * w - end) / 16)
    x = end + size
    for place in range(13):
        x += side * (0.5 if place in (1, 5, 10, 12) else 0)
        canvas.box(x, y, x + side, y + 1.2 * side, outline=grounds.BLACK, width=2)
        if person:
            digit = person["digits"][place]
            canvas.text(x + side / 2, y + side, digit, role, 0.95 * side, pen, anchor="ms")
        x += side
    return y + max(2.6 * size, 1.8 * side)


def _ticks(canvas: Canvas, y: float, size: float) -> float:
    """Tick boxes with words in one line."""
    rng, w = canvas.rng, canvas.width
    for x in np.linspace(0.08 * w, 0.75 * w, int(rng.integers(2, 5))):
        canvas.box(x, y, x + size, y + size, outline=grounds.BLACK)
        if rng.random() < 0.3:
            canvas.line(x, y + size / 2, x + size, y - size / 3, grounds.hsv(0.63, 0.8, 0.6), 3)
        canvas.text(x + 1.5 * size, y + size, words.thai_line(rng, 10), "thai", size, grounds.BLACK, fit=0.2 * w)
    return y + 2.6 * size


def _dotted(canvas: Canvas, y: float, size: float, person: dict[str, str] | None, pen: Colour) -> float:
    """A label, a dotted line, and what a hand wrote on it."""
    w, (label, template) = canvas.width, FIELDS[int(canvas.rng.integers(len(FIELDS)))]
    end = canvas.text(0.08 * w, y + size, label, "thai", size, grounds.BLACK)[2]
    rest = 0.92 * w - end
    canvas.text(end, y + size, "." * int(rest / (0.3 * size)), "thai", size, GREY, fit=rest)
    if person:
        value = template.format_map(person)
        canvas.text(end + 2 * size, y + 0.9 * size, value, "hand", 1.3 * size, pen, fit=rest - 2 * size)
    return y + 2.6 * size


FORMS = (form,)
