"""The benchmarks: stores as they should be drawn, clocks that count once, tables that follow from raw results."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import corpus, decoders, latency, throughput
from benchmarks.rivals import compare
from benchmarks.rivals.adapters import has_number, with_title
from benchmarks.stores import SETTINGS, DecodeOnly, as_json, run
from models.training.pool import Pool
from models.training.stock import Plan, build_pool
from thaiid_detect.records import Item, Reason, Verdict

PLAN = Plan(fronts=3, backs=2, pinks=2, neighbours=3, pages=2, surfaces=3, busts=2)


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    build_pool(folder, 1, PLAN, workers=1, tell=lambda _: None)
    return folder


def job(out: Path, pool: Path, store: str, pieces: int) -> corpus.Job:
    return corpus.Job(out, pool, corpus.STORES[store], 7, pieces)


def test_a_store_is_drawn_with_its_truth_and_again_the_same(tmp_path: Path, pool: Path) -> None:
    held = corpus.build(job(tmp_path / "a", pool, "small", 12), workers=1)
    corpus.build(job(tmp_path / "b", pool, "small", 12), workers=1)
    files = sorted(path for path in (tmp_path / "a/files").rglob("*") if path.is_file())
    assert held["files"] == len(files) == 12
    assert held["bytes"] == sum(path.stat().st_size for path in files)
    for path in files:
        assert path.read_bytes() == (tmp_path / "b/files" / path.relative_to(tmp_path / "a/files")).read_bytes()
        assert max(cv2.imread(str(path)).shape[:2]) < 500
    rows = (tmp_path / "a/truth.tsv").read_text().splitlines()
    assert len(rows) == 13
    assert {row.split("\t")[0] for row in rows[1:]} == {str(path.relative_to(tmp_path / "a/files")) for path in files}


def test_another_store_is_not_drawn_over_one(tmp_path: Path, pool: Path) -> None:
    corpus.build(job(tmp_path, pool, "small", 3), workers=1)
    with pytest.raises(SystemExit, match="another store"):
        corpus.build(job(tmp_path, pool, "small", 4), workers=1)


def test_a_person_has_four_files_of_one_card(pool: Path) -> None:
    drawn = corpus.draw(job(Path(), pool, "incident", 9), Pool.load(pool), 4)
    assert [Path(each.name).stem.split("-", 2)[2] for each in drawn] == ["front", "back", "copy", "with-card"]
    assert "back" in drawn[1].kind
    assert all("front" in drawn[i].kind for i in (0, 2, 3))
    assert all(cv2.imdecode(np.frombuffer(each.data, np.uint8), cv2.IMREAD_COLOR) is not None for each in drawn)


def test_grain_makes_files_as_large_as_a_camera_does() -> None:
    flat = np.full((600, 800, 3), 128, np.uint8)
    grainy, smooth = (
        len(corpus.encoded(np.random.default_rng(1), flat, replace(corpus.PHONE, grain=grain))) for grain in (3.0, 0.0)
    )
    assert grainy > 5 * smooth


def test_decode_only_names_what_it_cannot_decode() -> None:
    done, data = cv2.imencode(".jpg", np.zeros((40, 60, 3), np.uint8))
    assert done
    item = Item("a", 1, "1")
    analyse = DecodeOnly(SETTINGS)()
    assert analyse(item, bytes(data)).verdict is Verdict.CLEAR
    assert analyse(item, bytes(data)[: len(data) // 2]).reason is Reason.TRUNCATED
    assert analyse(item, b"").verdict is Verdict.UNANALYSED


def test_a_run_counts_files_and_the_table_follows_from_the_json(tmp_path: Path, pool: Path) -> None:
    corpus.build(job(tmp_path, pool, "small", 6), workers=1)
    runs = [run(what, tmp_path / "files", 0) for what in ("decode_only", "detect")]
    assert [each.files for each in runs] == [6, 6]
    assert sum(runs[1].verdicts.values()) == 6
    assert runs[1].parent > 1e7
    result = {"environment": {"machine": "m"}, "store": "s", "runs": as_json(runs), "stages": {"decode": 1.0}}
    told = throughput.table(json.loads(json.dumps(result)))
    assert "ratio" in told
    assert "0 workers, warm" in told
    assert "6 files" in told
    throughput.plot(result, tmp_path / "throughput.png")
    assert cv2.imread(str(tmp_path / "throughput.png")).shape == (720, 1920, 3)


def test_stages_count_a_moment_once() -> None:
    clock = throughput.Stages()
    inner = clock.timed("inner", lambda: time.sleep(0.02))
    clock.timed("outer", lambda: (inner(), time.sleep(0.01)))()
    assert 19 < clock.spent["inner"] < 200
    assert clock.spent["outer"] < clock.spent["inner"] + 100


def test_latency_tells_percentiles_from_raw_times(tmp_path: Path) -> None:
    case = {"rounds": [{"decode": [1.0] * 100, "detect": [float(i) for i in range(1, 101)]}], "bytes": 1e8}
    result = {"environment": {}, "cases": {"plain": case}, "starts": {"python alone": [10.0, 12.0]}}
    told = latency.table(result)
    assert "p50  50.50" in told
    assert "p95  95.05" in told
    assert "11 ms (10-12)" in told
    latency.plot(result, tmp_path / "latency.png")
    assert cv2.imread(str(tmp_path / "latency.png")).shape == (720, 960, 3)


def test_the_benchmarks_share_one_pool(pool: Path) -> None:
    """Whichever drew it: none is drawn over one that is there."""
    assert corpus.open_pool(pool, seed=2).digest() == Pool.load(pool).digest()


@pytest.mark.parametrize(
    ("text", "number", "title"),
    [
        ("5-9912-34567-12-0", None, None),
        ("Thai National ID Card", False, True),
        ("บัตรประจำตัวประชาชน", False, True),
        ("12 345", False, False),
    ],
)
def test_rules_of_the_rivals(text: str, number: bool | None, title: bool | None) -> None:
    if number is None:  # of all last digits one is right
        assert sum(has_number(f"{text[:-1]}{digit}") for digit in range(10)) == 1
        assert not has_number(f"4{text}")
    else:
        assert (has_number(text), with_title(text)) == (number, title)


def test_the_comparison_counts_a_failure_as_no_answer() -> None:
    files = [(Path("a"), True), (Path("b"), False)]

    def broken(path: Path) -> bool:
        if path.name == "a":
            raise RuntimeError
        return True

    answers = compare.one(broken, files)
    assert [word for _, word in answers] == [None, True]
    told = compare.table(
        {"environment": {}, "corpus": "c", "truth": [True, False], "rivals": {"x": answers, "y": "no"}}
    )
    assert "found 0 of 1" in told
    assert "false alarms 1 of 1" in told
    assert "failed 1" in told


def test_decoders_are_timed_side_by_side_and_show_the_same(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    picture = cv2.resize(rng.integers(0, 256, (30, 40, 3), np.uint8), (1600, 1200), interpolation=cv2.INTER_CUBIC)
    data = cv2.imencode(".jpg", picture)[1].tobytes()
    ways = {
        "ours": decoders.ours,
        "eighths": decoders.by_eighths,
        "reduced": decoders.reduced,
        "whole": decoders.opencv,
        "pillow": decoders.pillow,
    }
    shapes = {name: decode(data).shape for name, decode in ways.items()}
    assert shapes.pop("eighths") == (450, 600, 3)
    assert set(shapes.values()) == {(600, 800, 3)}
    measured = decoders.measure([data] * 3, ways, 2)
    assert {name: np.shape(times) for name, times in measured["times"].items()} == dict.fromkeys(ways, (2, 3))
    assert measured["apart"]["whole"] == 0.0
    assert max(measured["apart"].values()) < 3.0
    about = {"environment": {"machine": "a test"}, "files": 3, "bytes": 3 * len(data)}
    assert "ours" in decoders.table({**about, **measured})
