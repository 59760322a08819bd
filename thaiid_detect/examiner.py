"""One candidate, looked at closely and read: a place on a page → what is known of it, in numbers.

The cheapest steps come first, and each may end the matter: a closer look (3 ms), the strips where a front has its
title and number, the same with the card turned round, the whole card, and last the other reader.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from thaiid_detect.document import Page
from thaiid_detect.geometry import CARD_SIZE, Points, Rgb, iou, rectify, scale_quad, to_quad, turned
from thaiid_detect.locator import LOOK_SIDE, Candidate, Locator
from thaiid_detect.number import person_hash
from thaiid_detect.reader import Reader
from thaiid_detect.records import Card, Side
from thaiid_detect.verdict import (
    Decision,
    Finding,
    features,
    is_open,
    is_unread,
    is_upright,
    probability,
    worth_reading,
)
from thaiid_detect.words import Evidence, combine, interpret

__all__ = ["Examined", "Examiner", "to_card"]

MOST_CANDIDATES = 8
CLOSE_SIDE = (800, 3600)
"""Long side of the larger picture, in pixels: within these bounds, enough for the smallest card to be 1,000 px wide."""


@dataclass(frozen=True, slots=True)
class Examined:
    """A finding and where it lies; `quad` (4, 2) in pixels of the picture examined, turned as the words stand."""

    finding: Finding
    quad: Points


class Examiner:
    """Looks and reads. Thread-safe where its locator and readers are."""

    def __init__(self, locator: Locator, reader: Reader, second: Reader | None, decision: Decision) -> None:
        self._locator = locator
        self._reader = reader
        self._second = second
        self._decision = decision

    def examine_page(self, page: Page) -> tuple[int, list[Examined]]:
        """How many places the first look names, and what was found there, in page pixels, best first.

        Raises DecodeError where the page cannot be decoded.
        """
        small = page.raster(LOOK_SIDE)
        places = self._locator.locate(small, floor=self._decision.thresholds.look)[:MOST_CANDIDATES]
        if not places:
            return 0, []
        smallest = min(float(np.ptp(place.quad, axis=0).max()) for place in places) / max(small.shape[:2])
        picture = page.raster(int(np.clip(CARD_SIZE[0] / max(smallest, 0.01), *CLOSE_SIDE)))
        grown = picture.shape[1] / small.shape[1], picture.shape[0] / small.shape[0]
        full = page.width / picture.shape[1], page.height / picture.shape[0]
        looks = [self.examine(picture, replace(place, quad=scale_quad(place.quad, *grown))) for place in places]
        found = [replace(look, quad=scale_quad(look.quad, *full)) for look in looks if look is not None]
        return len(places), _apart(found)

    def examine(self, picture: Rgb, candidate: Candidate) -> Examined | None:
        """What `picture` (RGB) shows at the candidate's place; None where the closer look ends the matter."""
        closer = self._locator.look_closer(picture, candidate)
        seen = closer.closer or 0.0
        if not worth_reading(closer.score, seen, self._decision.thresholds):
            return None
        if seen >= 0.3:
            # The first quad came from a coarse view; cut out anew around the better one, it gets better still.
            closer = self._locator.look_closer(picture, closer)
        best = self._read(picture, closer, seen)
        if self._second is None or not is_open(best.finding, self._decision.thresholds):
            return best
        words = interpret(self._second.read_whole(rectify(picture, best.quad)))
        return Examined(self._weigh(closer, seen, combine(best.finding.evidence, words)), best.quad)

    def _read(self, picture: Rgb, candidate: Candidate, seen: float) -> Examined:
        """The best of: strips upright, strips turned round, the whole card. Backs have no strips."""
        looks: list[Examined] = []
        for turns in (0, 2):
            quad = turned(candidate.quad, turns)
            card = rectify(picture, quad)
            lines = self._reader.read_whole(card) if candidate.side is Side.BACK else self._reader.read_strips(card)
            looks.append(Examined(self._weigh(candidate, seen, interpret(lines)), quad))
            if is_upright(looks[-1].finding):
                break
        best = max(looks, key=lambda look: look.finding.probability)
        if candidate.side is Side.BACK or not is_unread(best.finding, self._decision.thresholds):
            return best
        words = interpret(self._reader.read_whole(rectify(picture, best.quad)))
        return Examined(self._weigh(candidate, seen, combine(best.finding.evidence, words)), best.quad)

    def _weigh(self, candidate: Candidate, seen: float, evidence: Evidence) -> Finding:
        inputs = features(candidate.side, candidate.score, seen, evidence)
        return Finding(candidate.side, candidate.score, seen, evidence, probability(self._decision, inputs))


def _apart(examined: list[Examined]) -> list[Examined]:
    """Without the weaker of two that turned out to be the same card under the closer look."""
    kept: list[Examined] = []
    for each in sorted(examined, key=lambda other: -other.finding.probability):
        if all(iou(each.quad, other.quad) < 0.4 for other in kept):
            kept.append(each)
    return kept


def to_card(examined: Examined, page: int, key: bytes | None) -> Card:
    """The record of a finding on page `page` (1-based); with a key, a valid number also gives the person's hash."""
    finding = examined.finding
    reading = finding.evidence.reading
    number = reading.number if reading.checksum_valid else None
    person = person_hash(number, key) if key is not None and number is not None else None
    return Card(finding.side, to_quad(examined.quad), finding.probability, page, reading, person)
