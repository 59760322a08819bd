"""Cards without a person's data sheet: bank, loyalty, gift, transit and business cards, badges."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, wear
from models.training.neighbours.emblems import emblem
from models.training.neighbours.portraits import portrait
from models.training.samples import CARD_SIZE, DrawnCard

W, H = CARD_SIZE
BANKS = ("SAMPLE BANK", "ธนาคารตัวอย่าง", "UTOPIA", "Krung Sample", "BANCO EJEMPLO", "goldpay", "ออมสุข", "NEXT BANK")
BRANDS = (
    "SAMPLE CLUB",
    "บัตรสมาชิก",
    "The 9 Card",
    "COFFEE DAY",
    "ร้านยาใจดี",
    "Happy Mart",
    "สุขใจพลัส",
    "REWARDS",
    "Rabbitto",
)

JOBS = ("ผู้จัดการฝ่ายขาย", "Sales Director", "Architect", "ทนายความ")
EVENTS = ("CONFERENCE 2024", "VISITOR", "ผู้เยี่ยมชม", "STAFF", "งานประชุมวิชาการ", "Hello my name is")


def finish(canvas: Canvas, kind: str, radius: float = 38.0) -> DrawnCard:
    """The drawn card with its rounded corners."""
    pixels = wear(canvas.rng, canvas.pixels())
    return DrawnCard(pixels, parts.rounded(canvas.width, canvas.height, radius), None, kind)


def bank_card(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """Chip, 16 digits, name, two overlapping discs or a word for the scheme."""
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "blue", "any", "any")))
    dark = bool(rng.random() < 0.65)
    canvas = Canvas(rng, grounds.card_stock(rng, W, H, hue, dark=dark), faces)
    ink = grounds.WHITE if dark else grounds.ink(rng)
    metal = grounds.hsv(0.11, rng.uniform(0, 0.4), 0.9) if dark and rng.random() < 0.5 else ink
    canvas.text(rng.uniform(0.05, 0.5) * W, 0.15 * H, words.pick(rng, BANKS), "thai_bold", 58, ink, fit=0.45 * W)
    size = W * rng.uniform(0.12, 0.16)
    parts.chip(canvas, W * rng.uniform(0.06, 0.14), H * rng.uniform(0.27, 0.36), size, 0.76 * size)
    if rng.random() < 0.85:
        canvas.text(
            0.07 * W, H * rng.uniform(0.6, 0.68), words.card_number(rng), "digits", 62, metal, tracking=2, fit=0.86 * W
        )
        person = words.holder(rng)
        canvas.text(0.45 * W, 0.77 * H, f"VALID THRU {words.fill(rng, '##/##')}", "latin", 26, metal)
        canvas.text(0.07 * W, 0.91 * H, person["upper"], "latin_bold", 36, metal, fit=0.6 * W)
    _scheme(canvas, ink)
    return finish(canvas, "bank_card")


def _scheme(canvas: Canvas, ink: tuple[int, int, int]) -> None:
    """The payment scheme's mark, lower right."""
    rng = canvas.rng
    if rng.random() < 0.5:
        for x, hue in ((0.78, rng.random()), (0.85, rng.random())):
            canvas.pen.ellipse((x * W, 0.76 * H, x * W + 110, 0.76 * H + 110), grounds.hsv(hue, 0.9, 0.9))
    else:
        canvas.text(
            0.95 * W,
            0.92 * H,
            words.pick(rng, ("PAYA", "debit", "UNICARD", "VIZO")),
            "latin_bold",
            72,
            ink,
            anchor="rs",
        )


