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

__all__ = ["heeding_ctrl_c"]

STANDARD_ERROR = 2
FINISHING = b"\nFinishing what is in flight. Ctrl-C once more stops now; what is finished is kept either way.\n"


@contextmanager
def heeding_ctrl_c(stop: Callable[[], bool], ledger: Path) -> Iterator[None]:
    """Calls `stop` (`Scan.stop`) at the first Ctrl-C inside of the `with`; the second, or the first where `stop` says
    that there is nothing to wait for, raises KeyboardInterrupt. Any that passes says how to go on.

    Outside of the main thread, which alone hears Ctrl-C, none is caught; nor where Ctrl-C is ignored, as by what a
    shell started in the background.
    """

    def heard(_number: int, _frame: FrameType | None) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        if not stop():
            raise KeyboardInterrupt
        with contextlib.suppress(OSError):
            os.write(STANDARD_ERROR, FINISHING)  # not by way of a stream that this may have interrupted

    main = threading.current_thread() is threading.main_thread()
    heeded = main and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if heeded:
        signal.signal(signal.SIGINT, heard)
    try:
        yield
    except KeyboardInterrupt:
        kept = shlex.quote(str(ledger))
        click.echo(f"\nWhat was finished is in {kept}. Run the same command again to go on.", err=True)
        raise
    finally:
        if heeded:
            signal.signal(signal.SIGINT, signal.default_int_handler)
