"""What the scenes are made of, drawn once and kept in memory: cards, surfaces, pages, screens, held-out pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path
from typing import Any, Final, TypeVar

import cv2
import numpy as np

from models.training.designs import draw_design
from models.training.people import make_person
from models.training.samples import DrawnCard, Rgb
from models.training.shifted.backgrounds import surface
from models.training.shifted.kitchen import DESIGNS, TYPE
from models.training.shifted.pages import page, screen
from models.training.shifted.portraits import Portraits, held_out, read_picture
from models.training.shifted.take import Print

Rng = np.random.Generator
T = TypeVar("T")
Spread = Callable[[Callable[[Any], Any], Iterable[Any]], Iterable[Any]]
CARDS: Final = {"front": 12, "back": 5, "pink": 8, "other": 4}
"""Cards drawn of each design."""


@dataclass(frozen=True, slots=True)
class Deck:
    """`cards[side][design]` are prints; the rest pictures, (H, W, 3) uint8 RGB. Choosing never changes it."""

    cards: dict[str, dict[str, list[Print]]]
    surfaces: list[Rgb]
    pages: list[Rgb]
    screens: list[Rgb]
    portraits: Callable[[Rng], Rgb]
    photos: list[Rgb] = field(default_factory=list)
    receipts: list[Rgb] = field(default_factory=list)
    faces: list[Rgb] = field(default_factory=list)

    def card(self, rng: Rng, side: str) -> Print:
        """A card of a side (`front`, `back`, `pink`, `other`); each design as likely as any other.

        Raises ValueError where there is no design for the side.
        """
        designs = self.cards.get(side)
        if not designs:
            raise ValueError(f"no designs for side {side!r}: see models/training/shifted/designs")
        return pick(rng, designs[pick(rng, sorted(designs))])


def pick(rng: Rng, choices: list[T]) -> T:
    return choices[int(rng.integers(len(choices)))]


def draw_deck(seed: int, data: Path | None, workers: int, *, designs: Path = DESIGNS, share: float = 1.0) -> Deck:
    """Draw everything from `seed`: the same on any number of workers. `share` < 1: fewer of each, for a trial."""
    portraits = Portraits(data=data)
    jobs = [
        (path, seed, number, index)
        for number, path in enumerate(sorted(designs.glob("*.svg")))
        for index in range(max(1, round(CARDS[path.stem.partition("_")[0]] * share)))
    ]
    few = max(2, round(24 * share))
    with _pool(workers, portraits) as spread:
        cards: dict[str, dict[str, list[Print]]] = {}
        for (path, *_), drawn in zip(jobs, spread(_card, jobs), strict=True):
            side = path.stem.partition("_")[0]
            cards.setdefault(side, {}).setdefault(path.stem, []).append(Print(drawn))
        surfaces = list(spread(_surface, [(seed, n) for n in range(round(200 * share) + 4)]))
        pages = list(spread(_page, [(seed, n) for n in range(few)]))
        screens = list(spread(_screen, [(seed, n) for n in range(few)]))
    photos, receipts = ([read_picture(path, 1500) for path in held_out(data, name)] for name in ("photos", "receipts"))
    return Deck(cards, surfaces, pages, screens, portraits, photos, receipts, portraits.photos)


_portraits: Portraits


def _begin(portraits: Portraits) -> None:
    global _portraits
    _portraits = portraits
    cv2.setNumThreads(1)


@contextmanager
def _pool(workers: int, portraits: Portraits) -> Iterator[Spread]:
    if workers == 1:
        _begin(portraits)
        yield map
        return
    with get_context("spawn").Pool(workers, _begin, (portraits,)) as pool:
        yield lambda work, jobs: pool.imap(work, jobs, chunksize=2)


def _card(job: tuple[Path, int, int, int]) -> DrawnCard:
    path, *key = job
    rng = np.random.default_rng(key)
    person = make_person(rng, pink=path.stem.startswith("pink"))
    return draw_design(rng, path, person, _portraits, type_=TYPE)


def _surface(key: tuple[int, int]) -> Rgb:
    return surface(np.random.default_rng((*key, 1)))


def _page(key: tuple[int, int]) -> Rgb:
    return page(np.random.default_rng((*key, 2)))


def _screen(key: tuple[int, int]) -> Rgb:
    return screen(np.random.default_rng((*key, 3)))
