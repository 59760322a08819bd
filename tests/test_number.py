"""The number: parsing, check digit against python-stdnum, structure, finding in text, the key that counts people.

Numbers here belong to nobody: their province code (digits 2-3) does not exist, or their check digit is wrong.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from stdnum import ean
from stdnum.th import pin

from thaiid_detect.errors import InvalidNumber, SetupError
from thaiid_detect.number import (
    IdNumber,
    check_digit,
    compact,
    find_numbers,
    is_valid,
    load_person_key,
    person_hash,
    reveal_grouped,
    state_directory,
)

VALID = "1289900000125"
TWELVE = st.text("0123456789", min_size=12, max_size=12)
THAI = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


@pytest.mark.parametrize(
    "written",
    [
        VALID,
        "1 2899 00000 12 5",
        "1-2899-00000-12-5",
        "1.2899.00000.12.5",
        "1\u00a02899–00000—12‑5",
        " ๑ ๒๘๙๙ ๐๐๐๐๐ ๑๒ ๕\t",
        "๑-2899-๐๐๐๐๐-12-5",
    ],
)
def test_what_people_and_readers_write_is_one_number(written: str) -> None:
    assert compact(written) == VALID
    assert IdNumber(written) == IdNumber(VALID)
    assert is_valid(written)


@pytest.mark.parametrize(
    "written", ["", "128990000012", "12899000001255", "1289900000l25", "1/2899/00000/12/5", "²" * 13]
)
def test_anything_else_is_refused_without_being_repeated(written: str) -> None:
    with pytest.raises(InvalidNumber) as caught:
        IdNumber(written)
    assert not written or written not in str(caught.value)
    assert caught.value.__cause__ is None
    assert not is_valid(written)


@given(TWELVE)
@example("0" * 12)
def test_the_check_digit_is_that_of_the_published_formula_and_of_stdnum(twelve: str) -> None:
    total = sum((13 - i) * int(digit) for i, digit in enumerate(twelve))
    digit = check_digit(twelve)
    assert digit == str((11 - total % 11) % 10)
    assert [last for last in "0123456789" if is_valid(twelve + last)] == [digit]
    assume(twelve[0] not in "09")  # which stdnum refuses, and cards have
    assert pin.is_valid(twelve + digit)


@given(TWELVE, st.integers(0, 11), st.integers(1, 9))
def test_a_wrong_third_digit_never_shows(twelve: str, place: int, change: int) -> None:
    wrong = twelve[:place] + str((int(twelve[place]) + change) % 10) + twelve[place + 1 :]
    if place == 2:
        assert check_digit(wrong) == check_digit(twelve)


@pytest.mark.parametrize("twelve", ["12899000001", "1289900000125", "12899000001x", "๑28990000012"])
def test_a_check_digit_needs_twelve_digits(twelve: str) -> None:
    with pytest.raises(InvalidNumber):
        check_digit(twelve)


@pytest.mark.parametrize(
    ("digits_2_to_5", "score"),
    [("2201", 1.0), ("5201", 1.0), ("5801", 1.0), ("1050", 1.0), ("9699", 1.0), ("1060", 0.6), ("1000", 0.3)]
    + [(f"{province:02}01", 0.0) for province in (0, 9, 28, 29, 59, 68, 69, 78, 79, 87, 88, 89, 97, 98, 99)],
)
def test_the_registrar_is_a_score(digits_2_to_5: str, score: float) -> None:
    twelve = f"1{digits_2_to_5}0000001"
    nobodys = twelve + str((int(check_digit(twelve)) + 1) % 10)
    assert IdNumber(nobodys).registrar_score == score


def test_77_provinces_are_in_use() -> None:
    assert sum(IdNumber(f"1{province:02}0100000001").registrar_score > 0 for province in range(100)) == 77


@pytest.mark.parametrize(
    "line",
    [
        "1 2899 00000 12 5",
        "เลขประจำตัวประชาชน1289900000125ชื่อ",
        "IdentificationNumber 1-2899-00000-12-5.",
        "No. ๑ ๒๘๙๙ ๐๐๐๐๐ ๑๒ ๕",
        "1 - 2899 - 00000 - 12 - 5",
        "1 2899 0000012 5",
        "12 1 2899 00000 12 5 31/12/2567",
    ],
)
def test_a_number_is_found_in_every_grouping_that_readers_give(line: str) -> None:
    assert find_numbers(line) == (IdNumber(VALID),)


@pytest.mark.parametrize(
    "line",
    [
        "12899000001250",  # 14 digits
        "01289900000125",
        "1234-56-78901234",  # the request number under the portrait
        "4000 1234 5678 9010",  # a bank card
        "0812345678 123",  # a telephone number and something else: one gap is not a grouping
        "12899 00000125",
        "08-1234-5678",
        "12-1-2899-00000-12-5",  # part of a longer hyphenated code
        "1-2899-00000-12-5-7",
        "1289900000125.50",  # an amount
        "31/12/2567 1 2899",
        "",
    ],
)
def test_other_digits_are_not_a_number(line: str) -> None:
    assert find_numbers(line) == ()


def test_one_gap_is_a_grouping_where_nothing_else_can_stand() -> None:
    for line in ("12899 00000125", "1 289900000125", "No 12899 00000125"):
        assert find_numbers(line, one_gap=True) == (IdNumber(VALID),)
    assert find_numbers("128 9900000125", one_gap=True) == ()  # not where the card has a gap


@pytest.mark.parametrize("line", ["UA1289900000125N", "1289900000125u", "s1289900000125"])
def test_unbroken_digits_within_a_word_are_no_number(line: str) -> None:
    assert find_numbers(line, one_gap=True) == ()
    assert find_numbers(line.replace("1289900000125", "1-2899-00000-12-5")) == (IdNumber(VALID),)


def test_digits_right_before_a_number_with_all_its_gaps_are_a_misread_label() -> None:
    line = "La2U051|50701 2899 00000 12 5"
    assert find_numbers(line, one_gap=True) == (IdNumber(VALID),)
    assert find_numbers(line) == ()  # anywhere else it may be anything
    assert find_numbers("507012899 00000 12 5", one_gap=True) == ()
    assert find_numbers("01 2899 00000 12 51", one_gap=True) == ()


def test_a_thai_barcode_is_not_a_number_but_the_printed_grouping_is() -> None:
    barcode = "885899000012" + ean.calc_check_digit("885899000012")
    grouped = "-".join((barcode[0], barcode[1:5], barcode[5:10], barcode[10:12], barcode[12]))
    assert find_numbers(barcode) == ()
    assert find_numbers(grouped) == (IdNumber(barcode),)
    wrong = barcode[:-1] + str((int(barcode[-1]) + 1) % 10)
    assert find_numbers(wrong) == (IdNumber(wrong),)


def test_all_numbers_of_a_line_are_found_in_their_order() -> None:
    other = "2899900000019"
    found = find_numbers(f"{VALID} และ 2 8999 00000 01 9, {VALID}")
    assert found == (IdNumber(VALID), IdNumber(other), IdNumber(VALID))


@given(TWELVE.filter(lambda digits: not digits.startswith("885")), st.sampled_from(["", " ", "-", "  ", " - ", "."]))
def test_any_number_is_found_again_as_it_was_written(twelve: str, gap: str) -> None:
    number = IdNumber(twelve + check_digit(twelve))
    written = reveal_grouped(number).replace("-", gap)
    assert find_numbers(f"เลข {written} วันเกิด") == (number,)
    assert find_numbers(f"เลข {written.translate(THAI)} วันเกิด") == (number,)


def test_a_person_is_the_same_under_one_key_and_nobody_under_another() -> None:
    key, other = bytes(range(32)), bytes(32)
    person = person_hash(IdNumber(VALID), key)
    assert len(person) == 64
    assert person == person_hash(IdNumber("๑-2899-00000-12-5"), key)
    assert person != person_hash(IdNumber(VALID), other)
    with pytest.raises(SetupError):
        person_hash(IdNumber(VALID), b"short")


def test_the_key_is_made_once_and_only_for_its_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    key = load_person_key()
    path = tmp_path / "thaiid-detect" / "person.key"
    assert path.read_bytes() == key == load_person_key() == load_person_key(path)
    assert len(key) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["person.key"]


def test_processes_that_race_get_one_key(tmp_path: Path) -> None:
    paths = [tmp_path / "state" / "person.key"] * 16
    with ThreadPoolExecutor(16) as pool:
        assert len(set(pool.map(load_person_key, paths))) == 1


@pytest.mark.parametrize("size", [0, 31, 33])
def test_a_key_of_another_length_is_refused(tmp_path: Path, size: int) -> None:
    path = tmp_path / "person.key"
    path.write_bytes(bytes(size))
    path.chmod(0o600)
    with pytest.raises(SetupError, match="32 bytes"):
        load_person_key(path)


@pytest.mark.skipif(os.name != "posix", reason="file modes")
def test_a_key_that_others_can_read_is_refused_with_the_remedy(tmp_path: Path) -> None:
    path = tmp_path / "person.key"
    path.write_bytes(bytes(32))
    path.chmod(0o640)
    with pytest.raises(SetupError, match="chmod 600"):
        load_person_key(path)


def test_a_key_that_cannot_be_used_is_a_setup_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    with pytest.raises(SetupError, match="cannot be used"):
        load_person_key(tmp_path / "file" / "person.key")
    with pytest.raises(SetupError, match="cannot be used"):
        load_person_key(tmp_path)


def test_the_state_directory_follows_xdg(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", "relative/path")
    assert state_directory() == tmp_path / ".local" / "state" / "thaiid-detect"
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert state_directory() == tmp_path / "state" / "thaiid-detect"
