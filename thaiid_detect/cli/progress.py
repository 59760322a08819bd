"""How far a scan is, on standard error: one live line on a terminal, a plain line every ten seconds elsewhere."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from thaiid_detect.errors import ThaiIdDetectError
from thaiid_detect.records import Item, Verdict
from thaiid_detect.sources import STANDARD_INPUT, Source
from thaiid_detect.summary import ScanSummary

__all__ = ["progress"]

PLAIN_SECONDS = 10.0
CERTAIN_SECONDS = 5.0
"""A rate measured for less says little about the time that is left."""


@contextmanager
def progress(source: Source) -> Iterator[Callable[[ScanSummary], None]]:
    """Gives what `scan_store` wants as `on_progress`."""
    with _Counting(source) as counting:
        words = _Words(counting)
        if not sys.stderr.isatty():
            yield _Plain(words)
            return
        from rich.console import Console

        with Console(stderr=True).status("starting …") as status:
            yield lambda summary: status.update(words(summary))


class _Counting:
    """Lists the store a second time, beside the scan and ahead of it, only to learn how many files there are.

    The scan itself lists no further ahead than its window, so that a store of any size fits into memory.
    """

    def __init__(self, source: Source) -> None:
        self.total: int | None = None
        """Files in the store; None until they have all been counted, or where they cannot be."""
        self._left = threading.Event()
        self._source = source

    def __enter__(self) -> _Counting:
        if self._source.uri != STANDARD_INPUT:  # which can be read but once
            threading.Thread(target=self._count, name="thaiid-counting", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()

    def _count(self) -> None:
        count = 0
        try:
            for listed in self._source.items():
                if self._left.is_set():
                    return
                count += isinstance(listed, Item)
        except (ThaiIdDetectError, OSError):  # the scan meets the same, and says so
            return
        self.total = count


class _Plain:
    def __init__(self, words: _Words) -> None:
        self._words = words
        self._said = time.monotonic()

    def __call__(self, summary: ScanSummary) -> None:
        now, words = time.monotonic(), self._words(summary)
        if now - self._said >= PLAIN_SECONDS:
            self._said = now
            print(words, file=sys.stderr, flush=True)


class _Words:
    """Counts only: no file name, which may name a person, ever gets into a log by this way."""

    def __init__(self, counting: _Counting) -> None:
        self._counting = counting
        self._began: tuple[float, ScanSummary] | None = None

    def __call__(self, summary: ScanSummary) -> str:
        now = time.monotonic()
        if self._began is None and summary.analysed:  # rates count from here: workers take seconds to come up
            self._began = now, summary
        since, before = self._began or (now, summary)
        seconds, analysed = now - since, summary.analysed - before.analysed
        total = self._counting.total
        of = "" if total is None else f" of {total - summary.skipped:,}"
        said = [f"{summary.analysed:,}{of} files analysed"]
        if analysed:
            megabytes = (summary.analysed_bytes - before.analysed_bytes) / 1e6
            said.append(f"{analysed / seconds:.1f} files/s, {megabytes / seconds:.1f} MB/s")
        if summary.skipped:
            said.append(f"{summary.skipped:,} known from before")
        said.append(_found(summary))
        if total is not None and analysed and seconds >= CERTAIN_SECONDS:
            left = max(0, total - summary.skipped - summary.analysed) * seconds / analysed
            said.append(f"{timedelta(seconds=round(left))} left")
        return "; ".join(said)


def _found(summary: ScanSummary) -> str:
    found = ", ".join(
        f"{summary.verdicts[verdict]:,} {verdict}"
        for verdict in (Verdict.ID_CARD, Verdict.SUSPECT, Verdict.UNANALYSED)
        if summary.verdicts[verdict]
    )
    return found or "nothing found yet"
