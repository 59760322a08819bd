"""What is done with each item, and by whom: the job, the protocol of pools, and the pool without processes."""

from __future__ import annotations

import logging
import os
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from thaiid_detect.records import Item, Mode, Outcome, Reason, Verdict
from thaiid_detect.sources import ReadFailure, Source

__all__ = ["Analyse", "Job", "Pool", "Read", "SerialPool", "default_workers"]

logger = logging.getLogger(__name__)

Analyse = Callable[[Item, bytes], Outcome]
Read = Callable[[Item], tuple[Item, bytes]]


@dataclass(frozen=True)
class Job:
    """What a worker needs to know; picklable. `make_analyse` builds what does not pickle, once in each worker."""

    source: Source
    make_analyse: Callable[[], Analyse]
    mode: Mode = Mode.BALANCED
    max_bytes: int = 256 << 20
    item_seconds: float = 60.0
    memory_bytes: int | None = None
    """What a worker may allocate beyond what it has when it is ready; None for no cap. Linux only."""
    model: str = ""
    """Named in the outcomes of items that no analyser has seen, as the analyser names it in its own."""

    def unanalysed(self, item: Item, reason: Reason, seconds: float = 0.0) -> Outcome:
        return Outcome(item, Verdict.UNANALYSED, reason, model=self.model, mode=self.mode, elapsed_ms=seconds * 1000)

    def read(self, item: Item) -> tuple[Item, bytes]:
        return self.source.read(item, self.max_bytes)

    def run(self, analyse: Analyse, item: Item, read: Read | None = None) -> Outcome:
        """Reads and analyses one item. Always an outcome, never an exception: this is the guard around an item.

        `read` gives what was read ahead, or the error that this ended with.
        """
        started = time.perf_counter()
        try:
            item, data = (read or self.read)(item)
            return analyse(item, data)
        except ReadFailure as failure:
            reason = failure.reason
        except MemoryError:
            reason = Reason.OUT_OF_MEMORY
        except Exception as error:
            # The type only: a message may quote what was read.
            logger.warning("an item was not analysed: %s", type(error).__name__)
            reason = Reason.CRASHED
        return self.unanalysed(item, reason, time.perf_counter() - started)


class Pool(Protocol):
    """Takes items and gives each back as one outcome, in any order. Used by one thread; closed in any state."""

    @property
    def room(self) -> bool:
        """Whether `submit` may be called."""
        ...

    @property
    def busy(self) -> bool:
        """Whether an outcome is still to come."""
        ...

    def submit(self, item: Item) -> None: ...

    def collect(self, seconds: float) -> list[Outcome]:
        """The outcomes that are there; waits up to `seconds` for the first. `SetupError`: workers cannot start."""
        ...

    def close(self) -> None:
        """Drops what is in flight."""
        ...


class SerialPool:
    """The twin without processes, for tests and small jobs: no protection against files that hang or kill."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._analyse = job.make_analyse()
        self._waiting: deque[Item] = deque()

    @property
    def room(self) -> bool:
        return not self._waiting

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def submit(self, item: Item) -> None:
        self._waiting.append(item)

    def collect(self, seconds: float) -> list[Outcome]:
        return [self._job.run(self._analyse, self._waiting.popleft())] if self._waiting else []

    def close(self) -> None:
        self._waiting.clear()


def default_workers() -> int:
    """The processors that this process may use: its affinity, cut by the control group's quota. At least 1."""
    affinity = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(affinity, _quota(Path("/sys/fs/cgroup")) or affinity))


def _quota(root: Path) -> int | None:
    """Whole processors by control group version 2 or 1, rounded up; None where there is no limit."""
    try:
        quota, period = (root / "cpu.max").read_text().split()
    except (OSError, ValueError):
        try:
            quota, period = ((root / "cpu" / f"cpu.cfs_{name}_us").read_text() for name in ("quota", "period"))
        except OSError:
            return None
    limited = quota.strip().isdigit() and int(period) > 0  # "max" in version 2, -1 in version 1
    return -(-int(quota) // int(period)) if limited else None
