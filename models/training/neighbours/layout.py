"""Identity-like cards from a plan: titles, fields and ingredients laid out anew for every card.

The ingredients are those of the Thai ID card (seal, chip, edge bar code, height lines, 13 digits, blue guilloche), so
that none of them can be the clue; `_too_alike` keeps all of them from coming together in the ID card's own arrangement.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, Colour, wear
from models.training.neighbours.emblems import emblem
from models.training.neighbours.portraits import portrait
from models.training.samples import CARD_SIZE, DrawnCard

Box = tuple[float, float, float, float]

TWINS = 0.25
"""Share of cards, whatever their plan, in the ID card's sky blue and without a coloured head: the hardest ones."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What a kind of card shows. Fields are (label, template of `words.holder`); shares are chances in 0–1."""

    kind: str
    titles: tuple[str, ...]
    fields: tuple[tuple[str, str], ...]
    hues: tuple[str, ...] = ("any",)
    dark: float = 0.1
    band: float = 0.5
    chip: float = 0.3
    barcode: float = 0.25
    portrait_left: float = 0.6
    no_portrait: float = 0.03
    seal: str | None = None
    flag: float = 0.0
    mrz: float = 0.0
    country: str = "UTO"
    upright: float = 0.0
    footer: float = 0.1


@dataclass(frozen=True, slots=True)
class _Arrangement:
    """What one card of a plan has, and where."""

    hue: float
    dark: bool
    band: bool
    chip: bool
    edge_code: str
    portrait: str
    seal: str
    mrz: bool


def _arrange(rng: np.random.Generator, plan: Plan) -> _Arrangement:
    twin = bool(rng.random() < TWINS)
    hue = grounds.hue_of(rng, "sky" if twin else words.pick(rng, plan.hues))
    side = "left" if rng.random() < plan.portrait_left else "right"
    chosen = _Arrangement(
        hue=hue,
        dark=not twin and bool(rng.random() < plan.dark),
        band=not twin and bool(rng.random() < plan.band),
        chip=bool(rng.random() < plan.chip),
        edge_code=words.pick(rng, ("left", "right", "bottom")) if rng.random() < plan.barcode else "none",
        portrait="none" if rng.random() < plan.no_portrait else side,
        seal=words.pick(rng, ("left", "left", "right", "none")),
        mrz=bool(rng.random() < plan.mrz),
    )
    return replace(chosen, portrait="left") if _too_alike(chosen) else chosen


def _too_alike(chosen: _Arrangement) -> bool:
    """Whether only its title would tell it from an ID card: blue, seal left, chip or edge code, portrait right."""
    blue = 0.48 < chosen.hue < 0.65 and not chosen.dark
    return blue and chosen.portrait == "right" and chosen.seal == "left" and (chosen.chip or chosen.edge_code == "left")


def draw_plan(rng: np.random.Generator, plan: Plan, faces: Path | None) -> DrawnCard:
    """One card of the plan, 1012×638 or upright."""
    width, height = CARD_SIZE if rng.random() >= plan.upright else CARD_SIZE[::-1]
    chosen = _arrange(rng, plan)
    canvas = Canvas(rng, grounds.card_stock(rng, width, height, chosen.hue, dark=chosen.dark), faces)
    colour = grounds.WHITE if chosen.dark else grounds.ink(rng)
    person = words.holder(rng)
    top = _header(canvas, plan, chosen, colour)
    bottom = 0.97 * height
    if rng.random() < plan.footer and not chosen.mrz and chosen.edge_code != "bottom":
        bottom = height * rng.uniform(0.89, 0.95)
        canvas.box(0, bottom, width, height, grounds.deep(rng, chosen.hue))
    area = _edges(canvas, plan, chosen, person, (0.03 * width, top, 0.97 * width, bottom))
    area = _upright_body(canvas, area) if height > width else _portrait_column(canvas, chosen, area)
    number_box = _fields(canvas, plan, person, area, colour)
    _extras(canvas, plan, chosen, area)
    pixels = wear(rng, canvas.pixels())
    alpha = parts.rounded(width, height, rng.choice([0.0, 24.0, 38.0, 46.0]))
    return DrawnCard(pixels, alpha, None, plan.kind, person["digits"] if number_box else None, number_box)


