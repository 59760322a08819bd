"""The boxes that JPEG 2000, HEIC and AVIF files are made of, by a walk along their bytes that ends."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

__all__ = ["HEAD", "boxes"]

HEAD: Final = 8
"""Bytes of a box's size and name."""


def boxes(data: bytes) -> Iterator[tuple[bytes, int, int, int]]:
    """Name of each box, and where it begins, its content begins, and it ends (ISO/IEC 14496-12, 4.2). The end may lie
    behind that of the data, or before the content: then it is broken, and the last where it has not even a head."""
    at = 0
    while at + HEAD <= len(data):
        size, head = int.from_bytes(data[at : at + 4], "big"), HEAD
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at
        yield data[at + 4 : at + 8], at, at + head, at + size
        if size < HEAD:
            return
        at += size
