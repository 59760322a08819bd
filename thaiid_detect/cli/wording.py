"""How an outcome is put into words on a terminal, the same for every verb."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import click

from thaiid_detect.records import Mode, Reason

__all__ = ["WHY_UNANALYSED", "mode_option", "printable", "row_line"]

mode_option = click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default=Mode.BALANCED.value,
    show_default=True,
    help="recall: miss nothing; precision: for automatic quarantine.",
)


def printable(name: str) -> str:
    r"""A file name that cannot steer the terminal, nor stop the output because it is no text.

    >>> print(printable("บัตร ก.jpg"), printable("a\x1b[2J\udcff.jpg"))
    บัตร ก.jpg a\x1b[2J\udcff.jpg
    """
    # Thai vowels and tone marks count as printable; line ends, escapes and lone surrogates do not.
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in name)


def row_line(row: Mapping[str, Any]) -> str:
    """A JSON row as one line: name, verdict, reason, score, and the cards with their numbers masked."""
    line = f"{printable(row['uri'])}: {row['verdict']} ({row['reason']}) {row['score']:.2f}"
    return line + "".join(f" · {_card_words(card)}" for card in row["cards"])


def _card_words(card: Mapping[str, Any]) -> str:
    member = f" in {printable(card['member'])}" if card.get("member") else ""  # rows of older ledgers have none
    page = f" on page {card['page']}" if card["page"] > 1 else ""
    number = f"{card['number']}, checksum {card['checksum']}" if card["number"] else "number unread"
    return f"{card['side']}{member}{page} {number}"


WHY_UNANALYSED: Final = {
    Reason.EMPTY: "empty",
    Reason.TRUNCATED: "truncated: the file ends too early",
    Reason.CORRUPT: "corrupt: the file cannot be decoded",
    Reason.UNSUPPORTED: "unsupported: no decoder for this type here yet",
    Reason.CODEC_MISSING: "codec missing: an extra is not installed (HEIC: pip install 'thaiid-detect[heic]')",
    Reason.ENCRYPTED: "encrypted",
    Reason.TOO_LARGE: "too large: over the cap on bytes, packed or unpacked, or pixels",
    Reason.TOO_MANY_PAGES: "too many pages",
    Reason.TOO_MANY_MEMBERS: "too many members: over the cap on files inside a file",
    Reason.TOO_DEEP: "too deep: over the cap on archives within archives",
    Reason.TOO_COMPRESSED: "too compressed: unpacks to far more than a picture would",
    Reason.TIMEOUT: "timeout: took longer than the cap on time; tried again with --retry-failed",
    Reason.CRASHED: "crashed: the worker died at it; tried again with --retry-failed",
    Reason.OUT_OF_MEMORY: "out of memory: took more than the cap on memory; tried again with --retry-failed",
    Reason.DENIED: "denied: no permission to read; tried again by the next run",
    Reason.VANISHED: "vanished: listed, then gone or replaced; tried again by the next run",
    Reason.READ_ERROR: "read error: the disk or network failed; tried again by the next run",
}
"""Every reason that goes with `unanalysed`, in words."""
