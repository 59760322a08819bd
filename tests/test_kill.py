"""Promise 5: killed at any instant, a scan loses nothing and does nothing twice that was finished."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tests.scan_helpers import HEED_CTRL_C, ROOT, make_store
from thaiid_detect.errors import LedgerError
from thaiid_detect.ledger import LedgerView
from thaiid_detect.workers import AHEAD

FILES = 3000
ROUNDS = 20
EARLY = 5
"""Of so many scans one is killed while it starts; of the others both workers, then the parent: 52 kills."""

SCAN = f"""
{HEED_CTRL_C}
import sys
from pathlib import Path
from tests.scan_helpers import make_job
from thaiid_detect.engine import scan
from thaiid_detect.sources import open_source
store, ledger, log, workers = sys.argv[1:]
with scan(make_job(open_source(store), log=Path(log)), ledger, fingerprint="one", workers=int(workers)) as running:
    for outcome in running:
        print(outcome.item.uri, flush=True)
sys.exit(running.summary.exit_code())
"""


def start(store: Path, ledger: Path, log: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCAN, str(store), str(ledger), str(log), "2"]
    return subprocess.Popen(
        command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    )


def wait_until_it_works(process: subprocess.Popen[str], log: Path) -> None:
    while process.poll() is None and not log.exists():
        time.sleep(0.005)


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    """The worker processes of a scan, without multiprocessing's own helper."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return [int(pid) for pid in children if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def kill_workers(process: subprocess.Popen[str], log: Path, moments: random.Random) -> int:
    """Kills the first workers, one after the other; how many. Between two, more is analysed than a queue holds: what
    one died at is then finished, and no item costs two of them, which would make it `crashed`."""
    pids = workers_of(process)
    for pid in pids:
        time.sleep(moments.uniform(0.0, 0.1))
        os.kill(pid, signal.SIGKILL)
        done = len(lines(log))
        while process.poll() is None and len(lines(log)) < done + 4 * AHEAD:
            time.sleep(0.005)
    return len(pids)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def rows(ledger: Path) -> list[dict[str, Any]]:
    try:
        with LedgerView(ledger) as view:
            return [{**row, "elapsed_ms": 0.0} for row in view.rows()]
    except LedgerError as error:  # killed before there was a ledger, or anything in it
        if "is empty" not in error.message and ledger.exists():
            raise
        return []


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    texts = ("slow", "slow card", "slow", "fail", "slow", "")
    files = {f"{i % 9}/{i:04}": texts[i % len(texts)] for i in range(FILES)}
    return make_store(tmp_path_factory.mktemp("killed") / "store", files)


def test_fifty_kills_lose_nothing_and_repeat_nothing(store: Path, tmp_path: Path) -> None:
    ledger, moments = tmp_path / "killed.db", random.Random(2018)
    finished: set[str] = set()
    killed = 0
    for number in range(ROUNDS):
        log = tmp_path / f"log{number}"
        process = start(store, ledger, log)
        if number % EARLY:
            wait_until_it_works(process, log)
            killed += kill_workers(process, log, moments)
        time.sleep(moments.uniform(0.0, 0.1))
        assert process.poll() is None  # it was at work
        process.kill()
        killed += 1
        handed_out = process.communicate()[0].splitlines()
        assert not finished.intersection(lines(log))
        finished = {row["uri"] for row in rows(ledger)}
        assert finished.issuperset(line for line in handed_out if line.startswith(str(store)))
    assert killed >= 50
    last = start(store, ledger, tmp_path / "last")
    assert last.communicate()[0].splitlines()
    assert last.returncode == 3  # some files are unanalysed, by design
    assert not finished.intersection(lines(tmp_path / "last"))

    undisturbed = start(store, tmp_path / "undisturbed.db", tmp_path / "log")
    undisturbed.communicate()
    assert rows(ledger) == rows(tmp_path / "undisturbed.db")
    assert len(rows(ledger)) == FILES
    db = sqlite3.connect(ledger)
    assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert db.execute("SELECT count(*) FROM outcomes").fetchone() == (FILES,)
    assert db.execute("SELECT complete FROM scans ORDER BY id DESC").fetchone() == (1,)
    db.close()


def test_ctrl_c_commits_stops_the_workers_and_says_so(store: Path, tmp_path: Path) -> None:
    ledger, log = tmp_path / "scan.db", tmp_path / "log"
    process = start(store, ledger, log)
    assert process.stdout is not None
    first = process.stdout.readline().strip()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: to the workers too
    handed_out, errors = process.communicate(timeout=60)  # which waits for the workers too: they hold its output
    assert process.returncode == -signal.SIGINT
    assert errors.count("Traceback") == 1
    assert errors.rstrip().endswith("KeyboardInterrupt")
    uris = {row["uri"] for row in rows(ledger)}
    assert uris.issuperset({first, *handed_out.split()})
    db = sqlite3.connect(ledger)
    assert db.execute("SELECT ended IS NOT NULL, complete FROM scans").fetchall() == [(1, 0)]
    db.close()


def test_workers_leave_when_their_parent_is_killed(tmp_path: Path) -> None:
    store, log = make_store(tmp_path / "store", {"a": "plain", "b": "hang", "c": "hang"}), tmp_path / "log"
    process = start(store, tmp_path / "scan.db", log)
    wait_until_it_works(process, log)
    process.kill()
    process.communicate(timeout=60)  # which waits for the hanging workers too: they hold its output
    assert lines(log) == [str(store / "a")]
