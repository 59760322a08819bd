"""The fonts of which only digits are kept: each draws every digit, and each digit otherwise."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

FONTS = Path(__file__).parents[2] / "models" / "training" / "fonts"
FILES = sorted((FONTS / "digits").glob("*.ttf"))
SHIFTED = Path(__file__).parents[2] / "models" / "training" / "shifted" / "fonts"


def drawn(path: Path, char: str) -> bytes:
    sheet = Image.new("L", (60, 60), 255)
    ImageDraw.Draw(sheet).text((10, 5), char, font=ImageFont.truetype(str(path), 36), fill=0)
    return np.asarray(sheet).tobytes()


def test_there_are_many_and_each_is_licensed() -> None:
    notice = (FONTS / "licences" / "digits.txt").read_text(encoding="utf-8")
    assert len(FILES) >= 90
    assert all(f"{path.name}  " in notice for path in FILES)
    assert "SIL OPEN FONT LICENSE" in notice


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_font_draws_ten_different_digits(path: Path) -> None:
    empty = Image.new("L", (60, 60), 255).tobytes()
    shapes = {drawn(path, digit) for digit in "0123456789"}
    assert len(shapes) == 10
    assert empty not in shapes


def test_none_is_a_font_of_the_shifted_set() -> None:
    seen = {drawn(path, "3") for path in FILES}
    assert not seen & {drawn(path, "3") for path in SHIFTED.glob("*.ttf")}
