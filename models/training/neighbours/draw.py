"""The two doors: a random neighbour card, a random ordinary page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from models.training.cards.designed import designed
from models.training.neighbours.asean import ASEAN_PLANS
from models.training.neighbours.drawings import DRAWINGS
from models.training.neighbours.everyday import EVERYDAY
from models.training.neighbours.foreign import FOREIGN_PLANS
from models.training.neighbours.forms import FORMS
from models.training.neighbours.layout import draw_plan
from models.training.neighbours.papers import PAPERS
from models.training.neighbours.passports import draw_passport
from models.training.neighbours.plain import draw_plain
from models.training.neighbours.posters import POSTERS
from models.training.neighbours.screens import SCREENS
from models.training.neighbours.tables import TABLES
from models.training.neighbours.thai import THAI_PLANS
from models.training.neighbours.tickets import TICKETS
from models.training.people import make_person
from models.training.samples import DrawnCard, DrawnPage

PageMaker = Callable[[np.random.Generator, Path | None], DrawnPage]

PAGES: tuple[tuple[float, tuple[PageMaker, ...]], ...] = (
    (0.24, PAPERS),
    (0.13, FORMS),
    (0.15, TABLES),
    (0.2, SCREENS),
    (0.18, POSTERS),
    (0.1, DRAWINGS),
)
"""Families of pages with their shares."""


def draw_neighbour(rng: np.random.Generator, *, faces: Path | None = None, designs: float = 0.0) -> DrawnCard:
    """One flat card that is not a Thai ID card (`side` None, any aspect ratio, long side about 1012 px).

    `faces` is a folder of face pictures; None draws people instead. Raises SetupError for a folder without pictures.
    `designs` is the share of those that are of the SVG designs in `models/training/designs`.
    """
    if designs and rng.random() < designs:
        return designed(rng, "other", make_person(rng), faces)
    family = rng.random()
    if family < 0.36:
        return draw_plan(rng, THAI_PLANS[int(rng.integers(len(THAI_PLANS)))], faces)
    if family < 0.58:
        plans = ASEAN_PLANS if rng.random() < 0.5 else FOREIGN_PLANS
        return draw_plan(rng, plans[int(rng.integers(len(plans)))], faces)
    if family < 0.66:
        return draw_passport(rng, faces)
    if family < 0.79:
        return draw_plain(rng, faces)
    if family < 0.87:
        return TICKETS[int(rng.integers(len(TICKETS)))](rng, faces)
    return EVERYDAY[int(rng.integers(len(EVERYDAY)))](rng, faces)


def draw_page(rng: np.random.Generator, *, faces: Path | None = None) -> DrawnPage:
    """One flat page or screen without an ID card, long side 1000–1600 px. `faces` as in `draw_neighbour`."""
    shares = np.cumsum([share for share, _ in PAGES])
    makers = PAGES[int(np.searchsorted(shares, rng.random() * shares[-1], side="right"))][1]
    return makers[int(rng.integers(len(makers)))](rng, faces)
