"""No number leaks: whatever prints, logs, copies, stores or sends a number shows three digits at most."""

from __future__ import annotations

import copy
import dataclasses
import io
import json
import logging
import pickle
import pprint
import traceback
from collections.abc import Callable

import pytest

from thaiid_detect.errors import InvalidNumber
from thaiid_detect.number import IdNumber, find_numbers, person_hash, reveal_grouped
from thaiid_detect.records import Card, Item, Outcome, Quad, Reading, Reason, Side, Verdict

DIGITS = "1289900000125"
MASKED = "X-XXXX-XXXXX-12-5"
NUMBER = IdNumber(DIGITS)
CARD = Card(Side.FRONT, Quad(((0, 0), (9, 0), (9, 6), (0, 6))), 0.9, reading=Reading(NUMBER, 0.9, True), person="ab")
OUTCOME = Outcome(Item("a.jpg", 1, "1"), Verdict.ID_CARD, Reason.WORDS, cards=(CARD,))


def leaks(text: str) -> bool:
    """Whether more than the last three digits stand in the text, in any grouping."""
    return DIGITS[:10] in "".join(char for char in text if char.isdigit()) or "28990" in text or "2899-0" in text


def _logged(value: object) -> str:
    stream = io.StringIO()
    logger = logging.Logger("privacy")
    logger.addHandler(logging.StreamHandler(stream))
    logger.error("%s %r", value, value)
    return stream.getvalue()


def _traceback(value: object) -> str:
    try:
        raise ValueError(value)
    except ValueError as error:
        return "".join(traceback.TracebackException.from_exception(error, capture_locals=True).format())


@pytest.mark.parametrize(
    "holder", [NUMBER, [NUMBER], {"n": NUMBER}, Reading(NUMBER), CARD, OUTCOME], ids=lambda h: type(h).__name__
)
@pytest.mark.parametrize(
    "shown",
    [
        repr,
        str,
        "{}".format,
        "{!r:>9}".format,
        pprint.pformat,
        _logged,
        _traceback,
        lambda value: json.dumps(value, default=str),
    ],
)
def test_whatever_prints_a_number_prints_it_masked(shown: Callable[[object], str], holder: object) -> None:
    text = shown(holder)
    assert MASKED in text
    assert not leaks(text)


def test_the_json_row_is_masked() -> None:
    row = json.dumps(OUTCOME.to_dict())
    assert MASKED in row
    assert not leaks(row)


def test_there_is_nothing_to_dump() -> None:
    assert not hasattr(NUMBER, "__dict__")
    assert not leaks(str(dataclasses.asdict(OUTCOME)))
    assert not leaks(str(NUMBER.__getstate__()))
    with pytest.raises(TypeError):
        json.dumps(NUMBER)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickling_drops_the_digits_and_keeps_what_was_known(protocol: int) -> None:
    stored = pickle.dumps(OUTCOME, protocol)
    assert DIGITS.encode() not in stored
    assert b"2899" not in stored
    back = pickle.loads(stored)
    number = back.cards[0].reading.number
    assert (number.masked, number.checksum_valid, number.registrar_score) == (MASKED, True, 0.0)
    assert back.to_dict() == OUTCOME.to_dict()
    for door in (IdNumber.reveal, reveal_grouped, lambda number: person_hash(number, bytes(32))):
        with pytest.raises(InvalidNumber, match="Detector"):
            door(number)


def test_numbers_without_digits_compare_by_what_they_kept() -> None:
    once, again = (pickle.loads(pickle.dumps(NUMBER)) for _ in range(2))
    assert once == again
    assert hash(once) == hash(again)
    assert once != NUMBER
    assert pickle.loads(pickle.dumps(once)) == once
    assert once != pickle.loads(pickle.dumps(IdNumber("1289900000126")))


def test_numbers_with_digits_compare_by_them() -> None:
    assert IdNumber("1 2899 00000 12 5") == NUMBER
    assert IdNumber("2289900000125") != NUMBER
    assert DIGITS != NUMBER
    assert len({NUMBER, IdNumber(DIGITS)}) == 1


def test_copies_stay_in_the_process_and_keep_the_digits() -> None:
    assert copy.copy(NUMBER).reveal() == copy.deepcopy(NUMBER).reveal() == DIGITS


@pytest.mark.parametrize("field", ["masked", "_digits", "registrar_score"])
def test_a_number_does_not_change(field: str) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(NUMBER, field, "0")
    with pytest.raises(dataclasses.FrozenInstanceError):
        delattr(NUMBER, field)


def test_revealing_is_an_explicit_call() -> None:
    assert find_numbers(DIGITS)[0].reveal() == DIGITS
    assert reveal_grouped(NUMBER) == "1-2899-00000-12-5"


def test_an_error_about_a_number_does_not_hold_it() -> None:
    for text in (DIGITS + "9", DIGITS[:-1], DIGITS.replace("5", "S")):
        with pytest.raises(InvalidNumber) as caught:
            IdNumber(text)
        assert not leaks("".join(traceback.format_exception(caught.value)))
