"""How far a place is read: not further than may change anything. Readers are fakes; the order: `test_examiner.py`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.test_examiner import NoThai, Second, Silence, Sure, Words
from thaiid_detect.digits import DigitReader
from thaiid_detect.lines import TextLine
from thaiid_detect.locator import Candidate
from thaiid_detect.place_reader import Examined, PlaceReader, Readers
from thaiid_detect.records import Mode, Side
from thaiid_detect.thai import ThaiReader
from thaiid_detect.verdict import Decision
from thaiid_detect.weights import find_weights

PICTURE = np.full((800, 800, 3), 255, np.uint8)
QUAD = np.array([[100.0, 100], [700, 100], [700, 480], [100, 480]])
POOR, GOOD = (0.4, 0.5, 0.2), (0.8, 0.8, 0.8)
"""What the three looks say of a place that would be clear without a word, and of one that would be an ID card."""
OTHER = tuple(TextLine(f"TOTAL AMOUNT {word}", 0.95, (0.1, 0.1, 0.9, 0.15)) for word in ("NET", "TAX", "SUM"))


class Whole(Words):
    """A reader of backs, that counts."""

    asked = 0

    def read_whole(self, _: Any) -> tuple[TextLine, ...]:
        self.asked += 1
        return ()


class SureTurned(Sure):
    """The network of a digit reader that reads NUMBER where the place is upside down; on all rows before, nothing."""

    asked = 0

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.asked += 1
        return Silence.run(self, batch) if self.asked <= 3 else super().run(batch)


def read(
    words: Words,
    looks: tuple[float, float, float],
    side: Side = Side.FRONT,
    digits: type[Silence] = Silence,
    second: Second | None = None,
) -> Examined:
    readers = Readers(words, DigitReader(digits()), ThaiReader(NoThai()), second)  # type: ignore[arg-type]
    place = PlaceReader(readers, Decision.from_config(find_weights().config, Mode.BALANCED))
    return place.read(PICTURE, Candidate(side, looks[0], QUAD, looks[1], looks[2]))


@pytest.mark.parametrize(("looks", "left"), [(POOR, 1), (GOOD, 0)])
def test_a_place_without_hope_is_not_turned_round_and_nobody_else_is_asked(
    looks: tuple[float, float, float], left: int
) -> None:
    words, second = Words((), ()), Second((), ())
    found = read(words, looks, second=second)
    assert len(words.strips) == left
    assert bool(second.asked) is (looks is GOOD)
    assert (found.finding.probability < 0.25) is (looks is POOR)


@pytest.mark.parametrize(("looks", "asked"), [(POOR, 1), (GOOD, 2)])
def test_a_back_without_hope_is_read_once(looks: tuple[float, float, float], asked: int) -> None:
    words = Whole()
    read(words, looks, Side.BACK)
    assert words.asked == asked


def test_a_valid_number_is_reason_to_read_on() -> None:
    """It may stand upside down on a licence, and be all that is known of it."""
    words = Words((), ())
    found = read(words, POOR, digits=SureTurned)
    assert words.strips == []
    assert found.finding.evidence.number_seen


def test_words_against_a_card_end_the_reading() -> None:
    words, second = Words(OTHER, ()), Second((), ())
    found = read(words, POOR, second=second)
    assert words.strips == [()]
    assert second.asked == []
    np.testing.assert_allclose(found.quad, QUAD)
