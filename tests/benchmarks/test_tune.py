"""Tuning: an even sample, by name; the cheapest of what cannot be told from the fastest."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from benchmarks import tune
from benchmarks.tune import Tried, best, measure, sample, write_list
from tests.scan_helpers import make_store, needs_weights
from thaiid_detect.sources import open_source


def test_a_sample_is_even_the_same_each_time_and_bounded(tmp_path: Path) -> None:
    make_store(tmp_path, {f"{i % 7}/{i:03}": "x" for i in range(300)} | {"a\nb": "x"})
    (tmp_path / "link").symlink_to("0")
    chosen = sample(str(tmp_path), 40, 1)
    assert chosen == sample(str(tmp_path), 40, 1)
    assert chosen != sample(str(tmp_path), 40, 2)
    listed = list(open_source(tmp_path).items())
    places = [listed.index(item) for item in chosen]
    assert places == sorted(places)
    assert len(set(places)) == 40
    folders = [item.uri.rsplit("/", 2)[1] for item in sample(str(tmp_path), 140, 1)]
    assert min(folders.count(str(i)) for i in range(7)) > 8  # 20 each, on average
    assert len(sample(str(tmp_path), 1000, 1)) == 300


def test_a_sample_is_scanned_by_its_names(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    (tmp_path / "store" / "ก \udcff.txt").write_text("x")
    items = sample(str(tmp_path / "store"), 9, 1)
    assert list(open_source(write_list(items, tmp_path / "list.txt")).items()) == items


def test_an_empty_store_has_no_sample(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="holds no files"):
        sample(str(tmp_path), 9, 1)


def test_the_best_is_the_cheapest_that_is_as_fast() -> None:
    slow, cheap, fast = (
        Tried(1, 1, 8, [5.0, 6.0, 7.0]),
        Tried(2, 1, 2, [9.0, 9.5, 10.2]),
        Tried(2, 2, 8, [9.8, 10.0, 11.0]),
    )
    assert best([slow, fast, cheap]) is cheap
    assert best([slow, fast]) is fast


@needs_weights
def test_a_sweep_gives_a_table_and_a_figure_from_raw_results(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "store").mkdir()
    for number in range(3):
        shade = np.full((40, 60, 3), 60 * number, np.uint8)
        Image.fromarray(shade).save(tmp_path / "store" / f"{number}.png")
    monkeypatch.setattr("benchmarks.stores.RESULTS", tmp_path / "results")
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    told = measure(str(tmp_path / "store"), measure(str(tmp_path / "store"), Tried(0, 1, 8)))
    assert len(told.rates) == 2
    assert min(told.rates) > 0
    raw = {"environment": {"machine": "m"}, "store": "s", "files": 3, "bytes": 9, "seed": 1}
    raw["combinations"] = [{**json.loads(json.dumps(tune.asdict(told))), "workers": count} for count in (1, 2)]
    assert "take: scan_store(…, workers=1, threads=1, window=8)" in tune.table(raw)
    assert "thaiid-detect scan … --workers 1" in tune.table(raw)
    tune.plot(raw, tmp_path / "tune.png")
    assert cv2.imread(str(tmp_path / "tune.png")).shape == (720, 960, 3)
