"""Rows of figures: lists, invoices, till receipts."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour
from models.training.neighbours.emblems import emblem
from models.training.neighbours.papers import a4, printed, sheet
from models.training.samples import DrawnPage

SHOPS = ("ร้านตัวอย่าง จำกัด", "HAPPY MART", "SAMPLE STORE 24", "ร้านข้าวแกงป้าใจ", "กาแฟสมมติ", "UTOPIA HARDWARE")
LINE: Colour = (120, 120, 120)


def table(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A spreadsheet or list: a grid of names, numbers and amounts under a coloured head."""
    canvas = a4(rng, faces)
    w, h = canvas.width, canvas.height
    top = rng.uniform(0.07, 0.16) * h
    canvas.text(0.05 * w, top - 12, words.thai_line(rng, 20), "thai_bold", 0.03 * h, grounds.ink(rng), fit=0.9 * w)
    _grid(canvas, top, 0.94 * h, int(rng.integers(10, 26)), int(rng.integers(3, 6)))
    return printed(canvas, "table")


def _grid(canvas: Canvas, top: float, bottom: float, rows: int, columns: int) -> None:
    """A head row and `rows` rows of values between the two heights."""
    rng, w, step = canvas.rng, canvas.width, (bottom - top) / (rows + 1)
    inner = (np.arange(1, columns) + rng.uniform(-0.3, 0.3, columns - 1)) / columns
    edges = (0.05 + 0.9 * np.concatenate([[0.0], inner, [1.0]])) * w
    canvas.box(edges[0], top, edges[-1], top + step, grounds.deep(rng, rng.random()))
    first, size = int(rng.integers(6)), min(0.55 * step, w / 42)
    heads = ("ลำดับ", "ชื่อ-สกุล", "เลขประจำตัว", "จำนวนเงิน", "วันที่", "หมายเหตุ")
    person = words.holder(rng)
    for row in range(rows + 1):
        y = top + row * step
        canvas.line(edges[0], y, edges[-1], y, LINE)
        person = words.holder(rng) if row % 4 == 0 else person
        amount = words.fill(rng, "#,###.##")
        values = (str(row), person["thai"], person["number"], amount, person["issued"], "ผ่าน") if row else heads
        for column in range(columns):
            value, span = values[(column + first) % 6], float(edges[column + 1] - edges[column] - 10)
            fill = grounds.BLACK if row else grounds.WHITE
            canvas.text(float(edges[column]) + 5, y + 0.72 * step, value, "thai", size, fill, fit=max(20.0, span))
    for x in edges if rng.random() < 0.7 else ():
        canvas.line(x, top, x, bottom, LINE)


def invoice(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """An invoice: logo, seller with a 13-digit tax number, buyer, a grid, a total and a signature."""
    canvas, person = a4(rng, faces), words.holder(rng)
    w, h, size = canvas.width, canvas.height, canvas.height / 62
    accent = grounds.deep(rng, rng.random())
    emblem(canvas, 0.06 * w, 0.03 * h, 5 * size, accent)
    title = words.pick(rng, ("ใบแจ้งหนี้ / INVOICE", "ใบกำกับภาษี", "ใบเสร็จรับเงิน", "QUOTATION"))
    canvas.text(0.94 * w, 0.07 * h, title, "thai_bold", 2 * size, accent, anchor="rs", fit=0.6 * w)
    tax = f"เลขประจำตัวผู้เสียภาษี 0{words.digits(rng, 12)}"
    lines = (words.pick(rng, SHOPS), tax, person["address_thai"], f"ลูกค้า {person['thai']}", person["issued"])
    for row, line in enumerate(lines):
        canvas.text(0.06 * w, 0.16 * h + 1.7 * size * row, line, "thai", size, grounds.BLACK, fit=0.6 * w)
    bottom = rng.uniform(0.55, 0.78) * h
    _grid(canvas, 0.3 * h, bottom, int(rng.integers(4, 12)), int(rng.integers(3, 6)))
    total = words.fill(rng, "รวม ##,###.00")
    canvas.text(0.94 * w, bottom + 3 * size, total, "thai_bold", 1.5 * size, accent, anchor="rs")
    parts.signature(canvas, 0.65 * w, 0.87 * h, 0.22 * w, 0.06 * h, grounds.ink(rng))
    if rng.random() < 0.4:
        parts.stamp(canvas, 0.5 * w, 0.83 * h, 0.15 * w, grounds.hsv(0.62, 0.8, 0.7))
    return printed(canvas, "invoice")


def receipt(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A narrow till receipt, Thai or English: shop, 13-digit tax number, items, total, EAN-13 or QR code."""
    height = int(rng.integers(1000, 1600))
    width = round(height * rng.uniform(0.32, 0.6))
    canvas = sheet(rng, faces, width, height)
    size, thai, ink = width / 24, bool(rng.random() < 0.6), grounds.hsv(rng.random(), 0.1, rng.uniform(0.05, 0.4))
    tax = ("เลขผู้เสียภาษี" if thai else "TAX ID") + f" 0{words.digits(rng, 12)}"
    date = words.fill(rng, "0#/1#/20## 1#:##")
    for y, text, role, scale in (
        (2.5, words.pick(rng, SHOPS), "thai_bold", 1.8),
        (4.3, tax, "thai", 1),
        (5.8, date, "mono", 1),
    ):
        canvas.text(width / 2, y * size, text, role, scale * size, ink, anchor="ms", fit=0.9 * width)
    y = 8 * size
    while y < height - 14 * size:
        name = words.thai_line(rng, 12) if thai else words.latin_line(rng, 14)
        canvas.text(0.05 * width, y, name, "thai", size, ink, fit=0.65 * width)
        canvas.text(0.95 * width, y, words.fill(rng, "1##.##"), "mono", size, ink, anchor="rs")
        y += size * 1.6
    canvas.text(0.05 * width, y + size, "รวมทั้งสิ้น" if thai else "TOTAL", "thai_bold", 1.6 * size, ink)
    canvas.text(0.95 * width, y + size, words.fill(rng, "#,###.00"), "digits", 1.6 * size, ink, anchor="rs")
    if rng.random() < 0.6:
        parts.barcode(canvas, 0.15 * width, height - 9 * size, 0.7 * width, 5 * size)
        canvas.text(width / 2, height - 2.4 * size, "885" + words.digits(rng, 10), "mono", size, ink, anchor="ms")
    else:
        parts.dot_code(canvas, width / 2 - 4 * size, height - 10 * size, 8 * size)
    return printed(canvas, "receipt")


TABLES = (table, receipt, receipt, invoice)
