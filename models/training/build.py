"""`python -m models.training.build --out DIR --count N --seed S`: composes a dataset of scenes.

    meta.json                    seed, counts, the pool's hash, the commit
    chunk_0000.npy, .json        for training: (2000, 320, 320, 3) uint8 RGB, letterboxed; and its labels, one a sample
    0000000.jpg …, labels.json   with --jpeg, for measuring: whole scenes, and their labels; truth.tsv beside them

Scene i is made from (seed, i) alone, so the number of workers changes nothing, and a build that was stopped goes on at
the first chunk that is missing. Digits are of made-up people and of provinces that do not exist.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.pool import Pool
from models.training.samples import PlacedCard, Rgb, Scene
from models.training.scenes.compose import compose, compose_as
from models.training.stock import Plan, build_pool
from models.training.truth import write_truth
from thaiid_detect.geometry import Placement, Points, letterbox
from thaiid_detect.locator import Locator
from thaiid_detect.weights import find_weights, open_session

CHUNK = 2000
FILES_A_CHUNK = 200
"""Held-out sets are small: chunks of JPEG files are, too, so that all workers have some."""

SIDE = 416
SIZES = (640, 640)
"""Long side of a scene: twice what the first look sees of it. Held-out sets, and what a closer look sees, want more:
real pictures have more pixels, and a card that is small in them is legible from close by."""
CLOSE_UPS = 0.4
"""Share of the training samples that are what the locator's closer look sees: the surroundings of one place."""
MINED_FLOOR, MINED = 0.05, 4
"""With --mine: as many of the places that the present weights score so are looked at from close by."""
JPEG_QUALITY = 90
EVERYDAY = 0.8
"""Share of the bare pictures that are photographs, receipts, pages or surfaces; on the others is a person."""

Label = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Job:
    """What every worker needs to know."""

    out: Path
    pool: Path
    seed: int
    count: int
    sizes: tuple[int, int]
    """Smallest and largest long side of a scene, in pixels."""
    jpeg: bool
    close_ups: float = CLOSE_UPS
    mine: bool = False
    bare: float = 0.0
    """Share of the scenes that are bare pictures instead: what a look lets pass there costs time in any store."""

    def chunks(self) -> list[range]:
        """The scenes of each chunk."""
        step = FILES_A_CHUNK if self.jpeg else CHUNK
        return [range(start, min(start + step, self.count)) for start in range(0, self.count, step)]


def card_label(card: PlacedCard, quad: Points) -> Label:
    """A card as JSON; `quad` in pixels of the picture the label goes with, `digit_height` in pixels of the scene."""
    return {
        "side": card.side,
        "quad": quad.round(2).tolist(),
        "digits": card.digits,
        "digit_height": card.digit_height,
        "visible": card.visible,
        "shown": card.shown,
        "legible": card.legible,
    }


def close_up(rng: np.random.Generator, scene: Scene, places: list[Points]) -> Scene:
    """The part of the scene around one of `places` (quads), or, where there is none, any part; cards move along."""
    height, width = scene.image.shape[:2]
    if places:
        quad = places[int(rng.integers(len(places)))]
        low, high = quad.min(0), quad.max(0)
        side = float((high - low).max()) * rng.uniform(1.1, 1.9)
        middle = (low + high) / 2 + rng.uniform(-0.12, 0.12, 2) * side
    else:
        side = max(height, width) * rng.uniform(0.3, 0.8)
        middle = rng.uniform(0, 1, 2) * (width, height)
    x0, y0 = np.clip(middle - side / 2, 0, (width - 32, height - 32)).astype(int)
    x1, y1 = np.clip(middle + side / 2, (x0 + 32, y0 + 32), (width, height)).astype(int)
    cards = tuple(moved for card in scene.cards if (moved := _moved(card, (x0, y0, x1, y1))).visible > 0)
    return replace(scene, image=np.ascontiguousarray(scene.image[y0:y1, x0:x1]), cards=cards)


def _moved(card: PlacedCard, window: tuple[int, int, int, int]) -> PlacedCard:
    """The card on the window (x0, y0, x1, y1), with the share of it that is still seen."""
    x0, y0, x1, y1 = window
    hull = cv2.convexHull(card.quad.astype(np.float32))
    corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)
    inside = float(cv2.intersectConvexConvex(hull, corners)[0]) / max(1.0, float(cv2.contourArea(hull)))
    quad = (card.quad - (x0, y0)).astype(np.float32)
    return replace(card, quad=quad, visible=min(card.visible, inside))


