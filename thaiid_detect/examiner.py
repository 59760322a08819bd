"""One page, looked at: what is known of each place where a card may be, in numbers.

The cheapest steps come first, and each may end the matter: a first look at the page (3 ms), a second with twice the
pixels (5 ms); of each place that this names a closer look (10 ms); of what then still looks like a card, words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thaiid_detect.digits import DigitReader
from thaiid_detect.document import Page
from thaiid_detect.geometry import CARD_SIZE, Rgb, iou, scale_quad, to_quad, turned
from thaiid_detect.image import DecodeError
from thaiid_detect.locator import CLOSER, LOOK_SIDE, SECOND_SIDE, TIGHTER, Candidate, Locator, look_size
from thaiid_detect.number import person_hash
from thaiid_detect.place_reader import Examined, PlaceReader, Readers
from thaiid_detect.reader import RapidReader, Reader
from thaiid_detect.records import Card, Reason, Side
from thaiid_detect.thai import ThaiReader
from thaiid_detect.verdict import Decision, is_unsure, looks_together, seen_together, settled_side
from thaiid_detect.verifier import Verifier, frame
from thaiid_detect.weights import Weights, open_session

__all__ = ["Examiner", "PageFindings", "Place", "is_same", "small_picture", "to_card", "whole_picture"]

FAINTEST = 0.15
"""A second look that says less names no place, however sure the first was of the page."""
MOST_LOOKS = 64
MOST_READ = 8
"""Places of one page that are looked at closely (milliseconds each) and read (up to seconds each). Beyond that nobody
knows what is there, and a page that would be clear is suspect instead."""
SAME_CARD = 0.4
"""IoU above which two quads are one card."""
SHAPE = 1.35, 1.9
"""Ratios of the sides of a picture that may be one card: cards have 1.59, free mock-ups from 1.4 to 1.8."""
CLOSE_SIDE = (800, 3600)
"""Long side of the larger pictures, in pixels: within these bounds, as `LOOKED_AT` and `geometry.CARD_SIZE` ask."""
LOOKED_AT = 420
"""Width in pixels of the smallest place, for the looks: they shrink it to 352 or less. Decoding is what costs here, and
most places are no cards; only for those that are read it is done again, as large as letters need it."""

Place = tuple[int, str | None]
"""A page's number, from 1, and the member that has it, None where that is the file itself."""


@dataclass(frozen=True, slots=True)
class PageFindings:
    """What one page holds. `looked_at`: places that the second look named, 1 where only the first saw anything;
    `unread`: those that should have been read but were over the cap; `damage`: why only a small picture of the page
    could be decoded, None where it was whole."""

    looked_at: int = 0
    examined: tuple[Examined, ...] = ()
    unread: int = 0
    damage: Reason | None = None
    place: Place = (1, None)


class Examiner:
    """Looks and reads. Thread-safe where its locator and readers are."""

    def __init__(self, locator: Locator, verifier: Verifier, readers: Readers, decision: Decision) -> None:
        self.locator = locator
        self.readers = readers
        self.words = PlaceReader(readers, decision)
        self._verifier = verifier
        self._decision = decision

    @classmethod
    def open(
        cls, networks: Sequence[Weights], decision: Decision, *, threads: int = 1, second: Reader | None = None
    ) -> Examiner:
        """With `networks`, those of `weights.NETWORKS`, and `threads` threads each; `second` is the other reader.
        Raises SetupError."""
        first, closer, verifier, digits, thai = (open_session(each, threads=threads) for each in networks)
        readers = Readers(RapidReader(threads=threads), DigitReader(digits), ThaiReader(thai), second)
        return cls(Locator(first, closer), Verifier(verifier), readers, decision)

    def look_at(self, page: Page) -> PageFindings:
        """As `examine`, and where that was; a page that cannot be decoded has a damage and nothing else."""
        place = page.number, page.member
        try:
            return replace(found := self.examine(page), damage=found.damage or page.damage, place=place)
        except DecodeError as error:
            return PageFindings(damage=error.reason, place=place)
        except MemoryError:
            return PageFindings(damage=Reason.OUT_OF_MEMORY, place=place)

    def examine(self, page: Page) -> PageFindings:
        """All looks and the words of one page. Raises DecodeError where not even a small picture can be decoded."""
        small, limits = small_picture(page), self._decision.thresholds
        if (first := self.locator.glimpse(small)) < limits.look:
            return PageFindings()
        seen, damage = _decoded(page, small, _page_side(page, SECOND_SIDE))
        places = self.places(seen, first, floor=limits.place)
        if not places:
            return PageFindings(looked_at=1, damage=damage)
        picture, damage = (seen, damage) if damage else _larger(page, seen, places, LOOKED_AT)
        looks = [self.look(picture, place) for place in _moved(places[:MOST_LOOKS], seen, picture)]
        cards = _apart([look for look in looks if self.words.is_worth_reading(picture, look)])
        unread = len(cards[MOST_READ:]) + len(places[MOST_LOOKS:])
        if not cards:
            return PageFindings(len(places), (), unread, damage)
        sharp, worse = (picture, damage) if damage else _larger(page, picture, cards, CARD_SIZE[0])
        examined = [self.words.read(sharp, card) for card in _moved(cards[:MOST_READ], picture, sharp)]
        full = page.width / sharp.shape[1], page.height / sharp.shape[0]
        found = tuple(replace(each, quad=scale_quad(each.quad, *full)) for each in examined)
        return PageFindings(len(places), found, unread, worse)

    def places(self, picture: Rgb, first: float, *, floor: float) -> list[Candidate]:
        """Where both looks at the page, `first` and one at `picture`, see a card, best first; and the whole picture, if
        it is of a card's shape and none of them is it: a scan cut to a card of a design hardly known."""
        places = [place for place in self.named(picture, first) if place.score >= floor]
        whole = whole_picture(picture, first)
        if whole is None or first < floor or any(is_same(place, whole) for place in places):
            return places
        return [*places, whole]

    def named(self, picture: Rgb, first: float) -> list[Candidate]:
        """All places of which both looks at the page say anything, best first, with what they say together."""
        seen = self.locator.locate(picture, floor=FAINTEST)
        return [replace(place, score=seen_together(first, place.score)) for place in seen]

    def look(self, picture: Rgb, place: Candidate) -> Candidate:
        """The place as seen from close by and set upright; twice where that leaves it in doubt, the better view counts.

        What looks like no card is often one whose corners were not found, and another crop may show them.
        """
        wide = self._look(picture, place, CLOSER)
        if not is_unsure(*wide.scores):
            return wide
        tight = self._look(picture, place, TIGHTER)
        return max((wide, tight), key=lambda seen: looks_together(*seen.scores))

    def _look(self, picture: Rgb, place: Candidate, taking_in: float) -> Candidate:
        return self._verifier.verify(picture, self.locator.look_closer(picture, place, taking_in=taking_in))


