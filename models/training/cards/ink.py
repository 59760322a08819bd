"""Printing on a card: text with its own stretch, tracking and opacity, and the pens (fonts, colours) of one card.

A card is an RGB uint8 array (H, W, 3) that is drawn on in place. Boxes are (x0, y0, x1, y1) in pixels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.training import text
from models.training.samples import Rgb

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pens:
    """The fonts and inks of one card, drawn once, so that a card is consistent in itself."""

    title_thai: str
    title_latin: str
    label_thai: str
    label_latin: str
    value_thai: str
    value_latin: str
    digits: str
    thai_ink: Colour
    latin_ink: Colour
    value_ink: Colour
    english_value_ink: Colour
    digit_ink: Colour
    stretch: float
    """Horizontal scale of all text."""
    scale: float
    """Scale of all text sizes."""
    opacity: float


def pick(rng: np.random.Generator, options: tuple[T, ...]) -> T:
    """One of `options`, evenly."""
    return options[int(rng.integers(len(options)))]


def make_pens(rng: np.random.Generator) -> Pens:
    """Fonts and inks: Thai near black, English mostly dark blue, as on the card; sometimes anything else."""
    bold = rng.random() < 0.75
    thai = pick(rng, text.THAI_BOLD if bold else text.THAI)
    latin = pick(rng, text.LATIN_BOLD if rng.random() < 0.7 else text.LATIN)
    latin = "RobotoSlab_700Bold" if rng.random() < 0.25 else latin
    one_font = rng.random() < 0.3
    black = _dark(rng, 45)
    blue = (int(rng.integers(0, 60)), int(rng.integers(0, 70)), int(rng.integers(90, 200)))
    english = black if rng.random() < 0.25 else blue
    return Pens(
        title_thai=thai if one_font else pick(rng, text.THAI_BOLD if rng.random() < 0.8 else text.THAI),
        title_latin=thai if one_font else latin,
        label_thai=thai,
        label_latin=thai if one_font else latin,
        value_thai=thai if rng.random() < 0.5 else pick(rng, text.THAI + text.THAI_BOLD),
        value_latin=thai if one_font else (latin if rng.random() < 0.6 else pick(rng, text.LATIN + text.LATIN_BOLD)),
        digits=pick(rng, text.DIGITS + text.LATIN_BOLD),
        thai_ink=black if rng.random() < 0.85 else _dark(rng, 110),
        latin_ink=english,
        value_ink=black,
        english_value_ink=english if rng.random() < 0.6 else black,
        digit_ink=black if rng.random() < 0.85 else _dark(rng, 130),
        stretch=float(rng.choice([1.0, 1.0, rng.uniform(0.78, 1.1)])),
        scale=float(rng.uniform(0.88, 1.1)),
        opacity=float(rng.choice([1.0, rng.uniform(0.75, 1.0)])),
    )


def _dark(rng: np.random.Generator, most: int) -> Colour:
    return (int(rng.integers(0, most)), int(rng.integers(0, most)), int(rng.integers(0, most)))


def write(
    card: Rgb,
    xy: tuple[float, float],
    words: str,
    font: str,
    size: float,
    colour: Colour,
    *,
    tracking: float = 0.0,
    stretch: float = 1.0,
    opacity: float = 1.0,
    align: str = "l",
    turn: float = 0.0,
    limit: float | None = None,
) -> Box:
    """Print `words` with the left (`l`), middle (`m`) or right (`r`) end of the baseline at `xy`; the ink's box.

    `size` and `tracking` are in pixels, `turn` in degrees anticlockwise about `xy`. Text wider than `limit` pixels is
    squeezed, as a card printer does with long names. What would fall off the card is cut off.
    """
    mask, base = _mask(words, font, max(6, round(size)), tracking)
    width = mask.shape[1] * stretch
    if limit is not None:
        width = min(width, limit)
    mask = cv2.resize(mask, (max(1, round(width)), mask.shape[0]), interpolation=cv2.INTER_AREA)
    left = xy[0] - {"l": 0.0, "m": 0.5, "r": 1.0}[align] * mask.shape[1]
    if turn:
        return _stamp_turned(card, mask, xy, colour, opacity, turn)
    return blend(card, mask, round(left), round(xy[1]) - base, colour, opacity)


def _mask(words: str, font: str, size: int, tracking: float) -> tuple[NDArray[np.uint8], int]:
    """Coverage (h, w) uint8 of `words`, and the row of the baseline."""
    width = int(text.text_width(words, font, size, tracking)) + 4
    base = int(size * 1.3)
    picture = Image.new("L", (max(4, width), int(size * 1.8)))
    text.draw_text(ImageDraw.Draw(picture), (1, base), words, font, size, 255, tracking=tracking)
    return np.asarray(picture), base


def blend(card: Rgb, mask: NDArray[np.uint8], x: int, y: int, colour: Colour, opacity: float = 1.0) -> Box:
    """Lay `colour` over `card` where `mask` (h, w) uint8 is set, its corner at (x, y); the box of the ink."""
    height, width = card.shape[:2]
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(mask.shape[1], width - x), min(mask.shape[0], height - y)
    if right <= left or bottom <= top:
        return (0, 0, 0, 0)
    bx, by, bw, bh = cv2.boundingRect(mask[top:bottom, left:right])
    if not bw:
        return (0, 0, 0, 0)
    left, top = left + bx, top + by
    cut = mask[top : top + bh, left : left + bw]
    x0, y0 = x + left, y + top
    spot = card[y0 : y0 + bh, x0 : x0 + bw]
    share = cv2.merge([cut, cut, cut]).astype(np.float32)
    share *= opacity / 255.0
    ground = spot.astype(np.float32)
    ground += (np.array(colour, np.float32) - ground) * share
    spot[:] = ground.astype(np.uint8)
    return (x0, y0, x0 + bw, y0 + bh)


def _stamp_turned(
    card: Rgb, mask: NDArray[np.uint8], centre: tuple[float, float], colour: Colour, opacity: float, turn: float
) -> Box:
    height, width = mask.shape
    side = int(np.hypot(height, width)) + 2
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn, 1.0)
    matrix[:, 2] += (side / 2 - width / 2, side / 2 - height / 2)
    turned = np.asarray(cv2.warpAffine(mask, matrix, (side, side)), np.uint8)
    return blend(card, turned, round(centre[0] - side / 2), round(centre[1] - side / 2), colour, opacity)


def pixels(card: Rgb, box: tuple[float, float, float, float]) -> Box:
    """A box given as fractions of the card, in its pixels."""
    height, width = card.shape[:2]
    return (round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height))


def paste(card: Rgb, picture: Rgb, x: int, y: int, mask: NDArray[np.uint8] | None = None) -> None:
    """Put `picture` (h, w, 3) on `card` with its corner at (x, y), through `mask` (h, w) uint8; cut at the edges."""
    height, width = card.shape[:2]
    left, top = max(0, -x), max(0, -y)
    right, bottom = min(picture.shape[1], width - x), min(picture.shape[0], height - y)
    if right <= left or bottom <= top:
        return
    spot = card[y + top : y + bottom, x + left : x + right]
    source = picture[top:bottom, left:right]
    if mask is None:
        spot[:] = source
        return
    share = (mask[top:bottom, left:right].astype(np.float32) / 255.0)[..., None]
    spot[:] = (spot + (source.astype(np.float32) - spot) * share).astype(np.uint8)
