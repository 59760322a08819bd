"""Scenes: the same seed gives the same bytes, and the labels lie where the cards lie."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from models.training import augment
from models.training.build import SIDE, close_up, sample
from models.training.samples import DrawnCard, DrawnPage, Rgb, Scene
from models.training.scenes import compose
from models.training.scenes.backgrounds import surface
from models.training.scenes.canvas import Canvas
from models.training.scenes.compose import RECIPES, compose_as
from models.training.scenes.people import bust
from models.training.scenes.place import box_quad, covered_share, seen, settle, turned, visible_share
from models.training.scenes.supply import Rng
from thaiid_detect.geometry import letterbox

CORNERS = ((220, 20, 20), (20, 200, 20), (20, 20, 220), (210, 200, 20))
"""Red, green, blue, yellow: TL TR BR BL of the marked card."""


def marked_card(side: str | None = "front") -> DrawnCard:
    """A card whose quarters have four colours."""
    image = np.empty((300, 476, 3), np.uint8)
    halves = ((slice(0, 150), slice(0, 238)), (slice(0, 150), slice(238, 476)))
    lower = ((slice(150, 300), slice(238, 476)), (slice(150, 300), slice(0, 238)))
    for (rows, columns), colour in zip(halves + lower, CORNERS, strict=True):
        image[rows, columns] = colour
    return DrawnCard(image, np.full((300, 476), 255, np.uint8), side, "marked", "1280000000000", (0.4, 0.1, 0.9, 0.2))


@dataclass
class Shelf:
    """A supply of marked cards on drawn surfaces: no files, no data folder."""

    ground: Rgb = field(default_factory=lambda: surface(np.random.default_rng(3), 320))

    def card(self, rng: Rng, side: str | None = None) -> DrawnCard:
        return marked_card(side or "front")

    def neighbour(self, rng: Rng) -> DrawnCard:
        return marked_card(None)

    def page(self, rng: Rng) -> DrawnPage:
        return DrawnPage(np.full((400, 300, 3), 240, np.uint8), "page")

    def background(self, rng: Rng) -> Rgb:
        return self.ground

    def face(self, rng: Rng) -> Rgb:
        return bust(np.random.default_rng(5), (300, 240))

    def everyday(self, rng: Rng) -> tuple[str, Rgb]:
        return "photo", self.ground


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


@pytest.mark.parametrize("kind", sorted(RECIPES))
def test_each_kind_is_seeded_sized_and_labelled(shelf: Shelf, kind: str) -> None:
    for seed in range(6):
        first = compose_as(np.random.default_rng((seed, 1)), shelf, kind, 320)
        again = compose_as(np.random.default_rng((seed, 1)), shelf, kind, 320)
        assert first.image.tobytes() == again.image.tobytes()
        assert [c.quad.tolist() for c in first.cards] == [c.quad.tolist() for c in again.cards]
        assert first.image.dtype == np.uint8
        assert max(first.image.shape[:2]) == 320
        assert all(0.03 <= card.visible <= 1 and card.digit_height > 0 for card in first.cards)
        assert all(cv2.isContourConvex(card.quad) for card in first.cards)


@pytest.mark.parametrize("kind", sorted(RECIPES))
def test_negatives_hold_neighbours_only(shelf: Shelf, kind: str) -> None:
    scene = compose_as(np.random.default_rng(4), shelf, kind, 320, positive=False)
    assert scene.cards == ()
    assert set(scene.neighbours) == {"marked"}


def test_the_pieces_are_not_changed(shelf: Shelf) -> None:
    before = shelf.ground.copy()
    for index in range(60):
        compose(np.random.default_rng((8, index)), shelf, 320)
    assert np.array_equal(before, shelf.ground)


def test_about_two_fifths_hold_no_card(shelf: Shelf) -> None:
    scenes = [compose(np.random.default_rng((2, index)), shelf, 160) for index in range(300)]
    assert 0.32 < np.mean([not scene.cards for scene in scenes]) < 0.45


def _colours_at_corners(image: Rgb, quad: np.ndarray) -> list[list[int]]:
    """The colour a little inside each corner."""
    spots = quad + 0.25 * (quad.mean(axis=0) - quad)
    return [image[round(float(y)), round(float(x))].astype(int).tolist() for x, y in spots]


def _matches(colours: list[list[int]]) -> bool:
    """Whether each corner's colour is nearest to the colour that belongs there."""
    distances = [[np.abs(np.array(colour) - own).sum() for own in CORNERS] for colour in colours]
    return [int(np.argmin(row)) for row in distances] == [0, 1, 2, 3]


