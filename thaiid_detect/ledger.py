"""The ledger: the SQLite file that holds a scan's outcomes and makes it resumable.

**The resume rule.** An item is analysed unless the ledger holds an outcome for the same (uri, size, version,
fingerprint). Worked example, four runs of the same command over one store:

    run 1   a.jpg (7 kB, Monday)     no outcome                   → analysed, `clear`
            b.jpg (9 kB, Monday)     no outcome                   → in a worker when the machine loses power
    run 2   a.jpg (7 kB, Monday)     has one                      → skipped, counted as `clear`
            b.jpg (9 kB, Monday)     no outcome: a row is written
                                     when an item is finished,
                                     never when it is begun       → analysed, `id_card`
    run 3   a.jpg (7 kB, Tuesday)    written again: other version → analysed; the newer outcome is the one in `rows()`
            b.jpg (9 kB, Monday)     has one                      → skipped, counted as `id_card`
    run 4   new weights, or another mode: other fingerprint       → both are analysed
    run 5   the weights and the mode of run 3 again               → both are skipped, counted as run 3 counted them;
                                                                    `rows(fingerprint)` tells what it told, too

Only the newest outcome of a uri under the fingerprint counts: a file that was put back as it was on Monday is analysed
again, else `rows()` would go on telling what it was on Tuesday.

**What is gone.** A scan that went through its whole store marks every file that it did not meet as gone, since then;
its outcomes stay, for they tell what lay open until that day. A file that is met again loses the mark (`presence.py`).

An `unanalysed` outcome counts as an outcome, with two exceptions. `denied`, `vanished` and `read_error` tell of the
store at that moment, cost nothing to try and may be mended without a new mtime (`chmod`): the next run tries them
again, always. `timeout`, `crashed` and `out_of_memory` cost their whole cap each time, so the next run tries them again
only when asked to (`retry_failed`).

**Durability.** WAL and `synchronous=NORMAL`: what is committed survives `kill -9` of the process; a power cut may cost
the last moments (they are analysed again), never the file. One writer: a scan holds a lock on `<ledger>.lock`, which
the kernel drops with the process, however it ends.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

from thaiid_detect.errors import LedgerError
from thaiid_detect.ledger_file import (
    APPLICATION_ID,
    MIGRATIONS,
    SCHEMA,
    SCHEMA_VERSION,
    create_file,
    lock_file,
    sqlite_errors,
)
from thaiid_detect.presence import Met, mark_gone
from thaiid_detect.records import Item, Outcome, Reason, Verdict

__all__ = ["ALWAYS_RETRIED", "RETRIED_WHEN_ASKED", "Known", "Ledger", "LedgerView"]

ALWAYS_RETRIED = frozenset({Reason.DENIED, Reason.VANISHED, Reason.READ_ERROR})
RETRIED_WHEN_ASKED = frozenset({Reason.TIMEOUT, Reason.CRASHED, Reason.OUT_OF_MEMORY})

# A path may have outcomes of several versions and fingerprints; the one recorded last is what holds today.
_NEWER = "SELECT 1 FROM outcomes AS newer WHERE newer.uri = o.uri AND newer.id > o.id"
_NEWEST = f"NOT EXISTS ({_NEWER})"
_NEWEST_ALIKE = f"NOT EXISTS ({_NEWER} AND newer.fingerprint = o.fingerprint)"


class Known(NamedTuple):
    """What an earlier scan recorded of an item."""

    verdict: Verdict
    reason: Reason
    row: dict[str, Any] | None
    """The JSON row; None for `clear`, of which there are millions that nobody wants to see."""


class LedgerView:
    """A ledger to read from; may be used while a scan writes to it. `LedgerError` for anything that is no ledger."""

    def __init__(self, path: Path, *, read_only: bool = True) -> None:
        self.path = path
        with sqlite_errors(path):
            address = f"{path.absolute().as_uri()}?mode={'ro' if read_only else 'rw'}"
            self._db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10.0)
        try:
            self._check(may_be_new=not read_only)
        except LedgerError:
            self._db.close()
            raise

    def _check(self, *, may_be_new: bool) -> None:
        with sqlite_errors(self.path):
            application = self._db.execute("PRAGMA application_id").fetchone()[0]
            version = self._db.execute("PRAGMA user_version").fetchone()[0]
            empty = not self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        self.schema = int(version)
        if empty and application == 0:
            if may_be_new:
                return
            raise LedgerError(f"{self.path} is empty: its scan was stopped at once", remedy="Run that scan again")
        if application != APPLICATION_ID:
            raise LedgerError(f"{self.path} is not a ledger", remedy="Name another file with --ledger")
        if version != SCHEMA_VERSION and version not in MIGRATIONS:
            raise LedgerError(
                f"{self.path} was made by another version of this program (schema {version}, here {SCHEMA_VERSION})",
                remedy="Use that version to read it, and start a new one here with --ledger",
            )

    @property
    def store_uri(self) -> str:
        """The identity of the store that this ledger is about."""
        with sqlite_errors(self.path):
            return str(self._db.execute("SELECT value FROM meta WHERE key = 'store'").fetchone()[0])

    def rows(self, fingerprint: str | None = None) -> Iterator[dict[str, Any]]:
        """The JSON rows (as `Outcome.to_dict`), one for each uri (the newest), in the order of the uris; streamed.

        With a `fingerprint` the newest under it: what scans of that mode and those weights say, whatever others said
        later. Beside what an outcome says, `gone` tells since when a file has not been met in the store (UTC, ISO 8601;
        null while it is there).
        """
        alike = f"o.fingerprint = (SELECT id FROM fingerprints WHERE text = ?) AND {_NEWEST_ALIKE}"
        which, values = (_NEWEST, ()) if fingerprint is None else (alike, (fingerprint,))
        gone = "NULL" if self.schema == 1 else "(SELECT since FROM gone WHERE gone.uri = o.uri)"
        query = f"SELECT uri, size, version, row, {gone} FROM outcomes AS o WHERE {which} ORDER BY uri"
        with sqlite_errors(self.path):
            for uri, size, version, text, since in self._db.execute(query, values):
                yield {**_whole(Item(uri, size, version), text), "gone": None if since is None else _iso(since)}

    def counts(self) -> dict[tuple[Verdict, Reason], int]:
        """How many uris have which verdict and reason, by the newest outcome of each."""
        query = f"SELECT verdict, reason, count(*) FROM outcomes AS o WHERE {_NEWEST} GROUP BY 1, 2 ORDER BY 1, 2"
        with sqlite_errors(self.path):
            return {(Verdict(verdict), Reason(reason)): n for verdict, reason, n in self._db.execute(query)}

    def close(self) -> None:
        with sqlite_errors(self.path):
            self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Ledger(LedgerView):
    """A ledger held for writing, by one scan at a time; created (mode 0600) when it is not there.

    All methods raise `LedgerError`, and leave the file as it was before the call. Not for several threads.
    """

    def __init__(self, path: str | os.PathLike[str], *, store_uri: str, fingerprint: str) -> None:
        where = Path(path)
        self.fingerprint = fingerprint
        # A finaliser, so that a ledger that is dropped without `close` does not stay locked while this process lives.
        self._unlock = weakref.finalize(self, os.close, lock_file(where))
        try:
            create_file(where)
            super().__init__(where, read_only=False)
        except LedgerError:
            self._unlock()
            raise
        try:
            self._prepare(store_uri, fingerprint)
        except LedgerError:
            self.close()
            raise

    def _prepare(self, store_uri: str, fingerprint: str) -> None:
        with sqlite_errors(self.path):
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
        with self._transaction() as db:
            if not db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                for statement in SCHEMA:
                    db.execute(statement)
                db.executemany("INSERT INTO meta VALUES (?, ?)", [("store", store_uri), ("created", _iso(time.time()))])
                self.schema = SCHEMA_VERSION
            if self.store_uri != store_uri:
                raise LedgerError(
                    f"{self.path} is the ledger of another store, {self.store_uri}",
                    remedy="Name another file with --ledger, or leave it out to use the store's own",
                )
            for statement in MIGRATIONS.get(self.schema, ()):
                db.execute(statement)
            self.schema = SCHEMA_VERSION
            db.execute("INSERT OR IGNORE INTO fingerprints (text) VALUES (?)", (fingerprint,))
            query = "SELECT id FROM fingerprints WHERE text = ?"
            self._fingerprint = int(db.execute(query, (fingerprint,)).fetchone()[0])
            last = db.execute("SELECT max(id) FROM outcomes").fetchone()[0] or 0
            self._any_gone = db.execute("SELECT 1 FROM gone LIMIT 1").fetchone() is not None
        self._met = Met(last)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with sqlite_errors(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:  # a full disk may have rolled back already
                    self._db.execute("ROLLBACK")

    def done(self, items: Iterable[Item], *, retry: frozenset[Reason], clear_rows: bool = False) -> dict[Item, Known]:
        """Which of `items` have an outcome under this fingerprint, and which; not those with a reason in `retry`.

        With `clear_rows` the rows of those that are clear, too.
        """
        row = "row" if clear_rows else "CASE verdict WHEN 'clear' THEN NULL ELSE row END"
        query = (
            f"SELECT id, verdict, reason, {row} FROM outcomes AS o"
            f" WHERE uri = ? AND size = ? AND version = ? AND fingerprint = ? AND {_NEWEST_ALIKE}"
        )
        found: dict[Item, Known] = {}
        with sqlite_errors(self.path):
            for item in items:
                key = (item.uri, item.size, item.version, self._fingerprint)
                for number, verdict, reason, text in self._db.execute(query, key):
                    if reason not in retry:
                        self._met.add(number)
                        told = None if text is None else _whole(item, text)
                        found[item] = Known(Verdict(verdict), Reason(reason), told)
        if self._any_gone:
            with self._transaction() as db:
                db.executemany("DELETE FROM gone WHERE uri = ?", [(item.uri,) for item in found])
        return found

    def record(self, outcomes: Iterable[Outcome]) -> None:
        """Writes the outcomes in one transaction: on return all of them survive a kill, on an error none is there."""
        now = time.time()
        rows = [self._row(outcome, now) for outcome in outcomes]
        with self._transaction() as db:
            db.executemany(
                "INSERT OR REPLACE INTO outcomes (uri, size, version, fingerprint, verdict, reason, score, row,"
                " finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            if self._any_gone:
                db.executemany("DELETE FROM gone WHERE uri = ?", [(row[0],) for row in rows])

    def mark_gone(self) -> int:
        """At a whole scan's end: marks what was neither `done` nor recorded since this was opened; how many files."""
        with sqlite_errors(self.path):
            marked = mark_gone(self._db, self._met, time.time())
        self._any_gone = self._any_gone or marked > 0
        return marked

    def _row(self, outcome: Outcome, now: float) -> tuple[object, ...]:
        row = outcome.to_dict()
        key = (row.pop("uri"), row.pop("size"), row.pop("version"), self._fingerprint)
        text = json.dumps(row, ensure_ascii=False, separators=(",", ":"))
        return (*key, outcome.verdict.value, outcome.reason.value, outcome.score, text, now)

    def begin_scan(self) -> int:
        """Notes that a scan starts; the number that `end_scan` and `note_failures` want."""
        with self._transaction() as db:
            query = "INSERT INTO scans (fingerprint, started) VALUES (?, ?) RETURNING id"
            return int(db.execute(query, (self._fingerprint, time.time())).fetchone()[0])

    def note_failures(self, scan: int, failures: Iterable[tuple[str, Reason]]) -> None:
        """Notes (uri, reason) of parts of the store that could not be listed."""
        with self._transaction() as db:
            db.executemany("INSERT INTO failures VALUES (?, ?, ?)", [(scan, uri, why.value) for uri, why in failures])

    def end_scan(self, scan: int, *, listed: int, complete: bool) -> None:
        """Notes that a scan ended. One that was killed keeps no end: that is how a reader can tell."""
        with self._transaction() as db:
            query = "UPDATE scans SET ended = ?, listed = ?, complete = ? WHERE id = ?"
            db.execute(query, (time.time(), listed, complete, scan))

    def close(self) -> None:
        """Leaves one file (no -wal beside it), which can be viewed where nothing may be written. May be repeated."""
        if not self._unlock.alive:
            return
        try:
            with contextlib.suppress(sqlite3.Error):  # a viewer or a full disk: then the -wal stays, with all in it
                self._db.execute("PRAGMA journal_mode = DELETE")
            super().close()
        finally:
            self._unlock()


def _iso(seconds: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _whole(item: Item, text: str) -> dict[str, Any]:
    """The JSON row, from what is stored of it and from its key."""
    row = json.loads(text)
    return {"schema": row.pop("schema"), "uri": item.uri, "size": item.size, "version": item.version, **row}
