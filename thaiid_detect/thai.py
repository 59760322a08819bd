"""Thai words at the top of a card, read by a network of our own: its title, or another document's.

    card ──rows──▶ windows (520 × 40, one above the other) ──network──▶ rows of 57 probabilities ──decode──▶ lines

PP-OCR reads no Thai, and tesseract is not everywhere and takes a third of a second. This one knows letters alone, not
words, and of them those that `fuzzy.fold` keeps: no vowel or tone mark above or below the line.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from thaiid_detect.digits import letter_starts, line_at, windows
from thaiid_detect.geometry import Points, Rgb
from thaiid_detect.lines import TextLine
from thaiid_detect.weights import Session

__all__ = ["ALPHABET", "BLANK", "LEAST_LETTERS", "ROWS", "ThaiReader", "decode"]

ALPHABET: Final = "".join(map(chr, (*range(0x0E01, 0x0E31), 0x0E32, *range(0x0E40, 0x0E47))))
"""The letters that stand on the line, in the order of the network's classes: ก to ะ, า, เ to ๆ."""
BLANK: Final = len(ALPHABET)
"""Class of a place that is no Thai letter, or a gap between two."""
ROWS: Final = (0.04, 0.085, 0.13, 0.175, 0.22)
"""Middles of the windows, in card heights: titles stand there, and nowhere else on most cards."""
_ABOVE: Final = 0.05
"""How far the first window reaches over the card's edge, in card heights."""
LEAST_LETTERS: Final = 4
"""Fewer letters in a row are as likely an emblem's."""
_GAP: Final = 14
"""Steps of the network without a letter that part two lines: 0.11 of the card's width."""
_SAME_LINE: Final = 0.05
"""Of the card's height: two windows so near see the same line."""
_LEAST: Final = 0.5
"""A line whose letters are less sure than this, on average, is none."""

Words = tuple[str, float, tuple[float, float]]
"""Letters, how sure they are on average, and where along the line they begin and end, 0–1."""


class ThaiReader:
    """Runs the network over the windows of upright cards. Thread-safe: it holds nothing but its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, picture: Rgb, quad: Points) -> tuple[TextLine, ...]:
        """The Thai words at the top of the card at `quad` (4, 2), as lines at their places on it, the surest first.

        Neighbouring windows see the same line: where two overlap, the better one is kept.
        """
        answers = self._session.run(windows(picture, quad, ROWS, _ABOVE))
        found = [
            line_at(row, place, text, sureness)
            for row, answer in zip(ROWS, answers, strict=True)
            for text, sureness, place in decode(answer)
        ]
        kept: list[TextLine] = []
        for line in sorted(found, key=lambda line: -line.confidence * len(line.text)):
            if not any(_is_same(line, other) for other in kept):
                kept.append(line)
        return tuple(sorted(kept, key=lambda line: -line.confidence))


def _is_same(line: TextLine, other: TextLine) -> bool:
    (left, top, right, _), (other_left, other_top, other_right, _) = line.box, other.box
    return abs(top - other_top) <= _SAME_LINE and min(right, other_right) > max(left, other_left)


def decode(answer: NDArray[np.float32]) -> list[Words]:
    """(T, 57) probabilities along a line → the words on it, parted where there is a wide gap."""
    classes, sure = answer.argmax(1), answer.max(1)
    starts = letter_starts(classes, BLANK)
    if not len(starts):
        return []
    found = []
    for group in np.split(starts, np.flatnonzero(np.diff(starts) > _GAP) + 1):
        text = "".join(ALPHABET[classes[start]] for start in group)
        sureness = float(np.mean(sure[group]))
        if len(text) >= LEAST_LETTERS and sureness >= _LEAST:
            found.append((text, sureness, (float(group[0]) / len(classes), float(group[-1] + 1) / len(classes))))
    return found
