"""Pixels as they are to be seen: any Pillow mode as RGB, turned upright. Beside `image.py`, all that names Pillow."""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

__all__ = ["Rgb", "flatten", "turned", "upright_size"]

Rgb = NDArray[np.uint8]

_TURNS: Final = {
    2: (False, 1),
    3: (False, -1),
    4: (False, 0),
    5: (True, None),
    6: (True, 1),
    7: (True, -1),
    8: (True, 0),
}
"""EXIF turn → (swap rows and columns, then OpenCV's flip code)."""


def upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    """Width and height after an EXIF turn (1–8)."""
    return (size[1], size[0]) if turn >= 5 else (size[0], size[1])


def turned(pixels: Rgb, turn: int) -> Rgb:
    """(H, W, 3) uint8 set upright by its EXIF turn (1–8; others do nothing); contiguous."""
    swap, flip = _TURNS.get(turn, (False, None))
    if swap:
        pixels = cv2.transpose(pixels)
    if flip is not None:
        pixels = cv2.flip(pixels, flip)
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def flatten(image: Image.Image) -> Rgb:
    """Any mode as RGB: 16 bits scaled to 8, transparency on white, as a viewer shows it."""
    if image.mode.startswith("I;16"):
        return _stacked(np.asarray(image) >> 8)
    if image.mode in ("I", "F"):  # no white is defined: darkest to lightest
        values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
        span = max(float(np.ptp(values)), 1e-9)
        return _stacked((values - values.min()) * (255 / span))
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa"):
        seen = Image.new("RGBA", image.size, "white")
        seen.alpha_composite(image.convert("RGBA"))
        image = seen
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _stacked(grey: NDArray[Any]) -> Rgb:
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
