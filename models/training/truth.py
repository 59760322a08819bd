"""`truth.tsv`: what each picture of a folder is, as every set that is drawn here tells it and `evaluate` reads it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def write_truth(folder: Path, pictures: Iterable[tuple[str, bool, str]], source: str) -> None:
    """Of each picture its file, whether an ID card is on it, and its label; all of one `source`."""
    lines = ["file\texpect\tlabel\tsource"]
    lines += [f"{file}\t{'id_card' if card else 'clear'}\t{label}\t{source}" for file, card, label in pictures]
    (folder / "truth.tsv").write_text("\n".join(lines) + "\n")
