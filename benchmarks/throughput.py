"""`python -m benchmarks.throughput STORE`: files a second of whole scans, beside decode-only, in alternating runs.

Decode-only is the same engine with the same workers and ledger, which reads each file and decodes it as small as a
first look needs: the limit to chase. Then one worker and more, cold files (dropped from the kernel's cache) and warm
ones, a second scan with nothing changed, memory, and milliseconds a stage in one process. Raw results go to
`benchmarks/results/` as JSON; `--table FILE` makes the table of one again, and
`--plot OUT.png` the figure, without measuring.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import cv2
import numpy as np

from benchmarks.plots import figure, spread
from benchmarks.stores import (
    SCANS,
    SETTINGS,
    Run,
    as_json,
    files_of,
    keep,
    measured_on,
    name_of,
    result_options,
    run,
    show,
)
from thaiid_detect.detector import Detector
from thaiid_detect.document import Page
from thaiid_detect.job import default_workers


def measured(store: Path, workers: list[int], runs: int) -> list[Run]:
    """Alternating runs for each number of workers, after one that warms the files up; then cold ones and a re-scan."""
    run("decode_only", store, max(workers))
    done = []
    for _ in range(runs):
        for count in workers:
            for what in ("decode_only", "detect"):
                done.append(tell(run(what, store, count)))
    for _ in range(runs):
        for what in ("decode_only", "detect"):
            done.append(tell(run(what, store, max(workers), cold=True)))
    with tempfile.TemporaryDirectory() as folder:
        ledger = Path(folder) / "scan.db"
        run("detect", store, max(workers), ledger=ledger)
        done += [tell(run("detect", store, max(workers), ledger=ledger)) for _ in range(runs)]
    return done


def tell(done: Run) -> Run:
    cold = "cold" if done.cold else "warm"
    print(f"{done.what:12} {done.workers} workers, {cold}: {done.rate:8.1f} files/s", file=sys.stderr, flush=True)
    return done


class Stages:
    """Milliseconds by stage, each without those that it calls."""

    def __init__(self) -> None:
        self.spent: defaultdict[str, float] = defaultdict(float)
        self._inner = [0.0]

    def timed(self, stage: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """`work`, its time counted as that of the stage."""

        def counted(*arguments: Any, **named: Any) -> Any:
            self._inner.append(0.0)
            began = time.perf_counter()
            try:
                return work(*arguments, **named)
            finally:
                took = time.perf_counter() - began
                self.spent[stage] += (took - self._inner.pop()) * 1e3
                self._inner[-1] += took

        return counted


def stages(files: list[Path]) -> dict[str, float]:
    """Milliseconds a file of each stage, in one process with one thread."""
    cv2.setNumThreads(1)
    clock, detector = Stages(), Detector(settings=SETTINGS)
    examiner = detector._examiner
    for owner, name, stage in (
        (examiner.locator, "glimpse", "first look"),
        (examiner.locator, "locate", "second look"),
        (examiner, "look", "closer looks"),
        (examiner.words, "is_worth_reading", "words"),
        (examiner.words, "read", "words"),
    ):
        setattr(owner, name, clock.timed(stage, getattr(owner, name)))
    read, detect = clock.timed("read", Path.read_bytes), clock.timed("the rest", detector.detect)
    with patch.object(Page, "raster", clock.timed("decode", Page.raster)):
        for file in files:
            detect(read(file))
    return {stage: spent / len(files) for stage, spent in clock.spent.items()}


def table(result: dict[str, Any]) -> str:
    """Medians over the rounds with their spread, in words that can go into a README."""
    runs = [Run(**each) for each in result["runs"]]
    held = f"{result['store']}: {runs[0].files} files, {runs[0].bytes / 1e6:.0f} MB"
    lines = [measured_on(result), held]
    many = max(each.workers for each in runs)
    known = [each for each in runs if each.known]
    fresh = [each for each in runs if not each.known]
    for workers, cold in sorted({(each.workers, each.cold) for each in fresh}, key=lambda pair: (pair[1], pair[0])):
        limit, ours = (
            np.array([r.rate for r in fresh if (r.what, r.workers, r.cold) == (what, workers, cold)])
            for what in ("decode_only", "detect")
        )
        ratios = ours / limit
        megabytes = np.median(ours) * runs[0].bytes / runs[0].files / 1e6
        lines.append(
            f"{workers} workers, {'cold' if cold else 'warm'}: detect {_spread(ours)} files/s ({megabytes:.1f} MB/s), "
            f"decode-only {_spread(limit)}, ratio {_spread(ratios, 3)}"
        )
    one, more = (
        np.array([r.rate for r in fresh if (r.what, r.workers, r.cold) == ("detect", n, False)]) for n in (1, many)
    )
    if many > 1 and len(one) and len(more):
        lines.append(f"{many} workers over 1: {_spread(more / one, 2)}")
    if known:
        lines.append(f"again, nothing changed: {_spread(np.array([each.rate for each in known]), 0)} files/s")
    parent, worker = (
        max(getattr(each, name) for each in fresh if each.what == "detect") for name in ("parent", "worker")
    )
    start = np.median([each.starting for each in fresh if each.what == "detect"])
    lines.append(
        f"memory: parent {parent / 1e6:.0f} MB, worker {worker / 1e6:.0f} MB; first outcomes after {start:.1f} s"
    )
    spent = ", ".join(f"{stage} {ms:.2f}" for stage, ms in result["stages"].items())
    return "\n".join([*lines, f"ms a file by stage, one process: {spent}"])


def _spread(values: Any, digits: int = 1) -> str:
    """Median (least–most)."""
    middle, low, high = (f"{value:,.{digits}f}" for value in (np.median(values), np.min(values), np.max(values)))
    return f"{middle} ({low}–{high})"


def plot(result: dict[str, Any], out: Path) -> None:
    """Files a second by workers, warm and cold: medians, least and most; beside it milliseconds a file by stage."""
    runs = [Run(**each) for each in result["runs"]]
    groups = sorted({(each.cold, each.workers) for each in runs if not each.known})
    with figure(out, f"{result['store']}: {measured_on(result)}", panels=2) as panel:
        axes = panel()
        for number, what in enumerate(SCANS):
            rates = [[r.rate for r in runs if (r.cold, r.workers, r.what, r.known) == (*g, what, 0)] for g in groups]
            middles, ranges = zip(*map(spread, rates), strict=True)
            places = np.arange(len(groups)) + 0.4 * number
            axes.bar(places, middles, 0.4, yerr=np.transpose(ranges), capsize=4, label=what.replace("_", "-"))
        names = [f"{workers} workers,\n{'cold' if cold else 'warm'}" for cold, workers in groups]
        axes.set_xticks(np.arange(len(groups)) + 0.2, names)
        axes.set_ylabel("files/s: median, least and most")
        axes.legend()
        axes = panel()
        axes.barh(list(result["stages"]), list(result["stages"].values()))
        axes.set_xlabel("milliseconds a file, one process")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", type=Path, nargs="?", help="a directory")
    parser.add_argument("--name", help="of the result (default: the directory's, or its parent's if it is `files`)")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--workers", type=int, nargs="+", help="default: 1 and all")
    result_options(parser, plot=True)
    args = parser.parse_args()
    path = args.table
    if path is None:
        if args.store is None:
            parser.error("name a store, or --table FILE")
        files, name = files_of(args.store), args.name or name_of(args.store)
        done = measured(args.store, args.workers or sorted({1, default_workers()}), args.runs)
        result = {"store": name, "runs": as_json(done), "stages": stages(files[:: max(1, len(files) // 300)])}
        path = keep(f"throughput-{name}", result)
    result = show(path, table)
    if args.plot:
        plot(result, args.plot)


if __name__ == "__main__":
    main()
