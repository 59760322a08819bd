"""Worker processes that may hang or die: each costs the item it was at, and nothing else.

Every worker has a pipe of its own and a short queue of items in it, which it works through in order. So the parent
knows which item a worker is at (the first one that has not come back), shares no lock with it, and may kill it at any
moment. A pool around one shared queue cannot promise that: its workers take turns at a lock, and one may die with it.

Measured against pebble 5.2.3: two workers, one of them killed from outside every 0.5 to 1.5 s, as the kernel does when
memory is short. With items of 5 ms (4,000 of them) pebble broke down for good (BrokenProcessPool) in 1 run of 3, with
empty items in 2 of 2; this pool gave back every item in all 5. One run of 5,000 empty items on a busy machine: 9,100
items/s here, 2,600 with pebble.
"""

from __future__ import annotations

import contextlib
import ctypes
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from thaiid_detect.errors import SetupError, ThaiIdDetectError
from thaiid_detect.job import Job
from thaiid_detect.readahead import incoming
from thaiid_detect.records import Item, Outcome, Reason

__all__ = ["ProcessPool"]

AHEAD = 8
"""Items in a worker's queue: enough that it never waits for the parent, few enough that the window stays small. Those
that it reads ahead are in the queue, too, on top."""
START_SECONDS = 120.0
STARTS = 3
"""Workers in a row that die before they are ready, until it is taken for a fault of the set-up."""
GRACE_SECONDS = 1.0
SLOW_MS = 150.0
"""What took longer was read, or was large: then a worker gives back to the system what its allocator holds on to. Over
300 files it came to 264 instead of 382 MB so, for 4 ms each time."""
CRASHES = 2
"""Deaths of a worker at one item until the item is `crashed`. The first may be another's fault: the kernel's
out-of-memory killer picks a process, not the guilty one."""


@dataclass(frozen=True, slots=True)
class _Ready:
    """A worker's first message: its analyser is built."""


@dataclass(frozen=True, slots=True)
class _CannotStart:
    """A worker's first and last message: what kept it from building its analyser."""

    message: str
    remedy: str


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    deadline: float
    """Of the item it is at, on the monotonic clock; infinite when it has none; of its start until it is ready."""
    ready: bool = False
    queue: deque[Item] = field(default_factory=deque)
    """What it was sent and has not answered; it is at the first."""


