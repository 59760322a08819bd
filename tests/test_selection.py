"""What of a store is looked at: patterns, dates, samples, limits; and that whatever is left out is counted."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from tests.scan_helpers import make_job, make_store
from thaiid_detect.engine import Scan, scan, scan_store
from thaiid_detect.errors import UsageError
from thaiid_detect.ledger import LedgerView
from thaiid_detect.records import Exposure, Item
from thaiid_detect.sources import (
    DirectorySource,
    Failure,
    LeftOut,
    Selection,
    Skipped,
    StoreOptions,
    directory,
    open_source,
)

NAMES = ["1.jpg", "2016/2.jpg", "2016/tmp/3.png", "2016/.thumbs/4.jpg", ".hidden", "tmp/5.jpg", "tmp/deep/6.JPG"]


def chosen(store: Path, selection: Selection) -> tuple[list[str], list[str]]:
    """The files that are looked at, and what is left out, by their paths in the store."""
    entries = list(open_source(store, selection=selection).items())
    looked_at = [os.path.relpath(entry.uri, store) for entry in entries if isinstance(entry, Item)]
    return sorted(looked_at), sorted(
        os.path.relpath(entry.uri, store) for entry in entries if isinstance(entry, LeftOut)
    )


@pytest.mark.parametrize(
    ("selection", "left_out"),
    [
        (Selection(), []),
        (Selection(include=("*.jpg",)), [".hidden", "2016/tmp/3.png", "tmp/deep/6.JPG"]),
        (Selection(include=("2016",)), [".hidden", "1.jpg", "tmp/5.jpg", "tmp/deep/6.JPG"]),
        (Selection(include=("2016/*", "1.*")), [".hidden", "tmp/5.jpg", "tmp/deep/6.JPG"]),
        (Selection(exclude=("tmp",)), ["2016/tmp", "tmp"]),
        (Selection(exclude=("tmp/*",)), ["tmp"]),
        (Selection(exclude=("/tmp/",)), ["tmp"]),
        (Selection(exclude=("*/tmp/*",)), ["2016/tmp"]),
        (Selection(exclude=("*6.JPG", "2016/?.jpg")), ["2016/2.jpg", "tmp/deep/6.JPG"]),
        (Selection(include=("*.jpg",), exclude=("tmp",)), [".hidden", "2016/tmp", "tmp"]),
        (Selection(hidden=False), [".hidden", "2016/.thumbs"]),
    ],
)
def test_patterns(tmp_path: Path, selection: Selection, left_out: list[str]) -> None:
    make_store(tmp_path, dict.fromkeys(NAMES, "x"))
    looked_at, left = chosen(tmp_path, selection)
    assert left == left_out
    under_none = [name for name in NAMES if not any(name == one or name.startswith(f"{one}/") for one in left)]
    assert looked_at == sorted(under_none)


def test_patterns_of_lists_and_of_items_of_any_store(tmp_path: Path) -> None:
    make_store(tmp_path, {"a.jpg": "x", "b.png": "x", "list": f"{tmp_path}/a.jpg\n{tmp_path}/b.png\n"})
    source = open_source(f"@{tmp_path}/list", selection=Selection(exclude=(f"{tmp_path}/a*",)))
    assert next(source.items()) == LeftOut(f"{tmp_path}/a.jpg")
    assert [entry.uri for entry in source.items() if isinstance(entry, Item)] == [f"{tmp_path}/b.png"]


def test_since() -> None:
    april = Selection(since=datetime(2018, 4, 12, tzinfo=timezone(timedelta(hours=7))))
    at = int(datetime(2018, 4, 11, 17, tzinfo=UTC).timestamp())
    item = Item("a", 1, "1", Exposure(modified=at))
    assert april.wants(item, "a")
    assert not april.wants(replace(item, exposure=Exposure(modified=at - 1)), "a")
    assert april.wants(replace(item, exposure=None), "a")
    assert Selection(since=datetime(2018, 4, 11, 17)).wants(item, "a")


def test_a_sample_is_the_same_each_time_and_grows() -> None:
    items = [Item(f"s3://b/{i}", 1, "1") for i in range(2000)]

    def taken(share: float, seed: int = 0) -> set[Item]:
        selection = Selection(sample=share, seed=seed)
        return {item for item in items if selection.wants(item, item.uri)}

    assert taken(0.01) == taken(0.01) <= taken(0.1) <= taken(1.0) == set(items)
    assert 150 < len(taken(0.1)) < 250
    assert taken(0.1) != taken(0.1, seed=1)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"sample": 0.0}, "more than 0"),
        ({"sample": 1.5}, "at most 1"),
        ({"sample": float("nan")}, "at most 1"),
        ({"limit": 0}, "1 or more"),
        ({"include": "*.jpg"}, r"Write \('\*\.jpg',\)"),
    ],
)
def test_what_makes_no_sense(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Selection(**wrong)


def start(folder: Path, store: Path, selection: Selection, **more: Any) -> Scan:
    job = make_job(open_source(store, selection=selection))
    return scan(job, folder / "scan.db", fingerprint="one", workers=0, **more)


def test_a_scan_of_a_part_says_so_and_marks_nothing_gone(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {f"{i:02}": "plain" for i in range(20)})
    list(start(tmp_path, store, Selection()))
    (store / "19").unlink()
    for selection, listed, left_out, cut in [
        (Selection(limit=5), 5, 1, True),
        (Selection(exclude=("0?",)), 9, 10, False),
        (Selection(limit=50), 19, 0, False),
    ]:
        with start(tmp_path, store, selection) as running:
            assert list(running) == []
        summary = running.summary
        assert (summary.listed, summary.skipped, summary.left_out, summary.cut) == (listed, listed, left_out, cut)
        assert summary.complete
        assert summary.whole == (not left_out)
        assert summary.gone == (not left_out)
        assert summary.exit_code() == 0
    with start(tmp_path, store, Selection(include=("nothing",))) as running:
        assert list(running) == []
    assert running.summary.exit_code() == 3


def test_unanalysed_files_are_tried_again_when_asked(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"empty": "", "large": "x" * 1001, "card": "card", "fail": "fail"})
    names: list[Sequence[str]] = []
    for more in ({}, {}, {"retry_failed": True}, {"rescan_unanalysed": True}):
        outcomes = list(start(tmp_path, store, Selection(), **more))
        names.append(sorted(Path(outcome.item.uri).name for outcome in outcomes))
    assert names == [["card", "empty", "fail", "large"], [], ["fail"], ["empty", "fail", "large"]]


def test_scan_store_takes_a_selection_for_what_it_opens_and_no_other(tmp_path: Path) -> None:
    make_store(tmp_path, {"a": "x"})
    for given in ({"selection": Selection(limit=1)}, {"options": StoreOptions(anonymous=True)}):
        with pytest.raises(UsageError, match="to open_source"):
            scan_store(open_source(tmp_path), **given)
    with pytest.raises(UsageError, match="Leave them out"):
        scan_store(tmp_path, options=StoreOptions(region="ap-southeast-7"))


def linked_store(folder: Path) -> Path:
    make_store(folder, {"store/a": "x", "store/deep/b": "x", "outside/c": "x", "outside/more/d": "x"})
    store = folder / "store"
    for link, target in {
        "deep/loop": store,
        "deep/self": store / "deep",
        "out": folder / "outside",
        "out-again": folder / "outside",
        "../outside/back": store / "deep",
        "../outside/round": folder / "outside",
        "../outside/up": folder,
        "file": folder / "outside/c",
        "broken": "nowhere",
        "knot": "knot",
    }.items():
        (store / link).symlink_to(target)
    return store


def test_links_to_folders_are_followed_when_asked_each_folder_once(tmp_path: Path) -> None:
    store = linked_store(tmp_path)
    entries = list(open_source(store, selection=Selection(follow_symlinks=True)).items())
    found = sorted(os.path.relpath(entry.uri, store) for entry in entries if isinstance(entry, Item))
    assert found == ["a", "deep/b", "file", "out/c", "out/more/d"]
    assert not [entry for entry in entries if isinstance(entry, Failure | LeftOut)]
    assert sum(isinstance(entry, Skipped) for entry in entries) >= 6
    assert chosen(store, Selection())[0] == ["a", "deep/b", "file"]


def test_other_file_systems_are_left_out_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(tmp_path, {"a": "x", "mounted/b": "x", "own/c": "x"})
    identify = directory._identify
    elsewhere = os.fsencode(tmp_path / "mounted")
    monkeypatch.setattr(
        directory,
        "_identify",
        lambda path: directory._Identity(-1, 1) if path == elsewhere else identify(path),
    )
    assert chosen(tmp_path, Selection(one_file_system=True)) == (["a", "own/c"], ["mounted"])
    assert chosen(tmp_path, Selection()) == (["a", "mounted/b", "own/c"], [])


def test_what_is_known_of_a_file_is_in_its_row(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store", {"a": "card", "b": "card"})
    (store / "a").chmod(0o604)
    (store / "b").chmod(0o640)
    os.utime(store / "a", (0, 1_523_415_845))
    os.utime(store / "b", ns=(0, 2**62))
    list(start(tmp_path, store, Selection()))
    with LedgerView(tmp_path / "scan.db") as view:
        first, second = (row["exposure"] for row in view.rows())
    assert first == {
        "file_mode": "0604",
        "owner": os.geteuid(),
        "world_readable": True,
        "public": None,
        "last_modified": "2018-04-11T03:04:05Z",
    }
    assert (second["file_mode"], second["world_readable"]) == ("0640", False)
    assert Exposure(modified=2**62).to_dict()["last_modified"] is None


def test_exposure_is_no_part_of_an_item() -> None:
    item = Item("a", 1, "1")
    assert item == replace(item, exposure=Exposure(0o644, 0))
    assert hash(item) == hash(replace(item, exposure=Exposure(0o644, 0)))
    assert isinstance(open_source("."), DirectorySource)