def sample(scene: Scene) -> tuple[Rgb, Label]:
    """A training sample: the picture letterboxed as inference does it, and its label.

    `rectangle` (x0, y0, x1, y1): where the picture lies on the square. 640 x 480 on 320: (0, 40, 320, 280).
    """
    square, place = letterbox(scene.image, SIDE)
    cards = [card_label(card, place.to_square(np.asarray(card.quad, np.float64))) for card in scene.cards]
    box = _rectangle(scene.image, place)
    return square, {"kind": scene.kind, "cards": cards, "neighbours": list(scene.neighbours), "rectangle": box}


def _rectangle(image: Rgb, place: Placement) -> list[int]:
    height, width = image.shape[:2]
    corners = place.to_square(np.array([[0.0, 0.0], [width, height]]))
    return [round(value) for value in corners.ravel().tolist()]


_pool: Pool
_job: Job
_locator: Locator | None


def _start(job: Job) -> None:
    """Each worker opens the pool once."""
    global _pool, _job, _locator
    cv2.setNumThreads(1)
    _pool, _job = Pool.load(job.pool), job
    session = open_session(find_weights(), threads=1) if job.mine else None
    _locator = Locator(session, session) if session is not None else None


def any_size(rng: np.random.Generator, sizes: tuple[int, int]) -> int:
    """A long side within `sizes`; each ratio is as likely as any other."""
    return round(float(np.exp(rng.uniform(*np.log(sizes)))))


def _scene(index: int) -> Scene:
    rng = np.random.default_rng((_job.seed, index))
    size = any_size(rng, _job.sizes)
    if _job.bare and rng.random() < _job.bare:
        return compose_as(rng, _pool, "everyday" if rng.random() < EVERYDAY else "bare_selfie", size)
    return compose(rng, _pool, size)


def _seen(index: int) -> Scene:
    """Scene `index`, or a close-up of it."""
    scene = _scene(index)
    rng = np.random.default_rng((_job.seed, index, 1))
    if rng.random() >= _job.close_ups:
        return scene
    places = [np.asarray(card.quad, np.float64) for card in scene.cards]
    if _locator is not None and not (places and rng.random() < 0.5):
        # Where the present weights see something: on pictures without a card these are their own false alarms.
        places = [found.quad for found in _locator.locate(scene.image, floor=MINED_FLOOR)[:MINED]] or places
    return close_up(rng, scene, places)


def _write_chunk(number: int, indices: range) -> None:
    """One chunk for training; the pictures get their name last, so a chunk that has it is whole."""
    pictures: NDArray[np.uint8] = np.empty((len(indices), SIDE, SIDE, 3), np.uint8)
    labels: list[Label] = []
    for row, index in enumerate(indices):
        pictures[row], label = sample(_seen(index))
        labels.append(label)
    final = _job.out / f"chunk_{number:04d}.npy"
    part = _job.out / f"part_{number:04d}.npy"
    final.with_suffix(".json").write_text(json.dumps(labels, ensure_ascii=False))
    np.save(part, pictures)
    part.rename(final)


def _write_files(number: int, indices: range) -> None:
    """One chunk as JPEG files; its labels are written last."""
    labels = []
    for index in indices:
        scene = _scene(index)
        name = f"{index:07d}.jpg"
        picture = cv2.cvtColor(scene.image, cv2.COLOR_RGB2BGR)
        _, data = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
        (_job.out / name).write_bytes(data.tobytes())
        cards = [card_label(card, np.asarray(card.quad, np.float64)) for card in scene.cards]
        labels.append({"file": name, "kind": scene.kind, "cards": cards, "neighbours": list(scene.neighbours)})
    part = _job.out / f"part_{number:04d}.json"
    part.write_text(json.dumps(labels, ensure_ascii=False))
    part.rename(_job.out / f"labels_{number:04d}.json")


