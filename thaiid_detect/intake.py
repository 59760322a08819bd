"""What a caller hands in — a path, bytes, a binary file, a PIL image — becomes bytes with a name, here and only here.

A file that cannot be read is a `Reason`; an argument that cannot be a source is a UsageError.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

from thaiid_detect.errors import UsageError
from thaiid_detect.image import encode_pillow
from thaiid_detect.records import Item, Reason

__all__ = ["PillowImage", "Source", "Taken", "take_in"]


class PillowImage(Protocol):
    """Enough of `PIL.Image.Image` to know one without importing Pillow."""

    @property
    def mode(self) -> str: ...

    def getexif(self) -> Any: ...


Source = str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO | PillowImage


@dataclass(frozen=True, slots=True)
class Taken:
    """The bytes of an item, or why there are none."""

    item: Item
    data: bytes
    failure: Reason | None = None


def take_in(source: Source, max_bytes: int, item: Item | None = None) -> Taken:
    """Reads the source. `item` names it; without one the name is the path, `<bytes>`, `<file>` or `<image>`.

    Raises UsageError for anything else, and for a path that is a directory.
    """
    if isinstance(source, (str, os.PathLike)):
        return _from_path(Path(source), max_bytes, item)
    if isinstance(source, (bytes, bytearray, memoryview)):
        return _named("<bytes>", bytes(source), max_bytes, item)
    if hasattr(source, "read"):
        return _from_file(cast(BinaryIO, source), max_bytes, item)
    if hasattr(source, "getexif"):
        return _named("<image>", encode_pillow(source), max_bytes, item)
    raise UsageError(
        f"Cannot detect in a {type(source).__name__}", remedy="Give a path, bytes, a binary file object or a PIL image."
    )


def _named(name: str, data: bytes, max_bytes: int, item: Item | None) -> Taken:
    item = item or Item(name, len(data), "")
    if len(data) > max_bytes:
        return Taken(item, b"", Reason.TOO_LARGE)
    return Taken(item, data, None if data else Reason.EMPTY)


def _from_file(file: BinaryIO, max_bytes: int, item: Item | None) -> Taken:
    """Unbuffered files give less than they are asked for: what came first is not all."""
    parts: list[bytes] = []
    left = max_bytes + 1
    while left > 0:
        try:
            part = file.read(left)
        except OSError:
            return Taken(item or Item("<file>", 0, ""), b"", Reason.READ_ERROR)
        if not isinstance(part, bytes):
            raise UsageError("The file object does not give bytes", remedy="Open the file in binary mode ('rb').")
        if not part:
            break
        parts.append(part)
        left -= len(part)
    return _named("<file>", b"".join(parts), max_bytes, item)


def _from_path(path: Path, max_bytes: int, item: Item | None) -> Taken:
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder above may not be entered
        raise UsageError(f"{path} is a directory", remedy="Use scan_store(), or `thaiid-detect scan`, for directories.")
    absent = item or Item(os.fspath(path), 0, "")
    try:
        status = path.stat()
        item = item or Item(os.fspath(path), status.st_size, str(status.st_mtime_ns))
        if not stat.S_ISREG(status.st_mode):  # a FIFO waits for ever, a device never ends
            return Taken(item, b"", Reason.READ_ERROR)
        if status.st_size > max_bytes:
            return Taken(item, b"", Reason.TOO_LARGE)
        with path.open("rb") as file:  # the size may have grown since
            return _named(item.uri, file.read(max_bytes + 1), max_bytes, item)
    except FileNotFoundError:
        return Taken(absent, b"", Reason.VANISHED)
    except PermissionError:
        return Taken(absent, b"", Reason.DENIED)
    except (OSError, ValueError):  # ValueError: a name with a NUL in it
        return Taken(absent, b"", Reason.READ_ERROR)
