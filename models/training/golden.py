"""Golden outcomes: `python -m models.training.golden` writes what these weights say of the pictures in `tests/data`.

    tests/data/golden.json    the weights' hashes; of each file verdict, reason, score, the sides of its cards, and
                              whether their numbers were read and are valid

A change that alters an outcome then shows in the diff of that file, not in a customer's ledger. Without
Tesseract, whose versions read differently, and without numbers, even masked ones.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from models.training.machine import weights_here
from thaiid_detect.detector import Detector
from thaiid_detect.records import Outcome
from thaiid_detect.settings import Settings

DATA = Path(__file__).resolve().parents[2] / "tests" / "data"
GOLDEN = DATA / "golden.json"
FOLDERS = ("demo-store", "regressions")


def summary(outcome: Outcome) -> dict[str, Any]:
    """What is kept of an outcome."""
    sides = [card.side.value for card in outcome.cards]
    numbers = [card.to_dict()["checksum"] for card in outcome.cards]
    kept = {"verdict": outcome.verdict.value, "reason": outcome.reason.value, "score": round(outcome.score, 2)}
    return kept | {"sides": sides, "numbers": numbers}


def present() -> dict[str, Any]:
    """What the weights that lie here say now."""
    detector = Detector(settings=Settings(second_reader=False))
    files = sorted(path for folder in FOLDERS for path in (DATA / folder).rglob("*") if path.is_file())
    return {
        "weights": weights_here(),
        "outcomes": {path.relative_to(DATA).as_posix(): summary(detector.detect(path)) for path in files},
    }


def main() -> None:
    argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    GOLDEN.write_text(json.dumps(present(), indent=1) + "\n")
    print(f"{GOLDEN} written: look at its diff")


if __name__ == "__main__":
    main()
