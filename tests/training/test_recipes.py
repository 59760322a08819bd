"""The table of networks, against the weights that are shipped. Skipped without torch."""

from __future__ import annotations

import numpy as np
import pytest

from thaiid_detect.weights import NETWORKS, find_weights, open_session

torch = pytest.importorskip("torch", reason="torch is of the `train` extra, which `make test` does not install")
recipes = pytest.importorskip("models.training.recipes")
train = pytest.importorskip("models.training.train")


def test_every_network_has_its_recipe() -> None:
    assert tuple(recipes.RECIPES) == NETWORKS


@pytest.mark.parametrize("name", NETWORKS)
def test_weights_are_what_the_recipe_says(name: str) -> None:
    recipe, weights = recipes.RECIPES[name], find_weights(name)
    assert weights.config["task"] == recipe.task
    assert weights.config["output"] == recipe.output
    assert weights.config["input"]["size"] == recipe.size
    wide, high = recipe.size if isinstance(recipe.size, list) else (recipe.size, recipe.size)
    pictures = np.random.default_rng(2).integers(0, 256, (2, high, wide, 3), np.uint8)
    fresh = train.network_of(recipe.deployed(recipe.net()), torch.device("cpu"))(pictures)
    shipped = open_session(weights).run(pictures)
    assert fresh.shape == shipped.shape
    for answer in (fresh, shipped):
        scores = answer[:, recipe.scores]
        assert scores.min() >= 0
        assert scores.max() <= 1
