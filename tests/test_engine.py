"""Scans: one outcome for each item whatever the items do, the same for any number of workers, and the summary."""

from __future__ import annotations

import gc
import io
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from tests.scan_helpers import ROOT, Shuffled, make_job, make_store, needs_weights, present, refuse
from thaiid_detect import engine
from thaiid_detect.detector import Detector
from thaiid_detect.engine import Scan, scan, scan_store
from thaiid_detect.errors import LedgerError, SetupError, UsageError
from thaiid_detect.job import Job, default_workers
from thaiid_detect.ledger import LedgerView
from thaiid_detect.records import Item, Outcome, Reason, Verdict
from thaiid_detect.settings import Settings
from thaiid_detect.sources import open_source
from thaiid_detect.summary import ScanSummary
from thaiid_detect.workers import AHEAD, ProcessPool

BAD = {
    "bad/hang": ("hang", Reason.TIMEOUT),
    "bad/spin": ("spin", Reason.TIMEOUT),
    "bad/die": ("die", Reason.CRASHED),
    "bad/segfault": ("segfault", Reason.CRASHED),
    "bad/exit": ("exit", Reason.CRASHED),
    "bad/fail": ("fail", Reason.CRASHED),
    "bad/allocate": ("allocate", Reason.OUT_OF_MEMORY),
    "bad/devour": ("devour", Reason.OUT_OF_MEMORY),
    "bad/empty": ("", Reason.EMPTY),
    "bad/large": ("x" * 1001, Reason.TOO_LARGE),
}
PLAIN = {f"plain/{i:02}": "card" if i % 10 == 3 else "plain" for i in range(60)}


def start(folder: Path, job: Job, *, workers: int = 0, fingerprint: str = "one", retry_failed: bool = False) -> Scan:
    ledger = folder / "scan.db"
    return scan(job, ledger, fingerprint=fingerprint, workers=workers, retry_failed=retry_failed)


def by_name(outcomes: list[Outcome], store: Path) -> dict[str, tuple[Verdict, Reason]]:
    assert len({outcome.item for outcome in outcomes}) == len(outcomes)
    return {os.path.relpath(outcome.item.uri, store): (outcome.verdict, outcome.reason) for outcome in outcomes}


