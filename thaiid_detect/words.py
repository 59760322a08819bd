"""What the words on a card say: lines at their places in, a few numbers (`Evidence`) out. No pixels, no I/O.

Places are fractions of the upright card: x to the right, y down, from its top left corner. The zones are wide, because
the quads are not exact. Nothing here decides: `verdict.py` weighs the evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Final

from thaiid_detect.fuzzy import fold, likeness, ramp
from thaiid_detect.number import IdNumber, find_numbers
from thaiid_detect.records import Reading
from thaiid_detect.vocabulary import (
    LABELS,
    NON_THAI,
    TITLES_ENGLISH,
    TITLES_THAI,
    Weighted,
    Zone,
    back_code_score,
    best_match,
    foreign_score,
)

__all__ = ["Box", "Evidence", "TextLine", "combine", "interpret"]

Box = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the card's width and height."""

_TITLE_BOTTOM: Final = 0.26
_NUMBER_ZONE: Final[Zone] = (0.32, 0.04, 1.0, 0.36)
"""Where the middle of a number, or of a part of one, stands on a front: it is printed at x 0.44–0.85, y 0.10–0.21."""
_COUNTRY_ZONE: Final[Zone] = (0.55, 0.20, 1.0, 0.75)
_ELSEWHERE: Final = 0.3
"""What words away from their place are worth: the quad may be poor, or the document another."""

_NUMBER_ELSEWHERE: Final = 0.6
"""What a number's confidence is worth elsewhere: cards of other layouts have it there, and so have driving licences."""

_REQUEST_ZONE: Final[Zone] = (0.62, 0.84, 1.0, 1.0)
"""The request number under the portrait has 14 digits; with one lost and no hyphens it would pass for the number."""

