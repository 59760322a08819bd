"""`python -m models.training.views --out DIR --pool POOL --count N --seed S`: what the verifier is trained on.

Scenes are composed as ever; the package's own two looks name places on them, and each place is kept as the verifier
will see it: set upright, with a wide rim, as JPEG. So its negatives are just those that the looks take for a card.

    meta.json, views_0000.npz …    a chunk: the JPEG files end to end, where each ends, its label

Sides are indices of `SIDES`, −1 for no card. Corners are in pixels of the stored picture, in its own order.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.build import any_size, stamp
from models.training.network import SIDES
from models.training.pool import Pool
from models.training.samples import PlacedCard, Rgb, Scene
from models.training.scenes.compose import compose, compose_as
from thaiid_detect.geometry import PAD, Points, homography, iou, map_points, margined, rectify
from thaiid_detect.locator import Locator
from thaiid_detect.verifier import frame, is_possible
from thaiid_detect.weights import CLOSER, DEFAULT, find_weights, open_session

STORED = (448, 288)
"""Width and height at which a place is kept."""
RIM = 0.18
"""Rim around the card, as a share of its sides: room to shift, turn and shrink while training."""
FLOOR, MOST = 0.04, 6
SAME, OTHER = 0.5, 0.12
"""IoU from which a place is a card's, and up to which it is none; what lies between says nothing."""
MOSTLY_VISIBLE, SMALLEST = 0.45, 36.0
"""Cards of which less is shown, or narrower in pixels of the scene, say nothing."""
AGAIN = 0.25
"""Share of the cards and neighbours that are kept once more, at their true place."""
ANYWHERE = 0.08
"""Share of the scenes of which some place that nobody named is kept, too."""
BARE = 0.25
"""Share of the scenes that are bare pictures instead: receipts, pages, photographs. What a look takes for a card there
is what costs reading time in a store of such."""
JITTER = 0.03
CHUNK = 500
SIZES = (640, 1500)


@dataclass(frozen=True, slots=True)
class View:
    """One place: its picture, which side of which card it is (−1: none), the card's corners in it, its turn."""

    picture: Rgb
    side: int
    corners: Points
    turn: int
    kind: str


def views_of(rng: np.random.Generator, scene: Scene, locator: Locator) -> Iterator[View]:
    """The views of one scene: places that the looks name, cards and neighbours they overlook, some by chance."""
    named = locator.locate(scene.image, floor=FLOOR)[:MOST]
    seen = [locator.look_closer(scene.image, place) for place in named]
    places = [place.quad for place in seen if place.closer >= FLOOR]
    cards = [np.asarray(card.quad, np.float64) for card in scene.cards]
    others = [np.asarray(other.quad, np.float64) for other in scene.beside if other.visible >= MOSTLY_VISIBLE]
    for quad in cards + others:
        overlooked = all(iou(quad, place) < SAME for place in places)
        if overlooked or rng.random() < AGAIN:
            edge = float(np.linalg.norm(quad[1] - quad[0]))
            places.append(quad + rng.normal(0, JITTER, (4, 2)) * edge)
    if rng.random() < ANYWHERE:
        places.append(_anywhere(rng, scene.image))
    for place in places:
        view = _view(scene, place, list(scene.cards))
        if view is not None:
            yield view


def _anywhere(rng: np.random.Generator, image: Rgb) -> Points:
    height, width = image.shape[:2]
    wide = rng.uniform(0.15, 0.8) * width
    x, y = rng.uniform(0, width - wide), rng.uniform(-0.1, 0.9) * height
    quad = np.array([[x, y], [x + wide, y], [x + wide, y + wide * 0.63], [x, y + wide * 0.63]])
    return np.asarray(quad + rng.normal(0, 0.05, (4, 2)) * wide, np.float64)


