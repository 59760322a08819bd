"""Designs of other hands: each renders, says where its number is, and holds no one's data. Skipped without resvg."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("resvg_py", reason="resvg-py is of the `dev` and `train` extras")
from models.training import designs
from models.training.cards import draw_card
from models.training.cards.portrait import portrait
from models.training.neighbours import draw_neighbour
from models.training.people import make_person
from models.training.shifted import kitchen

WIDTH = 506
"""Half of what the training draws: in a quarter of the time."""
WITHOUT_NUMBER = {"sol/front_newsroom.svg", "tam/front_leaflet.svg", "sol/front_vertband.svg"}
"""Fronts with a number X-ed out, or along their side."""
ALL = sorted([*designs.DESIGNS.glob("*/*.svg"), *kitchen.DESIGNS.glob("*.svg")])


def draw(path: Path, seed: int = 3) -> designs.DrawnCard:
    rng = np.random.default_rng(seed)
    person = make_person(rng, pink=path.stem.startswith("pink"))
    type_ = kitchen.TYPE if path.parent == kitchen.DESIGNS else designs.TYPE
    return designs.draw_design(rng, path, person, lambda rng: portrait(rng, 300, 380, None), type_=type_, width=WIDTH)


def test_there_are_designs_of_every_side_for_training_and_for_the_shifted_set() -> None:
    for folder, pattern in ((designs.DESIGNS, "*/{}_*.svg"), (kitchen.DESIGNS, "{}_*.svg")):
        assert all(len(list(folder.glob(pattern.format(side)))) >= 3 for side in designs.SIDES), folder


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_design_renders_and_says_where_its_number_is(path: Path) -> None:
    card = draw(path)
    side = path.stem.partition("_")[0]
    assert card.side == designs.SIDES[side]
    assert card.image.shape[1] == WIDTH
    assert 240 <= card.image.shape[0] <= 380 or side == "other"
    assert card.alpha.shape == card.image.shape[:2]
    assert card.alpha.mean() > 220, "nearly all of a card is opaque"
    assert card.image[card.alpha > 0].std() > 8, "something is printed on it"
    numbered = side in ("front", "pink") and f"{path.parent.name}/{path.name}" not in WITHOUT_NUMBER
    assert (card.digits is not None) == numbered
    if card.number_box is not None:
        x0, y0, x1, y1 = card.number_box
        assert 0.12 < x1 - x0 < 0.75
        assert 0.02 < y1 - y0 < 0.16, "the number is one line"


@pytest.mark.parametrize("path", ALL, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_design_holds_fields_and_no_data(path: Path) -> None:
    words = path.read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$([a-z_][a-z_0-9]*)", words))
    assert asked <= set(designs.FIELDS)
    shown = "|".join(re.findall(r">([^<]*)<", words))
    assert not re.search(r"(?:\d[ -]?){13}", shown), "a number of 13 digits is typed into it"
    assert "http" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", words), "it names something outside itself"


def test_the_same_generator_state_gives_the_same_card() -> None:
    one, other, third = draw(ALL[0]), draw(ALL[0]), draw(ALL[0], seed=4)
    assert np.array_equal(one.image, other.image)
    assert not np.array_equal(one.image, third.image)


def test_a_share_of_the_cards_is_of_the_designs_where_asked_for() -> None:
    kinds = [draw_card(np.random.default_rng(seed), "front", designs=0.5).kind for seed in range(12)]
    assert 2 <= sum("_by_" in kind for kind in kinds) <= 10
    assert "_by_" not in draw_card(np.random.default_rng(0), "front").kind
    other = draw_neighbour(np.random.default_rng(0), designs=1.0)
    assert other.side is None
    assert "_by_" in other.kind
