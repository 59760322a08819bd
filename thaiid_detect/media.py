"""What the bytes themselves tell, without decoding: the type, whether the end is there, the EXIF turn.

Names and extensions are never asked: a store's `.jpg` may be anything. Pure functions of bytes, no library needed.
"""

from __future__ import annotations

import codecs
import re
import zlib
from collections.abc import Iterator
from typing import Final, Literal

from thaiid_detect.boxes import HEAD, boxes
from thaiid_detect.sound import sniff_sound

__all__ = ["exif_turn", "is_complete", "is_intact", "is_tar", "sniff"]

_MAGIC: Final = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"CR\x02", "image/x-canon-cr2"),  # a TIFF by its first bytes, whose first frame is only a thumbnail
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (0, b"II+\0", "image/tiff"),
    (0, b"MM\0+", "image/tiff"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"\0\0\0\x0cjP  ", "image/jp2"),
    (0, b"\xff\x4f\xff\x51", "image/jp2"),
    (0, b"\0\0\0\x0cJXL ", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\0\0\x01\0", "image/x-icon"),
    (0, b"AT&TFORM", "image/vnd.djvu"),
    (0, b"%!PS", "application/postscript"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\0", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (257, b"ustar", "application/x-tar"),
    (0, b"SQLite format 3\0", "application/vnd.sqlite3"),
    (0, b"\x1a\x45\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"\0\0\x01\xba", "video/mpeg"),
    (0, b"MThd\0\0\0\x06", "audio/midi"),
    (0, b"#!AMR\n", "audio/amr"),
    (0, b"#!AMR-WB\n", "audio/amr"),
    (0, b"OTTO", "font/otf"),
    (0, b"\0\1\0\0\0", "font/ttf"),
    (0, b"wOFF", "font/woff"),
    (0, b"wOF2", "font/woff2"),
)
_RIFF: Final = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_BRANDS: Final = {
    "image/avif": (b"avif", b"avis"),
    "image/heic": (b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis"),
    "audio/mp4": (b"M4A ", b"M4B "),
}
_ANY_PICTURE: Final = frozenset({b"mif1", b"msf1"})
"""Brands that say how a picture is packed and not by what it is coded: HEVC, where no other brand says more."""
_BMP_HEADERS: Final = frozenset({12, 40, 52, 56, 64, 108, 124})
_ANCILLARY: Final = 0x20
"""In the first letter of a PNG's chunk (5.4 of the specification): what a decoder may pass over, such as comments."""
_SEEN_CHUNKS: Final = (b"tRNS", b"fdAT")
_OFFICE: Final = (b"[Content_Types].xml", b"word/", b"xl/", b"ppt/")
_NAMED: Final = re.compile(rb"application/(?:epub\+zip|vnd\.oasis\.opendocument\.[a-z]{1,20}(?:-(?:template|master))?)")
"""OpenDocument and EPUB say first what they are."""
_ZIP_END, _ZIP_TAIL = b"PK\x05\x06", 65_557
"""The end of a zip, and how far from the file's it may stand; programs that unpack themselves have it behind them."""
_HEADER: Final = re.compile(rb"[!-9;-~]{1,76}")
_MAIL_ONLY: Final = frozenset(
    b"received return-path message-id mime-version delivered-to dkim-signature x-mailer".split(b" ")
)
_MAIL_HEADERS: Final = _MAIL_ONLY | frozenset(b"from to cc subject date content-type reply-to sender".split(b" "))
_LONGEST_HEADERS: Final = 1 << 18
_SMALL: Final = 1 << 16
_PIECE: Final = 1 << 20
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\v\f\r\x1b"))


def sniff(data: bytes) -> str | None:
    """The media type by content; None when nothing is recognised. Text is `text/plain`, whatever its syntax.

    >>> sniff(b"GIF89a..."), sniff("สวัสดี".encode()), sniff(bytes(64))
    ('image/gif', 'text/plain', None)
    """
    for offset, magic, media_type in _MAGIC:
        if data.startswith(magic, offset):
            return media_type
    if data[:4] == b"RIFF":
        return _RIFF.get(data[8:12])
    if data[4:8] == b"ftyp":
        return _sniff_brand(data)
    if data[:2] == b"BM" and int.from_bytes(data[14:18], "little") in _BMP_HEADERS:
        return "image/bmp"
    if data[:4] == b"PK\x03\x04":
        if data[30:38] == b"mimetype" and (named := _NAMED.match(data, 38)):
            return named[0].decode("ascii")
        office = any(name in data[:4096] for name in _OFFICE)
        return "application/vnd.openxmlformats-officedocument" if office else "application/zip"
    if data[:4] == b"OggS":  # may hold a film as well as music
        return "audio/ogg" if b"vorbis" in data[:64] or b"OpusHead" in data[:64] else "video/ogg"
    if data[:4] == b"FORM" and data[8:12] in (b"AIFF", b"AIFC"):
        return "audio/aiff"
    if b"%PDF-" in data[:1024]:  # readers allow as much junk before it
        return "application/pdf"
    if is_tar(data[:512]):
        return "application/x-tar"
    if data.find(_ZIP_END, max(0, len(data) - _ZIP_TAIL)) >= 0:
        return "application/zip"
    return sniff_sound(data) or _sniff_mail(data) or ("text/plain" if _is_text(data) else _sniff_small(data))


def _sniff_brand(data: bytes) -> str:
    """ISO base media (ISO/IEC 14496-12): the major brand decides; a picture's brand may also stand among the others."""
    brands = [data[8:12], *(data[at : at + 4] for at in range(16, min(data[3], 64), 4))]
    for brand in brands:
        for media_type, known in _BRANDS.items():
            if brand in known:
                return media_type
    return "video/mp4" if _ANY_PICTURE.isdisjoint(brands) else "image/heic"


def is_tar(header: bytes) -> bool:
    """Whether the block of 512 bytes is a tar's header: its checksum holds (POSIX.1-2017, pax), signed or not."""
    digits = header[148:156].strip(b" \0")
    if len(header) < 512 or not digits or digits.strip(b"01234567") or header[0] == 0:
        return False
    rest = header[:148] + b" " * 8 + header[156:512]
    total = sum(rest)
    return int(digits, 8) in (total, total - 256 * sum(byte > 127 for byte in rest))


def _sniff_mail(data: bytes) -> str | None:
    """An e-mail, or a box of them: lines of headers up to a blank one, two of them a mail's."""
    start = data.find(b"\n") + 1 if data[:5] == b"From " else 0
    names: set[bytes] = set()
    for line in data[start : start + _LONGEST_HEADERS].split(b"\n"):
        name, colon, _ = line.partition(b":")
        if line in (b"", b"\r"):
            mail = len(names & _MAIL_HEADERS) > 1 and bool(names & _MAIL_ONLY)
            return ("application/mbox" if start else "message/rfc822") if mail else None
        if line[:1] in (b" ", b"\t") and names:
            continue
        if not colon or not _HEADER.fullmatch(name):
            return None
        names.add(name.lower())
    return None


def _sniff_small(data: bytes) -> str | None:
    """Companions of files that cannot show a card, and would be unknown: what a Finder, a printer's driver, a word
    processor notes about them."""
    if data.startswith(b"\0\0\0\1Bud1"):
        return "application/x-ds-store"
    if len(data) > _SMALL or b"\xff\xd8\xff" in data or b"\x89PNG" in data:
        return None
    if data.startswith(b"\0\x05\x16\x07"):
        return "application/applefile"
    if data[64:66] == b"\1\4" and data[68:70] == b"\xdc\0":  # DEVMODEW: version 4.01, 220 bytes (xlsx has them)
        return "application/x-printer-settings"
    return None


def _is_text(data: bytes) -> bool:
    """UTF-8, or UTF-16 with its mark, without control characters. Old 8-bit Thai text is not told from binary data."""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
    head = data[:4096]
    if encoding == "utf-8" and (len(head.translate(None, _CONTROLS)) != len(head) or b"\0" in data):
        return False
    decoder = codecs.getincrementaldecoder(encoding)()
    letters = 0
    try:
        # By the piece: one emoji in a text makes every letter of it four bytes.
        for start in range(0, len(data), _PIECE):
            text = decoder.decode(data[start : start + _PIECE], final=start + _PIECE >= len(data))
            letters += len(text)
            if "\0" in text:
                return False
    except UnicodeDecodeError:
        return False
    return letters > 0


def exif_turn(exif: bytes) -> int:
    """The orientation tag, 1–8, of an EXIF block, with or without its `Exif` prefix; 1 when there is none to be read.

    1 upright · 2 mirrored · 3 upside down · 4 3 mirrored · 5 6 mirrored · 6 to be turned a quarter clockwise ·
    7 8 mirrored · 8 to be turned a quarter anticlockwise (Exif 2.32, 4.6.4 A, tag 0x0112).
    """
    tiff = exif.removeprefix(b"Exif\0\0")
    order: Literal["little", "big"] = "little" if tiff[:2] == b"II" else "big"
    start = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[start : start + 2], order)
    for at in range(start + 2, min(start + 2 + 12 * count, len(tiff) - 11), 12):
        if int.from_bytes(tiff[at : at + 2], order) == 0x0112:
            turn = int.from_bytes(tiff[at + 8 : at + 10], order)
            return turn if 1 <= turn <= 8 else 1
    return 1


def is_complete(data: bytes, media_type: str) -> bool:
    """Whether the end that the format promises is there; junk after it does no harm. True for types not known here.

    JPEG has a file of its own, `jpeg.py`; GIF and TIFF are walked along by `walks.py`.
    """
    if media_type == "image/png":
        return _png_ends(data)
    if media_type == "image/webp":
        return len(data) >= 8 + int.from_bytes(data[4:8], "little")
    if media_type == "image/bmp":
        return len(data) >= _bmp_end(data)
    if media_type == "image/x-icon":
        return len(data) >= _icons_end(data)
    if media_type in ("image/jp2", "image/heic", "image/avif"):
        return _boxes_end(data)
    return True


def is_intact(data: bytes, media_type: str) -> bool:
    """Whether every checksum of what is seen holds; true for types without. Only PNG has them, one for each chunk.

    Pillow asks none of those of the pixels: where zeros had been written over a part, it showed noise for all that
    followed, and said nothing.
    """
    view = memoryview(data)
    return media_type != "image/png" or all(
        zlib.crc32(view[at + 4 : end - 4]) == int.from_bytes(view[end - 4 : end], "big")
        for at, end in _png_chunks(data)
        if not data[at + 4] & _ANCILLARY or data[at + 4 : at + 8] in _SEEN_CHUNKS
    )


def _png_ends(data: bytes) -> bool:
    """Whether every chunk lies within the file, up to IEND.

    OpenCV believes a chunk's length before it looks: one flipped bit in it cost 4 GiB and 15 seconds.
    """
    return any(data.startswith(b"IEND", at + 4) for at, _ in _png_chunks(data))


def _png_chunks(data: bytes) -> Iterator[tuple[int, int]]:
    """Begin and end of each chunk up to IEND: four bytes of length, four of name, the content, four of checksum."""
    at = 8
    while at + 12 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield at, end
        if data.startswith(b"IEND", at + 4):
            return
        at = end


def _icons_end(data: bytes) -> int:
    """Offset behind the last picture of an icon, by its directory of 16 bytes each: size at 8, offset at 12."""
    entries = range(6, 6 + 16 * int.from_bytes(data[4:6], "little"), 16)
    return max((sum(int.from_bytes(data[at + n : at + n + 4], "little") for n in (8, 12)) for at in entries), default=0)


def _boxes_end(data: bytes) -> bool:
    """Whether every box lies within the file (ISO/IEC 14496-12, 4.2), and a JPEG 2000 codestream has its end marker.

    What is no box ends the walk: junk after the last one does no harm.
    """
    codestream = data if data[:1] == b"\xff" else b""
    for name, start, _, end in () if codestream else boxes(data):
        if not name.strip().isalnum():
            break
        if end - start < HEAD or end > len(data):
            return False
        if name == b"jp2c":
            codestream = data[start:end]
            break
    if not codestream:
        return data[4:8] != b"jP  "
    return codestream.rstrip(b"\0").endswith(b"\xff\xd9")


def _bmp_end(data: bytes) -> int:
    """Bytes an uncompressed bitmap needs, by its size and depth; its own size field is often wrong. Else 0."""
    numbers = [int.from_bytes(data[at : at + 4], "little", signed=True) for at in (10, 14, 18, 22, 30)]
    start, header, width, height, compression = numbers
    if header == 12 or compression not in (0, 3):
        return 0
    row = (width * int.from_bytes(data[28:30], "little") + 31) // 32 * 4
    return start + row * abs(height)
