"""Zip (PKWARE APPNOTE 6.3): stored, deflate, bzip2, lzma, xz, zstd; zip64; and what is left of a broken one.

Not by `zipfile`: it reads the whole directory, of any length, before the first member; it knows only what that lists;
and without a directory it gives up. Here all is read in order, what is in no directory is looked for, and no byte is
unpacked for two members.
"""

from __future__ import annotations

import bisect
import struct
import zlib
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from typing import Final

from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Codec, Member, Stream, bzip2, deflate, stored, xz, zip_lzma, zstd

__all__ = ["zip_members"]

_LOCAL, _LISTED, _END, _END64 = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06", b"PK\x06\x06"
_CODECS: Final = {8: deflate, 12: bzip2, 95: xz}
"""By method; stored (0), lzma (14) and zstd (93) are made for each member."""
_ENCRYPTED, _SIZE_FOLLOWS, _END_MARKED, _UTF8 = 1, 8, 2, 0x800
_UNKNOWN: Final = 0xFFFFFFFF
_SLACK: Final = 64
"""Bytes between members that are no file: descriptors (24 at most) and what aligns the next."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """What a directory, or a local header, says of a member. `size`: unpacked; None, like `crc`, where nobody says."""

    name: bytes
    flags: int
    method: int
    packed: int | None
    size: int | None
    crc: int | None
    offset: int

    @property
    def path(self) -> str:
        """By the flag; without it in UTF-8 all the same, as macOS does it, or in the code page of DOS."""
        try:
            return self.name.decode()
        except UnicodeDecodeError:
            return self.name.decode("utf-8" if self.flags & _UTF8 else "cp437", "replace")


class _Claims:
    """Which bytes belong to whom. 1,000 members of one and the same bytes are the oldest trick of a zip bomb."""

    def __init__(self) -> None:
        self._spans: list[tuple[int, int]] = []

    def take(self, start: int, end: int) -> bool:
        """Whether the bytes were free; then they no longer are."""
        at = bisect.bisect(self._spans, (start, end))
        free = (at == 0 or self._spans[at - 1][1] <= start) and (at == len(self._spans) or end <= self._spans[at][0])
        if free and start < end:
            self._spans.insert(at, (start, end))
        return free

    def gaps(self, end: int) -> list[tuple[int, int]]:
        starts = [0, *(span[1] for span in self._spans)]
        ends = [*(span[0] for span in self._spans), end]
        return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def zip_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    """All members that a directory lists, then what else lies in the file. Raises DecodeError if not all was there."""
    claims, directory = _Claims(), _directory(data)
    damage = None
    if directory is not None:
        listed, behind = 0, directory.begin
        for entry, at in _listed(data, directory.begin):
            allowance.admit()
            listed, behind = listed + 1, at
            yield from _member(data, entry, entry.offset + directory.shift, claims, allowance)
        claims.take(directory.begin, behind)
        claims.take(*directory.end)
        damage = Reason.CORRUPT if (listed - directory.count) & 0xFFFF else None
    for start, end in claims.gaps(len(data)):
        if (yield from _unlisted(data, start, end, claims, allowance)):
            damage = damage or (Reason.TRUNCATED if directory is None else Reason.CORRUPT)
    for start, end in claims.gaps(len(data)):
        cut_off = directory is None and data.find(_LISTED, start, start + _SLACK) >= 0
        if end - start > _SLACK and not cut_off and data.count(data[start], start, end) < end - start:
            allowance.admit()
            yield allowance.member(f"@{start}", data[start:end])
    if damage is not None:
        raise DecodeError(damage)


@dataclass(frozen=True, slots=True)
class _Directory:
    """Where it begins, what to add to its offsets (bytes were put before), how many it lists; where its end stands."""

    begin: int
    shift: int
    count: int
    end: tuple[int, int]


def _directory(data: bytes) -> _Directory | None:
    at = data.rfind(_END)
    if at < 0 or at + 22 > len(data):
        return None
    count, size, offset = struct.unpack_from("<HII", data, at + 10)
    first = data.rfind(_END64, max(0, at - 76), at)
    if 0 <= first <= len(data) - 56:
        count, size, offset = struct.unpack_from("<QQQ", data, first + 32)
    else:
        first = at
    for begin in (first - size, offset):
        if 0 <= begin <= first and (data.startswith(_LISTED, begin) or count == 0):
            return _Directory(begin, begin - offset, count, (first, at + 22))
    return None


def _listed(data: bytes, at: int) -> Iterator[tuple[_Entry, int]]:
    """The directory's entries, each with the offset behind it."""
    while data.startswith(_LISTED, at) and at + 46 <= len(data):
        flags, method = struct.unpack_from("<HH", data, at + 8)
        crc, packed, size, name, extra, comment = struct.unpack_from("<IIIHHH", data, at + 16)
        (offset,) = struct.unpack_from("<I", data, at + 42)
        behind = at + 46 + name
        size, packed, offset = _zip64(data[behind : behind + extra], (size, packed, offset))
        at, name_at = behind + extra + comment, at + 46
        yield _Entry(data[name_at:behind], flags, method, packed, size, crc, offset), at


