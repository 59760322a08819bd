"""Which outcomes a scan has met: by one bit each, and by whole pieces."""

from __future__ import annotations

import sqlite3

import pytest

from thaiid_detect import presence
from thaiid_detect.presence import Met, mark_gone


@pytest.mark.parametrize("last", [0, 1, 6, 7, 8, 9, 100])
def test_a_piece_is_whole_when_every_id_up_to_the_last_is_met(last: int) -> None:
    met = Met(last)
    for number in range(1, last + 1):
        assert not met.holds(number)
        assert not met.holds_all(0, 104)
        met.add(number)
        assert met.holds(number)
    assert met.holds_all(0, 104)
    assert met.holds(last + 1)


def test_what_was_met_whole_is_not_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "AT_ONCE", 8)
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.execute("CREATE TABLE outcomes (id INTEGER PRIMARY KEY, uri TEXT)")
    db.execute("CREATE TABLE gone (uri TEXT PRIMARY KEY, since REAL NOT NULL) WITHOUT ROWID")
    db.executemany("INSERT INTO outcomes (uri) VALUES (?)", [(f"{n}",) for n in range(1, 31)])
    met = Met(30)
    for number in range(1, 31):
        if number != 20:
            met.add(number)
    asked: list[str] = []
    db.set_trace_callback(asked.append)
    assert mark_gone(db, met, 1.0) == 1
    assert sum("INSERT OR IGNORE INTO gone" in statement for statement in asked) == 1
    db.set_trace_callback(None)
    assert db.execute("SELECT uri FROM gone").fetchall() == [("20",)]
    db.close()
