"""Surfaces that cards lie on: each drawn by a few lines of noise and waves, or a held-out photograph.

A surface is (side, side, 3) uint8 RGB, seen from straight above; what is regular in it (tiles, keys, planks) is laid
at a random size.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import Rgb

Rng = np.random.Generator
Floats = NDArray[np.float32]
SIDE: Final = 720


def clouds(rng: Rng, side: int, first: float, octaves: int = 4, *, stretch: float = 1.0, fall: float = 0.55) -> Floats:
    """Fractal noise, mean 0, about 1 in standard deviation: `first` cells across, each octave twice as many.

    `stretch` > 1 draws the cells out along x.
    """
    total = np.zeros((side, side), np.float32)
    weight, norm = 1.0, 0.0
    for octave in range(octaves):
        rows = min(side, round(first * 2**octave) + 3)
        columns = max(4, min(side, round(rows / stretch)))
        cells = rng.standard_normal((rows, columns), np.float32)
        total += weight * cv2.resize(cells, (side, side), interpolation=cv2.INTER_CUBIC)
        norm += (weight * 0.75) ** 2
        weight *= fall
    return np.asarray(total / np.sqrt(norm), np.float32)


def colour(rng: Rng, hue: tuple[float, float], chroma: tuple[float, float], value: tuple[float, float]) -> Floats:
    """(3,) RGB 0–255 from ranges of hue (degrees), saturation and brightness (0–1)."""
    hsv = np.array([[[rng.uniform(*hue) % 360, rng.uniform(*chroma), rng.uniform(*value)]]], np.float32)
    return np.asarray(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0, 0] * 255, np.float32)


def any_colour(rng: Rng) -> Floats:
    return colour(rng, (0, 360), (0.05, 0.75), (0.15, 0.95))


def tinted(base: Floats, shade: Floats) -> Rgb:
    """A base colour (3,) times 1 + shade (side, side)."""
    return np.asarray(np.clip((1 + shade)[..., None] * base, 0, 255), np.uint8)


def mixed(one: Floats, other: Floats, share: Floats) -> Rgb:
    """`one` where share is 0, `other` where it is 1."""
    share = np.clip(share, 0, 1)[..., None]
    return np.asarray(np.clip(one * (1 - share) + other * share, 0, 255), np.uint8)


def axes(rng: Rng, *, turned: bool = True) -> tuple[Floats, Floats]:
    """Coordinates 0–1, turned by any angle."""
    x, y = np.meshgrid(np.linspace(0, 1, SIDE, dtype=np.float32), np.linspace(0, 1, SIDE, dtype=np.float32))
    away = rng.uniform(0, np.pi) if turned else 0.0
    return (np.cos(away) * x + np.sin(away) * y).astype(np.float32), (-np.sin(away) * x + np.cos(away) * y).astype(
        np.float32
    )


def wood(rng: Rng) -> Rgb:
    """Growth rings cut lengthwise, fibres, and gaps between planks."""
    y = np.linspace(0, 1, SIDE, dtype=np.float32)[:, None]
    planks = int(rng.integers(1, 7))
    plank = np.floor(y * planks)
    wobble = clouds(rng, SIDE, 2, 3, stretch=3)
    rings = np.sin(2 * np.pi * (y * rng.uniform(8, 26) + 0.5 * wobble + 0.37 * plank * plank))
    fibre = clouds(rng, SIDE, 120, 2, stretch=30)
    dark = colour(rng, (14, 34), (0.35, 0.75), (0.15, 0.6))
    light = np.clip(dark * rng.uniform(1.3, 1.9), 0, 250)
    picture = mixed(dark, light.astype(np.float32), 0.5 + 0.28 * rings + 0.14 * fibre + 0.1 * np.sin(plank * 7))
    gap = np.abs((y * planks) % 1 - 0.5) > 0.5 - 0.004 * planks
    if planks > 1:
        rows = gap[:, 0]
        picture[rows] = (picture[rows] * 0.35).astype(np.uint8)
    return picture if rng.random() < 0.5 else np.ascontiguousarray(picture.transpose(1, 0, 2))


def fabric(rng: Rng) -> Rgb:
    """Warp and weft, in one colour, striped, or checked."""
    x, y = axes(rng, turned=False)
    threads = rng.uniform(70, 170)
    weave = np.sin(2 * np.pi * x * threads) * np.sin(2 * np.pi * y * threads)
    base, other = any_colour(rng), any_colour(rng)
    pattern = rng.integers(3)
    stripes = rng.uniform(4, 16)
    share = (np.sin(2 * np.pi * x * stripes) > 0.4).astype(np.float32) * (pattern > 0)
    if pattern == 2:
        share = (share + (np.sin(2 * np.pi * y * stripes) > 0.4)) / 2
    picture = mixed(base, other, share)
    return tinted_picture(picture, 0.13 * weave + 0.05 * clouds(rng, SIDE, 4, 3))


def tinted_picture(picture: Rgb, shade: Floats | NDArray[np.float64]) -> Rgb:
    gain = cv2.merge([(1 + shade).astype(np.float32)] * 3)
    return np.asarray(cv2.multiply(picture, gain, dtype=cv2.CV_8U), np.uint8)


def tiles(rng: Rng) -> Rgb:
    """Square or oblong tiles with grout, each a little different."""
    x, y = axes(rng, turned=False)
    across = rng.uniform(2, 9)
    down = across * float(rng.choice([1, 1, 2, 3]))
    row = np.floor(y * down)
    u = x * across + 0.5 * (row % 2) * (rng.random() < 0.4)
    kind = np.sin(np.floor(u) * 12.9898 + row * 78.233) * 43758.5453 % 1
    base = colour(rng, (0, 360), (0.0, 0.35), (0.35, 0.95))
    shade = 0.12 * (kind - 0.5) + 0.05 * clouds(rng, SIDE, 8, 4)
    edge = np.minimum(0.5 - np.abs(u % 1 - 0.5), (0.5 - np.abs(y * down % 1 - 0.5)) * across / down)
    picture = tinted(base, shade.astype(np.float32))
    picture[edge < 0.018] = colour(rng, (20, 60), (0, 0.2), (0.3, 0.85)).astype(np.uint8)
    return picture


def desk(rng: Rng) -> Rgb:
    """A plain board, its grain too fine to see."""
    return tinted(colour(rng, (0, 360), (0.0, 0.3), (0.12, 0.98)), 0.025 * clouds(rng, SIDE, 3, 2))


def carpet(rng: Rng) -> Rgb:
    tufts = clouds(rng, SIDE, 150, 2, fall=0.9)
    patches = clouds(rng, SIDE, 5, 3)
    base = colour(rng, (0, 360), (0.02, 0.5), (0.15, 0.8))
    return tinted(base, (0.24 * tufts + 0.08 * patches).astype(np.float32))


def marble(rng: Rng) -> Rgb:
    x, _ = axes(rng)
    folds = np.abs(np.sin(np.pi * (x * rng.uniform(2, 5) + 0.55 * clouds(rng, SIDE, 3, 5))))
    veins = np.exp(-folds * rng.uniform(5, 16))
    base, vein = colour(rng, (0, 360), (0, 0.12), (0.75, 0.98)), colour(rng, (0, 60), (0, 0.4), (0.2, 0.6))
    if rng.random() < 0.3:
        base, vein = vein * 0.5, base
    return mixed(base, vein, (0.8 * veins + 0.06 * clouds(rng, SIDE, 6, 4)).astype(np.float32))


def terrazzo(rng: Rng) -> Rgb:
    base = colour(rng, (0, 360), (0, 0.2), (0.5, 0.95))
    picture = tinted(base, 0.03 * clouds(rng, SIDE, 20, 3))
    stones = [any_colour(rng) for _ in range(5)]
    for _ in range(int(rng.integers(150, 700))):
        middle = rng.uniform(0, SIDE, 2)
        around = np.sort(rng.uniform(0, 2 * np.pi, 6))
        reach = rng.uniform(2, 14) * rng.uniform(0.6, 1, 6)
        shape = middle + np.stack([np.cos(around), np.sin(around)], 1) * reach[:, None]
        tone = stones[int(rng.integers(5))]
        cv2.fillConvexPoly(picture, shape.round().astype(np.int32), tone.tolist(), cv2.LINE_AA)
    return picture


def skin(rng: Rng) -> Rgb:
    """A palm or a thigh: lines and pores."""
    base = colour(rng, (12, 26), (0.25, 0.6), (0.4, 0.95))
    creases = np.exp(-np.abs(clouds(rng, SIDE, 4, 3, stretch=2)) * 14)
    red = 0.02 * clouds(rng, SIDE, 4, 2)
    picture = tinted(base, 0.05 * clouds(rng, SIDE, 3, 2) + 0.025 * clouds(rng, SIDE, 160, 1) - 0.16 * creases)
    picture[..., 0] = np.clip(picture[..., 0] * (1 + red), 0, 255)
    return picture


def _relief(height: Floats, rng: Rng) -> Floats:
    """Light from one side on a height field."""
    away = rng.uniform(0, 2 * np.pi)
    slope = np.cos(away) * cv2.Sobel(height, -1, 1, 0) + np.sin(away) * cv2.Sobel(height, -1, 0, 1)
    return np.asarray(slope / (slope.std() + 1e-6), np.float32)


def crumpled(rng: Rng) -> Rgb:
    """Paper that was a ball: facets."""
    facets = np.zeros((SIDE, SIDE), np.float32)
    x, y = axes(rng, turned=False)
    for _ in range(14):
        away, at = rng.uniform(0, 2 * np.pi), rng.uniform(-0.7, 0.7)
        facets += np.abs(np.cos(away) * (x - 0.5) + np.sin(away) * (y - 0.5) - at) * rng.uniform(-1, 1)
    shade = 0.11 * _relief(facets, rng) + 0.03 * clouds(rng, SIDE, 6, 4)
    return tinted(colour(rng, (25, 60), (0.0, 0.3), (0.7, 0.98)), shade)


def sheets(rng: Rng) -> Rgb:
    """A bed: long soft folds, sometimes with a print."""
    folds = clouds(rng, SIDE, 3, 2, stretch=float(rng.choice([1, 2.5])))
    shade = 0.09 * _relief(folds, rng) + 0.04 * folds
    picture = tinted(colour(rng, (0, 360), (0, 0.5), (0.5, 0.97)), np.zeros_like(shade))
    if rng.random() < 0.5:
        tone = any_colour(rng).tolist()
        step = int(rng.integers(30, 90))
        for row in range(0, SIDE, step):
            for column in range((row // step % 2) * step // 2, SIDE, step):
                cv2.circle(picture, (column, row), step // int(rng.integers(4, 9)), tone, -1, cv2.LINE_AA)
    return tinted_picture(picture, shade)


def seat(rng: Rng) -> Rgb:
    """Leather with pores and a seam, as in cars."""
    cells = np.abs(clouds(rng, SIDE, 70, 1))
    base = colour(rng, (10, 40), (0, 0.5), (0.08, 0.6))
    picture = tinted(base, 0.16 * np.exp(-cells * 4) - 0.05 + 0.07 * clouds(rng, SIDE, 3, 2))
    at, thread = int(rng.integers(60, SIDE - 60)), any_colour(rng)
    cv2.line(picture, (at, 0), (at, SIDE), (base * 0.3).tolist(), 5, cv2.LINE_AA)
    for row in range(0, SIDE, 16):
        cv2.line(picture, (at + 14, row), (at + 14, row + 9), thread.tolist(), 3, cv2.LINE_AA)
    return picture


def keys(rng: Rng) -> Rgb:
    """Rows of keys with letters on them."""
    dark = rng.random() < 0.7
    frame, key = (30, 55) if dark else (170, 225)
    picture = np.full((SIDE, SIDE, 3), frame, np.uint8)
    side = int(rng.integers(50, 120))
    for row in range(-1, SIDE // side + 1):
        for column in range(-1, SIDE // side + 1):
            x, y = column * side + (row % 3) * side // 3, row * side
            low, high = (x + side // 12, y + side // 12), (x + side - side // 12, y + side - side // 12)
            cv2.rectangle(picture, low, high, (key,) * 3, -1)
            cv2.line(picture, low, (high[0], low[1]), (min(255, key + 25),) * 3, 2)
            letter = "QWERTYUIOPASDFGHJKLZXCVBNM1234567890"[int(rng.integers(36))]
            tone = (225,) * 3 if dark else (50,) * 3
            cv2.putText(picture, letter, (x + side // 4, y + side // 2), 2, side / 110, tone, 1, cv2.LINE_AA)
    return tinted_picture(picture, 0.03 * clouds(rng, SIDE, 3, 3))


def concrete(rng: Rng) -> Rgb:
    grey = colour(rng, (20, 220), (0, 0.12), (0.35, 0.8))
    pits = clouds(rng, SIDE, 60, 3)
    return tinted(grey, 0.08 * clouds(rng, SIDE, 4, 5) - 0.2 * (pits > 2.1))


def grass(rng: Rng) -> Rgb:
    blades = clouds(rng, SIDE, 60, 3, stretch=0.25)
    base = colour(rng, (60, 110), (0.4, 0.8), (0.3, 0.7))
    return mixed(base * 0.35, base, (0.5 + 0.4 * blades).astype(np.float32))


def lace(rng: Rng) -> Rgb:
    """A printed table cloth: circles in circles."""
    x, y = axes(rng)
    n = rng.uniform(3, 9)
    far = np.hypot((x * n) % 1 - 0.5, (y * n) % 1 - 0.5)
    share = (np.sin(far * rng.uniform(20, 60)) > rng.uniform(-0.3, 0.5)).astype(np.float32)
    return mixed(any_colour(rng), any_colour(rng), cv2.GaussianBlur(share, (3, 3), 0) + 0.05 * clouds(rng, SIDE, 5, 3))


SURFACES: Final[tuple[Callable[[Rng], Rgb], ...]] = (
    wood, wood, fabric, fabric, tiles, desk, desk, carpet, marble, terrazzo, skin, crumpled, sheets, seat, keys,
    concrete, grass, lace,
)  # fmt: skip


def surface(rng: Rng) -> Rgb:
    """(SIDE, SIDE, 3) uint8 RGB."""
    return SURFACES[int(rng.integers(len(SURFACES)))](rng)