def test_bad_items_cost_themselves_and_nothing_else(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", PLAIN | {name: text for name, (text, _) in BAD.items()})
    with start(tmp_path, make_job(open_source(store), item_seconds=1.5), workers=2) as running:
        outcomes = by_name(list(running), store)
    expected = {name: (Verdict.UNANALYSED, reason) for name, (_, reason) in BAD.items()}
    for name, text in PLAIN.items():
        found = text == "card"
        expected[name] = (Verdict.ID_CARD, Reason.WORDS) if found else (Verdict.CLEAR, Reason.NO_CARD)
    assert outcomes == expected
    assert running.summary.complete
    assert running.summary.exit_code() == 3
    assert running.summary.reasons[Reason.CRASHED] == 4


def test_the_outcomes_are_the_same_for_any_number_of_workers_any_window_and_any_order(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", PLAIN | {"empty": "", "fail": "fail", "exit": "exit", "eats": "allocate"})
    plain, results = open_source(store), []
    for workers, window, source in (
        (1, 1, plain),
        (1, AHEAD, Shuffled(plain, 1)),
        (2, 3, plain),
        (2, 64, Shuffled(plain, 2)),
        (5, AHEAD, plain),
        (5, 1, Shuffled(plain, 3)),
    ):
        ledger = tmp_path / f"{len(results)}.db"
        running = scan(make_job(source), ledger, fingerprint="one", workers=workers, window=window)
        results.append({replace(outcome, elapsed_ms=0.0) for outcome in running})
        assert running.summary.complete
    assert len(results[0]) == len(PLAIN) + 4
    assert all(result == results[0] for result in results)


def test_the_serial_twin_says_the_same_as_workers_do(tmp_path: Path) -> None:
    job = make_job(open_source(make_store(tmp_path / "store", PLAIN | {"empty": "", "fail": "fail"})))
    results = []
    for workers in (0, 1):
        running = scan(job, tmp_path / f"{workers}.db", fingerprint="one", workers=workers)
        results.append({replace(outcome, elapsed_ms=0.0) for outcome in running})
    assert len(results[0]) == len(PLAIN) + 2
    assert results[0] == results[1]


def test_a_second_scan_skips_what_is_done_and_counts_it(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "card", "b": "plain", "c": "fail", "d": ""})
    log = tmp_path / "log"
    job = make_job(open_source(store), log=log)
    first = start(tmp_path, job)
    assert len(list(first)) == 4
    (store / "b").write_text("card, and longer")
    second = start(tmp_path, job)
    assert by_name(list(second), store) == {"b": (Verdict.ID_CARD, Reason.WORDS)}
    assert (second.summary.listed, second.summary.skipped, second.summary.analysed) == (4, 3, 1)
    assert second.summary.verdicts == {Verdict.ID_CARD: 2, Verdict.UNANALYSED: 2}
    assert second.summary.complete
    assert set(by_name(list(start(tmp_path, job, retry_failed=True)), store)) == {"c"}
    assert len(list(start(tmp_path, job, fingerprint="two"))) == 4


def test_a_whole_scan_marks_what_has_left_the_store_and_no_other_does(tmp_path: Path) -> None:
    store, ledger = make_store(tmp_path / "store", dict.fromkeys("abcd", "plain")), tmp_path / "scan.db"

    def again(stop: bool = False) -> tuple[int, list[str]]:
        with scan(make_job(open_source(store)), ledger, fingerprint="one", workers=0) as running:
            if stop:
                running.stop()
            list(running)
        with LedgerView(ledger) as view:
            gone = [Path(row["uri"]).name for row in view.rows() if row["gone"]]
        return running.summary.gone, gone

    assert again() == (0, [])
    (store / "b").unlink()
    (store / "a").write_text("another")
    (store / "e").write_text("new")
    assert again(stop=True) == (0, [])
    assert again() == (1, ["b"])
    (store / "b").write_text("back")
    (store / "d").unlink()
    assert again() == (1, ["d"])


def test_a_list_on_standard_input_says_nothing_of_what_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, ledger = make_store(tmp_path / "store", {"a": "plain", "b": "plain"}), tmp_path / "scan.db"
    for name in "ab":
        lines = io.TextIOWrapper(io.BytesIO(f"{store / name}\n".encode()))
        monkeypatch.setattr(sys, "stdin", lines)
        with scan(make_job(open_source("-")), ledger, fingerprint="one", workers=0) as running:
            assert len(list(running)) == 1
    with LedgerView(ledger) as view:
        assert [row["gone"] for row in view.rows()] == [None, None]


def test_an_item_that_could_not_be_read_is_tried_again(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{tmp_path}/late")
    job = make_job(open_source(f"@{tmp_path}/list.txt"))
    (outcome,) = start(tmp_path, job)
    assert (outcome.verdict, outcome.reason) == (Verdict.UNANALYSED, Reason.VANISHED)
    (tmp_path / "late").write_text("card")
    (outcome,) = start(tmp_path, job)
    assert outcome.verdict is Verdict.ID_CARD
    with LedgerView(tmp_path / "scan.db") as view:
        assert list(view.rows()) == [present(outcome)]


def test_outcomes_are_in_the_ledger_before_they_are_handed_out(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", PLAIN)
    with start(tmp_path, make_job(open_source(store))) as running:
        for outcome in running:
            with LedgerView(tmp_path / "scan.db") as view:
                assert present(outcome) in view.rows()


@pytest.mark.parametrize("workers", [0, 2])
def test_a_scan_that_is_closed_early_can_go_on(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "COMMIT_OUTCOMES", 1)
    store = make_store(tmp_path / "store", dict.fromkeys(PLAIN, "slow"))
    job = make_job(open_source(store), log=tmp_path / "log")
    with start(tmp_path, job, workers=workers) as running:
        next(running)
    running.close()
    assert not running.summary.complete
    assert running.summary.exit_code() == 3
    again = start(tmp_path, job, workers=workers)
    assert len(list(again)) + again.summary.skipped == len(PLAIN)
    assert again.summary.skipped >= 1
    assert again.summary.complete


@pytest.mark.parametrize("workers", [0, 2])
def test_a_scan_that_is_told_to_stop_finishes_what_is_in_flight_and_no_more(
    tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "COMMIT_OUTCOMES", 1)
    store = make_store(tmp_path / "store", dict.fromkeys(PLAIN, "slow"))
    job = make_job(open_source(store), log=tmp_path / "log")
    running = start(tmp_path, job, workers=workers)
    outcomes = [next(running)]
    waits = running.stop()
    outcomes += running
    assert waits == (len(outcomes) > 1)
    begun = (tmp_path / "log").read_text().splitlines()
    assert sorted(begun) == sorted(outcome.item.uri for outcome in outcomes)
    assert len(outcomes) < len(PLAIN)
    assert not running.summary.ended
    assert running.summary.exit_code() == 3
    again = start(tmp_path, job, workers=workers)
    assert len(list(again)) + len(outcomes) == len(PLAIN)
    assert again.summary.complete


def test_a_scan_that_is_told_to_stop_when_all_is_handed_out_is_complete(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "slow", "b": "slow"})
    running = start(tmp_path, make_job(open_source(store)), workers=1)
    assert not running.stop()  # not begun: nothing is in flight, and nothing will be
    assert list(running) == []
    assert not running.summary.complete
    running = start(tmp_path, make_job(open_source(store)), workers=1)
    outcomes = list(running)
    running.stop()
    assert len(outcomes) == 2
    assert running.summary.complete


def test_known_items_that_are_not_clear_are_handed_on_and_no_others(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "card", "b": "card", "c": "plain", "d": "fail"})
    job, known = make_job(open_source(store)), list[dict[str, Any]]()
    rows = {outcome.item.uri: outcome.to_dict() for outcome in start(tmp_path, job)}
    (store / "a").unlink()
    assert list(scan(job, tmp_path / "scan.db", fingerprint="one", workers=0, on_known=known.append)) == []
    assert known == [rows[str(store / name)] for name in "bd"]


def test_a_scan_tells_what_its_own_mode_says(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "card"})
    job = make_job(open_source(store))
    (first,) = start(tmp_path, job, fingerprint="one")
    (store / "a").write_text("cold")
    os.utime(store / "a", ns=(0, int(first.item.version)))
    (second,) = start(tmp_path, job, fingerprint="two")
    assert second.verdict is Verdict.CLEAR
    with start(tmp_path, job, fingerprint="one") as again:
        assert list(again) == []
    assert again.summary.verdicts == {Verdict.ID_CARD: 1}
    with LedgerView(again.ledger_path) as view:
        assert list(view.rows(again.fingerprint)) == [present(first)]


