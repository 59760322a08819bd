"""Whether text carries a picture: a data URI, SVG, an e-mail's attachment, long base64, a picture format of letters.

Text of any size is looked at in pieces, with bytes.find, bytes.translate and numpy only: a regular expression that
looks for base64 runs at 8 MB/s, and 256 MB of log file would use up half of the time an item may take.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

__all__ = ["LETTERS", "has_marks", "letter_runs", "text_may_hold_picture", "unescaped"]

_PIECE: Final = 1 << 20
_OVERLAP: Final = 1 << 16
"""Bytes that neighbouring pieces share, more than any of the marks below can take up, with all its letters escaped."""

_MARKS: Final = (
    b"data:image",
    b"<svg",
    b"u003csvg",  # Go and .NET escape the bracket in JSON
    b"%pdf-",
    b"{\\rtf",
    b"/* xpm */",
    b"content-transfer-encoding",
)
"""In lower case."""
_LINE_MARKS: Final = re.compile(rb"\n(?:p[1-3]\s|begin [0-7]{3} )")
"""Netpbm and uuencode, at the start of a line."""

LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"


def _table(members: bytes) -> bytes:
    return bytes(int(value in members) for value in range(256))


_IN_LETTERS: Final = _table(LETTERS)
_IN_LINES: Final = _table(LETTERS + b"\n")
_IN_EITHER_ALPHABET: Final = _table(LETTERS + b"-_")
_LONG: Final = 1000
"""Letters of base64 on end: 750 bytes, less than any picture of a card that could be read."""
_LINE, _LINES = 60, 7
"""Base64 in lines, as MIME and vCard wrap it: so many letters a line at least, so many whole lines on end."""


def text_may_hold_picture(data: bytes) -> bool:
    """Whether text (UTF-8, or UTF-16 with its mark) carries, or might carry, a picture.

    >>> text_may_hold_picture(b"id,name"), text_may_hold_picture(b'{"photo": "' + b"iVBORw0K" * 200 + b'"}')
    (False, True)
    """
    for piece in _pieces(data):
        plain = unescaped(piece)
        # Both: `{\rtf` is no longer itself without its backslash, an escaped line break no line's start with it.
        if has_marks(piece) or (plain is not piece and has_marks(plain)) or _has_base64(plain):
            return True
    return False


def _pieces(data: bytes) -> Iterator[bytes]:
    """The text as UTF-8, in overlapping pieces; a line break before the first, so that each line follows one."""
    encoding = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}.get(data[:2])
    for start in range(2 if encoding else 0, len(data), _PIECE):
        piece = data[start : start + _PIECE + _OVERLAP]
        if encoding:
            piece = piece.decode(encoding, errors="replace").encode()
        yield piece if start > 2 else b"\n" + piece


def has_marks(text: bytes) -> bool:
    """Whether words stand in it that wrap pictures; a line break has to stand before its first line."""
    lower = text.lower()
    return any(mark in lower for mark in _MARKS) or _LINE_MARKS.search(lower) is not None


def unescaped(piece: bytes) -> bytes:
    r"""JSON by PHP writes every slash as `\/`, .NET a plus as `\u002B`; Android breaks base64 by `\n`. All in one."""
    if b"\\" not in piece:
        return piece
    for escape, letter in ((b"\\u002B", b"+"), (b"\\u002b", b"+"), (b"\\u002F", b"/"), (b"\\u002f", b"/")):
        piece = piece.replace(escape, letter)
    return piece.replace(b"\\r", b"").replace(b"\\n", b"\n").replace(b"\\", b"")


def letter_runs(text: bytes) -> Iterator[int]:
    """Where letters of base64, of either alphabet, begin that go on for 60 or more; some places twice."""
    for start in range(0, len(text), _PIECE):
        letters = text[start : start + _PIECE + _LINE].translate(_IN_EITHER_ALPHABET)
        at = 0
        while (at := letters.find(b"\1" * _LINE, at)) >= 0:
            first = start + at
            while at == 0 and first > max(0, start - _LINE) and _IN_EITHER_ALPHABET[text[first - 1]]:
                first -= 1  # it began in the piece before, with too few letters to be seen there
            yield first
            at = letters.find(b"\0", at)
            if at < 0:
                break


def _has_base64(piece: bytes) -> bool:
    """Either in one long run or in lines."""
    letters_of_either = piece.translate(_IN_EITHER_ALPHABET)
    if b"\1" * _LINE not in letters_of_either:  # prose, logs and tables end here
        return False
    if b"\1" * _LONG in letters_of_either:
        return True
    tidy = piece.replace(b"\r\n", b"\n").replace(b"\n ", b"\n")
    if b"\1" * (_LINES * (_LINE + 1)) not in tidy.translate(_IN_LINES):
        return False
    letters = np.frombuffer(tidy.translate(_IN_LETTERS), np.uint8)
    ends = np.flatnonzero(np.frombuffer(tidy, np.uint8) == ord("\n"))
    lengths = np.diff(ends) - 1
    whole = (lengths >= _LINE) & (np.diff(np.cumsum(letters, dtype=np.int64)[ends]) == lengths)
    before = np.concatenate([[0], np.cumsum(whole)])
    return bool(np.any(before[_LINES:] - before[:-_LINES] == _LINES))
