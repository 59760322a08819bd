"""Measures the exported locator and the reader on held-out scenes: `python -m models.training.evaluate_scenes DIR`.

Locator recall, negatives passed on to the reader, IoU of the quads, numbers read exactly, negatives flagged in the end.
Each rate with its Wilson 95 % interval. Tesseract has its say where it is installed, as in the tool; the table tells. A
stopped run goes on where it was, as long as the package's code, its weights and what is asked stay the same.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from models.training.evaluate import wilson
from models.training.gather import Labelled, Look, Observed, looked_at, observe_each, together
from models.training.keeping import Kept, Scenes
from models.training.machine import machine_line, weights_here
from thaiid_detect.records import Mode
from thaiid_detect.tesseract import find_second_reader
from thaiid_detect.verdict import Decision, Thresholds, settled_side, worth_reading
from thaiid_detect.weights import find_weights

DIGIT_HEIGHT, SMALL_HEIGHT = 16.0, 10.0
"""Pixels on the page above which a number ought to be read, and above which it mostly ought to."""
LEGIBLE = 0.2
"""Likeness to the print, at the worst digit, below which nobody can read a number: glare or a finger hides a part."""
VISIBLE, EDGE = 0.7, 0.15
"""Which cards ought to be found: so much of them in the frame, and so long in long sides of the scene (48 of the 320
pixels that the first look has). What is smaller or more hidden is in `locator_recall_by_edge` and in `_of_all`."""
PASSED_ON = 0.03
"""Share of the pictures without a card at which the looks alone are measured, whatever the mode's own threshold."""
EDGES = (0.0, 0.15, 0.25, 0.4, 0.6, 9.0)


def rate(hits: int, n: int) -> dict[str, Any]:
    low, high = wilson(hits, n)
    return {"rate": round(hits / max(1, n), 4), "interval": [round(low, 4), round(high, 4)], "n": n}


def fair(card: Labelled) -> bool:
    """Whether the card ought to be found."""
    return card.shown >= VISIBLE and card.edge >= EDGE


def measure(observed: Sequence[Observed], decision: Decision) -> dict[str, Any]:
    """The table. Cards count where they are `fair`, and scenes with an ID card where one of theirs is."""
    thresholds = decision.thresholds
    all_cards = [(scene, index, card) for scene in observed for index, card in enumerate(scene.cards)]
    cards = [each for each in all_cards if fair(each[2])]
    negatives = [scene for scene in observed if not scene.cards]
    looks = [_passed(scene, thresholds, index) for scene, index, _ in cards]
    misses = Counter(scene.kind for (scene, _, _), found in zip(cards, looks, strict=True) if not found)
    passed = [scene for scene in negatives if _passed(scene, thresholds, None)]
    best = [max(found, key=lambda look: look.verified) for found in looks if found]
    table: dict[str, Any] = {
        "locator_recall_at_3_percent": _recall_at(PASSED_ON, cards, negatives, thresholds),
        "locator_recall": rate(sum(map(bool, looks)), len(looks)),
        "locator_recall_of_all": _recall(all_cards, thresholds),
        "locator_recall_by_edge": {
            f"{low}-{high}": _recall([c for c in all_cards if low <= c[2].edge < high], thresholds)
            for low, high in pairwise(EDGES)
        },
        "misses_by_kind": dict(misses.most_common(16)),
        "cards_by_kind": dict(Counter(scene.kind for scene, _, _ in cards).most_common(16)),
        "negatives_passed_on": rate(len(passed), len(negatives)),
        "passed_on_by_kind": dict(Counter(_kind(scene) for scene in passed).most_common(16)),
        "mean_iou_first": round(float(np.mean([look.iou_first for look in best])), 4),
        "mean_iou_closer": round(float(np.mean([look.iou_closer for look in best])), 4),
    }
    table |= _numbers(cards) | _verdicts(observed, cards, negatives, thresholds)
    return table | {"named_by_kind": _by_kind(observed, thresholds)}


def _recall(cards: list[tuple[Observed, int, Labelled]], thresholds: Thresholds) -> dict[str, Any]:
    return rate(sum(bool(_passed(scene, thresholds, index)) for scene, index, _ in cards), len(cards))


def _recall_at(
    share: float, cards: list[tuple[Observed, int, Labelled]], negatives: list[Observed], thresholds: Thresholds
) -> dict[str, Any]:
    """Recall of all looks together where `share` of the negatives would be read."""
    limit = float(np.quantile([together(scene, None, thresholds) for scene in negatives], 1 - share))
    found = sum(together(scene, index, thresholds) > limit for scene, index, _ in cards)
    return rate(found, len(cards)) | {"score": round(limit, 4)}


def _passed(scene: Observed, thresholds: Thresholds, card: int | None) -> list[Look]:
    """The looks that pass all thresholds and lie on the card (None: on no card)."""
    looks = looked_at(scene, thresholds)
    return [look for look in looks if look.card == card and worth_reading(*look.scores, thresholds)]


