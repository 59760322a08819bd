"""One flat drawing surface: a picture, its pen, and one consistent choice of fonts."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.training import text as fonts
from models.training.neighbours import words
from models.training.samples import Mask, Rgb

Colour = tuple[int, int, int]

ROLES = {
    "thai": fonts.THAI,
    "thai_bold": fonts.THAI_BOLD,
    "latin": fonts.LATIN,
    "latin_bold": fonts.LATIN_BOLD,
    "digits": fonts.DIGITS,
    "mono": ("Cousine_700Bold",),
    "hand": fonts.HAND,
}


class Canvas:
    """`pixels` RGB uint8 (H, W, 3) under a pen; `faces` is the folder of portraits, or None."""

    def __init__(self, rng: np.random.Generator, pixels: Rgb, faces: Path | None = None) -> None:
        self.rng = rng
        self.faces = faces
        self.image = Image.fromarray(pixels)
        self.pen = ImageDraw.Draw(self.image)
        self.width, self.height = self.image.size
        self._fonts = {role: words.pick(rng, names) for role, names in ROLES.items()}

    def font(self, role: str, text: str) -> str:
        """The canvas's font for a role; the Latin-only ones give way where the text has Thai letters."""
        has_thai = any("\u0e00" <= c <= "\u0e7f" for c in text)
        if has_thai and role not in ("thai", "thai_bold", "hand"):
            role = "thai_bold" if role == "latin_bold" else "thai"
        return self._fonts[role]

    def text(
        self,
        x: float,
        y: float,
        text: str,
        role: str,
        size: float,
        fill: Colour,
        *,
        anchor: str = "ls",
        fit: float = 0.0,
        tracking: float = 0.0,
    ) -> tuple[float, float, float, float]:
        """Write `text`, shrunk to `fit` pixels of width where given; returns the box (x0, y0, x1, y1) it fills."""
        name = self.font(role, text)
        points = max(6, round(size))
        width = fonts.text_width(text, name, points, tracking)
        if fit and width > fit:
            points = max(6, int(points * fit / width))
            tracking *= fit / width
            width = fonts.text_width(text, name, points, tracking)
        left = x - {"l": 0.0, "m": width / 2, "r": width}[anchor[0]]
        fonts.draw_text(self.pen, (left, y), text, name, points, fill, tracking=tracking, anchor="l" + anchor[1])
        top = y - {"s": 0.75, "m": 0.4, "t": 0.0}[anchor[1]] * points
        return left, top, left + width, top + 0.8 * points

    def box(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        fill: Colour | None = None,
        outline: Colour | None = None,
        *,
        width: int = 1,
        radius: float = 0,
    ) -> None:
        """A rectangle, rounded by `radius`; an empty one is not drawn."""
        if x1 - x0 >= 2 and y1 - y0 >= 2:
            radius = min(radius, (x1 - x0) / 2, (y1 - y0) / 2)
            self.pen.rounded_rectangle((x0, y0, x1, y1), radius, fill, outline, width)

    def line(self, x0: float, y0: float, x1: float, y1: float, fill: Colour, width: int = 1) -> None:
        """A straight line."""
        self.pen.line((x0, y0, x1, y1), fill, width)

    def paste(self, pixels: Rgb, x: float, y: float, mask: Mask | None = None) -> None:
        """Lay a small picture on, top left at (x, y), through an optional uint8 mask of its size."""
        self.image.paste(Image.fromarray(pixels), (round(x), round(y)), None if mask is None else Image.fromarray(mask))

    def stain(self, mask: Mask, x: float, y: float, fill: Colour) -> None:
        """Lay one colour on through a uint8 mask."""
        self.image.paste(fill, (round(x), round(y)), Image.fromarray(mask))

    def pixels(self) -> Rgb:
        """The finished picture."""
        return np.asarray(self.image).copy()


def wear(rng: np.random.Generator, pixels: Rgb) -> Rgb:
    """What printing and copying do to a flat face: a tone curve per channel, grain, now and then softness or grey."""
    gamma = np.exp(rng.normal(0, 0.15) + rng.normal(0, 0.04, 3))
    gain = rng.uniform(0.88, 1.05) + rng.normal(0, 0.015, 3)
    ramp = np.linspace(0, 1, 256)[:, None]
    table = np.clip(255 * gain * ramp**gamma, 0, 255).astype(np.uint8)[:, None, :]
    worn = cv2.LUT(pixels, table)
    if rng.random() < 0.3:
        worn = cv2.GaussianBlur(worn, (0, 0), float(rng.uniform(0.4, 1.3)))
    if rng.random() < 0.06:
        worn = cv2.cvtColor(cv2.cvtColor(worn, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if rng.random() < 0.5:
        worn = cv2.add(worn, _grain(rng, worn.shape[0], worn.shape[1]))
    return np.asarray(worn, np.uint8)


def _grain(rng: np.random.Generator, height: int, width: int) -> NDArray[np.uint8]:
    """A tile of weak noise, repeated: fresh noise for each pixel would cost more than the whole drawing."""
    tile = rng.integers(0, int(rng.integers(4, 16)), (128, 128, 3), np.uint8)
    return np.tile(tile, (height // 128 + 1, width // 128 + 1, 1))[:height, :width]
