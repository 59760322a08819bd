"""What of a store is looked at: a `Selection`, and the store that it makes of another."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase

from thaiid_detect.errors import UsageError
from thaiid_detect.records import Item
from thaiid_detect.sources.base import AroundSource, LeftOut, Listed

__all__ = ["EVERYTHING", "SelectedSource", "Selection"]


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a store is looked at; by default everything. Whatever is left out is counted (`LeftOut`).

    A pattern without `/` is matched with each name on a file's path in the store, folders' too; one with `/` with the
    whole path, and there `*` stands for `/` as well: `*.jpg` (of any folder), `tmp` (any folder or file of that name),
    `2016/*` (all that is below). Paths as they are printed, case counts. Raises UsageError for what makes no sense.
    """

    include: tuple[str, ...] = ()
    """Only files that one of these patterns matches."""
    exclude: tuple[str, ...] = ()
    """Not files that one of these patterns matches; wins over `include`."""
    hidden: bool = True
    """Also what has a name on its path that starts with a dot."""
    follow_symlinks: bool = False
    """Also the folders outside of a directory that links in it lead to, each once."""
    one_file_system: bool = False
    """Not the folders of a directory where something else is mounted."""
    since: datetime | None = None
    """Only files modified then or later, and those of which nobody knows; without a time zone: UTC."""
    limit: int | None = None
    """No more than the first so many of the other files."""
    sample: float = 1.0
    """This share of the files, 0 to 1, chosen by a hash of the `uri`: the same ones each time, and more for more."""
    seed: int = 0
    """Chooses another sample."""

    def __post_init__(self) -> None:
        if not all(isinstance(patterns, tuple) for patterns in (self.include, self.exclude)):
            raise UsageError("include and exclude are tuples of patterns", remedy="Write ('*.jpg',)")
        if self.limit is not None and self.limit < 1:
            raise UsageError(f"The limit is {self.limit}", remedy="Give 1 or more, or leave it out")
        if not 0 < self.sample <= 1:
            raise UsageError(f"The sample is {self.sample:g} of all", remedy="Give more than 0 and at most 1 (100%)")
        if self.since is not None and self.since.tzinfo is None:
            object.__setattr__(self, "since", self.since.replace(tzinfo=UTC))

    def wants(self, item: Item, path: str) -> bool:
        """Whether the file with that path in the store is to be looked at, `limit` aside."""
        return self._wants_path(path) and self._is_recent(item) and self._is_in_sample(item.uri)

    def wants_folder(self, path: str) -> bool:
        """False only if nothing below the folder can be wanted."""
        name = path.rpartition("/")[2]
        if not self.hidden and name.startswith("."):
            return False
        return not any(_takes_all_below(pattern, path, name) for pattern in self.exclude)

    def _wants_path(self, path: str) -> bool:
        names = path.split("/")
        if not self.hidden and any(name.startswith(".") for name in names):
            return False
        if self.include and not any(_matches(pattern, path, names) for pattern in self.include):
            return False
        return not any(_matches(pattern, path, names) for pattern in self.exclude)

    def _is_recent(self, item: Item) -> bool:
        if self.since is None or item.exposure is None or item.exposure.modified is None:
            return True
        return item.exposure.modified >= self.since.timestamp()

    def _is_in_sample(self, uri: str) -> bool:
        if self.sample >= 1:
            return True
        digest = hashlib.blake2b(uri.encode(), digest_size=8, key=str(self.seed).encode()).digest()
        return int.from_bytes(digest) < self.sample * 2**64


EVERYTHING = Selection()


def _matches(pattern: str, path: str, names: list[str]) -> bool:
    if "/" in pattern:
        return fnmatchcase(path, _whole(pattern))
    return any(fnmatchcase(name, pattern) for name in names)


def _takes_all_below(pattern: str, folder: str, name: str) -> bool:
    if "/" in pattern:
        return _whole(pattern).endswith("/*") and fnmatchcase(folder, _whole(pattern)[:-2])
    return fnmatchcase(name, pattern)


def _whole(pattern: str) -> str:
    """`/tmp/` is how some write `tmp/*`."""
    return pattern.removeprefix("/") + ("*" if pattern.endswith("/") else "")


@dataclass(frozen=True)
class SelectedSource(AroundSource):
    """A part of a store. It is the same store, with the same ledger: what is known of a part is known of the whole."""

    selection: Selection

    def items(self) -> Iterator[Listed]:
        wanted = 0
        for entry in self.source.items():
            if not isinstance(entry, Item):
                yield entry
            elif not self.selection.wants(entry, entry.uri.removeprefix(self.base)):
                yield LeftOut(entry.uri)
            elif wanted == self.selection.limit:
                yield LeftOut(entry.uri, rest=True)
                return
            else:
                wanted += 1
                yield entry
