"""What is read at one place, the cheapest first: words and numbers until they settle the matter, or cannot any more.

Our own networks for the number and the Thai title (10 ms), the line where most fronts have their English title (25 ms),
the strips where any front has them, the same with the card turned round, the whole card, and last the other reader.
"""

from __future__ import annotations

from dataclasses import dataclass

from thaiid_detect.digits import DigitReader
from thaiid_detect.geometry import Points, Rgb, rectify, turned
from thaiid_detect.locator import Candidate
from thaiid_detect.reader import Reader
from thaiid_detect.records import Side
from thaiid_detect.thai import ThaiReader
from thaiid_detect.verdict import (
    Decision,
    Finding,
    features,
    is_doubtful,
    is_hopeless,
    is_open,
    is_settled,
    is_titled,
    is_unread,
    is_upright,
    probability,
    worth_reading,
)
from thaiid_detect.words import Evidence, combine, interpret

__all__ = ["Examined", "PlaceReader", "Readers"]


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


class PlaceReader:
    """Thread-safe where its readers are."""

    def __init__(self, readers: Readers, decision: Decision) -> None:
        self._readers = readers
        self._decision = decision

    def is_worth_reading(self, picture: Rgb, look: Candidate) -> bool:
        """By its looks; or, where these leave a front in doubt, by a glance at its title, either way up."""
        if worth_reading(*look.scores, self._decision.thresholds):
            return True
        if look.side is Side.BACK or not is_doubtful(*look.scores, self._decision.thresholds):
            return False
        glances = (self._readers.thai.read(picture, turned(look.quad, turns)) for turns in (0, 2))
        return any(is_titled(interpret(lines)) for lines in glances)

    def read(self, picture: Rgb, candidate: Candidate) -> Examined:
        """Reads until the words settle the matter, then asks the other reader where they do not."""
        best, second = self._read(picture, candidate), self._readers.second
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
        """A glance; or the better of strips upright and turned round, then the whole card. Backs have no strips."""
        card = rectify(picture, candidate.quad)
        ours = self._lines_on(picture, candidate.quad, candidate.side)
        if (glance := self._glance(card, ours, candidate)) is not None:
            return glance
        best = Examined(self._weigh(candidate, self._words_on(card, ours, candidate.side)), candidate.quad)
        if not is_upright(best.finding):
            best = self._turned_round(picture, candidate, best)
        if candidate.side is Side.BACK or not is_unread(best.finding, self._decision.thresholds):
            return best
        words = interpret(self._readers.first.read_whole(rectify(picture, best.quad)))
        return Examined(self._weigh(candidate, combine(best.finding.evidence, words)), best.quad)

    def _turned_round(self, picture: Rgb, candidate: Candidate, best: Examined) -> Examined:
        """`best`, or the place upside down, where that says more; our networks alone look there if there is no hope."""
        quad = turned(candidate.quad, 2)
        ours = self._lines_on(picture, quad, candidate.side)
        hopeless = (is_hopeless(f, self._decision.thresholds) for f in (best.finding, self._weigh(candidate, ours)))
        if all(hopeless) and not ours.number_seen:
            return best
        words = self._words_on(rectify(picture, quad), ours, candidate.side)
        return max(best, Examined(self._weigh(candidate, words), quad), key=lambda each: each.finding.probability)

    def _lines_on(self, picture: Rgb, quad: Points, side: Side) -> Evidence:
        """The number and the Thai title of a front, by the networks of our own, which know nothing of backs."""
        if side is Side.BACK:
            return Evidence()
        return interpret((*self._readers.digits.read(picture, quad), *self._readers.thai.read(picture, quad)))

    def _glance(self, card: Rgb, ours: Evidence, candidate: Candidate) -> Examined | None:
        """Number and title of a front that lies as most do; None where that does not settle the matter."""
        if ours.reading.number is None:
            return None
        finding = self._weigh(candidate, ours)
        if not is_settled(finding, self._decision.thresholds):
            finding = self._weigh(candidate, combine(interpret(self._readers.first.read_title(card)), ours))
        return Examined(finding, candidate.quad) if is_settled(finding, self._decision.thresholds) else None

    def _words_on(self, card: Rgb, ours: Evidence, side: Side) -> Evidence:
        """All of a back; of a front its strips, and its number by both readers: where they agree they confirm it."""
        if side is Side.BACK:
            return interpret(self._readers.first.read_whole(card))
        return combine(interpret(self._readers.first.read_strips(card)), ours)

    def _weigh(self, candidate: Candidate, evidence: Evidence) -> Finding:
        inputs = features(candidate.side, *candidate.scores, evidence)
        return Finding(candidate.side, *candidate.scores, evidence, probability(self._decision, inputs))
