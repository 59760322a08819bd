"""One frozen `Settings`: everything a caller may choose that can change an answer, each within its range."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict, dataclass, replace
from typing import ClassVar, Self

from thaiid_detect import __version__
from thaiid_detect.errors import UsageError
from thaiid_detect.records import Mode

__all__ = ["Settings"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to look, and where to stop. Raises UsageError that names the field and its range.

    >>> Settings(max_pages=0)
    Traceback (most recent call last):
    thaiid_detect.errors.UsageError: max_pages is 0. It must lie between 1 and 100000
    """

    mode: Mode = Mode.BALANCED
    """`recall` (audits: miss nothing), `balanced`, `precision` (automatic quarantine): the thresholds by name."""
    max_bytes: int = 256 * 2**20
    """A larger file is `unanalysed`, reason `too_large`."""
    max_pixels: int = 200_000_000
    """A page with more, by its header, is not decoded: width x height."""
    max_pages: int = 1000
    """Pages looked at in one document, all its members taken together; a longer one is never `clear`."""
    max_members: int = 10_000
    """Files inside one file, and inside these: archives, mails, Office files. More: `too_many_members`."""
    max_depth: int = 4
    """Containers within each other that are opened: an archive in a mail is 2. More: `too_deep`. 0: none is opened."""
    max_unpacked: int = 2**30
    """Bytes unpacked from one file, all members taken together; and `max_bytes` from one member. More: `too_large`."""
    max_ratio: int = 1000
    """Bytes unpacked for each byte packed, beyond the first MiB of a member. More: `too_compressed`."""
    second_reader: bool = True
    """Use tesseract where it is installed."""
    item_seconds: float = 60.0
    """Time one item may take in a scan, in seconds."""

    _RANGES: ClassVar[dict[str, tuple[float, float]]] = {
        "max_bytes": (1, 2**40),
        "max_pixels": (1, 2**30),
        "max_pages": (1, 100_000),
        "max_members": (1, 1_000_000),
        "max_depth": (0, 16),
        "max_unpacked": (1, 2**40),
        "max_ratio": (1, 1_000_000),
        "item_seconds": (0.1, 86_400),
    }

    def __post_init__(self) -> None:
        object.__setattr__(self, "mode", _mode(self.mode))
        for name, (low, high) in self._RANGES.items():
            value = getattr(self, name)
            whole = name != "item_seconds"
            if isinstance(value, bool) or not isinstance(value, int if whole else (int, float)) or math.isnan(value):
                raise UsageError(f"{name} is not {'a whole' if whole else 'a'} number", remedy=_range(low, high))
            if not low <= value <= high:
                raise UsageError(f"{name} is {value}", remedy=_range(low, high))
        if not isinstance(self.second_reader, bool):
            raise UsageError("second_reader is neither True nor False", remedy="Give one of the two")

    @classmethod
    def of(cls, mode: Mode | str | None = None, settings: Self | None = None) -> Self:
        """`settings` (or the defaults), with the mode replaced where one is given."""
        settings = settings or cls()
        return settings if mode is None else replace(settings, mode=_mode(mode))

    def fingerprint(self, *parts: str) -> str:
        """16 hex characters that change when an answer could: package version, each setting, and the `parts`.

        The parts are what the caller knows beside: hashes of the weights, versions of the readers. Their order counts.
        """
        known = json.dumps([__version__, asdict(self), parts], sort_keys=True)
        return hashlib.sha256(known.encode()).hexdigest()[:16]


def _mode(mode: Mode | str) -> Mode:
    try:
        return Mode(mode)
    except ValueError as error:
        raise UsageError("the mode is unknown", remedy=f"Choose one of: {', '.join(Mode)}") from error


def _range(low: float, high: float) -> str:
    return f"It must lie between {low:g} and {high:.0f}"
