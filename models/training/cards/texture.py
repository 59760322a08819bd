"""The paper of a card: gradients, bands, skylines, guilloche, rasters, holograms, grain.

Masks and grains are made once per process from small numbers (a cache of variants) and placed at random: drawing
them anew took longer than everything else on a card. All pictures are RGB uint8 (H, W, 3) at CARD_SIZE.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.cards.ink import Colour
from models.training.samples import CARD_SIZE, Mask, Rgb

WIDTH, HEIGHT = CARD_SIZE
VARIANTS = 16


def gradient(rng: np.random.Generator, colours: tuple[Colour, ...]) -> Rgb:
    """A smooth field through `colours`, top to bottom, bent a little sideways."""
    column = np.array(colours, np.float32)[:, None, :]
    field = np.repeat(column, 3, axis=1) + rng.normal(0, 4, (len(colours), 3, 3)) * (len(colours) > 1)
    if len(colours) == 1:
        return np.full((HEIGHT, WIDTH, 3), colours[0], np.uint8)
    small = cv2.resize(np.clip(field, 0, 255).astype(np.float32), (64, 40), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.resize(small.astype(np.uint8), CARD_SIZE, interpolation=cv2.INTER_LINEAR), np.uint8)


def tint(card: Rgb, mask: Mask, shift: tuple[float, float, float]) -> None:
    """Add `shift` (signed, per channel) in place where `mask` (H, W) is 255, in proportion where it is less."""
    ramp = np.arange(256, dtype=np.float32)[None, :, None] / 255.0
    wide = cv2.merge([mask, mask, mask])
    amount = np.array(shift, np.float32)
    if (amount > 0).any():
        cv2.add(card, cv2.LUT(wide, (ramp * np.maximum(amount, 0)).astype(np.uint8)), dst=card)
    if (amount < 0).any():
        cv2.subtract(card, cv2.LUT(wide, (ramp * np.maximum(-amount, 0)).astype(np.uint8)), dst=card)


@lru_cache(maxsize=VARIANTS)
def _guilloche(variant: int) -> Mask:
    """Fine wavy lines (H, W) uint8: one or two families of sines, straight or bent round a centre."""
    rng = np.random.default_rng([77, variant])
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    x = np.linspace(-20, WIDTH + 20, 260)
    for _ in range(int(rng.integers(1, 3))):
        count, swing, bend = int(rng.integers(14, 70)), rng.uniform(4, 60), rng.uniform(0, 0.12)
        waves, phase = rng.uniform(0.5, 7), rng.uniform(0, 0.35)
        lines = []
        for row in range(-8, count + 8):
            y = row * HEIGHT / count + swing * np.sin(2 * np.pi * (waves * x / WIDTH + phase * row))
            y = y + bend * (x - WIDTH / 2) ** 2 / 300 * np.cos(0.5 * row)
            lines.append((np.stack([x, y], 1) * 16).astype(np.int32))
        cv2.polylines(mask, lines, False, int(rng.integers(120, 255)), 1, cv2.LINE_AA, shift=4)
    return mask


@lru_cache(maxsize=VARIANTS)
def _rosettes(variant: int) -> Mask:
    """Spirograph rosettes, as in hologram and security prints (H, W) uint8."""
    rng = np.random.default_rng([78, variant])
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    angle = np.linspace(0, 2 * np.pi, 720)
    for _ in range(int(rng.integers(1, 4))):
        centre = rng.uniform((0, 0), (WIDTH, HEIGHT))
        size, petals, lines = rng.uniform(60, 330), int(rng.integers(5, 24)), int(rng.integers(4, 16))
        for turn in range(lines):
            radius = size * (0.62 + 0.38 * np.cos(petals * angle + turn * 0.4)) * (0.4 + 0.6 * turn / lines)
            points = centre + np.stack([radius * np.cos(angle), radius * np.sin(angle)], 1)
            cv2.polylines(mask, [(points * 16).astype(np.int32)], True, 200, 1, cv2.LINE_AA, shift=4)
    return mask


@lru_cache(maxsize=VARIANTS)
def _raster(variant: int) -> Mask:
    """Regular dots, a weave, hairlines, circuit tracks (H, W) uint8."""
    rng = np.random.default_rng([79, variant])
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    pitch = float(rng.uniform(4, 14))
    kind = variant % 4
    if kind == 0:
        field = np.cos(2 * np.pi * x / pitch) * np.cos(2 * np.pi * y / pitch)
        return np.asarray((np.clip(field, 0, 1) * 255), np.uint8)
    if kind == 1:
        angle = rng.uniform(0, np.pi)
        field = np.cos(2 * np.pi * (x * np.cos(angle) + y * np.sin(angle)) / pitch)
        return np.asarray((np.clip(field * 2 - 1, 0, 1) * 255), np.uint8)
    if kind == 2:
        weave = ((x // (pitch * 1.5)).astype(int) + (y // (pitch * 1.5)).astype(int)) % 2
        field = np.where(weave, np.cos(2 * np.pi * x / 3.1), np.cos(2 * np.pi * y / 3.1))
        return np.asarray((np.clip(field, 0, 1) * 200), np.uint8)
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    for _ in range(60):
        points = [np.array([rng.integers(WIDTH), rng.integers(HEIGHT)])]
        for _ in range(int(rng.integers(2, 6))):
            step = np.array([[1, 0], [0, 1], [1, 1], [1, -1], [-1, 0], [0, -1]][rng.integers(6)])
            points.append(points[-1] + step * rng.integers(20, 120))
        cv2.polylines(mask, [np.array(points, np.int32)], False, 220, int(rng.integers(1, 4)), cv2.LINE_AA)
        cv2.circle(mask, [int(v) for v in points[-1]], int(rng.integers(2, 6)), 220, 1, cv2.LINE_AA)
    return mask


@lru_cache(maxsize=VARIANTS)
def _grain(variant: int) -> Rgb:
    """Print and paper noise around 128, coloured or grey, fine or blotched."""
    rng = np.random.default_rng([80, variant])
    cell = (1, 2, 3, 6, 24)[variant % 5]
    channels = 3 if variant % 2 else 1
    small = rng.normal(128, 34, (HEIGHT // cell + 2, WIDTH // cell + 2, channels)).clip(0, 255).astype(np.uint8)
    big = cv2.resize(small, CARD_SIZE, interpolation=cv2.INTER_CUBIC)
    return np.ascontiguousarray(big if big.ndim == 3 else cv2.merge([big, big, big]))


def add_grain(card: Rgb, rng: np.random.Generator, strength: float) -> None:
    """Noise of `strength` (1.0: about ±34 levels) in place."""
    grain = _grain(int(rng.integers(VARIANTS)))
    cv2.addWeighted(card, 1.0, grain, strength, -128.0 * strength, dst=card)


def add_lines(card: Rgb, rng: np.random.Generator, shift: tuple[float, float, float]) -> None:
    """A guilloche, rosettes or a raster in place, at a random place and turn of one of the cached variants."""
    maker = (_guilloche, _guilloche, _rosettes, _raster)[rng.integers(4)]
    mask = maker(int(rng.integers(VARIANTS)))
    flip = int(rng.integers(4))
    if flip < 3:
        mask = cv2.flip(mask, flip - 1)
    mask = np.roll(mask, (int(rng.integers(HEIGHT)), int(rng.integers(WIDTH))), axis=(0, 1))
    tint(card, np.ascontiguousarray(mask), shift)


def add_sheen(card: Rgb, rng: np.random.Generator, strength: float) -> None:
    """The soft rainbow of a laminate, or a colour cast across the card, ± `strength` levels."""
    grey = rng.normal(0, strength, (4, 6, 1)).repeat(3, 2)
    small = grey + rng.normal(0, strength * (0.8 if rng.random() < 0.2 else 0.25), (4, 6, 3))
    field = cv2.resize((128 + small).clip(0, 255).astype(np.uint8), CARD_SIZE, interpolation=cv2.INTER_CUBIC)
    cv2.addWeighted(card, 1.0, field, 1.0, -128.0, dst=card)


def rounded(radius: int) -> NDArray[np.uint8]:
    """Alpha (H, W) uint8 of a card whose corners are rounded by `radius` pixels (0: square)."""
    return _rounded(radius).copy()


@lru_cache(maxsize=64)
def _rounded(radius: int) -> NDArray[np.uint8]:
    if radius <= 0:
        return np.full((HEIGHT, WIDTH), 255, np.uint8)
    big = np.zeros((HEIGHT * 2, WIDTH * 2), np.uint8)
    r = radius * 2
    cv2.rectangle(big, (r, 0), (WIDTH * 2 - r - 1, HEIGHT * 2), 255, -1)
    cv2.rectangle(big, (0, r), (WIDTH * 2, HEIGHT * 2 - r - 1), 255, -1)
    for x in (r, WIDTH * 2 - r - 1):
        for y in (r, HEIGHT * 2 - r - 1):
            cv2.circle(big, (x, y), r, 255, -1)
    return np.asarray(cv2.resize(big, CARD_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def skyline(rng: np.random.Generator, horizon: float, height: float) -> NDArray[np.float32]:
    """Rooftops as a profile: for each of WIDTH columns the row (pixels from the top) where the buildings begin.

    `horizon` is the ground's row, `height` how far the tallest spire rises, both in pixels. A temple is a wide low
    base with a bell (stupa) or gabled roof (prang) on it, and a needle on top.
    """
    x = np.arange(WIDTH, dtype=np.float32)
    top = np.zeros(WIDTH, np.float32)
    for _ in range(int(rng.integers(1, 7))):
        centre, half, tall = rng.uniform(-20, WIDTH), rng.uniform(20, 150), height * rng.uniform(0.3, 1.0)
        u = np.abs(x - centre) / half
        bell = np.where(u < 0.5, 0.5 * np.sqrt(np.clip(1 - (u / 0.5) ** 2, 0, 1)), 0)
        gable = 0.55 * np.clip(1 - u * rng.uniform(1.0, 1.6), 0, 1) ** 0.7
        needle = np.clip(1 - u * rng.uniform(8, 16), 0, 1) ** 0.8
        steps = 0.1 * (u < 1.0) + 0.1 * (u < 0.75) + 0.06 * (u < 0.6)
        shape = np.maximum.reduce([needle, bell if rng.random() < 0.5 else gable, steps])
        top = np.maximum(top, shape * tall * (u < 1.2))
    return (horizon - top).astype(np.float32)


def add_skyline(
    card: Rgb, rng: np.random.Generator, colour: Colour, horizon: float, height: float, opacity: float
) -> None:
    """Buildings standing on row `horizon` in `colour`; filled, or as an outline."""
    profile = skyline(rng, horizon, height)
    ends = np.array([[WIDTH, horizon], [0, horizon]], np.float32)
    points = np.concatenate([np.stack([np.arange(WIDTH, dtype=np.float32), profile], 1), ends])
    mask = np.zeros((HEIGHT, WIDTH), np.uint8)
    shape = [(points * 8).astype(np.int32)]
    if rng.random() < 0.85:
        cv2.fillPoly(mask, shape, 255, cv2.LINE_AA, shift=3)
    else:
        cv2.polylines(mask, shape, False, 255, 2, cv2.LINE_AA, shift=3)
    y0 = max(0, int(profile.min()) - 2)
    spot = card[y0 : int(horizon) + 2]
    share = (mask[y0 : int(horizon) + 2].astype(np.float32) * (opacity / 255))[..., None]
    spot[:] = (spot + (np.array(colour, np.float32) - spot) * share).astype(np.uint8)


def add_wear(card: Rgb, rng: np.random.Generator, *, lines: float, sheen: float, grain: float) -> None:
    """Hairlines, a sheen, grain over the whole card, each as often as said; in place."""
    if rng.random() < lines:
        add_lines(card, rng, tuple(rng.uniform(-30, 15) * rng.uniform(0.3, 1, 3)))
    if rng.random() < sheen:
        add_sheen(card, rng, float(rng.uniform(2, 10)))
    if rng.random() < grain:
        add_grain(card, rng, float(rng.uniform(0.03, 0.2)))
