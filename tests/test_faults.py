"""Whole scans over stores that misbehave: a full disk, files that come, go and change, and names nobody expects."""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.scan_helpers import ROOT, make_job, make_public_folder, make_store, needs_weights, run_unprivileged
from thaiid_detect import engine
from thaiid_detect.engine import Scan, scan
from thaiid_detect.ledger import LedgerView
from thaiid_detect.records import Reason, Verdict
from thaiid_detect.sources import open_source, uri_to_path

PATH_MAX = 4096
"""Bytes that Linux takes as a path, with the zero at its end."""


def begin(store: Path | str, folder: Path, *, workers: int = 2) -> Scan:
    return scan(make_job(open_source(store)), folder / "scan.db", fingerprint="one", workers=workers)


# --- a full disk ---


def scan_by_command(
    store: Path, folder: Path, *, most_bytes: int = resource.RLIM_INFINITY
) -> subprocess.CompletedProcess[str]:
    """`thaiid-detect scan`, in which no file may grow beyond `most_bytes`: the error of a full disk, without one."""
    command = "import sys; from thaiid_detect.cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", command, "scan", str(store), "--ledger", str(folder / "scan.db"), "--workers", "1"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={**os.environ, "XDG_STATE_HOME": str(folder / "state")},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes)),
    )


@needs_weights
def test_a_disk_that_fills_up_ends_the_scan_and_the_next_goes_on(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {f"{i:04}.txt": f"note {i}" for i in range(1500)})
    ended = scan_by_command(store, tmp_path, most_bytes=400_000)
    assert ended.returncode == 3
    assert "the disk is full or does not answer" in ended.stderr
    assert "run the same command again to go on" in ended.stderr
    assert "Traceback" not in ended.stderr
    with LedgerView(tmp_path / "scan.db") as view:
        kept = {row["uri"] for row in view.rows()}
    assert 0 < len(kept) < 1500
    again = scan_by_command(store, tmp_path)
    assert again.returncode == 0
    with sqlite3.connect(tmp_path / "scan.db") as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert db.execute("SELECT count(*), count(DISTINCT uri) FROM outcomes").fetchone() == (1500, 1500)
        assert db.execute("SELECT max(id) FROM outcomes").fetchone() == (1500,)  # what was kept was not done again
    db.close()


# --- files that come, go and change ---


@pytest.mark.parametrize("workers", [0, 2])
def test_files_that_vanish_and_change_meanwhile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setattr(engine, "COMMIT_OUTCOMES", 1)
    store = make_store(tmp_path / "store", {f"{i:02}": "slow" for i in range(80)})
    with begin(store, tmp_path, workers=workers) as running:
        next(running)  # all are listed by now, and the last ones not yet handed out
        (store / "76").unlink()
        (store / "77").write_text("card, and longer than what was listed")
        (store / "78").unlink()
        (store / "78").mkdir()
        (store / "79").unlink()
        os.mkfifo(store / "79")
        outcomes = {Path(outcome.item.uri).name: outcome for outcome in running}
    assert running.summary.complete
    reasons = [(outcomes[name].verdict, outcomes[name].reason) for name in ("76", "77", "78", "79")]
    assert reasons == [
        (Verdict.UNANALYSED, Reason.VANISHED),
        (Verdict.ID_CARD, Reason.WORDS),
        (Verdict.UNANALYSED, Reason.READ_ERROR),
        (Verdict.UNANALYSED, Reason.READ_ERROR),
    ]
    assert outcomes["77"].item.size == (store / "77").stat().st_size
    assert running.summary.verdicts[Verdict.CLEAR] == 76
    with begin(store, tmp_path, workers=workers) as again:
        assert list(again) == []  # the changed file is known as it was read
    assert again.summary.skipped == again.summary.listed == 77


# --- names ---


