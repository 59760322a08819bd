"""Pictures wrapped in text: data URIs, base64 and hexadecimal digits on one line or many, uuencode; and in RTF.

What `plaintext.py` says may hold one is taken apart here. What wraps a picture in a way that is not known here (a
drawing in SVG, a picture format of letters) makes the text `unsupported`.
"""

from __future__ import annotations

import binascii
import heapq
import io
import re
from collections.abc import Iterator
from typing import Final

from thaiid_detect.image import DecodeError
from thaiid_detect.plaintext import LETTERS, has_marks, letter_runs, unescaped
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member

__all__ = ["from_base64", "rtf_members", "text_members"]

_LONGEST: Final = 128 << 20
"""Bytes of text: to unescape and unwrap it takes four times as much."""
_URI: Final = re.compile(rb"data:[\w.+-]{1,40}/[\w.+-]{1,40}(?:;[\w.=-]{1,40}){0,4};base64,\s{0,40}\Z", re.IGNORECASE)
_ANY: Final = rb"[A-Za-z0-9+/_-]"
_RUN: Final = re.compile(
    # A line of more than 1,000 letters is a picture by itself: the next line may be another's.
    _ANY + rb"{1001,}+={0,2}|" + _ANY + rb"++(?:\r?\n[ \t]*+" + _ANY + rb"++)*+(?:\r?\n[ \t]*+)?={0,2}"
)
_BEGIN: Final = re.compile(rb"begin [0-7]{3} ([^\r\n]{1,300})\r?\n")
_HEX: Final = re.compile(rb"x?((?:[0-9a-fA-F]{2})+)")
_TOO_SHORT: Final = 1000
"""Letters: 750 bytes, less than any picture of a card that could be read."""
_PIECE: Final = 1 << 20
_WHITE: Final = b" \t\r\n\v\f"
_STANDARD: Final = bytes.maketrans(b"-_", b"+/")
_NO_LETTERS: Final = bytes(set(range(256)) - set(LETTERS))

_RTF_DATA: Final = (b"\\pict", b"\\objdata", b"\\bin")
_RTF_NO_PICTURE: Final = re.compile(rb"\{\\\*\\(?:datastore|themedata|colorschememapping|blipuid) ?[0-9a-fA-F\s]*+\}")
_RTF_RUN: Final = re.compile(rb"(?<![\\A-Za-z0-9-])(?:[0-9a-fA-F]++[\r\n ]*+)++")
"""Not the number at the end of a word: `\\picw99`."""


def text_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """Every picture, and all else that is wrapped and long enough for one. Raises DecodeError if something is left."""
    text = _plain(data)
    left, checked, at, count = b"{\\rtf" in data, 0, 0, 0
    for start, kind in heapq.merge(_uris(text), _begins(text), ((run, 2) for run in letter_runs(text))):
        if start < at:
            continue
        count += 1
        if kind == 1:
            name, unpacked, damage, at = _from_uuencode(text, start)
            member = allowance.member(name, unpacked, damage)
            del unpacked
        else:
            run = _RUN.match(text, start)
            at = run.end() if run else start
            if run is None or (kind == 2 and len(run[0]) < _TOO_SHORT):
                continue
            member = allowance.member(f"picture-{count}", *_decoded(run[0]))
        between = text[checked:start]
        left |= has_marks(_URI.sub(b"", between))
        checked = at
        allowance.admit()
        yield member
        del member
    if left or has_marks(text[checked:]):
        raise DecodeError(Reason.UNSUPPORTED)


def _plain(data: bytes) -> bytes:
    """As UTF-8, a line break before the first line; without the escapes of JSON, unless there is uuencode, to which
    they are letters. Raises DecodeError.
    """
    if len(data) > _LONGEST:
        raise DecodeError(Reason.TOO_LARGE)
    encoding = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}.get(data[:2])
    text = b"\n" + (data.decode(encoding, "replace").encode() if encoding else data)
    return text if any(True for _ in _begins(text)) else unescaped(text)


