"""Quads, homographies, rectifying and letterboxing: corner order and the half-pixel are where such code goes wrong."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from thaiid_detect.geometry import (
    CARD_SIZE,
    Points,
    Rgb,
    area,
    bounding_rect,
    expand,
    homography,
    iou,
    is_convex,
    letterbox,
    map_points,
    margined,
    rectify,
    scale_quad,
    to_array,
    to_quad,
    turned,
)
from thaiid_detect.records import Quad

BOX = np.array([[10.0, 20.0], [110.0, 20.0], [110.0, 80.0], [10.0, 80.0]])
TILTED = np.array([[140.0, 60.0], [470.0, 110.0], [430.0, 330.0], [90.0, 260.0]])
CORNERS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0))


def marked_card(width: int = 300, height: int = 190) -> Rgb:
    """A card whose quarters, from the top left clockwise, are red, green, blue, yellow."""
    card = np.zeros((height, width, 3), np.uint8)
    card[: height // 2, : width // 2], card[: height // 2, width // 2 :] = CORNERS[0], CORNERS[1]
    card[height // 2 :, width // 2 :], card[height // 2 :, : width // 2] = CORNERS[2], CORNERS[3]
    return card


def quarters(card: Rgb) -> list[tuple[int, ...]]:
    """The colours in the middle of the four quarters, clockwise from the top left."""
    height, width = card.shape[:2]
    places = ((1, 1), (3, 1), (3, 3), (1, 3))
    return [tuple(card[y * height // 4, x * width // 4].tolist()) for x, y in places]


def page_with(card: Rgb, quad: Points, size: tuple[int, int] = (560, 420)) -> Rgb:
    height, width = card.shape[:2]
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)
    matrix = homography(flat - 0.5, quad - 0.5)
    return np.asarray(cv2.warpPerspective(card, matrix, size, borderValue=(120, 120, 120)), dtype=np.uint8)


def test_quads_become_records_and_come_back() -> None:
    quad = to_quad(TILTED.astype(np.float32))
    assert isinstance(quad, Quad)
    assert all(type(value) is float for point in quad.points for value in point)
    np.testing.assert_allclose(to_array(quad), TILTED)


def test_area_tells_the_handedness() -> None:
    assert area(BOX) == 6000
    assert area(BOX[::-1]) == -6000


@pytest.mark.parametrize(
    ("corners", "convex"),
    [
        (BOX, True),
        (TILTED, True),
        (BOX[::-1], False),  # mirrored
        (BOX[[0, 2, 1, 3]], False),  # crossed
        (np.array([[0.0, 0], [10, 0], [3, 3], [0, 10]]), False),  # dented
        (np.array([[0.0, 0], [5, 0], [10, 0], [0, 10]]), False),  # three in a line
        (np.zeros((4, 2)), False),
    ],
)
def test_a_camera_makes_only_convex_clockwise_quads(corners: Points, convex: bool) -> None:
    assert is_convex(corners) is convex
    assert all(is_convex(turned(corners, quarters)) is convex for quarters in range(4))


def test_iou_of_known_overlaps() -> None:
    assert iou(BOX, BOX) == pytest.approx(1)
    assert iou(BOX, turned(BOX, 2)) == pytest.approx(1)
    assert iou(BOX, BOX + np.array([50, 0])) == pytest.approx(1 / 3)
    assert iou(BOX, expand(BOX, 0.5)) == pytest.approx(0.25)
    assert iou(BOX, BOX + np.array([100, 0])) == 0
    assert iou(np.zeros((4, 2)), np.zeros((4, 2))) == 0


@given(st.floats(-50, 50), st.floats(-50, 50), st.floats(0.2, 2.0))
def test_iou_is_symmetric_and_blind_to_where_the_page_begins(dx: float, dy: float, factor: float) -> None:
    other = expand(TILTED, factor) + np.array([dx, dy])
    value = iou(TILTED, other)
    assert 0 <= value <= 1
    assert iou(other, TILTED) == pytest.approx(value, abs=1e-4)
    assert iou(TILTED + 20_000, other + 20_000) == pytest.approx(value, abs=1e-4)


def test_scaling_and_bounds() -> None:
    assert bounding_rect(TILTED) == (90, 60, 470, 330)
    np.testing.assert_allclose(scale_quad(BOX, 2), BOX * 2)
    np.testing.assert_allclose(scale_quad(BOX, 2, 0.5), BOX * [2, 0.5])


def test_a_homography_carries_the_corners() -> None:
    matrix = homography(BOX, TILTED)
    np.testing.assert_allclose(map_points(matrix, BOX), TILTED, atol=1e-3)
    np.testing.assert_allclose(map_points(np.linalg.inv(matrix), TILTED), BOX, atol=1e-3)


@pytest.mark.parametrize("turns", range(4))
def test_the_quad_tells_which_way_up_the_card_is(turns: int) -> None:
    page = page_with(marked_card(), turned(BOX * 4, turns))
    assert quarters(rectify(page, turned(BOX * 4, turns))) == list(CORNERS)
    seen = quarters(rectify(page, BOX * 4))
    assert seen == list(np.roll(CORNERS, turns, axis=0).tolist()) or seen == [
        tuple(c) for c in np.roll(CORNERS, turns, 0)
    ]


def test_rectify_undoes_perspective() -> None:
    card = rectify(page_with(marked_card(), TILTED), TILTED)
    assert card.shape == (CARD_SIZE[1], CARD_SIZE[0], 3)
    assert card.dtype == np.uint8
    assert quarters(card) == list(CORNERS)


@pytest.mark.parametrize("factor", [1, 2, 5])
def test_rectify_does_not_shift_by_half_a_pixel(factor: int) -> None:
    noise = cv2.GaussianBlur(np.random.default_rng(3).integers(0, 256, (190, 300, 3), dtype=np.uint8), (0, 0), 2)
    large = np.asarray(cv2.resize(noise, None, fx=factor, fy=factor, interpolation=cv2.INTER_NEAREST), np.uint8)
    box = np.array([[0.0, 0], [300, 0], [300, 190], [0, 190]]) * factor
    assert np.abs(rectify(large, box, (300, 190)).astype(int) - noise)[2:-2, 2:-2].max() <= 2


def test_a_strong_shrink_averages_instead_of_skipping() -> None:
    stripes = np.zeros((1900, 3000, 3), np.uint8)
    stripes[:, ::2] = 255
    card = rectify(stripes, np.array([[0.0, 0], [3000, 0], [3000, 1900], [0, 1900]]), (300, 190))
    assert np.abs(card.astype(int) - 127).max() <= 3


def test_margin_shows_what_lies_around_the_card() -> None:
    quad = np.array([[100.0, 100], [400, 100], [400, 290], [100, 290]])
    page = np.zeros((420, 560, 3), np.uint8)
    page[100:290, 100:400] = 255
    card = rectify(page, margined(quad, 0.05, 0.05), (330, 209))
    inside = np.argwhere(card[..., 0] > 128)
    assert inside.min(axis=0).tolist() == pytest.approx([9.5, 15], abs=1)
    assert inside.max(axis=0).tolist() == pytest.approx([198.5, 314], abs=1)


def test_a_margin_follows_the_perspective_of_the_card() -> None:
    outer = margined(TILTED, 0.2, 0.4)
    back = margined(outer, -0.2 / 1.4, -0.4 / 1.8)
    np.testing.assert_allclose(back, TILTED, atol=1e-6)


def test_beyond_the_page_may_be_grey() -> None:
    page = np.full((100, 100, 3), 200, np.uint8)
    card = rectify(page, np.array([[-100.0, 0], [100, 0], [100, 100], [-100, 100]]), (200, 100), pad=114)
    assert (card[:, :98] == 114).all()
    assert (card[:, 102:] == 200).all()


def test_a_card_that_leaves_the_page_is_filled_with_its_last_pixels() -> None:
    page = np.full((100, 100, 3), 200, np.uint8)
    beyond = np.array([[-60.0, -60], [160, -60], [160, 80], [-60, 80]])
    assert (rectify(page, beyond) == 200).all()
    assert (rectify(page, beyond + 5000) == 200).all()


def test_a_page_wider_than_opencv_can_warp_is_cropped_first() -> None:
    page = np.zeros((100, 40_000, 3), np.uint8)
    page[:, 35_000:35_100] = marked_card(100, 100)
    card = rectify(page, np.array([[35_000.0, 0], [35_100, 0], [35_100, 100], [35_000, 100]]))
    assert quarters(card) == list(CORNERS)


@given(st.integers(1, 700), st.integers(1, 700), st.sampled_from([64, 256, 320]))
def test_letterbox_keeps_the_whole_picture_in_the_middle(width: int, height: int, side: int) -> None:
    square, place = letterbox(np.full((height, width, 3), 7, np.uint8), side, pad=114)
    assert square.shape == (side, side, 3)
    rows, columns = np.argwhere((square == 7).all(axis=2)).T
    assert max(np.ptp(rows), np.ptp(columns)) + 1 == side
    assert (columns.min(), rows.min()) == (place.dx, place.dy)
    assert abs((side - 1 - columns.max()) - columns.min()) <= 1
    assert abs((side - 1 - rows.max()) - rows.min()) <= 1
    assert set(np.unique(square)) <= {7, 114}
    corners = np.array([[0.0, 0], [width, height], [width / 3, height / 2]])
    np.testing.assert_allclose(place.to_picture(place.to_square(corners)), corners, atol=1e-6)


def test_letterbox_finds_a_mark_where_it_says() -> None:
    page = np.zeros((600, 900, 3), np.uint8)
    page[300:312, 600:612] = 255
    square, place = letterbox(page, 256, pad=0)
    seen = np.average(np.argwhere(square[..., 0]), axis=0, weights=square[square[..., 0] > 0, 0])[::-1] + 0.5
    np.testing.assert_allclose(place.to_picture(seen[None]), [[606, 306]], atol=1)


def test_letterbox_of_a_square_of_the_right_size_changes_nothing() -> None:
    page = np.random.default_rng(1).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    square, place = letterbox(page, 64)
    assert (square == page).all()
    assert (place.scale, place.dx, place.dy) == (1, 0, 0)
    assert square is not page
