"""The command line: what it prints where, and the exit codes that DESIGN.md promises."""

from __future__ import annotations

import csv
import json
import os
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.scan_helpers import HEED_CTRL_C, ROOT, needs_weights, present
from thaiid_detect.cli import main, progress
from thaiid_detect.cli.closing import SHOWN, Closing
from thaiid_detect.cli.output import Output, write_rows
from thaiid_detect.cli.wording import WHY_UNANALYSED, row_line
from thaiid_detect.engine import LISTED_AT_ONCE
from thaiid_detect.errors import LedgerError
from thaiid_detect.ledger import RETRIED_WHEN_ASKED, Ledger, LedgerView
from thaiid_detect.number import IdNumber
from thaiid_detect.records import Card, Item, Outcome, Quad, Reading, Reason, Side, Verdict
from thaiid_detect.sources import DirectorySource, ListSource
from thaiid_detect.summary import ScanSummary

DIGITS = "1289900000124"
SQUARE = Quad(((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0)))


@pytest.fixture(autouse=True)
def _a_home_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    before = sys.excepthook
    yield
    sys.excepthook = before


def found(uri: str) -> Outcome:
    reading = Reading(IdNumber(DIGITS), 0.99, True)
    cards = (Card(Side.FRONT, SQUARE, 0.97, reading=reading, person="ab" * 32), Card(Side.BACK, SQUARE, 0.9, page=2))
    return Outcome(Item(uri, 7, "1"), Verdict.ID_CARD, Reason.WORDS, 0.97, cards)


def plain(uri: str, verdict: Verdict = Verdict.CLEAR, reason: Reason = Reason.NO_CARD) -> Outcome:
    return Outcome(Item(uri, 7, "1"), verdict, reason)


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    path = tmp_path / "scan.db"
    with Ledger(path, store_uri="/store", fingerprint="test") as writer:
        writer.record(
            [
                found("/store/บัตร.jpg"),
                plain("=HYPERLINK(1).jpg"),
                plain("/store/a.jpg", Verdict.UNANALYSED, Reason.EMPTY),
            ]
        )
    return path


def picture(path: Path) -> Path:
    ramp = np.tile(np.linspace(0, 255, 320, dtype=np.uint8), (240, 1))
    assert cv2.imwrite(str(path), cv2.merge([ramp, ramp, ramp]))
    return path


def run(*args: str, **more: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "import sys; from thaiid_detect.cli import main; sys.exit(main())", *args]
    return subprocess.run(command, capture_output=True, text=True, **more)  # type: ignore[call-overload,no-any-return]


