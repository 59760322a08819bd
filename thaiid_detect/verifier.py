"""The last look at a place before a word is read: is this upright picture a Thai ID card, which side, which way up?

    place ──rectify──▶ view (352 × 224, the card and a rim) ──network──▶ 15 numbers ──decode──▶ the place, corrected

A card that was 60 px wide in the first look is some 310 px wide in this one, and stands upright: layout, emblems and
the shapes of words tell a driving licence from an ID card where a coarse look cannot.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thaiid_detect.geometry import (
    PAD,
    Points,
    Rgb,
    homography,
    is_convex,
    map_points,
    margined,
    rectify,
    turned,
)
from thaiid_detect.locator import SIDES, Candidate
from thaiid_detect.odds import between
from thaiid_detect.weights import Session

__all__ = ["MARGIN", "NOMINAL", "VIEW", "Verifier", "decode", "frame", "is_possible", "view"]

VIEW: Final = (352, 224)
"""Width and height of what the network looks at, in pixels."""
MARGIN: Final = 0.06
"""Rim around the card, as a share of its width and of its height: quads are not exact, and edges are a clue."""


def frame(size: tuple[int, int], rim: float = 0.0) -> Points:
    """(4, 2): the corners of a picture of `size` (width, height); or of what stands in it with `rim` around, a share
    of its own sides."""
    unit = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)
    return np.asarray((unit + rim) / (1 + 2 * rim) * np.array(size), np.float64)


_FRAME: Final = frame(VIEW)
NOMINAL: Final = frame(VIEW, MARGIN)
"""Where the corners of an exact quad come to lie on the view."""
CORNER_UNIT: Final = 64.0
"""One unit of the network's corner outputs, in pixels of the view."""
SEEN: Final = 0.3
"""A closer look below this saw nothing: over half of the places where nothing is, and none of 3,372 held-out and
shifted cards that all looks together found."""
AGAIN: Final = 0.05
"""What looks at least so much like a card is set upright once more, by its corrected corners: a card whose quad was off
looked like none, and two views err less than one. On 2,400 held-out scenes, IoU 0.940 → 0.947."""
FAR: Final = 4.0
"""A quad whose surroundings reach so many times the picture's size is no card's."""


class Verifier:
    """Runs the network over upright views. Thread-safe: it holds nothing but its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def verify(self, picture: Rgb, candidate: Candidate) -> Candidate:
        """The candidate with `verified` set, and its side, quad and way up as seen upright.

        Where the closer look saw nothing, or a quad that cannot be any card's, there is nothing to set upright: the
        candidate is left as it is, `verified` 0.
        """
        if candidate.closer < SEEN:
            return candidate
        once = self._upright(picture, candidate)
        if once is None:
            return candidate
        twice = self._upright(picture, once) if once.verified >= AGAIN else None
        return once if twice is None else replace(twice, verified=between(once.verified, twice.verified))

    def _upright(self, picture: Rgb, candidate: Candidate) -> Candidate | None:
        """The candidate by one view of it; None where its quad cannot be any card's."""
        outer = margined(candidate.quad, MARGIN, MARGIN)
        if not is_possible(outer, picture):
            return None
        answer = self._session.run(view(picture, outer)[None])[0]
        score, side, corners, turn = decode(answer)
        quad = map_points(homography(_FRAME, outer), corners)
        if not is_convex(quad):
            return replace(candidate, verified=score, side=SIDES[side])
        return replace(candidate, verified=score, side=SIDES[side], quad=turned(quad, turn))


def is_possible(outer: Points, picture: Rgb) -> bool:
    """Whether a camera could have seen a card so: convex, and not many times as large as the picture."""
    return is_convex(outer) and float(np.ptp(outer, axis=0).max()) < FAR * max(picture.shape[:2])


def view(picture: Rgb, outer: Points) -> Rgb:
    """(224, 352, 3) uint8 RGB: the quad `outer` (see `geometry.margined`) set upright, grey beyond the picture."""
    return rectify(picture, outer, VIEW, pad=PAD)


def decode(answer: NDArray[np.float32]) -> tuple[float, int, Points, int]:
    """(15,) float32 → score 0–1, index of the side, corners (4, 2) in pixels of the view, quarter turns.

    Entries 0–2 are the probabilities of front, back, pink; 3–6 say how many quarters clockwise the card lies in the
    view (the largest counts); 7–14 are the card's corners as (x, y) from `NOMINAL`, in units of 64 px, in the view's
    own order: see `geometry.turned` for what the turn makes of them.
    """
    side = int(answer[:3].argmax())
    corners = NOMINAL + answer[7:15].reshape(4, 2).astype(np.float64) * CORNER_UNIT
    return float(answer[side]), side, corners, int(answer[3:7].argmax())
