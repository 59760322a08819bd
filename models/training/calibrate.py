"""Fits the fusion of pixels and words, and chooses every mode's thresholds: `make calibrate`.

Runs the exported locator and the reader over held-out scenes (other seeds, other pool than the training's) and writes
the `decision` section of the weights' `config.json`. Nothing in it is typed by hand.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.training.fusion import START, fit, threshold
from models.training.gather import Observed, looked_at, observe_all, together
from models.training.machine import weights_here
from thaiid_detect.records import Mode
from thaiid_detect.verdict import FEATURES, Decision, Thresholds, probability
from thaiid_detect.weights import find_weights

Floats = NDArray[np.float64]

LOOKED_AT_AGAIN = {"recall": 0.65, "balanced": 0.46, "precision": 0.36}
"""Share of the pictures without any card that each mode may look at a second time (5 ms each). Such are nearly all of
a real store; half of our scenes show look-alike cards, which ought to be looked at. Much: a small card is often seen by
the second look alone, and both together end more than either."""
LOOKED_AT = {"recall": 0.27, "balanced": 0.15, "precision": 0.12}
"""Share of the same in which each mode may look at places closely (10 ms each)."""
READ = {"recall": 0.4, "balanced": 0.3, "precision": 0.2}
"""Share of the pictures without a card in which each mode may read words (up to seconds each). The thresholds are as
low as these budgets allow, not as high as our own cards allow: cards from other hands score lower than they do."""
LOOK_BOUNDS = (0.02, 0.6)
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
            if place.card is not None and scene.cards[place.card].shown < 0.5:
                continue
            inputs.append(place.inputs)
            truth.append(place.card is not None)
    return np.array(inputs), np.array(truth, bool)


def best_scores(observed: list[Observed], decision: Decision) -> tuple[Floats, Floats]:
    """The best probability of each scene without, and of each scene with, an ID card. Scenes whose cards are wiped out
    are neither."""
    negatives: list[float] = []
    positives: list[float] = []
    for scene in observed:
        best = max((probability(decision, place.inputs) for place in scene.places), default=0.0)
        if any(card.shown > 0 for card in scene.cards):
            positives.append(best)
        elif not scene.cards:
            negatives.append(best)
    return np.array(negatives), np.array(positives)


def look_thresholds(observed: list[Observed], mode: str) -> dict[str, float]:
    """The `look`, `place` and `read` thresholds that the mode's budgets allow, from the scenes without a card."""
    bare = [scene for scene in observed if not scene.cards]
    plain = [scene for scene in bare if not scene.neighbours] or bare
    look = _quantile([scene.page for scene in plain], LOOKED_AT_AGAIN[mode], LOOK_BOUNDS)
    every_place = Thresholds(look, 0.0, 0.0, 0.0, 0.0)
    named = ([seen.first for seen in looked_at(scene, every_place)] for scene in plain)
    second = [max(scores, default=0.0) for scores in named]
    place = _quantile(second, LOOKED_AT[mode], LOOK_BOUNDS)
    limits = Thresholds(look, place, 0.0, 0.0, 0.0)
    return {"look": look, "place": place, "read": _quantile([together(s, None, limits) for s in bare], READ[mode])}


def _quantile(scores: list[float], share: float, bounds: tuple[float, float] = (0.02, 1.0)) -> float:
    """The threshold that `share` of the scores reach, within bounds."""
    return round(float(np.clip(np.quantile(scores, 1 - share), *bounds)), 4)


def calibrated(observed: list[Observed], looks: dict[str, dict[str, float]]) -> dict[str, Any]:
    """The `decision` section, from the scenes that were read and the thresholds of the looks."""
    inputs, truth = samples(observed)
    if not (truth.any() and not truth.all()):
        raise SystemExit("the looks named no card, or nothing but cards: train longer, or calibrate on more scenes")
    weights, bias = fit(inputs, truth)
    open_wide = Thresholds(0.0, 0.0, 0.0, 0.0, 0.0)
    decision = Decision(tuple(weights[name] for name in FEATURES), bias, open_wide)
    negatives, positives = best_scores(observed, decision)
    modes = {}
    for mode, alarms in ALARMS.items():
        chosen = threshold(negatives, positives, alarms, ID_BOUNDS[mode])
        modes[mode] = {
            **looks[mode],
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
            "weights": weights_here(),
            "scenes_with_card": len(positives),
            "scenes_without": len(negatives),
            "found": {mode: round(value, 4) for mode, value in found.items()},
            "flagged": {mode: round(value, 4) for mode, value in flagged.items()},
        },
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, help="held-out scenes (models.training.build --jpeg)")
    parser.add_argument("--most", type=int, help="read only so many scenes, drawn from all (all are looked at)")
    parser.add_argument(
        "--looks-only", action="store_true", help="keep what was fitted; only the looks' thresholds anew"
    )
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    path = find_weights().folder / "config.json"
    config = json.loads(path.read_text())
    start = Decision.from_config({"decision": START}, Mode.BALANCED)
    looked = list(observe_all(args.scenes, read=False, decision=start, workers=args.workers))
    looks = {mode: look_thresholds(looked, mode) for mode in READ}
    print(f"{len(looked)} scenes looked at; thresholds {looks}", flush=True)
    if args.looks_only:
        for mode, limits in looks.items():
            config["decision"]["modes"][mode] |= limits
    else:
        widest = replace(start, thresholds=Thresholds(**looks["recall"], suspect=0.3, id_card=0.7))
        observed = list(observe_all(args.scenes, read=True, decision=widest, workers=args.workers, most=args.most))
        config["decision"] = calibrated(observed, looks)
        print(json.dumps(config["decision"], indent=2))
    path.write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
