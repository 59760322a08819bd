"""Papers: house registrations, letters, columns of text, certificates."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour, wear
from models.training.neighbours.emblems import emblem
from models.training.samples import DrawnPage

HOUSE_ROWS = (
    ("ชื่อ", "{thai}"),
    ("สัญชาติ ไทย  เพศ", "-"),
    ("เลขประจำตัวประชาชน", "{number}"),
    ("สถานภาพ", "ผู้อาศัย"),
    ("เกิดเมื่อ", "{born_thai}"),
    ("มารดาผู้ให้กำเนิด ชื่อ", "{officer}"),
    ("บิดาผู้ให้กำเนิด ชื่อ", "{officer}"),
    ("มาจาก", "{address_thai}"),
    ("ไปที่", "-"),
    ("นายทะเบียน", "{province}"),
)


def sheet(rng: np.random.Generator, faces: Path | None, width: int, height: int) -> Canvas:
    """A canvas of paper: white, yellowed, grey or tinted."""
    paper = grounds.hsv(rng.random(), rng.uniform(0, 0.03), rng.uniform(0.92, 1.0))
    if rng.random() < 0.1:
        paper = grounds.pale(rng, rng.random())
    return Canvas(rng, grounds.flat(width, height, paper), faces)


def a4(rng: np.random.Generator, faces: Path | None) -> Canvas:
    """An A4 sheet, standing or (seldom) lying, its long side 1000–1500 px."""
    long = int(rng.integers(1000, 1500))
    short = round(long / 1.414)
    return sheet(rng, faces, *((short, long) if rng.random() < 0.85 else (long, short)))


def printed(canvas: Canvas, kind: str) -> DrawnPage:
    """The finished page, worn by printer and copier."""
    return DrawnPage(wear(canvas.rng, canvas.pixels()), kind)


def paragraph(canvas: Canvas, x: float, y: float, width: float, lines: int, size: float, fill: Colour) -> float:
    """Lines of meaningless Thai or English; returns the baseline after the last one."""
    thai = canvas.rng.random() < 0.7
    for line in range(lines):
        share = 1.0 if line < lines - 1 else canvas.rng.uniform(0.2, 0.9)
        count = int(width * share / (size * 0.46))
        text = words.thai_line(canvas.rng, count) if thai else words.latin_line(canvas.rng, count)
        canvas.text(x, y, text, "thai" if thai else "latin", size, fill, fit=width * share)
        y += 1.55 * size
    return y


def house_registration(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A page of the house register's booklet: blue or yellow, rows in a frame, a 13-digit number."""
    width, height = int(rng.integers(1000, 1400)), int(rng.integers(680, 1000))
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "yellow", "blue")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    person, size, blue = words.holder(rng), height / 26, grounds.deep(rng, 0.62)
    title = words.pick(rng, ("รายการเกี่ยวกับบ้าน", "ทะเบียนบ้าน", "รายการบุคคลในบ้าน"))
    canvas.text(width / 2, 2 * size, title, "thai_bold", 1.5 * size, blue, anchor="ms")
    canvas.text(0.95 * width, 2 * size, f"เล่มที่ {rng.integers(1, 9)}", "thai", size, blue, anchor="rs")
    canvas.box(0.04 * width, 2.8 * size, 0.96 * width, 0.96 * height, outline=blue, width=3)
    step = (0.92 * height - 3 * size) / len(HOUSE_ROWS)
    for row, (label, value) in enumerate(HOUSE_ROWS):
        y = 2.8 * size + (row + 0.75) * step
        canvas.text(0.06 * width, y, label, "thai", 0.9 * size, blue)
        canvas.text(0.36 * width, y, value.format_map(person), "thai", size, grounds.BLACK, fit=0.58 * width)
        canvas.line(0.04 * width, y + 0.25 * step, 0.96 * width, y + 0.25 * step, blue)
    if rng.random() < 0.5:
        x, y = rng.uniform(0.4, 0.8) * width, rng.uniform(0.4, 0.7) * height
        parts.stamp(canvas, x, y, 6 * size, grounds.hsv(0.0, 0.8, 0.75))
    return printed(canvas, "house_registration")


