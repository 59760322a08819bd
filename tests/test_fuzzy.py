"""Likeness under what OCR does to words."""

from __future__ import annotations

import pytest

from thaiid_detect.fuzzy import fold, likeness, ramp, words_of

TITLE = "Thai National ID Card"
THAI_TITLE = "บัตรประจำตัวประชาชน"


@pytest.mark.parametrize(
    "text",
    ["ThaiNationalIDCard", "THAI  NATIONAL ID-CARD", "Thal Natlonal lD Card", "ñ57U Thai National 1D Card Data", TITLE],
)
def test_the_title_survives_ocr(text: str) -> None:
    assert likeness(TITLE, fold(text)) > 0.9


@pytest.mark.parametrize(
    "text", ["", "ID", "Thai", "National", "Nationality Thai", "KINGDOM OF THAILAND", "MRZ<<<<LINE"]
)
def test_what_the_text_lacks_counts(text: str) -> None:
    assert likeness(TITLE, fold(text)) < 0.7


@pytest.mark.parametrize(
    "text", [THAI_TITLE, "บ ั ต ร ป ร ะ จ ํ า ต ั ว ป ร ะ ชา ชน", "4) บตรประจาตวประชาชน Thai National"]
)
def test_thai_is_compared_without_the_marks_that_readers_drop(text: str) -> None:
    assert likeness(THAI_TITLE, fold(text)) > 0.95


def test_the_best_part_of_a_long_line_counts() -> None:
    assert likeness("Date of Birth", fold("Date of Birth 1 Jan. 2000")) == 1.0


def test_words_of_keeps_whole_words_only() -> None:
    assert "VISA" not in words_of("advisable 12")
    assert "VISA" in words_of("VlSA 4000")


@pytest.mark.parametrize(("value", "expected"), [(0.5, 0.0), (0.7, 0.0), (0.8, 0.5), (0.9, 1.0), (1.0, 1.0)])
def test_ramp(value: float, expected: float) -> None:
    assert ramp(value, 0.7, 0.9) == pytest.approx(expected)
