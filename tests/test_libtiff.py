"""Damaged TIFFs of which libtiff makes a whole picture: each frame that is not what was written is a damage."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image, ImageDraw, features

from thaiid_detect.image import open_picture
from thaiid_detect.libtiff import fax_has_hole, libtiff_errors
from thaiid_detect.records import Reason

pytestmark = pytest.mark.skipif(not features.check("libtiff"), reason="this Pillow has no libtiff")


def page(seed: int) -> Image.Image:
    """Something like print, in black and white."""
    chance, image = random.Random(seed), Image.new("1", (600, 400), 1)
    draw = ImageDraw.Draw(image)
    for _ in range(300):
        x, y = chance.randrange(580), chance.randrange(390)
        draw.rectangle((x, y, x + chance.randrange(2, 20), y + chance.randrange(1, 9)), fill=0)
    return image


def tiff(compression: str = "group4") -> bytes:
    file = io.BytesIO()
    page(1).save(file, "TIFF", compression=compression, save_all=True, append_images=[page(2)])
    return file.getvalue()


def damages(data: bytes) -> list[Reason | None]:
    """Of both frames, each decoded small first and then large, as the detector does."""
    picture = open_picture(data)
    found = []
    for frame in (0, 1):
        for side in (100, None):
            picture.decode(frame, side)
        found.append(picture.damage(frame))
    return found


def strip_of(data: bytes, frame: int) -> tuple[int, int]:
    image = Image.open(io.BytesIO(data))
    image.seek(frame)
    tags = image.tag_v2  # type: ignore[attr-defined]
    return int(tags[273][0]), int(tags[279][0])


@pytest.mark.parametrize("compression", ["group3", "group4", "packbits", "tiff_lzw", "tiff_adobe_deflate", "raw"])
def test_a_whole_tiff_has_no_damage(compression: str) -> None:
    before = libtiff_errors()
    assert damages(tiff(compression)) == [None, None]
    assert libtiff_errors() == before


@pytest.mark.parametrize("frame", [0, 1])
def test_a_damaged_page_of_a_fax_is_told_and_the_other_is_not(frame: int, capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(tiff())
    start, length = strip_of(bytes(data), frame)
    chance = random.Random(5)
    data[start + length // 3 : start + length // 2] = chance.randbytes(length // 2 - length // 3)
    assert [damage is not None for damage in damages(bytes(data))] == [frame == 0, frame == 1]
    assert capfd.readouterr().err == ""


def test_zeros_in_a_fax_are_told(capfd: pytest.CaptureFixture[str]) -> None:
    data = bytearray(tiff())
    start, length = strip_of(bytes(data), 0)
    data[start + length // 2 : start + length // 2 + 40] = bytes(40)
    assert damages(bytes(data)) == [Reason.CORRUPT, None]


def test_what_fills_a_strip_up_is_no_hole() -> None:
    assert not fax_has_hole([b"\x26\x00\x10\x01\x00\x10\x01", b"\x26\xa1" + bytes(30)])
    assert fax_has_hole([b"\x26\xa1", b"\x26\0\0\0\xa1"])
    assert not fax_has_hole([])
