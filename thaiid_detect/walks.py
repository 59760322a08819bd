"""How many frames a file has, by a walk along its bytes that ends: Pillow's own takes seconds, or never comes back."""

from __future__ import annotations

import re
import struct
from typing import Final

__all__ = ["MOST_FRAMES", "gif_frames", "jp2_levels", "tiff_frames"]

MOST_FRAMES: Final = 100_001
"""Nobody looks at more (`Settings.max_pages`): the count stops here."""
_INTRODUCER: Final = re.compile(rb"[,!;]")


def tiff_frames(data: bytes) -> tuple[int, bool]:
    """Directories in the chain of a TIFF, classic or big, and whether it ends as it should: not in a circle, nor beyond
    the file, where more pages lay.

    Sources: TIFF 6.0, section 2; BigTIFF design, AWare Systems.
    """
    order = "<" if data[:2] == b"II" else ">"
    big = data[2:4] in (b"+\0", b"\0+")
    count, entry, offset = ("Q", 20, "Q") if big else ("H", 12, "I")
    many, after = struct.Struct(order + count), struct.Struct(order + offset)
    at, seen = 8 if big else 4, set[int]()
    while at + after.size <= len(data):
        (directory,) = after.unpack_from(data, at)
        if directory == 0 or len(seen) == MOST_FRAMES:
            return len(seen), True
        if directory in seen or directory + many.size > len(data):
            return len(seen), False
        seen.add(directory)
        at = directory + many.size + many.unpack_from(data, directory)[0] * entry
    return len(seen), False


def gif_frames(data: bytes) -> tuple[int, bool]:
    """Pictures in a GIF, and whether its end is there. Source: GIF89a specification, sections 18–27."""
    at, count = 13 + _table(data[10:11]), 0
    while count < MOST_FRAMES and at < len(data):
        kind = data[at]
        if kind == 0x2C:
            count += 1
            at = _behind_blocks(data, at + 11 + _table(data[at + 9 : at + 10]))
        elif kind == 0x21:
            at = _behind_blocks(data, at + 2)
        elif kind == 0x3B:
            return count, True
        else:
            found = _INTRODUCER.search(data, at + 1)
            at = found.start() if found else len(data)
    return count, count == MOST_FRAMES


def _table(flags: bytes) -> int:
    """Bytes of the colour table that the flags announce."""
    return 3 << (flags[0] & 7) + 1 if flags and flags[0] & 0x80 else 0


def _behind_blocks(data: bytes, at: int) -> int:
    while at < len(data) and data[at]:
        at += 1 + data[at]
    return at + 1


def jp2_levels(data: bytes) -> int:
    """How often a JPEG 2000 can be halved: the decomposition levels of its COD marker; 0 where that is not found.

    Source: ISO/IEC 15444-1, A.6.1.
    """
    at = data.find(b"\xff\x4f\xff\x51") + 2
    while at >= 2 and data[at : at + 1] == b"\xff" and data[at + 1 : at + 2] != b"\x90":
        if data[at + 1 : at + 2] == b"\x52":
            return min(data[at + 9], 32) if at + 9 < len(data) else 0
        at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0
