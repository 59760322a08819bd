"""The records that travel through the house: item → quads → reading → verdict → outcome.

All are frozen, slotted, hold no arrays, and so compare, hash, pickle and print as JSON. None of them ever prints
digits: `IdNumber` is masked, and loses its digits when it is pickled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from thaiid_detect.number import IdNumber

__all__ = ["Card", "Item", "Mode", "Outcome", "Quad", "Reading", "Reason", "Side", "Verdict"]

SCHEMA = 1
"""Version of the JSON row; raised when a field changes its meaning or goes away."""


class Verdict(StrEnum):
    ID_CARD = "id_card"
    SUSPECT = "suspect"
    CLEAR = "clear"
    UNANALYSED = "unanalysed"


class Side(StrEnum):
    FRONT = "front"
    BACK = "back"
    PINK = "pink"


class Mode(StrEnum):
    RECALL = "recall"
    BALANCED = "balanced"
    PRECISION = "precision"


class Reason(StrEnum):
    """Why the verdict is what it is. The comment names the verdicts a reason goes with."""

    WORDS = "words"  # id_card: the card's title, labels or laser code were read
    NUMBER = "number"  # id_card: a number with a valid checksum stands where a card's number stands
    APPEARANCE = "appearance"  # id_card, suspect: it looks like a card; no words could be read
    UNCERTAIN = "uncertain"  # suspect: neither pixels nor words settle it
    NO_CARD = "no_card"  # clear: nothing on any page looks like a card
    NOT_CONFIRMED = "not_confirmed"  # clear: something looked a little like a card, a closer look said no
    OTHER_DOCUMENT = "other_document"  # clear: the words are those of another document
    NOT_A_DOCUMENT = "not_a_document"  # clear: a type that cannot hold a picture (plain text, audio …)
    EMPTY = "empty"  # unanalysed, from here on
    TRUNCATED = "truncated"
    CORRUPT = "corrupt"
    UNSUPPORTED = "unsupported"
    CODEC_MISSING = "codec_missing"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    TOO_MANY_PAGES = "too_many_pages"
    TOO_MANY_MEMBERS = "too_many_members"
    TOO_DEEP = "too_deep"
    TOO_COMPRESSED = "too_compressed"
    TIMEOUT = "timeout"
    CRASHED = "crashed"
    OUT_OF_MEMORY = "out_of_memory"
    DENIED = "denied"
    VANISHED = "vanished"
    READ_ERROR = "read_error"


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a store. `uri` is unique in the store; `version` is `mtime_ns` or an etag, as text."""

    uri: str
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Quad:
    """A card's corners in pixels of the upright page, origin top left, in the order TL TR BR BL *of the card*.

    A card lying upright at (10, 20), 100 wide and 60 high: ((10, 20), (110, 20), (110, 80), (10, 80)). The same card
    turned a quarter clockwise starts at its own top-left corner, which now lies top right on the page:
    ((110, 20), (110, 120), (50, 120), (50, 20)).
    """

    points: tuple[tuple[float, float], tuple[float, float], tuple[float, float], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a number reader read off one card.

    `checksum_valid` speaks of a free reading only: no reader here uses the checksum to choose digits.
    """

    number: IdNumber | None = None
    confidence: float = 0.0
    checksum_valid: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """One ID card on a page (1-based). `person` is a keyed hash of a valid number, None without key or number.

    `member`: the file inside the item that has the page, `inner.zip!/scan.jpg` for one in an archive in it; None where
    that is the item itself. A 13-digit number in its name is masked.
    """

    side: Side
    quad: Quad
    score: float
    page: int = 1
    reading: Reading = field(default_factory=Reading)
    person: str | None = None
    member: str | None = None

    def to_dict(self) -> dict[str, Any]:
        number = self.reading.number
        checksum = "unread" if number is None else ("valid" if self.reading.checksum_valid else "invalid")
        return {
            "page": self.page,
            "side": self.side.value,
            "score": round(self.score, 4),
            "quad": [[round(x, 1), round(y, 1)] for x, y in self.quad.points],
            "number": None if number is None else number.masked,
            "checksum": checksum,
            "person": self.person,
            "member": self.member,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The record of one item. `score` (0–1) is the evidence that it holds an ID card; `elapsed_ms` wall time."""

    item: Item
    verdict: Verdict
    reason: Reason
    score: float = 0.0
    cards: tuple[Card, ...] = ()
    number_seen: bool = False
    sha256: str | None = None
    media_type: str | None = None
    pages: int = 0
    model: str = ""
    mode: Mode = Mode.BALANCED
    elapsed_ms: float = 0.0

    def to_dict(self) -> dict[str, Any]:
        """The JSON row. The same on every machine but for `elapsed_ms`."""
        return {
            "schema": SCHEMA,
            "uri": self.item.uri,
            "size": self.item.size,
            "version": self.item.version,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "pages": self.pages,
            "verdict": self.verdict.value,
            "reason": self.reason.value,
            "score": round(self.score, 4),
            "number_seen": self.number_seen,
            "cards": [card.to_dict() for card in self.cards],
            "model": self.model,
            "mode": self.mode.value,
            "elapsed_ms": round(self.elapsed_ms, 2),
        }
