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
from thaiid_detect.lines import TextLine, numbers_on
from thaiid_detect.records import Reading
from thaiid_detect.vocabulary import (
    COUNTRY,
    LABELS,
    TITLES_ANY,
    TITLES_ENGLISH,
    TITLES_THAI,
    Weighted,
    Zone,
    back_code_score,
    best_match,
    foreign_score,
    non_thai_score,
)

__all__ = ["Evidence", "combine", "interpret"]

_TITLE_BOTTOM: Final = 0.26
_COUNTRY_ZONE: Final[Zone] = (0.55, 0.20, 1.0, 0.75)
_ELSEWHERE: Final = 0.3
"""What words away from their place are worth: the quad may be poor, or the document another."""
_NAME_BESIDE: Final = 0.65
"""Likeness from which the rest of a line is the country's Thai name; of some twenty words that stand before it on
other cards the likest came to 0.56 (`Using`)."""

_NUMBER_LABEL: Final = re.compile("[เแ]?ลข?.{0,3}(?:บตร)?ประ.{0,8}?ชาช?น?")
"""`เลขประจำตัวประชาชน`, `เลขบัตรประชาชน`, folded: the label of the number, on licences and forms, too, and no title."""
_DATA_OF: Final = re.compile("[ขช]อ.{1,3}?(?=บตรประ)")
"""`ข้อมูล…`, folded: with it the title of a chip reader's print-out begins, and its `ล` looks like the label's `เลข`."""
_NO_CARD: Final = 0.7
"""What a Thai title without its first word, `บัตร`, is worth: the label without its first word reads the same."""
_THAI: Final = re.compile("[\u0e01-\u0e5b]")
_HALVES_APART, _HALVES_ASKEW = 0.2, 0.09
"""How far the halves of a title may lie from each other, in card widths and heights: a letter or two may be lost."""
_DIGITS: Final = 13
_SEEN_CONFIDENCE: Final = 0.5
_LEGIBLE_CONFIDENCE: Final = 0.85


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
    thai = [*folded, *((line, fold(line.text)) for line in _side_by_side(lines))]
    readings = tuple(numbers_on(lines))
    reading = max(readings, key=lambda reading: reading.confidence, default=Reading())
    return Evidence(
        title_english=max(_title(TITLES_ENGLISH, folded), _title_and_country(folded)),
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
        non_thai=max((non_thai_score(text) for _, text in thai), default=0.0),
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


def _title_and_country(folded: Sequence[tuple[TextLine, str]]) -> float:
    """`National Identity Card`, where Thailand is named as well."""
    named = max((best_match(COUNTRY, text, low=0.8, high=0.95) for _, text in folded), default=0.0)
    return named * _title(TITLES_ANY, folded) if named else 0.0


def _thai_title(line: TextLine, text: str) -> float:
    text = _NUMBER_LABEL.sub(" ", _DATA_OF.sub(" ", text))
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
    """`KINGDOM OF THAILAND` stands on licences and passports, so the name has to be alone, or beside itself in Thai:
    on many backs both stand on one line."""
    alone = max(map(_is_country, (text, *_without_thai_name(text))))
    return alone * (1.0 if line.middle_in(_COUNTRY_ZONE) else _ELSEWHERE)


def _is_country(text: str) -> float:
    names = (name for name in ("THAILAND", "ประเทศไทย") if len(text) <= len(name) + 2)
    return max((ramp(likeness(name, text), 0.75, 0.95) for name in names), default=0.0)


def _without_thai_name(text: str) -> Iterator[str]:
    """What is left of a line when a Thai name of the country at its beginning or end is taken off.

    A reader without Thai letters reads that as `UselnAlng`, `UsEINmIng`, `USIInAlng` (rapidocr 3.10 on seventeen
    designs of backs).
    """
    latin = len("THAILAND")
    for name, rest in ((text[:-latin], text[-latin:]), (text[latin:], text[:latin])):
        if max(likeness(thai, name) for thai in ("ประเทศไทย", "USEINAING")) >= _NAME_BESIDE and len(name) <= 12:
            yield rest


def _has_words(text: str) -> bool:
    return sum(letter.isalpha() for letter in text) >= 3
