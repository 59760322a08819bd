"""Listing and reading: order, odd names, odd files, and what a wrong store is told."""

from __future__ import annotations

import io
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.scan_helpers import ROOT, make_public_folder, make_store, run_unprivileged
from thaiid_detect.errors import StoreError, UsageError
from thaiid_detect.records import Item, Reason
from thaiid_detect.sources import Failure, ReadFailure, Skipped, directory, local, open_source, path_to_uri, uri_to_path


@pytest.fixture
def public_path(tmp_path: Path) -> Path:
    return make_public_folder(tmp_path)


def listed_names(store: Path) -> list[str]:
    return [os.path.relpath(entry.uri, store) for entry in open_source(store).items() if isinstance(entry, Item)]


@given(st.binary().filter(lambda path: b"\0" not in path))
def test_uris_are_reversible_and_printable(path: bytes) -> None:
    uri = path_to_uri(path)
    assert uri_to_path(uri) == path
    uri.encode("utf-8")
    assert not any(character < " " or "\x7f" <= character <= "\x9f" for character in uri)


def test_files_come_before_folders_and_both_are_sorted(tmp_path: Path) -> None:
    make_store(tmp_path, dict.fromkeys(["b/2", "b/1", "a/z/1", "a/1", "9", "10"], "x"))
    assert listed_names(tmp_path) == ["10", "9", "a/1", "a/z/1", "b/1", "b/2"]


def test_a_large_folder_is_listed_whole_in_sorted_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(directory, "RUN", 4)
    names = [f"{i:02}" for i in range(21)]
    make_store(tmp_path, dict.fromkeys(names, "x"))
    listed = listed_names(tmp_path)
    assert sorted(listed) == names
    assert listed[:4] == sorted(listed[:4])


def test_what_is_no_file_is_skipped_and_counted(tmp_path: Path) -> None:
    make_store(tmp_path, {"deep/file": "x"})
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "null").symlink_to("/dev/null")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        entries = list(open_source(tmp_path).items())
    assert {entry.uri.rsplit("/", 1)[1] for entry in entries if isinstance(entry, Skipped)} == {
        "fifo",
        "up",
        "dangling",
        "null",
        "socket",
    }
    assert listed_names(tmp_path) == ["deep/file"]


def test_a_link_to_a_file_is_an_item(tmp_path: Path) -> None:
    make_store(tmp_path, {"outside": "text", "store/file": "x"})
    (tmp_path / "store/link").symlink_to(tmp_path / "outside")
    source = open_source(tmp_path / "store")
    items = {entry.uri: entry for entry in source.items() if isinstance(entry, Item)}
    link = items[str(tmp_path / "store/link")]
    assert source.read(link, 100) == (link, b"text")


def test_names_that_are_not_utf8_can_be_listed_and_read(tmp_path: Path) -> None:
    name = os.fsencode(tmp_path) + b"/100%\xff\xfe\n\xe0\xb8\x81.jpg"
    Path(os.fsdecode(name)).write_bytes(b"content")
    source = open_source(tmp_path)
    (item,) = source.items()
    assert isinstance(item, Item)
    assert item.uri == f"{tmp_path}/100%25%FF%FE%0Aก.jpg"
    assert source.read(item, 100)[1] == b"content"


def test_reading_leaves_times_alone_and_sources_pickle(tmp_path: Path) -> None:
    make_store(tmp_path, {"file": "content"})
    os.utime(tmp_path / "file", ns=(1, 2_000_000_000_123_456_789))
    source = pickle.loads(pickle.dumps(open_source(tmp_path)))
    (item,) = source.items()
    assert item == Item(str(tmp_path / "file"), 7, "2000000000123456789")
    source.read(item, 7)
    status = (tmp_path / "file").stat()
    assert (status.st_atime_ns, status.st_mtime_ns) == (1, 2_000_000_000_123_456_789)


def test_a_file_that_changed_is_read_as_it_is_now(tmp_path: Path) -> None:
    make_store(tmp_path, {"file": "old"})
    source = open_source(tmp_path)
    (listed,) = source.items()
    assert isinstance(listed, Item)
    (tmp_path / "file").write_text("newer")
    os.utime(tmp_path / "file", ns=(5, 5))
    assert source.read(listed, 100) == (Item(listed.uri, 5, "5"), b"newer")


def test_a_file_that_grows_while_it_is_read_stays_under_the_cap() -> None:
    assert local._read_at_most(io.BytesIO(b"12345"), 3, 5) == b"12345"
    with pytest.raises(ReadFailure) as failure:
        local._read_at_most(io.BytesIO(b"123456"), 3, 5)
    assert failure.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("empty", Reason.EMPTY),
        ("large", Reason.TOO_LARGE),
        ("gone", Reason.VANISHED),
        ("large/below", Reason.VANISHED),
        ("folder", Reason.READ_ERROR),
        ("fifo", Reason.READ_ERROR),
        ("x" * 300, Reason.READ_ERROR),
    ],
)
def test_reads_that_fail_say_why(tmp_path: Path, name: str, reason: Reason) -> None:
    make_store(tmp_path, {"empty": "", "large": "x" * 101, "folder/file": "x"})
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ReadFailure) as failure:
        open_source(tmp_path).read(Item(str(tmp_path / name), 0, ""), 100)
    assert failure.value.reason is reason


