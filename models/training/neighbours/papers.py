"""Papers: house registrations, forms, letters, columns of text, certificates, tables, receipts, invoices."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour, wear
from models.training.neighbours.emblems import emblem
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnPage


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


def number_boxes(canvas: Canvas, x: float, y: float, size: float, number: str | None) -> None:
    """The 13 boxes of a form in the groups 1-4-5-2-1, filled by hand or empty."""
    colour, role = grounds.ink(canvas.rng), "hand" if canvas.rng.random() < 0.6 else "digits"
    for place in range(13):
        x += size * (0.5 if place in (1, 5, 10, 12) else 0)
        canvas.box(x, y, x + size, y + size * 1.2, outline=grounds.BLACK, width=2)
        if number:
            canvas.text(x + size / 2, y + size, number[place], role, size * 0.95, colour, anchor="ms")
        x += size


def house_registration(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A page of the house register's booklet: blue or yellow, rows in a frame, a 13-digit number."""
    width, height = int(rng.integers(1000, 1400)), int(rng.integers(680, 1000))
    canvas = Canvas(
        rng,
        grounds.card_stock(rng, width, height, grounds.hue_of(rng, words.pick(rng, ("sky", "yellow", "blue")))),
        faces,
    )
    person, size, blue = words.holder(rng), height / 26, grounds.deep(rng, 0.62)
    title = words.pick(rng, ("รายการเกี่ยวกับบ้าน", "ทะเบียนบ้าน", "รายการบุคคลในบ้าน"))
    canvas.text(width / 2, 2 * size, title, "thai_bold", 1.5 * size, blue, anchor="ms")
    canvas.text(0.95 * width, 2 * size, f"เล่มที่ {rng.integers(1, 9)}", "thai", size, blue, anchor="rs")
    canvas.box(0.04 * width, 2.8 * size, 0.96 * width, 0.96 * height, outline=blue, width=3)
    labels = (
        "ชื่อ",
        "สัญชาติ ไทย  เพศ",
        "เลขประจำตัวประชาชน",
        "สถานภาพ",
        "เกิดเมื่อ",
        "มารดาผู้ให้กำเนิด ชื่อ",
        "บิดาผู้ให้กำเนิด ชื่อ",
        "มาจาก",
        "ไปที่",
        "นายทะเบียน",
    )
    values = (
        "{thai}",
        "-",
        "{number}",
        "ผู้อาศัย",
        "{born_thai}",
        "{thai}",
        "{thai}",
        "{address_thai}",
        "-",
        "{province}",
    )
    step = (0.92 * height - 3 * size) / len(labels)
    for row, (label, value) in enumerate(zip(labels, values, strict=True)):
        y = 2.8 * size + (row + 0.75) * step
        canvas.text(0.06 * width, y, label, "thai", 0.9 * size, blue)
        canvas.text(0.36 * width, y, value.format_map(person), "thai", size, grounds.BLACK, fit=0.58 * width)
        canvas.line(0.04 * width, y + 0.25 * step, 0.96 * width, y + 0.25 * step, blue)
    if rng.random() < 0.5:
        parts.stamp(
            canvas, rng.uniform(0.4, 0.8) * width, rng.uniform(0.4, 0.7) * height, 6 * size, grounds.hsv(0.0, 0.8, 0.75)
        )
    return DrawnPage(wear(rng, canvas.pixels()), "house_registration")


