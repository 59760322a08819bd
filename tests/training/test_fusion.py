"""The fit of pixels and words, the choice of thresholds, and the intervals of the evaluation."""

from __future__ import annotations

import numpy as np
import pytest

from models.training.evaluate import wilson
from models.training.fusion import START, fit, threshold
from thaiid_detect.records import Mode
from thaiid_detect.verdict import FEATURES, Decision, probability


def test_the_start_is_complete() -> None:
    for mode in Mode:
        Decision.from_config({"decision": START}, mode)


def test_a_fit_learns_what_tells_and_keeps_what_it_never_saw() -> None:
    rng = np.random.default_rng(3)
    truth = rng.random(400) < 0.4
    inputs = np.zeros((400, len(FEATURES)))
    inputs[:, FEATURES.index("closer")] = np.clip(np.where(truth, 0.6, -0.4) + rng.normal(0, 0.3, 400), -1, 1)
    inputs[:, FEATURES.index("title")] = np.where(truth, rng.random(400) < 0.8, 0.0)
    weights, bias = fit(inputs, truth)
    assert weights["title"] > 1
    assert weights["closer"] > 1
    assert weights["back_code"] == pytest.approx(START["weights"]["back_code"], abs=0.5)
    decision = Decision(tuple(weights[name] for name in FEATURES), bias, None)  # type: ignore[arg-type]
    right = [(probability(decision, row) > 0.5) == is_card for row, is_card in zip(inputs, truth, strict=True)]
    assert np.mean(right) > 0.95


def test_a_fit_is_the_same_each_time() -> None:
    rng = np.random.default_rng(4)
    inputs, truth = rng.random((50, len(FEATURES))), rng.random(50) < 0.5
    assert fit(inputs, truth) == fit(inputs, truth)


def test_thresholds_allow_the_alarms_asked_for_and_stay_in_bounds() -> None:
    negatives, positives = np.linspace(0, 0.5, 101), np.linspace(0.3, 1, 50)
    for share in (0.0, 0.02, 0.1):
        chosen = threshold(negatives, positives, share, (0.1, 0.9))
        assert (negatives >= chosen).mean() <= share + 1e-9
    assert threshold(negatives, positives, 1.0, (0.1, 0.9)) >= 0.1
    assert threshold(np.ones(100), positives, 0.0, (0.1, 0.9)) == 0.9


def test_wilson() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    low, high = wilson(5, 500)
    assert (round(low, 4), round(high, 4)) == (0.0043, 0.0232)


def test_weights_that_see_nothing_cannot_be_calibrated() -> None:
    from models.training.calibrate import calibrated

    with pytest.raises(SystemExit, match="train longer"):
        calibrated([], {})
