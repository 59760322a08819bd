"""The other reader: the tesseract program, which reads Thai. Works when it is there, says so when it is not.

The program is the one that pytesseract is set to (`pytesseract.pytesseract.tesseract_cmd`), so whoever has configured
that has configured this. Pictures and words, though, go through pipes: pytesseract's own calls write both to files in
the temp directory, and a worker killed at that moment would leave a legible ID card behind.
"""

from __future__ import annotations

import csv
import logging
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

import cv2
import numpy as np
from pytesseract import pytesseract

from thaiid_detect.errors import SetupError
from thaiid_detect.geometry import Rgb
from thaiid_detect.lines import TextLine
from thaiid_detect.reader import STRIP_HEIGHT

__all__ = ["TesseractReader", "describe", "find_second_reader"]

_log = logging.getLogger(__name__)

_THAI, _ENGLISH = "tha", "eng"
_SPARSE_TEXT, _ONE_BLOCK = "11", "6"
"""Page segmentation mode. On the mock cards 3 and 6 lose the number or join it to the seal; 12 is 11, slower."""
_STRIP_WIDTH: Final = 607
"""Pixels across a card at which its strip is read, with 6: letters of a title are then some 20 px high."""
_PROBE_SECONDS: Final = 10.0
_READ_SECONDS: Final = 30.0
"""One card takes 0.4–1.6 s. The limit is against a hanging program, and far enough not to depend on the load."""
_REMEDY: Final = "Install tesseract with its Thai data (Debian: apt-get install tesseract-ocr tesseract-ocr-tha)."


class TesseractReader:
    """`reader.Reader` through the program, a process a call. Raises SetupError where it or its Thai data is missing."""

    def __init__(self) -> None:
        program, languages = _program(), _languages()
        if program is None or _THAI not in languages:
            raise SetupError("the second reader is not there: " + describe(), remedy=_REMEDY)
        self._languages = f"{_THAI}+{_ENGLISH}" if _ENGLISH in languages else _THAI
        self._program = program
        self.version: str = f"{_ask('--version').partition(chr(10))[0].strip()} {self._languages}"

    def read_title(self, card: Rgb) -> tuple[TextLine, ...]:
        """See `Reader`: for this one a line costs as much as a strip. Failures as in `read_strips`."""
        return self.read_strips(card)

    def read_strips(self, card: Rgb) -> tuple[TextLine, ...]:
        """See `Reader`. Where the program fails or hangs, its opinion is missing: an empty tuple, and a warning.

        Small, and as one block: so it reads more titles than on the whole card, above all white ones, in a third of the
        time.
        """
        scale = _STRIP_WIDTH / card.shape[1]
        strip = card[: round(card.shape[0] * STRIP_HEIGHT)]
        small = cv2.resize(strip, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return self._read(np.asarray(small, np.uint8), round(card.shape[0] * scale), _ONE_BLOCK)

    def read_whole(self, card: Rgb) -> tuple[TextLine, ...]:
        """See `Reader`; failures as in `read_strips`."""
        return self._read(card, card.shape[0], _SPARSE_TEXT)

    def _read(self, picture: Rgb, card_height: int, layout: str) -> tuple[TextLine, ...]:
        command = [self._program, "stdin", "stdout", "-l", self._languages, "--psm", layout, "tsv"]
        try:
            done = subprocess.run(
                command, input=_netpbm(picture), capture_output=True, timeout=_READ_SECONDS, env=_environment()
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            # Its kind only: the exception itself holds what was read so far.
            _log.warning("tesseract gave no answer (%s); a card goes without its opinion", type(error).__name__)
            return ()
        if done.returncode != 0:
            _log.warning("tesseract ended with status %d; a card goes without its opinion", done.returncode)
            return ()
        return tuple(_lines(done.stdout.decode("utf-8", "replace"), picture.shape[1], card_height))


def find_second_reader() -> TesseractReader | None:
    """The reader where the program and its Thai data are installed, or None; `describe` tells what is missing."""
    return TesseractReader() if _program() and _THAI in _languages() else None


def describe() -> str:
    """One line for people: what is there, or what is missing and how to get it."""
    program = _program()
    if program is None:
        return f"tesseract: not found; Thai words are not read. {_REMEDY}"
    languages = _languages()
    if _THAI not in languages:
        return f"tesseract: {program} has no Thai data; Thai words are not read. {_REMEDY}"
    return f"{_ask('--version').partition(chr(10))[0].strip()}: {program}, languages {', '.join(sorted(languages))}"


def _program() -> str | None:
    return shutil.which(str(pytesseract.tesseract_cmd))


def _languages() -> frozenset[str]:
    return frozenset(_ask("--list-langs").splitlines()[1:])


def _ask(option: str) -> str:
    """What the program says of itself; empty where it is missing or fails."""
    try:
        done = subprocess.run(
            [pytesseract.tesseract_cmd, option], capture_output=True, timeout=_PROBE_SECONDS, text=True
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout or done.stderr


def _environment() -> dict[str, str]:
    """One thread a process: more makes tesseract slower on small pictures, and workers count their own threads."""
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _netpbm(picture: Rgb) -> bytes:
    """`picture` as a binary PPM: the one format that needs no codec."""
    height, width = picture.shape[:2]
    return b"P6\n%d %d\n255\n" % (width, height) + np.ascontiguousarray(picture).tobytes()


@dataclass(frozen=True, slots=True)
class _Word:
    """A row of the program's table: the line it belongs to, its text, confidence 0–1, edges in pixels."""

    line: tuple[str, ...]
    text: str
    confidence: float
    edges: tuple[int, int, int, int]


def _words(table: str) -> Iterator[_Word]:
    """Source of the columns: `tesseract(1)`, output config `tsv`; level 5 is a word."""
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["level"] != "5" or not (text := (row["text"] or "").strip()):
            continue
        x, y, width, height = (int(row[name]) for name in ("left", "top", "width", "height"))
        line = tuple(row[name] for name in ("page_num", "block_num", "par_num", "line_num"))
        yield _Word(line, text, float(row["conf"]) / 100, (x, y, x + width, y + height))


def _lines(table: str, width: int, height: int) -> Iterator[TextLine]:
    """The words of one line joined; confidence is their mean, by length. `width`, `height` are the whole card's."""
    for _, group in groupby(_words(table), key=lambda word: word.line):
        words = list(group)
        letters = sum(len(word.text) for word in words)
        confidence = sum(word.confidence * len(word.text) for word in words) / letters
        lefts, tops, rights, bottoms = zip(*(word.edges for word in words), strict=True)
        box = (min(lefts) / width, min(tops) / height, max(rights) / width, max(bottoms) / height)
        yield TextLine(" ".join(word.text for word in words), min(1.0, max(0.0, confidence)), box)
