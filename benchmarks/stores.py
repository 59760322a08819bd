"""What the benchmarks share: files of a store, running a scan over it, memory of its processes, results on disk."""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import cv2

from models.training.machine import environment
from thaiid_detect.document import open_document
from thaiid_detect.engine import Scan, scan, scan_store
from thaiid_detect.errors import ThaiIdDetectError
from thaiid_detect.examiner import small_picture
from thaiid_detect.image import DecodeError
from thaiid_detect.job import Analyse, Job
from thaiid_detect.records import Item, Outcome, Reason, Verdict
from thaiid_detect.settings import Settings
from thaiid_detect.sources import open_source
from thaiid_detect.summary import ScanSummary

RESULTS = Path(__file__).parent / "results"
SETTINGS = Settings(second_reader=False)
SAMPLED = 0.25
"""Seconds between two looks at the memory of the processes."""


@dataclass(frozen=True, slots=True)
class DecodeOnly:
    """The limit to chase: each file decoded as small as a first look needs, nothing else."""

    settings: Settings = SETTINGS

    def __call__(self) -> Analyse:
        cv2.setNumThreads(1)
        return self.analyse

    def analyse(self, item: Item, data: bytes) -> Outcome:
        """Clear where every page was decoded; nobody has looked at it."""
        try:
            for page in open_document(data, self.settings):
                small_picture(page)
        except DecodeError as error:
            return Outcome(item, Verdict.UNANALYSED, error.reason)
        except ThaiIdDetectError:
            return Outcome(item, Verdict.UNANALYSED, Reason.UNSUPPORTED)
        return Outcome(item, Verdict.CLEAR, Reason.NO_CARD)


@dataclass(frozen=True, slots=True)
class Run:
    """One scan. `seconds`: from the first outcomes on, for the `counted` files that came after these: workers are up by
    then, as they are for all but the first seconds of a long scan; `starting`: until then. Of a scan of which all is
    known, or that is over with its first outcomes, the whole. Memory in bytes, the most that was seen."""

    what: str
    workers: int
    cold: bool
    files: int
    bytes: int
    counted: int
    seconds: float
    starting: float
    parent: int
    worker: int
    verdicts: dict[str, int]
    known: int = 0
    """Files that had an outcome in the ledger already."""

    @property
    def rate(self) -> float:
        """Files a second."""
        return self.counted / self.seconds


def resident(pid: int | str = "self") -> int:
    """Bytes of memory that a process holds, 0 where that cannot be asked. Source: proc(5), statm."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGESIZE")
    except OSError:
        return 0


def forget(files: list[Path]) -> None:
    """Asks the kernel to drop what it holds of the files, so that they are read from the disk again."""
    for file in files:
        with contextlib.suppress(OSError):
            handle = os.open(file, os.O_RDONLY)
            try:
                os.posix_fadvise(handle, 0, 0, os.POSIX_FADV_DONTNEED)
            finally:
                os.close(handle)


def files_of(store: Path) -> list[Path]:
    """All files, in order of their names. Raises SystemExit where there are none."""
    files = sorted(path for path in store.rglob("*") if path.is_file())
    if not files:
        raise SystemExit(f"{store} holds no files: name a directory with pictures (benchmarks.corpus draws one)")
    return files


def name_of(store: Path) -> str:
    """The directory's name, or its parent's if it is `files`."""
    place = store.resolve()
    return place.parent.name if place.name == "files" else place.name


class Watch:
    """What a run took, and when its first outcomes were there. To be given to a scan as `on_progress`."""

    def __init__(self) -> None:
        self.parent = self.worker = 0
        self.begun: tuple[float, int] | None = None
        """When, by `time.monotonic`, and how many outcomes there were by then."""
        self._next = 0.0

    def __call__(self, summary: ScanSummary) -> None:
        now = time.monotonic()
        if self.begun is None and summary.analysed:
            self.begun = now, summary.analysed
        if now < self._next:
            return
        self._next = now + SAMPLED
        self.parent = max(self.parent, resident())
        pids = [child.pid for child in multiprocessing.active_children() if child.pid]
        self.worker = max([self.worker, *map(resident, pids)])


def counted_from(watch: Watch, began: float, analysed: int) -> tuple[float, int]:
    """From when, and after how many files, a scan counts: from its first outcomes on; from its beginning where those
    were all. See `Run`."""
    first, before = watch.begun or (began, 0)
    return (began, 0) if before == analysed else (first, before)


def detecting(store: Path, ledger: Path, workers: int, watch: Watch) -> Scan:
    """The scan that users run."""
    return scan_store(store, ledger=ledger, workers=workers, settings=SETTINGS, on_progress=watch)


def decoding(store: Path, ledger: Path, workers: int, watch: Watch) -> Scan:
    """The same engine, ledger and workers around decoding alone."""
    job = Job(open_source(store), DecodeOnly(), model="decode-only")
    return scan(job, ledger, fingerprint="decode-only", workers=workers, on_progress=watch)


SCANS = {"detect": detecting, "decode_only": decoding}


def run(what: str, store: Path, workers: int, *, cold: bool = False, ledger: Path | None = None) -> Run:
    """One scan of the store, with a ledger of its own, or with one that has outcomes already."""
    if cold:
        forget(files_of(store))
    start = SCANS[what]
    return clocked(what, workers, lambda place, watch: start(store, place, workers, watch), cold=cold, ledger=ledger)


def clocked(
    what: str,
    workers: int,
    start: Callable[[Path, Watch], Scan],
    *,
    cold: bool = False,
    ledger: Path | None = None,
) -> Run:
    """The scan that `start` begins when it is told where the ledger lies and who watches."""
    watch, began = Watch(), time.monotonic()
    with tempfile.TemporaryDirectory() as folder, start(ledger or Path(folder) / "scan.db", watch) as going:
        for _ in going:
            pass
        ended = time.monotonic()
    summary = going.summary
    first, before = counted_from(watch, began, summary.analysed)
    return Run(
        what,
        workers,
        cold,
        summary.listed,
        summary.listed_bytes,
        (summary.analysed or summary.listed) - before,
        ended - first,
        first - began,
        watch.parent,
        watch.worker,
        {str(verdict): count for verdict, count in summary.verdicts.items()},
        summary.skipped,
    )


def keep(name: str, result: dict[str, Any]) -> Path:
    """The raw result as JSON, with what it was measured on."""
    RESULTS.mkdir(exist_ok=True)
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"environment": environment(), **result}, indent=1) + "\n")
    return path


def result_options(parser: argparse.ArgumentParser, *, plot: bool = False) -> None:
    """The options of a benchmark whose tables, and figures, follow from its raw results."""
    parser.add_argument("--table", type=Path, help="make the table of an earlier result again")
    if plot:
        parser.add_argument(
            "--plot", type=Path, metavar="OUT.png", help="also draw the figure; with --table, of that result"
        )


def show(path: Path, table: Callable[[dict[str, Any]], str]) -> dict[str, Any]:
    """Prints the table of a raw result, and where that lies; the result."""
    result: dict[str, Any] = json.loads(path.read_text())
    print(f"{table(result)}\nraw results: {path}")
    return result


def measured_on(result: dict[str, Any]) -> str:
    """The environment line of what `keep` wrote."""
    return ", ".join(f"{key} {value}" for key, value in result["environment"].items())


def as_json(runs: list[Run]) -> list[dict[str, Any]]:
    return [asdict(each) for each in runs]