def whole_picture(picture: Rgb, score: float) -> Candidate | None:
    """The picture as one place; None where it is of no card's shape."""
    height, width = picture.shape[:2]
    if not SHAPE[0] <= max(height, width) / min(height, width) <= SHAPE[1]:
        return None
    return Candidate(Side.FRONT, score, turned(frame((width, height)), 0 if width >= height else 3))


def small_picture(page: Page, look: int = LOOK_SIDE) -> Rgb:
    """What a look at the page is taken at: as small a picture as that needs. Raises DecodeError."""
    return page.raster(_page_side(page, look))


def _page_side(page: Page, look: int) -> int:
    """Long side of the picture that a look asks for. A second look does with a tenth less than it has pixels for: an
    eighth of a phone's photograph is 504 wide, and a quarter would cost another decoding."""
    side = max(look_size(page.width, page.height, look))
    return side if look == LOOK_SIDE else round(0.9 * side)


def _larger(page: Page, picture: Rgb, places: list[Candidate], width: int) -> tuple[Rgb, Reason | None]:
    """The page so large that the smallest of the places on `picture` is `width` pixels wide; see `_decoded`."""
    smallest = min(float(np.ptp(place.quad, axis=0).max()) for place in places) / max(picture.shape[:2])
    return _decoded(page, picture, int(np.clip(width / max(smallest, 0.01), *CLOSE_SIDE)))


def _decoded(page: Page, picture: Rgb, side: int) -> tuple[Rgb, Reason | None]:
    """The page with a long side of `side` pixels or more; or `picture`, where it has as many; or `picture`, and why,
    where the page cannot be decoded."""
    if side <= max(picture.shape[:2]):
        return picture, None
    try:
        return page.raster(side), None
    except DecodeError as error:
        return picture, error.reason


def _moved(places: list[Candidate], old: Rgb, new: Rgb) -> list[Candidate]:
    """Places on one picture of a page, on another of it."""
    grown = new.shape[1] / old.shape[1], new.shape[0] / old.shape[0]
    return [replace(place, quad=scale_quad(place.quad, *grown)) for place in places]


def is_same(one: Candidate, other: Candidate) -> bool:
    """Whether two places are one card."""
    return iou(one.quad, other.quad) >= SAME_CARD


def _apart(candidates: list[Candidate]) -> list[Candidate]:
    """The candidates, best first, without those that turned out to be the same card under the closer look."""
    kept: list[Candidate] = []
    for each in sorted(candidates, key=lambda other: -looks_together(*other.scores)):
        if not any(is_same(each, other) for other in kept):
            kept.append(each)
    return kept


def to_card(examined: Examined, place: Place, key: bytes | None) -> Card:
    """The record of a finding on the page at `place`; with a key, a valid number also gives the person's hash."""
    finding = examined.finding
    reading = finding.evidence.reading
    number = reading.number if reading.checksum_valid else None
    person = person_hash(number, key) if key is not None and number is not None else None
    side = settled_side(finding.side, finding.evidence)
    return Card(side, to_quad(examined.quad), finding.probability, place[0], reading, person, place[1])
