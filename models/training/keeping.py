"""What was observed so far, on disk: a measurement of an hour goes on where it was stopped.

One file per question that was asked: other weights, thresholds, readers or code of the package ask another.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from pathlib import Path

import thaiid_detect
from models.training.gather import Observed

Scenes = tuple[Observed, ...]
"""One scene, as each mode has it."""


class Kept:
    """The scenes in `folder` that were observed with this `question`: what the answer depends on, beside the code."""

    def __init__(self, folder: Path, *question: object) -> None:
        code = sorted(Path(thaiid_detect.__file__).parent.rglob("*.py"))
        asked = repr(question).encode() + b"".join(path.read_bytes() for path in code)
        self._path = folder / f"observed-{blake2b(asked, digest_size=6).hexdigest()}.pkl"

    def scenes(self) -> list[Scenes]:
        """Those observed so far. A last one that was cut short is not among them, and is cut off."""
        found: list[Scenes] = []
        if not self._path.exists():
            return found
        with self._path.open("r+b") as file:
            while True:
                whole = file.tell()
                try:
                    found.append(pickle.load(file))
                except (EOFError, pickle.UnpicklingError):
                    file.truncate(whole)
                    return found

    def adding(self, scenes: Iterable[Scenes]) -> Iterator[Scenes]:
        """The same scenes, each kept before it is handed on."""
        with self._path.open("ab") as file:
            for scene in scenes:
                pickle.dump(scene, file)
                file.flush()
                yield scene
