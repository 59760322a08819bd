"""A directory tree on this machine as a store."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from thaiid_detect.sources.base import Failure, LeftOut, Listed, Skipped
from thaiid_detect.sources.local import LocalFiles, listed, path_to_uri, reason_of
from thaiid_detect.sources.selection import EVERYTHING, Selection

__all__ = ["DirectorySource"]

RUN = 50_000
"""Names sorted together. A folder of more files is listed in sorted runs, so that memory stays bounded (about 5 MB)."""


@dataclass(frozen=True)
class DirectorySource(LocalFiles):
    """A directory tree: a folder's files first, sorted by name, then its folders, sorted, one after the other.

    A link to a file is an item under the link's name: whoever is served the folder is served that file. A link to a
    folder is not followed (it may lead back up, for ever); it is `Skipped`, like FIFOs, sockets and devices. With
    `selection.follow_symlinks` it is, unless it leads to where the tree is gone through anyway, or to a folder that
    another link has led to before.
    """

    root: Path
    """Absolute, links resolved."""
    selection: Selection = EVERYTHING
    """Which folders are gone into. Which files are looked at, a `SelectedSource` around this one says."""

    @property
    def uri(self) -> str:
        return path_to_uri(os.fsencode(self.root))

    @property
    def base(self) -> str:
        return self.uri.rstrip("/") + "/"

    def items(self) -> Iterator[Listed]:
        return _Walk(self).entries()

    def contains(self, path: Path) -> bool:
        # Either: a link in the store that leads out of it has its lock and its journal beside it, in the store.
        return any(place.is_relative_to(self.root) for place in (path.resolve(), path.parent.resolve()))


@dataclass
class _Walk:
    """One listing of a directory."""

    source: DirectorySource
    root: _Identity | None = None
    linked: set[_Identity] = field(default_factory=set)
    """Folders outside of the root that links have led to, and what lies in them."""

    def entries(self) -> Iterator[Listed]:
        root = os.fsencode(self.source.root)
        self.root = _identify(root)
        pending = [(root, False)]
        while pending:
            folder, outside = pending.pop()
            below: list[tuple[bytes, bool]] = []
            try:
                yield from self._list_folder(folder, outside, below)
            except OSError as error:
                yield Failure(path_to_uri(folder), reason_of(error))
            below.sort(reverse=True)
            pending += below

    def _list_folder(self, folder: bytes, outside: bool, below: list[tuple[bytes, bool]]) -> Iterator[Listed]:
        """Yields the folder's files and notes its folders in `below`. Raises OSError, also halfway."""
        with os.scandir(folder) as entries:
            while run := sorted(islice(entries, RUN), key=lambda entry: entry.name):
                for entry in run:
                    if not self._is_folder(entry):
                        yield listed(entry.path, path_to_uri(entry.path))
                    elif refused := self._refused(entry, outside or entry.is_symlink()):
                        yield refused
                    else:
                        below.append((entry.path, outside or entry.is_symlink()))

    def _is_folder(self, entry: os.DirEntry[bytes]) -> bool:
        if entry.is_symlink():
            return self.source.selection.follow_symlinks and os.path.isdir(entry.path)  # noqa: PTH112 - bytes
        return entry.is_dir()

    def _refused(self, entry: os.DirEntry[bytes], outside: bool) -> LeftOut | Skipped | None:
        """Why a folder is not gone into; None where it is, also where it cannot be: listing it will tell why."""
        uri, selection = path_to_uri(entry.path), self.source.selection
        if not selection.wants_folder(uri.removeprefix(self.source.base)):
            return LeftOut(uri)
        if not (selection.one_file_system or outside):
            return None
        identity = _identify(entry.path)
        if identity is None:
            return None
        if selection.one_file_system and self.root is not None and identity.device != self.root.device:
            return LeftOut(uri)
        return Skipped(uri) if outside and self._is_known(entry.path, identity) else None

    def _is_known(self, folder: bytes, identity: _Identity) -> bool:
        """Whether a folder that a link led to is gone through by another way. A loop ends here in its first round."""
        inside = Path(os.fsdecode(os.path.realpath(folder))).is_relative_to(self.source.root)
        known = inside or identity == self.root or identity in self.linked
        self.linked.add(identity)
        return known


class _Identity(NamedTuple):
    device: int
    inode: int


def _identify(folder: bytes) -> _Identity | None:
    try:
        status = os.stat(folder)  # noqa: PTH116 - bytes
    except OSError:
        return None
    return _Identity(status.st_dev, status.st_ino)
