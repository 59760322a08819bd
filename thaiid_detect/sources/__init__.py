"""Stores: `open_source` turns what a user typed into a `Source`."""

from __future__ import annotations

import os
import re
from pathlib import Path

from thaiid_detect.errors import StoreError, UsageError
from thaiid_detect.sources.base import Failure, LeftOut, Listed, ReadFailure, Skipped, Source
from thaiid_detect.sources.directory import DirectorySource
from thaiid_detect.sources.local import STANDARD_INPUT, ListSource, path_to_uri, uri_to_path
from thaiid_detect.sources.places import StoreOptions, parse_place
from thaiid_detect.sources.selection import EVERYTHING, SelectedSource, Selection

__all__ = [
    "STANDARD_INPUT",
    "DirectorySource",
    "Failure",
    "LeftOut",
    "ListSource",
    "Listed",
    "ReadFailure",
    "SelectedSource",
    "Selection",
    "Skipped",
    "Source",
    "StoreOptions",
    "open_source",
    "path_to_uri",
    "uri_to_path",
]

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_NO_OPTIONS = StoreOptions()


def open_source(
    store: str | os.PathLike[str], *, selection: Selection = EVERYTHING, options: StoreOptions = _NO_OPTIONS
) -> Source:
    """The store that `store` names: a directory, `@list.txt` (a path a line), `-` (such a list on standard input), or
    the URL of a bucket (`s3://…`, `gs://…`, `az://…`), to which `options` are for.

    Raises `UsageError` for what is not there or no store, `StoreError` for a directory or bucket that cannot be listed.
    """
    source = _open(os.fspath(store), selection, options)
    return source if selection == EVERYTHING else SelectedSource(source, selection)


def _open(name: str, selection: Selection, options: StoreOptions) -> Source:
    if _URL.match(name):
        # Here, so that a scan of a directory loads neither obstore nor what speaks to servers.
        from thaiid_detect.sources.objects import open_objects

        return open_objects(parse_place(name, options), anonymous=options.anonymous)
    if options != _NO_OPTIONS:
        raise UsageError("Options for buckets are given, and the store is none", remedy="Leave them out")
    if name == "-":
        return ListSource(None)
    if name.startswith("@"):
        return _open_list(Path(name[1:]))
    return _open_directory(Path(name), selection)


def _open_list(path: Path) -> Source:
    if not os.path.isfile(path):  # noqa: PTH113 - Path.is_file raises where a folder may not be entered
        raise UsageError(f"There is no file list {path}", remedy="Give @ and the path of a text file, one path a line")
    return ListSource(path.resolve())


def _open_directory(path: Path, selection: Selection) -> Source:
    try:
        root = path.resolve(strict=True)
        os.scandir(root).close()
    except FileNotFoundError as error:
        raise UsageError(f"There is no {path}", remedy="Give the path of a directory that exists") from error
    except NotADirectoryError as error:
        raise UsageError(f"{path} is a file, not a store", remedy=f"Use: thaiid-detect check {path}") from error
    except (OSError, RuntimeError) as error:  # RuntimeError: a loop of links
        raise StoreError(f"{path} cannot be listed", remedy="Check its permissions") from error
    return DirectorySource(root, selection)
