"""Surfaces, drawn: what cards lie on where no photographs are at hand, and beside those. RGB uint8 (size, size, 3).

They are drawn once into the pool, so they may take some milliseconds.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import Rgb
from models.training.scenes.people import skin
from models.training.scenes.supply import Rng

Field = NDArray[np.float32]


def fractal(rng: Rng, size: int, octaves: int = 6, first: int = 3, stretch: float = 1.0) -> Field:
    """(size, size) smooth noise of several scales, about 0–1; `stretch` draws it out along x."""
    total = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        cells = min(size, first * 2**octave)
        grid = rng.random((cells, max(2, round(cells / stretch))), np.float32)
        total += cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC) / 2**octave
    low, high = float(total.min()), float(total.max())
    return np.asarray((total - low) / (high - low), np.float32)


def _between(field: Field, *colours: NDArray[np.float64]) -> Rgb:
    """A field 0–1 turned into a ramp through the colours."""
    stops = np.linspace(0, 1, len(colours))
    channels = [np.interp(field, stops, [colour[c] for colour in colours]) for c in range(3)]
    return np.asarray(np.clip(np.stack(channels, axis=2), 0, 255), np.uint8)


def _colour(rng: Rng, low: float = 20, high: float = 245) -> NDArray[np.float64]:
    """Any colour, mostly muted, as furniture and walls are."""
    vivid = rng.uniform(low, high, 3)
    return np.asarray(vivid.mean() + (vivid - vivid.mean()) * rng.choice([0.15, 0.5, 1.0]), np.float64)


def wood(rng: Rng, size: int) -> Rgb:
    """Grain along x, in boards."""
    base = np.array([150, 105, 65]) * rng.uniform(0.35, 1.5) + rng.normal(0, 12, 3)
    grain = fractal(rng, size, 7, 2, stretch=rng.uniform(6, 20))
    rings = 0.5 + 0.5 * np.sin(grain * rng.uniform(10, 60))
    field = np.asarray(0.6 * grain + 0.4 * rings, np.float32)
    for edge in range(0, size, int(rng.integers(90, 400))):
        field[edge : edge + 2] *= 0.3
    picture = _between(field, base * 0.6, base, np.minimum(base * 1.35, 255))
    return np.ascontiguousarray(np.rot90(picture)) if rng.random() < 0.5 else picture


def cloth(rng: Rng, size: int) -> Rgb:
    """A weave with soft folds."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32)
    pitch = rng.uniform(3, 14)
    weave = np.sin(x * 2 * np.pi / pitch) * np.sin(y * 2 * np.pi / pitch * rng.uniform(0.7, 1.3))
    folds = fractal(rng, size, 3, 2, stretch=rng.uniform(1, 4))
    field = np.clip(0.5 + 0.15 * weave + 0.9 * (folds - 0.5), 0, 1).astype(np.float32)
    base = _colour(rng)
    picture = _between(field, base * 0.55, base, np.minimum(base * 1.2, 255))
    if rng.random() < 0.4:  # checks or stripes
        period, other = int(rng.integers(24, 160)), _colour(rng)
        lines = (x % period < period * 0.3) | ((y % period < period * 0.3) & (rng.random() < 0.6))
        picture[lines] = (picture[lines] * 0.5 + other * 0.5).astype(np.uint8)
    return picture


def carpet(rng: Rng, size: int) -> Rgb:
    """Coarse speckle."""
    speck = cv2.GaussianBlur(rng.random((size, size), np.float32), (0, 0), rng.uniform(0.7, 2.5))
    speck = (speck - speck.mean()) / speck.std() * 0.2 + 0.5 + 0.5 * (fractal(rng, size, 3) - 0.5)
    base = _colour(rng, 30, 210)
    return _between(np.clip(speck, 0, 1).astype(np.float32), base * 0.4, base, np.minimum(base * 1.4, 255))


def marble(rng: Rng, size: int) -> Rgb:
    """Veins on stone, terrazzo on some."""
    vein = np.abs(fractal(rng, size, 7) - rng.uniform(0.4, 0.6)) * rng.uniform(4, 12)
    base = _colour(rng, 120, 250)
    picture = _between(np.clip(vein, 0, 1).astype(np.float32), base * 0.5, base * 0.92, base)
    for _ in range(int(rng.choice([0, 0, 300]))):
        spot, radius = rng.integers(0, size, 2).tolist(), int(rng.integers(1, 8))
        cv2.circle(picture, spot, radius, _colour(rng).tolist(), -1, cv2.LINE_AA)
    return picture


def gradient(rng: Rng, size: int) -> Rgb:
    """A smooth wash of two or three colours: walls, web pages, studio paper."""
    y, x = np.mgrid[0:size, 0:size].astype(np.float32) / size
    angle = rng.uniform(0, 2 * np.pi)
    field = np.clip(0.5 + (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle), 0, 1).astype(np.float32)
    return _between(field, *(_colour(rng, 30, 255) for _ in range(int(rng.integers(2, 4)))))


