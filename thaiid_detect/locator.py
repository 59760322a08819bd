"""The locator: a page → where ID cards may be. Pure functions around one network call.

    picture ──letterbox──▶ square uint8 ──network──▶ grid (3 scores + 4 corners a cell) ──decode──▶ candidates

It is sensitive by design: it finds where a card might be and which way up it lies; the words decide.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from thaiid_detect.geometry import Placement, Points, Rgb, area, iou, is_convex, letterbox
from thaiid_detect.records import Side
from thaiid_detect.weights import Session

__all__ = ["Candidate", "Locator", "decode"]

Floats = NDArray[np.float32]

SIDES = (Side.FRONT, Side.BACK, Side.PINK)
STRIDE = 16
CORNER_UNIT = 64.0
"""One unit of the network's corner outputs, in pixels of its input (`models/training/network.py`)."""
LOOK_SIDE = 320
"""Side of the square that has as many pixels as the first look at a page. At 256, of cards that are held up or lie on a
page, one in seven was not seen at all, at 2.1 instead of 3.2 ms."""
SECOND_SIDE = 448
"""The same of the second look at a page, which only those get that the first does not end: 5 ms. Of the cards on
1,400 held-out scenes the looks found 97.9 %, not 97.0 %, at 3 % of negatives; of shifted selfies 18 of 18, not 16."""
CLOSER_SIDE = 256
"""The same of the closer looks."""
CELL = 32
"""The network halves its input five times."""
CORE = 0.45
"""Share of a card, about its middle, whose cells the network is trained to mark (`models/training/targets.py`)."""
_COLLAPSED, _FEWEST = 0.5, 3
"""A quad under half the size that its cells speak of, where these are three or more in a row, is no quad."""
CLOSER_FLOOR = 0.1
"""What the closer looks listen to; below `verifier.SEEN` nobody asks."""
MOST_SEEN = 4
"""A closer look has few cards in it; what follows is specks, and each takes time."""
AGAIN = 0.2
"""A closer look below this is not worth another."""
BESIDE = 0.1
"""What a quad that shares nothing with the candidate's still counts; see `_meant`."""
CLOSER, TIGHTER = 1.45, 1.15
"""A closer look takes in the candidate's surroundings: this many times its longer side. `TIGHTER`: of another look at a
place that was left in doubt."""
LEAST_SEEN = 0.25
"""And at least this share of the page's longer side: where a small card lies is clear before its corners are, and the
quad of one that lay among print was a few pixels in its middle. On 2,400 held-out scenes, of cards 0.15–0.25 of the
page wide the looks found 92.6 %, not 90.8 %, at 3 % of negatives."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where a card may be. `quad` (4, 2) float64 pixels of the picture given, TL TR BR BL of the card.

    `score` is that of the look at the page, 0–1, or of both; `closer` that of the closer look, `verified` that of the
    upright view; 0 before.
    """

    side: Side
    score: float
    quad: Points
    closer: float = 0.0
    verified: float = 0.0

    @property
    def scores(self) -> tuple[float, float, float]:
        """Those of the three looks that a place gets, in their order."""
        return self.score, self.closer, self.verified


