"""`python -m benchmarks.scale`: whether memory and time stay flat as stores and ledgers grow.

`scan`: a made-up source of 10^4, 10^5 and 10^6 tiny items, an analyser that answers at once: memory of the parent while
it runs, items a second; and again with nothing changed. `ledger`: a ledger of made-up rows (10^7 of them take 7 GB and
some minutes): opening it, looking up what is done, counting, the first rows, the marks of a scan that met nothing.
Raw results go to `benchmarks/results/` as JSON; `--table FILE` makes the table of one again, and `--plot OUT.png` the
figure of a `scan`, without measuring.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from benchmarks.plots import Axes, figure
from benchmarks.stores import keep, measured_on, resident, result_options, show
from thaiid_detect.engine import LISTED_AT_ONCE, scan
from thaiid_detect.job import Analyse, Job
from thaiid_detect.ledger import ALWAYS_RETRIED, Ledger, LedgerView
from thaiid_detect.records import Item, Outcome, Reason, Verdict
from thaiid_detect.sources import Listed
from thaiid_detect.summary import ScanSummary

STORE = "made-up:"
FINGERPRINT = "scale"
SAMPLES = 200
"""Looks at the memory of the parent during a scan."""
BATCH = 50_000
LOOKED_UP = 20_000


def made_up(number: int) -> Item:
    """The item of that number, of a name as long as those of real stores."""
    return Item(
        f"/srv/uploads/{2014 + number % 5}/{number // 5000:06d}/customer-{number:09d}-front.jpg",
        700_000 + number % 1000,
        "1500000000123456789",
    )


@dataclass(frozen=True)
class MadeUp:
    """A source of `count` items, made as they are listed; each is four bytes."""

    count: int
    base: ClassVar[str] = "/"
    ahead: ClassVar[int] = 0

    @property
    def uri(self) -> str:
        return STORE

    def items(self) -> Iterator[Listed]:
        return map(made_up, range(self.count))

    def read(self, item: Item, max_bytes: int) -> tuple[Item, bytes]:
        return item, b"tiny"

    def contains(self, path: Path) -> bool:
        return False


def at_once(item: Item, data: bytes) -> Outcome:
    """One in twenty is a card."""
    if item.size % 20:
        return Outcome(item, Verdict.CLEAR, Reason.NO_CARD, sha256="0" * 64, media_type="image/jpeg", pages=1)
    return Outcome(item, Verdict.ID_CARD, Reason.WORDS, 0.99, sha256="0" * 64, media_type="image/jpeg", pages=1)


def make_at_once() -> Analyse:
    return at_once


class Memory:
    """The parent's memory (bytes) after how many items, at most `SAMPLES` times."""

    def __init__(self, count: int) -> None:
        self.seen: list[tuple[int, int]] = []
        self._every = max(1, count // SAMPLES)

    def __call__(self, summary: ScanSummary) -> None:
        if not self.seen or summary.listed >= self.seen[-1][0] + self._every:
            self.seen.append((summary.listed, resident()))


def scanned(count: int, workers: int, folder: Path) -> dict[str, Any]:
    """A scan of `count` items, and another with nothing changed; each in this process, which only ever grows."""
    job, runs = Job(MadeUp(count), make_at_once), []
    for what in ("fresh", "again"):
        memory, began = Memory(count), time.perf_counter()
        going = scan(job, folder / f"{count}.db", fingerprint=FINGERPRINT, workers=workers, on_progress=memory)
        with going:
            for _ in going:
                pass
        seconds = time.perf_counter() - began
        runs.append({"what": what, "count": count, "seconds": seconds, "memory": memory.seen})
        tell(f"{count:,} items {what}: {count / seconds:,.0f} items/s")
    return {"runs": runs, "ledger_bytes": (folder / f"{count}.db").stat().st_size}


def fill(path: Path, rows: int) -> float:
    """A ledger of made-up rows, by the statements of `Ledger.record`; the seconds it took."""
    began = time.perf_counter()
    with Ledger(path, store_uri=STORE, fingerprint=FINGERPRINT) as ledger:
        for first in range(0, rows, BATCH):
            ledger.record(at_once(made_up(number), b"") for number in range(first, min(first + BATCH, rows)))
            if first % (20 * BATCH) == 0:
                tell(f"{first:,} rows")
    return time.perf_counter() - began


def timed(work: Callable[[], object]) -> float:
    """Seconds."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def asked(path: Path, rows: int) -> dict[str, float]:
    """Seconds of each question to a ledger of so many rows."""
    seconds: dict[str, float] = {}

    def note(what: str, work: Callable[[], object]) -> None:
        seconds[what] = timed(work)
        tell(f"{what}: {seconds[what]:.3f} s")

    chance = random.Random(1)
    scattered = [made_up(number) for number in chance.sample(range(rows), min(rows, LOOKED_UP))]
    start = max(0, rows // 3 - LOOKED_UP)
    running = [made_up(number) for number in range(start, min(rows, start + LOOKED_UP))]
    note("open to read", lambda: LedgerView(path).close())
    with LedgerView(path) as view:
        note("first 10 rows", lambda: [next(each) for each in [view.rows()] for _ in range(10)])
        note(
            "first 10 rows of a fingerprint",
            lambda: [next(each) for each in [view.rows(FINGERPRINT)] for _ in range(10)],
        )
        note("counts", view.counts)
    note("open to write", lambda: Ledger(path, store_uri=STORE, fingerprint=FINGERPRINT).close())
    with Ledger(path, store_uri=STORE, fingerprint=FINGERPRINT) as ledger:
        note(f"done, {len(scattered):,} scattered", lambda: look_up(ledger, scattered))
        note(f"done, {len(running):,} in order", lambda: look_up(ledger, running))
        note("record 256", lambda: ledger.record(at_once(made_up(rows + number), b"") for number in range(256)))
        note("mark all but these gone", ledger.mark_gone)
    return seconds


def look_up(ledger: Ledger, items: list[Item]) -> None:
    for first in range(0, len(items), LISTED_AT_ONCE):
        ledger.done(items[first : first + LISTED_AT_ONCE], retry=ALWAYS_RETRIED)


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def table(result: dict[str, Any]) -> str:
    """In words that can go into a README."""
    lines = [measured_on(result)]
    for scan_ in result.get("scans", ()):
        for run in scan_["runs"]:
            megabytes = [held / 1e6 for _, held in run["memory"]]
            later = megabytes[len(megabytes) // 4 :]
            lines.append(
                f"{run['count']:>9,} items, {run['what']}: {run['count'] / run['seconds']:,.0f} items/s; parent "
                f"{max(megabytes):.0f} MB at most, {min(later):.0f}–{max(later):.0f} after the first quarter"
            )
    for ledger in result.get("ledgers", ()):
        lines.append(
            f"ledger of {ledger['rows']:,} rows, {ledger['bytes'] / 1e9:.1f} GB, SQLite {ledger['sqlite']}, written at "
            f"{ledger['rows'] / ledger['fill']:,.0f} rows/s"
        )
        lines += [f"  {what}: {seconds:,.3f} s" for what, seconds in ledger["seconds"].items()]
    return "\n".join(lines)


def plot(result: dict[str, Any], out: Path) -> None:
    """Memory of the parent over the items listed, a line for each size of store."""
    with figure(out, measured_on(result)) as axes_of:
        axes: Axes = axes_of()
        for scan_ in result["scans"]:
            for run, style in zip(scan_["runs"], ("-", "--"), strict=True):
                listed, held = zip(*run["memory"], strict=True)
                axes.plot(listed, [each / 1e6 for each in held], style, label=f"{run['count']:,} items, {run['what']}")
        axes.set(xlabel="items listed", ylabel="memory of the parent, MB", xscale="log", ylim=(0, None))
        axes.legend()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("scan", "ledger"), nargs="?")
    parser.add_argument(
        "--counts", type=int, nargs="+", default=[10_000, 100_000, 1_000_000], help="items of the scans"
    )
    parser.add_argument("--rows", type=int, default=10_000_000, help="of the ledger")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the ledgers lie meanwhile (default: the temporary folder)")
    result_options(parser, plot=True)
    args = parser.parse_args()
    path = args.table
    if path is None:
        if args.what is None:
            parser.error("say scan or ledger, or --table FILE")
        with tempfile.TemporaryDirectory(dir=args.folder) as name:
            path = keep(f"scale-{args.what}", measured(args.what, args, Path(name)))
    result = show(path, table)
    if args.plot:
        if "scans" not in result:
            parser.error("only a `scan` has a figure")
        plot(result, args.plot)


def measured(what: str, args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    if what == "scan":
        return {"workers": args.workers, "scans": [scanned(count, args.workers, folder) for count in args.counts]}
    path = folder / "scan.db"
    spent = fill(path, args.rows)
    size = path.stat().st_size
    facts = {"rows": args.rows, "bytes": size, "fill": spent, "sqlite": sqlite3.sqlite_version}
    return {"ledgers": [{**facts, "seconds": asked(path, args.rows)}]}


if __name__ == "__main__":
    main()