def test_items_that_no_analyser_saw_name_the_model_all_the_same(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"empty": "", "fail": "fail"})
    job = replace(make_job(open_source(store)), model="locator:abc")
    assert {outcome.model for outcome in start(tmp_path, job)} == {"locator:abc"}


def test_a_scan_that_is_dropped_before_it_began_lets_go_of_its_ledger(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "x"})
    start(tmp_path, make_job(open_source(store)))
    gc.collect()
    with start(tmp_path, make_job(open_source(store))) as running:
        assert len(list(running)) == 1


def test_a_scan_that_is_never_begun_lets_go_of_its_ledger(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "x"})
    start(tmp_path, make_job(open_source(store))).close()
    with start(tmp_path, make_job(open_source(store))) as running:
        assert len(list(running)) == 1


def test_the_listing_is_never_ahead_by_more_than_the_window(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {f"{i:04}": "plain" for i in range(2000)})
    running = start(tmp_path, make_job(open_source(store)), workers=1)
    for outcomes, _ in enumerate(running, start=1):
        ahead = running.summary.listed - outcomes
        assert ahead <= engine.LISTED_AT_ONCE + engine.COMMIT_OUTCOMES + 2 * AHEAD
    assert outcomes == 2000


def test_folders_that_cannot_be_listed_make_the_scan_incomplete(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "COMMIT_OUTCOMES", 1)
    store = make_store(tmp_path / "store", {f"a/{i:03}": "x" for i in range(300)} | {"b/1": "x"})
    os.mkfifo(store / "fifo")
    progress: list[ScanSummary] = []
    running = scan(
        make_job(open_source(store)), tmp_path / "scan.db", fingerprint="one", workers=0, on_progress=progress.append
    )
    next(running)
    (store / "b").rename(tmp_path / "elsewhere")
    assert len(list(running)) == 299
    assert progress[-1] == running.summary
    assert (running.summary.listed, running.summary.not_files, running.summary.failures) == (300, 1, 1)
    assert running.summary.ended
    assert not running.summary.complete
    assert running.summary.exit_code() == 3


def test_workers_that_cannot_start_are_one_error(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "x"})
    for workers in (0, 2):
        with pytest.raises(SetupError, match=r"There are no weights\. Install them"):
            list(start(tmp_path, replace(make_job(open_source(store)), make_analyse=refuse), workers=workers))
    with pytest.raises(SetupError, match="ended before they were ready"):
        list(start(tmp_path, replace(make_job(open_source(store)), make_analyse=os.abort), workers=1))


def test_what_waits_behind_a_killed_worker_keeps_its_order_and_its_count(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "exit"} | {f"b{i}": "plain" for i in range(AHEAD)})
    pool = ProcessPool(make_job(open_source(store)), 1)
    items = [entry for entry in open_source(store).items() if isinstance(entry, Item)]
    try:
        for item in items:
            pool.submit(item)
        assert not pool.room
        outcomes: list[Outcome] = []
        while pool.busy:
            outcomes += pool.collect(1.0)
    finally:
        pool.close()
    assert [outcome.item for outcome in outcomes] == items
    assert [outcome.reason for outcome in outcomes] == [Reason.CRASHED] + [Reason.NO_CARD] * AHEAD