def _numbers(cards: list[Any]) -> dict[str, Any]:
    """Numbers read exactly, where digits are large and where they are small; and wrong ones that pass the check."""
    read: list[tuple[float, bool, bool, bool]] = []
    for scene, index, card in cards:
        if not card.digits or card.visible < 0.99 or card.side == "back":
            continue
        places = [place for place in scene.places if place.card == index and place.number_right is not None]
        right = any(place.number_right for place in places)
        wrong = any(p.finding.evidence.reading.checksum_valid and not p.number_right for p in places)
        read.append((card.digit_height, card.legible >= LEGIBLE, right, wrong))
    large = [(legible, right) for height, legible, right, _ in read if height >= DIGIT_HEIGHT]
    small = [right for height, legible, right, _ in read if SMALL_HEIGHT <= height < DIGIT_HEIGHT and legible]
    legible = [right for legible, right in large if legible]
    return {
        "number_exact": rate(sum(legible), len(legible)),
        "number_exact_hidden_ones_too": rate(sum(right for _, right in large), len(large)),
        "number_exact_small": rate(sum(small), len(small)),
        "number_wrong_yet_valid": rate(sum(wrong for *_, wrong in read), len(read)),
    }


def _verdicts(
    observed: Sequence[Observed], cards: list[Any], negatives: list[Observed], thresholds: Thresholds
) -> dict[str, Any]:
    """What whole scenes come to after the words, and which side a card that was found is said to have."""
    limit = thresholds.id_card
    positives = [s for s in observed if any(map(fair, s.cards))]
    named = [s for s in positives if _best(s) >= limit]
    flagged = [s for s in negatives if _best(s) >= limit]
    doubted = [s for s in negatives if thresholds.suspect <= _best(s) < limit]
    sides = []
    for scene, index, card in cards:
        places = [p for p in scene.places if p.card == index and p.finding.probability >= limit]
        if places:
            best = max(places, key=lambda place: place.finding.probability)
            sides.append(settled_side(best.finding.side, best.finding.evidence).value == card.side)
    return {
        "negatives_flagged": rate(len(flagged), len(negatives)),
        "flagged_files": [f"{s.file} {_kind(s)}" for s in flagged],
        "negatives_suspect": rate(len(doubted), len(negatives)),
        "suspect_files": [f"{s.file} {_kind(s)}" for s in doubted],
        "scenes_named_id_card": rate(len(named), len(positives)),
        "scenes_named_or_suspect": rate(_count(positives, thresholds.suspect), len(positives)),
        "negatives_flagged_or_suspect": rate(len(flagged) + len(doubted), len(negatives)),
        "not_named_by_kind": dict(Counter(s.kind for s in positives if s not in named).most_common(12)),
        "not_named_files": [f"{s.file} {_kind(s)} {_best(s):.2f}" for s in positives if s not in named],
        "side_right": rate(sum(sides), len(sides)),
    }


def _by_kind(observed: Sequence[Observed], thresholds: Thresholds) -> dict[str, Any]:
    """What becomes of the scenes with a fair ID card, by kind; and of all with one, however small or hidden."""
    kinds = sorted({scene.kind for scene in observed if scene.cards})
    table = {}
    for kind in kinds:
        every = [s for s in observed if s.cards and s.kind == kind]
        ought = [s for s in every if any(map(fair, s.cards))]
        table[kind] = rate(_count(ought, thresholds.id_card), len(ought)) | {
            "named_or_suspect": rate(_count(ought, thresholds.suspect), len(ought)),
            "named_of_all": rate(_count(every, thresholds.id_card), len(every)),
        }
    return table


def _count(scenes: list[Observed], limit: float) -> int:
    return sum(_best(scene) >= limit for scene in scenes)


def _best(scene: Observed) -> float:
    return max((place.finding.probability for place in scene.places), default=0.0)


def _kind(scene: Observed) -> str:
    return "+".join([scene.kind, *scene.neighbours[:2]])


def told(scenes: Iterable[Scenes], known: int) -> Iterator[Scenes]:
    """The same scenes, with progress on standard error."""
    start = time.monotonic()
    for number, scene in enumerate(scenes, 1):
        if number % 200 == 0:
            rate = number / (time.monotonic() - start)
            print(f"{known + number} scenes, {rate:.1f} a second", file=sys.stderr, flush=True)
        yield scene


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("scenes", type=Path, help="held-out scenes (models.training.build --jpeg)")
    parser.add_argument("--mode", nargs="+", default=["balanced"], choices=[mode.value for mode in Mode])
    parser.add_argument("--looks-only", action="store_true", help="do not read: seconds instead of minutes")
    parser.add_argument("--without-tesseract", action="store_true", help="do not ask it, though it is installed")
    parser.add_argument("--most", type=int, help="so many scenes, drawn from all")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, help="a folder, for the tables as JSON: SET-MODE.json")
    args = parser.parse_args()
    config, read = find_weights().config, not args.looks_only
    decisions = [Decision.from_config(config, Mode(mode)) for mode in args.mode]
    second = read and not args.without_tesseract and find_second_reader() is not None
    kept = Kept(args.scenes, weights_here(), decisions, read, second)
    done = {scene[0].file: scene for scene in kept.scenes()}
    new = observe_each(
        args.scenes,
        read=read,
        decisions=decisions,
        second=second,
        workers=args.workers,
        most=args.most,
        known=done.keys(),
    )
    done |= {scene[0].file: scene for scene in kept.adding(told(new, len(done)))}
    scenes = [scene for _, scene in sorted(done.items())]
    for mode, decision, observed in zip(args.mode, decisions, zip(*scenes, strict=True), strict=True):
        about = {"set": args.scenes.name, "scenes": len(observed), "mode": mode, "tesseract": second}
        table = {**about, **measure(observed, decision), "weights": weights_here(), "machine": machine_line()}
        print(json.dumps(table, indent=2))
        if args.out:
            (args.out / f"{args.scenes.name}-{mode}.json").write_text(json.dumps(table, indent=2) + "\n")


if __name__ == "__main__":
    main()
