"""The options of `scan` that choose: what they say is what the library is asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from thaiid_detect.cli.choosing import choosing_options
from thaiid_detect.cli.closing import Closing
from thaiid_detect.sources import Selection, StoreOptions
from thaiid_detect.summary import ScanSummary


def choose(*words: str) -> tuple[Selection, StoreOptions]:
    chosen: list[tuple[Selection, StoreOptions]] = []

    @click.command()
    @choosing_options
    def verb(selection: Selection, options: StoreOptions) -> int:
        chosen.append((selection, options))
        return 0

    done = CliRunner().invoke(verb, words, catch_exceptions=False)
    if done.exit_code:
        raise click.UsageError(done.output)
    return chosen[0]


def test_no_option_is_everything() -> None:
    assert choose() == (Selection(), StoreOptions())


@pytest.mark.parametrize(
    ("words", "selection"),
    [
        ("--include *.jpg --include 2016/*", Selection(include=("*.jpg", "2016/*"))),
        ("--exclude tmp --no-hidden", Selection(exclude=("tmp",), hidden=False)),
        ("--follow-symlinks --one-file-system", Selection(follow_symlinks=True, one_file_system=True)),
        ("--since 2018-04-12", Selection(since=datetime(2018, 4, 12, tzinfo=UTC))),
        ("--since 2018-04-12T07:00+07:00", Selection(since=datetime(2018, 4, 12, tzinfo=UTC))),
        ("--limit 5 --sample 1%", Selection(limit=5, sample=0.01)),
        ("--sample 0.5", Selection(sample=0.5)),
    ],
)
def test_options_choose(words: str, selection: Selection) -> None:
    assert choose(*words.split()) == (selection, StoreOptions())


def test_options_of_buckets() -> None:
    words = ["--anonymous", "--endpoint", "http://here:9000", "--region", "ap-southeast-7"]
    assert choose(*words)[1] == StoreOptions(True, "http://here:9000", "ap-southeast-7")


@pytest.mark.parametrize(
    ("words", "says"), [("--since yesterday", "2018-04-12"), ("--sample some", "1%"), ("--limit 0", "0")]
)
def test_what_cannot_be_understood_is_wrong_usage(words: str, says: str) -> None:
    with pytest.raises(click.UsageError, match=says):
        choose(*words.split())


def test_the_closing_says_that_it_was_a_part(capsys: pytest.CaptureFixture[str]) -> None:
    summary = ScanSummary(listed=5, analysed=5, ended=True, left_out=7, cut=True)
    Closing().show(summary, Path("scan.db"))
    said = " ".join(capsys.readouterr().out.split())
    assert "scan of a part complete" in said
    assert "says nothing of the rest of the store. Left out by choice: 7 files or folders; what follows" in said
    Closing().show(ScanSummary(left_out=7, ended=True), Path("scan.db"))
    assert "no file in this store is among those chosen" in capsys.readouterr().out
    Closing().show(ScanSummary(listed=5, analysed=5, ended=True), Path("scan.db"))
    assert "part" not in capsys.readouterr().out
