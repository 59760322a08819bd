"""The decision, as tables: no model, no picture."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from thaiid_detect.errors import SetupError
from thaiid_detect.number import IdNumber
from thaiid_detect.records import Mode, Reading, Reason, Side, Verdict
from thaiid_detect.verdict import (
    FEATURES,
    Decision,
    Finding,
    Thresholds,
    decide,
    features,
    is_open,
    is_titled,
    is_unread,
    is_upright,
    probability,
    seen_together,
    settled_side,
    worth_reading,
)
from thaiid_detect.words import Evidence

LIMITS = Thresholds(look=0.05, place=0.05, read=0.1, suspect=0.3, id_card=0.6)
TITLE = Evidence(title_english=1.0, labels=3.0, legible=8)
NUMBER = IdNumber("1 2899 00000 12 4")


def finding(chance: float, evidence: Evidence = TITLE, side: Side = Side.FRONT) -> Finding:
    return Finding(side, 0.9, 0.9, 0.9, evidence, chance)


@pytest.mark.parametrize(
    ("findings", "looked_at", "verdict", "reason"),
    [
        ([], 0, Verdict.CLEAR, Reason.NO_CARD),
        ([], 2, Verdict.CLEAR, Reason.NOT_CONFIRMED),
        ([finding(0.6)], 1, Verdict.ID_CARD, Reason.WORDS),
        ([finding(0.9, Evidence())], 1, Verdict.ID_CARD, Reason.APPEARANCE),
        ([finding(0.9, Evidence(reading=Reading(NUMBER, 0.9, True)))], 1, Verdict.ID_CARD, Reason.NUMBER),
        ([finding(0.9, Evidence(back_code=1.0), Side.BACK)], 1, Verdict.ID_CARD, Reason.WORDS),
        ([finding(0.59)], 1, Verdict.SUSPECT, Reason.UNCERTAIN),
        ([finding(0.3, Evidence())], 1, Verdict.SUSPECT, Reason.APPEARANCE),
        ([finding(0.29)], 1, Verdict.CLEAR, Reason.NOT_CONFIRMED),
        ([finding(0.1, Evidence(other_document=0.9))], 1, Verdict.CLEAR, Reason.OTHER_DOCUMENT),
        ([finding(0.1), finding(0.7), finding(0.4)], 3, Verdict.ID_CARD, Reason.WORDS),
    ],
)
def test_decide(findings: list[Finding], looked_at: int, verdict: Verdict, reason: Reason) -> None:
    score = max((each.probability for each in findings), default=0.0)
    assert decide(findings, looked_at, 0, LIMITS) == (verdict, reason, score)


def test_places_that_nobody_read_forbid_clear() -> None:
    assert decide([finding(0.1)], 70, 3, LIMITS)[:2] == (Verdict.SUSPECT, Reason.UNCERTAIN)
    assert decide([], 70, 3, LIMITS)[:2] == (Verdict.SUSPECT, Reason.UNCERTAIN)
    assert decide([finding(0.7)], 70, 3, LIMITS)[:2] == (Verdict.ID_CARD, Reason.WORDS)


@pytest.mark.parametrize(
    ("first", "closer", "verified", "read_on"),
    [
        (0.1, 0.1, 0.1, True),
        (0.09, 0.09, 0.09, False),
        (0.9, 0.9, 0.03, True),
        (0.05, 0.1, 0.2, False),
        (0.05, 0.3, 0.4, True),
        (0.8, 0.4, 0.0, False),
        (0.4, 0.0, 0.0, False),
    ],
)
def test_all_looks_decide_together_whether_to_read(first: float, closer: float, verified: float, read_on: bool) -> None:
    assert worth_reading(first, closer, verified, LIMITS) is read_on


@pytest.mark.parametrize(
    ("chance", "evidence", "unread", "open_"),
    [
        (0.9, replace(TITLE, reading=Reading(NUMBER, 0.9, True)), False, False),
        (0.9, replace(TITLE, reading=Reading(NUMBER, 0.4, True)), True, False),
        (0.9, TITLE, True, False),
        (0.9, Evidence(), True, True),
        (0.9, Evidence(reading=Reading(NUMBER, 0.9, True)), False, True),
        (0.5, replace(TITLE, reading=Reading(NUMBER, 0.9, True)), True, True),
        (0.31, Evidence(), True, True),
        (0.29, Evidence(), False, False),
    ],
)
def test_reading_goes_on_only_where_it_may_tell_something(
    chance: float, evidence: Evidence, unread: bool, open_: bool
) -> None:
    assert is_unread(finding(chance, evidence), LIMITS) is unread
    assert is_open(finding(chance, evidence), LIMITS) is open_


@pytest.mark.parametrize(
    ("first", "second", "both"), [(0.9, 0.1, 0.5), (0.5, 0.5, 0.5), (0.2, 0.8, 0.5), (0.9, 0.9, 0.9), (0.0, 0.5, 0.01)]
)
def test_both_looks_at_a_page_weigh_the_same(first: float, second: float, both: float) -> None:
    assert seen_together(first, second) == pytest.approx(both, abs=1e-3)
    assert seen_together(second, first) == seen_together(first, second)


def test_our_titles_make_a_doubtful_front_worth_reading() -> None:
    assert is_titled(Evidence(title_thai=0.8))
    assert is_titled(Evidence(non_thai=1.0))
    assert not is_titled(Evidence(labels=3.0, reading=Reading(NUMBER, 0.9, True)))


def test_words_tell_which_way_is_up() -> None:
    assert is_upright(finding(0.2, TITLE))
    assert is_upright(finding(0.2, Evidence(thailand=1.0), Side.BACK))
    assert is_upright(finding(0.1, Evidence(legible=4, other_document=0.7)))
    assert not is_upright(finding(0.9, Evidence(legible=9, other_document=0.2)))


def test_features_are_bounded_and_named() -> None:
    loud = Evidence(1.0, 1.0, 8.0, 1.0, 1.0, Reading(NUMBER, 1.0, True), True, True, 1.0, 1.0, 50)
    for evidence in (Evidence(), loud):
        values = features(Side.PINK, 1.0, 0.0, 0.5, evidence)
        assert len(values) == len(FEATURES)
        assert all(-1.0 <= value <= 1.0 for value in values)
    assert features(Side.BACK, 0.5, 0.5, 0.5, Evidence())[:5] == (0.0, 0.0, 0.0, 1.0, 0.0)


def test_words_that_say_something_else_count_against_a_card() -> None:
    silent, talking = Evidence(), Evidence(legible=6)
    position = FEATURES.index("other_words")
    assert features(Side.FRONT, 0.9, 0.9, 0.9, silent)[position] == 0.0
    assert features(Side.FRONT, 0.9, 0.9, 0.9, talking)[position] == 1.0
    assert features(Side.FRONT, 0.9, 0.9, 0.9, replace(talking, title_english=1.0))[position] == 0.0


def test_probability_is_logistic() -> None:
    decision = Decision(tuple([1.0] + [0.0] * (len(FEATURES) - 1)), -0.5, LIMITS)
    inputs = [0.5] + [0.9] * (len(FEATURES) - 1)
    assert probability(decision, inputs) == pytest.approx(0.5)
    assert probability(Decision(decision.weights, 1e9, LIMITS), inputs) == pytest.approx(1 / (1 + math.exp(-40)))


def test_decision_from_config_says_what_to_do_about_a_gap() -> None:
    section = {
        "weights": dict.fromkeys(FEATURES, 1.0),
        "bias": 0.0,
        "modes": {"recall": {"look": 0.1, "place": 0.1, "read": 0.1, "suspect": 0.2, "id_card": 0.4}},
    }
    assert Decision.from_config({"decision": section}, Mode.RECALL).thresholds.id_card == 0.4
    with pytest.raises(SetupError, match="make calibrate"):
        Decision.from_config({"decision": section}, Mode.PRECISION)
    with pytest.raises(SetupError, match="make calibrate"):
        Decision.from_config({}, Mode.RECALL)


@pytest.mark.parametrize(
    ("seen", "evidence", "side"),
    [
        (Side.FRONT, Evidence(non_thai=1.0, title_english=0.5), Side.PINK),
        (Side.FRONT, Evidence(alien_number=True), Side.PINK),
        (Side.FRONT, Evidence(alien_number=True, title_english=1.0), Side.FRONT),
        (Side.PINK, Evidence(title_english=1.0), Side.FRONT),
        (Side.PINK, Evidence(), Side.PINK),
        (Side.BACK, Evidence(non_thai=1.0), Side.BACK),
    ],
)
def test_words_settle_the_side_where_they_tell(seen: Side, evidence: Evidence, side: Side) -> None:
    assert settled_side(seen, evidence) is side
