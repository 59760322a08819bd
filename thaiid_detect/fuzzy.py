"""How alike are what an OCR engine wrote and what may be printed there: pure functions of text.

Texts are folded first: case, blanks, punctuation and the letters that OCR mixes up (`1 I l L |`, `0 O Q`, `5 S`, `8 B`)
no longer count, and Thai loses the vowels and tone marks above and below the line, which readers drop and invent.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from rapidfuzz import fuzz

__all__ = ["fold", "likeness", "ramp", "words_of"]

_LOOK_ALIKES: Final = str.maketrans("1L|!0Q58", "IIIIOOSB")
_DROPPED: Final = re.compile("[^A-Z\u0e00-\u0e7f]|[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")
_SARA_AM: Final = "\u0e33", "\u0e32"
"""ำ is drawn as a ring above and an า: readers return either."""

_FILLER: Final = "_"
"""Put around a text, so that what it lacks of a phrase counts: all of `ID` lies within `National ID Card`."""


def fold(text: str) -> str:
    """`text` without what OCR gets wrong most.

    >>> fold("Thai NationaI lD Card"), fold("Thal National 1D-Card")
    ('THAINATIONAIIDCARD', 'THAINATIONAIIDCARD')
    """
    return _DROPPED.sub("", text.upper().replace(*_SARA_AM).translate(_LOOK_ALIKES))


def words_of(text: str) -> frozenset[str]:
    """The folded words of a text: for words too short to be looked for inside others.

    >>> sorted(words_of("VISA  Debit 2031"))
    ['DEBIT', 'VISA']
    """
    return frozenset(folded for word in re.split(r"[^\w|!]+", text) if len(folded := fold(word)) >= 3)


@cache
def _phrase(phrase: str) -> str:
    return fold(phrase)


def likeness(phrase: str, text: str) -> float:
    """0–1: how well some part of `text` (folded already) reads as `phrase`; unrelated texts come to 0.3–0.6.

    The measure is rapidfuzz's: 1 − (insertions + deletions) ÷ (both lengths), for the best window of the text.

    >>> likeness("Thai National ID Card", fold("515735 Thal Natlonal ID Card")) > 0.95
    True
    >>> likeness("Thai National ID Card", fold("National ID Card")) < 0.8
    True
    """
    wanted = _phrase(phrase)
    around = _FILLER * len(wanted)
    return fuzz.partial_ratio(wanted, f"{around}{text}{around}") / 100.0


def ramp(value: float, low: float, high: float) -> float:
    """0 up to `low`, 1 from `high`, a straight line between."""
    return min(1.0, max(0.0, (value - low) / (high - low)))
