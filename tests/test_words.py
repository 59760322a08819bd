"""From lines at their places to evidence. Every number here names a province that does not exist (28, 29, 68)."""

from __future__ import annotations

import pickle

import pytest

from thaiid_detect.lines import Box, TextLine
from thaiid_detect.number import IdNumber
from thaiid_detect.records import Reading
from thaiid_detect.words import Evidence, combine, interpret

TITLE_BOX: Box = (0.18, 0.03, 0.99, 0.11)
NUMBER_BOX: Box = (0.45, 0.12, 0.79, 0.18)
FOOT_BOX: Box = (0.75, 0.91, 0.94, 0.95)
VALID = "1 2899 00000 12 5"
INVALID = "1 2899 00000 12 4"

FRONT = (
    TextLine("515735 Thai National ID Card", 0.91, TITLE_BOX),
    TextLine(VALID, 0.98, NUMBER_BOX),
    TextLine("Identiflcatlon Number", 0.97, (0.18, 0.16, 0.44, 0.21)),
    TextLine("Name", 1.0, (0.31, 0.31, 0.39, 0.35)),
    TextLine("Last name Jaidee", 1.0, (0.31, 0.38, 0.58, 0.42)),
    TextLine("Date of Birth 1 Jan. 2000", 0.99, (0.34, 0.51, 0.68, 0.56)),
    TextLine("Date of Issue", 1.0, (0.11, 0.94, 0.27, 0.98)),
    TextLine("Date of Expiry", 1.0, (0.55, 0.93, 0.72, 0.99)),
    TextLine("1234-56-78901234", 1.0, FOOT_BOX),
)


def number_lines(*parts: str, confidence: float = 1.0) -> list[TextLine]:
    return [TextLine(part, confidence, (0.45 + 0.1 * i, 0.12, 0.54 + 0.1 * i, 0.18)) for i, part in enumerate(parts)]


def test_a_front() -> None:
    evidence = interpret(FRONT)
    assert evidence.title_english == 1.0
    assert evidence.labels == pytest.approx(6.0)
    assert evidence.reading == Reading(IdNumber(VALID), 0.98, checksum_valid=True)
    assert evidence.number_seen
    assert evidence.other_document == evidence.thailand == evidence.back_code == evidence.non_thai == 0.0


def test_the_order_of_lines_does_not_matter() -> None:
    assert interpret(FRONT[::-1]) == interpret(FRONT)


def test_a_back() -> None:
    lines = (
        TextLine("THAILAND", 1.0, (0.79, 0.48, 0.91, 0.52)),
        TextLine("JT0-0000000-00", 0.99, (0.32, 0.59, 0.69, 0.66)),
    )
    evidence = interpret(lines)
    assert evidence.thailand == 1.0
    assert evidence.back_code == 0.99
    assert evidence.reading.number is None


def test_no_lines_are_no_evidence() -> None:
    assert interpret(()) == Evidence()


def test_thailand_counts_alone_only() -> None:
    licence = interpret([TextLine("Kingdom of Thailand", 1.0, (0.6, 0.3, 0.9, 0.4))])
    assert licence.thailand == 0.0
    assert licence.other_document > 0.3


@pytest.mark.parametrize(
    "text", ["UsInAlng THAILAND", "THAILAND UszInFilng", "ประเทศไทย THAILAND", "ประเทศไทย/THAILAND", "ประเทศไทย"]
)
def test_thailand_counts_beside_its_thai_name_however_that_was_read(text: str) -> None:
    assert interpret([TextLine(text, 1.0, (0.6, 0.3, 0.9, 0.4))]).thailand > 0.9


@pytest.mark.parametrize(
    "text", ["Amazing THAILAND", "THAILAND Airlines", "Made in Thailand", "ท่องเที่ยวประเทศไทย", "Using THAILAND"]
)
def test_thailand_beside_other_words_is_no_sign(text: str) -> None:
    assert interpret([TextLine(text, 1.0, (0.6, 0.3, 0.9, 0.4))]).thailand == 0.0


