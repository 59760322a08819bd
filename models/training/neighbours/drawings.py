"""Single drawings: street maps, flow charts, bare portraits and emblems, as they lie in the same folders as cards."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np

from models.training.neighbours import grounds, words
from models.training.neighbours.canvas import Canvas, wear
from models.training.neighbours.emblems import emblem
from models.training.neighbours.papers import paragraph, printed, sheet
from models.training.neighbours.portraits import portrait
from models.training.samples import DrawnPage


def plan_map(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A street map: blocks, a river, roads, place names and pins."""
    width, height = int(rng.integers(1000, 1400)), int(rng.integers(800, 1200))
    pixels = grounds.flat(width, height, grounds.hsv(rng.uniform(0.1, 0.4), 0.06, 0.93))
    for _ in range(int(rng.integers(8, 26))):
        x, y = int(rng.uniform(0, width)), int(rng.uniform(0, height))
        cv2.rectangle(
            pixels,
            (x, y),
            (x + int(rng.uniform(40, 240)), y + int(rng.uniform(40, 200))),
            grounds.pale(rng, rng.random()),
            -1,
        )
    river = np.stack([np.linspace(0, width, 12), rng.uniform(0.2, 0.8) * height + np.cumsum(rng.normal(0, 40, 12))], 1)
    cv2.polylines(pixels, [river.astype(np.int32)], False, grounds.hsv(0.56, 0.35, 0.95), 60, cv2.LINE_AA)
    for _ in range(int(rng.integers(8, 20))):
        ends = [(int(rng.uniform(-0.1, 1.1) * width), int(rng.uniform(-0.1, 1.1) * height)) for _ in range(2)]
        cv2.line(pixels, ends[0], ends[1], (255, 255, 255), int(rng.integers(6, 26)), cv2.LINE_AA)
    canvas = Canvas(rng, pixels, faces)
    for _ in range(int(rng.integers(6, 18))):
        place = words.pick(rng, words.TAMBON) if rng.random() < 0.6 else words.pick(rng, words.STREETS)
        spot = (rng.uniform(0, 0.9) * width, rng.uniform(0.05, 1) * height)
        canvas.text(*spot, place, "thai", rng.uniform(16, 32), grounds.ink(rng))
    return printed(canvas, "map")


def diagram(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A flow chart: boxes with words, lines between them, a paragraph below."""
    width, height = int(rng.integers(1000, 1500)), int(rng.integers(700, 1100))
    canvas = sheet(rng, faces, width, height)
    spots = [
        (rng.uniform(0.03, 0.75) * width, rng.uniform(0.05, 0.65) * height) for _ in range(int(rng.integers(4, 10)))
    ]
    for (x0, y0), (x1, y1) in pairwise(spots):
        canvas.line(x0 + 100, y0 + 40, x1 + 100, y1 + 40, (90, 90, 90), 3)
    for x, y in spots:
        span, tall = rng.uniform(0.14, 0.24) * width, rng.uniform(0.08, 0.16) * height
        radius, word = rng.choice([0, 12, 40]), words.thai_line(rng, 10)
        canvas.box(x, y, x + span, y + tall, grounds.pale(rng, rng.random()), grounds.BLACK, width=2, radius=radius)
        middle = (x + span / 2, y + 0.6 * tall)
        canvas.text(*middle, word, "thai", 0.3 * tall, grounds.BLACK, anchor="ms", fit=0.9 * span)
    paragraph(canvas, 0.05 * width, 0.88 * height, 0.9 * width, 3, 0.022 * height, grounds.BLACK)
    return printed(canvas, "diagram")


def id_photo(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """A portrait alone, often before height lines: an ID card's photograph without the card."""
    height = int(rng.integers(1000, 1400))
    width = round(height * rng.uniform(0.7, 0.9))
    return DrawnPage(wear(rng, portrait(rng, width, height, faces, scale=bool(rng.random() < 0.7))), "id_photo")


def logo(rng: np.random.Generator, faces: Path | None) -> DrawnPage:
    """An emblem alone on a plain ground."""
    size = int(rng.integers(1000, 1200))
    dark = bool(rng.random() < 0.3)
    ground = grounds.flat(size, size, grounds.deep(rng, rng.random()) if dark else grounds.WHITE)
    canvas = Canvas(rng, ground, faces)
    span = rng.uniform(0.4, 0.9) * size
    emblem(canvas, (size - span) / 2, (size - span) / 2, span, grounds.WHITE if dark else grounds.ink(rng))
    return printed(canvas, "logo")


DRAWINGS = (plan_map, diagram, id_photo, logo)
