"""`make bench`: milliseconds a file of `Detector.detect`, beside decode-only over the same files in alternating runs.

Decode-only reads each file and decodes it as small as the first look needs, nothing else: the limit to chase. Raw times
go to `benchmarks/results/` as JSON, the table is made from them (`--table FILE` makes it again, without measuring).
One process, one thread: what one worker does.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.training.machine import environment
from thaiid_detect.detector import Detector
from thaiid_detect.document import open_document
from thaiid_detect.examiner import small_picture
from thaiid_detect.image import DecodeError
from thaiid_detect.settings import Settings

SETTINGS = Settings(second_reader=False)
RESULTS = Path(__file__).parent / "results"
DEMO = Path(__file__).parents[1] / "tests/data/demo-store"


def decode_only(file: Path) -> str:
    """Reads and decodes; the word for what came of it."""
    try:
        for page in open_document(file.read_bytes(), SETTINGS):
            small_picture(page)
    except DecodeError as error:
        return error.reason
    return "decoded"


def timed(work: Callable[[Path], str], files: list[Path]) -> list[tuple[float, str]]:
    """(milliseconds, what came of it) of each file."""
    times = []
    for file in files:
        began = time.perf_counter()
        word = work(file)
        times.append(((time.perf_counter() - began) * 1e3, word))
    return times


def measure(files: list[Path], runs: int) -> dict[str, Any]:
    """Alternating runs of both over the same files, after one warm-up run of each."""
    cv2.setNumThreads(1)
    detector = Detector(settings=SETTINGS)

    def detect(file: Path) -> str:
        return detector.detect(file).verdict

    timed(decode_only, files)
    timed(detect, files)
    rounds = [{"decode_only": timed(decode_only, files), "detect": timed(detect, files)} for _ in range(runs)]
    names = [str(file) for file in files]
    megabytes = sum(file.stat().st_size for file in files) / 1e6
    return {"environment": environment(), "files": names, "megabytes": megabytes, "rounds": rounds}


def table(result: dict[str, Any]) -> str:
    """Medians over the rounds, in words that can go into a README."""
    rounds = result["rounds"]
    limit, ours = (np.array([[ms for ms, _ in each[name]] for each in rounds]) for name in ("decode_only", "detect"))
    clear = np.array([word == "clear" for _, word in rounds[0]["detect"]])
    ratios = limit.sum(1) / ours.sum(1)
    lines = [f"{key} {value}" for key, value in result["environment"].items()]
    lines = [", ".join(lines), f"{len(result['files'])} files, {result['megabytes']:.1f} MB, {len(rounds)} rounds"]
    for name, chosen in (("all files", np.ones_like(clear)), ("clear files", clear), ("other files", ~clear)):
        if not chosen.any():
            continue
        each, least = np.median(ours[:, chosen], axis=0), np.median(limit[:, chosen], axis=0)
        lines.append(
            f"{name:12} n {chosen.sum():5}  decode-only median {np.median(least):7.2f} ms"
            f"  detect median {np.median(each):7.2f} ms  p95 {np.percentile(each, 95):8.2f} ms"
            f"  ratio of sums {least.sum() / each.sum():.2f}"
        )
    lines.append(f"decode-only over detect, by round: {', '.join(f'{ratio:.3f}' for ratio in ratios)}")
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, nargs="?", default=DEMO, help="a directory (default: the demo store)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--most", type=int, default=500, help="measure at most this many files, evenly picked")
    parser.add_argument("--table", type=Path, help="make the table of an earlier result again")
    args = parser.parse_args()
    if args.table:
        print(table(json.loads(args.table.read_text())))
        return
    files = sorted(path for path in args.store.rglob("*") if path.is_file())
    if not files:
        sys.exit(f"{args.store} holds no files: name a directory with pictures")
    result = measure(files[:: max(1, len(files) // args.most)][: args.most], args.runs)
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"latency-{args.store.resolve().name}.json"
    path.write_text(json.dumps(result))
    print(f"{table(result)}\nraw times: {path}")


if __name__ == "__main__":
    main()
