"""Seals and logos: winged birds, stars, shields, wheels, suns and letters, in a ring or bare."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.neighbours.canvas import Canvas, Colour
from models.training.neighbours.grounds import WHITE, hsv
from models.training.samples import Mask

LINE = cv2.LINE_AA


def emblem(canvas: Canvas, x: float, y: float, size: float, fill: Colour, *, style: str | None = None) -> None:
    """An emblem of `size` pixels with its top left at (x, y). `style` is a key of `STYLES`; None picks one."""
    rng, n = canvas.rng, max(16, round(size))
    style = style or list(STYLES)[int(rng.integers(len(STYLES)))]
    mask = np.zeros((2 * n, 2 * n), np.uint8)
    ring = rng.random()
    STYLES[style](rng, mask, 0.5 if ring < 0.3 else 0.38)
    if ring > 0.55 and min(fill) > 180:
        fill = hsv(rng.random(), 0.8, 0.5)
    if ring > 0.3:
        _disc(canvas, x, y, n, fill if ring < 0.75 else hsv(rng.random(), 0.8, 0.7), filled=ring > 0.55)
    canvas.stain(np.asarray(cv2.resize(mask, (n, n), interpolation=cv2.INTER_AREA), np.uint8), x, y, fill)


def _disc(canvas: Canvas, x: float, y: float, n: int, rim: Colour, *, filled: bool) -> None:
    """The ring around a seal, with a white field or without."""
    if filled:
        canvas.pen.ellipse((x, y, x + n, y + n), WHITE, rim, max(1, n // 30))
    else:
        canvas.pen.ellipse((x, y, x + n, y + n), None, rim, max(1, n // 40))


def _bird(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """A winged figure seen from the front, as on many state seals."""
    n = mask.shape[0]
    c = n // 2
    for side in (-1, 1):
        for feather in np.linspace(0.2, 1.25, int(rng.integers(4, 8))):
            tip = (int(c + side * n * reach * np.sin(feather)), int(c - n * reach * np.cos(feather) * 0.9))
            cv2.line(mask, (c + side * n // 16, c), tip, 255, n // int(rng.integers(24, 40)), LINE)
        foot = (int(c + side * n * reach * 0.5), int(c + n * reach * 0.9))
        cv2.line(mask, (c + side * n // 20, c + n // 10), foot, 255, n // 20, LINE)
    cv2.ellipse(mask, (c, c), (n // 11, int(n * reach * 0.5)), 0, 0, 360, 255, -1, LINE)
    cv2.circle(mask, (c, int(c - n * reach * 0.6)), n // 14, 255, -1, LINE)
    cv2.line(mask, (c, int(c - n * reach * 0.6)), (c, int(c - n * reach)), 255, n // 34, LINE)


def _star(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """A star of five to twelve points."""
    n, points = mask.shape[0], int(rng.integers(5, 13))
    angle = np.arange(2 * points) * np.pi / points - np.pi / 2
    radius = n * reach * np.where(np.arange(2 * points) % 2, rng.uniform(0.35, 0.6), 0.95)
    shape = np.stack([n / 2 + radius * np.cos(angle), n / 2 + radius * np.sin(angle)], 1)
    cv2.fillPoly(mask, [shape.astype(np.int32)], 255, LINE)


def _shield(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """A shield with bars or a star left free."""
    n, r = mask.shape[0], mask.shape[0] * reach * 0.9
    c = n / 2
    outline = [
        (c - r * 0.8, c - r),
        (c + r * 0.8, c - r),
        (c + r * 0.8, c + r * 0.2),
        (c, c + r),
        (c - r * 0.8, c + r * 0.2),
    ]
    cv2.fillPoly(mask, [np.asarray(outline, np.int32)], 255, LINE)
    if rng.random() < 0.5:
        cv2.line(mask, (int(c), int(c - r)), (int(c), int(c + r)), 0, n // 14)
        cv2.line(mask, (int(c - r), int(c - r / 5)), (int(c + r), int(c - r / 5)), 0, n // 14)
    else:
        cv2.circle(mask, (int(c), int(c - r / 5)), int(r * 0.4), 0, -1, LINE)


def _wheel(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """Rings and spokes."""
    n, c = mask.shape[0], mask.shape[0] // 2
    for radius in (0.9, rng.uniform(0.3, 0.7)):
        cv2.circle(mask, (c, c), int(n * reach * radius), 255, n // 20, LINE)
    for angle in np.linspace(0, np.pi, int(rng.integers(3, 9)), endpoint=False):
        dx, dy = int(n * reach * 0.88 * np.cos(angle)), int(n * reach * 0.88 * np.sin(angle))
        cv2.line(mask, (c - dx, c - dy), (c + dx, c + dy), 255, n // 30, LINE)


def _sun(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """A disc with rays, or a crescent."""
    n, c = mask.shape[0], mask.shape[0] // 2
    for angle in np.linspace(0, 2 * np.pi, int(rng.integers(8, 20)), endpoint=False):
        tip = (int(c + n * reach * 0.95 * np.cos(angle)), int(c + n * reach * 0.95 * np.sin(angle)))
        cv2.line(mask, (c, c), tip, 255, n // 36, LINE)
    cv2.circle(mask, (c, c), int(n * reach * 0.55), 255, -1, LINE)
    if rng.random() < 0.5:
        cv2.circle(mask, (c + n // 12, c), int(n * reach * 0.4), 0, -1, LINE)


def _wreath(rng: np.random.Generator, mask: Mask, reach: float) -> None:
    """Leaves around a torch or a drop."""
    n, c = mask.shape[0], mask.shape[0] // 2
    for side in (-1, 1):
        for angle in np.linspace(-0.9, 1.3, int(rng.integers(5, 9))):
            spot = (int(c + side * n * reach * 0.8 * np.cos(angle)), int(c + n * reach * 0.8 * np.sin(angle)))
            turn = float(np.degrees(angle) * side + 60)
            cv2.ellipse(mask, spot, (n // 12, n // 30), turn, 0, 360, 255, -1, LINE)
    cv2.ellipse(mask, (c, c), (n // 12, n // 5), 0, 0, 360, 255, -1, LINE)


STYLES = {"bird": _bird, "star": _star, "shield": _shield, "wheel": _wheel, "sun": _sun, "wreath": _wreath}
