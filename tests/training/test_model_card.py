"""The model card says what the tables say, and of no other weights than those that lie here."""

from __future__ import annotations

from typing import Any

import pytest

from models.training.evaluate_scenes import rate
from models.training.model_card import ROWS, card, section
from thaiid_detect.weights import NETWORKS, find_weights


@pytest.fixture
def table() -> dict[str, Any]:
    kind = rate(281, 290) | {"named_or_suspect": rate(284, 290), "named_of_all": rate(285, 300)}
    return {
        "set": "shifted",
        "scenes": 7400,
        "mode": "balanced",
        "tesseract": True,
        **{name: rate(i, 1000) for i, name in enumerate(ROWS)},
        "mean_iou_closer": 0.9431,
        "named_by_kind": {"selfie": kind},
        "machine": "Some CPU, 2 cores",
        "weights": {name: find_weights(name).sha256 for name in NETWORKS},
    }


def test_every_rate_stands_with_its_interval_and_size(table: dict[str, Any]) -> None:
    text = "\n".join(section(table))
    assert "| selfie | 96.9 % (94.2–98.4, n 290) | 97.9 % (95.6–99.1, n 290) | 95.0 % (91.9–97.0, n 300) |" in text
    assert text.count("n 1,000") == len(ROWS)
    assert "0.943" in text
    assert text.startswith("### 7,400 scenes, mode `balanced`, with Tesseract")


def test_a_table_of_other_weights_is_refused(table: dict[str, Any]) -> None:
    assert "7,400 scenes" in card({"shifted": [table]})
    table["weights"] = {**table["weights"], NETWORKS[0]: "0" * 64}
    with pytest.raises(SystemExit, match="other weights"):
        card({"shifted": [table]})
