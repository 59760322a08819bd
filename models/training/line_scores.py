"""What the exported line readers make of held-out lines: cards of another seed, degraded as in training."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from models.training.digit_lines import Lines
from models.training.thai_lines import ThaiLines
from models.training.visits import Samples
from thaiid_detect import thai
from thaiid_detect.digits import LEAST, numbers
from thaiid_detect.weights import DIGITS, THAI, Weights, open_session

LINES: Final = 2000
_TOLD: Final = {
    DIGITS: """Held-out lines (cards of another seed, degraded as in training): {exact} of {legible} legible ones read
exactly, {surely_wrong} read wrongly with a sureness of 0.9 or more; of {empty} lines without a number {invented} were
read as one.
""",
    THAI: """Held-out lines (cards of another seed, degraded as in training): {exact} of {legible} legible ones read
exactly, {wrong} of their {letters} letters wrong; of {empty} lines without Thai {invented} were read as some.
""",
}


def told(name: str, scores: dict[str, Any]) -> list[str]:
    """The scores of a reader in words, as lines of its card."""
    return _TOLD[name].format_map(scores).splitlines()


def _answers(folder: Path, lines: Samples) -> Iterator[tuple[NDArray[np.float32], list[int], int, float]]:
    """What the reader in `folder` says of each of `LINES` lines, its letters, how many they are, and its weight."""
    session = open_session(Weights("new", folder, "", "", {}), threads=1)
    for index in range(LINES):
        picture, letters, length, weight = lines[(index, index % len(lines))]
        yield session.run(picture.numpy()[None])[0], letters.tolist(), int(length), float(weight)


def digits_read(folder: Path, pool: Path) -> dict[str, int]:
    """How many of the degraded lines that someone could read are read exactly, and how many wrongly though surely
    (0.9); and how many numbers are read on lines that show none."""
    tally = Counter(exact=0, legible=0, surely_wrong=0, empty=0, invented=0)
    for answer, digits, length, weight in _answers(folder, Lines([pool], seed=1)):
        found = numbers(answer)
        text, sureness, _ = max(found, key=lambda group: group[1], default=("", 0.0, (0.0, 0.0)))
        read = text if sureness >= LEAST else ""
        right = "".join(map(str, digits))
        if not length:
            tally.update(empty=1, invented=bool(read))
        elif weight:
            tally.update(legible=1, exact=read == right, surely_wrong=read != right and sureness >= 0.9)
    return dict(tally)


def thai_read(folder: Path, pool: Path) -> dict[str, int]:
    """How many of the degraded lines that someone could read are read exactly, how many letters of them are wrong,
    missing or too many; and how many lines without Thai are read as some."""
    tally = Counter(exact=0, legible=0, letters=0, wrong=0, empty=0, invented=0)
    for answer, classes, length, weight in _answers(folder, ThaiLines([pool], seed=1)):
        read = "".join(text for text, _, _ in thai.decode(answer))
        right = "".join(thai.ALPHABET[letter] for letter in classes[:length])
        if not right:
            tally.update(empty=1, invented=bool(read))
        elif weight and len(right) >= thai.LEAST_LETTERS:
            wrong = Levenshtein.distance(read, right)
            tally.update(legible=1, exact=wrong == 0, letters=len(right), wrong=wrong)
    return dict(tally)


SCORES: Final[dict[str, Callable[[Path, Path], dict[str, int]]]] = {DIGITS: digits_read, THAI: thai_read}
"""By the name of the weights folder."""
