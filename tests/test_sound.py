"""Sound is believed only when its frames follow each other, and is no longer harmless with a cover in it."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest
from PIL import Image

from thaiid_detect.document import open_document
from thaiid_detect.image import DecodeError
from thaiid_detect.media import sniff
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.sound import sound_may_hold_picture

REGRESSIONS = Path(__file__).parent / "data" / "regressions"

MP3 = (b"\xff\xfb\x90\0" + bytes(413)) * 3  # 128 kbit/s, 44.1 kHz: 417 bytes a frame
SLOW = (b"\xff\xf3\x48\xc0" + bytes(140)) * 3  # MPEG 2, 32 kbit/s, 16 kHz: 144 bytes a frame
LAYER_2 = (b"\xff\xfd\x84\0" + bytes(380)) * 3  # 128 kbit/s, 48 kHz: 384 bytes a frame


def id3(*frames: bytes, flags: int = 0) -> bytes:
    body = b"".join(frames) + bytes(200)
    return b"ID3\x03\0" + bytes([flags, 0, 0, len(body) >> 7, len(body) & 0x7F]) + body


def frame(name: bytes, body: bytes = b"x") -> bytes:
    return name + struct.pack(">IH", len(body), 0) + body


def flac(*blocks: tuple[int, bytes]) -> bytes:
    parts = [bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in blocks]
    return b"fLaC" + b"".join(parts) + b"\x81\0\0\x04" + bytes(4) + b"\xff\xf8"


def ogg(comments: bytes) -> bytes:
    def page(flags: int, body: bytes, whole: bool = True) -> bytes:
        lacing = bytes([255] * (len(body) // 255) + ([len(body) % 255] if whole else []))
        return b"OggS\0" + bytes([flags]) + bytes(20) + bytes([len(lacing)]) + lacing + body

    if len(comments) > 60_000:
        return page(2, b"OpusHead" + bytes(11)) + page(0, b"OpusTags" + bytes(255 * 200 - 8), whole=False) + comments
    return page(2, b"OpusHead" + bytes(11)) + page(0, b"OpusTags" + comments) + page(4, bytes(90))


def chunks(kind: bytes, *parts: tuple[bytes, bytes]) -> bytes:
    order = "<" if kind == b"WAVE" else ">"
    body = b"".join(n + struct.pack(order + "I", len(b)) + b + bytes(len(b) % 2) for n, b in parts)
    return (b"RIFF" if kind == b"WAVE" else b"FORM") + struct.pack(order + "I", len(body) + 4) + kind + body


M4A = b"\0\0\0\x10ftypM4A \0\0\0\0"
PLAIN = [
    (MP3, "mpeg"), (SLOW, "mpeg"), (LAYER_2, "mpeg"), (id3(frame(b"TIT2")) + MP3, "mpeg"),
    (id3() + bytes(30) + SLOW + b"TAG" + bytes(125), "mpeg"), (MP3 + b"APETAGEX" + bytes(24) + b"Title\0song", "mpeg"),
    (flac((0, bytes(34)), (4, b"TITLE=song")), "flac"), (ogg(b"TITLE=song"), "ogg"), (b"#!AMR\n" + bytes(99), "amr"),
    (chunks(b"WAVE", (b"fmt ", bytes(16)), (b"JUNK", bytes(28)), (b"data", b"\1\2\3")), "wav"),
    (chunks(b"AIFF", (b"COMM", bytes(18)), (b"SSND", bytes(8))), "aiff"), (M4A + b"\0\0\0\x08mdat", "mp4"),
]  # fmt: skip
COVERS = [
    id3(frame(b"APIC")) + MP3, id3(b"PIC\0\0\1x") + MP3, id3(frame(b"GEOB")) + SLOW, id3(flags=0x40) + MP3,
    MP3 + b"APETAGEX" + bytes(24) + b"Cover Art (Front)\0c.jpg", MP3 + b"3DI" + bytes(7),
    flac((0, bytes(34)), (6, bytes(50))), flac((4, b"metadata_block_picture=AAAA")), flac((0, bytes(34)))[:30],
    ogg(b"Metadata_Block_Picture=AAAA"), ogg(bytes(70_000)), ogg(b"") + ogg(b""),
    chunks(b"WAVE", (b"fmt ", bytes(16)), (b"id3 ", b"ID3")), chunks(b"AIFF", (b"ID3 ", b"ID3")),
    M4A + b"\0\0\0\x10covr\0\0\0\x08data",
]  # fmt: skip


@pytest.mark.parametrize(("data", "kind"), PLAIN)
def test_plain_sound_shows_nothing(data: bytes, kind: str) -> None:
    assert sniff(data) == f"audio/{kind}"
    assert not sound_may_hold_picture(data, f"audio/{kind}")
    assert not open_document(data, Settings()).holds_pictures


@pytest.mark.parametrize("data", COVERS)
def test_sound_with_a_cover_is_not_passed_over(data: bytes) -> None:
    assert (sniff(data) or "").startswith("audio/")
    with pytest.raises(DecodeError) as caught:
        open_document(data, Settings())
    assert caught.value.reason is Reason.UNSUPPORTED


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").save(file, "JPEG")
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xfb" + jpeg(), b"\xff\xf3", b"ID3" + jpeg(), id3() + jpeg(), MP3[:417], MP3[:417] + jpeg(),
        MP3[:417] + SLOW, b"\xff\xfb\xf0\0" * 400, b"\xff\xfb\0\0" * 400, b"ID3\x03\0\0\x80\0\0\0" + MP3,
        b"#!AMR" + jpeg(), (REGRESSIONS / "id3_before_a_jpeg.bin").read_bytes(),
    ],
)  # fmt: skip
def test_what_only_begins_like_sound_is_not_passed_over(data: bytes) -> None:
    assert sniff(data) is None
    with pytest.raises(DecodeError):
        open_document(data, Settings())
