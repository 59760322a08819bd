"""The thresholds of the looks follow from their budgets, and no look that an earlier threshold ends has a say."""

from __future__ import annotations

import numpy as np
import pytest

from models.training.calibrate import LOOKED_AT, LOOKED_AT_AGAIN, READ, look_thresholds
from models.training.gather import Look, Observed, looked_at, together
from thaiid_detect.verdict import Thresholds, looks_together

RNG = np.random.default_rng(5)


def bare(page: float, place: float, neighbours: tuple[str, ...] = ()) -> Observed:
    return Observed("f.jpg", "bare", neighbours, (), page, (Look(None, place, 0.4, 0.3, 0.0, 0.0),), ())


SCENES = [bare(*pair) for pair in RNG.uniform(0.0, 0.6, (400, 2))]


@pytest.mark.parametrize("mode", list(READ))
def test_each_threshold_lets_through_what_its_budget_allows(mode: str) -> None:
    limits = look_thresholds(SCENES, mode)
    again = np.mean([scene.page >= limits["look"] for scene in SCENES])
    both = np.mean([s.page >= limits["look"] and s.looks[0].first >= limits["place"] for s in SCENES])
    assert again == pytest.approx(LOOKED_AT_AGAIN[mode], abs=0.01)
    assert both == pytest.approx(min(LOOKED_AT[mode], again), abs=0.02)


def test_scenes_with_neighbours_have_a_say_in_what_is_read_alone() -> None:
    near = [bare(0.9, 0.9, ("th_driving_licence",))] * 400
    alone, both = look_thresholds(SCENES, "balanced"), look_thresholds(SCENES + near, "balanced")
    assert (both["look"], both["place"]) == (alone["look"], alone["place"])
    assert both["read"] > alone["read"]


@pytest.mark.parametrize(("look", "place", "seen"), [(0.5, 0.3, True), (0.6, 0.3, False), (0.5, 0.45, False)])
def test_a_place_counts_where_both_looks_at_the_page_leave_it(look: float, place: float, seen: bool) -> None:
    score = together(bare(0.55, 0.4), None, Thresholds(look, place, 0.0, 0.0, 0.0))
    assert score == (pytest.approx(looks_together(0.4, 0.4, 0.3)) if seen else 0.0)


@pytest.mark.parametrize(
    ("page", "large", "expected"),
    [
        (0.9, 0.5, [0.5, 0.3]),  # a place as large as the picture stands for it
        (0.9, 0.1, [0.3, 0.9]),  # … unless it is too faint to be looked at
        (0.2, 0.1, []),  # the first look ended the page
    ],
)
def test_the_whole_picture_counts_where_no_place_as_large_does(
    page: float, large: float, expected: list[float]
) -> None:
    looks = (
        Look(None, large, 0.4, 0.3, 0.0, 0.0, large=True),
        Look(None, 0.3, 0.4, 0.3, 0.0, 0.0),
        Look(None, page, 0.4, 0.3, 0.0, 0.0, whole=True),
    )
    scene = Observed("f.jpg", "bare", (), (), page, looks, ())
    assert [look.first for look in looked_at(scene, Thresholds(0.3, 0.2, 0.1, 0.1, 0.5))] == expected