def _uris(text: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while (at := text.find(b"base64,", at) + 7) > 6:
        start = at
        while text[start : start + 1] in (b" ", b"\n", b"\r", b"\t"):
            start += 1
        if _URI.search(text, max(0, at - 300), at):
            yield start, 0


def _begins(text: bytes) -> Iterator[tuple[int, int]]:
    at = 0
    while (at := text.find(b"\nbegin ", at)) >= 0:
        at += 1
        if _BEGIN.match(text, at):
            yield at, 1


def _from_uuencode(text: bytes, start: int) -> tuple[str, bytes, Reason | None, int]:
    """The file that begins with the line at `start`: its name, its bytes, why not all of them; the offset behind it."""
    begin = _BEGIN.match(text, start)
    at = begin.end() if begin else start
    parts: list[bytes] = []
    damage: Reason | None = Reason.TRUNCATED
    while at < len(text):
        end = text.find(b"\n", at)
        end = len(text) if end < 0 else end
        line, at = text[at:end].rstrip(b"\r"), end + 1
        if line == b"end":
            damage = None
            break
        try:
            parts.append(binascii.a2b_uu(line))
        except binascii.Error:
            damage = Reason.CORRUPT
            break
    name = begin[1].decode("utf-8", "replace") if begin else ""
    return name, b"".join(parts), damage, at


def from_base64(data: bytes, start: int = 0, end: int | None = None) -> tuple[bytes, Reason | None]:
    """What the letters between the two offsets stand for, of either alphabet; and whether some are missing, or others
    stand among them.

    >>> from_base64(b"aGVs\\nbG8="), from_base64(b"aGV%sbG8="), from_base64(b"aGVsb")
    ((b'hello', None), (b'hello', <Reason.CORRUPT: 'corrupt'>), (b'hel', <Reason.TRUNCATED: 'truncated'>))
    """
    end = len(data) if end is None else end
    out, carried = io.BytesIO(), b""
    damage: Reason | None = None
    for at in range(start, end, _PIECE):  # by the piece: copies of all would add up
        piece = data[at : min(at + _PIECE, end)].translate(_STANDARD, _WHITE)
        body, padding, rest = piece.partition(b"=")
        clean = body.translate(None, _NO_LETTERS)
        damage = Reason.CORRUPT if len(clean) < len(body) else damage
        carried += clean
        whole = len(carried) // 4 * 4
        out.write(binascii.a2b_base64(carried[:whole]))
        carried = carried[whole:]
        if padding:
            more = rest + data[at + _PIECE : end].translate(None, _WHITE)
            damage = Reason.CORRUPT if more.strip(b"=") else damage
            break
    if len(carried) == 1:
        damage = damage or Reason.TRUNCATED
    elif carried:
        out.write(binascii.a2b_base64(carried + b"=" * (-len(carried) % 4)))
    return out.getvalue(), damage


def _decoded(run: bytes) -> tuple[bytes, Reason | None]:
    """Base64; or hexadecimal digits, as databases write bytes."""
    hexadecimal = _HEX.fullmatch(run.translate(None, _WHITE))
    return (bytes.fromhex(hexadecimal[1].decode("ascii")), None) if hexadecimal else from_base64(run)


def rtf_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """Pictures and objects in RTF 1.9: hexadecimal digits. Raises DecodeError if one is there in bytes."""
    if not any(word in data for word in _RTF_DATA):
        return
    if len(data) > _LONGEST:
        raise DecodeError(Reason.TOO_LARGE)
    for count, run in enumerate(_RTF_RUN.finditer(_RTF_NO_PICTURE.sub(b"", data)), 1):
        digits = run[0].translate(None, _WHITE)
        if len(digits) < _TOO_SHORT:
            continue
        allowance.admit()
        damage = Reason.CORRUPT if len(digits) % 2 else None
        yield allowance.member(
            f"picture-{count}", bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii")), damage
        )
    if b"\\bin" in data:
        raise DecodeError(Reason.UNSUPPORTED)
