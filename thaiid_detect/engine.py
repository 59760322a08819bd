"""A scan: store → items → workers → ledger → outcomes.

The parent process lists, asks the ledger what is done, hands out the rest, and writes down what comes back; the
workers read and analyse. Whatever is held at one time has a fixed size: no list of the store exists anywhere.
"""

from __future__ import annotations

import os
import time
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from thaiid_detect.errors import UsageError
from thaiid_detect.job import Job, Pool, SerialPool, default_workers
from thaiid_detect.ledger import ALWAYS_RETRIED, RETRIED_WHEN_ASKED, Known, Ledger
from thaiid_detect.ledger_file import ledger_path
from thaiid_detect.making import MakeDetector
from thaiid_detect.records import UNANALYSED, Item, Mode, Outcome, Reason
from thaiid_detect.settings import Settings
from thaiid_detect.sources import (
    STANDARD_INPUT,
    Failure,
    LeftOut,
    Selection,
    Skipped,
    Source,
    StoreOptions,
    open_source,
)
from thaiid_detect.summary import ScanSummary
from thaiid_detect.workers import AHEAD, ProcessPool

__all__ = ["Scan", "ScanSummary", "scan", "scan_store"]

LISTED_AT_ONCE = 256
COMMIT_SECONDS = 0.2
COMMIT_OUTCOMES = 256

OnProgress = Callable[[ScanSummary], None]
OnKnown = Callable[[dict[str, Any]], None]


class Scan(Iterator[Outcome]):
    """A running scan: iterate over it for the outcomes of the items analysed now, then look at `summary`.

    An outcome is in the ledger, safe from a kill, *before* it is handed out. They come in the order in which they are
    finished, which differs from run to run; what they say does not. Closing it (`close`, `with`, Ctrl-C) drops what is
    in flight and lets go of the ledger, and the next scan with it goes on from there. One that is dropped unclosed does
    the same, begun or not, but only when the garbage collector finds it.
    """

    summary: ScanSummary
    ledger_path: Path
    fingerprint: str
    """What `LedgerView.rows` wants, to tell what this scan says and no other."""

    def __init__(
        self,
        source: Source,
        ledger: Ledger,
        make_pool: Callable[[], Pool],
        *,
        retry: frozenset[Reason] = ALWAYS_RETRIED,
        on_progress: OnProgress | None = None,
        on_known: OnKnown | None = None,
        known_clear: bool = False,
    ) -> None:
        """Takes over `ledger`, and closes it. `on_progress` is called a few times a second, also while skipping.

        `on_known` gets the JSON row of each item that is skipped because it has an outcome; with `known_clear` also
        where that is `clear`, of which there may be millions that nobody wants to see.
        """
        self.summary = ScanSummary()
        self.ledger_path = ledger.path
        self.fingerprint = ledger.fingerprint
        self._ledger = ledger
        self._make_pool = make_pool
        self._retry = retry
        self._on_progress = on_progress
        self._on_known = on_known
        self._known_clear = known_clear
        # What is on standard input today says nothing of what was on it yesterday.
        self._tells_what_is_gone = source.uri != STANDARD_INPUT
        self._listing = source.items()
        self._listing_ended = False
        self._fresh: deque[Item] = deque()
        self._finished: list[Outcome] = []
        self._failures: list[Failure] = []
        self._committed_at = time.monotonic()
        self._pool: Pool | None = None
        self._stopping = False
        self._steps = self._run()

    def __next__(self) -> Outcome:
        return next(self._steps)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def stop(self) -> bool:
        """Ends the iteration when what is in flight is finished; False where nothing is. For signal handlers, too."""
        self._stopping = True
        return self._pool is not None and self._pool.busy

    def close(self) -> None:
        """Stops the scan, dropping what is in flight; to be called any number of times."""
        self._steps.close()
        self._ledger.close()

    def _run(self) -> Generator[Outcome, None, None]:
        with self._ledger:
            self._number = self._ledger.begin_scan()
            pool = self._pool = self._make_pool()
            try:
                while self._fill(pool) or pool.busy:
                    self._finished += pool.collect(0.0 if self._wants_more(pool) else COMMIT_SECONDS)
                    if self._due():
                        yield from self._commit()
                self.summary.ended = self._listing_ended and not self._fresh
                yield from self._commit()
                if self.summary.whole and self._tells_what_is_gone:
                    self.summary.gone = self._ledger.mark_gone()
            finally:
                pool.close()
                self._end()

    def _wants_more(self, pool: Pool) -> bool:
        return pool.room and not self._listing_ended and not self._stopping

    def _fill(self, pool: Pool) -> bool:
        """Lists a little if needed, and hands out what there is room for. False when nothing is left to hand out."""
        if self._stopping:
            return False
        if not self._fresh and self._wants_more(pool):
            self._list_some()
        while self._fresh and pool.room:
            pool.submit(self._fresh.popleft())
        return bool(self._fresh) or not self._listing_ended

    def _list_some(self) -> None:
        """A small step, so that outcomes are also collected while millions of finished items are passed over."""
        listed = list(islice(self._listing, LISTED_AT_ONCE))
        self._listing_ended = len(listed) < LISTED_AT_ONCE
        items = [entry for entry in listed if isinstance(entry, Item)]
        failures = [entry for entry in listed if isinstance(entry, Failure)]
        self._failures += failures
        self.summary.failures += len(failures)
        self.summary.not_files += sum(isinstance(entry, Skipped) for entry in listed)
        left_out = [entry for entry in listed if isinstance(entry, LeftOut)]
        self.summary.left_out += len(left_out)
        self.summary.cut |= any(entry.rest for entry in left_out)
        done = self._ledger.done(items, retry=self._retry, clear_rows=self._known_clear)
        for item in items:
            self.summary.listed += 1
            self.summary.listed_bytes += item.size
            if item in done:
                self._skip(done[item])
            else:
                self._fresh.append(item)

    def _skip(self, known: Known) -> None:
        self.summary.skipped += 1
        self.summary.count(known.verdict, known.reason)
        if self._on_known is not None and known.row is not None:
            self._on_known(known.row)

    def _due(self) -> bool:
        age = time.monotonic() - self._committed_at
        return age >= COMMIT_SECONDS or len(self._finished) >= COMMIT_OUTCOMES

    def _commit(self) -> Iterator[Outcome]:
        """Writes down what has finished, then hands it out."""
        finished = self._write()
        if self._on_progress is not None:
            self._on_progress(replace(self.summary))
        self._committed_at = time.monotonic()
        yield from finished

    def _write(self) -> list[Outcome]:
        finished, self._finished = self._finished, []
        failures, self._failures = self._failures, []
        if finished:
            self._ledger.record(finished)
        if failures:
            self._ledger.note_failures(self._number, [(failure.uri, failure.reason) for failure in failures])
        self.summary.analysed += len(finished)
        for outcome in finished:
            self.summary.analysed_bytes += outcome.item.size
            self.summary.count(outcome.verdict, outcome.reason)
        return finished

    def _end(self) -> None:
        """Also after Ctrl-C: what has come back by then is kept, though nobody is there to be handed it."""
        self._write()
        self._ledger.end_scan(self._number, listed=self.summary.listed, complete=self.summary.whole)


