"""How many frames a file has, by a walk along its bytes that ends: Pillow's own takes seconds, or never comes back."""

from __future__ import annotations

import re
import struct
from itertools import pairwise
from typing import Final

from thaiid_detect.records import Reason

__all__ = ["MOST_FRAMES", "gif_frames", "jp2_levels", "mpo_pictures", "tiff_frames"]

MOST_FRAMES: Final = 100_001
"""Nobody looks at more (`Settings.max_pages`): the count stops here."""
_JPEG: Final = b"\xff\xd8\xff"
_IMAGES, _ENTRIES, _ENTRY = 0xB001, 0xB002, 16
"""Tags of a Multi-Picture index, and the bytes of one of its entries."""
_SEGMENT: Final = 1 << 16
"""Bytes of a JPEG's segment, at most."""
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


def mpo_pictures(data: bytes, index: int) -> tuple[list[tuple[int, int]], Reason | None]:
    """Where the pictures after the first lie that a JPEG's Multi-Picture index names; and the damage, where none begins
    in such a place, or the index cannot be read. `index`: offset of its TIFF header. A place goes on up to the next:
    lengths in the index are not to be relied on (Pillow's are wrong from the third on), and a JPEG has its own end.

    Every picture that begins as a JPEG counts, whatever the index says it is: a further view, a preview, a phone's gain
    map (small and grey: looking at it costs little). A preview need not show what the picture shows: programs that cut
    a picture or black something out leave the old one in. Source: CIPA DC-007, 5.2.
    """
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[index : index + 4], "")
    tags = _directory(data, index, order) if order else {}
    if _ENTRIES not in tags:  # as in every picture but the first
        return [], None if tags else Reason.CORRUPT
    size, at = tags[_ENTRIES]
    entries = data[index + at : index + at + min(size, _SEGMENT)]
    whole = len(entries) >= max(size, _ENTRY * tags.get(_IMAGES, (0, 0))[1])
    damage = None if whole else Reason.CORRUPT
    begins = set[int]()
    for _, _, offset, _ in struct.iter_unpack(order + "4I", entries[: len(entries) // _ENTRY * _ENTRY]):
        begin = index + offset
        if offset and data.startswith(_JPEG, begin):  # 0: the first
            begins.add(begin)
        elif offset:
            damage = damage or (Reason.CORRUPT if begin < len(data) else Reason.TRUNCATED)
    return list(pairwise([*sorted(begins), len(data)])), damage


def _directory(data: bytes, start: int, order: str) -> dict[int, tuple[int, int]]:
    """Of the first directory of a TIFF, by tag: how many values it has, and the value or where those stand."""
    at = start + int.from_bytes(data[start + 4 : start + 8], "little" if order == "<" else "big")
    (count,) = struct.unpack(order + "H", data[at : at + 2].ljust(2, b"\0"))
    entries = data[at + 2 : at + 2 + 12 * count]
    found = struct.iter_unpack(order + "HHII", entries[: len(entries) // 12 * 12])
    return {tag: (size, value) for tag, _, size, value in found}


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
