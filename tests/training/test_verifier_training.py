"""Views, loss and network of the verifier, against the package's own decoding. Skipped without torch."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.training import augment
from models.training.samples import PlacedCard, Scene
from thaiid_detect import verifier
from thaiid_detect.geometry import homography, iou, map_points, turned

torch = pytest.importorskip("torch", reason="torch is of the `train` extra, which `make test` does not install")
views = pytest.importorskip("models.training.views")
view_dataset = pytest.importorskip("models.training.view_dataset")
verifier_network = pytest.importorskip("models.training.verifier_network")

CARD = np.array([[150, 120], [450, 140], [440, 330], [140, 310]], np.float64)


def scene() -> Scene:
    rng = np.random.default_rng(3)
    image = cv2.resize(rng.integers(0, 255, (50, 70, 3), dtype=np.uint8), (700, 500))
    return Scene(image, "test", (PlacedCard("back", CARD.astype(np.float32), None, 10.0),))


@pytest.mark.parametrize("turn", range(4))
def test_a_kept_view_says_where_the_card_lies_and_which_way_up(turn: int) -> None:
    """The label, undone as the verifier undoes the network's answer, is the card again."""
    place = turned(CARD, -turn) + 3.0
    view = views._view(scene(), place, list(scene().cards))
    assert (view.side, view.turn, view.picture.shape[1::-1]) == (1, turn, views.STORED)
    outer = views.margined(place, views.RIM, views.RIM)
    frame = np.array([[0, 0], [views.STORED[0], 0], views.STORED, [0, views.STORED[1]]], np.float64)
    np.testing.assert_allclose(turned(map_points(homography(frame, outer), view.corners), view.turn), CARD, atol=0.05)


def test_what_lies_elsewhere_is_no_card_and_half_a_card_says_nothing() -> None:
    assert views._view(scene(), CARD + 400, list(scene().cards)).side == -1
    assert views._view(scene(), CARD + np.array([160.0, 0]), list(scene().cards)) is None


@pytest.mark.parametrize("index", [0, 1])
def test_samples_decode_to_the_card_that_was_kept(index: int, tmp_path: views.Path) -> None:
    place = turned(CARD, 1)
    kept = [views._view(scene(), each, list(scene().cards)) for each in (place, CARD + 400)]
    views.save(tmp_path / "views_0000.npz", kept)
    samples = view_dataset.Views([tmp_path])
    for epoch in range(20):
        picture, sides, _, turn, corners = samples[(epoch, index)]
        assert picture.shape == (verifier.VIEW[1], verifier.VIEW[0], 3)
        if index == 1:
            assert (sides.sum(), int(turn)) == (0, -1)
        elif int(turn) >= 0:
            answer = np.zeros(15, np.float32)
            answer[:3], answer[3 + int(turn)], answer[7:] = sides, 1.0, corners
            score, side, quad, quarters = verifier.decode(answer)
            assert (score, side, quarters) == (1.0, 1, int(turn))
            assert iou(quad, verifier.NOMINAL) > 0.6
        again = samples[(epoch, index)]
        assert all(
            bool((a == b).all()) for a, b in zip((picture, sides, turn), (again[0], again[1], again[3]), strict=True)
        )


def test_the_network_is_small_and_its_loss_is_least_for_the_truth() -> None:
    net = verifier_network.Verifier().eval()
    assert sum(parameter.numel() for parameter in net.parameters()) < 1_000_000
    out = verifier_network.DeployedVerifier(net)(
        torch.zeros(2, verifier.VIEW[1], verifier.VIEW[0], 3, dtype=torch.uint8)
    )
    assert out.shape == (2, 15)
    torch.testing.assert_close(out[:, 3:7].sum(1), torch.ones(2))
    sides = torch.tensor([[1.0, 0, 0], [0, 0, 0]])
    targets = (sides, torch.ones(2, 3), torch.tensor([2, -1]), torch.full((2, 8), 0.3))
    logits, turns = sides * 9 - 4.5, torch.tensor([[-9.0, -9, 9, -9], [0, 0, 0, 0]])
    truth = torch.cat([logits, turns, torch.full((2, 8), 0.3), logits], 1)
    right = verifier_network.loss(truth, *targets)
    turned_wrong = truth.clone()
    turned_wrong[0, 3:7] = torch.tensor([9.0, -9, -9, -9])
    assert verifier_network.loss(turned_wrong, *targets)[1] > right[1] + 1
    for head in (slice(0, 3), slice(15, 18)):
        wrong = truth.clone()
        wrong[:, head] *= -1
        assert verifier_network.loss(wrong, *targets)[0] > right[0] + 1
    beyond = truth.clone()
    beyond[1, 7:15] = 50.0  # where there is no card, corners say nothing
    assert verifier_network.loss(beyond, *targets)[1] == right[1]


def test_hidden_places_are_few_and_leave_the_rest_as_it_was() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (224, 352, 3), dtype=np.uint8)
    before = picture.copy()
    shares = []
    for seed in range(40):
        hidden = augment.covered(np.random.default_rng(seed), picture, 0.5)
        assert hidden.shape == picture.shape
        assert np.array_equal(picture, before)
        shares.append(float((hidden != picture).any(2).mean()))
    assert 10 <= sum(share > 0 for share in shares) <= 30
    assert max(shares) < 0.3


def test_photometric_changes_keep_the_shape_of_any_picture() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (224, 352, 3), dtype=np.uint8)
    for seed in range(60):
        changed, _ = augment.photometric(np.random.default_rng(seed), picture)
        assert changed.shape == picture.shape
        assert changed.dtype == np.uint8