def scan_store(
    store: str | os.PathLike[str] | Source,
    *,
    ledger: str | os.PathLike[str] | None = None,
    workers: int | None = None,
    mode: Mode | str | None = None,
    settings: Settings | None = None,
    person_key: bytes | None = None,
    selection: Selection | None = None,
    options: StoreOptions | None = None,
    retry_failed: bool = False,
    rescan_unanalysed: bool = False,
    on_progress: OnProgress | None = None,
    on_known: OnKnown | None = None,
    known_clear: bool = False,
    threads: int = 1,
    window: int = AHEAD,
) -> Scan:
    """Finds the ID cards in a store, going on where an earlier scan with the same ledger stopped.

    `store`, `selection` (which of its files) and `options` (how a bucket is reached) are what `open_source` takes.
    Without `ledger`, the store's own in the user's state directory is used (`Scan.ledger_path` says where). `workers`
    is the number of processes, by default one for each processor; 0 analyses in this process, without protection
    against files that hang or kill. `retry_failed` analyses again what timed out, crashed or ran out of memory,
    `rescan_unanalysed` all that was not analysed. `on_progress`, `on_known`: see `Scan`. `threads` (of each network),
    `window` (items in a worker's queue): they change no answer, only the speed. A script must call this under
    `__name__ == "__main__"`.

    Raises `UsageError`, `SetupError`, `StoreError` and `LedgerError` at once for a wrong call; while iterating,
    `LedgerError` (a full disk), `StoreError` (a list that breaks off) and `SetupError` (workers that do not start).
    """
    source = _source(store, selection, options)
    if threads < 1:
        raise UsageError(f"{threads} threads are too few", remedy="Give 1 or more, or leave it out")
    make = MakeDetector(Settings.of(mode, settings), person_key, threads=threads)
    path = ledger_path(source, ledger)
    detector = make.detector()
    make = replace(make, fingerprint=detector.fingerprint)
    return scan(
        make.job(source, detector.model),
        path,
        fingerprint=make.fingerprint,
        workers=workers,
        retry_failed=retry_failed,
        rescan_unanalysed=rescan_unanalysed,
        on_progress=on_progress,
        on_known=on_known,
        known_clear=known_clear,
        window=window,
    )


def scan(
    job: Job,
    ledger: str | os.PathLike[str] | None = None,
    *,
    fingerprint: str,
    workers: int | None = None,
    retry_failed: bool = False,
    rescan_unanalysed: bool = False,
    on_progress: OnProgress | None = None,
    on_known: OnKnown | None = None,
    known_clear: bool = False,
    window: int = AHEAD,
) -> Scan:
    """`scan_store` for any analyser: `job` says what runs over which source, `fingerprint` what answers depend on."""
    count = default_workers() if workers is None else workers
    if count < 0 or window < 1:
        raise UsageError(f"{count} workers with {window} items each are too few", remedy="Give more, or leave it out")
    failed = RETRIED_WHEN_ASKED if retry_failed else frozenset[Reason]()
    return Scan(
        job.source,
        Ledger(ledger_path(job.source, ledger), store_uri=job.source.uri, fingerprint=fingerprint),
        lambda: ProcessPool(job, count, window=window) if count else SerialPool(job),
        retry=UNANALYSED if rescan_unanalysed else ALWAYS_RETRIED | failed,
        on_progress=on_progress,
        on_known=on_known,
        known_clear=known_clear,
    )


def _source(
    store: str | os.PathLike[str] | Source, selection: Selection | None, options: StoreOptions | None
) -> Source:
    if isinstance(store, str | os.PathLike):
        return open_source(store, selection=selection or Selection(), options=options or StoreOptions())
    if selection is not None or options is not None:
        raise UsageError("The store is open already", remedy="Give the selection and the options to open_source")
    return store
