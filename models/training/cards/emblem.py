"""Seals, stamps and signatures: what is round or scribbled on a card. All draw in place on an RGB uint8 card."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import text
from models.training.cards import ink
from models.training.cards.ink import Colour
from models.training.samples import Rgb

SEAL_INKS: tuple[Colour, ...] = (
    (40, 40, 50), (40, 40, 50), (20, 20, 90), (60, 60, 110), (150, 40, 40), (120, 90, 30), (90, 90, 100), (180, 30, 40),
)  # fmt: skip
RINGS: tuple[Colour, ...] = (
    (225, 100, 110),
    (225, 60, 70),
    (60, 60, 80),
    (230, 200, 40),
    (90, 120, 200),
    (255, 255, 255),
)


def winged(rng: np.random.Generator, size: int) -> NDArray[np.uint8]:
    """A Garuda-like figure, a mask (size, size) uint8: crowned head, raised feathered wings, bent legs, tail skirt."""
    mask = np.zeros((256, 256), np.uint8)
    feathers, spread, lift = int(rng.integers(4, 10)), rng.uniform(0.75, 1.1), rng.uniform(0.8, 1.1)
    gap = rng.random() < 0.7
    for side in (-1, 1):
        for step in range(feathers):
            t = step / max(1, feathers - 1)
            root = np.array([128 + side * (16 + 10 * t), 112 + 34 * t])
            tip = np.array([128 + side * spread * (58 + 50 * np.sin(1.2 + 1.5 * t)), 30 + 128 * t * lift])
            bow = (root + tip) / 2 + np.array([side * 26, 16])
            thick = np.array([side * -3, 11 if gap else 16])
            cv2.fillPoly(mask, [_curve((root, bow, tip), (tip, bow + thick, root + thick))], 255, cv2.LINE_AA)
        arm = np.array([[128 + side * 14, 96], [128 + side * 46, 118], [128 + side * 62, 92]], np.int32)
        cv2.polylines(mask, [arm], False, 255, 9, cv2.LINE_AA)
        leg = np.array([[128 + side * 12, 160], [128 + side * 44, 176], [128 + side * 30, 212], [128 + side * 52, 222]])
        cv2.polylines(mask, [leg.astype(np.int32)], False, 255, 13, cv2.LINE_AA)
        for claw in (-12, 0, 12):
            foot = (128 + side * 52, 222)
            cv2.line(mask, foot, (foot[0] + side * 12, foot[1] + claw), 255, 4, cv2.LINE_AA)
    cv2.ellipse(mask, (128, 126), (24, 46), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.circle(mask, (128, 68), 17, 255, -1, cv2.LINE_AA)
    crown = np.array([[112, 62], [144, 62], [136, 44], [128, 14], [120, 44]], np.int32)
    cv2.fillPoly(mask, [crown], 255, cv2.LINE_AA)
    skirt = np.array([[112, 164], [144, 164], [158, 206], [128, 244], [98, 206]], np.int32)
    cv2.fillPoly(mask, [skirt], 255, cv2.LINE_AA)
    for row in range(90, 210, int(rng.integers(8, 22))):
        cv2.line(mask, (110, row), (146, row + 5), 90, 2, cv2.LINE_AA)
    return np.asarray(cv2.resize(mask, (size, size), interpolation=cv2.INTER_AREA), np.uint8)


def _curve(*arcs: tuple[NDArray[np.float64], ...]) -> NDArray[np.int32]:
    """Quadratic Bézier arcs joined to one outline (N, 2)."""
    t = np.linspace(0, 1, 9)[:, None]
    parts = [(1 - t) ** 2 * a + 2 * t * (1 - t) * b + t**2 * c for a, b, c in arcs]
    return np.concatenate(parts).astype(np.int32)


def seal(card: Rgb, rng: np.random.Generator, centre: tuple[float, float], radius: float) -> None:
    """The state's seal top left: a disc with a winged figure; sometimes a ring alone, a placeholder, a plain figure."""
    x, y, r = round(centre[0]), round(centre[1]), max(8, round(radius))
    kind = rng.choice(["figure", "ring", "word", "bare", "shape"], p=[0.68, 0.08, 0.05, 0.12, 0.07])
    colour = ink.pick(rng, SEAL_INKS)
    opacity = float(rng.uniform(0.45, 1.0))
    if kind != "bare":
        if rng.random() < 0.8:
            tone = int(rng.integers(225, 256))
            cv2.circle(card, (x, y), r, (tone, tone, tone), -1, cv2.LINE_AA)
        if rng.random() < 0.85:
            cv2.circle(card, (x, y), r, ink.pick(rng, RINGS), int(rng.integers(1, 5)), cv2.LINE_AA)
    if kind in ("figure", "bare"):
        size = int(r * 2 * rng.uniform(0.7, 0.98))
        ink.blend(card, winged(rng, size), x - size // 2, y - size // 2, colour, opacity)
    elif kind == "word":
        word = ink.pick(rng, ("ตราครุฑ", "ครุฑ", "LOGO", "ตรา", "SEAL"))
        ink.write(card, (x, y + r * 0.15), word, ink.pick(rng, text.THAI), r * 0.5, colour, align="m", limit=r * 1.7)
    elif kind == "shape":
        points = np.add(_star(rng, r * rng.uniform(0.5, 0.9)), (x, y))
        cv2.fillPoly(card, [points.astype(np.int32)], colour, cv2.LINE_AA)


def _star(rng: np.random.Generator, radius: float) -> NDArray[np.float64]:
    rays = int(rng.integers(5, 17))
    angle = np.linspace(0, 2 * np.pi, rays * 2, endpoint=False)
    length = np.where(np.arange(rays * 2) % 2, radius * rng.uniform(0.4, 0.8), radius)
    return np.stack([length * np.sin(angle), -length * np.cos(angle)], 1)


def stamp(card: Rgb, rng: np.random.Generator, centre: tuple[float, float], radius: float) -> None:
    """A round office stamp, red or purple, worn: rings, spokes, a figure, not quite opaque."""
    size = max(16, int(radius * 2))
    mask = np.zeros((size, size), np.uint8)
    middle = (size // 2, size // 2)
    cv2.circle(mask, middle, size // 2 - 3, 255, max(1, size // 40), cv2.LINE_AA)
    if rng.random() < 0.7:
        cv2.circle(mask, middle, int(size * 0.34), 255, 1, cv2.LINE_AA)
    figure = winged(rng, int(size * 0.62))
    at = (size - figure.shape[0]) // 2
    mask[at : at + figure.shape[0], at : at + figure.shape[1]] |= figure
    for angle in np.arange(0, 2 * np.pi, rng.uniform(0.14, 0.3)):
        start = (int(middle[0] + size * 0.37 * np.cos(angle)), int(middle[1] + size * 0.37 * np.sin(angle)))
        end = (int(middle[0] + size * 0.44 * np.cos(angle + 0.05)), int(middle[1] + size * 0.44 * np.sin(angle + 0.05)))
        cv2.line(mask, start, end, 255, max(1, size // 50), cv2.LINE_AA)
    wear = cv2.resize(rng.integers(60, 256, (7, 7)).astype(np.uint8), (size, size), interpolation=cv2.INTER_CUBIC)
    colour = ink.pick(rng, ((200, 30, 50), (210, 60, 60), (110, 50, 190), (70, 60, 170), (180, 40, 110)))
    worn = cv2.multiply(mask, wear, scale=1 / 255.0)
    ink.blend(
        card,
        np.asarray(worn, np.uint8),
        int(centre[0]) - size // 2,
        int(centre[1]) - size // 2,
        colour,
        float(rng.uniform(0.4, 0.95)),
    )


def signature(card: Rgb, rng: np.random.Generator, box: tuple[float, float, float, float], colour: Colour) -> None:
    """A scribble inside `box` (x0, y0, x1, y1): one long stroke with loops, and at times a flourish under it."""
    x0, y0, x1, y1 = box
    count = int(rng.integers(5, 12))
    knots = np.stack([np.sort(rng.uniform(x0, x1, count)), rng.uniform(y0, y1, count)], 1)
    knots[:, 0] += rng.normal(0, (x1 - x0) * 0.06, count)
    t = np.linspace(0, count - 1, 120)
    smooth = np.stack([np.interp(t, np.arange(count), knots[:, axis]) for axis in (0, 1)], 1)
    kernel = np.ones(11) / 11
    smooth = np.stack([np.convolve(smooth[:, axis], kernel, "valid") for axis in (0, 1)], 1)
    thick = int(rng.integers(2, 4))
    cv2.polylines(card, [(smooth * 8).astype(np.int32)], False, colour, thick, cv2.LINE_AA, shift=3)
    if rng.random() < 0.4:
        cv2.line(card, (int(x0), int(y1)), (int(x1), int(y0 + 0.7 * (y1 - y0))), colour, thick, cv2.LINE_AA)
