"""The ledger: the resume rule, one scan at a time, and every way in which the file can be wrong."""

from __future__ import annotations

import re
import sqlite3
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tests.scan_helpers import ROOT, make_public_folder, present, run_unprivileged
from thaiid_detect.errors import LedgerError
from thaiid_detect.ledger import ALWAYS_RETRIED, RETRIED_WHEN_ASKED, Known, Ledger, LedgerView
from thaiid_detect.ledger_file import default_ledger_path
from thaiid_detect.number import IdNumber
from thaiid_detect.records import Card, Item, Outcome, Quad, Reading, Reason, Side, Verdict

ITEM = Item("/s/a.jpg", 7, "1")
CLEAR = Outcome(ITEM, Verdict.CLEAR, Reason.NO_CARD)
FOUND = Outcome(ITEM, Verdict.ID_CARD, Reason.WORDS, score=0.9)


def open_ledger(folder: Path, *, store: str = "/s", fingerprint: str = "one") -> Ledger:
    return Ledger(folder / "scan.db", store_uri=store, fingerprint=fingerprint)


def unanalysed(reason: Reason) -> Outcome:
    return Outcome(ITEM, Verdict.UNANALYSED, reason)


def test_what_is_recorded_is_done_for_the_same_version_size_and_fingerprint_only(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([FOUND])
        others = [replace(ITEM, uri="/s/b.jpg"), replace(ITEM, size=8), replace(ITEM, version="2")]
        expected = {ITEM: Known(Verdict.ID_CARD, Reason.WORDS, FOUND.to_dict())}
        assert ledger.done([ITEM, *others], retry=ALWAYS_RETRIED) == expected
    with open_ledger(tmp_path, fingerprint="two") as ledger:
        assert ledger.done([ITEM], retry=ALWAYS_RETRIED) == {}
    with open_ledger(tmp_path) as ledger:
        assert ledger.done([ITEM], retry=ALWAYS_RETRIED) == expected


@pytest.mark.parametrize("reason", list(Reason))
def test_which_outcomes_are_tried_again(tmp_path: Path, reason: Reason) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([unanalysed(reason)])
        assert bool(ledger.done([ITEM], retry=ALWAYS_RETRIED)) is (reason not in ALWAYS_RETRIED)
        asked = ALWAYS_RETRIED | RETRIED_WHEN_ASKED
        assert bool(ledger.done([ITEM], retry=asked)) is (reason not in asked)


def test_rows_and_counts_tell_the_newest_outcome_of_each_uri(tmp_path: Path) -> None:
    newer = replace(FOUND, item=replace(ITEM, version="2"))
    other = replace(CLEAR, item=Item("/s/%FF ก.jpg", 1, "1"))
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR, other])
        ledger.record([newer])
    with LedgerView(tmp_path / "scan.db") as view:
        assert view.store_uri == "/s"
        assert list(view.rows()) == [present(other), present(newer)]
        assert list(next(view.rows())) == list(present(other))
        assert view.counts() == {(Verdict.CLEAR, Reason.NO_CARD): 1, (Verdict.ID_CARD, Reason.WORDS): 1}


def test_an_item_that_went_back_to_an_old_version_shows_what_was_recorded_last(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([unanalysed(Reason.DENIED), replace(FOUND, item=replace(ITEM, version="2"))])
        ledger.record([CLEAR])
        assert list(ledger.rows()) == [present(CLEAR)]


def test_an_item_that_went_back_to_an_old_version_is_analysed_again(tmp_path: Path) -> None:
    """Else a scan would count what was recorded first, and `rows` tell what was recorded last."""
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR])
        ledger.record([replace(unanalysed(Reason.DENIED), item=Item(ITEM.uri, 0, ""))])
        assert ledger.done([ITEM], retry=ALWAYS_RETRIED) == {}
        ledger.record([CLEAR])
        assert ledger.done([ITEM], retry=ALWAYS_RETRIED) == {ITEM: Known(Verdict.CLEAR, Reason.NO_CARD, None)}


