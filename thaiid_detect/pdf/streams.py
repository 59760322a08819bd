"""Pictures in a PDF as they lie in the file: whether their bytes are all there, which pdfium does not tell.

Of a stream cut short pdfium shows what it has, and white or black below, without a word; of one it cannot decode,
nothing at all. Either way a page would be `clear` though nobody has seen it. Section numbers: ISO 32000-1.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from thaiid_detect.records import Reason

__all__ = [
    "fax_damage",
    "flate_damage",
    "jbig2_damage",
    "jpx_size",
    "masks_pictures",
    "pages_and_files",
    "pictures_in",
    "rows_damage",
    "words_damage",
]

_PIECE: Final = 1 << 16
_CHECKSUM: Final = 4
_END_OF_FAX: Final = "000000000001" * 2
_PERIODS: Final = 64
_SEEN_ROWS: Final = 3
_FLOWING: Final = 0xFFFFFFFF
_MASKED: Final = re.compile(rb"/(?:SMask|Mask|Decode)[\s\[/\d]")
_PICTURE: Final = re.compile(
    rb"/(?:Subtype\s*/Image\b|(?:Width|Height|BitsPerComponent)\s*\d|DCTDecode|JPXDecode|JBIG2Decode|CCITTFaxDecode)"
)
"""Signs of a picture: one of them may be what is broken."""
_PAGE_OR_FILE: Final = re.compile(rb"/Type\s*/(?:Page|(EmbeddedFile))\b")
_HEAD: Final = re.compile(rb"(\d{1,10})\s{1,9}\d{1,5}\s{1,9}obj\b")
_MASK: Final = re.compile(rb"/S?Mask\s+(\d+)\s+\d+\s+R")
_STREAM: Final = re.compile(rb"(?<!end)stream\r?\n")
_DEFLATED: Final = re.compile(rb"/Filter\s*\[?\s*/(?:FlateDecode|Fl)\b")
_DICTIONARY: Final = 4096
"""Bytes before a stream in which its dictionary is looked for."""
_MOST_UNPACKED: Final = 256 << 20
"""Of all streams together that are tried: what is behind that many bytes may be anything."""


def flate_damage(raw: bytes, height: int, bits: int | None = None) -> Reason | None:
    """Whether a deflated picture of `height` rows ends where it should (7.4.4). In pieces: it may unpack to anything.

    Some encoders leave the checksum away: what ends with a whole row is whole. `bits`: of a row, where they are
    its pixels; with many more the word on its colours was lost, and pdfium takes it for a mask.
    """
    packed, length = zlib.decompressobj(), 0
    try:
        for piece in _pieces(packed, raw):
            length += piece
    except zlib.error:
        return rows_damage(length, height) and Reason.CORRUPT
    if bits is not None and length > 4 * (bits // 8 + 2) * height:
        return Reason.CORRUPT
    return None if packed.eof else rows_damage(length, height)


def rows_damage(length: int, height: int, least: float = 0) -> Reason | None:
    """Whether so many bytes can be the rows of a picture: as many for each, and `least` bytes or more."""
    whole = length > 0 and length % height == 0 and length >= least * height
    return None if whole else Reason.TRUNCATED


def fax_damage(raw: bytes, blank: int) -> Reason | None:
    """Whether a fax picture (7.4.6), of which the last `blank` rows came out blank, was cut short.

    A whole one mostly ends with a mark of its own. Where that was left away, blank rows must stand in the data as well
    as in the picture: the same bits over and over, one a row by group 4.
    """
    bits = "".join(f"{byte:08b}" for byte in raw[-64:])
    if _END_OF_FAX in bits or blank < _SEEN_ROWS:
        return None
    bits = bits.rstrip("0")  # which fill up the last byte
    for period in range(1, _PERIODS + 1):
        known = min(period * (blank - 1), len(bits))
        if known > period and bits[-known:-period] == bits[-known + period :]:
            return None
    return Reason.TRUNCATED


def jbig2_damage(raw: bytes) -> Reason | None:
    """Whether all segments of a JBIG2 stream lie within it. Source: ITU T.88, 7.2; embedded as in 7.4.7."""
    at = 0
    while at + 11 <= len(raw):
        number, flags, many = int.from_bytes(raw[at : at + 4], "big"), raw[at + 4], raw[at + 5] >> 5
        at += 6
        if many == 7:
            many = int.from_bytes(raw[at - 1 : at + 3], "big") & 0x1FFFFFFF
            at += 3 + (many + 8) // 8
        at += many * (1 if number <= 256 else 2 if number <= 65536 else 4) + (4 if flags & 0x40 else 1)
        length = int.from_bytes(raw[at : at + 4], "big")
        at += 4 if length == _FLOWING else 4 + length
        if length == _FLOWING:
            return None
    return Reason.TRUNCATED if at > len(raw) or not raw else None


def jpx_size(raw: bytes) -> tuple[int, int]:
    """Width and height of a JPEG 2000 by its codestream, which need not be those that the PDF names; 0 if not found.

    Source: ISO/IEC 15444-1, A.5.1.
    """
    at = raw.find(b"\xff\x4f\xff\x51")
    if at < 0:
        return 0, 0
    right, bottom, left, top = (int.from_bytes(raw[each : each + 4], "big") for each in range(at + 8, at + 24, 4))
    return right - left, bottom - top


def masks_pictures(data: bytes) -> bool:
    """Whether any picture may have a mask, or its colours turned round (8.9.5): then its own bytes do not show it.

    The dictionary of a stream is never packed, so its keys stand in the file as they are.
    """
    return _MASKED.search(data) is not None


def pages_and_files(data: bytes) -> tuple[int, bool]:
    """How many pages lie in the file where anybody can read it, listed or not (those that are packed do not count); and
    whether files attached do, by their type, which they need not tell. By one walk along the file."""
    numbers, before, has_files = set[bytes](), 0, False
    for sign in _PAGE_OR_FILE.finditer(data):
        at = sign.start()
        if sign[1]:
            has_files = True
            continue
        # Looked for between two pages only, or 20,000 of them in no object at all would take a minute.
        if found := _HEAD.findall(data, max(data.rfind(b"endobj", before, at), before), at):
            numbers.add(found[-1])
        before = at
    return len(numbers), has_files


def pictures_in(data: bytes) -> int:
    """How many pictures lie in the file, used or not, without those that are masks of others."""
    found = sum(_PICTURE.search(each) is not None for each in data.split(b"endobj"))
    return found - len(set(_MASK.findall(data)))


def words_damage(data: bytes) -> Reason | None:
    """Whether a deflated stream of the file is broken that is no picture: words and lines of a page, a group, a font,
    a table of objects. pdfium draws what comes before the break, or nothing, and does not tell.

    Only to be asked of a file that is not encrypted: of another every stream looks broken.
    """
    left, at = _MOST_UNPACKED, 0
    while left > 0 and (found := _STREAM.search(data, at)):
        end = data.find(b"endstream", found.end())
        at = len(data) if end < 0 else end
        begin = max(0, found.start() - _DICTIONARY)
        about = data[max(begin, data.rfind(b"obj", begin, found.start())) : found.start()]
        if _DEFLATED.search(about) and not _PICTURE.search(about):
            length = _inflated(data[found.end() : at], left)
            if length is None:
                return Reason.CORRUPT
            left -= length
    return None


def _inflated(raw: bytes, most: int) -> int | None:
    """How many bytes come out, or `most`; None where they do not come out whole. A checksum left away is no damage, and
    an empty stream is what some programs give a blank page."""
    if not raw.strip():
        return 0
    for window, body in ((zlib.MAX_WBITS, raw), (-zlib.MAX_WBITS, raw[2:].rstrip(b"\r\n"))):
        packed, length = zlib.decompressobj(window), 0
        try:
            for piece in _pieces(packed, body):
                length += piece
                if length >= most:
                    return length
        except zlib.error:
            continue
        if packed.eof and (window > 0 or len(packed.unused_data) < _CHECKSUM):
            return length
    return None


def _pieces(packed: zlib._Decompress, raw: bytes) -> Iterator[int]:
    """Bytes of each piece that comes out: it may unpack to anything. Raises zlib.error."""
    while raw and not packed.eof:
        yield len(packed.decompress(raw, _PIECE))
        raw = packed.unconsumed_tail
