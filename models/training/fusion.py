"""The logistic model that weighs pixels and words: where it starts, how it is fitted, how thresholds are chosen."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from thaiid_detect.verdict import FEATURES

Floats = NDArray[np.float64]

START: Final[dict[str, Any]] = {
    "weights": {
        "first": 2.0,
        "closer": 1.5,
        "verified": 2.5,
        "back": -0.5,
        "pink": -0.3,
        "title": 6.0,
        "labels": 4.0,
        "number": 1.5,
        "checksum": 2.0,
        "alien": 1.0,
        "country": 3.0,
        "back_code": 6.0,
        "non_thai": 5.0,
        "other_document": -6.0,
        "other_words": -2.0,
    },
    "bias": -2.0,
    "modes": {
        name: {"look": 0.05, "place": 0.05, "read": 0.1, "suspect": 0.3, "id_card": 0.5}
        for name in ("recall", "balanced", "precision")
    },
}
"""By hand, for gathering the samples that the real weights are fitted on; also the centre that the fit is drawn to, so
that a sign which the drawn scenes hardly show (a stranger's licence) keeps its sense."""

PIXEL_NOISE: Final = 0.35
"""Spread that is added to the looks while fitting. On our own drawings the looks are nearly always right; on cards from
other hands they are not (DESIGN.md), and a fit that did not know so would never listen to the words."""
PULL: Final = 0.02
"""Strength of the pull towards START, per sample."""


def fit(inputs: Floats, truth: NDArray[np.bool_], seed: int = 1) -> tuple[dict[str, float], float]:
    """Weights by feature, and the bias, from (n, features) inputs and (n,) truth. Classes count alike.

    Newton's method on the penalised likelihood; each sample is used four times, with other noise on its looks.
    """
    rng = np.random.default_rng(seed)
    x = np.tile(inputs, (4, 1))
    looks = [FEATURES.index(name) for name in ("first", "closer", "verified")]
    x[:, looks] = np.clip(x[:, looks] + rng.normal(0, PIXEL_NOISE, (len(x), len(looks))), -1, 1)
    x = np.hstack([x, np.ones((len(x), 1))])
    y = np.tile(truth, 4).astype(np.float64)
    share = np.where(y > 0, 0.5 / y.mean(), 0.5 / (1 - y.mean())) / len(y)
    centre = np.array([START["weights"][name] for name in FEATURES] + [START["bias"]])
    w = centre.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -40, 40)))
        gradient = x.T @ (share * (p - y)) + PULL * 0.1 * (w - centre)
        curvature = (x * (share * p * (1 - p))[:, None]).T @ x + PULL * 0.1 * np.eye(len(w))
        step = np.linalg.solve(curvature, gradient)
        w -= np.clip(step, -1.0, 1.0)
        if np.abs(step).max() < 1e-6:
            break
    rounded = [round(float(value), 4) for value in w]
    return dict(zip(FEATURES, rounded[:-1], strict=True)), rounded[-1]


def threshold(negatives: Floats, positives: Floats, most_alarms: float, bounds: tuple[float, float]) -> float:
    """The lowest score within `bounds` at which at most the share `most_alarms` of the negatives is flagged.

    `negatives` and `positives` are the best scores of whole pictures. Set half-way to the next positive above it, so
    that the choice does not hang on one picture.
    """
    low, high = bounds
    allowed = int(most_alarms * len(negatives))
    reached = float(np.sort(negatives)[::-1][allowed]) if len(negatives) > allowed else 0.0
    above = positives[positives > reached]
    chosen = (reached + float(above.min())) / 2 if len(above) else reached
    return round(float(np.clip(chosen, low, high)), 4)
