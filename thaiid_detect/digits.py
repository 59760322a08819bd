"""The number, read from the pixels of its line by a network of our own: 13 digits, or nothing.

    card ──rows──▶ windows (480 × 40, one above the other) ──network──▶ a row of 11 probabilities each ──decode──▶ lines

PP-OCR reads any text; this one knows ten shapes and was shown them crossed by pens, blurred, copied and faxed. It has
no say in what is a valid number: the check digit is not used to read.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from thaiid_detect.geometry import Rgb
from thaiid_detect.weights import Session
from thaiid_detect.words import TextLine

__all__ = ["BLANK", "HIGH", "ROWS", "WINDOW", "DigitReader", "decode", "windows"]

WINDOW: Final = (480, 40)
"""Width and height of what the network looks at, in pixels: a card's whole width, and a line with what is beside it."""
HIGH: Final = 0.13
"""Height of a window, in card heights; the number is 0.03 to 0.07 high."""
ROWS: Final = tuple(round(0.08 + 0.045 * step, 3) for step in range(9))
"""Middles of the windows, in card heights: each line down to 0.46 is near the middle of one of them."""
BLANK: Final = 10
"""Class of a place that is no digit, or a gap between two; 0–9 are the digits."""
_LENGTH: Final = 13
LEAST: Final = 0.2
"""A reading less sure than this is none."""
_SURE: Final = 0.9
_USUAL: Final = slice(0, 4)
"""Nearly all cards have their number in one of these rows: the others are looked at where it does not read surely."""


class DigitReader:
    """Runs the network over the windows of upright fronts. Thread-safe: it holds nothing but its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, card: Rgb) -> tuple[TextLine, ...]:
        """The numbers on `card`, RGB uint8 (H, W, 3), as lines at their places; the surest first, mostly one or none.

        Neighbouring windows see the same line: of those that read the same, the surest counts.
        """
        every = windows(card)
        found = self._lines(ROWS[_USUAL], every[_USUAL])
        if not found or found[0].confidence < _SURE:
            rest = slice(_USUAL.stop, None)
            found = _distinct([*found, *self._lines(ROWS[rest], every[rest])])
        return tuple(found)

    def _lines(self, rows: tuple[float, ...], batch: NDArray[np.uint8]) -> list[TextLine]:
        lines = []
        for row, answer in zip(rows, self._session.run(batch), strict=True):
            text, sureness, (left, right) = decode(answer)
            if len(text) == _LENGTH and sureness >= LEAST:
                lines.append(TextLine(text, sureness, (left, row - HIGH / 4, right, row + HIGH / 4)))
        return _distinct(lines)


def _distinct(lines: list[TextLine]) -> list[TextLine]:
    """The surest of those that read the same; the surest first."""
    best: dict[str, TextLine] = {}
    for line in sorted(lines, key=lambda line: -line.confidence):
        best.setdefault(line.text, line)
    return list(best.values())


def windows(card: Rgb) -> NDArray[np.uint8]:
    """(9, 40, 480, 3) uint8 RGB: the card's lines, one window for each of `ROWS`."""
    height, width = card.shape[:2]
    scale = np.array([WINDOW[0] / width, WINDOW[1] / (HIGH * height)])
    flag = cv2.INTER_AREA if scale[0] < 1 else cv2.INTER_LINEAR
    tall = cv2.resize(card, (WINDOW[0], round(height * scale[1])), interpolation=flag)
    rim = WINDOW[1]
    tall = cv2.copyMakeBorder(tall, rim, rim, 0, 0, cv2.BORDER_REPLICATE)
    tops = [round(row / HIGH * WINDOW[1] - WINDOW[1] / 2) + rim for row in ROWS]
    return np.stack([tall[top : top + WINDOW[1]] for top in tops])


def decode(answer: NDArray[np.float32]) -> tuple[str, float, tuple[float, float]]:
    """(T, 11) probabilities along a line → its digits, how sure all of them are, and where they begin and end (0–1).

    The likeliest class at each step; repeats are one digit, unless a blank parts them (connectionist temporal
    classification, Graves et al. 2006). The sureness is the product of each digit's best probability.
    """
    classes = answer.argmax(1)
    sure = answer.max(1)
    starts = np.flatnonzero((classes != BLANK) & (classes != np.concatenate([[BLANK], classes[:-1]])))
    if not len(starts):
        return "", 0.0, (0.0, 0.0)
    ends = [*starts[1:], len(classes)]
    each = [float(sure[a:b][classes[a:b] == classes[a]].max()) for a, b in zip(starts, ends, strict=True)]
    text = "".join(str(classes[start]) for start in starts)
    return text, float(np.prod(each)), (float(starts[0]) / len(classes), float(starts[-1] + 1) / len(classes))
