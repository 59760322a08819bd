"""`python -m benchmarks.corpus mixed --out DIR`: draws a store to measure speed on, of any size, by the generator.

    DIR/files/2016/04/IMG_0001.jpg …    the store, to be scanned
    DIR/truth.tsv, DIR/store.json       what each file is; how the store was drawn, and how many people are in it

Speed hangs on sizes and on what is in the pictures, so a store is described by where its files come from: phones,
scanners, the web. Everything is drawn and every person made up; with `--data`, photographs, receipts and faces of a
folder of yours lie among it. The same seed gives the same store. A stopped run goes on where it was.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from models.training.build import any_size, stamp
from models.training.cards import draw_card
from models.training.pool import Pool
from models.training.samples import DrawnCard, DrawnPage, Rgb
from models.training.scenes import camera
from models.training.scenes.canvas import Canvas
from models.training.scenes.compose import compose_as
from models.training.scenes.supply import Rng, Supply
from models.training.stock import Plan, build_pool
from models.training.truth import write_truth

SEED = 46000
POOL_SHARE = 0.25
CHUNK = 20


@dataclass(frozen=True, slots=True)
class Origin:
    """Where files come from. `megapixels` and JPEG `quality` lie within the bounds, any ratio of the first as likely as
    any other; `grain` is the noise of sensor or paper in levels of 255: without it a large picture is a small file."""

    name: str
    cards: tuple[str, ...]
    others: tuple[str, ...]
    megapixels: tuple[float, float]
    quality: tuple[int, int]
    grain: float


PAPER = "paper"
PAGES = frozenset(
    {"receipt", "text_page", "form", "certificate", "table", "invoice", "diagram", "slide", "qr_page", "map", "poster"}
)
"""Kinds of pages that are scanned in any office. The pool's others are there to be mistaken for a card."""
PICTURES = ("everyday", "everyday", "everyday", "bare_selfie")
PHONE = Origin("IMG", ("phone_photo", "selfie", "app_scan"), PICTURES, (1.9, 12.2), (80, 93), 3.0)
SCANNER = Origin(
    "scan",
    ("flatbed", "page_scan", "true_copy", "a4_two_cards"),
    (PAPER,),
    (0.9, 8.7),
    (70, 88),
    1.5,
)
WEB = Origin("web", ("chat", "screenshot", "low_res", "web_mockup"), PICTURES, (0.1, 1.2), (60, 90), 1.0)
THUMBNAIL = replace(WEB, name="thumb", megapixels=(0.01, 0.09))


@dataclass(frozen=True, slots=True)
class Store:
    """`cards`, `neighbours`: shares of the files that show an ID card, or another card alone. `origins`: how many of
    each, in shares. `people`: each with four files of one card of theirs, as in the store of 2018."""

    count: int
    cards: float
    neighbours: float
    origins: tuple[tuple[Origin, float], ...]
    people: bool = False


_AS_EVER = ((PHONE, 0.4), (SCANNER, 0.2), (WEB, 0.4))
STORES = {
    "mixed": Store(1000, 0.05, 0.02, _AS_EVER),
    "clean": Store(1000, 0.0, 0.0, _AS_EVER),
    "cards": Store(400, 1.0, 0.0, _AS_EVER),
    "small": Store(4000, 0.05, 0.02, ((THUMBNAIL, 1.0),)),
    # 46,000 files of 11,400 people, 32 GB: a tenth of it by default, the whole with --count 45600.
    "incident": Store(4560, 1.0, 0.0, (), people=True),
}
PERSON: tuple[tuple[str, str, Origin], ...] = (
    ("front", "phone_photo", replace(PHONE, megapixels=(2.0, 12.2))),
    ("back", "phone_photo", replace(PHONE, megapixels=(2.0, 12.2))),
    ("copy", "true_copy", SCANNER),
    ("with-card", "selfie", replace(PHONE, megapixels=(2.0, 12.2))),
)
"""A customer's four files: the front, the back, a certified copy, and a picture of them with the card."""


