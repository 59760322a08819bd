"""`python -m benchmarks.tune STORE`: the workers, threads and window with which this machine scans your store fastest.

Takes a sample of the store's files, the same each time, by a list of their names: nothing is copied, and the results
name no file. Each combination scans it with a new ledger, in alternating runs, as `thaiid-detect scan` would. Raw
results go to `benchmarks/results/tune-….json`; `--table FILE` makes the table of one again, and `--plot OUT.png` the
figure, without measuring. None of the three changes an answer.
"""

from __future__ import annotations

import argparse
import itertools
import random
import sys
import tempfile
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.plots import figure, spread
from benchmarks.stores import Watch, clocked, keep, measured_on, name_of, result_options, show
from thaiid_detect.engine import Scan, scan_store
from thaiid_detect.job import default_workers
from thaiid_detect.records import Item
from thaiid_detect.sources import open_source, uri_to_path
from thaiid_detect.workers import AHEAD

SEED = 1


@dataclass(frozen=True, slots=True)
class Tried:
    """One combination: worker processes, threads of each network, items in each worker's queue. `rates`: files/s
    of each run; `worker`: bytes of memory of the largest worker that was seen."""

    workers: int
    threads: int
    window: int
    rates: list[float] = field(default_factory=list)
    worker: int = 0

    @property
    def rate(self) -> float:
        return spread(self.rates)[0]

    @property
    def cost(self) -> tuple[int, int]:
        """What it takes of the machine: cores first."""
        return self.workers * self.threads, self.window


def sample(store: str, most: int, seed: int) -> list[Item]:
    """So many of the store's files, any as likely as any other, the same each time; in the order of the listing. Those
    with a line break in their names are left out: no list can name them. Bounded memory (algorithm R, Vitter 1985)."""
    chance, chosen, seen = random.Random(seed), list[tuple[int, Item]](), 0
    for entry in open_source(store).items():
        if not isinstance(entry, Item) or {*b"\r\n"} & {*uri_to_path(entry.uri)}:
            continue
        seen += 1
        if len(chosen) < most:
            chosen.append((seen, entry))
        elif (place := chance.randrange(seen)) < most:
            chosen[place] = seen, entry
    if not chosen:
        raise SystemExit(f"{store} holds no files: name a store with pictures (benchmarks.corpus draws one)")
    return [item for _, item in sorted(chosen, key=lambda pair: pair[0])]


def write_list(items: list[Item], path: Path) -> str:
    """The store that these items are."""
    path.write_bytes(b"\n".join(uri_to_path(item.uri) for item in items))
    return f"@{path}"


def measure(store: str, tried: Tried) -> Tried:
    """One more run of that combination, with a ledger of its own."""
    workers, threads, window = tried.workers, tried.threads, tried.window

    def start(ledger: Path, watch: Watch) -> Scan:
        return scan_store(store, ledger=ledger, workers=workers, threads=threads, window=window, on_progress=watch)

    done = clocked("detect", workers, start)
    return Tried(workers, threads, window, [*tried.rates, done.rate], max(tried.worker, done.worker))


def sweep(store: str, combinations: list[Tried], runs: int) -> list[Tried]:
    """All of them, in alternating runs, so that what else the machine does meanwhile meets each alike."""
    measure(store, combinations[0])  # warms the files up
    for number in range(runs):
        for place, tried in enumerate(combinations):
            combinations[place] = done = measure(store, tried)
            told = f"{done.workers} workers, {done.threads} threads, window {done.window}: {done.rates[-1]:.1f} files/s"
            print(f"run {number + 1} of {runs}, {told}", file=sys.stderr, flush=True)
    return combinations


def best(combinations: list[Tried]) -> Tried:
    """The one that takes least of the machine among those that cannot be told from the fastest: at their best they were
    as fast as that at its median."""
    fastest = max(tried.rate for tried in combinations)
    return min((tried for tried in combinations if max(tried.rates) >= fastest), key=lambda tried: tried.cost)


def table(result: dict[str, Any]) -> str:
    """Medians, least and most, fastest first; then what to take."""
    combinations = [Tried(**each) for each in result["combinations"]]
    lines = [measured_on(result), f"{result['store']}: {result['files']} files, {result['bytes'] / 1e6:.0f} MB"]
    lines.append("workers  threads  window  files/s                 worker MB")
    for each in sorted(combinations, key=lambda tried: -tried.rate):
        reach = f"{each.rate:.1f} ({min(each.rates):.1f}–{max(each.rates):.1f})"
        lines.append(f"{each.workers:7}  {each.threads:7}  {each.window:6}  {reach:22}  {each.worker / 1e6:9.0f}")
    take = best(combinations)
    lines.append(f"take: scan_store(…, workers={take.workers}, threads={take.threads}, window={take.window})")
    if (take.threads, take.window) == (1, AHEAD):
        lines.append(f"or:   thaiid-detect scan … --workers {take.workers}")
    return "\n".join(lines)


def plot(result: dict[str, Any], out: Path) -> None:
    """Files a second over the workers, a line for each number of threads and window: medians, least and most."""
    combinations = [Tried(**each) for each in result["combinations"]]
    with figure(out, f"{result['store']}, {result['files']} files: {measured_on(result)}") as panel:
        axes = panel()
        for threads, window in sorted({(each.threads, each.window) for each in combinations}):
            line = sorted((t for t in combinations if (t.threads, t.window) == (threads, window)), key=lambda t: t.cost)
            middles, ranges = zip(*(spread(each.rates) for each in line), strict=True)
            reach = list(zip(*ranges, strict=True))
            label = f"{threads} threads, window {window}"
            axes.errorbar([each.workers for each in line], middles, reach, marker="o", capsize=3, label=label)
        axes.set(xlabel="worker processes", ylabel="files/s: median, least and most", ylim=(0, None))
        axes.set_xticks(sorted({each.workers for each in combinations}))
        axes.legend()


def main() -> None:
    here = default_workers()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", nargs="?", help="what `thaiid-detect scan` takes")
    parser.add_argument("--files", type=int, default=300, help="in the sample")
    parser.add_argument("--seed", type=int, default=SEED, help="of the sample")
    parser.add_argument("--workers", type=int, nargs="+", default=sorted({max(1, here // 2), here, here + 1}))
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--windows", type=int, nargs="+", default=[2, AHEAD, 4 * AHEAD])
    parser.add_argument("--runs", type=int, default=3, help="of each combination")
    result_options(parser, plot=True)
    args = parser.parse_args()
    path = args.table
    if path is None:
        if args.store is None:
            parser.error("name a store, or --table FILE")
        combinations = [Tried(*each) for each in itertools.product(args.workers, args.threads, args.windows)]
        items = sample(args.store, args.files, args.seed)
        with tempfile.TemporaryDirectory() as folder:
            tried = sweep(write_list(items, Path(folder) / "sample.txt"), combinations, args.runs)
        name, size = name_of(Path(args.store)), sum(item.size for item in items)
        facts = {"store": name, "files": len(items), "bytes": size, "seed": args.seed}
        path = keep(f"tune-{name}", {**facts, "combinations": [asdict(each) for each in tried]})
    result = show(path, table)
    if args.plot:
        plot(result, args.plot)


if __name__ == "__main__":
    main()
