"""A stand-in analyser for the tests of scans: what it does with a file is written in the file."""

from __future__ import annotations

import ctypes
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from thaiid_detect.errors import SetupError
from thaiid_detect.job import Analyse, Job
from thaiid_detect.records import Item, Outcome, Reason, Verdict
from thaiid_detect.sources import Listed, Source
from thaiid_detect.sources.base import AroundSource
from thaiid_detect.weights import DEFAULT

HEED_CTRL_C = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
"""For the code of processes that are interrupted: what a shell starts in the background ignores Ctrl-C, tests too."""
ROOT = Path(__file__).parent.parent
NOBODY = 65534

needs_weights = pytest.mark.skipif(
    not (ROOT / "models" / DEFAULT).exists(), reason=f"models/{DEFAULT} is not there yet: make train"
)
"""Weights that are there and unusable are a failure, not a reason to skip."""


def _endless() -> None:
    while True:
        time.sleep(60)


def _allocate() -> None:
    bytearray(4 << 30)


def _devour() -> None:
    """Bit by bit, where `_allocate` asks for all at once."""
    eaten = []
    while True:
        eaten.append(bytes(32 << 20))


def _spin() -> None:
    while True:
        pass


def _fail() -> None:
    raise ValueError("a message that may hold what was read")


DEEDS: dict[bytes, Callable[[], object]] = {
    b"hang": _endless,
    b"spin": _spin,
    b"segfault": lambda: ctypes.string_at(0),
    b"devour": _devour,
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


@dataclass(frozen=True)
class Shuffled(AroundSource):
    """A source in another order."""

    seed: int

    def items(self) -> Iterator[Listed]:
        listed = list(self.source.items())
        random.Random(self.seed).shuffle(listed)
        return iter(listed)


def refuse() -> Analyse:
    raise SetupError("There are no weights", remedy="Install them")


def make_store(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def present(outcome: Outcome) -> dict[str, Any]:
    """The ledger's row of an outcome whose file is in the store."""
    return {**outcome.to_dict(), "gone": None}


def make_job(source: Source, *, log: Path | None = None, item_seconds: float = 30.0) -> Job:
    return Job(source, MakeObedient(log), max_bytes=1000, item_seconds=item_seconds, memory_bytes=1 << 30)


DROP_RIGHTS = f"""
import os, traceback, tests.scan_helpers, thaiid_detect.engine, thaiid_detect.ledger, thaiid_detect.sources
if os.geteuid() == 0:
    os.setgroups([])
    os.setresgid({NOBODY}, {NOBODY}, {NOBODY})
    os.setresuid({NOBODY}, {NOBODY}, {NOBODY})
"""


def run_unprivileged(code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs Python code as a user whom permissions bind: as `nobody` when the tests run as root.

    Rights are dropped after the imports: Python itself may lie where `nobody` cannot read.
    """
    command = [sys.executable, "-c", DROP_RIGHTS + code, *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def make_public_folder(folder: Path) -> Path:
    """A folder below `folder` (pytest's are for their owner only) that any user may enter."""
    for above in [folder, *folder.parents]:
        if above.stat().st_uid == os.geteuid() and not above.stat().st_mode & 0o001:
            above.chmod(above.stat().st_mode | 0o011)
    public = folder / "public"
    public.mkdir(mode=0o755)
    return public
