"""Quads and homographies: where a card lies on a page, and how to set it upright.

Coordinates are continuous pixels, origin at the top-left *edge* of the picture: the first pixel spans 0 to 1, its
centre is 0.5. (OpenCV's warps count from pixel centres; `rectify` converts.) A quad is a float array (4, 2), corners
TL TR BR BL *of the card itself*, so that it also tells which way up the card is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from thaiid_detect.records import Quad

__all__ = [
    "CARD_SIZE",
    "PAD",
    "Placement",
    "Points",
    "Rgb",
    "area",
    "bounding_rect",
    "expand",
    "homography",
    "iou",
    "is_convex",
    "letterbox",
    "map_points",
    "margined",
    "rectify",
    "scale_quad",
    "to_array",
    "to_quad",
    "turned",
]

Rgb = NDArray[np.uint8]
"""A picture: (H, W, 3) uint8, RGB."""
Points = NDArray[np.float64]
"""(N, 2) x, y in pixels, float64; a quad is (4, 2)."""

CARD_SIZE: Final = (1012, 638)
"""Width and height of an ID-1 card at 300 dpi: 85.60 x 53.98 mm."""
PAD: Final = 114
"""The grey that fills a network's input where there is no picture."""


def to_array(quad: Quad) -> Points:
    """The record's corners as a (4, 2) float64 array."""
    return np.array(quad.points, dtype=np.float64)


def to_quad(corners: Points) -> Quad:
    """The (4, 2) corners as a record of plain floats."""
    (a, b), (c, d), (e, f), (g, h) = np.asarray(corners, dtype=np.float64).reshape(4, 2).tolist()
    return Quad(((a, b), (c, d), (e, f), (g, h)))


def area(corners: Points) -> float:
    """Area in square pixels, by the shoelace formula: positive when the corners run clockwise on the screen.

    A mirrored quad is negative; no camera mirrors a card.

    >>> area(np.array([[10.0, 20], [110, 20], [110, 80], [10, 80]]))
    6000.0
    """
    x, y = np.asarray(corners, dtype=np.float64).T
    return float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2


def is_convex(corners: Points) -> bool:
    """Whether the corners run clockwise round a convex quad of more than no area: what any camera makes of a card.

    >>> is_convex(np.array([[0.0, 0], [9, 1], [8, 7], [1, 6]])), is_convex(np.array([[0.0, 0], [9, 7], [9, 0], [0, 7]]))
    (True, False)
    """
    sides = np.roll(corners, -1, axis=0) - corners
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool(np.all(turns > 0))


def iou(first: Points, second: Points) -> float:
    """Intersection over union, 0–1, of two quads (of their convex hulls, where one is not convex).

    >>> a = np.array([[0.0, 0], [10, 0], [10, 10], [0, 10]])
    >>> round(iou(a, a + [5, 0]), 4), iou(a, a + 100)
    (0.3333, 0.0)
    """
    origin = np.minimum(first.min(axis=0), second.min(axis=0))
    hulls = [cv2.convexHull((quad - origin).astype(np.float32)) for quad in (first, second)]
    shared = cv2.intersectConvexConvex(hulls[0], hulls[1])[0]
    union = cv2.contourArea(hulls[0]) + cv2.contourArea(hulls[1]) - shared
    return float(np.clip(shared / union, 0.0, 1.0)) if union > 0 else 0.0


def bounding_rect(corners: Points) -> tuple[float, float, float, float]:
    """(x0, y0, x1, y1) of the upright rectangle round the quad."""
    (x0, y0), (x1, y1) = corners.min(axis=0).tolist(), corners.max(axis=0).tolist()
    return x0, y0, x1, y1


def scale_quad(corners: Points, sx: float, sy: float | None = None) -> Points:
    """The quad on the same page at another size, `sx` (and `sy`, where it differs) times as large."""
    return np.asarray(corners * np.array([sx, sx if sy is None else sy]), dtype=np.float64)


def expand(corners: Points, factor: float) -> Points:
    """The quad grown (`factor` > 1) or shrunk about the mean of its corners.

    >>> expand(np.array([[0.0, 0], [10, 0], [10, 6], [0, 6]]), 1.2).tolist()
    [[-1.0, -0.6], [11.0, -0.6], [11.0, 6.6], [-1.0, 6.6]]
    """
    centre = corners.mean(axis=0)
    return np.asarray(np.round(centre + (corners - centre) * factor, 9), dtype=np.float64)


def turned(corners: Points, quarter_turns: int) -> Points:
    """The same four places, the card in them taken to lie `quarter_turns` quarters clockwise from where it is now.

    The rectangle (50, 20)–(110, 120), read as an upright card, starts top left. A card that lies in it turned a quarter
    clockwise has its own top-left corner at the rectangle's top right:

    >>> upright = np.array([[50, 20], [110, 20], [110, 120], [50, 120]], dtype=float)
    >>> turned(upright, 1).astype(int).tolist()
    [[110, 20], [110, 120], [50, 120], [50, 20]]
    """
    return np.roll(corners, -quarter_turns, axis=0)


def homography(source: Points, target: Points) -> NDArray[np.float64]:
    """The 3x3 matrix that carries the four `source` points onto the four `target` points.

    Nothing is raised for a quad without area, whose matrix leads nowhere sensible: ask `is_convex` first.
    """
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def map_points(matrix: NDArray[np.float64], points: Points) -> Points:
    """(N, 2) points through a 3x3 homography."""
    mapped = cv2.perspectiveTransform(points.astype(np.float64).reshape(-1, 1, 2), matrix)
    return np.asarray(mapped, dtype=np.float64).reshape(-1, 2)