UNPRIVILEGED = """
import sys
from thaiid_detect.records import Item
from thaiid_detect.sources import Failure, ReadFailure, open_source
source = open_source(sys.argv[1])
for entry in source.items():
    if isinstance(entry, Failure):
        print("failure", entry.uri.rsplit("/", 1)[1], entry.reason)
    elif isinstance(entry, Item):
        try:
            print("read", entry.uri.rsplit("/", 1)[1], source.read(entry, 100)[1].decode())
        except ReadFailure as failure:
            print("item", entry.uri.rsplit("/", 1)[1], failure.reason)
"""


def test_unreadable_folders_and_files_are_told(public_path: Path) -> None:
    make_store(public_path, {"a/closed": "x", "a/open": "x", "locked/1": "x", "unsearchable/1": "x", "z/1": "y"})
    (public_path / "a/closed").chmod(0)
    (public_path / "locked").chmod(0o111)
    (public_path / "unsearchable").chmod(0o444)
    lines = run_unprivileged(UNPRIVILEGED, str(public_path)).stdout.splitlines()
    assert lines == ["item closed denied", "read open x", "failure locked denied", "item 1 denied", "read 1 y"]


def test_a_store_that_cannot_be_listed_is_an_error(public_path: Path) -> None:
    (public_path / "locked").mkdir(mode=0)
    done = run_unprivileged(UNPRIVILEGED, str(public_path / "locked"))
    assert "StoreError" in done.stderr
    assert "cannot be listed" in done.stderr


def test_a_folder_that_went_away_is_a_failure(tmp_path: Path) -> None:
    make_store(tmp_path, {"a": "x", "b/1": "x", "b/c/2": "x"})
    entries = open_source(tmp_path).items()
    next(entries)
    (tmp_path / "b").rename(tmp_path / "other")
    assert list(entries) == [Failure(str(tmp_path / "b"), Reason.VANISHED)]


def test_a_list_names_its_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_store(tmp_path, {"one": "1", "two words": "2", "folder/x": "x"})
    (tmp_path / "list.txt").write_bytes(b"one\r\n\n" + os.fsencode(tmp_path) + b"/two words\ngone\nfolder")
    monkeypatch.chdir(tmp_path)
    source = open_source("@list.txt")
    assert source.uri == f"list:{tmp_path}/list.txt"
    items = [entry for entry in source.items() if isinstance(entry, Item)]
    assert [item.uri for item in items] == [str(tmp_path / name) for name in ("one", "two words", "gone", "folder")]
    assert [source.read(item, 10)[1] for item in items[:2]] == [b"1", b"2"]
    for item, reason in zip(items[2:], (Reason.VANISHED, Reason.READ_ERROR), strict=True):
        with pytest.raises(ReadFailure) as failure:
            source.read(item, 10)
        assert failure.value.reason is reason


def test_a_list_on_standard_input(tmp_path: Path) -> None:
    make_store(tmp_path, {"one": "1"})
    code = "from thaiid_detect.sources import open_source; print([i.uri for i in open_source('-').items()])"
    done = subprocess.run(
        [sys.executable, "-c", code], input=f"{tmp_path}/one\n", capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == str([f"{tmp_path}/one"])


def test_two_spellings_are_one_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "link").symlink_to("s")
    monkeypatch.chdir(tmp_path / "s")
    assert {open_source(name).uri for name in (".", "../s/", tmp_path / "link")} == {str(tmp_path / "s")}


def test_a_store_knows_what_lies_in_it(tmp_path: Path) -> None:
    make_store(tmp_path, {"s/x": "x"})
    source = open_source(tmp_path / "s")
    assert source.contains(tmp_path / "s/scan.db")
    assert not source.contains(tmp_path / "scan.db")


def test_a_list_knows_that_it_and_its_files_are_not_to_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_store(tmp_path, {"s/x": "x", "other": "x", "list.txt": "s/x\nout.jsonl\n"})
    (tmp_path / "link").symlink_to("s/x")
    monkeypatch.chdir(tmp_path)
    source = open_source("@list.txt")
    assert all(source.contains(Path(name)) for name in ("s/x", "s/../s/x", "link", "list.txt"))
    assert not any(source.contains(Path(name)) for name in ("other", "out.jsonl", "s", "nowhere/x"))


@pytest.mark.parametrize(
    ("store", "remedy"),
    [
        ("nowhere", "directory that exists"),
        ("file", "thaiid-detect check"),
        ("@nowhere.txt", "one path a line"),
        ("http://server/store", "s3://bucket/prefix"),
        ("file:///store", "Give a path"),
    ],
)
def test_a_wrong_store_is_told_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, store: str, remedy: str
) -> None:
    make_store(tmp_path, {"file": "x"})
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=remedy):
        open_source(store)


def test_a_loop_of_links_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(StoreError, match="cannot be listed"):
        open_source(tmp_path / "loop")
