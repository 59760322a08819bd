"""Which files of a ledger a scan has met, and which of them are therefore gone.

A bit for each outcome, by its id: 12.5 MB for 10^8 of them, and nothing is written for a file that is still there.
"""

from __future__ import annotations

import sqlite3

__all__ = ["Met", "mark_gone"]

AT_ONCE = 80_000
"""Outcomes gone through in one transaction; a multiple of 8."""

# `met` is a function of the connection. Most outcomes not met are older ones of files that were.
_MARK = """
    INSERT OR IGNORE INTO gone (uri, since) SELECT DISTINCT uri, ? FROM outcomes AS o
    WHERE id BETWEEN ? AND ? AND NOT met(id)
    AND NOT EXISTS (SELECT 1 FROM outcomes AS other WHERE other.uri = o.uri AND met(other.id))"""


class Met:
    """Ids of outcomes whose files a scan has met. Those after `last` are its own."""

    def __init__(self, last: int) -> None:
        self.last = last
        self._bits = bytearray(last // 8 + 1)
        self._bits[0] |= 1  # no outcome has the id 0
        self._bits[-1] |= 0xFF & -(2 << (last & 7))  # nor any yet those after the last

    def add(self, number: int) -> None:
        if number <= self.last:
            self._bits[number >> 3] |= 1 << (number & 7)

    def holds(self, number: int) -> bool:
        return number > self.last or bool(self._bits[number >> 3] >> (number & 7) & 1)

    def holds_all(self, first: int, count: int) -> bool:
        """Whether it holds `count` ids from `first` on; both multiples of 8."""
        piece = self._bits[first >> 3 : (first + count) >> 3]
        return piece.count(0xFF) == len(piece)


def mark_gone(db: sqlite3.Connection, met: Met, now: float) -> int:
    """Notes in `gone` each file with no outcome in `met`; how many that were not noted before. `now`: seconds, epoch.

    In pieces, each committed: what a kill leaves out the next scan notes. Where all was met nothing is asked.
    """
    db.create_function("met", 1, met.holds, deterministic=True)
    marked = 0
    for first in range(0, met.last + 1, AT_ONCE):
        if not met.holds_all(first, AT_ONCE):
            marked += db.execute(_MARK, (now, first, min(first + AT_ONCE - 1, met.last))).rowcount
    return marked
