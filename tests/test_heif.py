"""Holes in HEIC and AVIF files: found where they are, and nowhere in what libheif and libavif write."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image, features

from thaiid_detect.heif import heif_is_whole

CARD = (Path(__file__).parent / "data/documents/card.heic").read_bytes()


def box(name: bytes, content: bytes) -> bytes:
    return (8 + len(content)).to_bytes(4, "big") + name + content


def heic(*pictures: list[bytes], version: int = 0, wide: int = 4, kind: bytes = b"hvc1", method: int = 0) -> bytes:
    """A HEIC file of coded pictures, each a list of units; as much of it as says where those lie."""
    coded = [b"".join(len(unit).to_bytes(wide, "big") + unit for unit in units) for units in pictures]
    big = 4 if version == 2 else 2

    def build(start: int) -> bytes:
        places, at = b"", start
        for number, each in enumerate(coded, 1):
            places += number.to_bytes(big, "big") + (method.to_bytes(2, "big") if version else b"") + bytes(2)
            places += (1).to_bytes(2, "big") + at.to_bytes(4, "big") + len(each).to_bytes(4, "big")
            at += len(each)
        iloc = bytes([version, 0, 0, 0, 0x44, 0]) + len(coded).to_bytes(big, "big") + places
        infos = b"".join(
            box(b"infe", b"\2\0\0\0" + n.to_bytes(2, "big") + b"\0\0" + kind) for n in range(1, 1 + len(coded))
        )
        setup = box(b"hvcC", bytes(21) + bytes([0xFC | wide - 1]) + bytes(20))
        inside = (
            box(b"iinf", bytes(4) + len(coded).to_bytes(2, "big") + infos) + box(b"iloc", iloc) + box(b"iprp", setup)
        )
        return box(b"ftyp", b"heic" + bytes(4)) + box(b"meta", bytes(4) + inside)

    start = len(build(0)) + 8
    return build(start) + box(b"mdat", b"".join(coded))


UNIT = b"\x28\x01\xaf\x00\x00\x03\x00\x80"
HOLE = b"\x28\x01\xaf\x00\x00\x00\x00\x80"


def test_a_sound_file_is_whole() -> None:
    assert heif_is_whole(CARD)
    heif = pytest.importorskip("pillow_heif")
    for mode, size in (("RGB", (640, 480)), ("RGB", (64, 64)), ("RGBA", (300, 200)), ("L", (1500, 900))):
        file = io.BytesIO()
        heif.from_pillow(Image.new(mode, size, 200)).save(file)  # flat: as many zeros as can be
        assert heif_is_whole(file.getvalue())


@pytest.mark.parametrize("version", [0, 1, 2])
@pytest.mark.parametrize("wide", [1, 2, 4])
def test_pictures_wherever_they_lie(version: int, wide: int) -> None:
    assert heif_is_whole(heic([UNIT, UNIT], [UNIT], version=version, wide=wide))
    assert not heif_is_whole(heic([UNIT, UNIT], [HOLE], version=version, wide=wide))
    assert not heif_is_whole(heic([UNIT, UNIT + b"\0"], version=version, wide=wide))


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
@pytest.mark.parametrize("quality", [1, 50, 100])
def test_an_av1_picture_has_its_end(quality: int) -> None:
    for image in (Image.new("RGB", (1200, 900), "white"), Image.effect_noise((300, 200), 60).convert("RGB")):
        file = io.BytesIO()
        image.save(file, "AVIF", quality=quality)
        assert heif_is_whole(file.getvalue())
        assert not heif_is_whole(file.getvalue()[:-20] + bytes(20))


def test_a_chain_that_does_not_fit_is_broken() -> None:
    file = heic([UNIT, UNIT])
    at = file.rindex(UNIT) - 1
    for length in (7, 9, 0):
        assert not heif_is_whole(file[:at] + bytes([length]) + file[at + 1 :])


def test_other_items_may_hold_anything() -> None:
    assert heif_is_whole(heic([HOLE], kind=b"Exif"))
    assert heif_is_whole(heic([HOLE], version=1, method=1))
    assert heif_is_whole(b"")
    assert heif_is_whole(heic([UNIT])[:60])


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_zeros_and_pieces_lost_are_found(share: float) -> None:
    at = 416 + round(share * (len(CARD) - 416))
    assert not heif_is_whole(CARD[:at] + bytes(40) + CARD[at + 40 :])
    assert not heif_is_whole(CARD[:at] + bytes(len(CARD) - at))