def plain(rng: Rng, size: int) -> Rgb:
    """One colour: a desk, a mat, a sheet; pale blue and white more often, for that is what cards hide on."""
    choice = rng.random()
    colour = _colour(rng)
    if choice < 0.4:
        colour = np.array([rng.uniform(215, 255)] * 3) - np.abs(rng.normal(0, 5, 3))
    elif choice < 0.55:
        colour = np.array([170, 210, 235]) + rng.normal(0, 18, 3)
    return _between(fractal(rng, size, 4), colour * 0.93, np.minimum(colour, 255))


def tiles(rng: Rng, size: int) -> Rgb:
    """Rows of rounded keys or of floor tiles: many straight edges that are no cards."""
    image = np.empty((size, size, 3), np.uint8)
    image[:] = _colour(rng, 10, 120).astype(np.uint8)
    high = int(rng.integers(30, 200))
    wide = int(high * rng.uniform(0.8, 2.0))
    gap, face = max(2, high // 9), _colour(rng)
    shift = 0.0 if rng.random() < 0.5 else 0.5
    for row, y in enumerate(range(-high, size, high)):
        for x in range(-wide, size, wide):
            left = int(x + row * shift * wide % wide)
            tone = np.clip(face * rng.uniform(0.9, 1.1), 0, 255).tolist()
            cv2.rectangle(image, (left + gap, y + gap), (left + wide - gap, y + high - gap), tone, -1)
    return np.asarray(cv2.GaussianBlur(image, (0, 0), rng.uniform(0.6, 1.6)), np.uint8)


def hand(rng: Rng, size: int) -> Rgb:
    """Skin close by: an open palm with its folds."""
    colour = np.array(skin(rng), np.float64)
    picture = _between(fractal(rng, size, 5), colour * 0.8, colour, np.minimum(colour * 1.08, 255))
    for _ in range(int(rng.integers(2, 6))):
        points = (np.cumsum(rng.normal(0, 0.12, (5, 2)), axis=0) + rng.uniform(0, 1, 2)) * size
        cv2.polylines(
            picture, [points.astype(np.int32)], False, (colour * 0.6).tolist(), int(rng.integers(2, 9)), cv2.LINE_AA
        )
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), rng.uniform(2, 7)), np.uint8)


def clutter(rng: Rng, size: int) -> Rgb:
    """A desk with things on it: sheets, boxes, discs and bars, some the size and shape of cards."""
    image = SURFACES[int(rng.integers(0, 5))](rng, size)
    for _ in range(int(rng.integers(3, 12))):
        centre, angle = rng.uniform(0, size, 2).tolist(), float(rng.uniform(0, 180))
        spread = (float(rng.uniform(0.05, 0.5) * size), float(rng.uniform(0.05, 0.5) * size))
        tone = _colour(rng, 20, 255).tolist()
        if rng.random() < 0.25:
            cv2.ellipse(image, (centre, spread, angle), tone, -1, cv2.LINE_AA)
        else:
            corners = cv2.boxPoints((centre, spread, angle)).astype(np.int32)
            cv2.fillConvexPoly(image, corners, tone, cv2.LINE_AA)
    return image


SURFACES: tuple[Callable[[Rng, int], Rgb], ...] = (wood, cloth, carpet, marble, plain, gradient, tiles, hand, clutter)
SHARES = (0.18, 0.14, 0.08, 0.1, 0.16, 0.1, 0.08, 0.06, 0.1)


def surface(rng: Rng, size: int = 640) -> Rgb:
    """Any of the surfaces, wood and plain ones more often."""
    return SURFACES[int(rng.choice(len(SURFACES), p=SHARES))](rng, size)


def filling(rng: Rng, picture: Rgb, frame: tuple[int, int]) -> Rgb:
    """A new picture of size `frame` cut from `picture`: a random part, mirrored or turned, recoloured at times."""
    height, width = picture.shape[:2]
    share = rng.uniform(0.5, 1.0)
    cut_width = min(width, round(height * frame[1] / frame[0])) * share
    cut_height = min(height, round(width * frame[0] / frame[1])) * share
    y, x = int(rng.integers(0, height - int(cut_height) + 1)), int(rng.integers(0, width - int(cut_width) + 1))
    part = picture[y : y + max(2, int(cut_height)), x : x + max(2, int(cut_width))]
    image = np.asarray(cv2.resize(part, frame[::-1], interpolation=cv2.INTER_LINEAR), np.uint8)
    if rng.random() < 0.5:
        image = np.asarray(cv2.flip(image, 1), np.uint8)
    if rng.random() < 0.25:
        image = np.ascontiguousarray(image[..., rng.permutation(3)])
    return image
