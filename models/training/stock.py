"""Draws a pool: cards, neighbours, pages and backgrounds, once, kept as files for `pool.Pool`.

    index.json      what lies there: for each kind a list of entries
    cards/ neighbours/ pages/ surfaces/ faces/    JPEG quality 95; alpha masks as PNG, one file for all that share it

Each piece is drawn from its own seed, so the pool is the same whatever the number of workers. Everyday photographs,
receipts and faces stay where they are, in the data folder; the pool works without one.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.cards import draw_card
from models.training.neighbours import draw_neighbour, draw_page
from models.training.pool import PAGE_SIDE, Entry, at_most
from models.training.scenes.backgrounds import surface
from models.training.scenes.people import bust

CARD_WIDTH = 760
"""Cards are kept at most this wide: enough for scenes of 1,280 pixels, and quick to decode."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many pieces of each kind a pool holds, and where the data folder is."""

    fronts: int = 1200
    backs: int = 550
    pinks: int = 250
    neighbours: int = 1500
    pages: int = 400
    surfaces: int = 300
    busts: int = 40
    data: Path | None = None
    designs: float = 0.0
    """Share of the cards and of the neighbours that are of the SVG designs."""

    def scaled(self, share: float) -> Plan:
        """The same plan with `share` of the pieces of each kind, at least two."""
        names = ("fronts", "backs", "pinks", "neighbours", "pages", "surfaces", "busts")
        return replace(self, **{name: max(2, round(getattr(self, name) * share)) for name in names})

    def tasks(self) -> list[str]:
        """The kind of each piece, in the order of their seeds."""
        counts = (self.fronts, self.backs, self.pinks, self.neighbours, self.pages, self.surfaces, self.busts)
        kinds = ("front", "back", "pink", "neighbours", "pages", "surfaces", "faces")
        return [kind for kind, count in zip(kinds, counts, strict=True) for _ in range(count)]

    def folder(self, name: str) -> Path | None:
        """A folder of the data, if there is one."""
        path = None if self.data is None else self.data / name
        return path if path is not None and path.is_dir() else None


def build_pool(folder: Path, seed: int, plan: Plan, *, workers: int = 2, tell: Callable[[str], None] = print) -> None:
    """Draw a whole pool into `folder`. A pool that is complete (its index is there) for the same seed and plan stays.

    `tell` hears about progress. Raises SystemExit if the folder holds a pool of another seed or plan.
    """
    stamp = {"seed": seed, "counts": dict(Counter(plan.tasks())), "data": str(plan.data or "")}
    stamp |= {"designs": plan.designs} if plan.designs else {}
    index = folder / "index.json"
    if index.exists():
        if json.loads(index.read_text())["stamp"] != stamp:
            raise SystemExit(f"{folder} holds a pool of another seed or plan: name another folder, or remove that one")
        return
    tasks = plan.tasks()
    seeds = np.random.SeedSequence(seed).spawn(len(tasks))
    draw = partial(_draw, folder, plan)
    entries: list[Entry] = []
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as executor:
        for entry in executor.map(draw, range(len(tasks)), tasks, seeds, chunksize=8):
            entries.append(entry)
            if len(entries) % 200 == 0:
                tell(f"pool: {len(entries)} of {len(tasks)} pieces drawn")
    index.write_text(json.dumps({"stamp": stamp, "entries": entries}, ensure_ascii=False))


def _draw(folder: Path, plan: Plan, number: int, kind: str, seed: np.random.SeedSequence) -> Entry:
    """Draw one piece and store it; returns its entry. Runs in a worker."""
    cv2.setNumThreads(1)
    rng = np.random.default_rng(seed)
    faces = plan.folder("faces")
    if kind == "surfaces":
        return _store(folder, "surfaces", number, surface(rng))
    if kind == "faces":
        return _store(folder, "faces", number, bust(rng, (480, 400)))
    if kind == "pages":
        page = draw_page(rng, faces=faces)
        return {**_store(folder, "pages", number, at_most(page.image, PAGE_SIDE)), "kind": page.kind}
    if kind == "neighbours":
        card = draw_neighbour(rng, faces=faces, designs=plan.designs)
    else:
        card = draw_card(rng, kind, references=plan.folder("references"), faces=faces, designs=plan.designs)
    group = "neighbours" if card.side is None else "cards"
    longest = CARD_WIDTH if card.image.shape[1] >= card.image.shape[0] else PAGE_SIDE
    entry = _store(folder, group, number, at_most(card.image, longest))
    alpha = _store_alpha(folder, at_most(card.alpha, longest))
    told = {"side": card.side, "kind": card.kind, "digits": card.digits, "box": card.number_box}
    return {**entry, "alpha": alpha, **told}


def _store(folder: Path, group: str, number: int, picture: NDArray[np.uint8]) -> Entry:
    (folder / group).mkdir(parents=True, exist_ok=True)
    path = f"{group}/{number:05d}.jpg"
    _, data = cv2.imencode(".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])
    (folder / path).write_bytes(data.tobytes())
    return {"group": group, "path": path}


def _store_alpha(folder: Path, alpha: NDArray[np.uint8]) -> str:
    """Masks are named by content: nearly all cards share one."""
    _, data = cv2.imencode(".png", alpha)
    path = f"alpha/{hashlib.sha256(data.tobytes()).hexdigest()[:16]}.png"
    (folder / "alpha").mkdir(parents=True, exist_ok=True)
    if not (folder / path).exists():
        (folder / path).write_bytes(data.tobytes())
    return path
