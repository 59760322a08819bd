"""Coded pictures in HEIC and AVIF files as they lie there: whether a piece of one was wiped out. Decoders do not tell.

They make grey or noise of what is broken and call it a picture. But no HEVC picture has three zeros in a row, its units
follow one another without a gap, and no AV1 picture ends in zeros. Section numbers: ISO/IEC 14496-12 for boxes, 23008-2
for HEVC's units.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from thaiid_detect.boxes import boxes

__all__ = ["heif_is_whole"]

_HEVC: Final = (b"hvc1", b"hev1")
_AV1: Final = b"av01"
_LENGTH_SIZE: Final = 21
"""Where the decoder's configuration says how many bytes tell a unit's length, less one. Source: 14496-15, 8.3.3.1."""
_FORBIDDEN: Final = bytes(3)
"""Encoders break such up; see 23008-2, 7.4.2.1. A unit does not end in a zero either."""
_NO_END: Final = bytes(16)
"""The last byte of an AV1 tile has its closing bit in it. Source: AV1 specification, 8.2.4."""


def heif_is_whole(data: bytes) -> bool:
    """Whether each HEVC picture is a chain of units without a hole, and each AV1 picture has its end. True where the
    file cannot be followed so far: then it is the decoder that fails."""
    meta = next((content for name, content in _boxes(data) if name == b"meta"), b"")[4:]
    inside = dict(_boxes(meta))
    kinds = dict(_typed(inside.get(b"iinf", b"")))
    setup = meta.find(b"hvcC") + 4
    wide = 1 + (meta[setup + _LENGTH_SIZE] & 3) if 4 <= setup < len(meta) - _LENGTH_SIZE else 4
    for number, places in _placed(inside.get(b"iloc", b"")):
        kind, coded = kinds.get(number), b"".join(data[at : at + size] for at, size in places)
        if (kind in _HEVC and not _is_chain(coded, wide)) or (kind == _AV1 and coded.endswith(_NO_END)):
            return False
    return True


def _is_chain(coded: bytes, wide: int) -> bool:
    at = 0
    while at < len(coded):
        end = at + wide + int.from_bytes(coded[at : at + wide], "big")
        unit = coded[at + wide : end]
        if not unit or end > len(coded) or unit[-1] == 0 or _FORBIDDEN in unit:
            return False
        at = end
    return True


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of each sound box."""
    return ((name, data[content:end]) for name, _, content, end in boxes(data) if content <= end)


def _typed(infos: bytes) -> Iterator[tuple[int, bytes]]:
    """Number and type of each item, 8.11.6."""
    for name, info in _boxes(infos[6 if infos[:1] == b"\0" else 8 :]):
        wide = 4 if info[:1] == b"\3" else 2
        if name == b"infe":
            yield int.from_bytes(info[4 : 4 + wide], "big"), info[6 + wide : 10 + wide]


def _placed(locations: bytes) -> Iterator[tuple[int, list[tuple[int, int]]]]:
    """Number of each item that lies in the file itself, and where its pieces do: offset and length, 8.11.3."""
    version, sizes, at = locations[:1], locations[4:6].hex(), 6
    if len(sizes) < 4 or version not in (b"\0", b"\1", b"\2"):
        return
    of_offset, of_length, of_base, of_index = (int(size, 16) for size in sizes)
    of_index = 0 if version == b"\0" else of_index
    wide = 4 if version == b"\2" else 2

    def number(size: int) -> int:
        nonlocal at
        at += size
        return int.from_bytes(locations[at - size : at], "big")

    for _ in range(number(wide)):
        item, method = number(wide), 0 if version == b"\0" else number(2) & 15
        number(2)
        base, places = number(of_base), []
        for _ in range(number(2)):
            number(of_index)
            offset = base + number(of_offset)
            places.append((offset, number(of_length)))
        if at > len(locations):
            return
        if method == 0:
            yield item, places
