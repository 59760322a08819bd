"""What the kitchen's parts hand to each other: a drawn card, a drawn page, a composed scene.

Pictures are RGB uint8 arrays (H, W, 3); coordinates are float pixels, origin top left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]
Mask = NDArray[np.uint8]

LEAST_REMAINS = 0.35
"""With less of its print left (a bar or a speck on white paper) nobody can tell that a card was there."""
CARD_SIZE = (1012, 638)
"""Width and height of an ID-1 card at 300 dpi: 85.60 × 53.98 mm."""


@dataclass(frozen=True, slots=True)
class DrawnCard:
    """One flat, upright face of a card or booklet page, before any camera.

    `alpha` (H, W) uint8 is 255 on the card and 0 outside its rounded corners. `side` is `front`, `back`, `pink`, or
    None for a neighbour. `kind` names the family (`front_2011`, `th_driving_licence`). `digits` are the 13 printed
    digits without blanks, or None (blanked, X-ed, or no number). `number_box` is (x0, y0, x1, y1) of the number as
    fractions of the card's width and height.
    """

    image: Rgb
    alpha: Mask
    side: str | None
    kind: str
    digits: str | None = field(default=None, repr=False)
    number_box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """A whole flat page (A4 form, receipt, page of text, screenshot): never an ID card."""

    image: Rgb
    kind: str


@dataclass(frozen=True, slots=True)
class PlacedCard:
    """Where an ID card lies in a scene: `quad` (4, 2) float32, TL TR BR BL of the card; corners may lie outside."""

    side: str
    quad: NDArray[np.float32]
    digits: str | None = field(repr=False)
    digit_height: float
    """Height of the printed digits in pixels of the scene."""
    visible: float = 1.0
    """Share of the card's area inside the frame."""
    legible: float = 0.0
    """How much of the printed number is still to be seen, 0–1, at its worst place; 0 where there is none."""
    remains: float = 1.0
    """How much of the card's print is still to be seen, 0–1: copying and light wipe cards out."""

    @property
    def shown(self) -> float:
        """`visible`, or 0 where so little remains that nobody can tell what it was: no label should say "card"."""
        return self.visible if self.remains >= LEAST_REMAINS else 0.0


@dataclass(frozen=True, slots=True)
class PlacedNeighbour:
    """Where a neighbour lies in a scene: its kind, `quad` as of a card, and the share of it inside the frame."""

    kind: str
    quad: NDArray[np.float32]
    visible: float = 1.0


@dataclass(frozen=True, slots=True)
class Scene:
    """One picture as it would lie in a store, with its labels; `kind` names the scene (`phone_photo`, `fax` …)."""

    image: Rgb
    kind: str
    cards: tuple[PlacedCard, ...] = ()
    beside: tuple[PlacedNeighbour, ...] = ()

    @property
    def neighbours(self) -> tuple[str, ...]:
        """Kinds of the neighbours on it."""
        return tuple(other.kind for other in self.beside)
