"""Where a flat thing lies in a picture: quads, their homographies, and pasting through them."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import Mask, Rgb
from models.training.scenes.supply import Frame, Rng
from thaiid_detect import geometry

Points = NDArray[np.float32]
"""(N, 2) float32 pixels; a quad has four, in the order TL TR BR BL of the thing itself."""


def points(values: Sequence[Sequence[float]] | Sequence[float]) -> Points:
    """Numbers as float32 points, or one point."""
    return np.array(values, np.float32)


def box_quad(x: float, y: float, width: float, height: float) -> Points:
    """The quad of an upright box with its top left corner at (x, y)."""
    return np.array([(x, y), (x + width, y), (x + width, y + height), (x, y + height)], np.float32)


def turned(quad: Points, degrees: float) -> Points:
    """`quad` turned clockwise (y points down) about its centre."""
    a = np.deg2rad(degrees)
    matrix = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    centre = quad.mean(axis=0)
    return np.asarray((quad - centre) @ matrix + centre, np.float32)


def any_roll(rng: Rng) -> float:
    """Degrees: mostly nearly upright, often near another quarter turn, sometimes anything."""
    kind = rng.random()
    if kind < 0.15:
        return float(rng.uniform(-180, 180))
    quarter = 0 if kind < 0.65 else int(rng.integers(1, 4))
    return float(90 * quarter + rng.normal(0, 5))


def seen(aspect: float, roll: float, tilt: float, toward: float, distance: float) -> Points:
    """A card of width 1 and height 1 / `aspect` seen by a pinhole camera.

    It is rolled in its plane by `roll` degrees, then tilted by `tilt` degrees about the axis in direction `toward`
    (degrees); the camera stands `distance` card widths away. The centre comes to lie near the origin.
    """
    flat = turned(box_quad(-0.5, -0.5 / aspect, 1, 1 / aspect), roll)
    t, a = np.deg2rad(tilt), np.deg2rad(toward)
    along = flat @ np.array([np.cos(a), np.sin(a)])
    across = flat @ np.array([-np.sin(a), np.cos(a)])
    depth = distance / (distance + across * np.sin(t))
    x, y = along * depth, across * np.cos(t) * depth
    back = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return np.asarray(np.stack([x, y], axis=1) @ back, np.float32)


def covered_share(quad: Points, other: Points) -> float:
    """Share of `quad`'s area that `other` covers, 0–1; both must be convex."""
    area = abs(cv2.contourArea(quad))
    return float(min(1.0, cv2.intersectConvexConvex(quad, other)[0] / area)) if area > 0 else 0.0


def visible_share(quad: Points, frame: Frame) -> float:
    """Share of the quad's area that lies inside the frame, 0–1."""
    return covered_share(quad, box_quad(0, 0, frame[1], frame[0]))


def settle(rng: Rng, quad: Points, frame: Frame, share: float, partial: float = 0.12) -> Points:
    """Scale `quad` to `share` of the frame's width (less where the height would not hold it) and put it somewhere.

    With probability `partial` a part of it, less than half its area, hangs out of the frame.
    """
    height, width = frame
    low, high = quad.min(axis=0), quad.max(axis=0)
    span = high - low
    scale = min(share * width / span[0], 0.97 * height / span[1])
    span = span * scale
    room = np.array([width, height]) - span
    corner = room * rng.uniform(0, 1, 2)
    out = rng.uniform(0.05, 0.4) * span * rng.choice([-1, 1], 2) * rng.permutation([1.0, rng.choice([0.0, 0.5])])
    if rng.random() < partial:
        corner = np.where(out < 0, out, np.where(out > 0, room + out, corner))
    placed = np.asarray((quad - low) * scale + corner, np.float32)
    if visible_share(placed, frame) > 0.5:
        return placed
    return np.asarray(placed + (room / 2 - corner) * 0.7, np.float32)


def edges(quad: Points) -> tuple[float, float]:
    """Mean width and mean height of a quad, pixels."""
    top, right, bottom, left = (float(np.hypot(*(quad[i] - quad[(i + 1) % 4]))) for i in range(4))
    return (top + bottom) / 2, (left + right) / 2


