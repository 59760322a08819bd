"""Streams end at their end or at a cap, and say which."""

from __future__ import annotations

import bz2
import gzip
import lzma
import zlib

import pytest
from backports import zstd

from thaiid_detect import unpack
from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.unpack import Allowance, Codec, Member, Stream

TEXT = b"".join(b"%d," % (n * n) for n in range(12_000))
PACKED = {
    "gzip": (unpack.gzip, gzip.compress),
    "bzip2": (unpack.bzip2, bz2.compress),
    "xz": (unpack.xz, lambda data: lzma.compress(data, preset=0)),
    "zstd": (unpack.zstd(), zstd.compress),
}


def everything(data: bytes, codec: Codec, settings: Settings | None = None) -> tuple[bytes, Reason | None]:
    return Stream(data, codec, Allowance(settings or Settings()), several=True).read_all()


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_is_what_was_packed(kind: str) -> None:
    codec, pack = PACKED[kind]
    packed = pack(TEXT)
    assert everything(packed, codec) == (TEXT, None)
    assert everything(packed + pack(b"more") + bytes(99), codec) == (TEXT + b"more", None)
    stream = Stream(packed, codec, Allowance(Settings()))
    assert stream.peek(9) == stream.read(9) == TEXT[:9]
    assert stream.read(50_000) == TEXT[9:50_009]
    assert stream.read_all() == (TEXT[50_009:], None)
    assert stream.consumed == len(packed)


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_that_is_cut_off_keeps_what_there_was(kind: str) -> None:
    codec, pack = PACKED[kind]
    packed = pack(TEXT)
    data, damage = everything(packed[:-30], codec)
    assert damage is Reason.TRUNCATED
    assert TEXT.startswith(data)
    assert everything(packed + b"junk behind it", codec) == (TEXT, Reason.CORRUPT)
    assert everything(b"no stream at all", codec) == (b"", Reason.CORRUPT)


@pytest.mark.parametrize("kind", PACKED)
def test_a_stream_stops_at_the_caps(kind: str) -> None:
    codec, pack = PACKED[kind]
    zeros = pack(bytes(20 << 20))
    assert everything(zeros, codec) == (b"", Reason.TOO_COMPRESSED)
    assert everything(pack(TEXT), codec, Settings(max_bytes=len(TEXT) - 1)) == (b"", Reason.TOO_LARGE)
    assert everything(pack(TEXT), codec, Settings(max_bytes=len(TEXT))) == (TEXT, None)
    assert everything(pack(bytes(1 << 20)), codec) == (bytes(1 << 20), None)


def test_a_stream_of_a_window_that_is_too_large_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 1 << 30}]
    assert everything(lzma.compress(b"hello", filters=filters), unpack.xz) == (b"", Reason.CORRUPT)
    wide = zstd.compress(TEXT * 2, options={zstd.CompressionParameter.window_log: 28})
    assert everything(wide, unpack.zstd())[1] in (None, Reason.CORRUPT)  # the window of so short a text is cut


def test_streams_on_end_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "_MOST_STREAMS", 3)
    assert everything(gzip.compress(b"a") * 3, unpack.gzip) == (b"aaa", None)
    assert everything(gzip.compress(b"a") * 4, unpack.gzip) == (b"aaa", Reason.TOO_MANY_MEMBERS)


def test_lzma_as_zip_has_it() -> None:
    filters = [{"id": lzma.FILTER_LZMA1, "preset": 6}]
    alone = lzma.compress(TEXT, lzma.FORMAT_ALONE, filters=filters)
    marked = unpack.zip_lzma(alone[:5], -1)
    assert Stream(alone[13:], marked, Allowance(Settings())).read_all() == (TEXT, None)
    broken = unpack.zip_lzma(b"\xff" * 5, 1 << 62)
    assert Stream(alone[13:], broken, Allowance(Settings())).read_all() == (b"", Reason.CORRUPT)


def test_bytes_that_are_not_packed_end_where_they_end() -> None:
    stream = Stream(TEXT, unpack.stored, Allowance(Settings()), 10, 20)
    assert stream.read_all() == (TEXT[10:20], None)
    assert stream.consumed == 20
    assert Stream(zlib.compress(TEXT)[2:-4], unpack.deflate, Allowance(Settings())).read_all() == (TEXT, None)


def test_an_allowance_is_for_all_members_together() -> None:
    allowance = Allowance(Settings(max_members=3, max_unpacked=10, max_bytes=8))
    allowance.admit()
    assert allowance.member("a", b"1234567") == Member("a", b"1234567")
    assert allowance.room == 3
    allowance.admit()
    assert allowance.member("b", b"1234") == Member("b", damage=Reason.TOO_LARGE)
    with pytest.raises(DecodeError) as caught:
        allowance.admit()
    assert caught.value.reason is Reason.TOO_LARGE
    allowance = Allowance(Settings(max_members=1, max_bytes=8))
    allowance.held = 5
    assert allowance.room == 3
    allowance.admit()
    with pytest.raises(DecodeError) as caught:
        allowance.admit()
    assert caught.value.reason is Reason.TOO_MANY_MEMBERS


def test_a_member_shows_neither_its_bytes_nor_a_number() -> None:
    assert repr(Member("1289900000125.jpg", b"secret")) == "Member(path='X-XXXX-XXXXX-12-5.jpg', damage=None)"
