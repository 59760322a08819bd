"""A stand-in analyser for the tests of scans: what it does with a file is written in the file."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from thaiid_detect.errors import SetupError
from thaiid_detect.job import Analyse, Job
from thaiid_detect.records import Item, Outcome, Reason, Verdict
from thaiid_detect.sources import Source


def _endless() -> None:
    while True:
        time.sleep(60)


def _allocate() -> None:
    bytearray(4 << 30)


def _fail() -> None:
    raise ValueError("a message that may hold what was read")


DEEDS: dict[bytes, Callable[[], object]] = {
    b"hang": _endless,
    b"die": lambda: os.kill(os.getpid(), signal.SIGKILL),
    b"exit": lambda: os._exit(7),
    b"fail": _fail,
    b"allocate": _allocate,
    b"slow": lambda: time.sleep(0.004),
}
"""What a file's first word makes the analyser do before it answers."""


@dataclass(frozen=True)
class MakeObedient:
    """Builds an analyser that does what the file says, notes the uri in `log`, and calls cards `id_card`."""

    log: Path | None = None

    def __call__(self) -> Analyse:
        return self._analyse

    def _analyse(self, item: Item, data: bytes) -> Outcome:
        DEEDS.get(data.split()[0], lambda: None)()
        if self.log is not None:
            with self.log.open("a") as log:
                log.write(f"{item.uri}\n")
        found = b"card" in data
        reason = Reason.WORDS if found else Reason.NO_CARD
        return Outcome(item, Verdict.ID_CARD if found else Verdict.CLEAR, reason, score=float(found))


def refuse() -> Analyse:
    raise SetupError("There are no weights", remedy="Install them")


def make_store(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def make_job(source: Source, *, log: Path | None = None, item_seconds: float = 30.0) -> Job:
    return Job(source, MakeObedient(log), max_bytes=1000, item_seconds=item_seconds, memory_bytes=1 << 30)
