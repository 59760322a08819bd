"""What lens, light, sensor and codec do to a picture. All steps take and give RGB uint8 (H, W, 3), and move nothing.

Light is a tiny map enlarged over the picture, noise a window of a tile drawn once: a pass in float over the whole
picture would cost more than all the rest.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import Rgb
from models.training.scenes.supply import Rng

TILE = 2048
MAP = 24


@lru_cache(maxsize=2)
def _noise_tile(blotchy: bool) -> Rgb:
    """(TILE, TILE, 3), mean 128, standard deviation 32; blotchy noise is soft, as phones' denoising leaves it."""
    rng = np.random.default_rng(7 + blotchy)
    noise = rng.standard_normal((TILE, TILE, 3), np.float32)
    if blotchy:
        noise = cv2.GaussianBlur(noise, (0, 0), 1.6)
        noise /= noise.std()
    grey = noise.mean(axis=2, keepdims=True)
    return np.asarray(np.clip(128 + 32 * (0.45 * noise + 1.55 * grey) / 1.05, 0, 255), np.uint8)


def add_noise(rng: Rng, image: Rgb, sigma: float) -> Rgb:
    """Sensor noise of standard deviation `sigma` grey levels."""
    height, width = image.shape[:2]
    tile = _noise_tile(bool(rng.random() < 0.5))
    y, x = int(rng.integers(0, max(1, TILE - height))), int(rng.integers(0, max(1, TILE - width)))
    window = tile[y : y + height, x : x + width]
    if window.shape != image.shape:
        window = np.tile(tile, (height // TILE + 1, width // TILE + 1, 1))[:height, :width]
    share = sigma / 32
    return np.asarray(cv2.addWeighted(image, 1.0, window, share, -128 * share), np.uint8)


def tone(rng: Rng, image: Rgb, strength: float = 1.0) -> Rgb:
    """Exposure, white balance, contrast and gamma, as one table a channel; then sometimes another saturation."""
    level = np.arange(256, dtype=np.float32)[:, None] / 255
    gain = np.exp(rng.normal(0, 0.16 * strength)) * np.exp(rng.normal(0, 0.07 * strength, 3))
    contrast = np.exp(rng.normal(0, 0.15 * strength))
    pivot = rng.uniform(0.4, 0.7)
    curve = ((level ** np.exp(rng.normal(0, 0.22 * strength))) * gain - pivot) * contrast + pivot
    lifted = curve + max(0.0, rng.normal(0, 0.04 * strength))
    table = np.clip(255 * lifted, 0, 255).astype(np.uint8)[:, None, :]
    toned = np.asarray(cv2.LUT(image, np.ascontiguousarray(table)), np.uint8)
    return saturate(toned, float(np.exp(rng.normal(0, 0.3)))) if rng.random() < 0.4 * strength else toned


def saturate(image: Rgb, factor: float) -> Rgb:
    """Colours pulled to grey (below 1) or pushed from it (above 1)."""
    grey = cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.asarray(cv2.addWeighted(image, factor, grey, 1 - factor, 0), np.uint8)


def grey(image: Rgb) -> Rgb:
    """Three equal channels."""
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB), np.uint8)


def _grid() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    y, x = np.mgrid[0:MAP, 0:MAP].astype(np.float32) / (MAP - 1)
    return y, x


def _light_map(rng: Rng) -> NDArray[np.float32]:
    """(MAP, MAP, 3) factors around 1: a gradient, perhaps a cast shadow's edge, perhaps a vignette."""
    y, x = _grid()
    angle = rng.uniform(0, 2 * np.pi)
    slope = (x - 0.5) * np.cos(angle) + (y - 0.5) * np.sin(angle)
    light = 1 + rng.normal(0, 0.35) * slope
    if rng.random() < 0.35:  # the phone's or the hand's shadow: a soft edge somewhere across the picture
        angle = rng.uniform(0, 2 * np.pi)
        edge = (x - rng.uniform(0.1, 0.9)) * np.cos(angle) + (y - rng.uniform(0.1, 0.9)) * np.sin(angle)
        light *= 1 - rng.uniform(0.15, 0.55) / (1 + np.exp(-edge * rng.uniform(8, 60)))
    if rng.random() < 0.25:
        light *= 1 - rng.uniform(0.1, 0.5) * ((x - 0.5) ** 2 + (y - 0.5) ** 2) * 2
    tint = 1 + rng.normal(0, 0.05, 3).astype(np.float32) * (slope[..., None] + 0.5)
    return np.asarray(light[..., None] * tint, np.float32)


def light(rng: Rng, image: Rgb) -> Rgb:
    """Uneven light over the whole picture."""
    small = np.clip(_light_map(rng) * 128, 0, 255).astype(np.uint8)
    field = cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, field, scale=1 / 128), np.uint8)


