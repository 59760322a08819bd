"""The locator's pure parts, with a network that is a plain function."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thaiid_detect.geometry import iou
from thaiid_detect.locator import (
    CELL,
    CLOSER_SIDE,
    CORE,
    CORNER_UNIT,
    LEAST_SEEN,
    LOOK_SIDE,
    SECOND_SIDE,
    STRIDE,
    Candidate,
    Locator,
    decode,
    look_size,
)
from thaiid_detect.records import Side

CELLS = LOOK_SIDE // STRIDE
UPRIGHT = np.array([[60.0, 90], [200, 90], [200, 178], [60, 178]])


def grid_with(*cards: tuple[int, NDArray[np.float64], float]) -> NDArray[np.float32]:
    """The output of a perfect network: (class, quad, score) at all the cells in the middle of each card."""
    grid = np.zeros((11, CELLS, CELLS), np.float32)
    for side, quad, score in cards:
        for row, column in np.ndindex(CELLS, CELLS):
            middle = (np.array([column, row]) + 0.5) * STRIDE
            if np.abs(middle - quad.mean(0)).max() < 20:
                grid[side, row, column] = score - 0.01 * np.abs(middle - quad.mean(0)).max()
                grid[3:, row, column] = ((quad - middle) / CORNER_UNIT).ravel()
    return grid


class Network:
    """Gives the same grid to every picture, as much of it as its shape has cells for; counts how often it was asked."""

    def __init__(self, grid: NDArray[np.float32]) -> None:
        self.grid, self.asked = grid, 0

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.asked += 1
        one, height, width, channels = batch.shape
        assert (one, height % CELL, width % CELL, channels) == (1, 0, 0, 3)
        assert height * width <= SECOND_SIDE**2
        assert batch.dtype == np.uint8
        grid = np.zeros((1, 11, height // STRIDE, width // STRIDE), np.float32)
        rows, columns = min(CELLS, grid.shape[2]), min(CELLS, grid.shape[3])
        grid[0, :, :rows, :columns] = self.grid[:, :rows, :columns]
        return grid


def test_one_card_is_one_candidate_with_its_corners() -> None:
    (found,) = decode(grid_with((0, UPRIGHT, 0.95)), 0.1)
    assert found.side is Side.FRONT
    assert found.score == pytest.approx(0.95, abs=0.15)
    np.testing.assert_allclose(found.quad, UPRIGHT, atol=1e-3)


def test_two_cards_come_best_first_and_the_floor_holds() -> None:
    left, right = UPRIGHT * 0.5, UPRIGHT * 0.5 + np.array([130.0, 140.0])
    found = decode(grid_with((1, left, 0.6), (2, right, 0.9)), 0.1)
    assert [each.side for each in found] == [Side.PINK, Side.BACK]
    assert len(decode(grid_with((1, left, 0.6), (2, right, 0.9)), 0.7)) == 1
    assert decode(grid_with((1, left, 0.6)), 0.99) == []


def test_the_cards_own_corners_survive_a_turn() -> None:
    upside_down = np.roll(UPRIGHT, 2, axis=0)
    (found,) = decode(grid_with((0, upside_down, 0.95)), 0.1)
    np.testing.assert_allclose(found.quad, upside_down, atol=1e-3)


def test_crossed_corners_become_the_box_around_them() -> None:
    crossed = UPRIGHT[[0, 2, 1, 3]]
    (found,) = decode(grid_with((0, crossed, 0.95)), 0.1)
    np.testing.assert_allclose(found.quad, UPRIGHT, atol=1e-3)


def test_a_quad_between_two_ways_up_is_known_by_its_cells() -> None:
    """Cells that cannot tell which way up a card lies say the mean of both: a speck in its middle."""
    grid = np.zeros((11, CELLS, CELLS), np.float32)
    for row, column in np.ndindex(CELLS, CELLS):
        middle = (np.array([column, row]) + 0.5) * STRIDE
        inner = np.abs(middle - UPRIGHT.mean(0)) / (UPRIGHT.max(0) - UPRIGHT.min(0)) * 2
        if inner.max() <= CORE:
            grid[1, row, column] = 0.8
            grid[3:, row, column] = (
                (UPRIGHT.mean(0) + (UPRIGHT - UPRIGHT.mean(0)) * 0.1 - middle) / CORNER_UNIT
            ).ravel()
    (found,) = decode(grid, 0.1)
    assert found.side is Side.BACK
    assert iou(found.quad, UPRIGHT) > 0.5
    grid[1] *= np.arange(CELLS)[None] == np.flatnonzero(grid[1].max(0))[0]  # a single column tells no size
    grid[1] *= np.arange(CELLS)[:, None] == np.flatnonzero(grid[1].max(1))[0]
    (speck,) = decode(grid, 0.1)
    assert iou(speck.quad, UPRIGHT) < 0.1


@pytest.mark.parametrize(
    ("shape", "scale", "shift"),
    [((3584, 3584), 8, (0, 0)), ((3328, 3840), 8, (0, 0)), ((960, 2048), 10 / 3, (130 / 3, 0))],
)
def test_locate_answers_in_pixels_of_the_picture(
    shape: tuple[int, int], scale: float, shift: tuple[float, float]
) -> None:
    network = Network(grid_with((0, UPRIGHT, 0.95)))
    (found,) = Locator(network, network).locate(np.zeros((*shape, 3), np.uint8), floor=0.1)
    np.testing.assert_allclose(found.quad, UPRIGHT * scale - shift, atol=0.02)


def test_the_best_of_many_candidates() -> None:
    grid = grid_with((0, UPRIGHT, 0.6), (1, UPRIGHT + np.array([0.0, 120]), 0.9))
    assert [found.side for found in decode(grid, 0.1, 1)] == [Side.BACK]
    assert len(decode(grid, 0.1)) == 2


def test_a_glimpse_is_the_best_score_of_any_side() -> None:
    network = Network(grid_with((0, UPRIGHT, 0.4), (2, UPRIGHT + 60, 0.9)))
    assert Locator(network, network).glimpse(np.zeros((300, 300, 3), np.uint8)) == pytest.approx(0.9, abs=0.1)


@pytest.mark.parametrize("width", [1, 30, 300, 3000, 30000])
def test_a_look_wastes_little_and_never_takes_longer(width: int) -> None:
    wide, high = look_size(width, 1000)
    assert wide * high <= LOOK_SIDE**2
    assert min(wide / width, high / 1000) >= LOOK_SIDE / max(width, 1000)
    near = look_size(width, 1000, CLOSER_SIDE)
    assert near[0] * near[1] <= CLOSER_SIDE**2


def test_a_closer_look_keeps_the_first_score_and_sets_the_closer_one() -> None:
    network = Network(grid_with((1, np.array([[40.0, 70], [216, 70], [216, 186], [40, 186]]), 0.8)))
    quad = UPRIGHT + np.array([300.0, 200.0])
    first = Network(np.zeros((11, CELLS, CELLS), np.float32))
    closer = Locator(first, network).look_closer(np.zeros((560, 780, 3), np.uint8), Candidate(Side.FRONT, 0.4, quad))
    assert (closer.side, closer.score, first.asked, network.asked) == (Side.BACK, 0.4, 0, 2)
    assert closer.closer == pytest.approx(0.8, abs=0.15)
    assert iou(closer.quad, quad) > 0.85


def test_around_a_speck_a_closer_look_takes_in_a_small_card() -> None:
    network = Network(grid_with((1, np.array([[40.0, 70], [216, 70], [216, 186], [40, 186]]), 0.8)))
    speck = Candidate(Side.FRONT, 0.2, np.array([[500.0, 500], [504, 500], [504, 503], [500, 503]]))
    closer = Locator(network, network).look_closer(np.zeros((800, 1000, 3), np.uint8), speck)
    assert np.ptp(closer.quad, axis=0)[0] == pytest.approx(LEAST_SEEN * 1000 * 176 / 256, rel=0.05)
    np.testing.assert_allclose(closer.quad.mean(0), (502, 501.5), atol=3)


def test_a_front_above_its_back_is_not_lost_to_it() -> None:
    """Both views show both, the back scores better, and yet the place meant is the front's."""
    front = np.array([[40.0, 73], [216, 73], [216, 183], [40, 183]])
    back, corner = front + np.array([0.0, 80]), np.array([172.0, 172])
    network = Network(grid_with((0, front, 0.7), (1, back, 0.99)))
    picture = np.zeros((600, 600, 3), np.uint8)
    seen = Locator(network, network).look_closer(picture, Candidate(Side.FRONT, 0.4, front + corner))
    assert (seen.side, network.asked) == (Side.FRONT, 2)
    assert iou(seen.quad, front + corner) > 0.95


def test_corners_in_one_point_are_numbers_all_the_same() -> None:
    grid = np.zeros((11, CELLS, CELLS), np.float32)
    grid[0, 3, 3] = 0.9
    (found,) = decode(grid, 0.1)
    assert np.isfinite(found.quad).all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 5000), (5000, 1)])
def test_pictures_of_one_pixel_can_be_looked_at(shape: tuple[int, int]) -> None:
    network = Network(grid_with((0, UPRIGHT * 0.3, 0.95)))
    picture = np.zeros((*shape, 3), np.uint8)
    (found,) = Locator(network, network).locate(picture, floor=0.1)
    assert np.isfinite(Locator(network, network).look_closer(picture, found).quad).all()


def test_nothing_seen_from_close_by_is_zero_not_an_error() -> None:
    network = Network(np.zeros((11, CELLS, CELLS), np.float32))
    for corner in ([-500, -500], [5000, 5000], [0, 0]):
        candidate = Candidate(Side.FRONT, 0.4, UPRIGHT + np.array(corner))
        assert Locator(network, network).look_closer(np.zeros((60, 80, 3), np.uint8), candidate).closer == 0.0