def loyalty_card(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """A brand in large letters, shapes, and perhaps a bar code, a number or a magnetic stripe."""
    dark = bool(rng.random() < 0.5)
    hue = grounds.hue_of(rng, words.pick(rng, ("any", "any", "sky")))
    canvas = Canvas(rng, grounds.card_stock(rng, W, H, hue, dark=dark), faces)
    ink = grounds.WHITE if dark else grounds.deep(rng, rng.random())
    x, y = rng.uniform(0.08, 0.4) * W, rng.uniform(0.25, 0.6) * H
    end = canvas.text(x, y, words.pick(rng, BRANDS), "thai_bold", rng.uniform(60, 150), ink, fit=0.9 * W - x)
    canvas.text(
        x,
        end[3] + 50,
        words.pick(rng, ("MEMBER", "Gift Card ฿500", "สะสมแต้ม แลกของรางวัล", "since 2012")),
        "latin",
        38,
        ink,
        fit=0.9 * W - x,
    )
    if rng.random() < 0.5:
        emblem(canvas, rng.uniform(0.02, 0.75) * W, rng.uniform(0.02, 0.6) * H, rng.uniform(90, 220), ink)
    if rng.random() < 0.5:
        parts.barcode(canvas, rng.uniform(0.05, 0.5) * W, 0.78 * H, rng.uniform(0.25, 0.45) * W, 0.15 * H)
    elif rng.random() < 0.6:
        canvas.text(0.08 * W, 0.9 * H, words.fill(rng, "#### #### #### #"), "digits", 46, ink)
    if rng.random() < 0.15:
        canvas.box(0, 0.1 * H, W, 0.28 * H, (20, 20, 24))
    return finish(canvas, words.pick(rng, ("loyalty_card", "gift_card", "transit_card")))


def business_card(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """Name, job, lines of contact, a logo, one coloured part."""
    width, height = (W, int(W / rng.uniform(1.6, 1.85)))
    paper = grounds.WHITE if rng.random() < 0.5 else grounds.pale(rng, rng.random())
    canvas = Canvas(rng, grounds.gradient(rng, width, height, [paper, paper]), faces)
    accent, person = grounds.deep(rng, rng.random()), words.holder(rng)
    split = rng.uniform(0.3, 0.6) * width
    if rng.random() < 0.6:
        canvas.box(0, 0, split, height, accent)
    else:
        canvas.box(0, height * rng.uniform(0.7, 0.92), width, height, accent)
        split = 0.06 * width
    logo_x, tint = (max(20.0, split - 330), grounds.WHITE) if split > 300 else (0.75 * width, accent)
    emblem(canvas, logo_x, 0.15 * height, 200, tint)
    x, y = split + 40, height * rng.uniform(0.2, 0.35)
    name = person["thai"] if rng.random() < 0.5 else f"{person['first']} {person['last']}"
    canvas.text(x, y, name, "thai_bold", 54, grounds.BLACK, fit=width - x - 20)
    canvas.text(x, y + 50, words.pick(rng, JOBS), "thai", 32, accent)
    for row, line in enumerate(("+00 000 ####", "hello@sample.example", person["address"], person["address_thai"])):
        text = line if row else words.fill(rng, line)
        canvas.text(x, y + 130 + 55 * row, text, "latin", 32, grounds.ink(rng), fit=width - x - 20)
    if rng.random() < 0.2:
        parts.dot_code(canvas, width - 190, height - 190, 160)
    return finish(canvas, "business_card", rng.choice([0.0, 0.0, 20.0]))


def name_badge(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """An event's or company's badge with a slot for the lanyard."""
    width, height = (W, H) if rng.random() < 0.3 else (700, int(rng.uniform(900, 1050)))
    hue = rng.random()
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    head = rng.uniform(0.2, 0.34) * height
    canvas.box(0, 0, width, head, grounds.deep(rng, hue))
    canvas.text(
        width / 2, 0.75 * head, words.pick(rng, EVENTS), "thai_bold", 70, grounds.WHITE, anchor="ms", fit=0.9 * width
    )
    person, y = words.holder(rng), head + 0.12 * height
    if rng.random() < 0.5:
        size = round(0.36 * height)
        canvas.paste(portrait(rng, round(size * 0.8), size, faces), (width - size * 0.8) / 2, head + 15)
        y = head + size + 0.1 * height
    name = person["thai"] if rng.random() < 0.5 else person["first"]
    canvas.text(width / 2, y, name, "thai_bold", 80, grounds.BLACK, anchor="ms", fit=0.9 * width)
    canvas.text(width / 2, y + 70, person["city"], "latin", 44, grounds.ink(rng), anchor="ms")
    if rng.random() < 0.4 and y < 0.7 * height:
        parts.dot_code(canvas, width / 2 - 90, height - 200, 180)
    card = finish(canvas, "name_badge")
    slot = parts.rounded(160, 36, 18)
    card.alpha[24:60, width // 2 - 80 : width // 2 + 80] &= 255 - slot
    return card


EVERYDAY = (bank_card, bank_card, loyalty_card, loyalty_card, business_card, name_badge)
