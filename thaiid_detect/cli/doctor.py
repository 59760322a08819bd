"""`thaiid-detect doctor`: is everything there, is it what was tested, and does it work on this machine?"""

from __future__ import annotations

import platform
import re
import struct
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, requires, version

import click

from thaiid_detect import __version__
from thaiid_detect.errors import SetupError, ThaiIdDetectError
from thaiid_detect.records import Verdict

__all__ = ["doctor"]

BROKEN = 2


@click.command()
def doctor() -> int:
    """Say what is installed, check the weights' hashes and the readers, and run a self-test.

    Exit code: 0 all is well, 2 something is missing or does not work.
    """
    checks: tuple[tuple[str, Callable[[], str]], ...] = (
        ("program", lambda: f"thaiid-detect {__version__}, Python {platform.python_version()}, {platform.platform()}"),
        ("libraries", _libraries),
        ("weights", _weights),
        ("locator", _locate_nothing),
        ("reader", _read_a_number),
        ("second reader", _second_reader),
        ("state", _state),
    )
    failed = [name for name, examine in checks if _failed(name, examine)]
    return BROKEN if failed else 0


def _failed(name: str, examine: Callable[[], str]) -> bool:
    """Prints one line. Goes on after a failure: whoever mends a machine wants the whole list."""
    try:
        click.echo(f"ok    {name}: {examine()}")
    except ThaiIdDetectError as error:
        click.echo(f"FAIL  {name}: {error}")
        return True
    return False


def _libraries() -> str:
    """What pyproject.toml asks for, extras left out, in the versions that are there."""
    asked = [need for need in requires("thaiid-detect") or [] if "extra ==" not in need]
    try:
        return ", ".join(f"{name} {version(name)}" for name in (re.split(r"[^\w.-]", need)[0] for need in asked))
    except PackageNotFoundError as error:
        raise SetupError(f"{error.name} is not installed", remedy="Install thaiid-detect again") from error


def _weights() -> str:
    from thaiid_detect.weights import NETWORKS, find_weights

    return "; ".join(f"{each.folder}, sha256 {each.sha256}" for each in map(find_weights, NETWORKS))


def _locate_nothing() -> str:
    """An empty page through the whole detector. A card cannot be shipped along: its picture would be found by scans."""
    from thaiid_detect.detector import Detector

    outcome = Detector().detect(_empty_page(320, 200))
    if outcome.verdict is not Verdict.CLEAR:
        raise SetupError(f"an empty page came out as {outcome.verdict} ({outcome.reason})", remedy="Install again")
    return f"an empty page is clear, {outcome.elapsed_ms:.0f} ms with loading the network"


def _empty_page(width: int, height: int) -> bytes:
    """A white BMP of 24 bits: the one picture format that can be written down without a codec."""
    pixels = b"\xff" * (width * 3 * height)  # a width that is a multiple of 4 needs no padding
    header = struct.pack("<2sIHHI", b"BM", 54 + len(pixels), 0, 0, 54)
    return header + struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(pixels), 0, 0, 0, 0) + pixels


def _read_a_number() -> str:
    """A number drawn where a front has it; its province (28) does not exist."""
    import cv2
    import numpy as np

    from thaiid_detect.number import IdNumber
    from thaiid_detect.reader import RapidReader
    from thaiid_detect.words import interpret

    drawn = IdNumber("1 2899 00000 12 4")
    card = np.full((638, 1012, 3), 255, np.uint8)
    cv2.putText(card, "1 2899 00000 12 4", (450, 110), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (0, 0, 0), 2, cv2.LINE_AA)
    reader = RapidReader()
    if interpret(reader.read_whole(card)).reading.number != drawn:
        raise SetupError(f"{reader.version} did not read a clearly drawn number", remedy="Install rapidocr again")
    return f"{reader.version} reads a drawn number"


def _second_reader() -> str:
    """Never fails: the second reader is optional, and its own words say what is missing."""
    from thaiid_detect.tesseract import describe

    return describe()


def _state() -> str:
    """The key is made here if there is none: better now than in the middle of the night."""
    from thaiid_detect.number import load_person_key, state_directory

    load_person_key()
    return f"ledgers and the person key are kept in {state_directory()}"
