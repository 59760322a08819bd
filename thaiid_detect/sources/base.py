"""What every store offers to a scan: the `Source` protocol, and what a listing may say besides items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from thaiid_detect.records import Item, Reason

__all__ = ["AroundSource", "Failure", "LeftOut", "Listed", "ReadFailure", "Skipped", "Source"]


@dataclass(frozen=True, slots=True)
class Failure:
    """A part of the store (a folder, a page of a bucket) that could not be listed: the scan cannot be complete."""

    uri: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something in the store that is no file: a FIFO, socket, device, link to a folder, or dangling link.

    It holds no bytes of its own, so it is counted and does not make the scan incomplete.
    """

    uri: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file, or a folder with all that is in it, that the user chose not to have looked at.

    With `rest` also everything that would have been listed after it, which nobody has counted.
    """

    uri: str
    rest: bool = False


Listed = Item | Failure | Skipped | LeftOut


class ReadFailure(Exception):
    """An item whose bytes could not be had; becomes `unanalysed` with `reason`. Says nothing else, by design."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason = reason


class Source(Protocol):
    """A store that can be listed and read, and is never written to.

    *Where*: one process calls `items`, a second time where the files are counted ahead of a scan (never of standard
    input); many processes call `read`. So a source pickles, and what does not pickle
    (clients, open files) is made inside the methods.
    *Order*: `items` streams, in an order that is its own affair but does not depend on the number of workers.
    *Errors*: a part that cannot be listed is a `Failure` in the stream; a store that cannot be listed at all raises
    `StoreError`. A `read` that fails raises `ReadFailure`, and nothing else.
    """

    @property
    def uri(self) -> str:
        """The store's identity: equal for two spellings of the same store."""
        ...

    @property
    def base(self) -> str:
        """What the `uri` of its items begins with; what follows is an item's path in the store."""
        ...

    @property
    def ahead(self) -> int:
        """How many reads of one worker it pays to have under way at once: 0 where reading is quick."""
        ...

    def items(self) -> Iterator[Listed]:
        """The store's items in bounded memory. An item that is known by name only has size 0 and version ""."""
        ...

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        """The item's bytes, with the item *as it was when it was opened*.

        A file that changed since it was listed is read as it is now and recorded under its present size and version; an
        object of a bucket that changed is `vanished`, and the next scan lists it as it is then. For several threads.
        Raises `ReadFailure` with `empty`, `too_large` (more than `max_bytes`), `denied`, `vanished` or `read_error`.
        """
        ...

    def contains(self, path: Path) -> bool:
        """Whether writing to `path` would write into the store."""
        ...


@dataclass(frozen=True)
class AroundSource:
    """The same store as `source`; what of it is listed, a class below says."""

    source: Source

    @property
    def uri(self) -> str:
        return self.source.uri

    @property
    def base(self) -> str:
        return self.source.base

    @property
    def ahead(self) -> int:
        return self.source.ahead

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        return self.source.read(item, max_bytes)

    def contains(self, path: Path) -> bool:
        return self.source.contains(path)
