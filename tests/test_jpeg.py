"""JPEG headers and scans, and the holes that libjpeg fills with grey in silence."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw

from thaiid_detect.document import open_document
from thaiid_detect.image import decode, probe
from thaiid_detect.jpeg import jpeg_header, jpeg_scans, runs_on
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings

REGRESSIONS = Path(__file__).parent / "data" / "regressions"
KINDS: list[dict[str, Any]] = [
    {},
    {"optimize": True},
    {"progressive": True},
    {"subsampling": 2, "optimize": True},
    {"subsampling": 0, "quality": 95},
    {"restart_marker_rows": 1, "optimize": True},
]


def picture(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(file, kind, **options)
    return file.getvalue()


def saved(image: Image.Image, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", **options)
    return file.getvalue()


def busy() -> Image.Image:
    """400 x 300, with detail everywhere."""
    noise = np.random.default_rng(0).integers(0, 256, (75, 100, 3), np.uint8)
    return Image.fromarray(noise).resize((400, 300), Image.Resampling.BICUBIC)


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"optimize": True, "restart_marker_rows": 1}])
def test_the_header_of_a_jpeg(options: dict[str, object]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    header = jpeg_header(picture("JPEG", exif=exif, **options))
    assert header is not None
    assert (header.width, header.height, header.turn) == (64, 48, 6)


def test_fill_bytes_and_foreign_segments_are_passed_over() -> None:
    data = picture("JPEG")
    strange = data[:2] + b"\xff\xff\xff\xe2\0\x06\xff\xda\xff\xd9" + b"\xff\x01" + data[2:]
    header = jpeg_header(strange)
    assert header is not None
    assert (header.width, header.height) == (64, 48)


@pytest.mark.parametrize(
    "data", [b"\xff\xd8\xff", b"\xff\xd8\xff\xd9\0\0", b"\xff\xd8\xff\xda\0\x02\0\0\0", b"\xff\xd8" + b"\xff" * 99]
)
def test_a_jpeg_without_size_or_scan_has_no_header(data: bytes) -> None:
    assert jpeg_header(data) is None


def test_the_end_of_the_thumbnail_is_not_the_end_of_the_jpeg() -> None:
    data = picture("JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\0" + picture("JPEG"))
    assert probe(data).complete
    assert probe(data[:-20]).damage is Reason.TRUNCATED


@pytest.mark.parametrize("options", KINDS)
def test_whole_pictures_are_whole(options: dict[str, Any]) -> None:
    data = saved(busy(), **options)
    for whole in (data, data + bytes(5000), data + data, data[:-2] + b"\xff" * 3000 + data[-2:]):
        assert probe(whole).complete


@pytest.mark.parametrize("options", KINDS)
@pytest.mark.parametrize("fill", [0x00, 0xFF, 0xA5, None])
def test_a_hole_up_to_the_end_is_told(options: dict[str, Any], fill: int | None) -> None:
    data = saved(busy(), **options)
    size = len(data) - 2 - len(data) // 3
    noise = np.random.default_rng(1).integers(0, 256, size, np.uint8).tobytes()
    hole = data[: len(data) // 3] + (noise if fill is None else bytes([fill]) * size) + data[-2:]
    assert probe(hole).damage is not None
    assert decode(hole, min_side=100).pixels.shape[2] == 3
    assert open_document(hole, Settings()).damage is not None


def test_the_hole_that_was_reported() -> None:
    hole = (REGRESSIONS / "hole_of_zeros.jpg").read_bytes()
    assert (probe(hole).complete, probe(hole).damage) == (False, Reason.CORRUPT)
    assert open_document(hole, Settings()).damage is Reason.CORRUPT


def test_of_a_picture_with_a_hole_of_noise_the_upper_part_is_shown() -> None:
    data = saved(busy())
    noise = np.random.default_rng(1).integers(0, 256, len(data) // 3, np.uint8).tobytes()
    pixels = decode(data[: len(data) - len(noise)] + noise).pixels
    assert np.abs(pixels[:150].astype(int) - np.asarray(busy())[:150]).mean() < 12


@pytest.mark.parametrize("options", [*KINDS, {"quality": 5, "optimize": True}])
@pytest.mark.parametrize("colour", [(255, 255, 255), (128, 128, 128), (0, 0, 0), (254, 250, 240)])
def test_blank_and_nearly_blank_paper_is_whole(options: dict[str, Any], colour: tuple[int, int, int]) -> None:
    blank = Image.new("RGB", (1240, 1754), colour)
    written = blank.copy()
    ImageDraw.Draw(written).text((100, 100), "page 1", fill=(90, 90, 90))
    bottom = blank.copy()
    bottom.paste(busy(), (0, 1400))
    for image in (blank, written, bottom, blank.convert("L")):
        assert probe(saved(image, **options)).complete


def test_blank_paper_does_hold_runs() -> None:
    data = saved(Image.new("RGB", (1240, 1754), "white"), optimize=True)
    header = jpeg_header(data)
    assert header is not None
    assert runs_on(data, header.scan, jpeg_scans(data, header).end)


@pytest.mark.parametrize("optimize", [False, True])
def test_bytes_that_only_fill_up_before_the_end_do_no_harm(optimize: bool) -> None:
    data = saved(busy(), optimize=optimize)
    assert probe(data[:-2] + bytes(4096) + data[-2:]).complete


def test_a_progressive_picture_without_its_last_scans_is_not_whole() -> None:
    data = saved(busy(), progressive=True)
    last = data.rindex(b"\xff\xda")
    assert probe(data[:last] + data[-2:]).damage is Reason.CORRUPT


def test_two_broken_pictures_run_together_are_not_one() -> None:
    data = saved(busy())
    assert probe(data[: len(data) // 2] + data).damage is Reason.CORRUPT


def test_segments_without_end_are_given_up() -> None:
    data = saved(busy())
    scan = data.index(b"\xff\xda")
    assert not probe(data[:-2] + b"\xff\xfe\0\2" * 9000 + data[-2:]).complete
    assert probe(data[:scan] + b"\xff\xfe\0\2" * 9000 + data[scan:]).complete