def homography(size: tuple[int, int], quad: Points) -> NDArray[np.float64]:
    """3 × 3, from a picture of `size` (width, height) onto `quad`."""
    return geometry.homography(np.asarray(box_quad(0, 0, *size), np.float64), np.asarray(quad, np.float64))


def through(places: Points, matrix: NDArray[np.float64]) -> Points:
    """Places mapped by a homography, float32 as all places here are."""
    return np.asarray(geometry.map_points(matrix, np.asarray(places, np.float64)), np.float32)


def _shrunk(picture: Rgb, quad: Points) -> Rgb:
    """The picture brought near the size it will have: bilinear warping alone would alias when it shrinks much."""
    height, width = picture.shape[:2]
    top, right, bottom, left = np.hypot(*(quad - np.roll(quad, -1, axis=0)).T)
    factor = max(top / width, bottom / width, left / height, right / height)
    while factor < 0.6 and min(picture.shape[:2]) > 8:  # halving takes OpenCV's quick path, other ratios do not
        half = (picture.shape[1] // 2, picture.shape[0] // 2)
        picture = np.asarray(cv2.resize(picture, half, interpolation=cv2.INTER_AREA), np.uint8)
        factor *= 2
    return picture


def _window(quad: Points, frame: Frame, margin: int) -> tuple[int, int, int, int] | None:
    """The pixel box (x0, y0, x1, y1) of the quad and `margin` around it, cut to the frame; None if it is empty."""
    low, high = np.floor(quad.min(axis=0)) - margin, np.ceil(quad.max(axis=0)) + margin
    x0, y0 = (int(max(0, v)) for v in low)
    x1, y1 = int(min(frame[1], high[0])), int(min(frame[0], high[1]))
    return (x0, y0, x1, y1) if x1 > x0 and y1 > y0 else None


def paste(target: Rgb, picture: Rgb, alpha: Mask | None, quad: Points) -> None:
    """Warp `picture` onto `quad` of `target`, in place; `alpha` (H, W) of the picture, None for all opaque."""
    window = _window(quad, (target.shape[0], target.shape[1]), 1)
    if window is None:
        return
    x0, y0, x1, y1 = window
    small = _shrunk(picture, quad)
    size = (small.shape[1], small.shape[0])
    cover = (
        np.full(size[::-1], 255, np.uint8) if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA)
    )
    matrix = homography(size, quad - np.array([x0, y0], np.float32))
    span = (x1 - x0, y1 - y0)
    warped = cv2.warpPerspective(small, matrix, span, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    mask = cv2.warpPerspective(cover, matrix, span, flags=cv2.INTER_LINEAR)
    blend(target[y0:y1, x0:x1], warped, mask)


def blend(under: Rgb, over: Rgb, mask: Mask) -> None:
    """Lay `over` on `under`, in place, by `mask` (H, W) uint8."""
    weight = cv2.merge([mask, mask, mask])
    top = cv2.multiply(over, weight, scale=1 / 255)
    bottom = cv2.multiply(under, cv2.bitwise_not(weight), scale=1 / 255)
    cv2.add(top, bottom, dst=under)


def shade(target: Rgb, quad: Points, offset: tuple[float, float], blur: float, strength: float) -> None:
    """Darken `target` under a thing that lies on `quad`, in place: its soft shadow, moved by `offset` pixels.

    Drawn at a quarter of the size: a shadow has no detail.
    """
    moved = quad + np.array(offset, np.float32)
    window = _window(moved, (target.shape[0], target.shape[1]), round(3 * blur) + 2)
    if window is None:
        return
    x0, y0, x1, y1 = window
    size = (max(1, (x1 - x0) // 4), max(1, (y1 - y0) // 4))
    scale = np.array([size[0] / (x1 - x0), size[1] / (y1 - y0)])
    small = np.full((size[1], size[0]), 255, np.uint8)
    corners = ((moved - np.array([x0, y0])) * scale).astype(np.int32)
    cv2.fillConvexPoly(small, corners, int(255 * (1 - strength)))
    small = cv2.GaussianBlur(small, (0, 0), max(0.5, blur / 4))
    light = cv2.resize(small, (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    part = target[y0:y1, x0:x1]
    cv2.multiply(part, cv2.merge([light, light, light]), dst=part, scale=1 / 255)
