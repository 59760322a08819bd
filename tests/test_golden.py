"""What these very weights said of the pictures here when they were made is what they say now."""

from __future__ import annotations

import json

import pytest

from models.training import golden

SCORE, FEW = 0.05, 2
"""Other processors round otherwise: scores may differ so much, and of so few files the reason or a number read."""


def test_golden_outcomes() -> None:
    kept, now = json.loads(golden.GOLDEN.read_text()), golden.present()
    assert kept["weights"] == now["weights"], "other weights: python -m models.training.golden, and look at the diff"
    assert kept["outcomes"].keys() == now["outcomes"].keys()
    differ = []
    for file, outcome in now["outcomes"].items():
        expected = kept["outcomes"][file]
        assert (outcome["verdict"], outcome["sides"]) == (expected["verdict"], expected["sides"]), file
        assert outcome.pop("score") == pytest.approx(expected.pop("score"), abs=SCORE), file
        if outcome != expected:
            differ.append(file)
    assert len(differ) <= FEW, differ