@dataclass(slots=True)
class OneCard:
    """A supply that hands out one card again and again, and of everything else what the pool has."""

    pool: Pool
    only: DrawnCard = field(repr=False)

    def card(self, rng: Rng, side: str | None = None) -> DrawnCard:
        return self.pool.card(rng, "back") if side == "back" else self.only

    def neighbour(self, rng: Rng) -> DrawnCard:
        return self.pool.neighbour(rng)

    def page(self, rng: Rng) -> DrawnPage:
        return self.pool.page(rng)

    def background(self, rng: Rng) -> Rgb:
        return self.pool.background(rng)

    def face(self, rng: Rng) -> Rgb:
        return self.pool.face(rng)

    def everyday(self, rng: Rng) -> tuple[str, Rgb]:
        return self.pool.everyday(rng)


@dataclass(frozen=True, slots=True)
class Job:
    out: Path
    pool: Path
    store: Store
    seed: int
    pieces: int
    """Files, or people."""

    def list_of(self, chunk: int) -> Path:
        """What is known of a chunk's files."""
        return self.out / "lists" / f"{chunk:06d}.json"


def long_side(rng: Rng, origin: Origin) -> int:
    """Pixels of a picture's longer side, were it 4 : 3."""
    low, high = (round(megapixels * 1e6) for megapixels in origin.megapixels)
    return max(96, round(math.sqrt(any_size(rng, (low, high)) * 4 / 3)))