def test_quads_follow_every_geometric_step() -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        canvas = Canvas(np.full((300, 400, 3), 128, np.uint8))
        shape = seen(476 / 300, rng.uniform(-180, 180), rng.uniform(0, 50), rng.uniform(0, 360), 3)
        canvas.lay(marked_card(), settle(rng, shape, (300, 400), rng.uniform(0.3, 0.6), partial=0))
        assert _matches(_colours_at_corners(canvas.image, canvas.placed[0].quad))
        canvas.turn(int(rng.integers(0, 4)))
        canvas.fit_long_side(int(rng.integers(250, 600)))
        outer = Canvas(np.full((500, 500, 3), 30, np.uint8))
        outer.lay_canvas(canvas, settle(rng, seen(4 / 3, rng.normal(0, 20), 20, 80, 3), (500, 500), 0.9, partial=0))
        low = np.maximum(outer.placed[0].quad.min(axis=0).astype(int) - 2, 0)
        outer.crop(int(low[0]), int(low[1]), 500, 500)
        assert _matches(_colours_at_corners(outer.image, outer.placed[0].quad))


@pytest.mark.parametrize("kind", ["flatbed", "web_mockup", "page_scan"])
def test_corner_colours_in_composed_scenes(shelf: Shelf, kind: str) -> None:
    right = total = 0
    for seed in range(30):
        scene = compose_as(np.random.default_rng((seed, 3)), shelf, kind, 320)
        grey = bool((scene.image[..., 0] == scene.image[..., 1]).all())
        for card in scene.cards:
            if card.visible > 0.99 and not grey:
                total += 1
                right += _matches(_colours_at_corners(scene.image, card.quad))
    assert total > 20
    assert right > 0.9 * total  # extreme tones may change which colour is nearest


def test_enlarging_gives_no_digit_height_back() -> None:
    canvas = Canvas(np.zeros((200, 300, 3), np.uint8))
    canvas.lay(marked_card(), box_quad(10, 10, 238, 150))
    assert canvas.placed[0].digit_height == pytest.approx(15, abs=0.1)
    canvas.resize((50, 75))
    canvas.resize((400, 600))
    assert canvas.placed[0].digit_height == pytest.approx(3.75, abs=0.1)


def test_a_covered_card_is_less_visible_and_a_hidden_one_has_no_label() -> None:
    canvas = Canvas(np.zeros((200, 300, 3), np.uint8))
    for x in (0, 50, 50):
        canvas.lay(marked_card(), box_quad(x, 10, 100, 60))
    assert [card.visible for card in canvas.scene("x").cards] == [1.0]


def test_visible_and_covered_share() -> None:
    quad = box_quad(-50, 0, 100, 60)
    assert visible_share(quad, (100, 100)) == pytest.approx(0.5)
    assert covered_share(quad, turned(quad, 180)) == pytest.approx(1.0)


@pytest.mark.parametrize("size", [(480, 640), (100, 77), (320, 320)])
def test_a_sample_is_letterboxed_as_inference_does_it(size: tuple[int, int]) -> None:
    image = np.random.default_rng(1).integers(0, 256, (*size, 3), np.uint8)
    square, label = sample(Scene(image, "noise", (), ()))
    assert (square == letterbox(image, SIDE)[0]).all()
    x0, y0, x1, y1 = label["rectangle"]
    inside = square[y0:y1, x0:x1]
    assert (max(inside.shape[:2]), inside[..., 0].size) == (SIDE, round(SIDE * min(size) / max(size)) * SIDE)
    rest = square.astype(int).sum() - inside.astype(int).sum()
    assert rest == 3 * 114 * (SIDE * SIDE - inside[..., 0].size)


def test_the_letterbox_moves_quads_with_the_picture(shelf: Shelf) -> None:
    scene = compose_as(np.random.default_rng(9), shelf, "web_mockup", 640)
    _, label = sample(scene)
    quad = np.array(label["cards"][0]["quad"])
    inside = quad.mean(axis=0)
    x0, y0, x1, y1 = label["rectangle"]
    assert x0 <= inside[0] <= x1
    assert y0 <= inside[1] <= y1


def test_a_close_up_keeps_the_card_where_it_lies(shelf: Shelf) -> None:
    scene = compose_as(np.random.default_rng(9), shelf, "web_mockup", 640)
    quad = np.asarray(scene.cards[0].quad, np.float64)
    closer = close_up(np.random.default_rng(2), scene, [quad])
    (x0, y0), (x1, y1) = quad.min(0), quad.max(0)
    assert max(closer.image.shape[:2]) <= 1.95 * max(x1 - x0, y1 - y0)
    x, y = np.asarray(scene.cards[0].quad).mean(0).astype(int)
    cx, cy = np.asarray(closer.cards[0].quad).mean(0).astype(int)
    assert (closer.image[cy, cx] == scene.image[y, x]).all()
    elsewhere = close_up(np.random.default_rng(2), scene, [np.array([[0, 0], [20, 0], [20, 20], [0, 20]], np.float64)])
    assert all(card.visible < scene.cards[0].visible for card in elsewhere.cards)


