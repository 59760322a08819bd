"""What is done to a scene while training: geometry that the network must follow, photometry that it must not.

Photometric breadth is what carried a net from its own drawings to other hands' cards (shared DESIGN.md): colours are
no clue to what a card is, since copies are grey, faded, tinted, over-exposed.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Floats = NDArray[np.float32]
PAD = 114
ZOOM = (0.65, 1.6)
CLOSE_ZOOM = (0.8, 1.25)
"""Smallest and largest scale, beside that of the plain letterbox; and for the closer look, whose cards are near to the
size that it was cut out for."""


def geometric(rng: np.random.Generator, side_in: int, side_out: int, zooms: tuple[float, float] = ZOOM) -> Floats:
    """A random homography (3, 3) float32 from the stored square to the network's input.

    Quarter turns, zoom, shift, rotation by any angle (cards that lay diagonally were never found while a small one was
    all there was), a little tilt; a quarter of the draws are the plain letterbox that inference uses.
    """
    zoom = side_out / side_in
    turn = rng.integers(4) * 90.0
    shift = np.zeros(2)
    tilt = np.zeros(2)
    if rng.random() < 0.75:
        zoom *= float(np.exp(rng.uniform(*np.log(zooms))))
        shift = rng.uniform(-0.18, 0.18, 2) * side_out
        turn += rng.choice([0.0, rng.uniform(-14, 14), rng.uniform(-45, 45)], p=[0.35, 0.3, 0.35])
        tilt = rng.normal(0, 0.15, 2) * (rng.random() < 0.4)
    middle = (side_in - 1) / 2
    matrix = np.vstack([cv2.getRotationMatrix2D((0, 0), turn, zoom), [0, 0, 1]])
    matrix[2, :2] = np.clip(tilt, -0.3, 0.3) / side_in
    to_middle = np.array([[1, 0, -middle], [0, 1, -middle], [0, 0, 1]])
    back = np.array([[1, 0, (side_out - 1) / 2 + shift[0]], [0, 1, (side_out - 1) / 2 + shift[1]], [0, 0, 1]])
    return np.asarray(back @ matrix @ to_middle, np.float32)


def photometric(rng: np.random.Generator, picture: Rgb) -> tuple[Rgb, bool]:
    """Colour, tone, sharpness, noise and compression, in random doses; RGB uint8 (H, W, 3) in and out.

    Also says whether the colours still are what they were: pink is a colour.
    """
    if rng.random() < 0.9:
        picture = _tone(rng, picture)
    roll = rng.random()
    if roll < 0.25:
        grey = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture = cv2.cvtColor(_copier(rng, grey) if roll < 0.1 else grey, cv2.COLOR_GRAY2RGB)
    elif roll < 0.40:
        picture = np.ascontiguousarray(picture[..., rng.permutation(3)])
    elif roll < 0.60:
        picture = _hue(rng, picture)
    return _sharpness(rng, picture), roll >= 0.60


def covered(rng: np.random.Generator, picture: Rgb, often: float = 0.3) -> Rgb:
    """The picture, so `often` with one to three places hidden: painted over, as a mosaic, or blurred.

    So people hide a face or a number before they share a card; and no field alone may tell what a card is, since a
    stranger's card lacks any of them.
    """
    if rng.random() >= often:
        return picture
    height, width = picture.shape[:2]
    picture = picture.copy()
    for _ in range(int(rng.integers(1, 4))):
        wide, high = (max(4, round(side * rng.uniform(0.05, 0.28))) for side in (width, height))
        x, y = int(rng.integers(0, width - wide)), int(rng.integers(0, height - high))
        part = picture[y : y + high, x : x + wide]
        roll = rng.random()
        if roll < 0.3:
            part[:] = picture[int(rng.integers(height)), int(rng.integers(width))]
        elif roll < 0.5:
            part[:] = int(rng.choice([0, 20, 235, 255]))
        elif roll < 0.75:
            grain = rng.uniform(4, 12)
            few = cv2.resize(
                part, (max(1, round(wide / grain)), max(1, round(high / grain))), interpolation=cv2.INTER_AREA
            )
            part[:] = cv2.resize(few, (wide, high), interpolation=cv2.INTER_NEAREST)
        else:
            part[:] = cv2.GaussianBlur(part, (0, 0), rng.uniform(2, 6))
    return picture


def _tone(rng: np.random.Generator, picture: Rgb) -> Rgb:
    """One look-up table a channel: gamma, contrast, brightness, with a little tint."""
    ramp = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    gamma = np.exp(rng.normal(0, 0.35) + rng.normal(0, 0.08, 3))
    gain = np.exp(rng.normal(0, 0.25) + rng.normal(0, 0.06, 3))
    lift = rng.normal(0, 0.1) + rng.normal(0, 0.03, 3)
    table = np.clip((ramp**gamma - 0.5) * gain + 0.5 + lift, 0, 1) * 255
    return np.asarray(cv2.LUT(picture, table.astype(np.uint8)[None]), np.uint8)


def _hue(rng: np.random.Generator, picture: Rgb) -> Rgb:
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV).astype(np.int16)
    hsv[..., 0] = (hsv[..., 0] + rng.integers(0, 180)) % 180
    hsv[..., 1] = np.clip(hsv[..., 1] * rng.uniform(0.3, 1.6), 0, 255)
    return np.asarray(cv2.cvtColor(hsv.astype(np.uint8), cv2.COLOR_HSV2RGB), np.uint8)


def _copier(rng: np.random.Generator, grey: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photocopier's hard curve: paper goes white, ink black, little between."""
    low, high = np.percentile(grey[::4, ::4], [rng.uniform(1, 15), rng.uniform(55, 97)])
    stretched = (grey.astype(np.float32) - low) * (255.0 / max(high - low, 12.0))
    return np.asarray(np.clip(stretched, 0, 255), np.uint8)


def _sharpness(rng: np.random.Generator, picture: Rgb) -> Rgb:
    height, width = picture.shape[:2]
    roll = rng.random()
    if roll < 0.15:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.4, 1.6))
    elif roll < 0.30:
        small = cv2.resize(picture, None, fx=(f := rng.uniform(0.35, 0.8)), fy=f, interpolation=cv2.INTER_AREA)
        picture = cv2.resize(small, (width, height), interpolation=cv2.INTER_LINEAR)
    elif roll < 0.40:
        soft = cv2.GaussianBlur(picture, (0, 0), 1.2)
        picture = cv2.addWeighted(picture, 1.7, soft, -0.7, 0)
    if rng.random() < 0.25:
        most = int(rng.integers(4, 19))
        noise = rng.integers(-most, most + 1, (height // 2, width, 3), dtype=np.int16)
        picture = np.asarray(cv2.add(picture, np.concatenate([noise, noise[::-1]]), dtype=cv2.CV_8U), np.uint8)
    if rng.random() < 0.2:
        quality = [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(15, 70))]
        picture = np.asarray(cv2.imdecode(cv2.imencode(".jpg", picture, quality)[1], cv2.IMREAD_COLOR), np.uint8)
    return picture
