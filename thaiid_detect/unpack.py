"""Unpacking within limits: what one document may still cost, and streams that are decompressed no further than that.

Headers promise what they like: every cap is checked against what comes out, while it comes out.
"""

from __future__ import annotations

import bz2
import io
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from thaiid_detect.image import DecodeError
from thaiid_detect.masking import masked_name
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings

__all__ = [
    *("Allowance", "Codec", "Member", "Stream"),
    *("bzip2", "deflate", "gzip", "stored", "xz", "zip_lzma", "zlib_stream", "zstd"),
]

_MEMORY: Final = 160 << 20
"""Bytes a decompressor may take for itself: `xz -9` and `zstd --ultra` with a window of 128 MiB do with less."""
_FED, _TAKEN = 16 << 10, 1 << 20
"""Bytes handed to a decompressor at once, and taken from it."""
_FREE: Final = 1 << 20
"""Bytes that every stream may give whatever its ratio."""
_MOST_STREAMS: Final = 100_000
"""Streams on end in one file, as parallel compressors write them: each costs a new decompressor."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file inside a file: its name there, a 13-digit number in it masked, and its bytes.

    `damage`: why `data` is not all of it, or is nothing at all; None where it is whole.
    """

    path: str
    data: bytes = field(default=b"", repr=False)
    damage: Reason | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "path", masked_name(self.path))


class Allowance:
    """What one document may still cost, all members of all its members taken together. For one thread."""

    def __init__(self, settings: Settings) -> None:
        self.ratio = settings.max_ratio
        self.held = 0
        """Bytes of members that are in memory because a member of theirs is being looked at."""
        self._most = settings.max_bytes
        self._members = settings.max_members
        self._bytes = settings.max_unpacked

    @property
    def room(self) -> int:
        """Bytes that the next member may have."""
        return max(0, min(self._most - self.held, self._bytes))

    def admit(self) -> None:
        """One member more, if only by name. Raises DecodeError when that is too many, or no bytes are left for it."""
        if self._members <= 0:
            raise DecodeError(Reason.TOO_MANY_MEMBERS)
        if self._bytes <= 0:
            raise DecodeError(Reason.TOO_LARGE)
        self._members -= 1

    def close(self) -> None:
        """No member more."""
        self._members = 0

    def spend(self, count: int) -> None:
        """That many bytes were unpacked."""
        self._bytes -= count

    def member(self, path: str, data: bytes, damage: Reason | None = None) -> Member:
        """The member, its bytes counted; without them where that is too many."""
        fits = len(data) <= self.room
        self.spend(len(data))
        return Member(path, data, damage) if fits else Member(path, damage=Reason.TOO_LARGE)


class Decompressor(Protocol):
    """What `bz2`, `lzma` and `zstd` have in common."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


@dataclass(frozen=True, slots=True)
class Codec:
    """How a stream is decompressed. `broken`: what that raises at bytes that are no such stream."""

    start: Callable[[], Decompressor]
    broken: tuple[type[Exception], ...] = (OSError, EOFError, ValueError)


class _Zlib:
    """zlib's decompressor with the manners of the others."""

    def __init__(self, wbits: int) -> None:
        self._inner = zlib.decompressobj(wbits)
        self.needs_input = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self.needs_input = not self._inner.unconsumed_tail and len(out) < max_length
        return out


class _Stored:
    """Bytes as they are; it never ends by itself."""

    eof, needs_input, unused_data = False, True, b""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return data


stored: Final = Codec(_Stored)
deflate: Final = Codec(lambda: _Zlib(-15), (zlib.error,))
gzip: Final = Codec(lambda: _Zlib(31), (zlib.error,))
zlib_stream: Final = Codec(lambda: _Zlib(15), (zlib.error,))
"""With its own two bytes before and its checksum behind (RFC 1950)."""
bzip2: Final = Codec(bz2.BZ2Decompressor)
xz: Final = Codec(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, _MEMORY), (lzma.LZMAError,))


def zip_lzma(properties: bytes, size: int) -> Codec:
    """LZMA as zip files hold it (APPNOTE 5.8.8), its properties apart. `size`: unpacked, −1 if the end is marked."""
    head = properties + size.to_bytes(8, "little", signed=True)

    def start() -> Decompressor:
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_ALONE, _MEMORY)
        decompressor.decompress(head, 0)
        return decompressor

    return Codec(start, (lzma.LZMAError, EOFError))


