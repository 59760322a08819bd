"""The type by content, the end of a file, and EXIF turns, from bytes alone."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from thaiid_detect.media import exif_turn, is_complete, is_intact, sniff


def picture(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((64, 48)).convert("RGB").save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_pictures_are_known_by_their_content(kind: str) -> None:
    assert sniff(picture(kind)) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (b"%PDF-1.7\n", "application/pdf"),
        (b"\0junk before\r\n%PDF-1.4", "application/pdf"),
        (b"PK\x03\x04" + bytes(26) + b"photo.jpg", "application/zip"),
        (b"PK\x03\x04" + bytes(26) + b"[Content_Types].xml", "application/vnd.openxmlformats-officedocument"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(9), "application/x-ole-storage"),
        (b"\x1f\x8b\x08", "application/gzip"),
        (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
        (b"Rar!\x1a\x07\x01\0", "application/vnd.rar"),
        (bytes(257) + b"ustar\x0000", "application/x-tar"),
        (b"\0\0\0\x18ftypheic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x1cftypmsf1\0\0\0\0", "image/heic"),
        (b"\0\0\0\x1cftypavif\0\0\0\0", "image/avif"),
        (b"\0\0\0\x18ftypXXXX\0\0\0\0heic\0\0\0\0", "image/heic"),
        (b"\0\0\0\x18ftypisom\0\0\0\0", "video/mp4"),
        (b"\0\0\0\x18ftypM4A \0\0\0\0", "audio/mp4"),
        (b"\0\0\0\x0cjP  \r\n", "image/jp2"),
        (b"II*\0\x10\0\0\0CR\x02\0", "image/x-canon-cr2"),
        (b"RIFF\0\0\0\0WAVE", "audio/wav"),
        (b"RIFF\0\0\0\0AVI ", "video/x-msvideo"),
        (b"RIFF\0\0\0\0....", None),
        (b"ID3\x04", None),
        (b"ID3 is a tag", "text/plain"),
        (b"\xff\xfb\x90\0" + bytes(5000), None),
        (b"OggS" + bytes(24) + b"\x01vorbis", "audio/ogg"),
        (b"OggS" + bytes(24) + b"\x80theora", "video/ogg"),
        (b"FORM\0\0\0\0AIFF", "audio/aiff"),
        (b"{\\rtf1", "application/rtf"),
        (b"BM not a bitmap", "text/plain"),
        ("ชื่อ,สกุล\n".encode(), "text/plain"),
        ("ชื่อ".encode("utf-16"), "text/plain"),
        ("ชื่อ".encode("cp874"), None),
        (b'{"a": 1}', "text/plain"),
        (b"text\0with nul", None),
        (b"text" * 2000 + b"\xff", None),
        (bytes(100), None),
        (b"", None),
    ],
)
def test_other_types_are_told_apart(data: bytes, media_type: str | None) -> None:
    assert sniff(data) == media_type


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_the_turn_is_read_in_both_byte_orders(order: str, turn: int) -> None:
    mark = b"II*\0" if order == "<" else b"MM\0*"
    entries = struct.pack(f"{order}HHIHH", 0x010F, 2, 4, 0x4142, 0) + struct.pack(
        f"{order}HHIHH", 0x0112, 3, 1, turn, 0
    )
    exif = mark + struct.pack(f"{order}IH", 8, 2) + entries
    assert exif_turn(exif) == exif_turn(b"Exif\0\0" + exif) == turn


@pytest.mark.parametrize("exif", [b"", b"II", b"II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff", b"x" * 40])
def test_a_broken_exif_is_no_turn(exif: bytes) -> None:
    assert exif_turn(exif) == 1


def test_a_turn_out_of_range_is_no_turn() -> None:
    assert exif_turn(b"II*\0" + struct.pack("<IHHHIHH", 8, 1, 0x0112, 3, 1, 9, 0)) == 1


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "BMP", "JPEG2000", "AVIF", "ICO"])
def test_the_end_is_missed_wherever_the_file_was_cut(kind: str) -> None:
    data = picture(kind)
    media_type = sniff(data) or ""
    assert is_complete(data, media_type)
    assert is_complete(data + bytes(100), media_type)
    for share in (0.1, 0.5, 0.9):
        assert not is_complete(data[: int(len(data) * share)], media_type)
    assert not is_complete(data[:-2], media_type)


def test_a_png_chunk_that_reaches_beyond_the_file_is_a_cut() -> None:
    data = bytearray(picture("PNG"))
    data[data.index(b"IDAT") - 4] = 0xFF
    assert not is_complete(bytes(data), "image/png")


@pytest.mark.parametrize("chunk", [b"IHDR", b"IDAT", b"IEND"])
def test_a_wrong_checksum_is_told(chunk: bytes) -> None:
    data = bytearray(picture("PNG"))
    assert is_intact(bytes(data), "image/png")
    data[data.index(chunk) + 4] ^= 1
    assert is_complete(bytes(data), "image/png")
    assert not is_intact(bytes(data), "image/png")


def test_a_comment_of_a_png_may_be_broken() -> None:
    data = bytearray(picture("PNG"))
    comment = b"\0\0\0\4tEXtnote\0\0\0\0"  # its checksum is wrong
    data[33:33] = comment
    assert is_intact(bytes(data), "image/png")
    data[33 : 33 + len(comment)] = comment.replace(b"tEXt", b"tRNS")
    assert not is_intact(bytes(data), "image/png")


def test_types_without_checksums_are_not_judged() -> None:
    assert is_intact(picture("GIF")[:-1] + b"x", "image/gif")


def test_the_end_of_other_types_is_not_judged() -> None:
    assert is_complete(b"%PDF-", "application/pdf")
