"""A reader that reads the same picture once, however often it is asked: for measuring several modes in one pass.

Modes differ in thresholds alone, so most of what one mode has read is read again by the next, at up to a second each.
"""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b

from thaiid_detect.geometry import Rgb
from thaiid_detect.lines import TextLine
from thaiid_detect.reader import Reader

Lines = tuple[TextLine, ...]


class Remembering:
    """`reader`, and what it read since `forget` was last called. For one thread."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._read: dict[tuple[str, bytes], Lines] = {}

    @property
    def version(self) -> str:
        return self._reader.version

    def read_title(self, card: Rgb) -> Lines:
        return self._once("title", self._reader.read_title, card)

    def read_strips(self, card: Rgb) -> Lines:
        return self._once("strips", self._reader.read_strips, card)

    def read_whole(self, card: Rgb) -> Lines:
        return self._once("whole", self._reader.read_whole, card)

    def forget(self) -> None:
        """Before the next scene: nothing of this one will be asked again."""
        self._read.clear()

    def _once(self, part: str, read: Callable[[Rgb], Lines], card: Rgb) -> Lines:
        key = part, blake2b(repr(card.shape).encode() + card.tobytes()).digest()
        if key not in self._read:
            self._read[key] = read(card)
        return self._read[key]
