"""What lenses, sensors, phones and apps do to a picture, each as physics or the software has it.

Light adds up before the gamma curve: gains are given in linear light and applied as powers (gain ** (1 / 2.2)), which
is the same. Pictures are (H, W, 3) uint8 RGB.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from models.training.samples import Rgb
from models.training.shifted.take import Matrix, Points, Take

Rng = np.random.Generator
Floats = NDArray[np.float32]
GAMMA: Final = 2.2
LIGHT: Final = 72
"""Long side of the coarse maps that light is drawn on."""
NOISE_SIDE: Final = 2720


@dataclass(frozen=True, slots=True)
class Camera:
    """A pinhole over a table: `plane` (3, 3) leads from millimetres on the table to pixels."""

    plane: Matrix

    @classmethod
    def over(cls, rng: Rng, size: tuple[int, int], wide_mm: float, wide_px: float, tilt: float, roll: float) -> Camera:
        """A camera that sees `wide_mm` on the table as about `wide_px` in the middle of a picture of `size`.

        `tilt`, `roll` in degrees; the focal length is a phone's (26 mm to 52 mm, full frame).
        """
        focal = max(size) * rng.uniform(0.72, 1.45)
        away = rng.uniform(0, 2 * np.pi)
        axis = np.array([np.cos(away), np.sin(away), 0.0]) * np.radians(tilt)
        turned = cv2.Rodrigues(axis)[0] @ cv2.Rodrigues(np.array([0, 0, np.radians(roll)]))[0]
        move = np.array([0, 0, focal * wide_mm / wide_px])
        inner = np.array([[focal, 0, size[0] / 2], [0, focal, size[1] / 2], [0, 0, 1]])
        return cls(inner @ np.column_stack([turned[:, 0], turned[:, 1], move]))

    def moved_to(self, x: float, y: float) -> Camera:
        """The same, with the table's origin seen at the pixel (x, y): the table slides under the camera."""
        there = np.linalg.inv(self.plane) @ (x, y, 1)
        slide = np.eye(3)
        slide[:2, 2] = there[:2] / there[2]
        return Camera(self.plane @ slide)

    def see(self, points: Points) -> Points:
        """(n, 2) millimetres → (n, 2) pixels."""
        ones = np.hstack([points, np.ones((len(points), 1))]) @ self.plane.T
        return np.asarray(ones[:, :2] / ones[:, 2:])


# --- light ------------------------------------------------------------------------------------------------------


def coarse(size: tuple[int, int]) -> tuple[Floats, Floats]:
    """x and y of a coarse map, in long sides of the picture, from its middle."""
    wide, high = size
    scale = LIGHT / max(size)
    columns, rows = max(8, round(wide * scale)), max(8, round(high * scale))
    x = (np.arange(columns, dtype=np.float32) + 0.5) / columns - 0.5
    y = (np.arange(rows, dtype=np.float32) + 0.5) / rows - 0.5
    grid = np.meshgrid(x * wide / max(size), y * high / max(size))
    return grid[0].astype(np.float32), grid[1].astype(np.float32)


def lit(rng: Rng, image: Rgb, *, shade: float = 0.3, glare: float = 0.12) -> Rgb:
    """Uneven lamp, vignette, white balance, sometimes a shadow and a lamp's reflection, in one go.

    `shade`, `glare`: how often there is a shadow, a reflection.
    """
    x, y = coarse((image.shape[1], image.shape[0]))
    away = rng.uniform(0, 2 * np.pi)
    gain = 1 + rng.uniform(0, 0.7) * (np.cos(away) * x + np.sin(away) * y)
    gain *= 1 / (1 + rng.uniform(0, 1.1) * (x * x + y * y)) ** 2  # cos⁴ of the field angle
    if rng.random() < shade:
        gain *= _shadow(rng, x, y)
    light = gain[..., None] * _white(rng) * rng.uniform(0.8, 1.15)
    light = np.clip(light, 0.04, 1.9) ** (1 / GAMMA)
    lit_ = _times(image, light.astype(np.float32))
    return _glared(rng, lit_, x, y) if rng.random() < glare else lit_


