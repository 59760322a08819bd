"""A given picture of a card, as the scenes of the generator would hold it: small, photographed, copied, in a chat.

Beside `variants.py`, whose transformations the generator does not know: twenty copies of a card in all. Surfaces and
people are drawn, so that no data folder is needed.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.neighbours import draw_neighbour, draw_page
from models.training.samples import DrawnCard, DrawnPage, Rgb
from models.training.scenes.backgrounds import surface
from models.training.scenes.compose import compose_as
from models.training.scenes.people import bust
from models.training.scenes.supply import Rng
from models.training.variants import variants

SHRUNK: Final = (200, 300, 400)
"""Long sides in pixels."""
COMPOSED: Final = ("phone_photo", "phone_photo", "selfie", "true_copy", "page_scan", "chat")
SIZE: Final = 1200
"""Long side of a composed scene in pixels."""
SHOWN, LEAST_EDGE, TRIES = 0.85, 0.15, 12
"""A copy shows so much of the card, so long in long sides of the scene."""


@dataclass(frozen=True, slots=True)
class _Lone:
    """A supply whose only ID card is a given picture, side and number unknown."""

    picture: Rgb

    def card(self, rng: Rng, side: str | None = None) -> DrawnCard:
        return DrawnCard(self.picture, np.full(self.picture.shape[:2], 255, np.uint8), side or "front", "given")

    def neighbour(self, rng: Rng) -> DrawnCard:
        return draw_neighbour(rng)

    def page(self, rng: Rng) -> DrawnPage:
        return draw_page(rng)

    def background(self, rng: Rng) -> Rgb:
        return surface(rng)

    def face(self, rng: Rng) -> Rgb:
        return bust(rng, (480, 400))

    def everyday(self, rng: Rng) -> tuple[str, Rgb]:
        return "surface", surface(rng)


@lru_cache(maxsize=1)
def names() -> tuple[str, ...]:
    """What each copy is called."""
    plain = [name for name, _ in variants(np.zeros((8, 8, 3), np.uint8))]
    return (*plain, *(f"{side} px" for side in SHRUNK), *COMPOSED)


def copy_of(picture: Rgb, index: int) -> Rgb:
    """Copy number `index` of a picture (H, W, 3) uint8 RGB; the same every time. Raises IndexError beyond the last."""
    plain = len(names()) - len(SHRUNK) - len(COMPOSED)
    if index < plain:
        return next(islice(variants(picture), index, None))[1]
    if index < plain + len(SHRUNK):
        scale = SHRUNK[index - plain] / max(picture.shape[:2])
        return np.asarray(cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return _composed(picture, COMPOSED[index - plain - len(SHRUNK)], index)


def _composed(picture: Rgb, kind: str, index: int) -> Rgb:
    """The first scene that shows the card well enough for a person to tell what it is."""
    supply, seed = _Lone(picture), zlib.crc32(picture.tobytes())
    for attempt in range(TRIES):
        scene = compose_as(np.random.default_rng((seed, index, attempt)), supply, kind, SIZE)
        if any(card.shown >= SHOWN and _edge(card.quad) >= LEAST_EDGE * SIZE for card in scene.cards):
            break
    return scene.image


def _edge(quad: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(quad - np.roll(quad, 1, 0), axis=1).max())