def _header(canvas: Canvas, plan: Plan, chosen: _Arrangement, colour: Colour) -> float:
    """Seal, band and titles; returns where the body starts."""
    rng, w, h = canvas.rng, canvas.width, canvas.height
    size = min(w, h) * rng.uniform(0.055, 0.095)
    bottom = h * 0.03 + size * 1.35 * len(plan.titles) + 0.25 * size
    ink = colour
    if chosen.band:
        canvas.box(0, 0, w, bottom, grounds.deep(rng, chosen.hue + rng.choice([0, 0, 0.5, 0.1])))
        ink = grounds.WHITE
    left, right = 0.04 * w, 0.96 * w
    if chosen.seal != "none":
        span = bottom * rng.uniform(0.8, 1.0)
        emblem(canvas, left if chosen.seal == "left" else right - span, 0.02 * h, span, ink, style=plan.seal)
        left, right = (left + span * 1.15, right) if chosen.seal == "left" else (left, right - span * 1.15)
    if rng.random() < plan.flag:
        parts.flag(canvas, right - 1.5 * size, 0.04 * h, 1.5 * size, size)
        right -= 1.8 * size
    anchor, x = ("ms", (left + right) / 2) if rng.random() < 0.4 else ("ls", left)
    y = 0.03 * h
    for number, title in enumerate(plan.titles):
        points = size * (1.0 if number == 0 else rng.uniform(0.6, 0.95))
        role = "thai_bold" if rng.random() < 0.5 else "latin_bold"
        y += 1.3 * size
        canvas.text(x, y - 0.25 * size, words.fill(rng, title), role, points, ink, anchor=anchor, fit=right - left)
    return bottom + 0.02 * h


def _edges(canvas: Canvas, plan: Plan, chosen: _Arrangement, person: dict[str, str], area: Box) -> Box:
    """Machine-readable lines or a bar code along an edge; returns what is left."""
    rng, w, h = canvas.rng, canvas.width, canvas.height
    x0, y0, x1, y1 = area
    if chosen.mrz and w > h:
        size = 0.058 * h
        lines = words.mrz(rng, person, 3, plan.country)
        canvas.box(0, h - 1.5 * size * 3 - 0.03 * h, w, h, (250, 250, 250) if rng.random() < 0.4 else None)
        for number, line in enumerate(lines):
            canvas.text(x0, h - 0.04 * h - 1.45 * size * (2 - number), line, "mono", size, grounds.BLACK, fit=x1 - x0)
        return x0, y0, x1, h - 1.5 * size * 3 - 0.05 * h
    if chosen.edge_code == "bottom":
        parts.barcode(canvas, w * 0.2, 0.89 * h, w * rng.uniform(0.3, 0.7), 0.08 * h)
        return x0, y0, x1, 0.87 * h
    if chosen.edge_code in ("left", "right"):
        thick = rng.uniform(0.025, 0.06) * w
        x = x0 if chosen.edge_code == "left" else x1 - thick
        parts.barcode(canvas, x, y0 + 0.05 * h, thick, (y1 - y0) * rng.uniform(0.5, 0.85), upright=True)
        return (x0 + 1.3 * thick, y0, x1, y1) if chosen.edge_code == "left" else (x0, y0, x1 - 1.3 * thick, y1)
    return area


def _portrait_column(canvas: Canvas, chosen: _Arrangement, area: Box) -> Box:
    """Portrait and chip at the sides of a lying card; returns the area for the fields."""
    rng, h = canvas.rng, canvas.height
    x0, y0, x1, y1 = area
    chip_w = 0.13 * canvas.width * rng.uniform(0.85, 1.1)
    beside = chosen.portrait
    if beside != "none":
        span = canvas.width * rng.uniform(0.18, 0.29)
        tall = min(span * rng.uniform(1.15, 1.4), (y1 - y0) * 0.96)
        y = rng.uniform(y0, max(y0, y1 - tall))
        x = x0 if beside == "left" else x1 - span
        _framed_portrait(canvas, x, y, span, tall)
        if chosen.chip and y1 - y - tall > 0.16 * h:
            parts.chip(canvas, x + span * 0.1, y + tall + 0.02 * h, chip_w * 0.9, chip_w * 0.68)
            chosen = replace(chosen, chip=False)
        x0, x1 = (x0 + span * 1.1, x1) if beside == "left" else (x0, x1 - span * 1.1)
    if chosen.chip:
        y = rng.uniform(y0, y1 - chip_w)
        on_left = rng.random() < 0.6
        parts.chip(canvas, x0 if on_left else x1 - chip_w, y, chip_w, chip_w * rng.uniform(0.72, 0.9))
        x0, x1 = (x0 + chip_w * 1.15, x1) if on_left else (x0, x1 - chip_w * 1.15)
    return x0, y0, x1, y1