class ProcessPool:
    """`workers` processes (spawned) around one `Job`.

    An item's time is counted from when the parent hears of the worker's previous answer: a parent that is slow to
    collect gives more time, never less. A worker over its time is killed and its item is `timeout`; one that dies
    leaves its item to be tried once more, then it is `crashed`. The items queued behind go to other workers. `window`:
    items in each worker's queue, beside those that it reads ahead.
    """

    def __init__(self, job: Job, workers: int, *, window: int = AHEAD) -> None:
        self._job = job
        self._window = window + job.source.ahead
        self._context = multiprocessing.get_context("spawn")
        self._waiting: deque[Item] = deque()
        self._deaths: dict[Item, int] = {}
        self._failed_starts = 0
        self._workers: list[_Worker] = []
        try:
            for _ in range(workers):
                self._workers.append(self._start())
        except BaseException:
            self.close()
            raise

    @property
    def room(self) -> bool:
        return not self._waiting and any(len(worker.queue) < self._window for worker in self._workers)

    @property
    def busy(self) -> bool:
        return bool(self._waiting) or any(worker.queue for worker in self._workers)

    def submit(self, item: Item) -> None:
        self._waiting.append(item)
        self._hand_out()

    def collect(self, seconds: float) -> list[Outcome]:
        soonest = min(worker.deadline for worker in self._workers) - time.monotonic()
        talking = wait([worker.pipe for worker in self._workers], max(0.0, min(seconds, soonest)))
        outcomes: list[Outcome] = []
        for worker in list(self._workers):
            if worker.pipe in talking:
                outcomes += self._listen(worker)
        now = time.monotonic()
        for worker in [worker for worker in self._workers if worker.deadline <= now]:
            outcomes += self._time_out(worker)
        self._hand_out()
        return outcomes

    def close(self) -> None:
        for worker in self._workers:
            worker.pipe.close()  # an idle worker reads the end of it, and leaves
        until = time.monotonic() + GRACE_SECONDS
        for worker in self._workers:
            worker.process.join(max(0.0, until - time.monotonic()))
            _kill(worker)
        self._workers.clear()

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_work, args=(theirs, self._job), name="thaiid-worker", daemon=True)
        try:
            with _unheard_ctrl_c():
                process.start()
        except OSError as error:  # no memory, no process, no file handle left
            raise SetupError(f"No worker can be started ({error.strerror})", remedy="Try fewer workers") from error
        theirs.close()  # else its end would never be seen
        return _Worker(process, ours, time.monotonic() + START_SECONDS)

    def _hand_out(self) -> None:
        while self._waiting:
            worker = min(self._workers, key=lambda worker: len(worker.queue))
            if len(worker.queue) >= self._window:
                return
            worker.queue.append(self._waiting.popleft())
            if worker.ready:
                self._send(worker, worker.queue[-1])

    def _send(self, worker: _Worker, item: Item) -> None:
        if item is worker.queue[0]:
            worker.deadline = time.monotonic() + self._job.item_seconds
        with contextlib.suppress(OSError):  # it has died: `collect` will hear that, and hand the item on
            worker.pipe.send(item)

    def _listen(self, worker: _Worker) -> Iterator[Outcome]:
        """Everything that the worker has said; if it has died, what it said before is heard first."""
        try:
            while worker.pipe.poll():
                message = worker.pipe.recv()
                if isinstance(message, Outcome):
                    yield self._answered(worker, message)
                elif isinstance(message, _Ready):
                    self._make_ready(worker)
                else:
                    raise SetupError(message.message, remedy=message.remedy)
        except (EOFError, OSError):
            yield from self._buried(worker)

    def _make_ready(self, worker: _Worker) -> None:
        self._failed_starts = 0
        worker.ready = True
        worker.deadline = float("inf")
        for item in worker.queue:
            self._send(worker, item)

    def _answered(self, worker: _Worker, outcome: Outcome) -> Outcome:
        self._deaths.pop(worker.queue.popleft(), None)
        worker.deadline = time.monotonic() + self._job.item_seconds if worker.queue else float("inf")
        return outcome

    def _buried(self, worker: _Worker) -> Iterator[Outcome]:
        """Replaces a worker that died."""
        self._failed_starts += not worker.ready
        if self._failed_starts >= STARTS:
            raise SetupError(
                f"{STARTS} worker processes ended before they were ready",
                remedy="In a script, call from under `if __name__ == '__main__':`; or use workers=0 to see why",
            )
        if worker.ready and worker.queue:
            deaths = self._deaths.pop(worker.queue[0], 0) + 1
            if deaths >= CRASHES:
                yield self._job.unanalysed(worker.queue.popleft(), Reason.CRASHED)
            else:
                self._deaths[worker.queue[0]] = deaths
        self._replace(worker)

    def _time_out(self, worker: _Worker) -> Iterator[Outcome]:
        if not worker.ready:
            raise SetupError(f"A worker process was not ready in {START_SECONDS:.0f} s", remedy="Try fewer workers")
        yield self._job.unanalysed(worker.queue.popleft(), Reason.TIMEOUT, self._job.item_seconds)
        self._replace(worker)

    def _replace(self, worker: _Worker) -> None:
        worker.pipe.close()
        _kill(worker)
        self._waiting.extendleft(reversed(worker.queue))
        self._workers[self._workers.index(worker)] = self._start()


@contextlib.contextmanager
def _unheard_ctrl_c() -> Iterator[None]:
    """Ctrl-C goes to the whole group, and the parent decides: what is started in here never hears it, not even while
    its interpreter loads, which would print a traceback. The parent hears it afterwards."""
    resource_tracker.ensure_running()  # starting it would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _kill(worker: _Worker) -> None:
    worker.process.kill()
    worker.process.join(GRACE_SECONDS)  # not for ever: a process that waits for a dead disk cannot be killed


def _work(pipe: Connection, job: Job) -> None:
    """The life of a worker process."""
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    try:
        analyse = job.make_analyse()
    except ThaiIdDetectError as error:
        pipe.send(_CannotStart(error.message, error.remedy))
        return
    if job.memory_bytes is not None:
        _cap_memory(job.memory_bytes)
    try:
        pipe.send(_Ready())
        for item, read in incoming(pipe, job):
            outcome = job.run(analyse, item, read)
            pipe.send(outcome)
            if outcome.elapsed_ms > SLOW_MS:
                _give_back_memory()
    except (EOFError, OSError):
        return  # the parent has closed the pipe, or is gone


def _give_back_memory() -> None:
    """glibc alone keeps freed memory and has a call against it; elsewhere nothing is done."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)


def _leave_with_parent() -> None:
    """Ends the process when the parent was killed: an orphan would work on beside the scan that is run next."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait([parent.sentinel])
        os._exit(1)


def _cap_memory(more: int) -> None:
    """Lets this process allocate `more` bytes beyond what it has; then malloc fails, and Python says MemoryError.

    RLIMIT_DATA and not RLIMIT_AS: mapped weights and thread stacks reserve gigabytes of addresses that cost nothing.
    """
    status = Path("/proc/self/statm")
    if status.exists():
        now = int(status.read_text().split()[5]) * resource.getpagesize()
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        cap = now + more if hard == resource.RLIM_INFINITY else min(now + more, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (cap, hard))