def _white(rng: Rng) -> NDArray[np.float64]:
    """Gains of R, G, B: a white balance that is off, from lamps (warm) to shade (cold), a little green or magenta."""
    warm, green = rng.normal(0.03, 0.1), rng.normal(0, 0.035)
    return np.array([1 + warm, 1 + green, 1 - warm]).clip(0.6, 1.4)


def _shadow(rng: Rng, x: Floats, y: Floats) -> Floats:
    """A phone's or an arm's shadow: a half plane or a rounded box with a penumbra, 0.35–0.85 of the light left."""
    away, soft = rng.uniform(0, 2 * np.pi), rng.uniform(0.01, 0.09)
    u, v = np.cos(away) * x + np.sin(away) * y, -np.sin(away) * x + np.cos(away) * y
    if rng.random() < 0.5:
        depth = u - rng.uniform(-0.25, 0.3)
    else:
        depth = np.minimum(rng.uniform(0.05, 0.14) - np.abs(v - rng.uniform(-0.2, 0.2)), u + rng.uniform(-0.1, 0.4))
    return np.asarray(1 - rng.uniform(0.15, 0.65) / (1 + np.exp(-np.clip(depth / soft, -30, 30))), np.float32)


def _glared(rng: Rng, image: Rgb, x: Floats, y: Floats) -> Rgb:
    """A lamp or a window mirrored by plastic: a bright core with a veil around it."""
    u, v = x - rng.uniform(-0.35, 0.35), y - rng.uniform(-0.3, 0.3)
    wide, long = rng.uniform(0.02, 0.06), rng.uniform(0.03, 0.16)
    away = rng.uniform(0, np.pi)
    far = np.hypot((np.cos(away) * u + np.sin(away) * v) / long, (-np.sin(away) * u + np.cos(away) * v) / wide)
    veil = rng.uniform(60, 250) * np.exp(-(far**2)) + rng.uniform(5, 45) / (1 + (far / 3) ** 2)
    tint = np.array([1, rng.uniform(0.94, 1), rng.uniform(0.8, 1)], np.float32)
    more = cv2.resize(veil.astype(np.float32), image.shape[1::-1], interpolation=cv2.INTER_LINEAR).clip(0, 255)
    return np.asarray(cv2.add(image, (cv2.merge([more] * 3) * tint).astype(np.uint8)), np.uint8)


