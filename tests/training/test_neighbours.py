"""Neighbours: the same seed gives the same bytes, every kind is a neighbour, no number can be anyone's."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from stdnum.th import pin

from models.training.neighbours import draw_neighbour, draw_page
from models.training.neighbours.draw import PAGES
from models.training.neighbours.everyday import EVERYDAY
from models.training.neighbours.tickets import TICKETS
from models.training.neighbours.words import card_number, holder, mrz
from models.training.people import UNUSED_PROVINCES
from models.training.samples import DrawnCard
from thaiid_detect.errors import SetupError

SEEDS = range(60)


@pytest.fixture(scope="module")
def cards() -> list[DrawnCard]:
    return [draw_neighbour(np.random.default_rng(seed)) for seed in SEEDS]


@pytest.fixture
def faces(tmp_path: Path) -> Path:
    for number in range(3):
        face = np.random.default_rng(number).integers(0, 256, (200, 150, 3), np.uint8)
        cv2.imwrite(str(tmp_path / f"{number}.png"), face)
    return tmp_path


def test_cards_are_neighbours_of_the_promised_shape(cards: list[DrawnCard]) -> None:
    for card in cards:
        assert card.side is None
        assert card.image.dtype == np.uint8
        assert card.alpha.dtype == np.uint8
        assert card.image.shape == (*card.alpha.shape, 3)
        assert 900 <= max(card.alpha.shape) <= 1100
        assert card.alpha[card.alpha.shape[0] // 2, card.alpha.shape[1] // 2] == 255


def test_kinds_and_pictures_vary(cards: list[DrawnCard]) -> None:
    assert len({card.kind for card in cards}) >= 20
    assert len({card.image.tobytes() for card in cards}) == len(cards)


def test_printed_numbers_pass_the_check_but_name_no_province(cards: list[DrawnCard]) -> None:
    numbers = [(card.digits, card.number_box) for card in cards if card.digits is not None]
    assert len(numbers) >= 8
    for digits, box in numbers:
        assert pin.calc_check_digit(digits[:12]) == digits[12]
        assert digits[1:3] in UNUSED_PROVINCES
        assert box is not None
        x0, y0, x1, y1 = box
        assert 0 <= x0 < x1 <= 1
        assert 0 <= y0 < y1 <= 1


def test_same_seed_same_bytes(faces: Path) -> None:
    for seed in range(12):
        first, second = (draw_neighbour(np.random.default_rng(seed), faces=faces) for _ in range(2))
        assert first.kind == second.kind
        assert first.image.tobytes() == second.image.tobytes()
        page, again = (draw_page(np.random.default_rng(seed), faces=faces) for _ in range(2))
        assert page.kind == again.kind
        assert page.image.tobytes() == again.image.tobytes()


@pytest.mark.parametrize("make", sorted({m for _, makers in PAGES for m in makers}, key=lambda m: m.__name__))
def test_every_page_is_drawn_at_the_promised_size(make) -> None:  # type: ignore[no-untyped-def]
    for seed in range(3):
        page = make(np.random.default_rng(seed), None)
        assert page.image.dtype == np.uint8
        assert page.image.ndim == 3
        assert 1000 <= max(page.image.shape[:2]) <= 1600
        assert page.image.std() > 2


@pytest.mark.parametrize("make", sorted({*EVERYDAY, *TICKETS}, key=lambda m: m.__name__))
def test_every_everyday_card_is_drawn(make) -> None:  # type: ignore[no-untyped-def]
    assert make(np.random.default_rng(5), None).image.std() > 2


def test_bank_numbers_fail_luhn() -> None:
    for seed in SEEDS:
        number = card_number(np.random.default_rng(seed)).replace(" ", "")
        doubled = [int(c) * (2 if place % 2 == 0 else 1) for place, c in enumerate(number)]
        assert len(number) == 16
        assert sum(value // 10 + value % 10 for value in doubled) % 10 != 0


def test_machine_readable_lines_have_their_lengths() -> None:
    rng = np.random.default_rng(1)
    assert [len(line) for line in mrz(rng, holder(rng), 2, "UTO")] == [44, 44]
    assert [len(line) for line in mrz(rng, holder(rng), 3, "UTO")] == [30, 30, 30]


def test_an_empty_folder_of_faces_is_said(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no face pictures"):
        _draw_until_a_portrait(tmp_path)


def _draw_until_a_portrait(folder: Path) -> None:
    for seed in SEEDS:
        draw_neighbour(np.random.default_rng(seed), faces=folder)
