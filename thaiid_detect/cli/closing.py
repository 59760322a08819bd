"""What a scan prints at its end: counts, what was found, what was not analysed and why, and where it is kept."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from rich.console import Console
from rich.table import Table

from thaiid_detect.cli.wording import WHY_UNANALYSED, row_line
from thaiid_detect.records import Verdict
from thaiid_detect.summary import ScanSummary

__all__ = ["Closing"]

SHOWN: Final = {Verdict.ID_CARD: 20, Verdict.SUSPECT: 10, Verdict.UNANALYSED: 10}
"""How many files are named on the terminal; all of them are in the ledger."""


class Closing:
    """Notes the first rows of each verdict as they pass, and shows them at the end, on standard output.

    It is handed what this scan analysed and what it passed over as known, never what else the ledger holds: that may be
    about files that are gone, or of another mode.
    """

    def __init__(self, *, to_stderr: bool = False) -> None:
        # Wrapping off: a path that was broken into two lines cannot be copied.
        self._console = Console(stderr=to_stderr, highlight=False, markup=False, soft_wrap=True)
        self._noted: dict[Verdict, list[Mapping[str, Any]]] = {verdict: [] for verdict in SHOWN}

    def note(self, row: Mapping[str, Any]) -> None:
        noted = self._noted.get(Verdict(row["verdict"]))
        if noted is not None and len(noted) < SHOWN[Verdict(row["verdict"])]:
            noted.append(row)

    def show(self, summary: ScanSummary, ledger: Path) -> None:
        self._console.print(_counts(summary))
        for verdict in SHOWN:
            self._name(verdict, summary.verdicts[verdict])
        self._say_what_is_missing(summary)
        self._say_where(summary, ledger)

    def _name(self, verdict: Verdict, count: int) -> None:
        if not count:
            return
        self._console.print(f"\n{verdict}:")
        for row in sorted(self._noted[verdict], key=lambda row: str(row["uri"])):
            self._console.print(f"  {row_line(row)}")
        if count > len(self._noted[verdict]):
            self._console.print(f"  … and {count - len(self._noted[verdict]):,} more")

    def _say_what_is_missing(self, summary: ScanSummary) -> None:
        unanalysed = summary.verdicts[Verdict.UNANALYSED]
        lines = [f"  {summary.reasons[r]:>6,}  {why}" for r, why in WHY_UNANALYSED.items() if summary.reasons[r]]
        if unanalysed:
            self._console.print(
                "\n".join([f"\nNot analysed, so nobody knows what is in them: {unanalysed:,} files", *lines])
            )
        if summary.failures:
            self._console.print(
                f"\nNot listed, so nobody knows how many files are in them: {summary.failures:,} folders"
                " (of a bucket: all from where its listing broke off)"
            )
        if summary.not_files:
            self._console.print(
                f"\nPassed over, being no files (links to folders, dangling links, devices): {summary.not_files:,}"
            )
        if summary.left_out:
            more = "; what follows after the limit is not even counted" if summary.cut else ""
            self._console.print(
                "\nThis was a scan of a part, so it says nothing of the rest of the store."
                f" Left out by choice: {summary.left_out:,} files or folders{more}"
            )
        if summary.gone:
            self._console.print(f"\nGone since the last scan, their rows kept and marked: {summary.gone:,} files")
        if not summary.listed:
            which = (
                "no file in this store is among those chosen" if summary.left_out else "there is no file in this store"
            )
            self._console.print(f"\nNothing was read: {which}.")

    def _say_where(self, summary: ScanSummary, ledger: Path) -> None:
        earlier = (
            f" ({summary.skipped:,} of the {summary.listed:,} files had been analysed before)"
            if summary.skipped
            else ""
        )
        quoted = shlex.quote(str(ledger))
        self._console.print(f"\nLedger: {ledger}{earlier}")
        self._console.print("Run the same command again to analyse what is new, changed or could not be read.")
        self._console.print(f"All rows: thaiid-detect export {quoted} --csv OUT    (or --jsonl OUT)")


def _counts(summary: ScanSummary) -> Table:
    what = "scan of a part" if summary.left_out else "scan"
    table = Table("verdict", "files", title=f"{what} complete" if summary.complete else f"{what} NOT COMPLETE")
    table.columns[1].justify = "right"
    for verdict in Verdict:
        table.add_row(verdict.value, f"{summary.verdicts[verdict]:,}")
    table.add_section()
    table.add_row("all", f"{summary.listed:,}")
    return table
