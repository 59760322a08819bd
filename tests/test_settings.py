"""Settings refuse what cannot be, and their fingerprint moves with everything that can change an answer."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

import thaiid_detect.settings
from thaiid_detect.errors import UsageError
from thaiid_detect.records import Mode
from thaiid_detect.settings import Settings

OTHER: dict[str, Any] = {
    "mode": Mode.RECALL,
    "max_bytes": 1000,
    "max_pixels": 1000,
    "max_pages": 2,
    "max_members": 2,
    "max_depth": 2,
    "max_unpacked": 2,
    "max_ratio": 2,
    "second_reader": False,
    "item_seconds": 5,
}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("max_bytes", 0),
        ("max_bytes", 2**41),
        ("max_pixels", -1),
        ("max_pages", 0),
        ("max_members", 0),
        ("max_depth", -1),
        ("max_depth", 17),
        ("max_unpacked", 0),
        ("max_ratio", 0),
        ("max_pages", 1.5),
        ("max_pages", True),
        ("max_pages", "7"),
        ("item_seconds", 0),
        ("item_seconds", float("nan")),
        ("item_seconds", float("inf")),
        ("second_reader", "no"),
    ],
)
def test_a_value_out_of_range_is_a_usage_error_that_names_the_field(field: str, value: object) -> None:
    with pytest.raises(UsageError, match=field) as caught:
        Settings(**{field: value})
    assert caught.value.remedy


def test_a_mode_is_taken_by_its_name() -> None:
    assert Settings(mode="recall").mode is Mode.RECALL  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="recall, balanced, precision"):
        Settings(mode="fast")  # type: ignore[arg-type]


def test_of_replaces_the_mode_only_where_one_is_given() -> None:
    given = Settings(mode=Mode.RECALL, max_pages=7)
    assert Settings.of() == Settings()
    assert Settings.of(None, given) is given
    assert Settings.of("precision", given) == Settings(mode=Mode.PRECISION, max_pages=7)
    with pytest.raises(UsageError):
        Settings.of("fast")


def test_every_field_moves_the_fingerprint() -> None:
    assert OTHER.keys() == {field.name for field in dataclasses.fields(Settings)}
    prints = {Settings(**{name: value}).fingerprint() for name, value in OTHER.items()}
    assert len(prints | {Settings().fingerprint()}) == len(OTHER) + 1


def test_parts_and_version_move_the_fingerprint(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = Settings()
    prints = {plain.fingerprint(), plain.fingerprint("a", "b"), plain.fingerprint("b", "a"), plain.fingerprint("ab")}
    monkeypatch.setattr(thaiid_detect.settings, "__version__", "another")
    prints.add(plain.fingerprint())
    assert len(prints) == 5
    assert all(len(each) == 16 and int(each, 16) >= 0 for each in prints)


def test_equal_settings_have_equal_fingerprints() -> None:
    assert Settings(mode="recall").fingerprint("w") == Settings.of(Mode.RECALL).fingerprint("w")  # type: ignore[arg-type]
