"""Ctrl-C during a scan: once finishes what is in flight, twice stops now. What was finished is kept either way."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

__all__ = ["Interrupted", "heeding_ctrl_c"]

STANDARD_ERROR = 2
FINISHING = b"\nFinishing what is in flight. Ctrl-C once more stops now; what is finished is kept either way.\n"


class Interrupted:
    """Whether Ctrl-C was pressed; true in the sense of `bool` from then on."""

    pressed = False

    def __bool__(self) -> bool:
        return self.pressed


@contextmanager
def heeding_ctrl_c(stop: Callable[[], bool], ledger: Path) -> Iterator[Interrupted]:
    """Calls `stop` (`Scan.stop`) at the first Ctrl-C inside of the `with`; the second, or the first where `stop` says
    that there is nothing to wait for, raises KeyboardInterrupt. Says how to go on, at the end.

    Outside of the main thread, which alone hears Ctrl-C, it does nothing; nor where Ctrl-C is ignored, as by what a
    shell started in the background.
    """
    interrupted = Interrupted()

    def heard(_number: int, _frame: FrameType | None) -> None:
        interrupted.pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not stop():
            raise KeyboardInterrupt
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, FINISHING)  # not by way of a stream that this may have interrupted

    main = threading.current_thread() is threading.main_thread()
    if not main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield interrupted
        return
    before = signal.signal(signal.SIGINT, heard)
    try:
        yield interrupted
    finally:
        signal.signal(signal.SIGINT, before)
        if interrupted:
            kept = shlex.quote(str(ledger))
            click.echo(f"\nWhat was finished is in {kept}. Run the same command again to go on.", err=True)
