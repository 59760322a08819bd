"""Stores: `open_source` turns what a user typed into a `Source`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from thaiid_detect.errors import StoreError, UsageError
from thaiid_detect.sources.base import Failure, Listed, ReadFailure, Skipped, Source
from thaiid_detect.sources.local import STANDARD_INPUT, DirectorySource, ListSource, path_to_uri, uri_to_path

__all__ = [
    "STANDARD_INPUT",
    "DirectorySource",
    "Failure",
    "ListSource",
    "Listed",
    "ReadFailure",
    "Skipped",
    "Source",
    "open_source",
    "path_to_uri",
    "uri_to_path",
]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def open_source(store: str | os.PathLike[str]) -> Source:
    """The store that `store` names: a directory, `@list.txt` (a path a line) or `-` (such a list on standard input).

    Raises `UsageError` for what is not there or no store, `StoreError` for a directory that cannot be listed.
    """
    name = os.fspath(store)
    if name == "-":
        return ListSource(None)
    if _URL.match(name):
        raise UsageError(
            f"{name} is a URL, and this version reads directories and file lists only; buckets come in a later one",
            remedy="Copy or mount the store and give the directory's path",
        )
    if name.startswith("@"):
        return _open_list(Path(name[1:]))
    return _open_directory(Path(name))


def _open_list(path: Path) -> Source:
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a folder may not be entered
        raise UsageError(f"There is no file list {path}", remedy="Give @ and the path of a text file, one path a line")
    return ListSource(path.resolve())


def _open_directory(path: Path) -> Source:
    try:
        root = path.resolve(strict=True)
        os.scandir(root).close()
    except FileNotFoundError as error:
        raise UsageError(f"There is no {path}", remedy="Give the path of a directory that exists") from error
    except NotADirectoryError as error:
        raise UsageError(f"{path} is a file, not a store", remedy=f"Use: thaiid-detect check {path}") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise StoreError(f"{path} cannot be listed", remedy="Check its permissions") from error
    return DirectorySource(root)
