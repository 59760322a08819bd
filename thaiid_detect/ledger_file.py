"""The ledger as a file: its schema, its lock, its place, and what its errors mean. What is in it: `ledger.py`."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from thaiid_detect.errors import LedgerError, UsageError
from thaiid_detect.number import state_directory
from thaiid_detect.sources import STANDARD_INPUT, Source

__all__ = [
    "APPLICATION_ID",
    "MIGRATIONS",
    "SCHEMA",
    "SCHEMA_VERSION",
    "create_file",
    "default_ledger_path",
    "ledger_path",
    "lock_file",
    "sqlite_errors",
]

APPLICATION_ID = 0x54494431  # "TID1": tells a ledger from any other SQLite file
SCHEMA_VERSION = 2
GONE = "CREATE TABLE gone (uri TEXT PRIMARY KEY, since REAL NOT NULL) WITHOUT ROWID"
MIGRATIONS = {1: (GONE, "PRAGMA user_version = 2")}
"""What makes a ledger of that schema one of today's, when a scan opens it. One that is only read stays as it is."""
SCHEMA = (
    "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE fingerprints (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE)",
    # `row` is the JSON row without uri, size and version: at 10^8 rows a path stored once more is 10 GB.
    """CREATE TABLE outcomes (
        id INTEGER PRIMARY KEY, uri TEXT NOT NULL, size INTEGER NOT NULL, version TEXT NOT NULL,
        fingerprint INTEGER NOT NULL REFERENCES fingerprints, verdict TEXT NOT NULL, reason TEXT NOT NULL,
        score REAL NOT NULL, row TEXT NOT NULL, finished_at REAL NOT NULL,
        UNIQUE (uri, size, version, fingerprint))""",
    """CREATE TABLE scans (
        id INTEGER PRIMARY KEY, fingerprint INTEGER NOT NULL REFERENCES fingerprints, started REAL NOT NULL,
        ended REAL, listed INTEGER, complete INTEGER NOT NULL DEFAULT 0)""",
    "CREATE TABLE failures (scan INTEGER NOT NULL REFERENCES scans, uri TEXT NOT NULL, reason TEXT NOT NULL)",
    GONE,
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)

_INTACT = "What is recorded is safe: run the same command again to go on"
_CAUSES = {
    sqlite3.SQLITE_FULL: ("the disk is full", f"Free some space. {_INTACT}"),
    sqlite3.SQLITE_IOERR: ("the disk is full or does not answer", f"Check the disk. {_INTACT}"),
    sqlite3.SQLITE_READONLY: ("it may not be written", "Make it writable, or name another file with --ledger"),
    sqlite3.SQLITE_CANTOPEN: ("it cannot be opened", "Check that its folder exists and may be written"),
    sqlite3.SQLITE_NOTADB: ("it is not a ledger", "Name another file with --ledger"),
    sqlite3.SQLITE_CORRUPT: ("it is damaged", "Restore a copy of it, or start a new one with --ledger"),
    sqlite3.SQLITE_BUSY: ("another program is using it", "Wait until that one has ended"),
}


@contextmanager
def sqlite_errors(path: Path) -> Iterator[None]:
    """Maps what SQLite raises, by its result code: the texts change between versions."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        what, remedy = _CAUSES.get(code, ("SQLite cannot use it", "Start a new one with --ledger"))
        raise LedgerError(f"The ledger {path}: {what}", remedy=remedy) from error


def create_file(path: Path) -> None:
    """Makes an empty file of mode 0600 if there is none. SQLite gives its -wal and -shm files the same mode."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        what, remedy = _CAUSES[sqlite3.SQLITE_READONLY]
        raise LedgerError(f"The ledger {path}: {what}", remedy=remedy) from error


def lock_file(path: Path) -> int:
    """Holds `<path>.lock`, which stays: removing it would let two scans hold two files of the same name."""
    if os.path.isdir(path):  # noqa: PTH112 - Path.is_dir raises where a folder above may not be entered
        raise LedgerError(f"The ledger {path} is a directory", remedy="Name a file in it with --ledger")
    name = path.with_name(f"{path.name}.lock")
    try:
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerError(
            f"The ledger {path} cannot be locked: {name.name} cannot be written ({error.strerror})",
            remedy="Check that its folder exists, may be written and has space",
        ) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise LedgerError(f"Another scan is using the ledger {path}", remedy="Wait until it has ended") from error
    return descriptor


def default_ledger_path(store_uri: str) -> Path:
    """Where a store's ledger lies when none is named: in the user's state directory, created here (mode 0700).

    Named after the store for people, with a hash of its identity because `/a/uploads` and `/b/uploads` are two.
    """
    folder = state_directory() / "ledgers"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise LedgerError(f"{folder} cannot be made ({error.strerror})", remedy="Name a file with --ledger") from error
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", store_uri.rsplit("/", 1)[-1]).strip("-.")[:40] or "store"
    return folder / f"{slug}-{hashlib.sha256(store_uri.encode()).hexdigest()[:12]}.db"


def ledger_path(source: Source, ledger: str | os.PathLike[str] | None) -> Path:
    """The ledger that was named, or the store's own. Raises `UsageError` where that is no place for one."""
    if ledger is None and source.uri == STANDARD_INPUT:
        # Its lines are read as they come, and may never end: nothing tells one such list from the next.
        raise UsageError(
            "A list on standard input has no ledger of its own", remedy="Name one with --ledger, one for each store"
        )
    place = state_directory() if ledger is None else Path(ledger)
    if source.contains(place):  # asked before the folder of the default one is made
        raise UsageError(
            f"The ledger {place} would lie in the store, which a scan never writes to",
            remedy="Name a file outside of it with --ledger",
        )
    return default_ledger_path(source.uri) if ledger is None else place