def encoded(rng: Rng, picture: Rgb, origin: Origin) -> bytes:
    """The picture as a JPEG file, with the grain of its origin."""
    high, wide = picture.shape[:2]
    grain = rng.normal(0, origin.grain, (min(high, 256), wide, 1)).astype(np.float32)
    whole = np.tile(grain, (-(-high // len(grain)), 1, 1))[:high]
    noisy = np.clip(picture + whole, 0, 255).astype(np.uint8)
    quality = int(rng.integers(*origin.quality))
    done, data = cv2.imencode(".jpg", cv2.cvtColor(noisy, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    assert done
    return bytes(data)


@dataclass(frozen=True, slots=True)
class Drawn:
    """One file of the store: its path in it, whether an ID card is to be seen, what it is, its JPEG bytes."""

    name: str
    card: bool
    kind: str
    data: bytes = field(repr=False)


def scanned_page(rng: Rng, supply: Supply, size: int) -> Rgb:
    """A receipt or another page as a scanner gives it, its long side `size` pixels."""
    kind, picture = supply.everyday(rng)
    while kind not in PAGES:
        kind, picture = supply.everyday(rng)
    page = Canvas(np.array(picture))
    page.fit_long_side(size)
    return camera.scanned(rng, page.image)


def _taken(rng: Rng, supply: Supply, kind: str, origin: Origin, name: str, *, positive: bool = True) -> Drawn:
    if kind == PAPER:
        return Drawn(name, False, kind, encoded(rng, scanned_page(rng, supply, long_side(rng, origin)), origin))
    scene = compose_as(rng, supply, kind, long_side(rng, origin), positive=positive)
    shown = any(card.shown > 0 for card in scene.cards)
    label = "+".join([kind, *(card.side for card in scene.cards), *scene.neighbours])
    return Drawn(name, shown, label, encoded(rng, scene.image, origin))


def draw(job: Job, pool: Pool, number: int) -> list[Drawn]:
    """Piece `number` of a store: a file, or all the files of a person."""
    rng = np.random.default_rng((job.seed, number))
    folder = f"{2014 + number * 5 // job.pieces}/{1 + number % 12:02d}"
    if job.store.people:
        front = OneCard(pool, draw_card(rng, "front"))
        return [
            _taken(
                rng,
                OneCard(pool, pool.card(rng, "back")) if name == "back" else front,
                kind,
                origin,
                f"{folder}/customer-{number:05d}-{name}.jpg",
            )
            for name, kind, origin in PERSON
        ]
    shares = [share for _, share in job.store.origins]
    origin = job.store.origins[int(rng.choice(len(shares), p=shares))][0]
    chance = rng.random()
    alone = chance >= job.store.cards + job.store.neighbours
    # Another card comes the ways of ours.
    kinds = origin.others if alone else origin.cards
    kind, name = kinds[int(rng.integers(len(kinds)))], f"{folder}/{origin.name}_{number:06d}.jpg"
    return [_taken(rng, pool, kind, origin, name, positive=chance < job.store.cards)]


_job: Job
_pool: Pool


def _start(job: Job) -> None:
    global _job, _pool
    cv2.setNumThreads(1)
    _job, _pool = job, Pool.load(job.pool)


def _write(chunk: int) -> None:
    """One chunk; its list is written last, so a chunk that has it is whole."""
    rows = []
    for number in range(chunk * CHUNK, min((chunk + 1) * CHUNK, _job.pieces)):
        for drawn in draw(_job, _pool, number):
            path = _job.out / "files" / drawn.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(drawn.data)
            rows.append((drawn.name, drawn.card, drawn.kind))
    part = _job.list_of(chunk).with_suffix(".part")
    part.write_text(json.dumps(rows))
    part.rename(_job.list_of(chunk))


def open_pool(folder: Path, *, seed: int = SEED, data: Path | None = None, workers: int = 2) -> Pool:
    """The drawn pieces in `folder`. Whichever benchmark comes first draws them, for all."""
    if not (folder / "index.json").exists():
        plan = Plan(data=data, designs=0.3).scaled(POOL_SHARE)
        build_pool(folder, seed, plan, workers=workers, tell=lambda line: print(line, file=sys.stderr))
    return Pool.load(folder)


def build(job: Job, workers: int) -> dict[str, Any]:
    """Draws what is missing, and says what the store holds (`store.json`)."""
    (job.out / "lists").mkdir(parents=True, exist_ok=True)
    same = {"seed": job.seed, "pieces": job.pieces, "pool": Pool.load(job.pool).digest(), "store": repr(job.store)}
    stamp(job.out, same, {}, what="store")
    chunks = range(-(-job.pieces // CHUNK))
    todo = [chunk for chunk in chunks if not job.list_of(chunk).exists()]
    began = time.monotonic()
    with ProcessPoolExecutor(workers, get_context("spawn"), _start, (job,)) as executor:
        for done, _ in enumerate(executor.map(_write, todo), 1):
            rate = done * CHUNK / (time.monotonic() - began)
            print(f"{done} of {len(todo)} chunks, {rate:.1f} pieces/s", file=sys.stderr, flush=True)
    rows = [tuple(row) for chunk in chunks for row in json.loads(job.list_of(chunk).read_text())]
    write_truth(job.out, rows, f"benchmarks.corpus, seed {job.seed}")
    size = sum((job.out / "files" / name).stat().st_size for name, _, _ in rows)
    held = {
        "files": len(rows),
        "bytes": size,
        "with_card": sum(card for _, card, _ in rows),
        "people": job.pieces if job.store.people else None,
        **same,
    }
    (job.out / "store.json").write_text(json.dumps(held, indent=1))
    return held


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("store", choices=sorted(STORES))
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--count", type=int, help="files (default: what the store's kind has)")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--data", type=Path, help="folder with photos, receipts, faces and references")
    parser.add_argument("--pool", type=Path, help="drawn pieces; drawn first if absent (default: beside OUT)")
    parser.add_argument("--workers", type=int, default=2)
    args = parser.parse_args()
    store = STORES[args.store]
    count = args.count or store.count
    if count < 1:
        parser.error("--count must be 1 or more")
    pool = args.pool or args.out.parent / "pool"
    open_pool(pool, seed=args.seed, data=args.data, workers=args.workers)
    job = Job(args.out, pool, store, args.seed, -(-count // len(PERSON)) if store.people else count)
    held = build(job, args.workers)
    print(
        f"{held['files']} files, {held['bytes'] / 1e6:.0f} MB, {held['with_card']} with an ID card, in {args.out}/files"
    )


if __name__ == "__main__":
    main()
