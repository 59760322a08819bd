"""Drawn ID cards: reproducible, labelled truthfully, of nobody. Runs without the shared data."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from stdnum.th import pin

from models.training.cards import draw_card
from models.training.cards.press import GAPS
from models.training.people import UNUSED_PROVINCES, english_date, make_digits, make_person, thai_date
from models.training.samples import CARD_SIZE, DrawnCard

SIDES = ("front", "back", "pink")
PLACEHOLDER_PROVINCES = {"00", "88", "99"}


def some(side: str | None, count: int = 24) -> list[DrawnCard]:
    return [draw_card(np.random.default_rng([5, seed]), side) for seed in range(count)]


@pytest.mark.parametrize("side", SIDES)
def test_the_same_seed_gives_the_same_bytes(side: str) -> None:
    for seed in range(4):
        one, two = (draw_card(np.random.default_rng(seed), side) for _ in range(2))
        assert one.image.tobytes() == two.image.tobytes()
        assert one.alpha.tobytes() == two.alpha.tobytes()
        assert (one.digits, one.number_box, one.kind) == (two.digits, two.number_box, two.kind)


@pytest.mark.parametrize("side", SIDES)
def test_a_card_has_about_the_id_1_shape_and_an_alpha_that_is_whole_inside(side: str) -> None:
    for card in some(side, 6):
        assert card.side == side
        assert card.kind.startswith(side)
        assert card.image.shape[1] == CARD_SIZE[0]
        assert 1.4 < card.image.shape[1] / card.image.shape[0] < 1.82
        assert card.image.dtype == card.alpha.dtype == np.uint8
        assert card.alpha.shape == card.image.shape[:2]
        assert (card.alpha[80:-80, 80:-80] == 255).all()
        assert (card.alpha[card.alpha.shape[0] // 2] == 255).all()


def test_corners_are_rounded_on_most_cards_and_square_on_some() -> None:
    corners = [int(card.alpha[0, 0]) for card in some("front")]
    assert 0 < corners.count(255) < len(corners) / 2


def test_the_sides_are_drawn_in_their_shares() -> None:
    drawn = [card.side for card in some(None, 60)]
    assert set(drawn) == set(SIDES)
    assert drawn.count("front") > 30


def test_numbers_are_nobodys_and_nine_in_ten_have_their_check_digit() -> None:
    rng = np.random.default_rng(1)
    numbers = [make_digits(rng) for _ in range(600)]
    assert all(number[1:3] in UNUSED_PROVINCES for number in numbers)
    assert 0.86 < sum(pin.is_valid(number) for number in numbers) / len(numbers) < 0.94


def test_pink_numbers_begin_as_those_of_people_without_thai_nationality() -> None:
    rng = np.random.default_rng(3)
    assert {make_digits(rng, pink=True)[0] for _ in range(80)} == set("0678")


@pytest.mark.parametrize("side", ["front", "pink"])
def test_a_printed_number_stands_in_its_box_and_is_of_no_existing_province(side: str) -> None:
    printed = [card for card in some(side) if card.digits is not None]
    assert len(printed) > 12
    for card in printed:
        assert card.digits is not None
        assert len(card.digits) == 13
        assert card.digits[1:3] in {*UNUSED_PROVINCES, *PLACEHOLDER_PROVINCES}
        assert card.number_box is not None
        x0, y0, x1, y1 = card.number_box
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1
        height, width = card.image.shape[:2]
        spot = card.image[int(y0 * height) : int(y1 * height), int(x0 * width) : int(x1 * width)]
        grey = cv2.cvtColor(spot, cv2.COLOR_RGB2GRAY)
        assert int(np.percentile(grey, 98)) - int(np.percentile(grey, 5)) > 25
        assert 4 < (x1 - x0) * width / ((y1 - y0) * height) < 40


def test_where_no_number_is_printed_there_is_no_box() -> None:
    for card in [*some("front"), *some("back", 4)]:
        assert (card.digits is None) == (card.number_box is None)


def test_the_number_is_printed_in_its_grouping_on_most_cards() -> None:
    assert GAPS.count(" ") / len(GAPS) > 0.7


def test_references_that_are_not_there_leave_the_drawn_families(tmp_path: Path) -> None:
    for seed in range(3):
        card = draw_card(np.random.default_rng(seed), "front", references=tmp_path, faces=tmp_path)
        assert "reference" not in card.kind


def test_a_reference_is_used_where_it_is_given(tmp_path: Path) -> None:
    picture = np.full((853, 1312, 4), 255, np.uint8)
    picture[8:799, 8:1261, :3] = (230, 200, 160)
    cv2.imwrite(str(tmp_path / "front_blank.png"), picture)
    kinds = [draw_card(np.random.default_rng(seed), "front", references=tmp_path).kind for seed in range(20)]
    assert 3 < kinds.count("front_reference") < 17


def test_another_side_is_a_wrong_call() -> None:
    with pytest.raises(ValueError, match="side"):
        draw_card(np.random.default_rng(0), "top")


def test_dates_are_in_order_and_in_both_calendars() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        person = make_person(rng)
        assert person.born < person.issued < person.expires
        assert thai_date(person.born).endswith(str(person.born.year + 543))
        assert english_date(person.born).endswith(str(person.born.year))


def test_a_person_does_not_print_their_number() -> None:
    person = make_person(np.random.default_rng(6))
    assert person.digits not in repr(person)
    assert person.laser not in repr(person)
