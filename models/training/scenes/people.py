"""Fingers, hands and heads, drawn: enough for a net to learn that skin over a card's edge changes nothing."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from models.training.samples import Mask, Rgb
from models.training.scenes.place import Points, blend, box_quad, edges, paste
from models.training.scenes.supply import Frame, Rng

SKINS = (
    (255, 219, 185),
    (241, 194, 150),
    (224, 172, 120),
    (198, 140, 95),
    (150, 98, 62),
    (105, 66, 42),
    (236, 188, 180),
)
FINGER = (60, 200)
"""Width and height of a finger's sprite; its tip is at the top."""


@lru_cache(maxsize=2)
def _finger(nail: bool) -> tuple[Mask, Mask]:
    """Shading and alpha (200, 60) uint8 of a finger: a capsule lit from the front, with a nail on some."""
    width, height = FINGER
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = width * (0.46 - 0.03 * np.cos(y / height * 2 * np.pi))
    dy = np.minimum(0, y - width / 2) * 0.8
    reach = np.sqrt((x - width / 2) ** 2 + dy**2) / radius
    round_shade = np.sqrt(np.clip(1 - reach**2, 0, 1))
    shading = 0.55 + 0.45 * round_shade - 0.05 * np.cos(y / 9) * (np.abs(y - height * 0.45) < 14)
    if nail:
        plate = ((x - width / 2) / (width * 0.26)) ** 2 + ((y - width * 0.5) / (width * 0.38)) ** 2
        shading = np.where(plate < 1, shading * 1.12 + 0.05, shading) - 0.15 * np.exp(-((plate - 1) ** 2) * 60)
    alpha = np.clip((1 - reach) * radius, 0, 1) * 255
    return np.clip(shading * 235, 0, 255).astype(np.uint8), alpha.astype(np.uint8)


def skin(rng: Rng) -> tuple[int, int, int]:
    """One person's skin colour."""
    base = np.array(SKINS[int(rng.integers(0, len(SKINS)))], np.float64) * np.exp(rng.normal(0, 0.06, 3))
    red, green, blue = np.clip(base, 20, 255).astype(int).tolist()
    return red, green, blue


def finger(target: Rgb, tip: Points, degrees: float, width: float, colour: tuple[int, int, int], nail: bool) -> None:
    """A finger whose tip is at `tip` (2,), pointing `degrees` clockwise from up, `width` pixels thick; in place."""
    shading, alpha = _finger(nail)
    tint = np.array(colour, np.float32) / 235
    sprite = np.clip(cv2.merge([shading] * 3).astype(np.float32) * tint, 0, 255).astype(np.uint8)
    a = np.deg2rad(degrees)
    turn = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    quad = box_quad(-width / 2, 0, width, width * FINGER[1] / FINGER[0] * 1.3)
    paste(target, sprite, alpha, np.asarray(quad @ turn + tip, np.float32))


def _inward(quad: Points, side: int) -> Points:
    """Unit vector from the middle of a side to the centre."""
    way = quad.mean(axis=0) - (quad[side] + quad[(side + 1) % 4]) / 2
    return np.asarray(way / max(1e-3, float(np.hypot(*way))), np.float32)


def held_side(rng: Rng, quad: Points) -> int:
    """The side by which a hand holds the card: hands come from below and from the sides, hardly from above."""
    upward = np.array([-_inward(quad, side)[1] for side in range(4)])
    weights = np.clip(0.7 + upward, 0.05, None)
    return int(rng.choice(4, p=weights / weights.sum()))


def thumb(rng: Rng, target: Rgb, quad: Points, side: int, colour: tuple[int, int, int]) -> None:
    """A thumb, or two fingers, over one side of the card, covering a small part of it; in place, after the card."""
    a, b = quad[side], quad[(side + 1) % 4]
    inward, size = _inward(quad, side), min(edges(quad))
    width = size * rng.uniform(0.24, 0.38)
    degrees = float(np.rad2deg(np.arctan2(inward[0], -inward[1])))
    length = max(1e-3, float(np.hypot(*(b - a))))
    start = rng.uniform(0.15, 0.85)
    for k in range(2 if rng.random() < 0.2 else 1):
        at = a + (b - a) * (start + k * width / length * 0.95)
        tip = np.asarray(at + inward * size * rng.uniform(0.06, 0.3), np.float32)
        finger(
            target, tip, degrees + rng.normal(0, 15), width * rng.uniform(0.9, 1.1), colour, bool(rng.random() < 0.7)
        )


