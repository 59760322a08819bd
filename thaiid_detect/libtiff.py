"""What libtiff says of a TIFF while Pillow decodes it: of damaged data it makes what it can, and Pillow asks nobody.

A fax with a piece of noise in it is a whole page to Pillow, of stripes; libtiff tells its error handler of each bad
code.
"""

from __future__ import annotations

import ctypes
from functools import cache
from pathlib import Path
from typing import Any, Final

__all__ = ["fax_has_hole", "libtiff_errors"]

_HOLE: Final = bytes(3)
"""In data of group 4 no more than 18 zero bits stand in a row: its end mark, and what fills up the last byte before."""

_errors = 0


def libtiff_errors() -> int:
    """How many errors libtiff has told of so far, in this process; to be compared before and after. Always 0 where
    Pillow's libtiff is not found."""
    _listen()
    return _errors


@cache
def _listen() -> Any:
    """Hangs a handler of ours into the libtiff that Pillow has loaded, under whatever name; else it writes to stderr.
    Returns what must live as long as the process."""
    maps = Path("/proc/self/maps")
    if not maps.exists():
        return None
    names = (line.split(maxsplit=5)[-1] for line in maps.read_text("utf-8", "surrogateescape").splitlines())
    library = next((name for name in names if "libtiff" in Path(name).name), None)
    if library is None:
        return None
    handler = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(_hear)
    ctypes.CDLL(library).TIFFSetErrorHandler(handler)
    return handler


def _hear(module: int, form: int, arguments: int) -> None:
    global _errors
    _errors += 1


def fax_has_hole(strips: list[bytes]) -> bool:
    """Whether zeros stand within data of fax group 4 (ITU-T T.6), where no picture gives so many: libtiff leaves the
    rest of the strip white, without a word. Zeros at the end do not count: some programs fill up to a round length."""
    return any(_HOLE in strip.rstrip(b"\0") for strip in strips)
