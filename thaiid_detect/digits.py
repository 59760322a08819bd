"""The number, read from the pixels of its line by a network of our own: 13 digits, or nothing.

    card ──rows──▶ windows (520 × 40, one above the other) ──network──▶ rows of 11 probabilities ──numbers──▶ lines

PP-OCR reads any text; this one knows ten shapes and was shown them crossed by pens, blurred, copied and faxed. It has
no say in what is a valid number: the check digit is not used to read.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from thaiid_detect.geometry import Points, Rgb, margined, rectify
from thaiid_detect.lines import TextLine
from thaiid_detect.weights import Session

__all__ = [
    "BLANK",
    "HIGH",
    "LENGTH",
    "ROWS",
    "WINDOW",
    "DigitReader",
    "decode",
    "letter_starts",
    "likeliest",
    "line_at",
    "numbers",
    "windows",
]

ACROSS: Final = 480
"""Width at which a card is looked at, in pixels: its digits are some 17 px high."""
RIM: Final = 1 / 24
"""Of the card's width, what is looked at beside it: a quad that is a little narrow would cut the last digit off."""
WINDOW: Final = (round(ACROSS * (1 + 2 * RIM)), 40)
"""Width and height of what the network looks at, in pixels: the whole width; a line, and what is above and below."""
HIGH: Final = 0.13
"""Height of a window, in card heights; the number is 0.03 to 0.07 high."""
ROWS: Final = tuple(round(0.08 + 0.045 * step, 3) for step in range(20))
"""Middles of the windows, in card heights: each line is near the middle of one of them."""
BLANK: Final = 10
"""Class of a place that is no digit, or a gap between two; 0–9 are the digits."""
LENGTH: Final = 13
LEAST: Final = 0.1
"""A reading less sure than this is none."""
_LEAST_OF_ONE: Final = 0.5
"""The same for 13 times one digit: a number that is X-ed out looks like a row of zeros. Specimens do show such rows."""
_NEARLY: Final = 2
"""So many digits more or fewer than `LENGTH` may be a number: one was torn in two, or a pen stroke was read as a 1."""
_PLAIN: Final = 0.98
"""A group of 13 digits that is surer than this needs no search."""
_BEAMS: Final = 12
_CHOICES: Final = 4
"""Of the search: beginnings that are kept at each step, and digits that are tried there."""
_TRACE: Final = 1e-3
"""A digit, or a number, less likely than this is left out of it."""
_BESIDE: Final = 3
"""Steps on either side of a group that the search also reads: a faint first or last digit lies there."""
_SURE: Final = 0.9
_FAR: Final = 4.0
"""Of the median distance between two digits: within a number, blanks and hyphens come to twice that."""
_USUAL, _LOWER, _FOOT = slice(0, 4), slice(4, 9), slice(9, None)
"""Nearly all cards have their number in one of the first rows; the next are looked at where it does not read surely,
and the foot, where some mock-ups have it, where nothing was read at all."""
_LEAST_AT_FOOT: Final = 0.5
"""The same as `LEAST` at the foot, where dates and request numbers stand."""

Group = tuple[str, float, tuple[float, float]]
"""Digits, how sure they are, and where along the line they begin and end, 0–1."""