def test_rows_of_a_fingerprint_are_not_hidden_by_those_of_another(tmp_path: Path) -> None:
    changed = replace(CLEAR, item=replace(ITEM, version="2"))
    with open_ledger(tmp_path, fingerprint="balanced") as ledger:
        ledger.record([unanalysed(Reason.TIMEOUT)])
        ledger.record([changed])
    with open_ledger(tmp_path, fingerprint="recall") as ledger:
        ledger.record([FOUND])
        ledger.record([replace(FOUND, item=changed.item)])
    with open_ledger(tmp_path, fingerprint="balanced") as ledger:
        assert ledger.done([changed.item], retry=ALWAYS_RETRIED)[changed.item].verdict is Verdict.CLEAR
        assert list(ledger.rows(ledger.fingerprint)) == [present(changed)]
        assert [row["verdict"] for row in ledger.rows("recall")] == ["id_card"]
        assert list(ledger.rows("never")) == []


def test_every_question_goes_by_an_index(tmp_path: Path) -> None:
    """Else a re-scan of 10^7 files would go through 10^7 rows for each."""
    asked: list[str] = []
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR])
        ledger._db.set_trace_callback(asked.append)
        ledger.done([ITEM], retry=ALWAYS_RETRIED)
        for rows in (ledger.rows(), ledger.rows(ledger.fingerprint)):
            assert len(list(rows)) == 1
        ledger._db.set_trace_callback(None)
        done, *rows_of = (
            [step[3] for step in ledger._db.execute(f"EXPLAIN QUERY PLAN {query}")]
            for query in asked
            if query.startswith("SELECT") and "outcomes AS o" in query
        )
    key = "uri=? AND size=? AND version=? AND fingerprint=?"
    assert any(step.startswith("SEARCH o USING INDEX") and key in step for step in done)
    assert len(rows_of) == 2
    for steps in (done, *rows_of):
        assert [step for step in steps if step.startswith("SEARCH newer USING COVERING INDEX") and "uri=?" in step]
        assert not [step for step in steps if "TEMP B-TREE" in step or step == "SCAN o"]


def test_no_digits_reach_the_file(tmp_path: Path) -> None:
    digits = "1280100000012"  # province 28 does not exist
    quad = Quad(((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    reading = Reading(IdNumber(digits), 0.9, checksum_valid=False)
    with open_ledger(tmp_path) as ledger:
        ledger.record([replace(FOUND, cards=(Card(Side.FRONT, quad, 0.9, reading=reading),))])
        files = [path.read_bytes() for path in tmp_path.iterdir()]
    assert not any(digits.encode() in content for content in files)
    assert any(b"X-XXXX-XXXXX" in content for content in files)


def test_a_view_reads_while_a_scan_writes(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR])
        with LedgerView(tmp_path / "scan.db") as view:
            ledger.record([replace(FOUND, item=replace(ITEM, uri="/s/b.jpg"))])
            assert len(list(view.rows())) == 2


def test_the_files_are_for_their_owner_only(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR])
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}