def decode(grid: Floats, floor: float, most: int | None = None) -> list[Candidate]:
    """The network's output (11, h, w) → candidates with a score of `floor` or more, best first, in input pixels; the
    `most` best.

    Cells that speak of the same place are one card; those which agree with the best on its corners are averaged.
    """
    best = grid[:3].max(0)
    rows, columns = np.nonzero(best >= floor)
    if not len(rows):
        return []
    order = np.argsort(-best[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    scores = best[rows, columns]
    middles = (np.stack([columns, rows], -1) + 0.5) * STRIDE
    quads = middles[:, None] + grid[3:, rows, columns].T.reshape(-1, 4, 2) * CORNER_UNIT
    sides = grid[:3, rows, columns].argmax(0)
    found: list[Candidate] = []
    free = np.ones(len(rows), bool)
    while free.any() and (most is None or len(found) < most):
        first = int(np.flatnonzero(free)[0])
        same = free & _same_place(quads, first)
        agreeing = same & (np.abs(quads - quads[first]).mean((1, 2)) < 0.25 * _extent(quads[first]))
        agreeing[first] = True  # also where its corners are all one point, and its extent is 0
        weight = scores[agreeing] ** 2
        quad = _sound(((quads[agreeing] * weight[:, None, None]).sum(0) / weight.sum()).astype(np.float64))
        if (blob := _blob(best, rows[first], columns[first])) is not None and _extent(quad) < _COLLAPSED * _extent(
            blob
        ):
            quad = blob
            same |= free & ((middles >= blob[0]) & (middles <= blob[2])).all(1)
        found.append(Candidate(SIDES[sides[first]], float(scores[first]), quad))
        free &= ~same
    return found


def _blob(best: Floats, row: int, column: int) -> Points | None:
    """The box of the card that the cells around one speak of, from the cells alone; None where they are too few.

    Where a card lies is clear sooner than which way up: then a cell's corners are the mean of two contrary answers, a
    small quad in the card's middle. Its cells still tell its size: training marks the inner `CORE` of a card.
    """
    _, labels = cv2.connectedComponents((best >= 0.5 * best[row, column]).astype(np.uint8), connectivity=4)
    rows, columns = np.nonzero(labels == labels[row, column])
    low = np.array([columns.min(), rows.min()], np.float64) * STRIDE
    high = (np.array([columns.max(), rows.max()], np.float64) + 1) * STRIDE
    if (high - low).max() < _FEWEST * STRIDE:
        return None
    middle, half = (low + high) / 2, (high - low) / (2 * CORE)
    (x0, y0), (x1, y1) = middle - half, middle + half
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)


def _extent(quad: Floats | Points) -> float:
    return float(np.ptp(quad, axis=0).max())


def _same_place(quads: Floats, first: int) -> NDArray[np.bool_]:
    """(n,) bool: whose bounding box shares over 0.35 of the smaller with that of `first`; `first` is among them."""
    low, high = quads.min(1), quads.max(1)
    shared = np.clip(np.minimum(high, high[first]) - np.maximum(low, low[first]), 0, None).prod(1)
    areas = (high - low).prod(1)
    same: NDArray[np.bool_] = shared > 0.35 * np.minimum(areas, areas[first])
    same[first] = True
    return same


def _sound(quad: Points) -> Points:
    """The quad itself; where its corners cross or mirror it, the box around them: doubtful places are not dropped."""
    if is_convex(quad) and area(quad) > 0.1 * float(np.ptp(quad, axis=0).prod()):
        return quad
    (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float64)


class Locator:
    """Runs the networks over pictures, RGB uint8 (H, W, 3). Thread-safe: it holds nothing but their sessions.

    One network looks at whole pages, the other, which was trained on such, at the surroundings of a place.
    """

    def __init__(self, first: Session, closer: Session) -> None:
        self._first = first
        self._closer = closer

    def glimpse(self, picture: Rgb) -> float:
        """The first look: the best score, 0–1, of any place on the whole picture."""
        grid, _ = _grid(self._first, LOOK_SIDE, picture)
        return float(grid[: len(SIDES)].max())

    def locate(self, picture: Rgb, *, floor: float) -> list[Candidate]:
        """The second look: candidates with a score of `floor` or more, best first, in the pixels of the picture."""
        return _look(self._first, SECOND_SIDE, picture, floor)

    def look_closer(self, picture: Rgb, candidate: Candidate, *, taking_in: float = CLOSER) -> Candidate:
        """The candidate with its side and quad as seen from close by, and `closer` set (0.0 where nothing is seen).

        `taking_in`: how much of the surroundings, `CLOSER` or `TIGHTER`.

        The square around the candidate is cut out and looked at alone, so that a card which was 60 px wide in the
        first look is some 180 px wide in this one; then once more around the better quad, since the first came from a
        coarse view.
        """
        once = self._look_around(picture, candidate, taking_in, LEAST_SEEN * max(picture.shape[:2]))
        if once.closer < AGAIN:
            return once
        twice = self._look_around(picture, once, taking_in)
        return twice if twice.closer > once.closer / 2 else once

    def _look_around(self, picture: Rgb, candidate: Candidate, taking_in: float, least: float = 0.0) -> Candidate:
        crop, offset = _cut(picture, *_surroundings(candidate.quad, taking_in, least))
        seen = [_shifted(other, offset) for other in _look(self._closer, CLOSER_SIDE, crop, CLOSER_FLOOR, MOST_SEEN)]
        if not seen:
            return replace(candidate, closer=0.0)
        best = _meant(seen, candidate.quad)
        return replace(best, score=candidate.score, closer=best.score)


def _grid(session: Session, side: int, picture: Rgb) -> tuple[Floats, Placement]:
    """What the network says of the picture, and where that was put."""
    square, placement = letterbox(picture, look_size(picture.shape[1], picture.shape[0], side))
    return session.run(square[None])[0], placement


def _look(session: Session, side: int, picture: Rgb, floor: float, most: int | None = None) -> list[Candidate]:
    grid, placement = _grid(session, side, picture)
    return [replace(found, quad=placement.to_picture(found.quad)) for found in decode(grid, floor, most)]


def _meant(seen: list[Candidate], quad: Points) -> Candidate:
    """Which of those seen from close by is the candidate at `quad`.

    Often a front lies right above its back, and both are seen: then the place decides, not the better score. But a poor
    first quad may lie beside its card: then it is whatever is seen near it.
    """
    return max(seen, key=lambda other: other.score * (BESIDE + iou(other.quad, quad)))


def look_size(width: int, height: int, side: int = LOOK_SIDE) -> tuple[int, int]:
    """The (width, height) at which a network looks at a picture of that shape: no more pixels than a square of `side`
    has.

    Nearly no picture is square, and a square around an A4 page or a screenshot is grey for a third or a half: time for
    nothing, and a smaller card.

    >>> look_size(800, 800), look_size(2480, 3508), look_size(1080, 2340)
    ((320, 320), (256, 384), (224, 448))
    """
    sizes = ((wide, side**2 // wide // CELL * CELL) for wide in range(3 * CELL, side**2 // (3 * CELL) + 1, CELL))
    return max(sizes, key=lambda size: (min(size[0] / width, size[1] / height), -size[0] * size[1]))


def _shifted(candidate: Candidate, offset: Points) -> Candidate:
    return replace(candidate, quad=candidate.quad + offset)


def _surroundings(quad: Points, taking_in: float, least: float) -> tuple[float, float, float]:
    """Left, top and side of the square around a quad: `taking_in` times as large, `least` pixels or more."""
    low, high = quad.min(0), quad.max(0)
    side = max(float((high - low).max()) * taking_in, least)
    left, top = (low + high) / 2 - side / 2
    return float(left), float(top), side


def _cut(picture: Rgb, x: float, y: float, side: float) -> tuple[Rgb, Points]:
    """The part of the square that lies on the picture (never empty), and its top-left corner."""
    height, width = picture.shape[:2]
    left, top = int(np.clip(x, 0, max(0, width - 2))), int(np.clip(y, 0, max(0, height - 2)))
    right = int(np.clip(np.ceil(x + side), min(left + 2, width), width))
    bottom = int(np.clip(np.ceil(y + side), min(top + 2, height), height))
    return picture[top:bottom, left:right], np.array([left, top], np.float64)