def margined(corners: Points, wide: float, high: float) -> Points:
    """The quad with `wide` of the card's width more to its left and right, and `high` of its height above and below.

    In the card's own perspective, so that a rectified picture of the result shows the card unbent in its middle.

    >>> margined(np.array([[0.0, 0], [10, 0], [10, 6], [0, 6]]), 0.1, 0.5).round(4).tolist()
    [[-1.0, -3.0], [11.0, -3.0], [11.0, 9.0], [-1.0, 9.0]]
    """
    low, high_end = np.array([-wide, -high]), np.array([1 + wide, 1 + high])
    return map_points(homography(_UNIT, corners), low + _UNIT * (high_end - low))


def rectify(image: Rgb, corners: Points, size: tuple[int, int] = CARD_SIZE, pad: int | None = None) -> Rgb:
    """The card upright, as a picture of `size` (width, height); see `margined` for a picture with a margin.

    Where the card leaves the page, the page's last pixels are repeated, since a border of one colour would draw an edge
    through letters; or the rest is filled with grey `pad`, as `letterbox` does. Much larger cards are averaged down
    first, or fine print would turn to moiré.
    """
    crop, offset = _crop(image, corners)
    inside = corners - offset
    if (shrink := _shrink(inside, size)) < 1:
        width, height = (max(1, round(extent * shrink)) for extent in crop.shape[1::-1])
        inside = scale_quad(inside, width / crop.shape[1], height / crop.shape[0])
        crop = cv2.resize(crop, (width, height), interpolation=cv2.INTER_AREA)
    matrix = homography(inside - 0.5, _UNIT * np.array(size) - 0.5)
    flags = cv2.INTER_LINEAR if shrink <= 1 else cv2.INTER_CUBIC
    border, value = (cv2.BORDER_REPLICATE, 0) if pad is None else (cv2.BORDER_CONSTANT, pad)
    upright = cv2.warpPerspective(crop, matrix, size, flags=flags, borderMode=border, borderValue=(value,) * 3)
    return np.asarray(upright, dtype=np.uint8)


_UNIT: Final[NDArray[np.float64]] = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float64)


def _crop(image: Rgb, corners: Points) -> tuple[Rgb, NDArray[np.float64]]:
    """The page round the quad (a view, at least one pixel) and its (x, y): OpenCV cannot warp from 32,768 pixels."""
    limit = np.array(image.shape[1::-1])
    low = np.clip(np.floor(corners.min(axis=0)) - 2, 0, limit - 1).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)) + 2, low + 1, limit).astype(int)
    return image[low[1] : high[1], low[0] : high[0]], low.astype(np.float64)


def _shrink(corners: Points, size: tuple[int, int]) -> float:
    """How much larger the target is than the card on the page, along the side where the card is largest for it."""
    lengths = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float(np.min(np.array([size[0], size[1]] * 2) / np.maximum(lengths, 1.0)))


@dataclass(frozen=True, slots=True)
class Placement:
    """Where `letterbox` put the picture: square = picture x `scale` + (`dx`, `dy`), in pixels."""

    scale: float
    dx: float
    dy: float

    def to_square(self, points: Points) -> Points:
        """Points (N, 2) of the picture, on the square."""
        return np.asarray(points * self.scale + np.array([self.dx, self.dy]), dtype=np.float64)

    def to_picture(self, points: Points) -> Points:
        """Points (N, 2) of the square, on the picture."""
        return np.asarray((points - np.array([self.dx, self.dy])) / self.scale, dtype=np.float64)


def letterbox(image: Rgb, side: int | tuple[int, int], pad: int = PAD) -> tuple[Rgb, Placement]:
    """The whole picture in the middle of a square of `side` pixels, its shape kept, the rest filled with grey `pad`.

    `side` may be the (width, height) of a rectangle instead.

    >>> square, place = letterbox(np.zeros((300, 600, 3), np.uint8), 256)
    >>> square.shape, round(place.scale, 4), place.dx, place.dy
    ((256, 256, 3), 0.4267, 0.0, 64.0)
    >>> place.to_picture(place.to_square(np.array([[600.0, 300.0]]))).tolist()
    [[600.0, 300.0]]
    """
    height, width = image.shape[:2]
    wide, high = (side, side) if isinstance(side, int) else side
    scale = min(wide / width, high / height)
    new_width, new_height = max(1, round(width * scale)), max(1, round(height * scale))
    image = _shrunk(image, (new_width, new_height), scale)
    square = np.full((high, wide, 3), pad, dtype=np.uint8)
    left, top = (wide - new_width) // 2, (high - new_height) // 2
    square[top : top + new_height, left : left + new_width] = image
    return square, Placement(scale, float(left), float(top))


def _shrunk(image: Rgb, size: tuple[int, int], scale: float) -> Rgb:
    """The picture as one of `size` (width, height), which is `scale` times its own; larger where that is over 1.

    Shrinking averages, so that hairlines stay as grey instead of coming and going: by halves as long as that goes, then
    between neighbouring pixels. OpenCV's own averaging by any factor but 2 takes seven times as long, 0.9 ms for a
    photograph, and the locator's recall is the same after either. It halves quickly where both sides are even: an odd
    last row or column counts twice.
    """
    while scale <= 0.5 and min(image.shape[:2]) > 1:
        down, right = image.shape[0] % 2, image.shape[1] % 2
        if down or right:
            image = np.asarray(cv2.copyMakeBorder(image, 0, down, 0, right, cv2.BORDER_REPLICATE), dtype=np.uint8)
        half = image.shape[1] // 2, image.shape[0] // 2
        image = np.asarray(cv2.resize(image, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        scale *= 2
    if size == image.shape[1::-1]:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)
