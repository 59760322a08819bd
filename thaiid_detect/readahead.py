"""Reading ahead: a worker's next items are fetched while it analyses one, so that network and core are busy at once."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from multiprocessing.connection import Connection
from typing import NamedTuple

from thaiid_detect.job import Job, Read
from thaiid_detect.records import Item

__all__ = ["AHEAD_BYTES", "incoming"]

AHEAD_BYTES = 64 << 20
"""Of items read and not yet analysed, by their listed sizes: no more is begun when they reach it."""


def incoming(pipe: Connection, job: Job) -> Iterator[tuple[Item, Read]]:
    """The items that come through the pipe, in order, each with what gives its bytes. Ends with EOFError or OSError.

    A worker is at the item that was given last: what it waits for, the time it takes and what kills it is that item's,
    as if it were read only now. Those behind it are not begun, as far as anyone else can see. An item that fails to be
    read fails when its turn comes.
    """
    if not job.source.ahead:
        while True:
            yield pipe.recv(), job.read
    reading: deque[_Reading] = deque()
    with ThreadPoolExecutor(job.source.ahead) as pool:
        while True:
            while not reading or (_has_room(reading, job.source.ahead) and pipe.poll()):
                item = pipe.recv()
                reading.append(_Reading(item, pool.submit(job.read, item)))
            first = reading.popleft()
            yield first.item, first.result


class _Reading(NamedTuple):
    item: Item
    future: Future[tuple[Item, bytes]]

    def result(self, _item: Item) -> tuple[Item, bytes]:
        return self.future.result()


def _has_room(reading: deque[_Reading], ahead: int) -> bool:
    return len(reading) < ahead and sum(each.item.size for each in reading) < AHEAD_BYTES
