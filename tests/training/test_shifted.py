"""The shifted set: scenes of every kind, labelled right, of nothing that the training uses. Skipped without resvg."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("resvg_py", reason="resvg-py is of the `dev` and `train` extras")
from models.training import shifted
from models.training.evaluate import read_truth
from models.training.pool import _training_half
from models.training.shifted import compose, kitchen, mockups
from models.training.shifted.deck import Deck, draw_deck
from models.training.shifted.portraits import held_out

HERE = Path(shifted.__file__).parent
FORBIDDEN = ("scenes", "cards", "neighbours", "augment", "digit_lines", "variants", "stock", "pool")
"""What draws and degrades the training's pictures."""


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Deck:
    """A deck of one design a side, and few of anything else."""
    few = tmp_path_factory.mktemp("designs")
    for side in ("front", "back", "pink", "other"):
        shutil.copy(min(kitchen.DESIGNS.glob(f"{side}_*.svg")), few)
    return draw_deck(7, None, 1, designs=few, share=0.02)


def test_it_uses_no_code_of_the_training_scenes() -> None:
    for path in HERE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            used = {part for name in names if name.startswith("models.training") for part in name.split(".")[2:3]}
            assert not used & set(FORBIDDEN), f"{path.name} uses {used}"


def test_it_takes_the_pictures_of_a_data_folder_that_the_training_leaves(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for number in range(23):
        (tmp_path / "photos" / f"{number:02d}.jpg").touch()
    ours, theirs = set(held_out(tmp_path, "photos")), set(_training_half(tmp_path, "photos"))
    assert len(ours) == 5
    assert len(theirs) == 18
    assert not ours & theirs


@pytest.mark.parametrize("kind", sorted(compose.KINDS))
def test_a_scene_of_each_kind_has_its_cards_where_its_labels_say(deck: Deck, kind: str) -> None:
    seen = [compose.positive(np.random.default_rng((kind == "back", i)), deck, kind) for i in range(3)]
    for scene in seen:
        assert scene.kind == kind
        assert scene.cards
        height, width = scene.image.shape[:2]
        assert 300 <= max(height, width) <= compose.LONG_SIDES[1]
        for card in scene.cards:
            middle = card.quad.mean(0)
            assert (middle > 0).all()
            assert (middle < (width, height)).all()
            assert card.visible > 0.3
            x0, y0 = np.maximum(card.quad.min(0), 0).astype(int)
            x1, y1 = card.quad.max(0).astype(int)
            assert scene.image[y0:y1, x0:x1].std() > 3, "something is printed there"
            assert (card.digits is None) == (card.side == "back")


def test_negatives_show_no_id_card(deck: Deck) -> None:
    for i in range(6):
        rng = np.random.default_rng(i)
        assert not compose.neighbour(rng, deck).cards
        assert not compose.nothing(rng, deck).cards


def test_the_same_generator_gives_the_same_picture(deck: Deck) -> None:
    one, other = (compose.positive(np.random.default_rng(5), deck, "chat") for _ in range(2))
    assert np.array_equal(one.image, other.image)


def test_a_side_without_designs_is_told(deck: Deck) -> None:
    empty = Deck({}, deck.surfaces, deck.pages, deck.screens, deck.portraits)
    with pytest.raises(ValueError, match="no designs"):
        empty.card(np.random.default_rng(0), "front")


def test_mockups_are_cards_with_their_truth(tmp_path: Path) -> None:
    author = tmp_path / "somebody"
    author.mkdir()
    for side in ("front", "back", "other"):
        shutil.copy(min(kitchen.DESIGNS.glob(f"{side}_*.svg")), author)
    assert mockups.write_all(tmp_path / "out", 2, 5, None, (author,)) == 6
    tasks = read_truth(tmp_path / "out")
    assert [(task.kind, task.expect) for task in tasks[::2]] == [
        ("somebody/back", "id_card"),
        ("somebody/front", "id_card"),
        ("somebody/other", "clear"),
    ]
    for task in tasks:
        picture = task.picture(64)
        assert picture.std() > 10
        assert picture.shape[1] > picture.shape[0]