def test_any_country_s_title_is_ours_where_thailand_is_named() -> None:
    title = TextLine("NATIONAL IDENTITY CARD", 1.0, (0.2, 0.1, 0.6, 0.15))
    ours = interpret([TextLine("KINGDOM OF THAILAND", 1.0, (0.2, 0.04, 0.6, 0.1)), title])
    assert ours.title_english == 1.0
    for country in ("KINGDOM OF LESOTHO", "REPUBLIC OF FINLAND", "SWITZERLAND"):
        assert interpret([TextLine(country, 1.0, (0.2, 0.04, 0.6, 0.1)), title]).title_english < 0.5
    alone = interpret([title])
    assert alone.title_english < 0.5


def test_words_away_from_their_place_count_less() -> None:
    away = interpret([TextLine("Thai National ID Card", 1.0, (0.2, 0.6, 0.8, 0.7))])
    assert 0.0 < away.title_english < 0.5
    label = interpret([TextLine("Date of Birth", 1.0, (0.7, 0.05, 0.9, 0.1))])
    assert 0.0 < label.labels < 0.5


def test_a_last_name_is_not_also_a_name() -> None:
    assert interpret([FRONT[4]]).labels == pytest.approx(1.0)


def test_the_thai_title() -> None:
    line = TextLine("บ ั ต ร ป ร ะ จ ํ า ต ั ว ป ร ะ ชา ชน", 0.9, TITLE_BOX)
    assert interpret([line]).title_thai == 1.0


@pytest.mark.parametrize("title", ["Non-Thai Identification Card", "Non-Thai ID Card", "บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย"])
def test_the_pink_card(title: str) -> None:
    lines = [TextLine(title, 0.9, TITLE_BOX), *number_lines("6 6899 00000 12 7")]
    evidence = interpret(lines)
    assert evidence.non_thai == 1.0
    assert evidence.title_thai <= 0.5


def test_a_thai_title_is_not_pink() -> None:
    assert interpret(FRONT).non_thai == interpret([TextLine("บัตรประจำตัวประชาชน", 0.9, TITLE_BOX)]).non_thai == 0.0


@pytest.mark.parametrize(
    "parts",
    [
        (VALID,),
        ("1289900000125",),
        ("1-2899-00000-12-5",),
        ("1", "2899 00000", "12 5"),
        ("No. 1 2899 00000 12 5",),
        ("12899 00000125",),
    ],
)
def test_the_groupings_that_are_read(parts: tuple[str, ...]) -> None:
    reading = interpret(number_lines(*parts)).reading
    assert reading.number == IdNumber(VALID)
    assert reading.checksum_valid


@pytest.mark.parametrize(
    "text",
    ["1234-56-78901234", "12 Jan. 2560", "21 .. 2539", "4000 1234 5678 9010", "1 289 900000 12 5", "X XXXX XXXXX"],
)
def test_what_is_never_read_as_the_number(text: str) -> None:
    assert interpret(number_lines(text)).reading == Reading()


def test_a_number_elsewhere_is_worth_less() -> None:
    evidence = interpret([TextLine(VALID, 1.0, (0.3, 0.6, 0.7, 0.66))])
    assert evidence.reading == Reading(IdNumber(VALID), pytest.approx(0.6), checksum_valid=True)
    assert evidence.number_seen
    assert interpret([TextLine("12899 00000125", 1.0, (0.3, 0.6, 0.7, 0.66))]).reading == Reading()
    both = interpret([TextLine(VALID, 1.0, (0.3, 0.6, 0.7, 0.66)), *number_lines(INVALID, confidence=0.7)])
    assert both.reading.number == IdNumber(INVALID)


@pytest.mark.parametrize("text", ["1234-56-78901234", "1234-56-7890123", "1289900000125"])
def test_the_request_number_is_not_the_number_even_with_a_digit_lost(text: str) -> None:
    assert interpret([TextLine(text, 1.0, FOOT_BOX)]) == Evidence()