def test_names_of_any_bytes_and_any_length(tmp_path: Path) -> None:
    root = os.fsencode(tmp_path / "store")
    deep = root
    while PATH_MAX - 1 - len(deep) > 256:
        deep += b"/" + bytes([0xFF, 0x0A, 0x22, 0x5C]) + b"d" * 250
    os.makedirs(deep)  # noqa: PTH103 - bytes
    longest = deep + b"/" + b"f" * (PATH_MAX - 2 - len(deep))
    paths = {
        longest,
        root + b"/" + b"\xe0\xb8\x81" * 85,
        root + b"/\n\r\x1b[2J\x9b;\xff\xfe",
        root + b"/ ",
        root + b"/%41",
    }
    for path in paths:
        Path(os.fsdecode(path)).write_text("card")
    assert len(longest) == PATH_MAX - 1
    with begin(tmp_path / "store", tmp_path) as running:
        outcomes = list(running)
    assert {uri_to_path(outcome.item.uri) for outcome in outcomes} == paths
    assert {outcome.verdict for outcome in outcomes} == {Verdict.ID_CARD}
    assert running.summary.complete


def test_what_lies_too_deep_for_a_path_makes_the_scan_incomplete(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "plain"})
    below = os.open(store, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("d" * 250, dir_fd=below)
        inner = os.open("d" * 250, os.O_RDONLY, dir_fd=below)
        os.close(below)
        below = inner
    os.close(os.open("card", os.O_CREAT | os.O_WRONLY, dir_fd=below))
    os.close(below)
    try:
        with begin(store, tmp_path) as running:
            assert len(list(running)) == 1
        assert running.summary.failures == 1
        assert not running.summary.complete
        assert running.summary.exit_code() == 3
    finally:
        shutil.rmtree(store)  # by handles of folders; pytest would not get there


# --- what is no file ---


def test_loops_of_links_fifos_and_devices_are_passed_over(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"file": "card", "folder/file": "plain"})
    (store / "one").symlink_to("other")
    (store / "other").symlink_to("one")
    (store / "folder/up").symlink_to(store)
    (store / "zero").symlink_to("/dev/zero")
    os.mkfifo(store / "fifo")
    with begin(store, tmp_path) as running:
        outcomes = {os.path.relpath(outcome.item.uri, store): outcome.verdict for outcome in running}
    assert outcomes == {"file": Verdict.ID_CARD, "folder/file": Verdict.CLEAR}
    assert running.summary.complete
    assert running.summary.not_files == 5


def test_a_list_that_names_what_is_no_file_is_told_so_and_does_not_wait(tmp_path: Path) -> None:
    make_store(tmp_path, {"file": "card"})
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "list.txt").write_text(
        "\n".join(str(tmp_path / name) for name in ("fifo", "file", "loop")) + "\n/dev/zero"
    )
    with begin(f"@{tmp_path}/list.txt", tmp_path) as running:
        outcomes = {Path(outcome.item.uri).name: (outcome.verdict, outcome.reason) for outcome in running}
    refused = (Verdict.UNANALYSED, Reason.READ_ERROR)
    assert outcomes == {"fifo": refused, "zero": refused, "loop": refused, "file": (Verdict.ID_CARD, Reason.WORDS)}


UNPRIVILEGED = """
import sys
from tests.scan_helpers import make_job
from thaiid_detect.engine import scan
from thaiid_detect.sources import open_source
with scan(make_job(open_source(sys.argv[1])), sys.argv[2], fingerprint="one", workers=0) as running:
    for outcome in running:
        print(outcome.item.uri.rsplit("/", 1)[1], outcome.verdict, outcome.reason)
print(running.summary.failures, running.summary.complete, running.summary.exit_code())
"""


def test_unreadable_folders_and_files_are_told(tmp_path: Path) -> None:
    public = make_public_folder(tmp_path)
    store = make_store(public / "store", {"closed": "card", "locked/1": "card", "open": "card"})
    (public / "out").mkdir(mode=0o777)
    (public / "out").chmod(0o777)
    (store / "closed").chmod(0)
    (store / "locked").chmod(0)
    done = run_unprivileged(UNPRIVILEGED, str(store), str(public / "out/scan.db"))
    assert done.stdout.splitlines() == ["closed unanalysed denied", "open id_card words", "1 False 3"], done.stderr
