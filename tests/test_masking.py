"""No member's name shows a number."""

from __future__ import annotations

import pytest

from thaiid_detect.masking import masked_name


@pytest.mark.parametrize(
    "name",
    [
        "1289900000125.jpg",
        "1-2899-00000-12-5.jpg",
        "1 2899 00000 12 5.jpg",
        "บัตร_1_2899_00000_12_5_front.jpg",
        "๑๒๘๙๙๐๐๐๐๐๑๒๕.jpg",
        "a/1289900000125/b.zip",
        "1289900000125001.jpg",
    ],
)
def test_a_number_in_a_name_is_masked(name: str) -> None:
    masked = masked_name(name)
    assert "X-XXXX-XXXXX-" in masked
    assert "899" not in masked
    assert "๘๙๙" not in masked


@pytest.mark.parametrize(
    "name", ["IMG_20160412_103321.jpg", "LINE_1460455200.jpg", "บัตร ก.jpg", "../../etc/passwd", ""]
)
def test_other_names_stay(name: str) -> None:
    assert masked_name(name) == name


def test_names_are_text_and_not_endless() -> None:
    assert masked_name("\udcff.jpg") == "?.jpg"
    long = masked_name("a" * 1000 + "/card.jpg")
    assert len(long) == 401
    assert long.endswith("/card.jpg")
