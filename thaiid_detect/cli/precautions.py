"""What is seen to before a scan: that nothing it writes lies in the store; that it says where a reader is absent."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from thaiid_detect.errors import UsageError

if TYPE_CHECKING:
    from thaiid_detect.sources import Source

__all__ = ["keep_out_of_the_store", "say_if_there_is_one_reader_only"]


def keep_out_of_the_store(source: Source, jsonl: str | None, ledger: Path | None) -> None:
    """Raises `UsageError` where the person key or the rows would lie in the store, or the rows over the ledger."""
    from thaiid_detect.number import state_directory

    key = state_directory() / "person.key"
    if source.contains(key) and not os.path.lexists(key):
        raise UsageError(
            f"The person key {key} would be made in the store", remedy="Set XDG_STATE_HOME to a folder outside of it"
        )
    if jsonl is not None and ledger is not None and os.path.realpath(jsonl) == os.path.realpath(ledger):
        raise UsageError("The ledger would be overwritten by its own export", remedy="Name another file")
    if jsonl not in (None, "-") and source.contains(Path(str(jsonl))):
        raise UsageError(
            f"{jsonl} would lie in the store, which a scan never writes to", remedy="Name a file outside of it"
        )


def say_if_there_is_one_reader_only() -> None:
    from thaiid_detect.tesseract import describe, find_second_reader

    if find_second_reader() is None:
        click.echo(f"The second reader is absent; the scan goes on without it. {describe()}", err=True)
