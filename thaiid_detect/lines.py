"""Lines of text as a reader read them, and the 13-digit numbers that stand on them. No pixels, no I/O.

Places are fractions of the upright card: x to the right, y down, from its top left corner. The zones are wide, because
the quads are not exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from thaiid_detect.fuzzy import fold, likeness
from thaiid_detect.number import IdNumber, find_numbers
from thaiid_detect.records import Reading
from thaiid_detect.vocabulary import Zone

__all__ = ["Box", "TextLine", "numbers_on"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the card's width and height."""

_NUMBER_ZONE: Final[Zone] = (0.32, 0.04, 1.0, 0.36)
"""Where the middle of a number, or of a part of one, stands on a front: it is printed at x 0.44–0.85, y 0.10–0.21."""
_NUMBER_ELSEWHERE: Final = 0.6
"""What a number's confidence is worth elsewhere: cards of other layouts have it there, and so have driving licences."""

_REQUEST_ZONE: Final[Zone] = (0.62, 0.84, 1.0, 1.0)
"""The request number under the portrait has 14 digits; with one lost and no hyphens it would pass for the number."""
_AS_DIGITS: Final = str.maketrans("OoQDIl|!SBZ", "00001111582")
_SPECK: Final = re.compile(r"(?<=\d)[.,'·](?=\d)")
"""What toner, or a tone mark of the line below, leaves between two digits."""
_GLUED_LABEL: Final = re.compile(r"(?<=[A-Za-z])(?=\d)")
"""Where a label ends and the number begins, when the reader lost the blank between."""
_LABEL_LIKENESS: Final = 0.75
_MOST_SUBSTITUTES: Final = 3
_SUBSTITUTE_FACTOR: Final = 0.8
_JOINED_FACTOR: Final = 0.9


@dataclass(frozen=True, slots=True)
class TextLine:
    """One line as a reader read it; `confidence` 0–1. The text is private and stays out of `repr`.

    `chance` is that of all of it being right, where the reader knows; most tell the mean certainty of the characters.
    """

    text: str = field(repr=False)
    confidence: float
    box: Box
    chance: float | None = None

    def middle_in(self, zone: Zone) -> bool:
        x0, y0, x1, y1 = self.box
        return zone[0] <= (x0 + x1) / 2 <= zone[2] and zone[1] <= (y0 + y1) / 2 <= zone[3]

    def starts_in(self, zone: Zone) -> bool:
        x0, y0, _, y1 = self.box
        return zone[0] <= x0 <= zone[2] and zone[1] <= (y0 + y1) / 2 <= zone[3]


def numbers_on(lines: Sequence[TextLine]) -> Iterator[Reading]:
    """Each reading of a number: in one line, or in the parts of one row where a front has its number."""
    near = [line for line in lines if line.middle_in(_NUMBER_ZONE)]
    for line in lines:
        if line.middle_in(_REQUEST_ZONE):
            continue
        if line in near:
            yield from _numbers_in(line.text, line.confidence, one_gap=True)
        else:
            yield from _numbers_in(line.text, line.confidence * _NUMBER_ELSEWHERE)
    for row in _rows(near):
        if len(row) > 1:
            sureness = min(line.confidence for line in row) * _JOINED_FACTOR
            yield from _numbers_in(" ".join(line.text for line in row), sureness)


def _numbers_in(text: str, confidence: float, *, one_gap: bool = False) -> Iterator[Reading]:
    """Free readings first; then those where letters stand for digits. The checksum has no say in either."""
    text = _parted(text)
    numbers, sureness = find_numbers(text, one_gap=one_gap), confidence
    if not numbers:
        as_digits, substitutes = _letters_to_digits(text)
        if 0 < substitutes <= _MOST_SUBSTITUTES:
            numbers = find_numbers(as_digits, one_gap=one_gap)
            sureness = confidence * _SUBSTITUTE_FACTOR**substitutes
    for number in numbers:
        yield _reading(number, sureness)


def _parted(text: str) -> str:
    """`text` with a blank between a label and the number: digits within other words are a misread title's.

    >>> _parted("Identification Number1289900000125"), _parted("UA1289900000125")
    ('Identification Number 1289900000125', 'UA1289900000125')
    """
    head, *rest = _GLUED_LABEL.split(text, maxsplit=1)
    if not rest or likeness("Number", fold(head)[-7:]) < _LABEL_LIKENESS:
        return text
    return f"{head} {rest[0]}"


def _reading(number: IdNumber, confidence: float) -> Reading:
    return Reading(number=number, confidence=confidence, checksum_valid=number.checksum_valid)


def _letters_to_digits(text: str) -> tuple[str, int]:
    """`text` with look-alike letters as digits, in words that are digits otherwise, and how many those letters were.

    Specks between digits are left out, and count.

    >>> _letters_to_digits("No I 28O9 00000 1Z 5")
    ('No 1 2809 00000 12 5', 3)
    >>> _letters_to_digits("1 2809 0000,0 12 5")
    ('1 2809 00000 12 5', 1)
    """
    words, substitutes = [], 0
    text, specks = _SPECK.subn("", text)
    for word in text.split():
        mapped = word.translate(_AS_DIGITS)
        bare = mapped.replace("-", "")
        if bare.isdigit() and (len(word) == 1 or any(letter.isdigit() for letter in word)):
            substitutes += sum(old != new for old, new in zip(word, mapped, strict=True))
            word = mapped
        words.append(word)
    return " ".join(words), substitutes + specks


def _rows(lines: Sequence[TextLine]) -> list[list[TextLine]]:
    """Lines side by side, left to right: those whose middle lies within the height of the row's first line."""
    rows: list[list[TextLine]] = []
    for line in sorted(lines, key=lambda line: line.box[0]):
        middle = (line.box[1] + line.box[3]) / 2
        for row in rows:
            if row[0].box[1] <= middle <= row[0].box[3]:
                row.append(line)
                break
        else:
            rows.append([line])
    return rows