_NUMBER_LABEL: Final = re.compile("[เแ]?ลข?.{0,3}(?:บตร)?ประ.{0,8}?ชาช?น?")
"""`เลขประจำตัวประชาชน`, `เลขบัตรประชาชน`, folded: the label of the number, on licences and forms, too, and no title."""
_NO_CARD: Final = 0.7
"""What a Thai title without its first word, `บัตร`, is worth: the label without its first word reads the same."""
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_HALVES_APART, _HALVES_ASKEW = 0.2, 0.09
"""How far the halves of a title may lie from each other, in card widths and heights: a letter or two may be lost."""
_AS_DIGITS: Final = str.maketrans("OoQDIl|!SBZ", "00001111582")
_SPECK: Final = re.compile(r"(?<=\d)[.,'·](?=\d)")
"""What toner, or a tone mark of the line below, leaves between two digits."""
_GLUED_LABEL: Final = re.compile(r"(?<=[A-Za-z])(?=\d)")
"""Where a label ends and the number begins, when the reader lost the blank between."""
_LABEL_LIKENESS: Final = 0.75
_DIGITS: Final = 13
_MOST_SUBSTITUTES: Final = 3
_SUBSTITUTE_FACTOR: Final = 0.8
_JOINED_FACTOR: Final = 0.9
_SEEN_CONFIDENCE: Final = 0.5
_LEGIBLE_CONFIDENCE: Final = 0.85


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


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for and against an ID card in the words of one candidate; each float is 0–1 unless said otherwise."""

    title_english: float = 0.0
    """`Thai National ID Card` near the top; less anywhere else, and less than half without `Thai`."""
    title_thai: float = 0.0
    """`บัตรประจำตัวประชาชน` near the top; only a reader of Thai can see it."""
    labels: float = 0.0
    """How many of the nine printed labels were read, 0–9; a label away from its place counts less."""
    thailand: float = 0.0
    """`THAILAND` alone, where the flag of a back is."""
    back_code: float = 0.0
    """A laser code (`JT0-0000000-00`) or a `BORA-` form number."""
    reading: Reading = field(default_factory=Reading)
    """The best 13-digit reading; away from where a front has its number it is worth less."""
    alien_number: bool = False
    """The number of `reading` starts with 0, 6, 7 or 8, as on pink cards; 8 is also that of naturalised Thais."""
    number_seen: bool = False
    """A 13-digit number whose checksum holds stands anywhere, as on a driving licence."""
    non_thai: float = 0.0
    """Words of the pink card."""
    other_document: float = 0.0
    """Words of licences, passports, bank cards, other countries, receipts."""
    legible: int = 0
    """Lines read with certainty: where it is large and all else is 0, the words were there and said something else."""
    number_chance: float = 0.0
    """That all 13 digits of `reading` are right: what readers are compared by, since one that is 0.96 sure of each
    digit is wrong about every other number."""


def interpret(lines: Sequence[TextLine]) -> Evidence:
    """Weigh the lines of one upright card, in any order, from any reader. No lines: no evidence, all zeros.

    >>> title = TextLine("515735 ThaiNationalIDCard", 0.9, (0.18, 0.03, 0.99, 0.11))
    >>> number = TextLine("1 2899 00000 12 5", 0.98, (0.45, 0.12, 0.79, 0.18))
    >>> evidence = interpret([title, number])
    >>> evidence.title_english, evidence.reading
    (1.0, Reading(number=IdNumber('X-XXXX-XXXXX-12-5'), confidence=0.98, checksum_valid=True))
    """
    folded = [(line, fold(line.text)) for line in lines]
    thai = [(line, fold(line.text)) for line in (*lines, *_side_by_side(lines))]
    readings = tuple(_readings(lines))
    reading = max(readings, key=lambda reading: reading.confidence, default=Reading())
    return Evidence(
        title_english=_title(TITLES_ENGLISH, folded),
        title_thai=max((_thai_title(line, text) for line, text in thai), default=0.0),
        labels=sum(_label(phrases, zone, folded) for phrases, zone in LABELS),
        thailand=max((_country(line, text) for line, text in folded), default=0.0),
        back_code=max((back_code_score(line.text) * line.confidence for line in lines), default=0.0),
        reading=reading,
        number_chance=max(
            (line.chance for line in lines if line.chance is not None), default=reading.confidence**_DIGITS
        ),
        alien_number=reading.number is not None and reading.number.reveal()[0] in "0678",
        number_seen=any(each.checksum_valid and each.confidence >= _SEEN_CONFIDENCE for each in readings),
        non_thai=max((best_match(NON_THAI, text, low=0.88, high=0.96) for _, text in thai), default=0.0),
        other_document=foreign_score((line.text, line.confidence) for line, _ in thai),
        legible=sum(line.confidence >= _LEGIBLE_CONFIDENCE and _has_words(line.text) for line in lines),
    )


def combine(first: Evidence, second: Evidence) -> Evidence:
    """What two readers, or two looks of one reader, saw of the same card: the stronger sign of each kind.

    Looks that agree on the number confirm each other; looks that differ make the likelier one doubtful.
    """
    best, other = sorted(
        (first, second), key=lambda evidence: (evidence.number_chance, evidence.reading.confidence), reverse=True
    )
    return replace(
        best,
        title_english=max(first.title_english, second.title_english),
        title_thai=max(first.title_thai, second.title_thai),
        labels=max(first.labels, second.labels),
        thailand=max(first.thailand, second.thailand),
        back_code=max(first.back_code, second.back_code),
        reading=_confirmed(best.reading, other.reading),
        number_chance=_chance(best, other),
        number_seen=first.number_seen or second.number_seen,
        non_thai=max(first.non_thai, second.non_thai),
        other_document=max(first.other_document, second.other_document),
        legible=max(first.legible, second.legible),
    )


def _chance(best: Evidence, other: Evidence) -> float:
    if best.reading.number is None or best.reading.number != other.reading.number:
        return best.number_chance
    return 1 - (1 - best.number_chance) * (1 - other.number_chance)


def _confirmed(best: Reading, other: Reading) -> Reading:
    if best.number is None or other.number is None:
        return best
    if best.number == other.number:
        return replace(best, confidence=1 - (1 - best.confidence) * (1 - other.confidence))
    return replace(best, confidence=best.confidence * (1 - other.confidence / 2))


def _title(phrases: Weighted, folded: Sequence[tuple[TextLine, str]]) -> float:
    scores = (
        best_match(phrases, text) * (1.0 if line.middle_in((0.0, 0.0, 1.0, _TITLE_BOTTOM)) else _ELSEWHERE)
        for line, text in folded
    )
    return max(scores, default=0.0)


def _thai_title(line: TextLine, text: str) -> float:
    text = _NUMBER_LABEL.sub(" ", text)
    return _title(TITLES_THAI, [(line, text)]) * (1.0 if likeness("บัตร", text) > 0.6 else _NO_CARD)


def _side_by_side(lines: Sequence[TextLine]) -> Iterator[TextLine]:
    """Each two Thai lines of the title's zone that may be halves of one: on a card that lies a little askew, a reader
    of rows sees one half on one row and one on the next."""
    upper = [line for line in lines if line.middle_in((0.0, 0.0, 1.0, _TITLE_BOTTOM)) and _THAI.search(line.text)]
    for left, right in permutations(upper, 2):
        (_, top, end, bottom), (start, other_top, _, other_bottom) = left.box, right.box
        askew = abs(top + bottom - other_top - other_bottom) / 2
        if 0.0 <= start - end <= _HALVES_APART and askew <= _HALVES_ASKEW:
            box = (left.box[0], min(top, other_top), right.box[2], max(bottom, other_bottom))
            yield TextLine(left.text + right.text, min(left.confidence, right.confidence), box)


def _label(phrases: Sequence[str], zone: Zone, folded: Sequence[tuple[TextLine, str]]) -> float:
    scores = (
        max(_starts_with(phrase, text) for phrase in phrases) * (1.0 if line.starts_in(zone) else _ELSEWHERE)
        for line, text in folded
    )
    return max(scores, default=0.0)


def _starts_with(phrase: str, text: str) -> float:
    """Labels open their line, and the value may follow; so `Last name` is not also a `Name`."""
    return ramp(likeness(phrase, text[: len(fold(phrase)) + 2]), 0.75, 0.9)


def _country(line: TextLine, text: str) -> float:
    """`KINGDOM OF THAILAND` stands on licences and passports, so the word has to be alone."""
    if len(text) > len("THAILAND") + 2:
        return 0.0
    return ramp(likeness("THAILAND", text), 0.75, 0.95) * (1.0 if line.middle_in(_COUNTRY_ZONE) else _ELSEWHERE)


def _readings(lines: Sequence[TextLine]) -> Iterator[Reading]:
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


def _has_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) >= 3
