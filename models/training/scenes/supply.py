"""What a scene is made of: the store-room it is drawn from, and the deal that says which pieces lie in this scene."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from models.training.samples import DrawnCard, DrawnPage, Rgb

Rng = np.random.Generator

Frame = tuple[int, int]
"""Height and width of a picture in pixels."""


class Supply(Protocol):
    """A store-room of drawn things. Each call draws with `rng` alone, so that the same generator gets the same piece.

    The arrays returned are shared and read-only by contract: who wants to change one copies it.
    """

    def card(self, rng: Rng, side: str | None = None) -> DrawnCard:
        """An ID card; of `side` where given."""

    def neighbour(self, rng: Rng) -> DrawnCard:
        """A card or booklet page that is not a Thai ID card."""

    def page(self, rng: Rng) -> DrawnPage:
        """A whole page without an ID card."""

    def background(self, rng: Rng) -> Rgb:
        """A surface or a view to put things on."""

    def face(self, rng: Rng) -> Rgb:
        """A head and shoulders."""

    def everyday(self, rng: Rng) -> tuple[str, Rgb]:
        """A picture of a store that shows no card at all, and its kind."""


@dataclass(slots=True)
class Deal:
    """The pieces of one scene.

    A positive deal hands out an ID card first, and after it cards or, if `company`, neighbours; a negative one hands
    out neighbours only. So every recipe composes negatives by the very means by which it composes positives.
    """

    supply: Supply
    positive: bool
    company: bool = False
    taken: int = 0

    def take(self, rng: Rng, side: str | None = None) -> DrawnCard:
        """The next piece; `side` binds ID cards only."""
        self.taken += 1
        if not self.positive or (self.company and self.taken > 1):
            return self.supply.neighbour(rng)
        return self.supply.card(rng, side)
