"""Passport data pages, visas and travel documents: two machine-readable lines under a portrait and fields."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour, wear
from models.training.neighbours.emblems import emblem
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnCard

ISSUERS = (
    ("UTOPIA", "UTO", "PASSPORT / PASSEPORT"),
    ("หนังสือเดินทาง  THAILAND", "THA", "PASSPORT"),
    ("RÉPUBLIQUE DE GALATHÉE", "GAL", "PASSEPORT"),
    ("REPUBLIK INDONESIA", "IDN", "PASPOR / PASSPORT"),
    ("MALAYSIA", "MYS", "PASPORT"),
    ("KINGDOM OF LEMYR", "LEM", "VISA"),
    ("BUNDESREPUBLIK", "D<<", "REISEPASS"),
    ("LAO PDR", "LAO", "PASSPORT"),
)
FIELDS = (
    ("Surname / Nom", "{last}"),
    ("Given names / Prénoms", "{first}"),
    ("Nationality", "UTOPIAN"),
    ("Date of birth", "{born}"),
    ("Sex", "{sex}"),
    ("Place of birth", "{city}"),
    ("Date of issue", "{issued}"),
    ("Date of expiry", "{expires}"),
)


def draw_passport(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """A data page of 125×88 mm, about 1012 px wide; the 13 digits as `personal number` on a Thai one."""
    width, height = 1012, round(1012 / rng.uniform(1.38, 1.46))
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "pink", "green", "yellow", "violet", "any")))
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, hue), faces)
    country, code, title = ISSUERS[int(rng.integers(len(ISSUERS)))]
    ink, person = grounds.ink(rng), words.holder(rng)
    if rng.random() < 0.3:
        canvas.box(0, 0, width, 0.13 * height, grounds.deep(rng, hue))
        canvas.text(0.04 * width, 0.1 * height, title, "latin_bold", 40, grounds.WHITE, fit=0.35 * width)
    else:
        canvas.text(0.04 * width, 0.1 * height, title, "latin_bold", 40, grounds.deep(rng, hue), fit=0.35 * width)
    canvas.text(0.42 * width, 0.1 * height, country, "thai_bold", 46, ink, fit=0.42 * width)
    if rng.random() < 0.5:
        emblem(canvas, 0.86 * width, 0.02 * height, 0.12 * width, grounds.deep(rng, hue))
    box = _body(canvas, person, code, ink)
    top = 0.78 * height
    if rng.random() < 0.6:
        canvas.box(0, top, width, height, (248, 248, 246))
    for row, line in enumerate(words.mrz(rng, person, 2, code)):
        canvas.text(0.03 * width, (0.865 + 0.085 * row) * height, line, "mono", 40, grounds.BLACK, fit=0.94 * width)
    alpha = parts.rounded(width, height, rng.choice([0.0, 0.0, 22.0]))
    return DrawnCard(wear(rng, canvas.pixels()), alpha, None, "passport_page", person["digits"] if box else None, box)


def _page_fields(canvas: Canvas, person: dict[str, str], across: tuple[float, float], ink: Colour) -> None:
    """The fields between two x positions, small labels above their values, in one or two columns."""
    rng, h, (left, right) = canvas.rng, canvas.height, across
    columns, tint = int(rng.choice([1, 2, 2])), grounds.deep(rng, rng.random())
    step, span = 0.56 * h / (len(FIELDS) / columns + 1.3), (right - left) / columns
    for number, (label, template) in enumerate(FIELDS):
        x, y = left + number % columns * span, 0.2 * h + (number // columns + 0.75) * step
        canvas.text(x, y, label, "latin", min(20, 0.4 * step), tint, fit=span - 10)
        value = template.format_map(person).upper()
        canvas.text(x, y + 0.5 * step, value, "latin_bold", min(34, 0.58 * step), ink, fit=span - 10)


def _body(canvas: Canvas, person: dict[str, str], code: str, ink: Colour) -> tuple[float, float, float, float] | None:
    """Portrait, document number and fields in one or two columns; returns the box of the 13 digits on a Thai page."""
    rng, w, h = canvas.rng, canvas.width, canvas.height
    size = round(w * rng.uniform(0.24, 0.3))
    tall = round(min(1.3 * size, 0.58 * h))
    x = 0.04 * w if rng.random() < 0.85 else 0.96 * w - size
    canvas.paste(portrait(rng, size, tall, canvas.faces, scale=False), x, 0.16 * h)
    left, right = (x + size + 0.04 * w, 0.97 * w) if x < 0.5 * w else (0.04 * w, x - 0.03 * w)
    number = f"P    {code}    {words.fill(rng, '@@0######')}"
    canvas.text(left, 0.2 * h, number, "latin_bold", 34, ink, fit=right - left)
    _page_fields(canvas, person, (left, right), ink)
    if rng.random() < 0.6:
        parts.signature(canvas, (left + right) / 2, 0.65 * h, 0.25 * w, 0.1 * h, ink)
    if rng.random() < 0.3:
        ghost = portrait(rng, round(0.13 * w), round(0.17 * w), canvas.faces, scale=False)
        canvas.paste(ghost, right - 0.14 * w, 0.5 * h, np.full(ghost.shape[:2], 90, np.uint8))
    if code != "THA":
        return None
    box = canvas.text(left, 0.75 * h, person["number"], "latin_bold", 34, ink)
    return box[0] / w, box[1] / h, box[2] / w, box[3] / h
