"""Cards from `designs/`: each an author's own layout. What the printer and the light do to them is ours."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from models.training.cards import paper, texture
from models.training.cards.portrait import portrait
from models.training.designs import DESIGNS, draw_design
from models.training.people import Person
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

PLAIN = 0.35
"""Share of the cards in the very colours of their design."""
WILD, DARK = 0.18, 0.06
"""Shares under any hue at all, and with light and dark exchanged: who draws a mock-up chooses the colours."""


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
        texture.add_wear(image, rng, lines=0.3, sheen=0.3, grain=0.3)
    if rng.random() >= PLAIN:
        usual = 4.0 if side == "pink" else 7.0
        image = paper.recolour(image, rng, hue=60.0 if side != "pink" and rng.random() < WILD else usual)
    if side != "pink" and rng.random() < DARK:
        image = _dark(image)
    return DrawnCard(paper.finish(image, rng), card.alpha, card.side, card.kind, card.digits, card.number_box)


def _dark(image: Rgb) -> Rgb:
    """The card with its lightness turned upside down, its hues kept: a mock-up in an app's dark mode."""
    hls = cv2.cvtColor(image, cv2.COLOR_RGB2HLS)
    hls[..., 1] = 255 - hls[..., 1]
    return np.asarray(cv2.cvtColor(hls, cv2.COLOR_HLS2RGB), np.uint8)