def test_wrong_calls(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "x"})
    job = make_job(open_source(store))
    with pytest.raises(UsageError, match="would lie in the store"):
        scan(job, store / "scan.db", fingerprint="one")
    with pytest.raises(UsageError, match="too few"):
        scan(job, tmp_path / "scan.db", fingerprint="one", workers=-1)
    with pytest.raises(UsageError, match="0 items each are too few"):
        scan(job, tmp_path / "scan.db", fingerprint="one", window=0)
    with pytest.raises(UsageError, match="threads are too few"):
        scan_store(store, threads=0)
    with pytest.raises(UsageError, match="--ledger, one for each store"):
        scan_store("-")
    running = start(tmp_path, job)
    with pytest.raises(LedgerError, match="Another scan"):
        start(tmp_path, job)
    running.close()
    assert [path.name for path in store.iterdir()] == ["a"]


@pytest.mark.parametrize(
    ("summary", "options", "code"),
    [
        (ScanSummary(), {}, 3),
        (ScanSummary(ended=True), {}, 3),
        (ScanSummary(listed=1, analysed=1), {}, 3),
        (ScanSummary(listed=2, analysed=1, ended=True), {}, 3),
        (ScanSummary(listed=1, analysed=1, ended=True, failures=1), {}, 3),
        (ScanSummary(listed=2, analysed=1, skipped=1, ended=True), {"fail_on_found": True, "strict": True}, 0),
    ],
)
def test_exit_codes_of_counts(summary: ScanSummary, options: dict[str, bool], code: int) -> None:
    assert summary.exit_code(**options) == code


@pytest.mark.parametrize(
    ("verdict", "plain", "fail_on_found", "strict"),
    [(Verdict.CLEAR, 0, 0, 0), (Verdict.SUSPECT, 0, 0, 1), (Verdict.ID_CARD, 0, 1, 1), (Verdict.UNANALYSED, 3, 3, 3)],
)
def test_exit_codes_of_verdicts(verdict: Verdict, plain: int, fail_on_found: int, strict: int) -> None:
    summary = ScanSummary(listed=1, analysed=1, ended=True)
    summary.verdicts[verdict] += 1
    assert summary.exit_code() == plain
    assert summary.exit_code(fail_on_found=True) == fail_on_found
    assert summary.exit_code(fail_on_found=True, strict=True) == strict


@needs_weights
def test_scan_store_by_the_bundled_weights(tmp_path: Path) -> None:
    detector = Detector(person_key=b"k" * 32)
    store = make_store(tmp_path / "store", {"notes.txt": "plain text", "empty.jpg": ""})
    Image.new("RGB", (300, 200), "white").save(store / "blank.png")
    expected = {"blank.png": Verdict.CLEAR, "empty.jpg": Verdict.UNANALYSED, "notes.txt": Verdict.CLEAR}
    for workers in (0, 1):
        with scan_store(store, ledger=tmp_path / f"{workers}.db", workers=workers, person_key=b"k" * 32) as running:
            outcomes = list(running)
        assert {name: verdict for name, (verdict, _) in by_name(outcomes, store).items()} == expected
        assert running.summary.exit_code() == 3
        assert running.fingerprint == detector.fingerprint
        for outcome in outcomes:
            alone = detector.detect(outcome.item.uri)
            assert replace(alone, elapsed_ms=0.0) == replace(outcome, elapsed_ms=0.0)


@needs_weights
def test_threads_change_no_outcome(tmp_path: Path) -> None:
    data = ROOT / "tests/data"
    (tmp_path / "list.txt").write_text(
        f"{data}/demo-store/2016/04/order-1002-id.png\n{data}/demo-store/products/0001.jpg"
    )
    settings, results = Settings(second_reader=False), []
    for threads in (1, 3):
        with scan_store(
            f"@{tmp_path}/list.txt",
            ledger=tmp_path / f"{threads}.db",
            workers=0,
            settings=settings,
            person_key=b"k" * 32,
            threads=threads,
        ) as running:
            results.append((running.fingerprint, [(each.verdict, each.reason, each.score) for each in running]))
    (first, one), (second, other) = results
    assert first == second
    assert [row[:2] for row in one] == [row[:2] for row in other]
    assert [row[2] for row in one] == pytest.approx([row[2] for row in other], abs=1e-4)


def test_wrong_calls_of_scan_store_are_told_before_anything_is_loaded(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="mode is unknown"):
        scan_store(tmp_path, mode="thorough")
    with pytest.raises(UsageError, match="directory that exists"):
        scan_store(tmp_path / "nowhere")


def test_there_is_always_a_worker() -> None:
    assert 1 <= default_workers() <= (os.cpu_count() or 1)
