"""A picture in the making and the cards that lie on it: every change of its geometry moves their corners along.

Points are pixels with the origin at the outer corner of the first pixel, whose middle is (0.5, 0.5).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import DrawnCard, Mask, PlacedCard, PlacedNeighbour, Rgb, Scene
from models.training.shifted.legibility import legibility

Points = NDArray[np.float64]
Matrix = NDArray[np.float64]
COARSE = 4
"""Masks of what covers a card are kept at a quarter of the picture's size: their area counts, not their edge."""


class Print:
    """A drawn card, ready to be laid down at any size: with halves and quarters of it, for smooth shrinking."""

    def __init__(self, drawn: DrawnCard) -> None:
        self.drawn = drawn
        share = drawn.alpha[..., None].astype(np.uint16)
        whole = np.dstack([(drawn.image * share // 255).astype(np.uint8), drawn.alpha])
        self._levels = [np.ascontiguousarray(whole)]
        for _ in range(2):
            last = self._levels[-1]
            half = (max(1, last.shape[1] // 2), max(1, last.shape[0] // 2))
            self._levels.append(cv2.resize(last, half, interpolation=cv2.INTER_AREA))

    @property
    def size_mm(self) -> tuple[float, float]:
        """Width and height: a card's, or of a booklet's page in its own shape."""
        height, width = self.drawn.image.shape[:2]
        wide = 85.6 if abs(height / width - 0.63) < 0.06 else 85.6 * min(1.6, max(1.0, height / width / 0.5))
        return wide, wide * height / width

    def level(self, width: float) -> Rgb:
        """(h, w, 4) uint8, premultiplied: the smallest stored copy that is at least `width` pixels wide, nearly."""
        for level in reversed(self._levels):
            if level.shape[1] >= width * 0.9:
                return np.asarray(level, np.uint8)
        return np.asarray(self._levels[0], np.uint8)


@dataclass(slots=True)
class Laid:
    """A card on a picture: its corners TL TR BR BL, and the share of it under other things."""

    card: Print
    quad: Points
    covered: float = 0.0


@dataclass(slots=True)
class Take:
    """A picture in the making: `image` (H, W, 3) uint8 RGB."""

    image: Rgb
    laid: list[Laid] = field(default_factory=list)

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.image.shape[1], self.image.shape[0]

    def resize(self, width: int, height: int, method: int = cv2.INTER_AREA) -> None:
        across, down = width / self.image.shape[1], height / self.image.shape[0]
        self.image = cv2.resize(self.image, (width, height), interpolation=method)
        for each in self.laid:
            each.quad = each.quad * (across, down)

    def crop(self, x: int, y: int, width: int, height: int) -> None:
        self.image = np.ascontiguousarray(self.image[y : y + height, x : x + width])
        for each in self.laid:
            each.quad = each.quad - (x, y)

    def turn(self, quarters: int) -> None:
        """Turn counter-clockwise. A point (x, y) of a picture W wide goes to (y, W − x) with one quarter."""
        for _ in range(quarters % 4):
            width = self.image.shape[1]
            self.image = cv2.rotate(self.image, cv2.ROTATE_90_COUNTERCLOCKWISE)
            for each in self.laid:
                each.quad = np.stack([each.quad[:, 1], width - each.quad[:, 0]], 1)

    def cover(self, mask: Mask, x: int, y: int) -> None:
        """Something opaque lies on what is there: `mask` (h, w) uint8 0–255, its top left corner at (x, y)."""
        width, height = self.size
        for each in self.laid:
            small = np.zeros((height // COARSE + 1, width // COARSE + 1), np.uint8)
            cv2.fillConvexPoly(small, (each.quad / COARSE).round().astype(np.int32), 1)
            whole = np.zeros_like(small)
            rows, columns = mask[::COARSE, ::COARSE].shape
            part = whole[y // COARSE : y // COARSE + rows, x // COARSE : x // COARSE + columns]
            part[:] = mask[::COARSE, ::COARSE][: part.shape[0], : part.shape[1]] > 127
            each.covered += float((whole & small).sum()) / max(1, int(small.sum()))

    def scene(self, kind: str) -> Scene:
        """The picture with its labels, as they are now."""
        placed = [self._placed(each) for each in self.laid]
        cards = tuple(each for each in placed if isinstance(each, PlacedCard))
        beside = tuple(each for each in placed if isinstance(each, PlacedNeighbour))
        return Scene(self.image, kind, cards, beside)

    def _placed(self, each: Laid) -> PlacedCard | PlacedNeighbour:
        drawn, quad = each.card.drawn, each.quad.astype(np.float32)
        visible = max(0.0, share_inside(each.quad, self.size) - each.covered)
        if drawn.side is None:
            return PlacedNeighbour(drawn.kind, quad, visible)
        height = digit_height(drawn, each.quad)
        legible = legibility(self.image, drawn, homography(drawn, each.quad), height)
        return PlacedCard(drawn.side, quad, drawn.digits, height, visible, legible)


def share_inside(quad: Points, size: tuple[int, int]) -> float:
    """The share of a quad's area that lies in the frame."""
    frame = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    hull = cv2.convexHull(quad.astype(np.float32))
    area = float(cv2.contourArea(hull))
    return min(1.0, float(cv2.intersectConvexConvex(hull, frame)[0]) / max(1.0, area))


def homography(drawn: DrawnCard, quad: Points) -> Matrix:
    """(3, 3): from the card's own picture, as it was drawn, to the picture it lies on."""
    height, width = drawn.image.shape[:2]
    return from_corners(corners(width, height), quad)


def corners(width: float, height: float) -> Points:
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def from_corners(source: Points, target: Points) -> Matrix:
    found = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(found, np.float64)


def moved(points: Points, matrix: Matrix) -> Points:
    """(n, 2) points through a homography."""
    ones = np.hstack([points, np.ones((len(points), 1))]) @ matrix.T
    return np.asarray(ones[:, :2] / ones[:, 2:])


def digit_height(drawn: DrawnCard, quad: Points) -> float:
    """Height of the printed number in pixels, in the middle of its box; 0 where there is none."""
    if drawn.number_box is None:
        return 0.0
    height, width = drawn.image.shape[:2]
    x0, y0, x1, y1 = drawn.number_box
    middle = (x0 + x1) / 2 * width
    ends = moved(np.array([[middle, y0 * height], [middle, y1 * height]]), homography(drawn, quad))
    return float(np.linalg.norm(ends[1] - ends[0]))


def warp(image: Rgb, matrix: Matrix, size: tuple[int, int], *, border: int = cv2.BORDER_REFLECT_101) -> Rgb:
    """`cv2.warpPerspective` for points as they are meant here: OpenCV's pixels have their middles at whole numbers."""
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1]])
    cv = np.linalg.inv(half) @ matrix @ half
    return np.asarray(cv2.warpPerspective(image, cv, size, flags=cv2.INTER_LINEAR, borderMode=border), np.uint8)


def box_of(points: Points, size: tuple[int, int], margin: float = 2) -> tuple[int, int, int, int]:
    """(x0, y0, x1, y1): whole pixels around the points, in the frame; empty boxes have x1 <= x0."""
    low = np.floor(points.min(0) - margin).clip(0, size).astype(int)
    high = np.ceil(points.max(0) + margin).clip(0, size).astype(int)
    return int(low[0]), int(low[1]), int(high[0]), int(high[1])


def lay(take: Take, card: Print, quad: Points, face: Rgb | None = None) -> Laid:
    """Put a card down; `face` (h, w, 4), premultiplied, is what it looks like instead of how it was drawn."""
    x0, y0, x1, y1 = box_of(quad, take.size)
    laid = Laid(card, np.asarray(quad, np.float64))
    if x1 > x0 and y1 > y0:
        sides = np.linalg.norm(quad - np.roll(quad, 1, 0), axis=1)
        picture = card.level(float(max(sides[1], sides[3]))) if face is None else face
        matrix = from_corners(corners(picture.shape[1], picture.shape[0]), quad - (x0, y0))
        put = warp(picture, matrix, (x1 - x0, y1 - y0), border=cv2.BORDER_CONSTANT)
        over(take.image[y0:y1, x0:x1], put)
        take.cover(np.ascontiguousarray(put[..., 3]), x0, y0)
    take.laid.append(laid)
    return laid


def over(ground: Rgb, put: Rgb) -> None:
    """Lay (h, w, 4) premultiplied uint8 over `ground` (h, w, 3), in place."""
    rest = cv2.cvtColor(255 - put[..., 3], cv2.COLOR_GRAY2RGB)
    ground[:] = cv2.add(cv2.multiply(ground, rest, scale=1 / 255), np.ascontiguousarray(put[..., :3]))