def test_scans_and_failures_are_noted(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        first, second = ledger.begin_scan(), ledger.begin_scan()
        ledger.note_failures(second, [("/s/locked", Reason.DENIED)])
        ledger.end_scan(second, listed=3, complete=False)
    with sqlite3.connect(tmp_path / "scan.db") as db:
        scans = db.execute("SELECT id, ended IS NULL, listed, complete FROM scans").fetchall()
        assert scans == [(first, 1, None, 0), (second, 0, 3, 0)]
        assert db.execute("SELECT * FROM failures").fetchall() == [(second, "/s/locked", "denied")]
    db.close()


def test_a_second_scan_is_refused_and_a_later_one_is_not(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        with pytest.raises(LedgerError, match=r"Another scan is using .* Wait until it has ended"):
            open_ledger(tmp_path)
        ledger.record([CLEAR])
    ledger.close()
    open_ledger(tmp_path).close()


def test_the_ledger_of_another_store_is_refused(tmp_path: Path) -> None:
    open_ledger(tmp_path).close()
    with pytest.raises(LedgerError, match="another store, /s"):
        open_ledger(tmp_path, store="/t")
    open_ledger(tmp_path).close()


def test_a_ledger_of_another_version_is_refused_and_left_alone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([CLEAR])
    with sqlite3.connect(tmp_path / "scan.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    before = (tmp_path / "scan.db").read_bytes()
    with pytest.raises(LedgerError, match=r"another version of this program \(schema 99, here 2\)"):
        open_ledger(tmp_path)
    with pytest.raises(LedgerError, match=r"another version of this program \(schema 99, here 2\)"):
        LedgerView(tmp_path / "scan.db")
    assert (tmp_path / "scan.db").read_bytes() == before


def make_old(path: Path, *rows: Outcome) -> None:
    """A ledger of schema 1, which knew no files that are gone."""
    with open_ledger(path.parent) as ledger:
        ledger.record(rows)
    with sqlite3.connect(path) as db:
        db.execute("DROP TABLE gone")
        db.execute("PRAGMA user_version = 1")
    db.close()


def test_a_ledger_of_schema_1_can_be_read_as_it_is_and_is_brought_up_to_date_by_a_scan(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    make_old(path, FOUND)
    before = path.read_bytes()
    with LedgerView(path) as view:
        assert list(view.rows()) == [present(FOUND)]
    assert path.read_bytes() == before
    with pytest.raises(LedgerError, match="another store"):
        open_ledger(tmp_path, store="/other")
    with LedgerView(path) as view:
        assert view.schema == 1
    with open_ledger(tmp_path) as ledger:
        assert ledger.mark_gone() == 1
    with LedgerView(path) as view:
        assert view.schema == 2
        assert [row["gone"] is None for row in view.rows()] == [False]


def test_files_that_were_not_met_are_gone_until_they_are_met_again(tmp_path: Path) -> None:
    a, b, c = (replace(CLEAR, item=Item(f"/s/{name}.jpg", 1, "1")) for name in "abc")
    with open_ledger(tmp_path) as ledger:
        ledger.record([a, b, c])
        assert ledger.mark_gone() == 0  # they are its own
    with open_ledger(tmp_path) as ledger:
        ledger.done([a.item], retry=ALWAYS_RETRIED)
        ledger.record([replace(b, item=replace(b.item, version="2"))])
        assert ledger.mark_gone() == 1
        assert ledger.mark_gone() == 0
        gone = {row["uri"]: row["gone"] for row in ledger.rows()}
    assert [uri for uri, since in gone.items() if since] == ["/s/c.jpg"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", gone["/s/c.jpg"])
    for met in ({"done": [c.item]}, {"record": [replace(c, item=replace(c.item, version="7"))]}):
        with open_ledger(tmp_path) as ledger:
            ledger.done(met.get("done", []), retry=ALWAYS_RETRIED)
            ledger.record(met.get("record", []))
            assert all(row["gone"] is None for row in ledger.rows() if row["uri"] == "/s/c.jpg")
            assert ledger.mark_gone() == (2 if "done" in met else 0)  # a and b were not met: gone, and are so still


def test_what_is_tried_again_and_was_the_last_row_is_not_gone(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record([unanalysed(Reason.DENIED)])
    with open_ledger(tmp_path) as ledger:
        assert ledger.done([ITEM], retry=ALWAYS_RETRIED) == {}
        ledger.record([unanalysed(Reason.DENIED)])  # takes the place of the first
        assert ledger.mark_gone() == 0


def test_gone_files_are_marked_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thaiid_detect.presence.AT_ONCE", 8)
    outcomes = [replace(CLEAR, item=Item(f"/s/{n:03}.jpg", 1, "1")) for n in range(100)]
    with open_ledger(tmp_path) as ledger:
        ledger.record(outcomes)
    with open_ledger(tmp_path) as ledger:
        ledger.done([outcome.item for outcome in outcomes[::3]], retry=ALWAYS_RETRIED)
        assert ledger.mark_gone() == 66
        assert [row["uri"] for row in ledger.rows() if not row["gone"]] == [each.item.uri for each in outcomes[::3]]


def test_files_that_are_no_ledger_are_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "scan.db").write_bytes(b"a text, and not a short one either\n" * 100)
    with pytest.raises(LedgerError, match=r"is not a ledger.*--ledger"):
        open_ledger(tmp_path)
    assert (tmp_path / "scan.db").read_bytes().startswith(b"a text")
    with sqlite3.connect(tmp_path / "other.db") as db:
        db.execute("CREATE TABLE notes (text)")
    db.close()
    with pytest.raises(LedgerError, match="is not a ledger"):
        Ledger(tmp_path / "other.db", store_uri="/s", fingerprint="one")


def test_a_damaged_ledger_says_so(tmp_path: Path) -> None:
    with open_ledger(tmp_path) as ledger:
        ledger.record(replace(CLEAR, item=replace(ITEM, uri=f"/s/{i}")) for i in range(500))
    content = bytearray((tmp_path / "scan.db").read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)
    (tmp_path / "scan.db").write_bytes(content)
    with pytest.raises(LedgerError, match="is damaged"):
        open_ledger(tmp_path)


def test_a_ledger_that_is_not_there_cannot_be_viewed(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="cannot be opened"):
        LedgerView(tmp_path / "scan.db")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(LedgerError, match="its folder exists"):
        open_ledger(tmp_path / "nowhere")


def test_a_directory_is_no_ledger_and_gets_no_lock_beside_it(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(LedgerError, match=r"is a directory\. Name a file in it"):
        Ledger(tmp_path / "folder", store_uri="/s", fingerprint="one")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_an_empty_file_becomes_a_ledger_and_cannot_be_viewed(tmp_path: Path) -> None:
    (tmp_path / "scan.db").touch()
    with pytest.raises(LedgerError, match=r"is empty.*Run that scan again"):
        LedgerView(tmp_path / "scan.db")
    open_ledger(tmp_path).close()
    with LedgerView(tmp_path / "scan.db") as view:
        assert list(view.rows()) == []


OPEN_AND_RECORD = """
import sys
from thaiid_detect.ledger import Ledger, LedgerView
from thaiid_detect.records import Item, Outcome, Reason, Verdict
print(len(list(LedgerView(__import__("pathlib").Path(sys.argv[1])).rows())))
ledger = Ledger(sys.argv[1], store_uri="/s", fingerprint="one")
"""


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o755, 0o644), (0o777, 0o644)])
def test_a_read_only_ledger_can_be_viewed_and_says_that_it_may_not_be_written(
    tmp_path: Path, folder_mode: int, file_mode: int
) -> None:
    folder = make_public_folder(tmp_path)
    with open_ledger(folder) as ledger:
        ledger.record([CLEAR])
    (folder / "scan.db.lock").chmod(0o666)
    (folder / "scan.db").chmod(file_mode)
    folder.chmod(folder_mode)
    before = (folder / "scan.db").read_bytes()
    done = run_unprivileged(OPEN_AND_RECORD, str(folder / "scan.db"))
    assert done.stdout == "1\n"
    assert "LedgerError" in done.stderr
    assert "it may not be written" in done.stderr
    assert (folder / "scan.db").read_bytes() == before


RECORD_UNTIL_FULL = """
import resource, sys
from pathlib import Path
from thaiid_detect.errors import LedgerError
from thaiid_detect.ledger import Ledger
from thaiid_detect.records import Item, Outcome, Reason, Verdict
if sys.argv[2] == "limit":
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
with Ledger(sys.argv[1], store_uri="/s", fingerprint="one") as ledger:
    for i in range(100_000):
        try:
            ledger.record([Outcome(Item(f"/s/{i:06}", i, "1"), Verdict.CLEAR, Reason.NO_CARD)])
        except LedgerError as error:
            print(i, error)
            break
"""


def check_a_full_disk(folder: Path, how: str) -> str:
    path = folder / "scan.db"
    command = [sys.executable, "-c", RECORD_UNTIL_FULL, str(path), how]
    number, message = subprocess.check_output(command, text=True, cwd=ROOT).split(maxsplit=1)
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    db.close()
    with LedgerView(path) as view:
        assert len(list(view.rows())) == int(number) > 10
    assert "What is recorded is safe" in message
    return message


def test_a_full_disk_keeps_what_was_recorded(tmp_path: Path) -> None:
    assert "the disk is full or does not answer" in check_a_full_disk(tmp_path, "limit")


def test_a_full_file_system_keeps_what_was_recorded(tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(tmp_path / "small")]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this user may not mount a file system")
    try:
        assert "the disk is full. Free some space" in check_a_full_disk(tmp_path / "small", "mount")
    finally:
        subprocess.run(["umount", str(tmp_path / "small")], check=True)


def test_each_store_has_a_ledger_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    paths = [default_ledger_path(uri) for uri in ("/a/uploads", "/b/uploads", "list:/x/บัตร.txt", "/")]
    assert len(set(paths)) == 4
    assert paths[0] == default_ledger_path("/a/uploads")
    assert [path.name.rsplit("-", 1)[0] for path in paths] == ["uploads", "uploads", "txt", "store"]
    assert {path.parent for path in paths} == {tmp_path / "thaiid-detect" / "ledgers"}
    assert stat.S_IMODE(paths[0].parent.stat().st_mode) == 0o700