def _upright_body(canvas: Canvas, area: Box) -> Box:
    """The portrait in the upper middle of a standing card; returns the area below it."""
    rng = canvas.rng
    x0, y0, x1, y1 = area
    span = (x1 - x0) * rng.uniform(0.38, 0.66)
    tall = min(span * rng.uniform(1.0, 1.35), (y1 - y0) * 0.5)
    x = rng.choice([x0, (x0 + x1 - span) / 2, (x0 + x1 - span) / 2])
    _framed_portrait(canvas, x, y0, span, tall)
    return x0, y0 + 1.05 * tall, x1, y1


def _framed_portrait(canvas: Canvas, x: float, y: float, span: float, tall: float) -> None:
    """A portrait with a white frame, round corners or nothing around it."""
    rng, w, h = canvas.rng, round(span), round(tall)
    picture = portrait(rng, w, h, canvas.faces)
    if rng.random() < 0.3:
        canvas.box(x - 4, y - 4, x + w + 3, y + h + 3, grounds.WHITE)
    radius = rng.choice([0.0, 0.0, 0.06, 0.5]) * w if rng.random() < 0.5 else 0.0
    canvas.paste(picture, x, y, parts.rounded(w, h, radius))


def _fields(canvas: Canvas, plan: Plan, person: dict[str, str], area: Box, colour: Colour) -> Box | None:
    """Labels with their values in rows; returns the box of the 13 digits in fractions of the card, or None."""
    rng, (x0, y0, x1, y1) = canvas.rng, area
    indent = (x1 - x0) * rng.uniform(0.28, 0.42)
    stacked = len(plan.fields) < 6 and bool(rng.random() < 0.45)
    rows = len(plan.fields) * (2 if stacked else 1)
    step = min((y1 - y0) / (rows + 0.6), canvas.height * 0.1)
    size = step * rng.uniform(0.58, 0.74)
    tint = colour if rng.random() < 0.5 else grounds.deep(rng, rng.random())
    tint = grounds.WHITE if colour == grounds.WHITE else tint
    bold = "latin_bold" if rng.random() < 0.5 else "latin"
    found: Box | None = None
    y = y0 + 0.3 * step
    for label, template in plan.fields:
        value = words.fill(rng, template).format_map(person)
        y += step
        end = canvas.text(x0, y, label, "thai", size * (0.7 if stacked else 0.86), tint, fit=(x1 - x0) * 0.9)[2]
        x = x0 if stacked or not label else max(x0 + indent, end + 0.4 * size)
        y += step * 0.85 if stacked and label else 0
        scale = rng.uniform(1.1, 1.35) if "{number}" in template else 1.0
        box = canvas.text(x, y, value, "digits" if "{number}" in template else bold, size * scale, colour, fit=x1 - x)
        if "{number}" in template:
            w, h = canvas.width, canvas.height
            found = box[0] / w, box[1] / h, box[2] / w, box[3] / h
    return found


def _extras(canvas: Canvas, plan: Plan, chosen: _Arrangement, area: Box) -> None:
    """A signature, a stamp, a hologram or a ghost code over what is there."""
    rng, (x0, y0, x1, y1) = canvas.rng, area
    if rng.random() < 0.4:
        x = rng.uniform(x0, (x0 + x1) / 2)
        parts.signature(canvas, x, y1 - 0.13 * canvas.height, 0.2 * canvas.width, 0.1 * canvas.height, grounds.ink(rng))
    if rng.random() < 0.25:
        size = canvas.height * rng.uniform(0.12, 0.26)
        parts.stamp(canvas, rng.uniform(x0, x1 - size), rng.uniform(y0, y1 - size), size, grounds.hsv(0.99, 0.7, 0.75))
    if rng.random() < 0.25:
        size = canvas.height * rng.uniform(0.1, 0.22)
        parts.hologram(canvas, rng.uniform(x0, x1 - size), rng.uniform(y0, y1 - size), size, size)
    if rng.random() < 0.15:
        size = canvas.height * rng.uniform(0.14, 0.22)
        parts.dot_code(canvas, x1 - size, y1 - size, size)
