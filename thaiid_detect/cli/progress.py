"""How far a scan is, on standard error: one live line on a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from thaiid_detect.records import Verdict
from thaiid_detect.summary import ScanSummary

__all__ = ["progress"]

PLAIN_SECONDS = 10.0


@contextmanager
def progress() -> Iterator[Callable[[ScanSummary], None]]:
    """Gives what `scan_store` wants as `on_progress`. How many files a store has is not known before its end."""
    began = time.monotonic()
    if not sys.stderr.isatty():
        yield _Plain(began)
        return
    from rich.console import Console

    with Console(stderr=True).status("starting …") as status:
        yield lambda summary: status.update(_words(summary, time.monotonic() - began))


class _Plain:
    def __init__(self, began: float) -> None:
        self._began = self._said = began

    def __call__(self, summary: ScanSummary) -> None:
        now = time.monotonic()
        if now - self._said >= PLAIN_SECONDS:
            self._said = now
            print(_words(summary, now - self._began), file=sys.stderr, flush=True)


def _words(summary: ScanSummary, seconds: float) -> str:
    """Counts only: no file name, which may name a person, ever gets into a log by this way."""
    found = ", ".join(
        f"{summary.verdicts[verdict]:,} {verdict}"
        for verdict in (Verdict.ID_CARD, Verdict.SUSPECT, Verdict.UNANALYSED)
        if summary.verdicts[verdict]
    )
    known = f", {summary.skipped:,} known from before" if summary.skipped else ""
    rate = summary.analysed / max(seconds, 1e-9)
    return f"{summary.analysed:,} files analysed, {rate:.1f}/s{known}; {found or 'nothing found yet'}"
