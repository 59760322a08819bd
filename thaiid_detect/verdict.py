"""Numbers in, decisions out: every threshold comparison of the project. No pictures, no I/O.

The evidence of one candidate (three looks at its pixels, the words read on it) is fused by a logistic model of few
numbers, fitted on held-out scenes by `models/training/calibrate.py` and kept in the weights' `config.json`. Thresholds
come from there too, one set a mode; nobody types one by hand.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from thaiid_detect.errors import SetupError
from thaiid_detect.odds import between
from thaiid_detect.records import Mode, Reason, Side, Verdict
from thaiid_detect.words import Evidence

__all__ = [
    "FEATURES",
    "Decision",
    "Finding",
    "Thresholds",
    "decide",
    "features",
    "is_doubtful",
    "is_hopeless",
    "is_open",
    "is_settled",
    "is_shown",
    "is_titled",
    "is_unread",
    "is_unsure",
    "is_upright",
    "looks_together",
    "probability",
    "seen_together",
    "settled_side",
    "worth_reading",
]

FEATURES: Final = (
    "first",
    "closer",
    "verified",
    "back",
    "pink",
    "title",
    "labels",
    "number",
    "checksum",
    "alien",
    "country",
    "back_code",
    "non_thai",
    "other_document",
    "other_words",
)
"""What the model weighs, in this order; see `features`."""

_LOGIT_SPAN: Final = 5.0
_TRACE: Final = 1e-4
"""As near to 0, or to 1, as any look counts."""
_LOOK_WEIGHTS: Final = (2.0, 1.0, 1.5)
"""The first counts twice: it is two looks at the page (`seen_together`). With the second alone, of the places on 730
files without a card twice as many were read where 1 % of those with a card were not."""
_SURE_NUMBER: Final = 0.9
"""A number as sure as this needs no second reader to confirm it."""
UNSURE: Final = (0.1, 0.6)
"""All looks together between these leave open whether a place is a card."""
DOUBTFUL: Final = 0.5
"""Looks of this share of the read threshold are worth a glance at the title."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """One mode. `look`: a first look below it ends the page as clear; `place`: places of which both looks at the page
    say less (`seen_together`) are not looked at closer; `read`: all looks together below it end the place before any
    word is read; `suspect` and `id_card`: probabilities after the words."""

    look: float
    place: float
    read: float
    suspect: float
    id_card: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What `config.json` says under `decision`: the model's weights by feature, its bias, the mode's thresholds."""

    weights: tuple[float, ...]
    bias: float
    thresholds: Thresholds

    @classmethod
    def from_config(cls, config: Mapping[str, Any], mode: Mode) -> Decision:
        """Raises SetupError where the configuration lacks a feature or the mode."""
        try:
            section = config["decision"]
            weights = tuple(float(section["weights"][name]) for name in FEATURES)
            return cls(
                weights,
                float(section["bias"]),
                Thresholds(**{name: float(value) for name, value in section["modes"][mode.value].items()}),
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise SetupError(
                "The weights' config.json has no usable `decision` section",
                remedy="Run `make calibrate`, or install thaiid-detect again.",
            ) from error


@dataclass(frozen=True, slots=True)
class Finding:
    """One candidate after the closer look and the words. `side` is what the pixels say, before `settled_side`."""

    side: Side
    first: float
    closer: float
    verified: float
    evidence: Evidence
    probability: float


def seen_together(first: float, second: float) -> float:
    """What both looks at a page say of a place, 0–1: the mean of the log-odds of `first`, the best of the whole page,
    and `second`, that of the place.

    With one threshold for this instead of one for each look, half as many places of 600 files without a card were
    named, and more of the cards on 4,272 scenes.
    """
    return between(first, second, _TRACE)


def worth_reading(first: float, closer: float, verified: float, thresholds: Thresholds) -> bool:
    """Whether words should be read at a place that scored so in the three looks."""
    return looks_together(first, closer, verified) >= thresholds.read


def is_unsure(first: float, closer: float, verified: float) -> bool:
    """Whether a place is worth another closer look.

    On 900 held-out scenes it raised the cards found at 3 % of negatives from 97.6 to 98.6 %; on 500 shifted scenes
    those found at 0.5 % of the pictures of other things from 90 to 93 %.
    """
    low, high = UNSURE
    return low <= looks_together(first, closer, verified) < high


def is_doubtful(first: float, closer: float, verified: float, thresholds: Thresholds) -> bool:
    """Whether a place that is not worth reading is worth a glance at its title, which takes milliseconds.

    In 900 shifted scenes and 200 photographs, of 11 cards with looks of 0.1–0.25 it found 6; of 234 other places none.
    """
    together = looks_together(first, closer, verified)
    return DOUBTFUL * thresholds.read <= together < thresholds.read


def is_titled(evidence: Evidence) -> bool:
    """Whether our Thai title, or a pink card's, was read: then the place is worth reading, whatever it looks like."""
    return max(evidence.title_thai, evidence.non_thai) >= 0.5


def looks_together(first: float, closer: float, verified: float) -> float:
    """All looks as one score, 0–1: the mean of their log-odds; the nearer a look, the more it counts."""
    logits = (_log_odds(score) * weight for score, weight in zip((first, closer, verified), _LOOK_WEIGHTS, strict=True))
    return 1.0 / (1.0 + math.exp(-sum(logits) / sum(_LOOK_WEIGHTS)))


def is_upright(finding: Finding) -> bool:
    """Whether words were read, so that turning the card round would only lose them: ours, or another document's. Upside
    down, a stranger's card says nothing against itself."""
    return _is_ours(finding.evidence) or finding.evidence.other_document >= 0.5


def is_settled(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether no more words could change anything: an ID card by its words, with a number read for sure."""
    sure = finding.evidence.reading.confidence >= _SURE_NUMBER
    return sure and finding.probability >= thresholds.id_card and _evidence_reason(finding.evidence) is Reason.WORDS


def is_hopeless(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether to leave a place alone, once the words where a card has them were read: the document would be clear.

    Reading on takes seconds, and of 1,036 places on 1,250 scenes it made none a card or a suspect.
    """
    return finding.probability < thresholds.suspect


def is_unread(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether the rest of the card should be read: it may be one, and its words or its number are missing so far."""
    if is_hopeless(finding, thresholds):
        return False
    read = finding.evidence.reading.number is not None and finding.evidence.reading.confidence >= 0.5
    return not (finding.probability >= thresholds.id_card and _is_ours(finding.evidence) and read)


def is_open(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether another reader's opinion could change the verdict: it is undecided, or it was decided without a word.

    A Thai taxpayer's card has a seal, a portrait and a valid number where ours has them, and a title in Thai alone.
    """
    if is_hopeless(finding, thresholds):
        return False
    return finding.probability < thresholds.id_card or _evidence_reason(finding.evidence) is not Reason.WORDS


def settled_side(side: Side, evidence: Evidence) -> Side:
    """The side, by the words where they tell: copies are grey or tinted, so pixels hardly know pink from blue."""
    if side is Side.BACK:
        return side
    if evidence.non_thai >= 0.5:
        return Side.PINK
    if max(evidence.title_english, evidence.title_thai) >= 0.5:
        return Side.FRONT
    return Side.PINK if evidence.alien_number else side


def is_shown(finding: Finding, thresholds: Thresholds) -> bool:
    """Whether the finding is one of the outcome's cards."""
    return finding.probability >= thresholds.suspect


def features(side: Side, first: float, closer: float, verified: float, evidence: Evidence) -> tuple[float, ...]:
    """The model's inputs, each about 0–1 (the looks −1–1), in the order of `FEATURES`."""
    title = max(evidence.title_english, evidence.title_thai)
    ours = max(title, evidence.labels / 3, evidence.non_thai, evidence.thailand, evidence.back_code)
    checksum = float(evidence.reading.checksum_valid) * evidence.reading.confidence
    return (
        _logit(first),
        _logit(closer),
        _logit(verified),
        float(side is Side.BACK),
        float(side is Side.PINK),
        title,
        min(evidence.labels, 4.0) / 4,
        evidence.reading.confidence if evidence.reading.number is not None else 0.0,
        checksum,
        float(evidence.alien_number) * checksum,
        evidence.thailand,
        evidence.back_code,
        evidence.non_thai,
        evidence.other_document,
        min(evidence.legible, 6) / 6 * (1.0 - min(1.0, ours)),
    )


def probability(decision: Decision, inputs: Sequence[float]) -> float:
    """The logistic model: 0–1."""
    total = decision.bias + sum(w * x for w, x in zip(decision.weights, inputs, strict=True))
    return 1.0 / (1.0 + math.exp(-max(-40.0, min(40.0, total))))


def decide(
    findings: Sequence[Finding], looked_at: int, unread: int, thresholds: Thresholds
) -> tuple[Verdict, Reason, float]:
    """The verdict over all pages: the best finding decides, its words tell the reason.

    `looked_at` counts the places that the looks at whole pages named, `unread` those that nobody read for want of time:
    with any of these the document is not clear.
    """
    if not findings:
        if unread:
            return Verdict.SUSPECT, Reason.UNCERTAIN, 0.0
        return Verdict.CLEAR, Reason.NOT_CONFIRMED if looked_at else Reason.NO_CARD, 0.0
    best = max(findings, key=lambda finding: finding.probability)
    if best.probability >= thresholds.id_card:
        return Verdict.ID_CARD, _evidence_reason(best.evidence), best.probability
    if best.probability >= thresholds.suspect:
        spoke = _is_ours(best.evidence) or best.evidence.legible > 2
        return Verdict.SUSPECT, Reason.UNCERTAIN if spoke else Reason.APPEARANCE, best.probability
    if unread:
        return Verdict.SUSPECT, Reason.UNCERTAIN, best.probability
    other = best.evidence.other_document >= 0.5
    return Verdict.CLEAR, Reason.OTHER_DOCUMENT if other else Reason.NOT_CONFIRMED, best.probability


def _is_ours(evidence: Evidence) -> bool:
    """Whether words of an ID card, or a valid number, were read."""
    return _evidence_reason(evidence) is not Reason.APPEARANCE


def _evidence_reason(evidence: Evidence) -> Reason:
    words = max(evidence.title_english, evidence.title_thai, evidence.labels / 2, evidence.non_thai)
    if max(words, evidence.thailand, evidence.back_code) >= 0.5:
        return Reason.WORDS
    return Reason.NUMBER if evidence.reading.checksum_valid else Reason.APPEARANCE


def _logit(score: float) -> float:
    """Log-odds of a score, clipped and scaled to −1–1."""
    return max(-1.0, min(1.0, _log_odds(score) / _LOGIT_SPAN))


def _log_odds(score: float) -> float:
    clipped = min(max(score, _TRACE), 1 - _TRACE)
    return math.log(clipped / (1 - clipped))