def _zip64(extra: bytes, values: tuple[int, ...]) -> tuple[int, ...]:
    """The values, those that do not fit into 32 bits taken from the extra field 1, where they stand in this order."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<HH", extra, at)
        if kind == 1:
            wide = [int.from_bytes(extra[i : i + 8], "little") for i in range(at + 4, at + 4 + length - 7, 8)]
            return tuple(wide.pop(0) if value == _UNKNOWN and wide else value for value in values)
        at += 4 + length
    return values


def _member(data: bytes, entry: _Entry, at: int, claims: _Claims, allowance: Allowance) -> Iterator[Member]:
    """The member whose local header stands at `at`; none for a folder."""
    start = _behind_header(data, at) if at >= 0 else None
    if start is None:
        yield Member(entry.path, damage=Reason.CORRUPT if at < len(data) else Reason.TRUNCATED)
        return
    if entry.name.endswith(b"/") and not (entry.packed and entry.size):
        claims.take(at, start)
        return
    end = min(start + (entry.packed or 0), len(data))
    if not claims.take(at, end):
        yield Member(entry.path, damage=Reason.CORRUPT)
        return
    yield _unpacked(data, entry, start, end, allowance)[0]


def _behind_header(data: bytes, at: int) -> int | None:
    """Offset behind the local header at `at`; None if there is none."""
    if not data.startswith(_LOCAL, at) or at + 30 > len(data):
        return None
    name, extra = struct.unpack_from("<HH", data, at + 26)
    return at + 30 + int(name) + int(extra)


def _unpacked(data: bytes, entry: _Entry, start: int, end: int, allowance: Allowance) -> tuple[Member, int]:
    """The member whose packed bytes lie from `start` to `end`, and the offset behind those that were used."""
    if entry.flags & _ENCRYPTED or entry.method == 99:
        return Member(entry.path, damage=Reason.ENCRYPTED), end
    codec, begin = _codec(data, entry, start)
    if codec is None:
        return Member(entry.path, damage=Reason.UNSUPPORTED), end
    stream = Stream(data, codec, allowance, begin, end)
    unpacked, damage = stream.read_all()
    if damage is None and entry.packed is not None and start + entry.packed > len(data):
        damage = Reason.TRUNCATED
    wrong = entry.crc is not None and zlib.crc32(unpacked) != entry.crc
    if damage is None and (wrong or len(unpacked) != (len(unpacked) if entry.size is None else entry.size)):
        damage = Reason.CORRUPT
    return Member(entry.path, unpacked, damage), stream.consumed


def _codec(data: bytes, entry: _Entry, start: int) -> tuple[Codec | None, int]:
    """What unpacks the member, and where its stream starts."""
    if entry.method == 14:  # two bytes of version, two of length, then the properties
        size = -1 if entry.flags & _END_MARKED or entry.size is None else min(entry.size, 1 << 62)
        return zip_lzma(data[start + 4 : start + 9], size), start + 9
    made = stored if entry.method == 0 else zstd() if entry.method == 93 else _CODECS.get(entry.method)
    return made, start


def _unlisted(data: bytes, at: int, end: int, claims: _Claims, allowance: Allowance) -> Generator[Member, None, int]:
    """Members that lie in a gap by the word of their local headers alone; how many they were."""
    count = 0
    while (at := data.find(_LOCAL, at, end)) >= 0 and (start := _behind_header(data, at)) is not None:
        allowance.admit()
        count += 1
        entry = _local(data, at, start)
        last = min(start + entry.packed, end) if entry.packed is not None else _latest_end(data, entry, start, end)
        member, behind = _unpacked(data, entry, start, last, allowance)
        behind = last if entry.packed is not None else min(max(behind, start), end)
        claims.take(at, behind)
        if member.data or member.damage or not entry.name.endswith(b"/"):
            yield member
        del member  # while the next one is unpacked
        at = behind
    return count


def _local(data: bytes, at: int, start: int) -> _Entry:
    """What the local header at `at` says; the data start at `start`."""
    flags, method = struct.unpack_from("<HH", data, at + 6)
    crc, packed, size, name = struct.unpack_from("<IIIH", data, at + 14)
    size, packed = _zip64(data[at + 30 + name : start], (size, packed))
    entry = _Entry(data[at + 30 : at + 30 + name], flags, method, packed, size, crc, at)
    return replace(entry, packed=None, size=None, crc=None) if flags & _SIZE_FOLLOWS and not packed else entry


def _latest_end(data: bytes, entry: _Entry, start: int, end: int) -> int:
    """Where a member of unknown length ends at the latest: one that is not packed, at its descriptor's signature."""
    found = data.find(b"PK\x07\x08", start, end) if entry.method == 0 else -1
    return end if found < 0 else found
