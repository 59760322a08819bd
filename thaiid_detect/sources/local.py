"""Files on this machine: their names, how they are read, and lists of them. Directories: `directory.py`.

A file's `uri` is its absolute path, with what is not safe to print percent-encoded; its `version` is `mtime_ns`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
import stat
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, ClassVar
from urllib.parse import unquote_to_bytes

from thaiid_detect.errors import StoreError
from thaiid_detect.records import Exposure, Item, Reason
from thaiid_detect.sources.base import Listed, ReadFailure, Skipped

__all__ = ["STANDARD_INPUT", "ListSource", "LocalFiles", "listed", "path_to_uri", "reason_of", "uri_to_path"]

STANDARD_INPUT = "list:-"
"""The `uri` of any list on standard input: it names no store, for nobody knows what the next one will list."""

_ODD = re.compile("[%\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\udc80-\udcff]")
_REASONS = {
    errno.EACCES: Reason.DENIED,
    errno.EPERM: Reason.DENIED,
    errno.ENOENT: Reason.VANISHED,
    errno.ENOTDIR: Reason.VANISHED,
    errno.ESTALE: Reason.VANISHED,
}


def path_to_uri(path: bytes) -> str:
    r"""The printable, reversible name of a path: odd bytes, control and invisible characters, and `%`, as `%XX`.

    File names are bytes. This survives JSON, SQLite and a terminal, and cannot forge a line of a report.

    >>> path_to_uri("/s/บัตร 1.jpg".encode())
    '/s/บัตร 1.jpg'
    >>> path_to_uri(b"/s/100%\xff\n.jpg")
    '/s/100%25%FF%0A.jpg'
    """
    return _ODD.sub(_percent, path.decode("utf-8", "surrogateescape"))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match.group().encode("utf-8", "surrogateescape"))


def uri_to_path(uri: str) -> bytes:
    r"""The path that `path_to_uri` was given.

    >>> uri_to_path("/s/100%25%FF%0A.jpg")
    b'/s/100%\xff\n.jpg'
    """
    return unquote_to_bytes(uri)


class LocalFiles:
    """What both kinds of local stores share: reading."""

    ahead: ClassVar[int] = 0

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        """See `Source.read`. Opens nothing but regular files; leaves access times alone where the system permits."""
        try:
            return _read_file(item.uri, max_bytes)
        except OSError as error:
            raise ReadFailure(reason_of(error)) from error


def reason_of(error: OSError) -> Reason:
    return _REASONS.get(error.errno or 0, Reason.READ_ERROR)


def _read_file(uri: str, max_bytes: int) -> tuple[Item, bytes]:
    path = uri_to_path(uri)
    # Asked before opening, because opening a device can do things (rewind a tape) and a FIFO waits for a writer.
    _require_regular(os.stat(path))  # noqa: PTH116 - bytes
    with open(_open_quietly(path), "rb", buffering=0) as file:
        before = _require_regular(os.fstat(file.fileno()))
        item = _item(uri, before)
        if before.st_size > max_bytes:
            raise ReadFailure(Reason.TOO_LARGE)
        data = _read_at_most(file, before.st_size, max_bytes)
    # A file that is written to meanwhile keeps the version it had when it was opened: the next scan sees another one.
    return item, data


def _require_regular(status: os.stat_result) -> os.stat_result:
    if not stat.S_ISREG(status.st_mode):
        raise ReadFailure(Reason.READ_ERROR)
    return status


def _open_quietly(path: bytes) -> int:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        return os.open(path, flags | getattr(os, "O_NOATIME", 0))
    except PermissionError:
        return os.open(path, flags)  # O_NOATIME is for the file's owner only


def _read_at_most(file: BinaryIO, expected: int, max_bytes: int) -> bytes:
    """All bytes, even if the file grew since; `too_large` as soon as they are more than `max_bytes`."""
    parts: list[bytes] = []
    total = 0
    while part := file.read(max(expected - total, 0) + 1):
        parts.append(part)
        total += len(part)
        if total > max_bytes:
            raise ReadFailure(Reason.TOO_LARGE)
    if not total:
        raise ReadFailure(Reason.EMPTY)
    return b"".join(parts)


def listed(path: bytes, uri: str) -> Item | Skipped:
    """What a listing says of what is no folder."""
    try:
        status = os.stat(path)  # noqa: PTH116 - bytes
    except OSError:
        # What cannot even be looked at is an item all the same: reading it will tell why, and it will be counted.
        return Skipped(uri) if os.path.islink(path) else Item(uri, 0, "")  # noqa: PTH114 - bytes
    if not stat.S_ISREG(status.st_mode):
        return Skipped(uri)
    return _item(uri, status)


def _item(uri: str, status: os.stat_result) -> Item:
    exposure = Exposure(stat.S_IMODE(status.st_mode), status.st_uid, modified=status.st_mtime_ns // 10**9)
    return Item(uri, status.st_size, str(status.st_mtime_ns), exposure)


@dataclass(frozen=True)
class ListSource(LocalFiles):
    """The files named in a list, one path a line, relative ones from the current directory; blank lines are skipped.

    `path` is None for standard input. A path that is not there, or no file, is `unanalysed`: someone said it was one.
    """

    path: Path | None
    base: ClassVar[str] = "/"

    @property
    def uri(self) -> str:
        return STANDARD_INPUT if self.path is None else f"list:{path_to_uri(os.fsencode(self.path))}"

    def items(self) -> Iterator[Listed]:
        for path in self._paths():
            entry = listed(path, path_to_uri(path))
            yield Item(entry.uri, 0, "") if isinstance(entry, Skipped) else entry

    def contains(self, path: Path) -> bool:
        """Whether `path` is the list or one of its files, by name. Never for standard input: its names come later."""
        if self.path is None or not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where none may enter
            return False
        name = os.fsencode(path)
        names = {os.path.abspath(name), os.path.realpath(name)}  # noqa: PTH100 - bytes
        return os.fsencode(self.path) in names or any(listed in names for listed in self._paths())

    def _paths(self) -> Iterator[bytes]:
        try:
            with contextlib.nullcontext(sys.stdin.buffer) if self.path is None else self.path.open("rb") as lines:
                for line in lines:
                    if name := line.rstrip(b"\r\n"):
                        yield os.path.abspath(name)  # noqa: PTH100 - bytes; resolving links would rename the item
        except OSError as error:
            name = "standard input" if self.path is None else f"the list {self.path}"
            raise StoreError(f"Reading {name} failed: {error.strerror}", remedy="Check it and run again") from error
