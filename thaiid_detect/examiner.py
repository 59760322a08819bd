"""One page, looked at and read: what is known of each place where a card may be, in numbers.

The cheapest steps come first, and each may end the matter: a first look at the page (3 ms), a second with twice the
pixels (5 ms); of each place that this names a closer look (10 ms), the number and the Thai title by networks of our own
(10 ms), the line where most fronts have their English title (25 ms), the strips where any front has them, the same with
the card turned round, the whole card, and last the other reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thaiid_detect.digits import DigitReader
from thaiid_detect.document import Page
from thaiid_detect.geometry import CARD_SIZE, Points, Rgb, iou, rectify, scale_quad, to_quad, turned
from thaiid_detect.image import DecodeError
from thaiid_detect.locator import CLOSER, LOOK_SIDE, SECOND_SIDE, TIGHTER, Candidate, Locator, look_size
from thaiid_detect.number import person_hash
from thaiid_detect.reader import RapidReader, Reader
from thaiid_detect.records import Card, Reason, Side
from thaiid_detect.thai import ThaiReader
from thaiid_detect.verdict import (
    Decision,
    Finding,
    features,
    is_doubtful,
    is_open,
    is_settled,
    is_titled,
    is_unread,
    is_unsure,
    is_upright,
    looks_together,
    probability,
    settled_side,
    worth_reading,
)
from thaiid_detect.verifier import Verifier, frame
from thaiid_detect.weights import Weights, open_session
from thaiid_detect.words import Evidence, combine, interpret

__all__ = ["Examined", "Examiner", "PageFindings", "Place", "is_same", "small_picture", "to_card", "whole_picture"]

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
class Examined:
    """A finding and where it lies; `quad` (4, 2) in pixels of the page, turned as the words stand."""

    finding: Finding
    quad: Points


@dataclass(frozen=True, slots=True)
class Readers:
    """`first` reads Latin words, `digits` the number alone, `thai` Thai titles; `second` is asked where they leave the
    matter open, if there."""

    first: Reader
    digits: DigitReader
    thai: ThaiReader
    second: Reader | None


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
        cards = _apart([look for look in looks if self._is_worth_reading(picture, look)])
        unread = len(cards[MOST_READ:]) + len(places[MOST_LOOKS:])
        if not cards:
            return PageFindings(len(places), (), unread, damage)
        sharp, worse = (picture, damage) if damage else _larger(page, picture, cards, CARD_SIZE[0])
        examined = [self._read_on(sharp, card) for card in _moved(cards[:MOST_READ], picture, sharp)]
        full = page.width / sharp.shape[1], page.height / sharp.shape[0]
        found = tuple(replace(each, quad=scale_quad(each.quad, *full)) for each in examined)
        return PageFindings(len(places), found, unread, worse)

    def places(self, picture: Rgb, first: float, *, floor: float) -> list[Candidate]:
        """Where the second look sees a card, best first; and the whole picture, if it is of a card's shape and none of
        them is it: a scan cut to a card of a design hardly known. `first`: the first look's score."""
        places = self.locator.locate(picture, floor=floor)
        whole = whole_picture(picture, first)
        if whole is None or any(is_same(place, whole) for place in places):
            return places
        return [*places, whole]

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

    def _is_worth_reading(self, picture: Rgb, look: Candidate) -> bool:
        """By its looks; or, where these leave a front in doubt, by a glance at its title, either way up."""
        if worth_reading(*look.scores, self._decision.thresholds):
            return True
        if look.side is Side.BACK or not is_doubtful(*look.scores, self._decision.thresholds):
            return False
        glances = (self.readers.thai.read(picture, turned(look.quad, turns)) for turns in (0, 2))
        return any(is_titled(interpret(lines)) for lines in glances)

    def _read_on(self, picture: Rgb, candidate: Candidate) -> Examined:
        """Reads until the words settle the matter, then asks the other reader where they do not."""
        best, second = self._read(picture, candidate), self.readers.second
        if second is None:
            return best
        # A back has its words anywhere; a front its title at the top, where reading it is cheap.
        for read in (second.read_whole,) if candidate.side is Side.BACK else (second.read_strips, second.read_whole):
            if not is_open(best.finding, self._decision.thresholds):
                break
            words = interpret(read(rectify(picture, best.quad)))
            best = Examined(self._weigh(candidate, combine(best.finding.evidence, words)), best.quad)
        return best

    def _read(self, picture: Rgb, candidate: Candidate) -> Examined:
        """A glance; or the best of strips upright, strips turned round, the whole card. Backs have no strips."""
        looks: list[Examined] = []
        for turns in (0, 2):
            quad = turned(candidate.quad, turns)
            card = rectify(picture, quad)
            back = candidate.side is Side.BACK
            ours = Evidence() if back else self._lines_on(picture, quad)
            glance = self._glance(card, ours, candidate) if turns == 0 else None
            if glance is not None:
                return glance
            looks.append(Examined(self._weigh(candidate, self._words_on(card, ours, candidate.side)), quad))
            if is_upright(looks[-1].finding):
                break
        best = max(looks, key=lambda look: look.finding.probability)
        if candidate.side is Side.BACK or not is_unread(best.finding, self._decision.thresholds):
            return best
        words = interpret(self.readers.first.read_whole(rectify(picture, best.quad)))
        return Examined(self._weigh(candidate, combine(best.finding.evidence, words)), best.quad)

    def _lines_on(self, picture: Rgb, quad: Points) -> Evidence:
        """The number and the Thai title of a front, by the networks of our own."""
        return interpret((*self.readers.digits.read(picture, quad), *self.readers.thai.read(picture, quad)))

    def _glance(self, card: Rgb, ours: Evidence, candidate: Candidate) -> Examined | None:
        """Number and title of a front that lies as most do; None where that does not settle the matter."""
        if ours.reading.number is None:
            return None
        finding = self._weigh(candidate, ours)
        if not is_settled(finding, self._decision.thresholds):
            finding = self._weigh(candidate, combine(interpret(self.readers.first.read_title(card)), ours))
        return Examined(finding, candidate.quad) if is_settled(finding, self._decision.thresholds) else None

    def _words_on(self, card: Rgb, ours: Evidence, side: Side) -> Evidence:
        """All of a back; of a front its strips, and its number by both readers: where they agree they confirm it."""
        if side is Side.BACK:
            return interpret(self.readers.first.read_whole(card))
        return combine(interpret(self.readers.first.read_strips(card)), ours)

    def _weigh(self, candidate: Candidate, evidence: Evidence) -> Finding:
        inputs = features(candidate.side, *candidate.scores, evidence)
        return Finding(candidate.side, *candidate.scores, evidence, probability(self._decision, inputs))


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