def form(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A Thai or bank form: title, seal, dotted lines, tick boxes, boxes for the number, a place for a photo."""
    canvas, person = a4(rng, faces), words.holder(rng)
    w, h, size = canvas.width, canvas.height, canvas.height / 58
    ink, margin = grounds.BLACK, 0.08 * canvas.width
    filled = bool(rng.random() < 0.6)
    if rng.random() < 0.6:
        emblem(canvas, rng.choice([margin, w / 2 - 3 * size]), 0.02 * h, 6 * size, grounds.ink(rng))
    title = words.pick(
        rng, ("แบบคำขอมีบัตร", "คำขอเปิดบัญชีเงินฝาก", "ใบสมัครสมาชิก", "APPLICATION FORM", "หนังสือมอบอำนาจ", "แบบฟอร์มลงทะเบียน")
    )
    canvas.text(w / 2, 0.02 * h + 8.5 * size, title, "thai_bold", 1.9 * size, ink, anchor="ms")
    if rng.random() < 0.35:
        x, y = 0.78 * w, 0.03 * h
        canvas.box(x, y, x + 0.15 * w, y + 0.19 * w, outline=ink, width=2)
        if rng.random() < 0.5:
            canvas.paste(portrait(rng, round(0.15 * w), round(0.19 * w), faces), x, y)
    y = 0.02 * h + 12 * size
    labels = (
        "ชื่อ-สกุล",
        "Name",
        "เกิดวันที่",
        "ที่อยู่",
        "โทรศัพท์",
        "อาชีพ",
        "เลขบัตรประชาชน",
        "ลงชื่อ",
        "วันที่",
        "หมายเหตุ",
        "สถานที่ทำงาน",
    )
    values = (
        "{thai}",
        "{name}",
        "{born_thai}",
        "{address_thai}",
        "000 000 0000",
        "รับจ้าง",
        "{number}",
        "{first}",
        "{issued_thai}",
        "",
        "{province}",
    )
    while y < 0.9 * h:
        what = rng.random()
        if what < 0.2:
            canvas.text(margin, y + 1.1 * size, "เลขประจำตัวประชาชน", "thai", size, ink)
            number_boxes(
                canvas, margin + 12 * size, y, (w - 2 * margin - 15 * size) / 16, person["digits"] if filled else None
            )
        elif what < 0.35:
            for x in np.linspace(margin, 0.75 * w, int(rng.integers(2, 5))):
                canvas.box(x, y, x + size, y + size, outline=ink)
                canvas.text(x + 1.5 * size, y + size, words.thai_line(rng, 10), "thai", size, ink)
        elif what < 0.45:
            y = paragraph(canvas, margin, y + size, w - 2 * margin, int(rng.integers(2, 5)), 0.9 * size, ink) - size
        else:
            field = int(rng.integers(len(labels)))
            end = canvas.text(margin, y + size, labels[field], "thai", size, ink)[2]
            canvas.text(
                end,
                y + size,
                "." * int((w - margin - end) / (0.3 * size)),
                "thai",
                size,
                (90, 90, 90),
                fit=w - margin - end,
            )
            if filled:
                canvas.text(
                    end + 2 * size,
                    y + 0.9 * size,
                    values[field].format_map(person),
                    "hand",
                    1.3 * size,
                    grounds.hsv(0.63, 0.8, 0.6),
                    fit=0.6 * w,
                )
        y += size * 2.6
    if filled:
        parts.signature(canvas, 0.6 * w, 0.92 * h, 0.25 * w, 0.05 * h, grounds.hsv(0.63, 0.8, 0.6))
    return DrawnPage(wear(rng, canvas.pixels()), "form")


def text_page(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A letter, notice or article: one to three columns of text, a headline, now and then a picture or a seal."""
    canvas = a4(rng, faces)
    w, h, size = canvas.width, canvas.height, canvas.height / rng.uniform(48, 75)
    margin, columns, ink = rng.uniform(0.06, 0.12) * w, int(rng.choice([1, 1, 2, 3])), grounds.ink(rng)
    y0 = 0.05 * h
    if rng.random() < 0.5:
        emblem(
            canvas,
            rng.choice([margin, w / 2 - 3 * size]),
            y0,
            6 * size,
            ink,
            style="bird" if rng.random() < 0.6 else None,
        )
        y0 += 7 * size
    canvas.text(
        margin,
        y0 + 2 * size,
        words.thai_line(rng, 26),
        "thai_bold",
        size * rng.uniform(1.4, 2.6),
        ink,
        fit=w - 2 * margin,
    )
    y0 += 4.5 * size
    gap = 0.03 * w
    span = (w - 2 * margin - gap * (columns - 1)) / columns
    end = y0 + (h * rng.uniform(0.6, 0.93) - y0) * (0.5 if columns == 1 else 0.7)
    _column(canvas, margin, y0, span, end, size, ink)
    _repeat(canvas, (margin - 4, y0 - 1.2 * size, margin + span + 4, end), columns, span + gap)
    if rng.random() < 0.5:
        parts.signature(canvas, 0.55 * w, 0.9 * h, 0.25 * w, 0.06 * h, grounds.hsv(0.63, 0.8, 0.5))
        parts.stamp(canvas, 0.4 * w, 0.86 * h, 0.13 * w, grounds.hsv(rng.choice([0.0, 0.62, 0.75]), 0.8, 0.7))
    return DrawnPage(wear(rng, canvas.pixels()), "text_page")


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
    height = round(width / 1.41)
    hue = grounds.hue_of(rng, words.pick(rng, ("yellow", "sky", "any")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    accent, unit, person = grounds.deep(rng, hue), height / 20, words.holder(rng)
    for inset in (0.6, 0.9, 1.3)[: int(rng.integers(1, 4))]:
        canvas.box(
            inset * unit,
            inset * unit,
            width - inset * unit,
            height - inset * unit,
            outline=accent,
            width=int(rng.integers(2, 9)),
        )
    emblem(canvas, width / 2 - 1.6 * unit, 1.8 * unit, 3.2 * unit, accent)
    title = words.pick(rng, ("ประกาศนียบัตร", "เกียรติบัตร", "CERTIFICATE", "ปริญญาบัตร"))
    name = person["thai"] if rng.random() < 0.6 else person["name"]
    rows = (
        (title, 1.7),
        ("ฉบับนี้ให้ไว้เพื่อแสดงว่า", 0.8),
        (name, 1.4),
        (words.thai_line(rng, 40), 0.8),
        (f"ให้ไว้ ณ วันที่ {person['issued_thai']}", 0.8),
    )
    for row, (line, size) in enumerate(rows):
        canvas.text(
            width / 2,
            (7 + 2 * row) * unit,
            line,
            "thai_bold",
            size * unit,
            grounds.ink(rng) if row else accent,
            anchor="ms",
            fit=0.85 * width,
        )
    for x in (0.2, 0.62):
        parts.signature(canvas, x * width, 16 * unit, 0.2 * width, 1.6 * unit, grounds.ink(rng))
    return DrawnPage(wear(rng, canvas.pixels()), "certificate")


def table(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A spreadsheet or list: a grid of names, numbers and amounts under a coloured head."""
    canvas = a4(rng, faces)
    w, h = canvas.width, canvas.height
    rows, columns = int(rng.integers(10, 24)), int(rng.integers(3, 6))
    edges = (
        np.concatenate(
            [[0.05], 0.05 + 0.9 * (np.arange(1, columns) + rng.uniform(-0.3, 0.3, columns - 1)) / columns, [0.95]]
        )
        * w
    )
    top, step = rng.uniform(0.05, 0.15) * h, 0.8 * h / rows
    canvas.text(0.05 * w, top - 10, words.thai_line(rng, 20), "thai_bold", 0.03 * h, grounds.ink(rng), fit=0.9 * w)
    canvas.box(edges[0], top, edges[-1], top + step, grounds.deep(rng, rng.random()))
    person = words.holder(rng)
    for row in range(rows):
        y = top + row * step
        canvas.line(edges[0], y, edges[-1], y, (120, 120, 120))
        person = words.holder(rng) if row % 3 == 0 else person
        for column in range(columns):
            value = (str(row), person["thai"], person["number"], words.fill(rng, "#,###.##"), person["issued"], "ผ่าน")[
                (column + row // 9) % 6
            ]
            fill = grounds.WHITE if row == 0 else grounds.BLACK
            span = edges[column + 1] - edges[column] - 8
            canvas.text(
                edges[column] + 4, y + 0.72 * step, value, "thai", min(0.5 * step, 20), fill, fit=max(20.0, span)
            )
    if rng.random() < 0.7:
        for x in edges:
            canvas.line(x, top, x, top + rows * step, (120, 120, 120))
    return DrawnPage(wear(rng, canvas.pixels()), "table")


def receipt(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A narrow till receipt, Thai or English: shop, 13-digit tax number, items, total, EAN-13 or QR code."""
    height = int(rng.integers(1000, 1600))
    width = round(height * rng.uniform(0.32, 0.6))
    canvas = sheet(rng, faces, width, height)
    size, thai, ink = width / 24, bool(rng.random() < 0.6), grounds.hsv(rng.random(), 0.1, rng.uniform(0.05, 0.4))
    shop = words.pick(rng, ("ร้านตัวอย่าง จำกัด", "HAPPY MART", "SAMPLE STORE 24", "ร้านข้าวแกงป้าใจ", "กาแฟสมมติ"))
    canvas.text(width / 2, 2.5 * size, shop, "thai_bold", 1.8 * size, ink, anchor="ms", fit=0.9 * width)
    tax = "0" + words.digits(rng, 12)
    canvas.text(
        width / 2, 4.3 * size, f"TAX ID {tax}" if not thai else f"เลขผู้เสียภาษี {tax}", "thai", size, ink, anchor="ms"
    )
    canvas.text(width / 2, 5.8 * size, words.holder(rng)["issued"], "mono", size, ink, anchor="ms")
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
    return DrawnPage(wear(rng, canvas.pixels()), "receipt")


PAPERS = (
    house_registration,
    house_registration,
    form,
    form,
    form,
    text_page,
    text_page,
    text_page,
    certificate,
    table,
    receipt,
    receipt,
)