def palm(rng: Rng, target: Rgb, quad: Points, side: int, colour: tuple[int, int, int]) -> None:
    """The hand behind a card, about as large as the card, and its arm; in place, before the card is laid down."""
    outward, size = -_inward(quad, side), max(edges(quad))
    base = (quad[side] + quad[(side + 1) % 4]) / 2 + outward * size * rng.uniform(-0.1, 0.2)
    degrees = float(np.rad2deg(np.arctan2(outward[1], outward[0])) + rng.normal(0, 15))
    away = np.array([np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))])
    mask = np.zeros((target.shape[0] // 4, target.shape[1] // 4), np.uint8)
    spread = (size * rng.uniform(0.8, 1.1) / 4, size * rng.uniform(0.55, 0.8) / 4)
    cv2.ellipse(mask, ((base / 4).tolist(), spread, degrees), 255, -1, cv2.LINE_AA)
    wrist, far = (base + away * size * 0.3) / 4, (base + away * size * 3.5) / 4
    arm = max(2, int(size * rng.uniform(0.3, 0.45) / 4))
    cv2.line(mask, wrist.astype(int).tolist(), far.astype(int).tolist(), 255, arm, cv2.LINE_AA)
    shape = (target.shape[1], target.shape[0])
    soft = cv2.GaussianBlur(mask, (0, 0), max(0.8, size / 60))
    mask = cv2.GaussianBlur(mask, (0, 0), 1.2)
    shadow = cv2.convertScaleAbs(soft, alpha=0.4, beta=150)
    tint = np.empty((*mask.shape, 3), np.uint8)
    tint[:] = np.array(colour, np.uint8)
    small = cv2.multiply(tint, cv2.merge([shadow] * 3), scale=1 / 255)
    cover = np.asarray(cv2.resize(mask, shape, interpolation=cv2.INTER_CUBIC), np.uint8)
    blend(target, np.asarray(cv2.resize(small, shape, interpolation=cv2.INTER_LINEAR), np.uint8), cover)


def bust(rng: Rng, frame: Frame) -> Rgb:
    """A drawn head and shoulders on a plain wall, for where no photographs of faces are at hand."""
    height, width = frame
    image = np.empty((height, width, 3), np.uint8)
    image[:] = rng.integers(60, 235, 3)
    colour, hair = skin(rng), tuple(int(v) for v in rng.integers(10, 90, 3))
    cx, cy = width * rng.uniform(0.4, 0.6), height * rng.uniform(0.32, 0.45)
    face = min(width, height) * rng.uniform(0.2, 0.3)
    shirt = tuple(int(v) for v in rng.integers(0, 255, 3))
    cv2.ellipse(image, ((cx, cy + face * 3.1), (face * 4.6, face * 3.6), 0), shirt, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((cx, cy - face * 0.25), (face * 2.15, face * rng.uniform(2.3, 3.4)), 0), hair, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((cx, cy + face * 1.1), (face * 0.9, face * 1.6), 0), colour, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((cx, cy), (face * 1.65, face * 2.2), 0), colour, -1, cv2.LINE_AA)
    dark = tuple(int(v * 0.35) for v in colour)
    for dx in (-0.4, 0.4):
        cv2.ellipse(
            image, ((cx + dx * face, cy - face * 0.15), (face * 0.34, face * 0.16), 0), (245, 245, 240), -1, cv2.LINE_AA
        )
        cv2.circle(image, (int(cx + dx * face), int(cy - face * 0.15)), max(1, int(face * 0.08)), dark, -1, cv2.LINE_AA)
        cv2.ellipse(image, ((cx + dx * face, cy - face * 0.38), (face * 0.5, face * 0.08), 0), hair, -1, cv2.LINE_AA)
    cv2.ellipse(image, ((cx, cy + face * 0.25), (face * 0.3, face * 0.14), 0), dark, 1, cv2.LINE_AA)
    lips = (int(colour[0] * 0.8), int(colour[1] * 0.5), int(colour[2] * 0.5))
    cv2.ellipse(image, ((cx, cy + face * 0.6), (face * 0.55, face * 0.16), 0), lips, -1, cv2.LINE_AA)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.6, face / 40)), np.uint8)