def test_the_checksum_chooses_and_repairs_nothing() -> None:
    reading = interpret(number_lines(INVALID, confidence=0.9)).reading
    assert reading == Reading(IdNumber(INVALID), 0.9, checksum_valid=False)
    wrong_but_surer = [
        TextLine(INVALID, 0.9, NUMBER_BOX),
        TextLine(VALID, 0.8, (0.45, 0.2, 0.79, 0.26)),
    ]
    assert interpret(wrong_but_surer).reading.number == IdNumber(INVALID)


def test_letters_for_digits_cost_confidence() -> None:
    clean = interpret(number_lines(VALID)).reading.confidence
    one = interpret(number_lines("l 2899 00000 12 5")).reading
    three = interpret(number_lines("I 28990OO00 12 5")).reading
    assert one.number == three.number == IdNumber(VALID)
    assert clean > one.confidence > three.confidence
    assert interpret(number_lines("I 2899OOOOO 12 5")).reading == Reading()


def test_words_stay_words_beside_a_number_with_letters() -> None:
    assert interpret(number_lines("SOLO 1 2899 0000O 12 5")).reading.number == IdNumber(VALID)


def test_two_looks_that_agree_confirm_each_other() -> None:
    first, second = interpret(number_lines(VALID, confidence=0.6)), interpret(number_lines(VALID, confidence=0.7))
    both = combine(first, second)
    assert both.reading.number == IdNumber(VALID)
    assert both.reading.confidence == pytest.approx(1 - 0.4 * 0.3)
    assert both == combine(second, first)


def test_two_looks_that_differ_raise_doubt() -> None:
    both = combine(interpret(number_lines(VALID, confidence=0.9)), interpret(number_lines(INVALID, confidence=0.8)))
    assert both.reading.number == IdNumber(VALID)
    assert both.reading.confidence < 0.6


def test_combine_keeps_the_stronger_sign_of_each_kind() -> None:
    words = interpret([TextLine("บัตรประจำตัวประชาชน", 0.9, TITLE_BOX)])
    both = combine(interpret(FRONT), words)
    assert both.title_english == both.title_thai == 1.0
    assert both.reading == interpret(FRONT).reading
    assert combine(words, Evidence()) == words


def test_read_text_is_never_printed() -> None:
    assert VALID not in repr(FRONT[1])
    evidence = interpret(FRONT)
    for shown in (repr(evidence), str(evidence), repr(pickle.loads(pickle.dumps(evidence)))):
        assert "2899" not in shown
        assert "Jaidee" not in shown


@pytest.mark.parametrize(
    ("first", "alien"), [("0", True), ("6", True), ("7", True), ("8", True), ("1", False), ("3", False)]
)
def test_the_first_digit_tells_pink_cards(first: str, alien: bool) -> None:
    assert interpret([TextLine(f"{first} 2899 00000 12 5", 0.98, NUMBER_BOX)]).alien_number is alien


def test_of_two_numbers_the_likelier_counts_not_the_louder() -> None:
    """A reader that is 0.96 sure of each of 13 digits is wrong about every other number; it cannot outvote, by saying
    so twice, one that is 0.8 sure of all of them."""
    place = (0.45, 0.12, 0.79, 0.18)
    louder = interpret([TextLine("1 2899 00000 72 5", 0.96, place)])
    likelier = interpret([TextLine("1289900000125", 0.8, place, chance=0.8)])
    both = combine(louder, likelier)
    assert both.reading.number == likelier.reading.number
    assert both.reading.confidence == pytest.approx(0.8 * (1 - 0.96 / 2))
    assert combine(both, louder).reading.number == likelier.reading.number
    assert combine(likelier, louder).reading == both.reading


def test_readers_that_agree_on_a_number_are_likelier_right() -> None:
    place = (0.45, 0.12, 0.79, 0.18)
    one = interpret([TextLine("1 2899 00000 12 5", 0.9, place)])
    other = interpret([TextLine("1289900000125", 0.5, place, chance=0.5)])
    assert one.number_chance == pytest.approx(0.9**13)
    assert combine(one, other).number_chance == pytest.approx(1 - (1 - 0.9**13) * 0.5)


