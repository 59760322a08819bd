"""`python -m benchmarks.latency`: what one upload costs a service, in one thread of one process.

p50, p95 and p99 of `Detector.detect` on bytes for a plain picture, a plain photograph of a phone, a card; each beside
decoding it small. Then how long `import thaiid_detect`, `thaiid-detect --help` and the first `Detector()` take, in new
processes. Raw times go to `benchmarks/results/latency.json`; `--table FILE` makes the table again, and
`--plot OUT.png` the figure, without measuring.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.corpus import PHONE, SCANNER, SEED, WEB, Origin, encoded, long_side, open_pool
from benchmarks.plots import figure
from benchmarks.stores import SETTINGS, keep, measured_on, result_options, show
from models.training.pool import Pool
from models.training.scenes.compose import compose_as
from thaiid_detect.detector import Detector
from thaiid_detect.document import open_document
from thaiid_detect.examiner import small_picture

CASES: dict[str, tuple[tuple[str, ...], Origin]] = {
    "plain, 1 MP": (("everyday", "bare_selfie"), replace(WEB, megapixels=(0.9, 1.1))),
    "plain, 12 MP": (("everyday", "bare_selfie"), replace(PHONE, megapixels=(11.5, 12.2))),
    "card, 2 MP": (("phone_photo", "flatbed"), replace(SCANNER, megapixels=(1.9, 2.1))),
}
STARTS = {
    "python alone": ["-c", "pass"],
    "import thaiid_detect": ["-c", "import thaiid_detect"],
    "thaiid-detect --help": [
        "-c",
        "import sys; sys.argv = ['thaiid-detect', '--help']; from thaiid_detect.cli import main; main()",
    ],
    "Detector()": ["-c", "import thaiid_detect; thaiid_detect.Detector()"],
}


def pictures(pool: Pool, kinds: tuple[str, ...], origin: Origin, count: int) -> list[bytes]:
    """JPEG files of one case."""
    files = []
    for number in range(count):
        rng = np.random.default_rng((SEED, number))
        scene = compose_as(rng, pool, kinds[number % len(kinds)], long_side(rng, origin))
        files.append(encoded(rng, scene.image, origin))
    return files


def decode(data: bytes) -> None:
    """As small as a first look needs."""
    small_picture(open_document(data, SETTINGS).page(1))


def timed(work: Callable[[bytes], object], files: list[bytes]) -> list[float]:
    """Milliseconds of each file."""
    times = []
    for data in files:
        began = time.perf_counter()
        work(data)
        times.append((time.perf_counter() - began) * 1e3)
    return times


def started(arguments: list[str]) -> float:
    """Milliseconds of a new Python process."""
    began = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return (time.perf_counter() - began) * 1e3


def measure(pool: Pool, count: int, rounds: int) -> dict[str, Any]:
    """Alternating rounds of decoding and detecting over the same files, after one of each to warm up."""
    cv2.setNumThreads(1)
    detector = Detector(settings=SETTINGS)
    cases = {}
    for name, (kinds, origin) in CASES.items():
        files = pictures(pool, kinds, origin, count)
        works: dict[str, Callable[[bytes], object]] = {"decode": decode, "detect": detector.detect}
        for work in works.values():
            timed(work, files)
        times = [{what: timed(work, files) for what, work in works.items()} for _ in range(rounds)]
        verdicts = [str(detector.detect(data).verdict) for data in files]
        cases[name] = {"rounds": times, "verdicts": verdicts, "bytes": sum(map(len, files))}
        print(f"{name}: done", file=sys.stderr, flush=True)
    starts = {name: [started(arguments) for _ in range(2 * rounds)][1:] for name, arguments in STARTS.items()}
    return {"cases": cases, "starts": starts}


def table(result: dict[str, Any]) -> str:
    """In words that can go into a README."""
    lines = [measured_on(result)]
    for name, case in result["cases"].items():
        limit, ours = (np.array([each[what] for each in case["rounds"]]) for what in ("decode", "detect"))
        p50, p95, p99 = np.percentile(ours, (50, 95, 99))
        rounds = np.percentile(ours, 95, axis=1)
        count = ours.shape[1]
        lines.append(
            f"{name:13} n {count} x {len(ours)}, {case['bytes'] / count / 1e6:.2f} MB a file: p50 {p50:6.2f}  "
            f"p95 {p95:6.2f} ({rounds.min():.2f}-{rounds.max():.2f} by round)  p99 {p99:6.2f} ms; "
            f"decoding alone p50 {np.median(limit):.2f} ms"
        )
    for name, times in result["starts"].items():
        lines.append(f"{name:21} {np.median(times):6.0f} ms ({min(times):.0f}-{max(times):.0f})")
    return "\n".join(lines)


def plot(result: dict[str, Any], out: Path) -> None:
    """Which share of the pictures of each case is done in how many milliseconds; dashed: decoded only."""
    with figure(out, measured_on(result)) as panel:
        axes = panel()
        for number, (name, case) in enumerate(result["cases"].items()):
            for what, style in (("detect", "-"), ("decode", "--")):
                times = np.sort([time for each in case["rounds"] for time in each[what]])
                share = 100 * np.arange(1, len(times) + 1) / len(times)
                axes.plot(times, share, style, color=f"C{number}", label=f"{name}, {what}")
        axes.axhline(95, color="grey", linewidth=0.5)
        axes.set(xscale="log", xlabel="milliseconds a picture, one thread", ylabel="pictures done, %", ylim=(0, 101))
        axes.legend()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--pool", type=Path, help="drawn pieces; drawn first if absent", default=Path(".cache/bench/pool")
    )
    parser.add_argument("--count", type=int, default=40, help="files of each case")
    parser.add_argument("--rounds", type=int, default=5)
    result_options(parser, plot=True)
    args = parser.parse_args()
    path = args.table or keep("latency", measure(open_pool(args.pool), args.count, args.rounds))
    result = show(path, table)
    if args.plot:
        plot(result, args.plot)


if __name__ == "__main__":
    main()
