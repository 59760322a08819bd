"""The records that travel through the house: item → quads → reading → verdict → outcome.

All are frozen, slotted, hold no arrays, and so compare, hash, pickle and print as JSON. None of them ever prints
digits: `IdNumber` is masked, and loses its digits when it is pickled.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from thaiid_detect.number import IdNumber

__all__ = ["UNANALYSED", "Card", "Exposure", "Item", "Mode", "Outcome", "Quad", "Reading", "Reason", "Side", "Verdict"]

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


UNANALYSED = frozenset(list(Reason)[list(Reason).index(Reason.EMPTY) :])
"""The reasons that go with `unanalysed`."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What the source knows of who can read an item, when it was listed or opened: recorded, never judged.

    A file that all may read by its own bits is closed all the same if a folder above it is; nobody asks here. Policies
    and ACLs of buckets are not asked for (obstore has no call for them): `public` is True where the item was listed
    without credentials, as anyone can, and else None, which means not known, never "no".
    """

    file_mode: int | None = None
    """The permission bits, `0o644`; None in buckets."""
    owner: int | None = None
    """The owner's user id on the machine that scanned."""
    public: bool | None = None
    modified: int | None = None
    """Unix seconds."""

    def to_dict(self) -> dict[str, Any]:
        return {
            "file_mode": None if self.file_mode is None else f"{self.file_mode:04o}",
            "owner": self.owner,
            "world_readable": None if self.file_mode is None else bool(self.file_mode & 0o004),
            "public": self.public,
            "last_modified": _iso(self.modified),
        }


def _iso(seconds: int | None) -> str | None:
    """None also for what no calendar has: a file's time is whatever someone set."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return None


@dataclass(frozen=True, slots=True)
class Item:
    """One file of a store. `uri` is unique in the store; `version` is `mtime_ns` or an etag, as text.

    `exposure` is no part of its identity: two items are equal whoever may read them.
    """

    uri: str
    size: int
    version: str
    exposure: Exposure | None = field(default=None, compare=False)


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
            "exposure": None if self.item.exposure is None else self.item.exposure.to_dict(),
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