def zstd() -> Codec:
    """Zstandard (RFC 8878), with a window of 128 MiB at most. Imported here, for it is rare."""
    if sys.version_info >= (3, 14):
        from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
    else:
        from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

    options = {int(DecompressionParameter.window_log_max): 27}
    return Codec(lambda: ZstdDecompressor(options=options), (ZstdError, EOFError, ValueError))


class Stream:
    """A file inside a file, read in order: the bytes of `data` from `start` to `end`, decompressed.

    `damage` is what ended it before its end. `several`: further streams of the same kind may follow, as `cat` of two
    files makes them.
    """

    def __init__(
        self,
        data: bytes,
        codec: Codec,
        allowance: Allowance,
        start: int = 0,
        end: int | None = None,
        *,
        several: bool = False,
    ) -> None:
        self.damage: Reason | None = None
        self._data, self._start, self._end = data, start, len(data) if end is None else min(end, len(data))
        self._codec, self._several = codec, several
        self._allowance = allowance
        self._fed = start
        self._given, self._streams = 0, 1
        self._ready, self._at = b"", 0
        try:
            self._decompressor = codec.start()
        except codec.broken:
            self._decompressor, self.damage = _Stored(), Reason.CORRUPT

    @property
    def consumed(self) -> int:
        """Offset in the data behind what belongs to what has been read."""
        return self._fed - len(self._decompressor.unused_data)

    def peek(self, size: int) -> bytes:
        """The next `size` bytes, or fewer at the end, without going on."""
        head = self.read(size)
        self._ready, self._at = head + self._ready[self._at :], 0
        return head

    def read(self, size: int) -> bytes:
        """The next `size` bytes; fewer only where the stream ends, whole or not."""
        out = io.BytesIO()  # hands out what it holds without copying it
        while (wanted := size - out.tell()) > 0 and self._more():
            part = self._ready[self._at : self._at + wanted]
            self._at += len(part)
            out.write(part)
        return out.getvalue()

    def read_all(self) -> tuple[bytes, Reason | None]:
        """What is left, and why that is not all. What is over a cap is given up, what is cut off is kept."""
        room = self._allowance.room
        data = self.read(room)
        if self.damage is None and len(data) == room and self._more():
            self.damage = Reason.TOO_LARGE
        return (b"" if self.damage in (Reason.TOO_LARGE, Reason.TOO_COMPRESSED) else data), self.damage

    def _more(self) -> bool:
        """Whether bytes are ready; fetches some where there are none."""
        if self._at < len(self._ready):
            return True
        try:
            self._ready, self._at = self._decompressed(), 0
        except self._codec.broken:
            self.damage = self.damage or Reason.CORRUPT
            return False
        self._given += len(self._ready)
        self._allowance.spend(len(self._ready))
        if self._given > max(_FREE, self._allowance.ratio * (self._fed - self._start)):
            self.damage = Reason.TOO_COMPRESSED
        return bool(self._ready)

    def _decompressed(self) -> bytes:
        """Some more bytes; none at the end, or where something is wrong."""
        while self.damage is None and (not self._decompressor.eof or self._goes_on()):
            fed = b""
            if self._decompressor.needs_input:
                fed = self._data[self._fed : min(self._fed + _FED, self._end)]
                if not fed:
                    self.damage = None if isinstance(self._decompressor, _Stored) else Reason.TRUNCATED
                    break
            self._fed += len(fed)
            if piece := self._decompressor.decompress(fed, _TAKEN):
                return piece
        return b""

    def _goes_on(self) -> bool:
        """Whether another stream follows the one that has ended, and is begun; zeros only fill up."""
        at = self.consumed
        padded = self._data[at : at + 1] == b"\0" and self._data.count(0, at, self._end) == self._end - at
        if not self._several or at == self._end or padded:
            return False
        self._decompressor, self._fed = self._codec.start(), at
        self._streams += 1
        self.damage = Reason.TOO_MANY_MEMBERS if self._streams > _MOST_STREAMS else None
        return self.damage is None
