"""Deflated words of a PDF that are broken: pdfium draws what comes before the break, and does not tell."""

from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from thaiid_detect.pdf import open_pdf, streams
from thaiid_detect.pdf.streams import words_damage
from thaiid_detect.records import Reason

DOCUMENTS = Path(__file__).parent / "data/documents"
VECTOR = (DOCUMENTS / "vector.pdf").read_bytes()
WORDS = b"BT /F1 12 Tf 72 700 Td (nothing but words) Tj ET\n" * 40
PACKED = zlib.compress(WORDS)


def held(body: bytes, about: bytes = b"/Filter/FlateDecode", end: bytes = b"\nendstream endobj\n") -> bytes:
    return b"%PDF-1.4\n4 0 obj <</Length 9" + about + b">> stream\n" + body + end


@pytest.mark.parametrize("name", ["vector.pdf", "scanned.pdf", "mixed.pdf", "rotated.pdf", "owner-password.pdf"])
def test_whole_documents_have_no_damage(name: str) -> None:
    picture = open_pdf((DOCUMENTS / name).read_bytes())
    for page in range(picture.header.frames):
        picture.decode(page, 200)
        assert picture.damage(page) is None


def test_a_broken_stream_is_a_damage_of_drawn_pages() -> None:
    start = VECTOR.index(b"stream", VECTOR.index(b"/FlateDecode")) + 200
    picture = open_pdf(VECTOR[:start] + bytes(60) + VECTOR[start + 60 :])
    picture.decode(0, 200)
    assert picture.damage(0) is Reason.CORRUPT


@pytest.mark.parametrize(
    "whole",
    [
        held(PACKED),
        held(PACKED[:-4]),  # some programs leave the checksum away
        held(PACKED + b"\r"),
        held(PACKED, b"/Filter [ /FlateDecode ]"),
        held(PACKED, end=b""),
        held(PACKED[:50], b"/Filter/DCTDecode"),
        held(PACKED[:50], b"/Filter/FlateDecode/Subtype/Image"),  # pictures are asked one by one
        held(b"stream\n" + PACKED[:50], b""),
        held(b""),
        b"no document",
    ],
)
def test_what_is_whole_or_no_matter(whole: bytes) -> None:
    assert words_damage(whole) is None


@pytest.mark.parametrize(
    "broken",
    [
        held(PACKED[: len(PACKED) // 2]),
        held(PACKED[:40] + bytes(9) + PACKED[49:]),
        held(PACKED[:-4] + b"abcd"),
        held(PACKED[:30] + PACKED[40:]),
        held(PACKED) + held(PACKED[:50]),
    ],
)
def test_what_is_broken(broken: bytes) -> None:
    assert words_damage(broken) is Reason.CORRUPT


def test_what_unpacks_to_more_than_anybody_needs_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zlib.compress(bytes(9 << 20), 9)
    assert words_damage(held(bomb) + held(PACKED[:50])) is Reason.CORRUPT
    monkeypatch.setattr(streams, "_MOST_UNPACKED", 8 << 20)
    assert words_damage(held(bomb) + held(PACKED[:50])) is None
