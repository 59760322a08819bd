"""Fingers and fists, drawn as shaded capsules: what holds a card covers a part of it."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.shifted.take import Points, Take, box_of, over

Rng = np.random.Generator


def complexion(rng: Rng) -> NDArray[np.float32]:
    """(3,) RGB 0–255: from fair to dark."""
    depth = rng.uniform(0, 1)
    fair, dark = np.array([236, 196, 168]), np.array([112, 72, 50])
    return np.asarray((fair * (1 - depth) + dark * depth) * rng.uniform(0.9, 1.06, 3), np.float32).clip(0, 255)


def finger(
    take: Take, root: Points, tip: Points, width: float, skin: NDArray[np.float32], *, nail: bool = False
) -> None:
    """A finger from `root` to `tip` (pixels), `width` wide; covers what lies there."""
    along = tip - root
    length = float(np.linalg.norm(along)) + 1e-6
    u = along / length
    radius = width / 2
    x0, y0, x1, y1 = box_of(np.stack([root, tip]), take.size, margin=radius + 3)
    if x1 <= x0 or y1 <= y0:
        return
    step = max(1, int(width / 60))  # large ones are drawn coarsely: they have no detail
    columns, rows = (np.arange(low, high, step, dtype=np.float32) + step / 2 for low, high in ((x0, x1), (y0, y1)))
    x, y = np.meshgrid(columns - np.float32(root[0]), rows - np.float32(root[1]))
    t, s = u[0] * x + u[1] * y, -u[1] * x + u[0] * y
    r = radius * (1.0 - 0.16 * np.clip(t / length, 0, 1) + 0.05 * np.cos(t / radius * 1.6))
    far = np.hypot(s, t - np.clip(t, 0, length - radius)) / r
    share = np.clip((1 - far) * radius / (1.5 * step) + 0.5, 0, 1)
    round_ = np.sqrt(np.clip(1 - far * far, 0, 1))
    light = 0.62 + 0.38 * round_ + 0.08 * s / r
    light -= 0.07 * np.exp(-(((t - 0.45 * length) / (0.09 * width)) ** 2)) * np.abs(np.cos(s / r * 2))
    tone = light[..., None] * skin
    if nail:
        at = length - 0.62 * width
        oval = np.hypot((t - at) / (0.46 * width), s / (0.36 * width)) ** 4
        polish = np.clip((1 - oval) * 3, 0, 1)[..., None]
        tone = (
            tone * (1 - polish) + polish * (skin * 0.55 + np.array([112, 84, 82])) * (0.82 + 0.25 * round_)[..., None]
        )
    put = np.dstack([np.clip(tone, 0, 255) * share[..., None], share * 255]).astype(np.uint8)
    put = cv2.resize(put, None, fx=step, fy=step, interpolation=cv2.INTER_LINEAR)[: y1 - y0, : x1 - x0]
    over(take.image[y0:y1, x0:x1], np.ascontiguousarray(put))
    take.cover(np.ascontiguousarray(put[..., 3]), x0, y0)


def _edge(quad: Points, edge: int, share: float) -> tuple[Points, Points, float]:
    """A point on an edge of a quad (0 top, 1 right, 2 bottom, 3 left), the way in from there, a card's width."""
    one, two = quad[edge], quad[(edge + 1) % 4]
    at = one + share * (two - one)
    way = quad.mean(0) - (one + two) / 2
    wide = float(np.linalg.norm(quad[1] - quad[0]))
    return at, np.asarray(way / np.linalg.norm(way)), wide


def behind(rng: Rng, take: Take, quad: Points, edge: int, share: float, skin: NDArray[np.float32]) -> None:
    """The hand behind a card that will be laid at `quad`: a palm and fingers that reach in from an edge."""
    at, way, wide = _edge(quad, edge, share)
    side = np.array([-way[1], way[0]])
    thick = wide * rng.uniform(0.19, 0.25)
    for number in (-1.4, -0.5, 0.4, 1.3):
        middle = at + side * number * thick
        finger(take, middle - way * wide * 0.55, middle + way * wide * rng.uniform(0.1, 0.3), thick, skin * 0.92)
    finger(take, at - way * wide * 2.2, at - way * wide * 0.25, wide * rng.uniform(0.62, 0.8), skin * 0.96)


def thumb(rng: Rng, take: Take, quad: Points, edge: int, share: float, skin: NDArray[np.float32]) -> None:
    """A thumb on a card's edge."""
    at, way, wide = _edge(quad, edge, share)
    side = np.array([-way[1], way[0]]) * rng.uniform(-0.6, 0.6)
    thick = wide * rng.uniform(0.15, 0.2)
    tip = at + way * wide * rng.uniform(0.03, 0.16)
    finger(take, tip - (way + side) * wide * 0.75, tip, thick, skin, nail=True)
