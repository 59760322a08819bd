"""`python -m benchmarks.rivals.compare CORPUS`: what users would pick instead, on the same files: speed and recall.

CORPUS is a folder that `benchmarks.corpus` drew, or any with `files/` and a `truth.tsv`. A part of it is taken, evenly,
since rivals need seconds a file. One process each, one thread. Raw results go to `benchmarks/results/rivals-….json`;
`--table FILE` makes the table of one again, without measuring.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.rivals.adapters import RIVALS, Rival
from benchmarks.stores import keep, measured_on, result_options, show
from models.training.evaluate import wilson


def sample(corpus: Path, most: int, seed: int) -> list[tuple[Path, bool]]:
    """(file, whether an ID card is on it), drawn by chance but the same each time."""
    with (corpus / "truth.tsv").open(newline="", encoding="utf-8") as file:
        rows = [(row["file"], row["expect"] == "id_card") for row in csv.DictReader(file, delimiter="\t")]
    chosen = np.random.default_rng(seed).permutation(len(rows))[:most]
    return [(corpus / "files" / rows[i][0], rows[i][1]) for i in sorted(chosen.tolist())]


def one(rival: Rival, files: list[tuple[Path, bool]]) -> list[tuple[float, bool | None]]:
    """(seconds, what it says) of each file; None where it fails."""
    answers: list[tuple[float, bool | None]] = []
    for path, _ in files:
        began = time.perf_counter()
        try:
            said: bool | None = rival(path)
        except Exception:  # a rival may fail in any way: that is an answer, too
            said = None
        answers.append((time.perf_counter() - began, said))
    return answers


def table(result: dict[str, Any]) -> str:
    """In words that can go into a README."""
    lines = [measured_on(result)]
    truth = np.array(result["truth"])
    lines.append(f"{result['corpus']}: {len(truth)} files, {truth.sum()} with an ID card")
    base = None
    for name, answers in result["rivals"].items():
        if isinstance(answers, str):
            lines.append(f"{name:30} {answers}")
            continue
        seconds = np.array([spent for spent, _ in answers])
        said = np.array([bool(word) for _, word in answers])
        failed = sum(word is None for _, word in answers)
        base = base or float(seconds.sum())
        low, high = wilson(int(said[truth].sum()), int(truth.sum()))
        lines.append(
            f"{name:30} {len(seconds) / seconds.sum():8.2f} files/s (we: x {seconds.sum() / base:5.0f})  found "
            f"{said[truth].sum()} of {truth.sum()} ({100 * low:.0f}-{100 * high:.0f} %)  false alarms "
            f"{said[~truth].sum()} of {(~truth).sum()}  failed {failed}"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path, nargs="?")
    parser.add_argument("--most", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", choices=list(RIVALS), help="may be given again")
    result_options(parser)
    args = parser.parse_args()
    if args.table:
        print(table(json.loads(args.table.read_text())))
        return
    if args.corpus is None or not (args.corpus / "truth.tsv").exists():
        parser.error("name a folder with files/ and truth.tsv (python -m benchmarks.corpus draws one), or --table FILE")
    os.environ["OMP_THREAD_LIMIT"] = "1"
    cv2.setNumThreads(1)
    files = sample(args.corpus, args.most, args.seed)
    rivals: dict[str, Any] = {}
    for name in args.only or RIVALS:
        try:
            rival = RIVALS[name]()
            rival(files[0][0])
        except (ImportError, OSError, RuntimeError) as error:
            rivals[name] = f"not measured: {type(error).__name__}"
            continue
        rivals[name] = one(rival, files)
        print(f"{name}: done", file=sys.stderr, flush=True)
    result = {"corpus": args.corpus.name, "truth": [card for _, card in files], "rivals": rivals}
    show(keep(f"rivals-{args.corpus.name}", result), table)


if __name__ == "__main__":
    main()
