"""`thaiid-detect export LEDGER`: the rows of a ledger, newest outcome of each file."""

from __future__ import annotations

import os
from pathlib import Path

import click

from thaiid_detect.cli.output import Output, write_rows
from thaiid_detect.errors import UsageError

__all__ = ["export"]


@click.command()
@click.argument("ledger", type=click.Path(path_type=Path))
@click.option("--jsonl", metavar="OUT", help="Write JSON lines to OUT (- for standard output).")
@click.option("--csv", "csv_out", metavar="OUT", help="Write CSV for a spreadsheet to OUT (- for standard output).")
def export(ledger: Path, jsonl: str | None, csv_out: str | None) -> int:
    """Write the outcomes in LEDGER, numbers masked. May run during a scan.

    One row a file, the newest, whatever the mode of the scan that wrote it (the row says which), also of files that
    have left the store since.
    """
    if (jsonl is None) == (csv_out is None):
        raise UsageError("export writes one format at a time", remedy="Give either --jsonl OUT or --csv OUT")
    if not os.path.isfile(ledger):  # noqa: PTH113 - Path.is_file raises where a folder may not be entered
        raise UsageError(f"There is no ledger {ledger}", remedy="The end of a scan says where its ledger is")
    target = str(jsonl if csv_out is None else csv_out)
    if target != "-" and Path(target).exists() and ledger.samefile(target):
        raise UsageError("The ledger would be overwritten by its own export", remedy="Name another file")
    from thaiid_detect.ledger import LedgerView

    # Spreadsheets take a file for the local code page, and Thai names for noise, unless it starts with a BOM.
    with LedgerView(ledger) as view, Output(target, encoding="utf-8" if csv_out is None else "utf-8-sig") as out:
        count = write_rows(view.rows(), out, as_csv=csv_out is not None)
    click.echo(f"{count:,} rows", err=True)
    return 0
