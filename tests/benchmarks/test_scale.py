"""Scale: made-up stores and ledgers of any size, and tables and figures that follow from raw results."""

from __future__ import annotations

import json
from pathlib import Path

import cv2

from benchmarks import scale
from thaiid_detect.ledger import LedgerView


def test_a_made_up_store_is_scanned_and_scanned_again(tmp_path: Path) -> None:
    result = {"environment": {"machine": "m"}, "scans": [scale.scanned(900, 0, tmp_path)]}
    fresh, again = result["scans"][0]["runs"]
    assert (fresh["what"], again["what"]) == ("fresh", "again")
    assert [listed for listed, _ in again["memory"]][-1] == 900
    assert all(held > 1e7 for _, held in fresh["memory"] + again["memory"])
    result = json.loads(json.dumps(result))
    assert "900 items, again" in scale.table(result)
    scale.plot(result, tmp_path / "memory.png")
    assert cv2.imread(str(tmp_path / "memory.png")).shape == (720, 960, 3)


def test_a_made_up_ledger_answers(tmp_path: Path) -> None:
    path = tmp_path / "scan.db"
    assert scale.fill(path, 1000) > 0
    with LedgerView(path) as view:
        assert sum(view.counts().values()) == len(list(view.rows(scale.FINGERPRINT))) == 1000
    seconds = scale.asked(path, 1000)
    assert all(spent >= 0 for spent in seconds.values())
    facts = {"rows": 1000, "bytes": 1, "fill": 1.0, "sqlite": "3"}
    told = scale.table({"environment": {}, "ledgers": [{**facts, "seconds": seconds}]})
    assert "ledger of 1,000 rows" in told
    assert "counts:" in told
