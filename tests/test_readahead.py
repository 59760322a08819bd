"""Reading ahead: several reads under way at once, outcomes in order, and every fault still its own item's."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.scan_helpers import make_job
from thaiid_detect import readahead
from thaiid_detect.records import Item, Outcome, Reason
from thaiid_detect.sources import Listed, ReadFailure
from thaiid_detect.workers import ProcessPool


@dataclass(frozen=True)
class Slow:
    """A store of which each item's bytes are its name. `a…` are there only when `together` reads have begun."""

    notes: Path
    ahead: int = 3
    together: int = 1
    uri: str = "slow"
    base: str = ""

    def items(self) -> Iterator[Listed]:
        return iter(())

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        (self.notes / item.uri).touch()
        while item.uri.startswith("a") and len(self.begun()) < self.together:
            time.sleep(0.001)
        if item.uri.startswith("gone"):
            raise ReadFailure(Reason.VANISHED)
        if item.uri.startswith("bug"):
            raise ValueError("what was read")
        while item.uri.startswith("stuck"):
            time.sleep(60)
        return item, item.uri.encode()

    def begun(self) -> set[str]:
        return {path.name for path in self.notes.iterdir()}

    def contains(self, path: Path) -> bool:
        return False


def run(source: Slow, names: list[str], *, item_seconds: float = 30.0) -> list[Outcome]:
    pool = ProcessPool(make_job(source, item_seconds=item_seconds), 1)
    outcomes: list[Outcome] = []
    try:
        for name in names:
            pool.submit(Item(name, 1, ""))
        while pool.busy:
            outcomes += pool.collect(1.0)
    finally:
        pool.close()
    return outcomes


def test_reads_are_under_way_together_and_outcomes_in_order(tmp_path: Path) -> None:
    names = [f"a{i}" for i in range(10)]
    outcomes = run(Slow(tmp_path, together=3), names)
    assert [outcome.item.uri for outcome in outcomes] == names
    assert {outcome.reason for outcome in outcomes} == {Reason.NO_CARD}


def test_faults_stay_with_their_items(tmp_path: Path) -> None:
    names = ["a1", "gone", "a2", "bug", "die", "a3", "stuck", "a4", "a5"]
    outcomes = run(Slow(tmp_path), names, item_seconds=3.0)
    assert [outcome.item.uri for outcome in outcomes] == names
    reasons = {"gone": Reason.VANISHED, "bug": Reason.CRASHED, "die": Reason.CRASHED, "stuck": Reason.TIMEOUT}
    assert [outcome.reason for outcome in outcomes] == [reasons.get(name, Reason.NO_CARD) for name in names]


@pytest.mark.parametrize(("ahead", "most", "begun"), [(3, 1 << 20, 4), (3, 150, 3), (3, 1, 2), (0, 1 << 20, 0)])
def test_no_more_is_read_ahead_than_fits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ahead: int, most: int, begun: int
) -> None:
    monkeypatch.setattr(readahead, "AHEAD_BYTES", most)
    source = Slow(tmp_path, ahead=ahead)
    theirs, ours = multiprocessing.Pipe()
    items = [Item(f"b{i}", 100, "") for i in range(6)]
    for item in items:
        ours.send(item)
    incoming = readahead.incoming(theirs, make_job(source))
    got = [next(incoming), next(incoming)]
    until = time.monotonic() + 30
    while len(source.begun()) < begun and time.monotonic() < until:  # threads take their time
        time.sleep(0.001)
    assert len(source.begun()) == begun
    got += [next(incoming) for _ in items[2:]]
    assert [item for item, _ in got] == items
    assert [read(item) for item, read in got] == [(item, item.uri.encode()) for item in items]
    ours.close()
    with pytest.raises(EOFError):
        next(incoming)


def test_what_is_not_read_ahead_is_read_by_the_guard(tmp_path: Path) -> None:
    outcomes = run(Slow(tmp_path, ahead=0), ["b1", "gone", "b2"])
    assert [outcome.reason for outcome in outcomes] == [Reason.NO_CARD, Reason.VANISHED, Reason.NO_CARD]
