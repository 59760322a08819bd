"""Fits the fusion of pixels and words, and chooses every mode's thresholds: `make calibrate`.

Runs the exported locator and the reader over held-out scenes (other seeds, other pool than the training's) and writes
the `decision` section of the weights' `config.json`. Nothing in it is typed by hand.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.training.fusion import fit, threshold
from models.training.gather import Observed, observe_all, permissive
from thaiid_detect.verdict import FEATURES, Decision, Thresholds, probability
from thaiid_detect.weights import DEFAULT

Floats = NDArray[np.float64]

LOST = {"recall": 0.003, "balanced": 0.01, "precision": 0.02}
"""Share of the held-out cards that each mode may lose at the first look."""
LOOK_BOUNDS = (0.02, 0.25)
"""The first look stays sensitive whatever our own drawings say: cards from other hands score lower than they do."""
ALARMS = {"recall": 0.01, "balanced": 0.002, "precision": 0.0005}
"""Share of pictures without a card that each mode may flag."""
ID_BOUNDS = {"recall": (0.35, 0.75), "balanced": (0.5, 0.9), "precision": (0.75, 0.98)}
SUSPECT = {"recall": 0.4, "balanced": 0.5, "precision": 0.5}
"""The suspect threshold, as a share of the id_card threshold."""


def samples(observed: list[Observed]) -> tuple[Floats, NDArray[np.bool_]]:
    """(n, features) and (n,) truth of every examined place; places that hold a barely visible card are left out."""
    inputs, truth = [], []
    for scene in observed:
        for place in scene.places:
            if place.card is not None and scene.cards[place.card].visible < 0.5:
                continue
            inputs.append(place.inputs)
            truth.append(place.card is not None)
    return np.array(inputs), np.array(truth)


def best_scores(observed: list[Observed], decision: Decision) -> tuple[Floats, Floats]:
    """The best probability of each scene without, and of each scene with, an ID card."""
    negatives: list[float] = []
    positives: list[float] = []
    for scene in observed:
        best = max((probability(decision, place.inputs) for place in scene.places), default=0.0)
        (positives if scene.cards else negatives).append(best)
    return np.array(negatives), np.array(positives)


def look_threshold(observed: list[Observed], lost: float) -> float:
    """The first-look score that loses at most the share `lost` of the clearly visible cards."""
    scores = [
        score
        for scene in observed
        for card, (score, _) in zip(scene.cards, scene.first, strict=True)
        if card.visible >= 0.7
    ]
    low, high = LOOK_BOUNDS
    return round(float(np.clip(np.quantile(scores, lost), low, high)), 4)


def calibrated(observed: list[Observed]) -> dict[str, Any]:
    """The `decision` section."""
    weights, bias = fit(*samples(observed))
    open_wide = Thresholds(0.0, 0.0, 0.0, 0.0)
    decision = Decision(tuple(weights[name] for name in FEATURES), bias, open_wide)
    negatives, positives = best_scores(observed, decision)
    modes = {}
    for mode, alarms in ALARMS.items():
        look = look_threshold(observed, LOST[mode])
        chosen = threshold(negatives, positives, alarms, ID_BOUNDS[mode])
        modes[mode] = {
            "look": look,
            "read": round(max(0.04, look), 4),
            "suspect": round(chosen * SUSPECT[mode], 4),
            "id_card": chosen,
        }
    found = {mode: float((positives >= m["id_card"]).mean()) for mode, m in modes.items()}
    flagged = {mode: float((negatives >= m["id_card"]).mean()) for mode, m in modes.items()}
    return {
        "weights": weights,
        "bias": bias,
        "modes": modes,
        "calibration": {
            "scenes_with_card": len(positives),
            "scenes_without": len(negatives),
            "found": {mode: round(value, 4) for mode, value in found.items()},
            "flagged": {mode: round(value, 4) for mode, value in flagged.items()},
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, help="held-out scenes (models.training.build --jpeg)")
    parser.add_argument("--weights", type=Path, default=Path("models") / DEFAULT)
    parser.add_argument("--most", type=int, help="use only the first so many scenes")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    path = args.weights / "config.json"
    config = json.loads(path.read_text())
    observed = list(observe_all(args.scenes, read=True, decision=permissive(), workers=args.workers, most=args.most))
    config["decision"] = calibrated(observed)
    path.write_text(json.dumps(config, indent=2) + "\n")
    print(json.dumps(config["decision"], indent=2))


if __name__ == "__main__":
    main()
