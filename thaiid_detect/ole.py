"""OLE files (MS-CFB): Outlook's .msg, whose parts are known, and old Office files, of which only some pictures are.

A .doc, .xls or .ppt keeps pictures in many ways; those that lie in it as they are, JPEG and PNG, are found by their
first bytes. Whether these were all nobody knows, so that such a file is `unsupported` at best.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Iterator
from typing import Final

from olefile import OleFileIO

from thaiid_detect.image import DecodeError
from thaiid_detect.jpeg import jpeg_header, jpeg_scans
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member

__all__ = ["ole_members"]

_BROKEN: Final = (OSError, ValueError, LookupError, TypeError, AttributeError, RecursionError, struct.error)
"""What olefile raises at hostile bytes."""
_LARGEST: Final = 128 << 20
"""Bytes: olefile makes an object of every entry of a directory, however many there are."""
_LARGEST_RTF: Final = 4 << 20
"""Bytes, compressed: it is unpacked byte by byte, 0.24 s a megabyte at the least."""
_TOO_SHORT: Final = 750
"""Bytes: less than any picture of a card that could be read."""
_LONGEST_PICTURE: Final = 32 << 20
_JPEG, _PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"

_PROPERTY, _HEADER = "__substg1.0_", "__properties_version1.0"
_RTF, _ATTACHED, _ICON = "10090102", "37010102", "37090102"
_NAMES: Final = ("3707", "3704", "3001")
"""Properties, with their types (MS-OXPROPS): compressed RTF; an attachment's bytes, its icon, its long, short and shown
name."""
_RTF_WORDS: Final = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans Serif"
    rb"SymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)


def ole_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """The parts of a message; pictures found in any other file. Raises DecodeError: always for those others."""
    if len(data) > _LARGEST:
        raise DecodeError(Reason.TOO_LARGE)
    try:
        ole = OleFileIO(data)
        paths = ole.listdir()
    except _BROKEN as error:
        raise DecodeError(Reason.CORRUPT) from error
    if ["EncryptedPackage"] in paths:
        raise DecodeError(Reason.ENCRYPTED)
    message = [_HEADER] in paths
    unknown = not message
    for path in paths:
        allowance.admit()
        stream = _read(ole, path)
        if message and (path[-1].startswith(_PROPERTY) or path[-1] == _HEADER or path[0].startswith("__nameid")):
            yield from _of_message(path, stream, _name(ole, path), allowance)
        else:
            unknown = True
            yield from _carved("/".join(path), stream, allowance)
    if unknown or ole.parsing_issues:
        raise DecodeError(Reason.UNSUPPORTED if unknown else Reason.CORRUPT)


def _read(ole: OleFileIO, path: list[str]) -> bytes:
    try:
        return bytes(ole.openstream(path).read())
    except _BROKEN as error:
        raise DecodeError(Reason.CORRUPT) from error


def _name(ole: OleFileIO, path: list[str]) -> str:
    """An attachment's name; of all else the path."""
    if path[-1] == _PROPERTY + _ATTACHED:
        for name in _NAMES:
            for kind, encoding in (("001F", "utf-16-le"), ("001E", "cp874")):
                beside = [*path[:-1], _PROPERTY + name + kind]
                if ole.exists(beside):
                    return _read(ole, beside)[:1000].decode(encoding, "replace").strip("\0")
    return "/".join(path)


def _of_message(path: list[str], stream: bytes, name: str, allowance: Allowance) -> Iterator[Member]:
    """The stream of a property, if that may hold a picture; text as UTF-8 or UTF-16 with its mark."""
    property_, damage = path[-1].removeprefix(_PROPERTY), None
    if len(stream) < _TOO_SHORT or property_ in (_HEADER, _ICON):
        return
    if property_ == _RTF:
        stream, damage = _rtf(stream)
    elif property_.endswith("001F"):
        stream = b"\xff\xfe" + stream
    elif property_.endswith("001E"):
        stream = stream.decode("cp874", "replace").encode()
    yield allowance.member(name, stream, damage)


def _rtf(packed: bytes) -> tuple[bytes, Reason | None]:
    """Compressed RTF, unpacked (MS-OXRTFCP 2.2): eight flags, then eight letters or references backwards."""
    kind, raw = packed[8:12], int.from_bytes(packed[4:8], "little")
    if kind == b"MELA":
        return packed[16 : 16 + raw], None
    if kind != b"LZFu" or len(packed) > _LARGEST_RTF:
        return b"", Reason.UNSUPPORTED if kind != b"LZFu" else Reason.TOO_LARGE
    out, at, start = bytearray(_RTF_WORDS), 16, len(_RTF_WORDS)
    while at < len(packed):
        flags, at = packed[at], at + 1
        for bit in range(8):
            if not flags >> bit & 1:
                out += packed[at : at + 1]
                at += 1
                continue
            reference = int.from_bytes(packed[at : at + 2], "big")
            at += 2
            back = (len(out) - (reference >> 4)) % 4096 or 4096
            if back == 4096 or at > len(packed) or back > len(out):  # a reference to here is the end
                whole = back == 4096 and len(out) - start == raw
                return bytes(out[start:]), None if whole else Reason.CORRUPT
            for _ in range((reference & 15) + 2):
                out.append(out[-back])
    return bytes(out[start:]), Reason.TRUNCATED


def _carved(name: str, stream: bytes, allowance: Allowance) -> Iterator[Member]:
    """Pictures that lie in the stream as they are."""
    behind = 0
    for at in heapq.merge(_places(stream, _JPEG), _places(stream, _PNG)):
        if at < behind:
            continue
        allowance.admit()
        picture = _picture(stream[at : at + _LONGEST_PICTURE])
        behind = at + len(picture)
        if picture:
            yield allowance.member(f"{name}@{at}", picture)
        else:
            allowance.spend(_LONGEST_PICTURE)  # copied and looked through in vain


def _places(stream: bytes, magic: bytes) -> Iterator[int]:
    at = -1
    while (at := stream.find(magic, at + 1)) >= 0:
        yield at


def _picture(data: bytes) -> bytes:
    """The JPEG or PNG at the beginning of the data, to its end; empty if there is no end."""
    if data.startswith(_PNG):
        end = data.find(b"IEND", 8) + 8
        return data[:end] if end > 8 else b""
    header = jpeg_header(data)
    if header is None:
        return b""
    scans = jpeg_scans(data, header)
    return data[: scans.end + 2] if scans.ended else b""