@pytest.mark.parametrize("label", ["เลขประจำตัวประชาชน", "เลขบัตรประจำตัวประชาชน", "เลขที่บัตรประชาชน", "หมายเลขบัตรประชาชน"])
def test_the_label_of_the_number_is_no_title(label: str) -> None:
    """Driving licences and forms have it, too; it is nearly all of the title."""
    line = TextLine(f"{label} 1 2899 00000 12 5", 0.9, (0.2, 0.12, 0.9, 0.18))
    assert interpret([line]).title_thai == 0.0
    title = TextLine("บัตรประจำตัวประชาชน", 0.9, (0.2, 0.03, 0.9, 0.1))
    assert interpret([line, title]).title_thai == 1.0
    joined = TextLine(f"{title.text} {label}", 0.9, title.box)
    assert interpret([joined]).title_thai == 1.0


@pytest.mark.parametrize("read", ["ลประจาตวประชาชน", "ขอนลประจาตวประชาชน", "ลขประจาตวประชาช"])
def test_the_label_of_the_number_is_no_title_where_letters_of_it_were_lost(read: str) -> None:
    assert interpret([TextLine(read, 0.85, TITLE_BOX)]).title_thai <= 0.1


@pytest.mark.parametrize("read", ["ขอนลบตรประจาตวประชาชน", "ขอนบลบตรประจาตวประชาชน", "ขอมลบตรประจาตวประชาชน"])
def test_the_title_of_a_card_readers_print_out_is_not_taken_for_the_label(read: str) -> None:
    """`ข้อมูลบัตรประจำตัวประชาชน`, as the Thai reader wrote it on two sharp scans that were missed for it."""
    assert interpret([TextLine(read, 0.88, TITLE_BOX)]).title_thai == 1.0


def test_a_title_without_its_first_word_may_be_the_label() -> None:
    assert 0.0 < interpret([TextLine("ประจาตวประชาชน", 0.85, TITLE_BOX)]).title_thai < 0.5
    assert interpret([TextLine("บตรประจาตวปะาช", 0.74, TITLE_BOX)]).title_thai >= 0.5


@pytest.mark.parametrize(("right", "title"), [((0.55, 0.01, 0.7, 0.07), True), ((0.55, 0.16, 0.7, 0.22), False)])
def test_the_halves_of_a_title_that_lies_askew_are_one(right: tuple[float, ...], title: bool) -> None:
    halves = [TextLine("บัตรประจำตัว", 0.92, (0.19, 0.05, 0.42, 0.12)), TextLine("ประชาชน", 0.85, right)]
    assert (interpret(halves).title_thai >= 0.5) is title


def test_the_halves_of_anothers_title_speak_against_the_card() -> None:
    halves = [TextLine("บัตรประจำตัว", 0.92, (0.19, 0.05, 0.42, 0.12)), TextLine("คนพิการ", 0.9, (0.5, 0.04, 0.7, 0.1))]
    assert interpret(halves).other_document >= 0.8


@pytest.mark.parametrize(
    ("title", "ours"),
    [
        ("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", True),
        ("บตรประจาตวอกมซงใมมสญชาไทย", True),  # as our reader of Thai read white letters on pink
        ("บัตรประจำตัวบุคคลซึ่งไม่มีสัญชาติไทย", True),
        ("บัตรประจำตัวพนักงานรัฐวิสาหกิจ", False),
        ("บัตรประจำตัวผู้เสียภาษี", False),
        ("สัญชาติไทย", False),
    ],
)
def test_a_pink_cards_title_is_known_though_misread(title: str, ours: bool) -> None:
    evidence = interpret((TextLine(title, 0.8, (0.2, 0.03, 0.9, 0.12)),))
    assert (evidence.non_thai >= 0.5) is ours