def _times(image: Rgb, gain: Floats) -> Rgb:
    """The picture times a coarse map (rows, columns, 3)."""
    grown = cv2.resize(gain, image.shape[1::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.multiply(image, grown, dtype=cv2.CV_8U), np.uint8)


def hologram(rng: Rng, face: Rgb) -> Rgb:
    """Colours of a grating on a few patches of a card's face (h, w, 4), premultiplied, as it flares in a lamp."""
    height, width = face.shape[:2]
    small = (160, max(8, round(160 * height / width)))
    x, y = np.meshgrid(np.linspace(0, 1, small[0], dtype=np.float32), np.linspace(0, 1, small[1], dtype=np.float32))
    strength = np.zeros_like(x)
    for _ in range(int(rng.integers(1, 4))):
        radius = rng.uniform(0.05, 0.17)
        far = np.hypot(x - rng.uniform(0.2, 0.9), (y - rng.uniform(0.15, 0.9)) * height / width)
        rings = 0.6 + 0.4 * np.cos(far / radius * rng.uniform(4, 18))
        strength = np.maximum(strength, rings * np.clip((radius - far) / 0.012, 0, 1))
    phase = 2 * np.pi * (x * rng.uniform(-3, 3) + y * rng.uniform(-3, 3) + rng.random())
    colours = np.stack([0.5 + 0.5 * np.cos(phase + shift) for shift in (0, 2.1, 4.2)], 2)
    flare = (colours * strength[..., None] * rng.uniform(30, 120)).astype(np.uint8)
    grown = cv2.resize(flare, (width, height), interpolation=cv2.INTER_LINEAR)
    out = face.copy()
    out[..., :3] = np.minimum(cv2.add(np.ascontiguousarray(face[..., :3]), grown), face[..., 3:])
    return out


# --- lens and sensor --------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _disc(tenths: int) -> Floats:
    """The image of a point out of focus: a disc, `tenths` / 10 pixels in radius, its edge smooth."""
    radius = tenths / 10
    reach = int(np.ceil(radius))
    at = np.arange(-reach, reach + 1)
    far = np.hypot(at[:, None], at[None])
    kernel = np.clip(radius + 0.5 - far, 0, 1)
    return np.asarray(kernel / kernel.sum(), np.float32)


def defocused(image: Rgb, radius: float) -> Rgb:
    return np.asarray(cv2.filter2D(image, -1, _disc(max(1, round(radius * 10)))), np.uint8) if radius > 0.3 else image


def shaken(rng: Rng, image: Rgb, length: float) -> Rgb:
    """Motion blur along a slightly bent path, `length` pixels."""
    reach = int(np.ceil(length / 2)) + 1
    kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
    away, bend = rng.uniform(0, np.pi), rng.uniform(-0.3, 0.3)
    for t in np.linspace(-0.5, 0.5, 24):
        angle = away + bend * t
        x, y = reach + t * length * np.cos(angle), reach + t * length * np.sin(angle)
        kernel[round(y), round(x)] += 1
    kernel = cv2.GaussianBlur(kernel, (3, 3), 0.5)
    return np.asarray(cv2.filter2D(image, -1, kernel / kernel.sum()), np.uint8)


@lru_cache(maxsize=1)
def _grain() -> Floats:
    """Noise of a demosaiced sensor: sharp in luma, in blotches in chroma. About 1 in standard deviation."""
    rng = np.random.default_rng(41)
    side = NOISE_SIDE // 2
    luma = rng.standard_normal((side, side, 1), np.float32)
    chroma = cv2.GaussianBlur(rng.standard_normal((side, side, 3), np.float32), (5, 5), 1.1) * 2.6
    small = (luma + 0.55 * (chroma - chroma.mean(2, keepdims=True))).astype(np.float16).astype(np.float32)
    return np.tile(small, (2, 2, 1))


def noised(rng: Rng, image: Rgb, photons: float, read: float) -> Rgb:
    """Shot and read noise in linear light: variance = light / photons + read², then through the gamma curve.

    `photons`: electrons of a white pixel (phones, 400 in the dark to 8000 by day); `read` in shares of white.
    """
    value = np.arange(256) / 255
    light = np.maximum(value, 0.02) ** GAMMA
    slope = light ** (1 / GAMMA - 1) / GAMMA
    sigma = (255 * slope * np.sqrt(light / photons + read**2)).clip(0, 28).astype(np.float32)
    height, width = image.shape[:2]
    y, x = int(rng.integers(0, NOISE_SIDE - height + 1)), int(rng.integers(0, NOISE_SIDE - width + 1))
    grain = _grain()[y : y + height, x : x + width]
    strength = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), sigma)
    return np.asarray(cv2.add(image, cv2.multiply(grain, cv2.merge([strength] * 3)), dtype=cv2.CV_8U), np.uint8)


def moire(rng: Rng, image: Rgb) -> Rgb:
    """A photograph of a screen: its pixel grid beats against the sensor's, with coloured fringes that bend."""
    height, width = image.shape[:2]
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    long = max(height, width)
    beats = rng.uniform(-1, 1, 2) * rng.uniform(8, 45)
    bend = rng.uniform(-6, 6, 2)
    phase = 2 * np.pi * (beats[0] * x + beats[1] * y + (bend[0] * x * x + bend[1] * x * y) / long) / long
    wave = np.cos(phase.astype(np.float32))
    depth = rng.uniform(0.02, 0.07)
    gain = np.stack(
        [1 + depth * wave, 1 - 0.6 * depth * wave, 1 + depth * np.roll(wave, int(rng.integers(1, 9)), 1)], 2
    )
    return np.asarray(cv2.multiply(image, gain.astype(np.float32), dtype=cv2.CV_8U), np.uint8)


