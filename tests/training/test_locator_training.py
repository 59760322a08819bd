"""Targets, loss and network of the locator, against the package's own decoding. Skipped without torch."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from thaiid_detect import locator
from thaiid_detect.weights import NETWORKS, find_weights, open_session

torch = pytest.importorskip("torch", reason="torch is of the `train` extra, which `make test` does not install")
network = pytest.importorskip("models.training.network")
targets = pytest.importorskip("models.training.targets")
recipes = pytest.importorskip("models.training.recipes")
train = pytest.importorskip("models.training.train")
unfolding = pytest.importorskip("models.training.unfold")

QUAD = np.array([[60, 90], [200, 96], [198, 180], [58, 178]], np.float32)


def test_network_and_package_agree_on_the_grid() -> None:
    assert (network.STRIDE, network.CORNER_UNIT) == (locator.STRIDE, locator.CORNER_UNIT)
    assert list(network.SIDES) == [side.value for side in locator.SIDES]
    assert targets.CORE == locator.CORE


@pytest.mark.parametrize("turns", range(4))
def test_what_is_trained_towards_decodes_to_the_card(turns: int) -> None:
    quad = np.roll(QUAD, turns, axis=0)
    scores, weight, corners, size = targets.grids([("pink", quad, 1.0)], 256)
    (found,) = locator.decode(np.concatenate([scores, corners]), 0.5)
    assert found.side == "pink"
    np.testing.assert_allclose(found.quad, quad, atol=1e-3)
    assert weight[0][scores.max(0) > 0].all()
    assert 0 < (weight == 0).sum() < 60
    assert (size > 0).sum() == (scores > 0).sum()


def test_hidden_and_tiny_cards_are_left_out_of_the_loss() -> None:
    for card in (("front", QUAD, 0.2), ("front", QUAD * 0.05 + 100, 1.0)):
        scores, weight, _, size = targets.grids([card], 256)
        assert scores.max() == size.max() == 0
    assert weight.min() in (0.0, 1.0)


def test_the_loss_is_least_for_the_truth() -> None:
    parts = [torch.from_numpy(part)[None] for part in targets.grids([("front", QUAD, 1.0)], 256)]
    scores, _, corners, _ = parts
    parts.append(torch.zeros(1))
    truth = torch.cat([scores * 24 - 12, corners], 1)
    right = network.loss(truth, *parts)
    shifted = network.loss(torch.cat([scores * 24 - 12, corners + 0.1], 1), *parts)
    silent = network.loss(torch.cat([torch.full_like(scores, -12.0), corners], 1), *parts)
    assert right[0] < 1e-3
    assert right[1] == 0
    assert shifted[1] > 0.05
    assert silent[0] > 1


def test_a_page_is_judged_by_its_best_cell_of_a_card_or_by_the_worst_of_a_bare_one() -> None:
    logits = torch.full((3, 3, 20, 20), -12.0)
    scores, weight = torch.zeros_like(logits), torch.ones_like(logits)
    scores[0, 1, 4:6, 4:6] = 1.0
    logits[:, 0, 10:12, 10:12] = 12.0
    weight[2, :, 10:12, 10:12] = 0.0
    bare = torch.tensor([0.0, 1.0, 1.0])
    page = [float(network.page_loss(logits[[i]], scores[[i]], weight[[i]], bare[[i]])) for i in range(3)]
    assert page == [pytest.approx(12, abs=0.1), pytest.approx(12, abs=0.1), pytest.approx(0, abs=0.1)]
    assert float(network.page_loss(logits[1:], scores[1:], weight[1:], torch.zeros(2))) == 0.0
    parts = torch.zeros(3, 8, 20, 20), torch.zeros(3, 1, 20, 20), bare
    answer = torch.cat([logits, parts[0]], 1)
    alone, both = (network.loss(answer, scores, weight, *parts, page_weight=w)[0] for w in (0.0, 1.0))
    assert float(both - alone) == pytest.approx(sum(page) / 3, rel=0.01)
    logits[0, 1, 5, 5] = 12.0
    assert float(network.page_loss(logits[:1], scores[:1], weight[:1], bare[:1])) == pytest.approx(0, abs=0.1)


def test_the_network_is_small_and_starts_sceptical() -> None:
    net = network.Locator().eval()
    assert sum(parameter.numel() for parameter in net.parameters()) < 1_000_000
    out = network.Deployed(net)(torch.zeros(1, 256, 256, 3, dtype=torch.uint8))
    assert out.shape == (1, 11, 16, 16)
    assert out[:, :3].max() < 0.1


def test_the_learning_rate_rises_then_falls() -> None:
    rates = [train.schedule(step / 100) for step in range(101)]
    assert max(rates) == pytest.approx(1.0, abs=0.01)
    assert rates[0] < 0.2
    assert rates[100] == pytest.approx(0.01)
    assert all(later <= earlier for earlier, later in pairwise(rates[5:]))


@pytest.mark.parametrize("name", NETWORKS)
def test_exported_weights_can_be_trained_on(name: str) -> None:
    """Unfolded, each network answers as onnxruntime does, and as in training, where batches give the statistics."""
    recipe, weights = recipes.RECIPES[name], find_weights(name)
    wide, high = (recipe.size, recipe.size) if isinstance(recipe.size, int) else recipe.size
    scenes = np.random.default_rng(7).integers(0, 256, (6, high // 8, wide // 8, 3), dtype=np.uint8)
    pictures = torch.from_numpy(scenes.repeat(8, 1).repeat(8, 2))
    net = recipe.net()
    unfolding.unfold(net, weights.folder, pictures)
    session = open_session(weights)
    expected = np.concatenate([session.run(picture[None].numpy()) for picture in pictures])
    for dropout in (module for module in net.modules() if isinstance(module, torch.nn.Dropout)):
        dropout.p = 0.0
    with torch.no_grad():
        np.testing.assert_allclose(recipe.deployed(net)(pictures).numpy(), expected, atol=1e-4)
        np.testing.assert_allclose(net.train()(pictures).numpy(), net.eval()(pictures).numpy(), atol=2e-2)


def test_what_is_frozen_stays_as_it_was_while_the_rest_learns() -> None:
    torch.manual_seed(0)
    run = train.Run(recipes.RECIPES["locator-v1"], torch.device("cpu"), 1e-2)
    run.freeze(["fine"])
    before = {name: value.clone() for name, value in run.net.state_dict().items()}
    cells = torch.zeros(2, 3, 4, 4), torch.ones(2, 1, 4, 4), torch.zeros(2, 8, 4, 4), torch.zeros(2, 1, 4, 4)
    run.step([torch.randint(0, 255, (2, 64, 64, 3), dtype=torch.uint8), *cells, torch.ones(2)], 100)
    changed = {name.partition(".")[0] for name, value in run.net.state_dict().items() if not value.equal(before[name])}
    assert "fine" not in changed
    assert {"middle", "coarse", "scores"} <= changed