def text_page(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A letter, notice or article: one to three columns of text, a headline, now and then a picture or a seal."""
    canvas = a4(rng, faces)
    w, h, size = canvas.width, canvas.height, canvas.height / rng.uniform(48, 75)
    margin, columns, ink = rng.uniform(0.06, 0.12) * w, int(rng.choice([1, 1, 2, 3])), grounds.ink(rng)
    y0 = 0.05 * h
    if rng.random() < 0.5:
        style = "bird" if rng.random() < 0.6 else None
        emblem(canvas, rng.choice([margin, w / 2 - 3 * size]), y0, 6 * size, ink, style=style)
        y0 += 7 * size
    points, headline = size * rng.uniform(1.4, 2.6), words.thai_line(rng, 26)
    canvas.text(margin, y0 + 2 * size, headline, "thai_bold", points, ink, fit=w - 2 * margin)
    y0, gap = y0 + 4.5 * size, 0.03 * w
    span = (w - 2 * margin - gap * (columns - 1)) / columns
    end = y0 + (h * rng.uniform(0.6, 0.93) - y0) * (0.5 if columns == 1 else 0.7)
    _column(canvas, margin, y0, span, end, size, ink)
    _repeat(canvas, (margin - 4, y0 - 1.2 * size, margin + span + 4, end), columns, span + gap)
    if rng.random() < 0.5:
        parts.signature(canvas, 0.55 * w, 0.9 * h, 0.25 * w, 0.06 * h, grounds.hsv(0.63, 0.8, 0.5))
        parts.stamp(canvas, 0.4 * w, 0.86 * h, 0.13 * w, grounds.hsv(rng.choice([0.0, 0.62, 0.75]), 0.8, 0.7))
    return printed(canvas, "text_page")


def _column(canvas: Canvas, x: float, y: float, span: float, end: float, size: float, ink: Colour) -> None:
    """Paragraphs and pictures down to `end`."""
    rng = canvas.rng
    while y < end - size:
        if rng.random() < 0.12:
            tall = min(span * rng.uniform(0.5, 0.8), end - y)
            if tall > 60:
                canvas.paste(grounds.card_stock(rng, round(span), round(tall), rng.random()), x, y)
                y += tall + 2 * size
        lines = min(int(rng.integers(3, 9)), int((end - y) / (1.55 * size)) + 1)
        y = paragraph(canvas, x, y, span, lines, size, ink) + 0.8 * size


def _repeat(canvas: Canvas, block: tuple[float, float, float, float], columns: int, pitch: float) -> None:
    """Fill the page with copies of a written block: shaping every line anew would take three times as long."""
    x0, y0, x1, y1 = (round(edge) for edge in block)
    piece = canvas.image.crop((x0, y0, x1, y1))
    if columns == 1:
        cut = int(canvas.rng.uniform(0, 0.4) * (y1 - y0))
        canvas.image.paste(piece.crop((0, cut, x1 - x0, y1 - y0)), (x0, y1 + 8))
    for column in range(1, columns):
        cut = int(canvas.rng.uniform(0.1, 0.9) * (y1 - y0))
        x = round(x0 + column * pitch)
        canvas.image.paste(piece.crop((0, cut, x1 - x0, y1 - y0)), (x, y0))
        canvas.image.paste(piece.crop((0, 0, x1 - x0, cut)), (x, y1 - cut))


def certificate(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A certificate: ornamental frame, centred lines, seal and two signatures."""
    width = int(rng.integers(1000, 1500))
    height, unit = round(width / 1.41), width / 28.2
    hue = grounds.hue_of(rng, words.pick(rng, ("yellow", "sky", "any")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    accent, ink, person = grounds.deep(rng, hue), grounds.ink(rng), words.holder(rng)
    for inset in (0.6 * unit, 0.9 * unit, 1.3 * unit)[: int(rng.integers(1, 4))]:
        thick = int(rng.integers(2, 9))
        canvas.box(inset, inset, width - inset, height - inset, outline=accent, width=thick)
    emblem(canvas, width / 2 - 1.6 * unit, 1.8 * unit, 3.2 * unit, accent)
    title = words.pick(rng, ("ประกาศนียบัตร", "เกียรติบัตร", "CERTIFICATE", "ปริญญาบัตร"))
    name = person["thai"] if rng.random() < 0.6 else person["name"]
    reason, date = words.thai_line(rng, 40), f"ให้ไว้ ณ วันที่ {person['issued_thai']}"
    rows = ((title, 1.7), ("ฉบับนี้ให้ไว้เพื่อแสดงว่า", 0.8), (name, 1.4), (reason, 0.8), (date, 0.8))
    for row, (line, size) in enumerate(rows):
        y, fill = (7 + 2 * row) * unit, ink if row else accent
        canvas.text(width / 2, y, line, "thai_bold", size * unit, fill, anchor="ms", fit=0.85 * width)
    for x in (0.2, 0.62):
        parts.signature(canvas, x * width, 16 * unit, 0.2 * width, 1.6 * unit, grounds.ink(rng))
    return printed(canvas, "certificate")


PAPERS = (house_registration, house_registration, text_page, text_page, text_page, certificate)
