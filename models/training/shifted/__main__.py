"""`python -m models.training.shifted --out DIR`: draws the shifted evaluation set.

    0000000.jpg …    first the positives, `--each` of every kind in turn, then `--negatives` without an ID card
    labels.json      as `models.training.evaluate_scenes` reads it; truth.tsv as `models.training.evaluate` does
    meta.json        seed, counts, commit

Picture i depends on (seed, i), and on the deck that is drawn from the seed: the number of workers changes nothing.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.training.build import card_label
from models.training.samples import Scene
from models.training.shifted.compose import KINDS, neighbour, nothing, positive
from models.training.shifted.deck import Deck, draw_deck
from models.training.shifted.optics import jpeg_bytes
from models.training.truth import write_truth

QUALITY = (72, 96)
"""Of the files: what damages more was done before, and is in the labels."""


def scene(deck: Deck, seed: int, index: int, each: int) -> Scene:
    """Picture `index`: kinds take turns up to each × 8, then negatives, every other one with a neighbour."""
    rng = np.random.default_rng((seed, index))
    kinds = list(KINDS)
    if index < each * len(kinds):
        return positive(rng, deck, kinds[index % len(kinds)])
    return neighbour(rng, deck) if (index - each * len(kinds)) % 2 == 0 else nothing(rng, deck)


def file_bytes(made: Scene, seed: int, index: int) -> bytes:
    """The picture as a JPEG file, of any good quality."""
    rng = np.random.default_rng((seed, index, 1))
    return jpeg_bytes(made.image, int(rng.integers(*QUALITY)), int(rng.choice([0, 1, 2, 2])))


_deck: Deck
_out: Path
_seed: int
_each: int


def _write(index: int) -> dict[str, Any]:
    made = scene(_deck, _seed, index, _each)
    name = f"{index:07d}.jpg"
    (_out / name).write_bytes(file_bytes(made, _seed, index))
    cards = [card_label(card, np.asarray(card.quad, np.float64)) for card in made.cards]
    return {"file": name, "kind": made.kind, "cards": cards, "neighbours": list(made.neighbours)}


def _begin() -> None:
    cv2.setNumThreads(1)


def write_all(out: Path, count: int, workers: int) -> list[dict[str, Any]]:
    """All pictures, with progress on standard error; their labels."""
    labels: list[dict[str, Any]] = []
    start = time.monotonic()
    # fork: the deck has hundreds of megabytes, and every worker only reads it
    with get_context("fork").Pool(workers, _begin) as pool:
        for label in pool.imap(_write, range(count), chunksize=8):
            labels.append(label)
            if len(labels) % 500 == 0 or len(labels) == count:
                rate = len(labels) / (time.monotonic() - start)
                print(f"{len(labels)} of {count}, {rate:.1f} scenes/s", file=sys.stderr)
    (out / "labels.json").write_text(json.dumps(labels, ensure_ascii=False))
    pictures = ((label["file"], bool(label["cards"]), label["kind"]) for label in labels)
    write_truth(out, pictures, f"shifted seed {_seed}")
    return labels


def main() -> None:
    global _deck, _out, _seed, _each
    parser = argparse.ArgumentParser(prog="models.training.shifted", description="draw the shifted evaluation set")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=300, help="pictures of each kind with ID cards")
    parser.add_argument("--negatives", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=7000003)
    parser.add_argument("--data", type=Path, help="folder with photos, receipts and faces: every fifth is used")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--deck-share", type=float, default=1.0, help="draw fewer cards and surfaces, for a trial")
    args = parser.parse_args()
    cv2.setNumThreads(1)  # before the fork below: OpenCV's own threads do not survive one
    args.out.mkdir(parents=True, exist_ok=True)
    _out, _seed, _each = args.out, args.seed, args.each
    start = time.monotonic()
    _deck = draw_deck(args.seed, args.data, args.workers, share=args.deck_share)
    print(f"deck drawn in {time.monotonic() - start:.0f} s", file=sys.stderr)
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    counts = {"each": args.each, "negatives": args.negatives}
    meta = {"seed": args.seed, **counts, "data": bool(args.data), "commit": commit}
    (args.out / "meta.json").write_text(json.dumps(meta, indent=1))
    write_all(args.out, args.each * len(KINDS) + args.negatives, args.workers)


if __name__ == "__main__":
    main()