def _view(scene: Scene, place: Points, cards: list[PlacedCard]) -> View | None:
    """The place as it is kept; None where it can be no card's, or says nothing."""
    outer = margined(place, RIM, RIM)
    if not is_possible(outer, scene.image):
        return None
    overlaps = [iou(place, np.asarray(card.quad, np.float64)) for card in cards]
    best = int(np.argmax(overlaps)) if overlaps else -1
    picture = rectify(scene.image, outer, STORED, pad=PAD)
    if best < 0 or overlaps[best] <= OTHER:
        return View(picture, -1, np.zeros((4, 2)), -1, "+".join([scene.kind, *scene.neighbours[:1]]))
    card = cards[best]
    quad = np.asarray(card.quad, np.float64)
    edge = max(float(np.linalg.norm(quad[i] - quad[i - 1])) for i in range(4))
    if overlaps[best] < SAME or card.shown < MOSTLY_VISIBLE or edge < SMALLEST:
        return None
    # The card's corners in the view's order: rolled until they lie nearest to the place's.
    turn = min(range(4), key=lambda t: float(np.abs(np.roll(quad, t, 0) - place).sum()))
    corners = map_points(homography(outer, frame(STORED)), np.roll(quad, turn, 0))
    return View(picture, SIDES.index(card.side), corners, turn, scene.kind)


@dataclass(frozen=True, slots=True)
class Job:
    out: Path
    pool: Path
    seed: int
    count: int
    sizes: tuple[int, int]


_job: Job
_pool: Pool
_locator: Locator


def _start(job: Job) -> None:
    global _job, _pool, _locator
    cv2.setNumThreads(1)
    _job, _pool = job, Pool.load(job.pool)
    _locator = Locator(*(open_session(find_weights(name), threads=1) for name in (DEFAULT, CLOSER)))


def _write(number: int) -> int:
    """One chunk of scenes; the file gets its name when it is whole. How many views it holds."""
    views: list[View] = []
    for index in range(number * CHUNK, min((number + 1) * CHUNK, _job.count)):
        rng = np.random.default_rng((_job.seed, index))
        size = any_size(rng, _job.sizes)
        bare = rng.random() < BARE
        scene = compose_as(rng, _pool, "everyday", size) if bare else compose(rng, _pool, size)
        views += views_of(rng, scene, _locator)
    part = _job.out / f"part_{number:04d}.npz"
    save(part, views)
    part.rename(_job.out / f"views_{number:04d}.npz")
    return len(views)


def save(path: Path, views: list[View]) -> None:
    """One chunk, as `view_dataset.Views` reads it; `path` ends in .npz."""
    files = [_jpeg(view.picture) for view in views]
    np.savez(
        path,
        data=np.concatenate(files),
        ends=np.cumsum([len(file) for file in files]),
        sides=np.array([view.side for view in views], np.int8),
        corners=np.array([view.corners for view in views], np.float32),
        turns=np.array([view.turn for view in views], np.int8),
        kinds=np.array([view.kind for view in views]),
    )


def _jpeg(picture: Rgb) -> NDArray[np.uint8]:
    done, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 93])
    assert done
    return np.asarray(data, np.uint8).ravel()


def run(job: Job, workers: int) -> None:
    """Make the chunks that are missing. Raises SystemExit if `out` holds another build."""
    job.out.mkdir(parents=True, exist_ok=True)
    looks = [find_weights(name).sha256 for name in (DEFAULT, CLOSER)]
    same = {"seed": job.seed, "sizes": list(job.sizes), "pool": Pool.load(job.pool).digest(), "looks": looks}
    stamp(job.out, same, {"count": job.count})
    todo = [n for n in range(-(-job.count // CHUNK)) if not (job.out / f"views_{n:04d}.npz").exists()]
    began, made = time.monotonic(), 0
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (job,)) as executor:
        for number, views in zip(todo, executor.map(_write, todo), strict=True):
            made += CHUNK
            rate = made / (time.monotonic() - began)
            print(f"chunk {number + 1}: {views} views, {rate:.0f} scenes/s", file=sys.stderr, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--pool", type=Path, required=True, help="drawn pieces, as models.training.build makes them")
    parser.add_argument("--count", type=int, required=True, help="scenes")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, help="long side of a scene in pixels")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    run(Job(args.out, args.pool, args.seed, args.count, tuple(args.sizes)), args.workers)


if __name__ == "__main__":
    main()
