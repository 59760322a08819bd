"""Drawn ID cards for training: fronts, backs and pink cards, in as many families as could be thought of.

A locator trained on one family found its own cards (99 %) and few of other hands (23–61 %); so what counts here is
variety. `draw_card` is the way in; the same generator state gives the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from models.training.cards import paper, reference
from models.training.cards.arranged import arranged_front
from models.training.cards.back import drawn_back
from models.training.cards.designed import designed
from models.training.cards.front import icon_front, smart_front
from models.training.cards.listed import listed_front, old_front, printout_front
from models.training.people import Person, make_person
from models.training.samples import DrawnCard

__all__ = ["draw_card"]

SIDES = ("front", "back", "pink")
DESIGNED = {"front": 1.0, "back": 1.8, "pink": 1.5}
"""Backs and pink cards take more of the designs than was asked for: our own drawings of them vary less."""


def draw_card(
    rng: np.random.Generator,
    side: str | None = None,
    *,
    references: Path | None = None,
    faces: Path | None = None,
    designs: float = 0.0,
) -> DrawnCard:
    """One card of a made-up person, CARD_SIZE wide; of that height too, but for some as mock-ups are drawn.

    `side` is `front`, `back`, `pink` or None (70 : 20 : 10). `references` and `faces` are the folders of that name in
    the shared data; without them every card and portrait is drawn. `designs` is the share of the fronts that are of the
    SVG designs in `models/training/designs`. Raises ValueError for another side.
    """
    card = _draw(rng, side, references, faces, designs)
    return (
        card
        if "reference" in card.kind or rng.random() >= 0.15
        else paper.reshaped(card, float(rng.uniform(1.42, 1.8)))
    )


def _draw(
    rng: np.random.Generator, side: str | None, references: Path | None, faces: Path | None, designs: float
) -> DrawnCard:
    chosen = str(rng.choice(SIDES, p=(0.7, 0.2, 0.1))) if side is None else side
    if chosen not in SIDES:
        raise ValueError(f"side must be one of {', '.join(SIDES)}")
    person = make_person(rng, pink=chosen == "pink")
    if designs and rng.random() < designs * DESIGNED[chosen]:
        return designed(rng, chosen, person, faces)
    if chosen == "front":
        return _front(rng, person, references, faces)
    if chosen == "back":
        if references is not None and rng.random() < 0.4 and reference.has(references, reference.BACK):
            return reference.reference_back(rng, person, references)
        return drawn_back(rng, person)
    if rng.random() < 0.7:
        return smart_front(rng, person, faces, pink=True)
    return listed_front(rng, person, faces, pink=True)


def _front(rng: np.random.Generator, person: Person, references: Path | None, faces: Path | None) -> DrawnCard:
    """45 % on the blank front and 5 % on the icon where they are given; the rest drawn."""
    chance = rng.random()
    if references is not None and chance < 0.45 and reference.has(references, reference.FRONT):
        return reference.reference_front(rng, person, references, faces)
    if references is not None and chance < 0.5 and reference.has(references, reference.ICON):
        return reference.reference_icon(rng, person, references, faces)
    draw = rng.random()
    if draw < 0.4:
        return smart_front(rng, person, faces)
    if draw < 0.56:
        return arranged_front(rng, person, faces)
    if draw < 0.68:
        return icon_front(rng, person, faces)
    if draw < 0.82:
        return listed_front(rng, person, faces)
    if draw < 0.9:
        return printout_front(rng, person, faces)
    return old_front(rng, person, faces)