class DigitReader:
    """Runs the network over the windows of upright fronts. Thread-safe: it holds nothing but its session."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def read(self, picture: Rgb, quad: Points) -> tuple[TextLine, ...]:
        """The numbers on the card at `quad` (4, 2), as lines at their places on it, the surest first.

        Neighbouring windows see the same line: a number is as sure as all of them together are of it.
        """
        every = windows(picture, quad)
        seen = self._lines(ROWS[_USUAL], every[_USUAL])
        found = _together(seen)
        if not found or found[0].confidence < _SURE:
            seen += self._lines(ROWS[_LOWER], every[_LOWER])
            found = _together(seen)
        if not found:
            found = [
                line for line in _together(self._lines(ROWS[_FOOT], every[_FOOT])) if line.confidence >= _LEAST_AT_FOOT
            ]
        return tuple(found)

    def _lines(self, rows: tuple[float, ...], batch: NDArray[np.uint8]) -> list[TextLine]:
        lines = []
        for row, answer in zip(rows, self._session.run(batch), strict=True):
            for text, sureness, place in numbers(answer):
                lines.append(line_at(row, place, text, sureness))
        return lines


def _together(lines: list[TextLine]) -> list[TextLine]:
    """Each number once, where it was surest, with its share in the sureness of all; the surest first."""
    total = max(1.0, sum(line.confidence for line in lines))
    best: dict[str, TextLine] = {}
    for line in sorted(lines, key=lambda line: -line.confidence):
        first = best.setdefault(line.text, replace(line, confidence=0.0))
        sureness = first.confidence + line.confidence / total
        best[line.text] = replace(first, confidence=sureness, chance=sureness)
    believed = (line for line in best.values() if line.confidence >= _least(line.text))
    return sorted(believed, key=lambda line: -line.confidence)


def _least(number: str) -> float:
    return LEAST if len(set(number)) > 1 else _LEAST_OF_ONE


def windows(picture: Rgb, quad: Points, rows: tuple[float, ...] = ROWS, above: float = 0.0) -> NDArray[np.uint8]:
    """(n, 40, 520, 3) uint8 RGB: the lines of the card at `quad`, one window for each of `rows` (middles, in card
    heights), of which the first may reach `above` card heights over its edge."""
    high = WINDOW[1] / HIGH
    upright = rectify(picture, margined(quad, RIM, above), (WINDOW[0], round(high * (1 + 2 * above))))
    tops = [round((row - HIGH / 2 + above) * high) for row in rows]
    return np.stack([upright[top : top + WINDOW[1]] for top in tops])


def line_at(row: float, place: tuple[float, float], text: str, sureness: float) -> TextLine:
    """What was read in the window of `row` (its middle, in card heights), from where to where along it (0–1)."""
    x0, x1 = (share * (1 + 2 * RIM) - RIM for share in place)
    return TextLine(text, sureness, (x0, row - HIGH / 4, x1, row + HIGH / 4))


def letter_starts(classes: NDArray[np.intp], blank: int) -> NDArray[np.intp]:
    """The steps at which letters begin, of the likeliest class at each: repeats are one letter, unless a blank parts
    them (connectionist temporal classification, Graves et al. 2006)."""
    return np.flatnonzero((classes != blank) & (classes != np.concatenate([[blank], classes[:-1]])))


def numbers(answer: NDArray[np.float32]) -> list[Group]:
    """The numbers that may stand along a line: of each group of `decode` with about 13 digits, its likely readings with
    just 13, and how sure each is."""
    found: list[Group] = []
    for text, sureness, place in decode(answer):
        if len(text) == LENGTH and sureness > _PLAIN:
            found.append((text, sureness, place))
        elif abs(len(text) - LENGTH) <= _NEARLY:
            begin, end = (round(share * len(answer)) for share in place)
            part = answer[max(0, begin - _BESIDE) : end + _BESIDE]
            found += [(number, sure, place) for number, sure in likeliest(part) if sure >= _TRACE]
    return found


def likeliest(answer: NDArray[np.float32]) -> list[tuple[str, float]]:
    """(T, 11) probabilities → the likeliest texts of 13 digits, with their probabilities, the likeliest first.

    A prefix beam search (Hannun et al. 2014, https://arxiv.org/abs/1408.2873, without a language model): the ways to
    place the same digits along the steps add up, and a torn digit or a stray stroke is weighed against its absence,
    which the likeliest class at each step cannot do.
    """
    beams = {"": (1.0, 0.0)}  # of each beginning: how likely it is, with a blank at its end and without
    for row in answer.astype(np.float64):
        choices = [int(digit) for digit in np.argsort(-row[:BLANK])[:_CHOICES] if row[digit] > _TRACE]
        grown: dict[str, tuple[float, float]] = {}
        for text, (blank, full) in beams.items():
            both = blank + full
            parted, held = grown.get(text, (0.0, 0.0))
            grown[text] = parted + both * row[BLANK], held + (full * row[int(text[-1])] if text else 0.0)
            for digit in choices if len(text) < LENGTH else ():
                longer = text + str(digit)
                parted, held = grown.get(longer, (0.0, 0.0))
                grown[longer] = parted, held + (blank if text.endswith(str(digit)) else both) * row[digit]
        beams = dict(sorted(grown.items(), key=lambda each: -sum(each[1]))[:_BEAMS])
    return [(text, float(blank + full)) for text, (blank, full) in beams.items() if len(text) == LENGTH]


def decode(answer: NDArray[np.float32]) -> list[Group]:
    """(T, 11) probabilities along a line → its groups of digits: the text, how sure all of it is, where it begins and
    ends (0–1).

    The sureness is the product of each digit's best probability. What stands far from the others (the seal, read as
    an 8) is a group of its own.
    """
    classes = answer.argmax(1)
    sure = answer.max(1)
    starts = letter_starts(classes, BLANK)
    if not len(starts):
        return []
    ends = [*starts[1:], len(classes)]
    each = np.array([sure[a:b][classes[a:b] == classes[a]].max() for a, b in zip(starts, ends, strict=True)])
    apart = np.diff(starts, prepend=starts[0])
    far = np.flatnonzero(apart > _FAR * np.median(apart[1:] if len(apart) > 1 else apart))
    groups = []
    for group in np.split(np.arange(len(starts)), far):
        text = "".join(str(classes[starts[one]]) for one in group)
        place = float(starts[group[0]]) / len(classes), float(starts[group[-1]] + 1) / len(classes)
        groups.append((text, float(np.prod(each[group])), place))
    return groups
