"""Rows on their way out of the program: a file or standard output, as JSON lines or as CSV."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TextIO

from thaiid_detect.errors import UsageError

__all__ = ["Output", "json_line", "write_rows"]

_EXPOSURE: Final = ("file_mode", "owner", "world_readable", "public", "last_modified")
_CSV_COLUMNS: Final = (
    *("uri", "size", "version", "sha256", "media_type", "pages", "verdict", "reason", "score", "number_seen"),
    *("cards", "sides", "numbers", "checksums", "persons", "members", "model", "mode", "elapsed_ms", "gone"),
    *_EXPOSURE,
)
_PER_CARD: Final = {
    **{"sides": "side", "numbers": "number", "checksums": "checksum", "persons": "person"},
    "members": "member",  # which rows of older ledgers have not
}


def json_line(row: Mapping[str, Any]) -> str:
    """One JSON object and a line end, in ASCII: right whatever the encoding of the terminal or pipe."""
    return json.dumps(row) + "\n"


def _csv_line(row: Mapping[str, Any]) -> str:
    """The row as one CSV line in the order of `_CSV_COLUMNS`; what several cards say is joined with blanks, of which
    those in names become `%20`."""
    exposure = row.get("exposure") or dict.fromkeys(_EXPOSURE)  # older rows have none
    cells = {**row, **exposure, "cards": len(row["cards"])}
    for column, key in _PER_CARD.items():
        said = (str(card.get(key) or "-") for card in row["cards"])
        cells[column] = " ".join(each.replace("%", "%25").replace(" ", "%20") for each in said)
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow([_harmless(cells[column]) for column in _CSV_COLUMNS])
    return line.getvalue()


def _harmless(cell: object) -> object:
    """A file may be called `=HYPERLINK(…)`: a quote in front keeps a spreadsheet from running it.

    >>> _harmless("=1+1"), _harmless("@a"), _harmless("a=1"), _harmless(-1)
    ("'=1+1", "'@a", 'a=1', -1)
    """
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


class Output:
    """What is written to `target` (mode 0600), or to standard output for `-`; to be used with `with`.

    A file gets its name at the end of a `with` that went well: until then, or for good, what had the name stays as it
    was. Raises UsageError where it cannot be written. A reader that closed the pipe stays a BrokenPipeError.
    """

    def __init__(self, target: str, *, encoding: str = "utf-8") -> None:
        self._target = target
        self._place = Path(os.path.realpath(target))  # a link stays a link
        self._part: Path | None = None
        try:
            self._file: TextIO = sys.stdout if target == "-" else self._open(encoding)
        except OSError as error:
            raise self._refused(error) from error

    def _open(self, encoding: str) -> TextIO:
        if self._place.exists() and not self._place.is_file():  # devices and pipes; a directory refuses by itself
            return self._place.open("w", encoding=encoding, newline="")
        descriptor, part = tempfile.mkstemp(prefix=".thaiid-detect-", suffix=".part", dir=self._place.parent)
        self._part = Path(part)
        return os.fdopen(descriptor, "w", encoding=encoding, newline="")

    def write(self, text: str) -> None:
        try:
            self._file.write(text)
        except BrokenPipeError:
            raise
        except OSError as error:
            raise self._refused(error) from error

    def write_now(self, row: Mapping[str, Any]) -> None:
        """The row as one JSON line, for whoever reads along: not kept back until there are more."""
        self.write(json_line(row))
        self._file.flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._file.flush() if self._target == "-" else self._file.close()
            if self._part is not None and kind is None:
                self._part.replace(self._place)
        except BrokenPipeError:
            raise
        except OSError as failure:
            raise self._refused(failure) from failure
        finally:
            if self._part is not None:
                self._part.unlink(missing_ok=True)

    def _refused(self, error: OSError) -> UsageError:
        return UsageError(f"{self._target} cannot be written ({error.strerror})", remedy="Name another file")


def write_rows(rows: Iterable[Mapping[str, Any]], out: Output, *, as_csv: bool = False) -> int:
    """Writes the rows, streamed, as JSON lines or CSV with a header; how many they were."""
    count = 0
    if as_csv:
        out.write(",".join(_CSV_COLUMNS) + "\n")
    for row in rows:
        out.write(_csv_line(row) if as_csv else json_line(row))
        count += 1
    return count
