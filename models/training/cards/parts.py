"""What is square on a card: chip, barcode, flag, hologram patch, magnetic stripe. All draw in place (RGB uint8)."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import text
from models.training.cards import ink
from models.training.cards.ink import Colour
from models.training.samples import Rgb

GOLDS: tuple[Colour, ...] = (
    (228, 188, 92), (214, 170, 70), (240, 205, 110), (250, 214, 20), (196, 150, 80), (190, 190, 188), (160, 158, 140),
    (130, 132, 136), (176, 148, 72), (225, 200, 150),
)  # fmt: skip


def _rounded_box(width: int, height: int, radius: int) -> NDArray[np.uint8]:
    mask = np.zeros((height, width), np.uint8)
    r = max(1, min(radius, width // 2 - 1, height // 2 - 1))
    cv2.rectangle(mask, (r, 0), (width - r - 1, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - r - 1), 255, -1)
    for x in (r, width - r - 1):
        for y in (r, height - r - 1):
            cv2.circle(mask, (x, y), r, 255, -1, cv2.LINE_AA)
    return mask


def panel(card: Rgb, box: ink.Box, colour: Colour, radius: int, opacity: float = 1.0) -> None:
    """A filled box with rounded corners: bars of mock-ups, redactions, portrait frames."""
    width, height = max(4, box[2] - box[0]), max(4, box[3] - box[1])
    ink.blend(card, _rounded_box(width, height, radius), box[0], box[1], colour, opacity)


def chip(card: Rgb, rng: np.random.Generator, box: ink.Box) -> None:
    """A contact chip, gold or grey, with the contact lines of one of several makers, or none."""
    width, height = max(24, box[2] - box[0]), max(20, box[3] - box[1])
    base = np.array(ink.pick(rng, GOLDS), np.float32)
    corners = base + rng.normal(0, rng.uniform(0, 22), (2, 2, 1))
    plate = cv2.resize(corners.clip(0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    r, g, b = (int(v) for v in base * rng.uniform(0.15, 0.65))
    dark: Colour = (r, g, b)
    thick = int(rng.integers(1, 4))
    kind = int(rng.integers(5))
    w, h = width, height
    inner = (int(w * rng.uniform(0.28, 0.4)), int(h * rng.uniform(0.15, 0.35)))
    if kind in (0, 1):
        cv2.line(plate, (inner[0], 0), (inner[0], h), dark, thick)
        cv2.line(plate, (w - inner[0], h // 3 if kind else 0), (w - inner[0], h), dark, thick)
    elif kind in (2, 3):
        cv2.rectangle(plate, inner, (w - inner[0], h - inner[1]), dark, thick)
    if kind < 4:
        for part in range(1, int(rng.integers(3, 5))):
            y = int(h * part / (3 if kind == 3 else 4))
            cv2.line(plate, (0, y), (inner[0], y), dark, thick)
            cv2.line(plate, (w - inner[0], y), (w, y), dark, thick)
        if rng.random() < 0.4:
            cv2.line(plate, (w // 2, 0), (w // 2, inner[1]), dark, thick)
            cv2.line(plate, (w // 2, h - inner[1]), (w // 2, h), dark, thick)
    mask = _rounded_box(width, height, int(min(w, h) * rng.uniform(0.05, 0.28)))
    if rng.random() < 0.5:
        panel(card, (box[0] - 2, box[1] - 2, box[0] + width + 2, box[1] + height + 2), dark, int(h * 0.2), 0.8)
    ink.paste(card, plate, box[0], box[1], mask)


def barcode(card: Rgb, rng: np.random.Generator, box: ink.Box, *, upright: bool = True) -> None:
    """Bars across `box` (stacked from top to bottom when `upright`), black to dark blue, sometimes on a white strip."""
    x0, y0, x1, y1 = box
    if rng.random() < 0.75:
        edge = int(rng.integers(0, 14))
        cv2.rectangle(card, (x0 - edge, y0 - edge), (x1 + edge, y1 + edge), (250, 250, 252), -1)
    colour = ink.pick(rng, ((12, 12, 16), (12, 12, 16), (20, 25, 80), (35, 35, 40), (70, 70, 90)))
    unit, at, end = float(rng.uniform(1.6, 4.5)), float(y0 if upright else x0), y1 if upright else x1
    while at < end:
        bar = unit * int(rng.integers(1, 5))
        stop = min(end, round(at + bar))
        if upright:
            cv2.rectangle(card, (x0, round(at)), (x1, stop), colour, -1)
        else:
            cv2.rectangle(card, (round(at), y0), (stop, y1), colour, -1)
        at += bar + unit * int(rng.integers(1, 4)) + 1


def flag(card: Rgb, rng: np.random.Generator, xy: tuple[int, int], width: int) -> None:
    """The Thai flag between ประเทศไทย and THAILAND."""
    x, y = xy
    height = int(width * rng.uniform(0.55, 0.72))
    red: Colour = (int(rng.integers(160, 230)), int(rng.integers(20, 50)), int(rng.integers(30, 60)))
    navy: Colour = (int(rng.integers(30, 60)), int(rng.integers(30, 60)), int(rng.integers(80, 150)))
    rows = [0, 1 / 6, 2 / 6, 4 / 6, 5 / 6, 1]
    for start, stop, colour in zip(rows, rows[1:], (red, (245, 245, 248), navy, (245, 245, 248), red), strict=False):
        cv2.rectangle(card, (x, y + round(start * height)), (x + width, y + round(stop * height) - 1), colour, -1)
    black: Colour = (25, 25, 30)
    if rng.random() < 0.9:
        font = ink.pick(rng, text.THAI + text.THAI_BOLD)
        ink.write(
            card,
            (x + width / 2, y - height * 0.12),
            "ประเทศไทย",
            font,
            width * 0.24,
            black,
            align="m",
            limit=width * 1.05,
        )
    if rng.random() < 0.95:
        font = ink.pick(rng, ("Tinos_400Regular", "Tinos_700Bold", "Arimo_700Bold", "RobotoSlab_400Regular"))
        size = width * 0.22
        ink.write(
            card, (x + width / 2, y + height + size), "THAILAND", font, size, black, align="m", limit=width * 1.05
        )


def hologram(card: Rgb, rng: np.random.Generator, box: ink.Box, *, dark: bool) -> None:
    """A foil patch: rainbow over dark (as on backs) or see-through (as on fronts), with rays from a bright spot."""
    width, height = max(20, box[2] - box[0]), max(20, box[3] - box[1])
    colours = rng.integers(20, 150, (5, 6, 3)) if dark else rng.integers(150, 256, (5, 6, 3))
    if dark and rng.random() < 0.6:
        colours = (colours * (0.9, 1.0, 0.35)).astype(int)
    foil = cv2.resize(colours.astype(np.uint8), (width, height), interpolation=cv2.INTER_CUBIC)
    spot = rng.uniform((0.2, 0.1), (0.8, 0.5)) * (width, height)
    bright = tuple(int(v) for v in rng.integers(140, 256, 3))
    for angle in np.arange(0, 2 * np.pi, 0.22):
        far = spot + 200 * np.array([np.cos(angle), np.sin(angle)])
        cv2.line(foil, (int(spot[0]), int(spot[1])), (int(far[0]), int(far[1])), bright, 1, cv2.LINE_AA)
        loop = spot + 0.25 * height * np.array([np.cos(angle), np.sin(angle)])
        cv2.circle(foil, (int(loop[0]), int(loop[1])), int(height * 0.25), bright, 1, cv2.LINE_AA)
    cv2.circle(foil, (int(spot[0]), int(spot[1])), int(height * 0.1), bright, -1, cv2.LINE_AA)
    mask = _rounded_box(width, height, int(height * rng.uniform(0.05, 0.5)))
    share = 1.0 if dark else float(rng.uniform(0.15, 0.5))
    ink.paste(card, np.asarray(foil, np.uint8), box[0], box[1], (mask * share).astype(np.uint8))


def stripe(card: Rgb, rng: np.random.Generator, top: int, height: int) -> None:
    """A magnetic stripe over the whole width, black or brown."""
    colour = ink.pick(rng, ((18, 16, 18), (30, 22, 18), (60, 38, 24), (40, 40, 44)))
    cv2.rectangle(card, (0, top), (card.shape[1], top + height), colour, -1)