# --- wrong usage: one line, the remedy, 2 ---


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["check", "."], "thaiid-detect scan"),
        (["check", "no such file.jpg"], "does not exist"),
        (["scan", "no such folder"], "Give the path of a directory that exists"),
        (["scan", "https://server/x"], "s3://bucket/prefix"),
        (["scan", ".", "--endpoint", "http://here"], "Leave them out"),
        (["scan", "s3://KEY:SECRET@bucket"], "environment variables"),
        (["scan", "@no-such-list"], "file list"),
        (["scan", "-"], "Name one with --ledger"),
        (["export", "no-such.db", "--jsonl", "-"], "There is no ledger"),
        (["export", "no-such.db"], "either --jsonl OUT or --csv OUT"),
        (["export", "no-such.db", "--jsonl", "-", "--csv", "-"], "either --jsonl OUT or --csv OUT"),
        (["check"], "FILE"),
        (["scan", ".", "--workers", "-1"], "--workers"),
        (["check", "--mode", "exact", "x"], "--mode"),
        (["frobnicate"], "No such command"),
    ],
)
def test_wrong_usage_is_2_and_names_the_remedy(args: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 2
    told = capsys.readouterr()
    assert says in told.err
    assert told.out == ""
    assert "Traceback" not in told.err


def test_a_file_given_to_scan_points_to_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scan", str(picture(tmp_path / "a.png"))]) == 2
    assert "thaiid-detect check" in capsys.readouterr().err


def test_rows_are_never_written_into_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    store.mkdir()
    assert main(["scan", str(store), "--jsonl", str(store / "rows.jsonl")]) == 2
    assert "never writes to" in capsys.readouterr().err
    assert list(store.iterdir()) == []


@pytest.mark.parametrize("args", [["--help"], ["check", "-h"], ["scan", "-h"], ["export", "-h"], ["--version"]])
def test_help_and_version_are_0(args: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(args) == 0
    assert "thaiid-detect" in capsys.readouterr().out


# --- export ---


def test_jsonl_holds_every_row_masked(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.jsonl"
    assert main(["export", str(ledger), "--jsonl", str(out)]) == 0
    rows = [json.loads(line) for line in out.read_text().splitlines()]
    with LedgerView(ledger) as view:
        assert rows == list(view.rows())
    assert rows[1]["cards"][0]["number"] == "X-XXXX-XXXXX-12-4"
    assert DIGITS not in out.read_text()
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_csv_reads_back_and_runs_no_formula(ledger: Path, tmp_path: Path) -> None:
    out = tmp_path / "rows.csv"
    assert main(["export", str(ledger), "--csv", str(out)]) == 0
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = {row["uri"]: row for row in csv.DictReader(file)}
    assert set(rows) == {"'=HYPERLINK(1).jpg", "/store/a.jpg", "/store/บัตร.jpg"}
    card = rows["/store/บัตร.jpg"]
    assert (card["cards"], card["sides"], card["checksums"]) == ("2", "front back", "valid unread")
    assert card["numbers"] == "X-XXXX-XXXXX-12-4 -"
    assert card["persons"] == f"{'ab' * 32} -"


def test_standard_output_gets_the_rows_and_nothing_else(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(ledger), "--jsonl", "-"]) == 0
    told = capsys.readouterr()
    assert len([json.loads(line) for line in told.out.splitlines()]) == 3
    assert told.err == "3 rows\n"


def test_a_ledger_is_not_overwritten_by_its_export(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = ledger.read_bytes()
    assert main(["export", str(ledger), "--jsonl", str(ledger)]) == 2
    assert "overwritten" in capsys.readouterr().err
    assert ledger.read_bytes() == before


def test_an_output_that_cannot_be_written_is_2(
    ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["export", str(ledger), "--csv", str(tmp_path / "no" / "rows.csv")]) == 2
    assert "cannot be written (No such file or directory)" in capsys.readouterr().err


def test_an_output_that_is_not_finished_leaves_the_old_one(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text("old")
    (tmp_path / "link").symlink_to("rows.jsonl")

    def write(*, stopped: bool) -> None:
        with Output(str(tmp_path / "link")) as out:
            out.write("new")
            if stopped:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(stopped=True)
    assert (tmp_path / "rows.jsonl").read_text() == "old"
    write(stopped=False)
    assert (tmp_path / "rows.jsonl").read_text() == "new"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "rows.jsonl"]
    assert (tmp_path / "link").is_symlink()


def test_a_scan_that_cannot_start_leaves_the_rows_of_the_last(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    out = tmp_path / "rows.jsonl"
    out.write_text("old")
    assert main(["scan", str(tmp_path / "store"), "--jsonl", str(out), "--ledger", str(tmp_path)]) in (2, 3)
    assert out.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["rows.jsonl", "state", "store"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_full_disk_is_one_clear_line(ledger: Path) -> None:
    done = run("export", str(ledger), "--jsonl", "/dev/full")
    assert done.returncode == 2
    assert done.stderr == "error: /dev/full cannot be written (No space left on device). Name another file\n"


def test_what_is_no_ledger_is_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "notes.db"
    path.write_text("dear diary " * 100)
    assert main(["export", str(path), "--jsonl", "-"]) == 3
    assert "not a ledger" in capsys.readouterr().err


# --- how a run may end ---


def test_a_bug_is_told_without_what_it_quotes_and_is_not_1() -> None:
    """1 means "ID cards found"; and the text of an exception may hold what was read."""
    code = f"from thaiid_detect.cli import main; main(['-h']); int('{DIGITS}x')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 3
    assert "ValueError" in done.stderr
    assert DIGITS not in done.stderr


def test_a_closed_pipe_is_3_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "long.db"
    with Ledger(path, store_uri="/store", fingerprint="test") as writer:
        writer.record([plain(f"/store/{n}.jpg") for n in range(2_000)])
    command = [sys.executable, "-c", "import sys; from thaiid_detect.cli import main; sys.exit(main())"]
    end, start = os.pipe()
    os.close(end)
    done = subprocess.run([*command, "export", path, "--jsonl", "-"], stdout=start, stderr=subprocess.PIPE, text=True)
    os.close(start)
    assert (done.returncode, done.stderr) == (3, "")


def interrupt(begun: Callable[[], bool], *words: str) -> str:
    """Runs a command line, presses Ctrl-C when it has `begun`, and returns what it told on standard error. Its standard
    input stays open until it has heard that."""
    code = HEED_CTRL_C + "import sys; from thaiid_detect.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, *words]
    running = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    while not begun():
        assert running.poll() is None
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    _, told = running.communicate()
    assert running.returncode == 130
    assert "Traceback" not in told
    return told


@needs_weights
def test_ctrl_c_is_130_and_says_how_to_go_on(tmp_path: Path) -> None:
    """The list on standard input has no end, so the scan is certainly still running when it is interrupted."""
    ledger = tmp_path / "scan.db"
    told = interrupt(Path(f"{ledger}-wal").exists, "scan", "-", "--workers", "0", "--ledger", str(ledger))
    assert "interrupted" in told


@needs_weights
def test_ctrl_c_once_finishes_what_is_in_flight(tmp_path: Path) -> None:
    """Over pictures that one worker needs long for: some are done when it is interrupted, and some are not begun."""
    store = tmp_path / "store"
    store.mkdir()
    data = (ROOT / "tests/data/demo-store/2016/09/scan0005.jpg").read_bytes()
    for number in range(60):
        (store / f"{number:02}.jpg").write_bytes(data + bytes(number))
    out, ledger = tmp_path / "rows.jsonl", tmp_path / "scan.db"
    out.write_text("old")
    words = ("scan", str(store), "--ledger", str(ledger), "--jsonl", str(out), "--workers", "1")
    told = interrupt(lambda: ledger.exists() and _recorded(ledger) > 0, *words)
    assert "Finishing what is in flight" in told
    assert f"What was finished is in {ledger}. Run the same command again to go on." in told
    assert out.read_text() == "old"
    assert 0 < _recorded(ledger) < 60


def _recorded(ledger: Path) -> int:
    try:
        with LedgerView(ledger) as view:
            return sum(view.counts().values())
    except LedgerError:
        return 0


# --- what is shown ---


def test_a_line_shows_cards_masked_and_tames_names() -> None:
    assert row_line(found("a\x1b[2J.jpg").to_dict()) == (
        "a\\x1b[2J.jpg: id_card (words) 0.97 · front X-XXXX-XXXXX-12-4, checksum valid · back on page 2 number unread"
    )


def test_a_member_is_named_with_its_card(capsys: pytest.CaptureFixture[str]) -> None:
    card = Card(Side.BACK, SQUARE, 0.9, page=2, member="a b/100%.zip!/c\x1b.jpg")
    cards = (card, replace(card, member=None))
    row = present(Outcome(Item("c.zip", 7, "1"), Verdict.ID_CARD, Reason.WORDS, 0.9, cards))
    assert row_line(row) == (
        "c.zip: id_card (words) 0.90 · back in a b/100%.zip!/c\\x1b.jpg on page 2 number unread"
        " · back on page 2 number unread"
    )
    del row["cards"][1]["member"]  # as in rows of older ledgers
    with Output("-") as out:
        write_rows([row], out, as_csv=True)
    (cells,) = csv.DictReader(capsys.readouterr().out.splitlines())
    assert cells["members"] == "a%20b/100%25.zip!/c\x1b.jpg -"


def test_every_reason_is_in_words_or_goes_with_another_verdict() -> None:
    with_a_look = {"words", "number", "appearance", "uncertain", "no_card", "not_confirmed", "other_document"}
    assert set(Reason) - set(WHY_UNANALYSED) == {Reason(name) for name in (*with_a_look, "not_a_document")}


def test_what_can_be_tried_again_says_how() -> None:
    assert {reason for reason, why in WHY_UNANALYSED.items() if "--retry-failed" in why} == RETRIED_WHEN_ASKED


def test_the_closing_names_what_it_was_handed_and_no_other_row(
    ledger: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The ledger holds /store/บัตร.jpg too, which is not in the store any more."""
    closing, summary = Closing(), ScanSummary(listed=2, skipped=2, ended=True, failures=2)
    for outcome in (found("/store/b.jpg"), plain("/store/a.jpg", Verdict.UNANALYSED, Reason.EMPTY)):
        closing.note(outcome.to_dict())
        summary.count(outcome.verdict, outcome.reason)
    closing.show(summary, ledger)
    told = capsys.readouterr().out
    assert "บัตร" not in told
    assert "/store/b.jpg: id_card (words) 0.97 · front X-XXXX-XXXXX-12-4" in told
    assert "1  empty" in told
    assert "2 folders" in told
    assert "NOT COMPLETE" in told
    assert f"thaiid-detect export {ledger}" in told


def test_the_closing_names_a_few_and_counts_the_rest(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    closing, summary = Closing(), ScanSummary(listed=30, analysed=30, ended=True)
    for n in range(30):
        closing.note(found(f"/store/{n:02}.jpg").to_dict())
        summary.count(Verdict.ID_CARD, Reason.WORDS)
    closing.show(summary, ledger)
    told = capsys.readouterr().out
    assert told.count("/store/") == SHOWN[Verdict.ID_CARD]
    assert "… and 10 more" in told


@pytest.mark.parametrize("terminal", [False, True])
def test_progress_counts_on_standard_error_and_names_nothing(
    terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    clock = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: clock[0])  # type: ignore[attr-defined]
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    for n in range(25):
        (tmp_path / f"secret{n}.jpg").touch()
    summary = ScanSummary(listed=6, skipped=1, analysed=4, analysed_bytes=4_000_000)
    summary.count(Verdict.ID_CARD, Reason.WORDS)
    with progress.progress(DirectorySource(tmp_path)) as report:
        report(summary)
        for thread in threading.enumerate():
            if thread.name == "thaiid-counting":
                thread.join()
        clock[0] = 10.0
        report(replace(summary, analysed=12, analysed_bytes=20_000_000))
    told = capsys.readouterr()
    assert told.out == ""
    assert "secret" not in told.err
    assert "12 of 24 files analysed; 0.8 files/s, 1.6 MB/s; 1 known from before; 1 id_card; 0:00:15 left" in told.err


def test_progress_of_a_list_on_standard_input_leaves_it_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "PLAIN_SECONDS", 0.0)
    with progress.progress(ListSource(None)) as report:
        assert not any(thread.name == "thaiid-counting" for thread in threading.enumerate())
        report(ScanSummary(listed=5, analysed=4))
    assert "4 files analysed; nothing found yet" in capsys.readouterr().err


# --- with the detector ---


@needs_weights
def test_check_says_a_line_each_and_3_for_what_cannot_be_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, empty = picture(tmp_path / "good.png"), tmp_path / "empty.jpg"
    empty.touch()
    assert main(["check", str(good)]) == 0
    assert "good.png: clear" in capsys.readouterr().out
    assert main(["check", str(empty), str(good), "--json"]) == 3
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(row["verdict"], row["pages"]) for row in rows] == [("unanalysed", 0), ("clear", 1)]
    assert rows[0]["reason"] == "empty"


@needs_weights
def test_scan_writes_a_ledger_goes_on_and_says_where(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, out = tmp_path / "store", tmp_path / "rows.jsonl"
    store.mkdir()
    picture(store / "a.png")
    args = ["scan", str(store), "--workers", "0"]
    assert main([*args, "--jsonl", str(out), "--fail-on-found"]) == 0
    told = capsys.readouterr()
    assert str(tmp_path / "state") in told.out
    assert [json.loads(line)["uri"] for line in out.read_text().splitlines()] == [str(store / "a.png")]

    (store / "b.jpg").touch()
    assert main([*args, "--jsonl", "-"]) == 3
    told = capsys.readouterr()
    assert [json.loads(line)["verdict"] for line in told.out.splitlines()] == ["clear", "unanalysed"]
    assert "1 of the 2 files had been analysed before" in told.err


@needs_weights
def test_rows_on_standard_output_come_one_by_one(tmp_path: Path) -> None:
    """A reader gets the first row while the last file is not yet there to be read."""
    store = tmp_path / "store"
    store.mkdir()
    picture(store / "a.png")
    code = "import sys; from thaiid_detect.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "scan", "-", "--ledger", str(tmp_path / "scan.db"), "--workers", "0"]
    with subprocess.Popen(
        [*command, "--jsonl", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(f"{store / 'a.png'}\n" * LISTED_AT_ONCE)
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["verdict"] == "clear"
        assert process.poll() is None
        process.stdin.close()
        process.stdout.read()
        assert process.wait() == 0


@needs_weights
def test_the_rows_of_a_scan_are_those_of_its_mode(tmp_path: Path) -> None:
    store, out = tmp_path / "store", tmp_path / "rows.jsonl"
    store.mkdir()
    picture(store / "a.png")
    for mode in ("balanced", "recall", "balanced"):
        assert main(["scan", str(store), "--workers", "0", "--mode", mode, "--jsonl", str(out)]) == 0
        assert [json.loads(line)["mode"] for line in out.read_text().splitlines()] == [mode]


@needs_weights
def test_what_timed_out_is_tried_again_when_asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store, ledger = tmp_path / "store", tmp_path / "scan.db"
    store.mkdir()
    picture(store / "a.png")
    args = ["scan", str(store), "--workers", "0", "--ledger", str(ledger)]
    assert main(args) == 0
    with sqlite3.connect(ledger) as db:
        changed = "row = json_set(row, '$.verdict', 'unanalysed', '$.reason', 'timeout')"
        db.execute(f"UPDATE outcomes SET verdict = 'unanalysed', reason = 'timeout', {changed}")
    db.close()
    capsys.readouterr()
    assert main(args) == 3
    told = capsys.readouterr().out
    assert f"{store}/a.png: unanalysed (timeout)" in told
    assert "tried again with --retry-failed" in told
    assert main([*args, "--retry-failed"]) == 0


@needs_weights
def test_an_empty_store_is_3_never_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    store.mkdir()
    assert main(["scan", str(store), "--workers", "0"]) == 3
    assert "Nothing was read" in capsys.readouterr().out


@needs_weights
def test_the_doctor_finds_nothing_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["doctor"]) == 0
    assert "FAIL" not in capsys.readouterr().out


def test_the_doctor_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("THAIID_DETECT_MODELS", str(tmp_path))
    assert main(["doctor"]) == 2
    told = capsys.readouterr().out
    assert "FAIL  weights: No weights called" in told
    assert "ok    reader: rapidocr" in told
