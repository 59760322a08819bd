"""E-mail (RFC 5322, MIME), boxes of it (mbox), and pages saved as MHTML: the parts, decoded, whatever type they claim.

Headers are read by the standard library, with its old policy: the new one parses every address, and raises at some. The
body is not: its parser keeps each line as a string and each part as a tree, before the first part is seen.
"""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterator
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import collapse_rfc2231_value
from typing import Final

from thaiid_detect.image import DecodeError
from thaiid_detect.media import sniff
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member
from thaiid_detect.wrapped import from_base64

__all__ = ["mail_members", "mbox_members"]

_HEADER_LINE: Final = re.compile(rb"[!-9;-~]{1,76}:|[ \t]")
_NEXT_MAIL: Final = re.compile(rb"\n\r?\nFrom [^\r\n]{3,300}\r?\n(?=[!-9;-~]{1,76}:)")
_LONGEST_HEADERS: Final = 1 << 18
_LONGEST_VALUE: Final = 4096
"""Bytes of one header that are looked at: taking it apart takes time in the square of its length."""
_DEEPEST: Final = 40
"""Multiparts in multiparts."""
_UNREADABLE: Final = (MessageError, ValueError, LookupError, TypeError, AttributeError)
_CODE_PAGES: Final = {"windows-874": "cp874", "x-windows-874": "cp874", "tis-620": "tis_620"}
_CHARSET: Final = re.compile(r"cp\d+|tis_620|windows-\d+|iso-?8859-\d+|koi8-[ru]|big5|gb\w+|shift_jis|euc-\w+")
"""Others are not tried: Python knows some that take time in the square of the text's length."""
_MOST_LINES: Final = 1_000_000
"""Lines that begin like a boundary."""


def mbox_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """The mails of a box."""
    start, number = 0, 0
    while start < len(data):
        found = _NEXT_MAIL.search(data, start)
        end = found.start() + 1 if found else len(data)
        first = data.find(b"\n", start, end) + 1
        number += 1
        allowance.admit()
        yield allowance.member(f"mail-{number}", data[first:end])
        start = data.find(b"From ", end) if found else end


def mail_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """All parts that are no multiparts. Raises DecodeError where a multipart lacks its end."""
    walk = _Walk(data, allowance)
    yield from walk.part(0, len(data), 0)
    if walk.damage is not None:
        raise DecodeError(walk.damage)


class _Walk:
    """Through the parts of one mail, by offsets into its bytes."""

    def __init__(self, data: bytes, allowance: Allowance) -> None:
        self.damage: Reason | None = None
        self._data = data
        self._allowance = allowance
        self._count = 0

    def part(self, start: int, end: int, depth: int) -> Iterator[Member]:
        """The part, headers and body, that lies between the two."""
        headers, body = self._headers(start, end)
        boundary = _boundary(headers)
        if boundary is None:
            self._allowance.admit()
            yield from self._leaf(headers, body, end)
        elif depth == _DEEPEST:
            raise DecodeError(Reason.TOO_DEEP)
        else:
            yield from self._parts(boundary, body, end, depth)

    def _headers(self, start: int, end: int) -> tuple[Message, int]:
        """The headers, and where the body begins: behind a blank line, or where a line is no header's."""
        at = start
        while at < min(end, start + _LONGEST_HEADERS):
            stop = self._data.find(b"\n", at, end) + 1 or end
            line = self._data[at:stop]
            blank = line in (b"\n", b"\r\n")
            if blank or not _HEADER_LINE.match(line):
                return BytesHeaderParser().parsebytes(self._data[start:at]), stop if blank else at
            at = stop
        return Message(), start

    def _parts(self, boundary: bytes, start: int, end: int, depth: int) -> Iterator[Member]:
        """What stands between the boundary's lines; and what stands before the first and behind the last, as text."""
        begun = ended = False
        for line, behind, ended in _lines(self._data, boundary, start, end):
            yield from self.part(start, line, depth + 1) if begun else self._leaf(Message(), start, line)
            begun, start = True, behind
            if ended:
                break
        if not ended:
            self.damage = self.damage or Reason.TRUNCATED
        yield from self.part(start, end, depth + 1) if begun and not ended else self._leaf(Message(), start, end)

    def _leaf(self, headers: Message, start: int, end: int) -> Iterator[Member]:
        """One file, unless it is blank."""
        encoding = _value(headers, "content-transfer-encoding").strip().lower()
        damage: Reason | None = None
        if encoding == "base64":
            data, damage = from_base64(self._data, start, end)
        elif encoding == "quoted-printable":
            data = binascii.a2b_qp(self._data[start:end])
        else:  # uuencode has its own marks, by which it is found in any text
            data = self._data[start:end]
        if data.strip() or damage is not None:
            self._count += 1
            yield self._allowance.member(_name(headers) or f"part-{self._count}", _as_text(headers, data), damage)


def _lines(data: bytes, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int, bool]]:
    """Lines made of the boundary: where each starts and ends, and whether it is the last. Raises DecodeError."""
    mark, lines = b"--" + boundary, 0
    at = start if data.startswith(mark, start) else data.find(b"\n" + mark, start, end) + 1
    while at > 0 or (at == start and lines == 0):
        lines += 1
        if lines > _MOST_LINES:
            raise DecodeError(Reason.TOO_MANY_MEMBERS)
        behind = at + len(mark)
        stop = data.find(b"\n", behind, end)
        stop = end if stop < 0 else stop + 1
        rest = data[behind : min(stop, behind + 80)].strip()
        if rest in (b"", b"--"):
            yield at, stop, rest == b"--"
        at = data.find(b"\n" + mark, behind, end) + 1


def _value(headers: Message, name: str) -> str:
    """The header's first bytes, as text, whatever they are."""
    try:
        return str(headers.get(name, ""))[:_LONGEST_VALUE]
    except _UNREADABLE:
        return ""


def _short(headers: Message, name: str) -> Message:
    short = Message()
    short[name] = _value(headers, name).replace("\r", " ").replace("\n", " ")
    return short


def _boundary(headers: Message) -> bytes | None:
    """What separates the parts of a multipart; None where this is none, or does not say."""
    try:
        short = _short(headers, "content-type")
        boundary = short.get_boundary() if short.get_content_maintype() == "multipart" else None
        return boundary.encode("utf-8", "surrogateescape") if boundary else None
    except _UNREADABLE:
        return None


def _name(headers: Message) -> str | None:
    for header, parameter in (("content-disposition", "filename"), ("content-type", "name")):
        try:
            value = _short(headers, header).get_param(parameter, None, header)
            if value:
                return str(make_header(decode_header(collapse_rfc2231_value(value))))
        except _UNREADABLE:
            continue
    return None


def _as_text(headers: Message, data: bytes) -> bytes:
    """Text in an old code page as UTF-8, so that it is known for text."""
    try:
        short = _short(headers, "content-type")
        charset = short.get_content_charset() if short.get_content_maintype() == "text" else None
        charset = _CODE_PAGES.get(charset or "", charset or "")
        return data.decode(charset).encode() if _CHARSET.fullmatch(charset) and sniff(data) is None else data
    except _UNREADABLE:
        return data