def _done(job: Job, number: int, indices: range) -> bool:
    """Whether the chunk is there with all its scenes: a build of a smaller count leaves a short last one."""
    last = job.out / (f"labels_{number:04d}.json" if job.jpeg else f"chunk_{number:04d}.npy")
    labels = job.out / (f"labels_{number:04d}.json" if job.jpeg else f"chunk_{number:04d}.json")
    return last.exists() and len(json.loads(labels.read_text())) == len(indices)


def run(job: Job, workers: int) -> None:
    """Compose what is missing, with progress on standard error. Raises SystemExit if `out` holds another build."""
    job.out.mkdir(parents=True, exist_ok=True)
    _stamp(job)
    chunks = job.chunks()
    todo = [number for number, indices in enumerate(chunks) if not _done(job, number, indices)]
    write = _write_files if job.jpeg else _write_chunk
    start, made = time.monotonic(), 0
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (job,)) as executor:
        for number, _ in zip(todo, executor.map(write, todo, [chunks[n] for n in todo]), strict=True):
            made += len(chunks[number])
            rate = made / (time.monotonic() - start)
            print(f"chunk {number + 1} of {len(chunks)}, {rate:.0f} scenes/s", file=sys.stderr)
    if job.jpeg:
        _gather(job)


def _gather(job: Job) -> None:
    """All labels in one file, and truth.tsv as `models.training.evaluate` reads it."""
    labels = [label for path in sorted(job.out.glob("labels_*.json")) for label in json.loads(path.read_text())]
    (job.out / "labels.json").write_text(json.dumps(labels, ensure_ascii=False))
    pictures = ((label["file"], bool(label["cards"]), label["kind"]) for label in labels)
    write_truth(job.out, pictures, f"generator seed {job.seed}")


def _stamp(job: Job) -> None:
    same = {"seed": job.seed, "sizes": list(job.sizes), "jpeg": job.jpeg, "pool": Pool.load(job.pool).digest()}
    if not job.jpeg:
        same |= {"close_ups": job.close_ups, "mined_by": find_weights().sha256 if job.mine else None}
    same |= {"bare": job.bare} if job.bare else {}
    stamp(job.out, same, {"count": job.count, "side": SIDE})


def stamp(out: Path, same: dict[str, Any], more: dict[str, Any], *, what: str = "build") -> None:
    """Write out/meta.json, or check that what lies there is the same build: `more` may change (the count may grow).

    Raises SystemExit if it is another.
    """
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False).stdout.strip()
    path = out / "meta.json"
    if path.exists():
        old = json.loads(path.read_text())
        if any(old.get(key) != value for key, value in same.items()):
            raise SystemExit(f"{out} holds another {what}: name another folder, or remove that one")
    path.write_text(json.dumps({**same, **more, "commit": commit}, indent=1))


def main() -> None:
    """Parse, draw the pool if there is none, compose."""
    parser = argparse.ArgumentParser(prog="models.training.build", description="compose a dataset of scenes")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument(
        "--sizes", type=int, nargs=2, default=SIZES, help="smallest and largest long side of a scene in pixels"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, help="folder with photos, receipts, faces and references")
    parser.add_argument("--pool", type=Path, help="where the drawn pieces are kept, drawn first if absent (OUT/pool)")
    parser.add_argument(
        "--pool-share", type=float, default=1.0, help="draw this share of the pieces, for a quick trial"
    )
    parser.add_argument("--designs", type=float, default=0.0, help="share of the pool's cards that are SVG designs")
    parser.add_argument("--close-ups", type=float, default=CLOSE_UPS, help="share of close-ups (default: %(default)s)")
    parser.add_argument("--mine", action="store_true", help="close-ups of what the present weights take for a card")
    parser.add_argument("--bare", type=float, default=0.0, help="share of bare pictures (default: %(default)s)")
    parser.add_argument("--jpeg", action="store_true", help="whole scenes as JPEG files, for measuring")
    options = parser.parse_args()
    pool = options.pool or options.out / "pool"
    if not (pool / "index.json").exists():
        plan = Plan(data=options.data, designs=options.designs).scaled(options.pool_share)
        build_pool(pool, options.seed, plan, workers=options.workers, tell=lambda line: print(line, file=sys.stderr))
    job = Job(
        options.out,
        pool,
        options.seed,
        options.count,
        tuple(options.sizes),
        options.jpeg,
        options.close_ups,
        options.mine,
        options.bare,
    )
    run(job, options.workers)


if __name__ == "__main__":
    main()