def test_augmentation_moves_points_as_its_homography_says() -> None:
    for seed in range(40):
        rng = np.random.default_rng(seed)
        matrix = augment.geometric(rng, 320, 256)
        middle = cv2.perspectiveTransform(np.array([[[159.5, 159.5]]], np.float32), matrix)[0, 0]
        assert np.abs(middle - 127.5).max() <= 0.18 * 256 + 1e-3
        corners = cv2.perspectiveTransform(np.array([[[0, 0], [320, 0], [320, 320], [0, 320]]], np.float32), matrix)[0]
        assert 0.3 < np.sqrt(cv2.contourArea(corners)) / 256 < 2.2


def test_a_small_dataset_is_built_and_resumed(tmp_path: Path) -> None:
    from models.training.build import SIDE, Job, run
    from models.training.pool import Pool
    from models.training.stock import Plan, build_pool

    plan = Plan(fronts=3, backs=2, pinks=1, neighbours=3, pages=2, surfaces=3, busts=1)
    build_pool(tmp_path / "pool", 5, plan, workers=1, tell=lambda line: None)
    digest = Pool.load(tmp_path / "pool").digest()
    job = Job(tmp_path / "out", tmp_path / "pool", seed=5, count=12, sizes=(320, 320), jpeg=False)
    run(job, workers=1)
    pictures = np.load(tmp_path / "out" / "chunk_0000.npy")
    assert pictures.shape == (12, SIDE, SIDE, 3)
    written = (tmp_path / "out" / "chunk_0000.npy").stat().st_mtime_ns
    run(job, workers=1)
    assert (tmp_path / "out" / "chunk_0000.npy").stat().st_mtime_ns == written
    run(replace(job, out=tmp_path / "bare", bare=1.0), workers=1)
    labels = json.loads((tmp_path / "bare" / "chunk_0000.json").read_text())
    assert [(label["cards"], label["neighbours"]) for label in labels] == [([], [])] * 12
    build_pool(tmp_path / "two", 5, plan, workers=2, tell=lambda line: None)
    assert Pool.load(tmp_path / "two").digest() == digest
    with pytest.raises(SystemExit):
        run(Job(tmp_path / "out", tmp_path / "pool", seed=6, count=12, sizes=(320, 320), jpeg=False), workers=1)


def striped_card() -> DrawnCard:
    """White, with 13 dark strokes where its number stands."""
    image = np.full((300, 476, 3), 240, np.uint8)
    for x in range(192, 428, 18):
        image[30:60, x : x + 8] = 20
    return DrawnCard(
        image, np.full((300, 476), 255, np.uint8), "front", "striped", "1280000000000", (0.4, 0.1, 0.9, 0.2)
    )


def test_a_number_is_legible_until_a_digit_of_it_is_covered() -> None:
    canvas = Canvas(np.full((500, 500, 3), 200, np.uint8))
    canvas.lay(striped_card(), turned(box_quad(70, 120, 357, 225), 8))
    assert canvas.legible(canvas.placed[0]) > 0.9
    canvas.image = np.asarray(canvas.image // 3 + 120, np.uint8)  # faded is still legible
    assert canvas.legible(canvas.placed[0]) > 0.9
    x, y = canvas.placed[0].quad.mean(0)
    cv2.circle(canvas.image, (int(x + 30), int(y - 80)), 16, (230, 190, 160), -1)
    assert canvas.legible(canvas.placed[0]) < 0.2


def test_a_card_that_the_copier_wiped_out_has_no_label_whatever_the_pen_does() -> None:
    canvas = Canvas(np.full((500, 500, 3), 255, np.uint8))
    for x in (20, 260):
        canvas.lay(marked_card(), box_quad(x, 40, 220, 139))
    canvas.image[:, 250:] = 255
    canvas.forget_wiped_out()
    cv2.line(canvas.image, (250, 60), (490, 150), (0, 0, 0), 9)
    assert [card.quad[0, 0] for card in canvas.scene("true_copy").cards] == [20]


def test_a_card_of_which_a_bar_is_left_is_not_shown_and_a_faded_one_is() -> None:
    canvas = Canvas(np.full((500, 700, 3), 250, np.uint8))
    canvas.lay(marked_card(), box_quad(60, 60, 476, 300))
    whole = canvas.image.copy()
    canvas.image = np.asarray(whole // 3 + 120, np.uint8)
    faded = canvas.scene("scan").cards[0]
    assert faded.remains > 0.8
    assert faded.shown == faded.visible
    canvas.image[:] = 250
    canvas.image[90:110, 100:300] = 0
    bar = canvas.scene("true_copy").cards[0]
    assert bar.remains < 0.35
    assert (bar.visible, bar.shown) == (1.0, 0.0)