def sheen(rng: Rng, image: Rgb, strength: float = 1.0) -> Rgb:
    """Reflections on plastic, in the card's own plane: lamp spots, window bands, a milky veil; sometimes rainbow."""
    y, x = _grid()
    glow = np.zeros((MAP, MAP, 3), np.float32)
    for _ in range(int(rng.integers(1, 4))):
        colour = 1 + rng.normal(0, 0.06, 3) if rng.random() < 0.8 else rng.uniform(0.2, 1.2, 3)
        cx, cy, angle = rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.1), rng.uniform(0, np.pi)
        u = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle)
        v = -(x - cx) * np.sin(angle) + (y - cy) * np.cos(angle)
        long, thin = rng.uniform(0.1, 1.2), rng.uniform(0.03, 0.22)
        spot = np.exp(-(((u / long) ** 2 + (v / thin) ** 2) ** rng.uniform(0.8, 3)))
        glow += spot[..., None] * colour * rng.choice([35, 90, 200], p=[0.5, 0.3, 0.2])
    glow += rng.choice([0, 0, 25]) * rng.random()
    small = np.clip(glow * strength, 0, 255).astype(np.uint8)
    field = cv2.resize(small, (image.shape[1], image.shape[0]), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.add(image, field), np.uint8)


@lru_cache(maxsize=256)
def _motion_kernel(length: int, degrees: int) -> NDArray[np.float32]:
    kernel = np.zeros((length, length), np.float32)
    half = (length - 1) / 2
    dx, dy = np.cos(np.deg2rad(degrees)) * half, np.sin(np.deg2rad(degrees)) * half
    start, end = (round(half - dx), round(half - dy)), (round(half + dx), round(half + dy))
    cv2.line(kernel, start, end, 1.0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def blur(rng: Rng, image: Rgb, strength: float = 1.0) -> Rgb:
    """A hand that moved, or a lens that focused elsewhere; a third of the pictures stay sharp."""
    kind = rng.random()
    unit = max(image.shape[:2]) / 640 * strength
    if kind < 0.35:
        return image
    if kind < 0.75:
        return np.asarray(cv2.GaussianBlur(image, (0, 0), 0.3 + unit * rng.gamma(1.5, 0.55)), np.uint8)
    length = 2 * round(unit * rng.uniform(1, 4.5)) + 1
    return motion(image, length, 15 * int(rng.integers(0, 12)))


def motion(image: Rgb, length: int, degrees: int) -> Rgb:
    """The picture drawn out over `length` pixels (odd; under 3 it stays as it is) in one direction."""
    if length < 3:
        return image
    return np.asarray(cv2.filter2D(image, -1, _motion_kernel(length, degrees)), np.uint8)


def sharpen(image: Rgb, amount: float) -> Rgb:
    """Phones and scanners sharpen: light and dark rims along edges."""
    soft = cv2.GaussianBlur(image, (0, 0), 1.2)
    return np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), np.uint8)


def jpeg(image: Rgb, quality: int) -> Rgb:
    """Coded and decoded once."""
    _, data = cv2.imencode(".jpg", cv2.cvtColor(image, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR_RGB), np.uint8)


def photographed(rng: Rng, image: Rgb) -> Rgb:
    """All that a phone does, in the order in which it happens: light, lens, tone, noise, sharpening."""
    strength = 0.5 if rng.random() < 0.7 else 1.1  # most phones expose well; some pictures are far off
    image = light(rng, image) if rng.random() < 0.8 else image
    image = blur(rng, image)
    image = tone(rng, image, strength)
    if rng.random() < 0.6:
        image = add_noise(rng, image, min(22.0, strength * rng.gamma(1.3, 5.0)))
    return sharpen(image, rng.uniform(0.3, 1.5)) if rng.random() < 0.2 else image


def scanned(rng: Rng, image: Rgb) -> Rgb:
    """All that a flatbed does: even light, another tone, a little noise, often hard sharpening or softness."""
    image = blur(rng, image, 0.5)
    image = tone(rng, image, 0.6)
    if rng.random() < 0.3:
        image = add_noise(rng, image, rng.uniform(1, 6))
    return sharpen(image, rng.uniform(0.5, 2.0)) if rng.random() < 0.3 else image


def rescreened(rng: Rng, image: Rgb) -> Rgb:
    """A screen photographed: the moiré of two grids, with the colours of its subpixels."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height:2, 0:width:2].astype(np.float32)
    angle, period = rng.uniform(0, np.pi), rng.uniform(3, 14)
    bend = rng.uniform(0, 0.004)
    phase = (x * np.cos(angle) + y * np.sin(angle) + bend * (x * y) ** 0.7) * (2 * np.pi / period)
    waves = [np.sin(phase + shift) for shift in rng.uniform(0, 2 * np.pi, 3)]
    depth = rng.uniform(3, 22)
    small = np.clip(128 + depth * np.stack(waves, axis=2), 0, 255).astype(np.uint8)
    field = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, field, scale=1 / 128), np.uint8)
