"""One scene: choose what lies in it and how it came to be, compose it, and let the codec have it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.training.samples import Scene
from models.training.scenes import camera, papers, photos, wraps
from models.training.scenes.canvas import Canvas
from models.training.scenes.place import edges
from models.training.scenes.supply import Deal, Frame, Rng, Supply

Recipe = Callable[[Rng, Deal, Frame], Canvas]

RECIPES: dict[str, tuple[float, Recipe]] = {
    "phone_photo": (0.23, photos.phone_photo),
    "flatbed": (0.12, papers.tight_scan),
    "stacked": (0.02, papers.stacked),
    "app_scan": (0.07, photos.app_scan),
    "page_scan": (0.07, papers.page_scan),
    "true_copy": (0.16, papers.true_copy),
    "fax": (0.03, papers.fax),
    "a4_two_cards": (0.05, papers.colour_copy),
    "on_document": (0.06, papers.on_document),
    "selfie": (0.14, photos.selfie),
    "chat": (0.04, wraps.chat),
    "low_res": (0.03, wraps.low_res),
    "screenshot": (0.03, wraps.screenshot),
    "screen_photo": (0.02, wraps.screen_photo),
    "web_mockup": (0.03, wraps.web_mockup),
}
"""How often each way of getting into a store is drawn, and its recipe."""

TRIES = 5
LEAST_EDGE = 0.09
"""A card's longer edge in long sides of the scene: with less (29 of the locator's 320 pixels) nobody can tell it."""

BARE: dict[str, Recipe] = {"everyday": photos.everyday, "bare_selfie": photos.bare_selfie}
"""What lies in a store and shows no card of any kind: only ever drawn as negatives."""

POSITIVE = 0.62
COMPANY = 0.2
ASPECTS = (3 / 4, 4 / 3, 9 / 16, 16 / 9, 1.0, 2**-0.5, 2**0.5)
ASPECT_SHARES = (0.26, 0.24, 0.15, 0.1, 0.08, 0.1, 0.07)
"""Width over height of the frames."""


def _frame(rng: Rng, size: int) -> Frame:
    aspect = float(rng.choice(ASPECTS, p=ASPECT_SHARES))
    return (size, round(size * aspect)) if aspect <= 1 else (round(size / aspect), size)


def _plan(rng: Rng, supply: Supply) -> tuple[str, Recipe, Deal]:
    """Kind, recipe and pieces. Of the negatives a quarter are bare pictures, half composed, a quarter faces."""
    names = list(RECIPES)
    weights = np.array([RECIPES[name][0] for name in names])
    name = names[int(rng.choice(len(names), p=weights / weights.sum()))]
    recipe = RECIPES[name][1]
    if rng.random() < POSITIVE:
        return name, recipe, Deal(supply, positive=True, company=bool(rng.random() < COMPANY))
    deal, kind = Deal(supply, positive=False), rng.random()
    if kind < 0.25:
        return "everyday", BARE["everyday"], deal
    if kind < 0.75:
        return name, recipe, deal
    name = "bare_selfie" if kind < 0.92 else "selfie"
    return name, (BARE | {"selfie": photos.selfie})[name], deal


def _extremes(rng: Rng, canvas: Canvas) -> None:
    """What befalls any picture: grey, faded, dark, burnt out, turned."""
    kind = rng.random()
    if kind < 0.07:
        canvas.image = camera.grey(canvas.image)
    elif kind < 0.11:
        canvas.image = camera.tone(rng, canvas.image, 2.2)
    if rng.random() < 0.22:
        canvas.turn(int(rng.integers(1, 4)))


def _finished(rng: Rng, canvas: Canvas, kind: str, size: int) -> Scene:
    _extremes(rng, canvas)
    canvas.fit_long_side(size)
    if rng.random() < 0.6:
        canvas.image = camera.jpeg(canvas.image, int(rng.integers(35, 96)))
    return canvas.scene(kind)


def _composed(rng: Rng, recipe: Recipe, deal: Deal, kind: str, size: int) -> Scene:
    """The recipe's scene; composed anew while a positive deal leaves no card large and clear enough to be found."""
    for _ in range(TRIES):
        deal.taken = 0
        scene = _finished(rng, recipe(rng, deal, _frame(rng, size)), kind, size)
        if not deal.positive or any(max(edges(card.quad)) >= LEAST_EDGE * size for card in scene.cards):
            break
    return scene


def compose(rng: Rng, supply: Supply, size: int = 640) -> Scene:
    """One picture whose long side is `size` pixels, with its labels. The generator alone decides everything in it."""
    kind, recipe, deal = _plan(rng, supply)
    return _composed(rng, recipe, deal, kind, size)


def compose_as(rng: Rng, supply: Supply, kind: str, size: int = 640, *, positive: bool = True) -> Scene:
    """A scene of a given kind (one of RECIPES or BARE), for sheets, tests and the demo store."""
    if kind in BARE:
        return _composed(rng, BARE[kind], Deal(supply, positive=False), kind, size)
    deal = Deal(supply, positive=positive, company=positive and bool(rng.random() < COMPANY))
    return _composed(rng, RECIPES[kind][1], deal, kind, size)
