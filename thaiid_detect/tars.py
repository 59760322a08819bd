"""Tar (POSIX pax, GNU, the old kind) and what is packed as one stream: gzip, bzip2, xz, zstd, and tars inside these.

Not by `tarfile`: versions of Python in use hang on one header made for it (CVE-2024-6232, CVE-2025-8194), and what it
knows of all members stays in memory. A tar in a stream is read as it is unpacked, member by member.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from thaiid_detect.image import DecodeError
from thaiid_detect.media import is_tar
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Codec, Member, Stream, bzip2, gzip, stored, xz, zstd

__all__ = ["STREAMS", "stream_members", "tar_members"]

STREAMS: Final[dict[str, Callable[[], Codec]]] = {
    "application/gzip": lambda: gzip,
    "application/x-bzip2": lambda: bzip2,
    "application/x-xz": lambda: xz,
    "application/zstd": zstd,
}
_BLOCK: Final = 512
_NO_DATA: Final = b"123456"
"""Kinds of entries behind which nothing stands: links, devices, folders, pipes."""
_LONGEST_HEADER: Final = 1 << 20
"""Bytes of an extended header or a long name."""


def tar_members(data: bytes, allowance: Allowance) -> Iterator[Member]:
    return _members(Stream(data, stored, allowance), allowance)


def stream_members(data: bytes, media_type: str, allowance: Allowance) -> Iterator[Member]:
    """The one file in a stream; if that is a tar, its members."""
    stream = Stream(data, STREAMS[media_type](), allowance, several=True)
    if is_tar(stream.peek(_BLOCK)):
        yield from _members(stream, allowance)
        return
    allowance.admit()
    yield Member(_name(data) if media_type == "application/gzip" else "content", *stream.read_all())


def _name(data: bytes) -> str:
    """The file's name, if gzip was told it and nothing else (RFC 1952, 2.3)."""
    return data[10 : data.find(0, 10)].decode("latin-1") if data[3] == 8 else "content"


def _members(stream: Stream, allowance: Allowance) -> Iterator[Member]:
    """All files. Raises DecodeError where the tar ends without its mark, or where no header stands in its place."""
    extended: dict[str, str] = {}
    ended = False
    while len(header := stream.read(_BLOCK)) == _BLOCK:
        if not header.strip(b"\0"):
            ended = True
            continue
        if not is_tar(header):
            raise DecodeError(Reason.CORRUPT)
        allowance.admit()
        ended = False
        kind, size = header[156:157], _number(header[124:136])
        if kind in (b"x", b"g", b"L", b"K"):
            said = _padded(stream, size, _LONGEST_HEADER)
            extended |= _pax(said) if kind == b"x" else {"path": _text(said)} if kind == b"L" else {}
            continue
        yield from _file(stream, header, size, extended, allowance)
        extended = {}
    if not ended:
        raise DecodeError(stream.damage or Reason.TRUNCATED)
    if stream.damage is not None:
        raise DecodeError(stream.damage)


def _file(stream: Stream, header: bytes, size: int, extended: dict[str, str], allowance: Allowance) -> Iterator[Member]:
    """The member behind a header; none for links, folders, devices."""
    kind = header[156:157]
    path = extended.get("path") or _path(header)
    if kind in _NO_DATA or (kind == b"\0" and path.endswith("/")):
        return
    size = int(extended["size"][:20]) if extended.get("size", "").isdecimal() else size
    sparse = kind == b"S" or any(key.startswith("GNU.sparse") for key in extended)
    more = kind == b"S" and header[482] != 0
    while more:  # maps of the holes
        more = stream.read(_BLOCK)[504:505] not in (b"", b"\0")
    if sparse or size > allowance.room:
        _skip(stream, size + -size % _BLOCK)
        yield Member(path, damage=Reason.UNSUPPORTED if sparse else Reason.TOO_LARGE)
        return
    data = stream.read(size)
    damage = stream.damage or Reason.TRUNCATED if len(data) < size else None
    stream.read(-size % _BLOCK)
    yield Member(path, data, damage)


def _padded(stream: Stream, size: int, most: int) -> bytes:
    """The contents of an entry, and on to the next block. Raises DecodeError."""
    if size > most:
        raise DecodeError(Reason.CORRUPT)
    return stream.read(size + -size % _BLOCK)[:size]


def _skip(stream: Stream, size: int) -> None:
    while size > 0 and (piece := stream.read(min(size, 1 << 20))):
        size -= len(piece)


def _number(field: bytes) -> int:
    """Octal digits, or 256-based with the first bit set. Raises DecodeError."""
    if field[0] & 0x80:
        return int.from_bytes(field, "big") & ((1 << 95) - 1)
    digits = field.strip(b" \0")
    if digits.strip(b"01234567"):
        raise DecodeError(Reason.CORRUPT)
    return int(digits or b"0", 8)


def _path(header: bytes) -> str:
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field: bytes) -> str:
    return field.split(b"\0", 1)[0].decode("utf-8", "replace")


def _pax(records: bytes) -> dict[str, str]:
    """`27 path=somewhere/else.jpg\\n` and so on: lengths of whole records, keys, values."""
    found, at = {}, 0
    while (blank := records.find(b" ", at, at + 8)) > 0 and records[at:blank].isdigit():
        length = int(records[at:blank])
        key, _, value = records[blank + 1 : at + length - 1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        at += max(length, 1)
    return found