# --- the phone's software, and the apps' ------------------------------------------------------------------------


def sharpened(image: Rgb, amount: float, radius: float = 1.0) -> Rgb:
    soft = cv2.GaussianBlur(image, (0, 0), radius)
    return np.asarray(cv2.addWeighted(image, 1 + amount, soft, -amount, 0), np.uint8)


def local_contrast(image: Rgb, amount: float) -> Rgb:
    """Each place against its wide surroundings, as "HDR" modes do."""
    height, width = image.shape[:2]
    small = cv2.resize(image, (max(4, width // 24), max(4, height // 24)), interpolation=cv2.INTER_AREA)
    around = cv2.resize(cv2.GaussianBlur(small, (0, 0), 2.5), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.addWeighted(image, 1 + amount, around, -amount, 128 * amount * 0.6), np.uint8)


def toned(rng: Rng, image: Rgb) -> Rgb:
    """An S-curve, its strength and middle as cameras differ, and more or less colour."""
    value = np.linspace(0, 1, 256)
    bent = value ** rng.uniform(0.78, 1.25)
    strength = rng.uniform(0, 0.6)
    curve = (1 - strength) * bent + strength * (bent * bent * (3 - 2 * bent))
    return np.asarray(cv2.LUT(image, (curve * 255).round().astype(np.uint8)), np.uint8)


def jpeg(image: Rgb, quality: int, subsampling: int = 2) -> Rgb:
    """Through a JPEG file (`subsampling` 0: 4:4:4, 1: 4:2:2, 2: 4:2:0)."""
    return np.array(Image.open(io.BytesIO(jpeg_bytes(image, quality, subsampling))), np.uint8)


def jpeg_bytes(image: Rgb, quality: int, subsampling: int = 2) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "JPEG", quality=quality, subsampling=subsampling)
    return buffer.getvalue()


SHRINKS: Final = (cv2.INTER_AREA, cv2.INTER_AREA, cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4)


def shrunk(rng: Rng, take: Take, longest: int) -> None:
    """To `longest` pixels, by a filter that some app uses; apps without a good one leave jags."""
    scale = longest / max(take.size)
    method = SHRINKS[int(rng.integers(len(SHRINKS)))] if scale > 0.6 else cv2.INTER_AREA
    width, height = (max(1, round(side * scale)) for side in take.size)
    take.resize(width, height, method)


def photographed(rng: Rng, take: Take, *, card_px: float, shade: float = 0.3, glare: float = 0.12) -> None:
    """All that happens between the table and the phone's file; blur is bounded by what leaves a card legible mostly.

    `card_px`: width of a card in the picture, in pixels.
    """
    image = lit(rng, take.image, shade=shade, glare=glare)
    blur = rng.random()
    if blur < 0.35:
        image = defocused(image, rng.uniform(0.4, 1.0) * max(1.0, card_px / 500))
    elif blur < 0.45:
        image = defocused(image, rng.uniform(0.8, 2.4) * max(0.8, card_px / 600))
    elif blur < 0.55:
        image = shaken(rng, image, rng.uniform(1.5, 7) * max(0.7, card_px / 600))
    photons = float(np.exp(rng.uniform(np.log(350), np.log(9000))))
    image = noised(rng, image, photons, rng.uniform(0.001, 0.006))
    for chance, step in _software(rng):
        if rng.random() < chance:
            image = step(image)
    take.image = image


def _software(rng: Rng) -> tuple[tuple[float, Callable[[Rgb], Rgb]], ...]:
    return (
        (0.5, lambda image: toned(rng, image)),
        (0.1, lambda image: np.asarray(cv2.medianBlur(image, 3), np.uint8)),
        (0.12, lambda image: local_contrast(image, rng.uniform(0.15, 0.5))),
        (0.4, lambda image: sharpened(image, rng.uniform(0.3, 1.3), rng.uniform(0.7, 1.6))),
        (0.5, lambda image: jpeg(image, int(rng.integers(72, 96)), int(rng.choice([0, 1, 2, 2])))),
    )
