"""The records compare, hash, pickle, and print as JSON rows of a fixed shape."""

from __future__ import annotations

import dataclasses
import json
import pickle

import pytest

from thaiid_detect.number import IdNumber
from thaiid_detect.records import SCHEMA, Card, Item, Mode, Outcome, Quad, Reading, Reason, Side, Verdict

QUAD = Quad(((10, 20), (110, 20.04), (110, 80), (10, 80)))
VALID, INVALID = IdNumber("1289900000125"), IdNumber("1289900000126")
ROW = [
    "schema",
    "uri",
    "size",
    "version",
    "exposure",
    "sha256",
    "media_type",
    "pages",
    "verdict",
    "reason",
    "score",
    "number_seen",
    "cards",
    "model",
    "mode",
    "elapsed_ms",
]
ITEM = Item("store/a.jpg", 5, "123")


def test_the_row_has_the_promised_fields_in_their_order() -> None:
    outcome = Outcome(ITEM, Verdict.ID_CARD, Reason.WORDS, 0.98764, (Card(Side.FRONT, QUAD, 0.5),), sha256="ab")
    row = outcome.to_dict()
    assert list(row) == ROW
    assert row["schema"] == SCHEMA
    assert (row["uri"], row["size"], row["version"]) == ("store/a.jpg", 5, "123")
    assert (row["verdict"], row["reason"], row["mode"]) == ("id_card", "words", "balanced")
    assert row["score"] == 0.9876
    assert list(row["cards"][0]) == ["page", "side", "score", "quad", "number", "checksum", "person", "member"]
    assert row["cards"][0]["quad"][1] == [110, 20.0]
    assert json.loads(json.dumps(row)) == row


@pytest.mark.parametrize(
    ("reading", "number", "checksum"),
    [
        (Reading(), None, "unread"),
        (Reading(VALID, 0.9, True), "X-XXXX-XXXXX-12-5", "valid"),
        (Reading(INVALID, 0.9, False), "X-XXXX-XXXXX-12-6", "invalid"),
    ],
)
def test_a_card_tells_what_was_read_without_the_digits(reading: Reading, number: str | None, checksum: str) -> None:
    row = Card(Side.BACK, QUAD, 1.0, reading=reading).to_dict()
    assert (row["number"], row["checksum"]) == (number, checksum)


@pytest.mark.parametrize(
    "record",
    [
        ITEM,
        QUAD,
        Reading(confidence=0.5),
        Card(Side.PINK, QUAD, 0.25, page=3, person="cd"),
        Outcome(ITEM, Verdict.UNANALYSED, Reason.TRUNCATED, mode=Mode.RECALL),
    ],
    ids=lambda record: type(record).__name__,
)
def test_records_are_values(record: object) -> None:
    back = pickle.loads(pickle.dumps(record))
    assert back == record
    assert hash(back) == hash(record)
    assert not hasattr(record, "__dict__")
    name = dataclasses.fields(record)[0].name  # type: ignore[arg-type]
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(record, name, None)


def test_enums_are_their_text() -> None:
    assert f"{Verdict.CLEAR} {Side.FRONT} {Mode.RECALL} {Reason.NO_CARD}" == "clear front recall no_card"
