"""Pale cards with nearly no text: the neighbours of the Thai ID card's back.

Same palette, hologram, skyline and a flag, but never the Thai flag, THAILAND or a laser code; and blank rectangles.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.neighbours import grounds, parts, words
from models.training.neighbours.canvas import Canvas, wear
from models.training.neighbours.emblems import emblem
from models.training.samples import CARD_SIZE, DrawnCard

W, H = CARD_SIZE
COUNTRIES = (
    "MALAYSIA",
    "INDONESIA",
    "VIETNAM",
    "LAO PDR",
    "CAMBODIA",
    "MYANMAR",
    "PHILIPPINES",
    "SINGAPORE",
    "UTOPIA",
    "JAPAN",
)


def draw_plain(rng: np.random.Generator, faces: Path | None) -> DrawnCard:
    """A pale card: blank, or with a few of chip, hologram, foreign flag, stripe, bar code, emblem and small print."""
    hue = grounds.hue_of(rng, words.pick(rng, ("sky", "sky", "sky", "teal", "blue", "any")))
    canvas = Canvas(rng, grounds.card_stock(rng, W, H, hue), faces)
    if rng.random() < 0.4:
        canvas.box(0, H * rng.uniform(0.5, 0.75), W, H, grounds.pale(rng, hue))
    count = 0 if rng.random() < 0.2 else int(rng.integers(1, 5))
    spots = [(x, y) for x in (0.06, 0.38, 0.7) for y in (0.08, 0.38, 0.7)]
    order = rng.permutation(len(spots))
    for place, ingredient in zip(order[:count], rng.permutation(len(INGREDIENTS)), strict=False):
        x, y = spots[int(place)]
        INGREDIENTS[int(ingredient)](canvas, (x + rng.uniform(0, 0.05)) * W, (y + rng.uniform(0, 0.05)) * H)
    radius = rng.choice([0.0, 38.0, 38.0, 60.0])
    return DrawnCard(
        wear(rng, canvas.pixels()), parts.rounded(W, H, radius), None, "plain_card" if count else "blank_card"
    )


def _hologram(canvas: Canvas, x: float, y: float) -> None:
    size = canvas.rng.uniform(0.1, 0.19) * W
    parts.hologram(canvas, x, y, size, size * canvas.rng.uniform(0.6, 1.0))


def _chip(canvas: Canvas, x: float, y: float) -> None:
    parts.chip(canvas, x, y, 0.14 * W, 0.17 * H)


def _flag(canvas: Canvas, x: float, y: float) -> None:
    width = canvas.rng.uniform(0.1, 0.2) * W
    parts.flag(canvas, x, y, width, 0.62 * width)
    if canvas.rng.random() < 0.6:
        country = words.pick(canvas.rng, COUNTRIES)
        canvas.text(x + width / 2, y + 0.62 * width + 32, country, "latin_bold", 28, grounds.BLACK, anchor="ms")


def _small_print(canvas: Canvas, x: float, y: float) -> None:
    rng = canvas.rng
    for row in range(int(rng.integers(1, 5))):
        line = words.thai_line(rng, 30) if rng.random() < 0.4 else words.latin_line(rng, 36)
        canvas.text(x, y + 34 * row, line, "latin", 22, (70, 80, 100), fit=0.96 * W - x)


def _number(canvas: Canvas, x: float, y: float) -> None:
    shape = words.pick(canvas.rng, ("No. ########", "#### #### ####", "S/N ####-##", "@######"))
    canvas.text(x, y + 40, words.fill(canvas.rng, shape), "digits", 36, grounds.ink(canvas.rng), fit=0.96 * W - x)


def _stripe(canvas: Canvas, x: float, y: float) -> None:
    canvas.box(
        0,
        y,
        W,
        y + 0.17 * H,
        (28, 26, 30) if canvas.rng.random() < 0.7 else grounds.deep(canvas.rng, canvas.rng.random()),
    )


def _barcode(canvas: Canvas, x: float, y: float) -> None:
    if canvas.rng.random() < 0.4:
        parts.barcode(canvas, min(x, 0.9 * W), 0.2 * H, 0.06 * W, 0.6 * H, upright=True)
    else:
        parts.barcode(canvas, min(x, 0.6 * W), y, 0.34 * W, 0.14 * H)


def _emblem(canvas: Canvas, x: float, y: float) -> None:
    emblem(canvas, x, y, canvas.rng.uniform(0.1, 0.2) * W, grounds.deep(canvas.rng, canvas.rng.random()))


def _panel(canvas: Canvas, x: float, y: float) -> None:
    canvas.box(x, y, x + 0.24 * W, y + 0.12 * H, grounds.WHITE)
    parts.signature(canvas, x, y, 0.2 * W, 0.1 * H, grounds.ink(canvas.rng))


INGREDIENTS = (_hologram, _chip, _flag, _small_print, _number, _stripe, _barcode, _emblem, _panel)
