"""Bytes become pages; what is not a picture is told apart from what could not be opened."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from PIL import Image

from thaiid_detect.document import open_document
from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings

SETTINGS = Settings()


def saved(kind: str, size: tuple[int, int] = (800, 600), frames: int = 1, **options: Any) -> bytes:
    """A file of plain frames, each a little brighter than the one before."""
    shades = [Image.new("RGB", size, (20 * n, 20 * n, 20 * n)) for n in range(frames)]
    if frames > 1:
        options |= {"save_all": True, "append_images": shades[1:]}
    file = io.BytesIO()
    shades[0].save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_a_picture_is_a_document_of_one_page(kind: str) -> None:
    document = open_document(saved(kind), SETTINGS)
    assert (document.media_type, document.page_count) == (f"image/{kind.lower()}", 1)
    assert document.holds_pictures
    assert document.damage is None
    (page,) = document
    assert (page.number, page.width, page.height) == (1, 800, 600)
    assert page.raster().shape == (600, 800, 3)


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP"])
def test_frames_are_pages(kind: str) -> None:
    document = open_document(saved(kind, (30, 20), 5), SETTINGS)
    assert [page.number for page in document] == [1, 2, 3, 4, 5]
    assert [round(page.raster(16).mean() / 20) for page in document] == [0, 1, 2, 3, 4]
    assert document.page(3).raster().mean() == pytest.approx(40, abs=2)


def test_the_further_pictures_of_a_jpeg_are_pages() -> None:
    """As 3-D cameras, previews and the gain maps of phones are kept."""
    data = saved("MPO", (300, 200), 3, quality=95)
    document = open_document(data, SETTINGS)
    assert (document.media_type, document.page_count, document.damage) == ("image/jpeg", 3, None)
    for _ in range(2):
        assert [round(page.raster(16).mean() / 20) for page in document] == [0, 1, 2]
    assert document.page(2).raster().shape == (200, 300, 3)
    third = open_document(data[:-5], SETTINGS).page(3)
    assert third.raster(16).shape[2] == 3
    assert third.damage is Reason.TRUNCATED
    end = data.index(b"\xff\xd9\xff\xd8") + 2
    alone = open_document(data[:end], SETTINGS)
    assert (alone.page_count, alone.damage) == (1, Reason.TRUNCATED)
    with pytest.raises(DecodeError):
        open_document(data[: end + 40].ljust(len(data), b"\0"), SETTINGS).page(2).raster(16)


@pytest.mark.parametrize("kind", ["GIF", "TIFF"])
def test_more_pages_than_allowed_is_a_damage(kind: str) -> None:
    document = open_document(saved(kind, (30, 20), 5), Settings(max_pages=4))
    assert (document.page_count, document.damage) == (4, Reason.TOO_MANY_PAGES)
    assert open_document(saved(kind, (30, 20), 5), Settings(max_pages=5)).damage is None


def test_a_cut_file_is_damaged_and_still_shows_what_it_has() -> None:
    document = open_document(saved("JPEG")[:-2], SETTINGS)
    assert document.damage is Reason.TRUNCATED
    assert document.page(1).raster().shape == (600, 800, 3)


def test_a_small_raster_is_small_and_a_full_one_is_kept() -> None:
    page = open_document(saved("JPEG"), SETTINGS).page(1)
    assert page.raster(200).shape == (150, 200, 3)
    assert page.raster(300).shape == (300, 400, 3)
    full = page.raster()
    assert page.raster(200) is full
    assert not full.flags.writeable
    assert (page.width, page.height) == (800, 600)


def test_a_turned_page_has_the_size_it_is_seen_at() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    page = open_document(saved("JPEG", exif=exif), SETTINGS).page(1)
    assert (page.width, page.height) == (600, 800)
    assert page.raster(200).shape == (200, 150, 3)
    assert page.raster(700).shape == (800, 600, 3)
    assert page.raster(200).shape == (800, 600, 3)


@pytest.mark.parametrize("number", [0, 2, -1])
def test_there_is_no_other_page(number: int) -> None:
    with pytest.raises(IndexError):
        open_document(saved("PNG", (9, 9)), SETTINGS).page(number)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [(b"a,b\n1,2\n", "text/plain"), ("ชื่อ".encode("utf-16"), "text/plain"), (b"MThd\0\0\0\x06", "audio/midi")],
)
def test_text_and_sound_are_documents_without_pages(data: bytes, media_type: str) -> None:
    document = open_document(data, SETTINGS)
    assert (document.media_type, document.page_count, document.holds_pictures) == (media_type, 0, False)
    assert list(document) == []
    with pytest.raises(IndexError):
        document.page(1)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"%PDF-1.4", Reason.TRUNCATED),
        (b"Rar!\x1a\x07" + bytes(60), Reason.UNSUPPORTED),
        (b"\x7fELF" + bytes(60), Reason.UNSUPPORTED),
        (b"\0\0\0\x18ftypavif" + bytes(12), Reason.CORRUPT),
        (b"\xff\xd8\xff\xe0", Reason.TRUNCATED),
        (b"GIF89a;", Reason.TRUNCATED),
    ],
)
def test_what_may_hold_a_picture_and_cannot_be_opened_is_an_error(data: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        open_document(data, SETTINGS)
    assert caught.value.reason is reason


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04" + bytes(60), Reason.TRUNCATED),
        (b'{"photo": "data:image/jpeg;base64,/9j/"}', Reason.TRUNCATED),
        (b"<svg>", Reason.UNSUPPORTED),
        (b"\x1f\x8b" + bytes(60), Reason.CORRUPT),
    ],
)
def test_a_container_is_opened_as_it_is_gone_through(data: bytes, reason: Reason) -> None:
    document = open_document(data, SETTINGS)
    assert (document.damage, document.holds_pictures) == (None, True)
    with pytest.raises(IndexError):
        document.page(1)
    assert list(document) == []
    assert (document.damage, document.page_count) == (reason, 0)


def test_the_caps_are_those_of_the_settings() -> None:
    data = saved("PNG", (30, 20))
    with pytest.raises(DecodeError) as caught:
        open_document(data, Settings(max_bytes=len(data) - 1))
    assert caught.value.reason is Reason.TOO_LARGE
    page = open_document(data, Settings(max_pixels=599)).page(1)
    with pytest.raises(DecodeError) as caught:
        page.raster(8)
    assert caught.value.reason is Reason.TOO_LARGE
    assert open_document(data, Settings(max_pixels=600)).page(1).raster().dtype == np.uint8
