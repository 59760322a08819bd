"""Words of other documents, and the codes of a back."""

from __future__ import annotations

import pytest

from thaiid_detect.vocabulary import LABELS, back_code_score, foreign_score


@pytest.mark.parametrize(
    "text",
    [
        "PRIVATE CAR DRIVING LICENCE",
        "Drlving Llcense",
        "PASSPORT / PASSEPORT",
        "P<UTOERIKSSON<<ANNA<MARIA<<<<<<",
        "TAX INVOICE",
        "REPUBLIC OF SINGAPORE",
        "4000 1234 5678 9010",
        "ใบอนุญาตขับรถยนต์ส่วนบุคคล",
        "หนังสือเดินทาง",
        "บัตรประจำตัวผู้เสียภาษีอากร",
        "บัตรประจำตัวคนพิการ",
        "บัตรประจำตัวจิตอาสา",
        "บตรประจาตวลกเสอ",
        "บัตรพนักงานชั่วคราว",
        "VALID THRU 12/20",
    ],
)
def test_one_line_of_another_document_tells(text: str) -> None:
    assert foreign_score([(text, 0.95)]) >= 0.6


@pytest.mark.parametrize(
    "text",
    [
        "Thai National ID Card Data",
        "Identification Number",
        "1 2899 00000 12 5",
        "Name Mr. Somsak",
        "Last name Rakthai",
        "Date of Birth 21 Jun. 1996",
        "Date of Issue",
        "Date of Expiry",
        "1234-56-78901234",
        "JT0-0000000-00",
        "99/1 Nlg bigun abnaT1",
        "เจ้าพนักงานออกบัตร",
        "บัตรประจำตัวประชาชน",
        "บตรประจาตวประซาซน",
        "บัตรประจำตัวประชาชนอิเล็กทรอนิกส์",
        "บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย",
        "บัตรประจำตัวบุคคลผู้ไม่มีสถานะทางทะเบียน",
        "บัตรประจำตัวคนซึ่งไ ไทย",
        "บัตรประจำตัว",
    ],
)
def test_no_line_of_an_id_card_does(text: str) -> None:
    assert foreign_score([(text, 0.95)]) <= 0.1


def test_signs_add_up_and_repeats_do_not() -> None:
    one = foreign_score([("Kingdom of Thailand", 0.9)])
    assert foreign_score([("Kingdom of Thailand", 0.9)] * 3) == one
    assert one < foreign_score([("Kingdom of Thailand", 0.9), ("Driver", 0.9)]) < 1.0


def test_foreign_letters_count_only_where_the_reader_is_sure() -> None:
    assert foreign_score([("身份证号码", 0.95)]) > 0.5
    assert foreign_score([("身份证号码", 0.5)]) == 0.0


@pytest.mark.parametrize(
    ("text", "score"),
    [
        ("JT0-0000000-00", 1.0),
        ("JTO - 00OO000-0O", 1.0),
        ("JC0.0000000-00", 1.0),
        ("ME1000000000", 0.7),
        ("BORA-3-01/01", 0.8),
        ("THAILAND", 0.0),
        ("JT0-0000000-001", 0.0),
        ("AJT0-0000000-00", 0.0),
        ("1234-56-78901234", 0.0),
    ],
)
def test_back_codes(text: str, score: float) -> None:
    assert back_code_score(text) == score


@pytest.mark.parametrize(("text", "confidence"), [("lA2195152979715272n", 0.95), ("4000 1234 5678 9010", 0.6)])
def test_thai_read_as_a_long_number_is_no_bank_card(text: str, confidence: float) -> None:
    assert foreign_score([(text, confidence)]) == 0.0


def test_zones_are_sound() -> None:
    for phrases, (x0, y0, x1, y1) in LABELS:
        assert phrases
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
