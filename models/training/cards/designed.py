"""Cards from `designs/`: each an author's own layout. What the printer and the light do to them is ours."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np

from models.training.cards import paper, texture
from models.training.cards.portrait import portrait
from models.training.designs import DESIGNS, draw_design
from models.training.people import Person
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

PLAIN = 0.35
"""Share of the cards in the very colours of their design."""


@lru_cache(maxsize=8)
def designs(side: str) -> tuple[Path, ...]:
    """The designs of a side (`front`, `back`, `pink`, `other`), of all authors."""
    return tuple(sorted(DESIGNS.glob(f"*/{side}_*.svg")))


def designed(rng: np.random.Generator, side: str, person: Person, faces: Path | None) -> DrawnCard:
    """A card of one of the designs of a side."""
    paths = designs(side)
    card = draw_design(rng, paths[int(rng.integers(len(paths)))], person, lambda rng: portrait(rng, 300, 380, faces))
    image = card.image.copy()
    if image.shape[1::-1] == CARD_SIZE:
        _spoil(rng, image)
    if rng.random() >= PLAIN:
        image = paper.recolour(image, rng, hue=4.0 if side == "pink" else 7.0)
    return DrawnCard(paper.finish(image, rng), card.alpha, card.side, card.kind, card.digits, card.number_box)


def _spoil(rng: np.random.Generator, image: Rgb) -> None:
    """Hairlines, a sheen, grain over the whole card, in place."""
    if rng.random() < 0.3:
        texture.add_lines(image, rng, tuple(rng.uniform(-30, 15) * rng.uniform(0.3, 1, 3)))
    if rng.random() < 0.3:
        texture.add_sheen(image, rng, float(rng.uniform(2, 10)))
    if rng.random() < 0.3:
        texture.add_grain(image, rng, float(rng.uniform(0.03, 0.2)))
