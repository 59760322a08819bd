"""`thaiid-detect check FILE…`: one verdict a line."""

from __future__ import annotations

import os
from pathlib import Path

import click

from thaiid_detect.cli.output import json_line
from thaiid_detect.cli.wording import mode_option, row_line
from thaiid_detect.errors import UsageError
from thaiid_detect.records import Mode, Verdict

__all__ = ["check"]


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE…")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of words.")
@mode_option
def check(files: tuple[Path, ...], as_json: bool, mode: str) -> int:
    """Say of each FILE whether it holds a Thai ID card.

    Exit code: 0 all analysed, 2 wrong usage, 3 some file could not be analysed.
    """
    for file in files:
        _require_file(file)
    from thaiid_detect.detector import Detector

    detector = Detector(mode=Mode(mode))
    unanalysed = 0
    for file in files:
        outcome = detector.detect(file)
        unanalysed += outcome.verdict is Verdict.UNANALYSED
        row = outcome.to_dict()
        click.echo(json_line(row) if as_json else row_line(row), nl=not as_json)
    return 3 if unanalysed else 0


def _require_file(file: Path) -> None:
    """A misspelt name is wrong usage, found before the first file is analysed; a file that resists is an outcome."""
    # os.path and not Path: where a folder above may not be entered, Path raises.
    if os.path.isdir(file):  # noqa: PTH112
        raise UsageError(f"{file} is a directory", remedy=f"For directories: thaiid-detect scan {file}")
    try:
        file.stat()
    except FileNotFoundError as error:
        raise UsageError(f"{file} does not exist", remedy="Check the name; names with blanks need quotes") from error
    except OSError:
        return  # `detect` will say why
