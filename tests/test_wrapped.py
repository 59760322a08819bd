"""Pictures come out of text as they went in."""

from __future__ import annotations

import base64
import binascii
import random

import pytest

from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.unpack import Allowance, Member
from thaiid_detect.wrapped import from_base64, rtf_members, text_members

PICTURE = b"\xff\xd8\xff" + random.Random(7).randbytes(4_001)
LINES = base64.encodebytes(PICTURE)
LETTERS = base64.b64encode(PICTURE)
DOT = b"R0lGODlhAQABAIAAAP///wAAACH5BAEAAAAALAAAAAABAAEAAAICRAEAOw=="


def read(text: bytes) -> tuple[list[bytes], Reason | None]:
    members: list[Member] = []
    try:
        members.extend(text_members(text, Allowance(Settings())))
    except DecodeError as error:
        return [member.data for member in members], error.reason
    assert [member.damage for member in members] == [None] * len(members)
    return [member.data for member in members], None


def uuencoded(data: bytes) -> bytes:
    lines = [binascii.b2a_uu(data[at : at + 45]) for at in range(0, len(data), 45)]
    return b"begin 644 card.jpg\n" + b"".join(lines) + b"`\nend\n"


@pytest.mark.parametrize(
    "text",
    [
        b'<img src="data:image/jpeg;base64,' + LETTERS + b'">',
        b"url(DATA:image/jpeg;charset=x;base64,\r\n  " + LINES.replace(b"\n", b"\r\n  ") + b")",
        b'{"photo": "' + LETTERS.replace(b"/", b"\\/").replace(b"+", b"\\u002B") + b'"}',
        b'{"photo": "' + LINES.replace(b"\n", b"\\n") + b'", "name": "x"}',
        b"PHOTO;ENCODING=b;TYPE=JPEG:" + LINES.replace(b"\n", b"\n ") + b"\nEND:VCARD\n",
        b"id,photo\n1," + base64.urlsafe_b64encode(PICTURE) + b"\n",
        b"INSERT INTO t VALUES ('\\\\x" + PICTURE.hex().encode() + b"');",
        b"a text\n" + uuencoded(PICTURE) + b"more\n",
        (b'<img src="data:image/jpeg;base64,' + LETTERS + b'">').decode().encode("utf-16"),
    ],
)
def test_a_picture_in_any_wrapping(text: bytes) -> None:
    assert read(text) == ([PICTURE], None)


def test_several_pictures_in_one_text() -> None:
    assert read(b"1," + LETTERS + b"\n2," + LETTERS + b"\n") == ([PICTURE, PICTURE], None)
    whole = base64.b64encode(PICTURE[:3000])  # ends without a sign
    assert read(whole + b"\n" + whole + b"\n") == ([PICTURE[:3000]] * 2, None)
    html = b'<img src="data:image/gif;base64,' + DOT + b'"><img src="data:image/jpeg;base64,' + LETTERS + b'">'
    assert read(html) == ([base64.b64decode(DOT), PICTURE], None)
    assert read(b"x" * (1 << 20) + b" " + LETTERS + b" " * (1 << 20) + LETTERS)[0][1:] == [PICTURE, PICTURE]


@pytest.mark.parametrize(
    "text",
    [
        b"<svg><path d='M0 0'/></svg>",
        b"<img src='data:image/svg+xml,%3Csvg%3E'>",
        b"\nP3\n2 2 255\n",
        b"%PDF-1.4 in the middle",
    ],
)
def test_what_wraps_a_picture_in_other_ways_is_unsupported(text: bytes) -> None:
    assert read(text) == ([], Reason.UNSUPPORTED)
    beside = b'<image href="data:image/jpeg;base64,' + LETTERS + b'"/>'
    assert read(text + beside) == ([PICTURE], Reason.UNSUPPORTED)
    assert read(beside + text) == ([PICTURE], Reason.UNSUPPORTED)


def test_short_letters_are_no_picture() -> None:
    assert read(b"token " + b"A" * 900 + b" and words") == ([], None)


def test_base64_that_is_damaged() -> None:
    assert from_base64(LINES) == (PICTURE, None)
    assert from_base64(b"xx" + LINES + b"yy", 2, 2 + len(LINES)) == (PICTURE, None)
    assert from_base64(LETTERS.rstrip(b"=")) == (PICTURE, None)
    assert from_base64(LINES[:40] + b"\xc1" + LINES[41:])[1] is Reason.CORRUPT
    assert from_base64(LINES + b"-- \nsent by a list")[1] is Reason.CORRUPT
    assert from_base64(b"AAAAA") == (bytes(3), Reason.TRUNCATED)
    assert from_base64(b"") == (b"", None)


def test_uuencode_that_is_damaged() -> None:
    cut = list(text_members(uuencoded(PICTURE)[:-5].join([b"\n", b""]), Allowance(Settings())))
    assert [(member.path, member.data, member.damage) for member in cut] == [("card.jpg", PICTURE, Reason.TRUNCATED)]


def test_rtf() -> None:
    def rtf(body: bytes) -> list[bytes]:
        return [member.data for member in rtf_members(b"{\\rtf1 " + body + b"}", Allowance(Settings()))]

    hexadecimal = b"\r\n".join(PICTURE.hex().encode()[at : at + 128] for at in range(0, 2 * len(PICTURE), 128))
    assert rtf(b"words" * 1000) == []
    assert rtf(b"{\\*\\themedata " + hexadecimal + b"}{\\pict\\jpegblip\\picw99 " + hexadecimal + b"}") == [PICTURE]
    with pytest.raises(DecodeError):
        rtf(b"{\\pict\\jpegblip\\bin3 abc}")
