"""The verifier's pure parts, with a network that is a plain function of the view."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from thaiid_detect.geometry import PAD, area, turned
from thaiid_detect.locator import Candidate
from thaiid_detect.odds import between
from thaiid_detect.records import Side
from thaiid_detect.verifier import AGAIN, CORNER_UNIT, MARGIN, NOMINAL, VIEW, Verifier, decode

QUAD = np.array([[300.0, 200], [700, 220], [690, 470], [290, 450]])
CANDIDATE = Candidate(Side.FRONT, 0.4, QUAD, closer=0.7)
PICTURE = np.zeros((900, 1200, 3), np.uint8)


def answer(side: int, score: float, *, turn: int = 0, shift: tuple[float, float] = (0.0, 0.0)) -> NDArray[np.float32]:
    values = np.zeros(15, np.float32)
    values[side], values[3 + turn] = score, 0.9
    values[7:15] = np.tile(np.array(shift) / CORNER_UNIT, 4)
    return values


class Network:
    """Says one thing of the first view and another of the next; without that, that the card now lies exactly, as a
    network would that was right the first time. Keeps the last view."""

    def __init__(self, first: NDArray[np.float32], then: NDArray[np.float32] | None = None) -> None:
        exact = answer(int(first[:3].argmax()), float(first[:3].max()))
        self.says = [first, exact if then is None else then]
        self.seen: NDArray[np.uint8] | None = None

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert batch.shape == (1, VIEW[1], VIEW[0], 3)
        self.seen = batch[0]
        return self.says.pop(0)[None]


def test_an_exact_quad_lies_on_the_nominal_corners() -> None:
    assert area(NOMINAL) * (1 + 2 * MARGIN) ** 2 == pytest.approx(VIEW[0] * VIEW[1])
    np.testing.assert_allclose(NOMINAL.mean(0), np.array(VIEW) / 2)
    score, side, corners, turn = decode(answer(1, 0.8, turn=3))
    assert (score, side, turn) == (pytest.approx(0.8), 1, 3)
    np.testing.assert_allclose(corners, NOMINAL)


@pytest.mark.parametrize("turn", range(4))
def test_the_side_the_score_and_the_way_up_are_the_networks(turn: int) -> None:
    seen = Verifier(Network(answer(2, 0.8, turn=turn))).verify(PICTURE, CANDIDATE)
    assert (seen.side, seen.scores) == (Side.PINK, (0.4, 0.7, pytest.approx(0.8)))
    np.testing.assert_allclose(seen.quad, turned(QUAD, turn), atol=0.05)


def test_corners_move_as_the_network_says_in_the_cards_own_perspective() -> None:
    width = VIEW[0] / (1 + 2 * MARGIN)
    seen = Verifier(Network(answer(0, 0.8, shift=(width / 10, 0.0)))).verify(PICTURE, CANDIDATE)
    along = seen.quad - QUAD
    np.testing.assert_allclose(along, np.tile((QUAD[1] - QUAD[0]) / 10, (4, 1)), atol=0.5)


def test_the_view_shows_the_card_and_its_rim_and_grey_beyond_the_picture() -> None:
    network = Network(answer(0, 0.8))
    picture = np.full((250, 400, 3), 200, np.uint8)
    corner = np.array([[0.0, 0], [400, 0], [400, 250], [0, 250]])
    Verifier(network).verify(picture, replace(CANDIDATE, quad=corner))
    assert network.seen is not None
    assert (network.seen[VIEW[1] // 2, VIEW[0] // 2] == 200).all()
    assert (network.seen[2, 2] == PAD).all()


@pytest.mark.parametrize(
    "candidate",
    [
        replace(CANDIDATE, closer=0.0),
        replace(CANDIDATE, quad=QUAD[[0, 2, 1, 3]]),
        replace(CANDIDATE, quad=QUAD * 40),
        replace(CANDIDATE, quad=np.zeros((4, 2))),
    ],
)
def test_what_cannot_be_set_upright_is_left_as_it_is(candidate: Candidate) -> None:
    network = Network(answer(0, 0.8))
    assert Verifier(network).verify(PICTURE, candidate) is candidate
    assert network.seen is None


def test_corners_that_cross_keep_the_old_quad() -> None:
    crossed = answer(1, 0.8)
    crossed[7:9], crossed[9:11] = (np.array([400, 0]) / CORNER_UNIT), (np.array([-400, 0]) / CORNER_UNIT)
    seen = Verifier(Network(crossed, crossed)).verify(PICTURE, CANDIDATE)
    assert (seen.side, seen.verified) == (Side.BACK, pytest.approx(0.8))
    np.testing.assert_array_equal(seen.quad, QUAD)


def test_it_looks_again_by_the_corrected_corners() -> None:
    right = VIEW[0] / (1 + 2 * MARGIN) / 10
    first, then = answer(0, 0.2, turn=2, shift=(right, 0.0)), answer(1, 0.9, shift=(right, 0.0))
    seen = Verifier(Network(first, then)).verify(PICTURE, CANDIDATE)
    assert seen.side is Side.BACK
    assert seen.verified == pytest.approx(0.6)
    # The second view is of the card turned upright: what is right there was left in the first.
    np.testing.assert_allclose(seen.quad, turned(QUAD, 2), atol=1.0)


def test_what_looks_like_nothing_is_looked_at_once() -> None:
    network = Network(answer(0, AGAIN / 2))
    assert Verifier(network).verify(PICTURE, CANDIDATE).verified == pytest.approx(AGAIN / 2)
    assert len(network.says) == 1


def test_a_second_view_that_cannot_be_leaves_the_first() -> None:
    far = answer(1, 0.8)
    far[7:15] = np.array([-90, -90, 90, -90, 90, 90, -90, 90], np.float32)
    network = Network(far)
    assert Verifier(network).verify(PICTURE, CANDIDATE).verified == pytest.approx(0.8)
    assert len(network.says) == 1


def test_between_two_scores_stays_between_them() -> None:
    for one in (0.0, 0.3, 1.0):
        for other in (0.0, 0.5, 1.0):
            assert min(one, other) - 1e-5 <= between(one, other) <= max(one, other) + 1e-5
            assert between(one, other) == pytest.approx(between(other, one))
