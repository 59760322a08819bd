"""A picture in the making, with the cards on it; every geometric step moves pixels and quads together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import DrawnCard, PlacedCard, PlacedNeighbour, Rgb, Scene
from models.training.scenes.place import (
    Points,
    box_quad,
    covered_share,
    edges,
    homography,
    paste,
    through,
    visible_share,
)
from models.training.scenes.supply import Frame

DIGIT_SHARE = 0.05
"""Height of the number in card heights, for a card that does not say where its number stands."""

LEAST_VISIBLE = 0.03
"""A card of which less than this share is in the frame leaves nothing to find and gets no label."""

LEAST_CONTRAST = 5.0
"""A card that copying or light has wiped out shows nothing: a label there would teach that blank paper is a card."""

BOLD = 16.0
"""Grey levels of spread above which a part of a print counts no more: one black bar is not the whole card."""
PATCH = (48, 30)
"""Width and height, in pixels, at which a whole card as printed and as seen are compared."""

STRIP = (208, 20)
"""Width and height, in pixels, at which a number as printed and as seen are compared."""
WINDOWS = 13
"""A number is as legible as the worst of so many parts of it: a finger on one digit hides the number."""
FAINT = 4.0
"""Grey levels of spread below which a part counts as blank."""


@dataclass(slots=True)
class Placement:
    """One ID card on a canvas.

    `digit_height` is the least it had at any step: enlarging gives no detail back. `shown` is the least share of the
    card that was in the frame at any step: what a crop took does not come back when the rest is put on a page.
    """

    card: DrawnCard
    quad: Points
    digit_height: float
    shown: float = 1.0

    def moved(self, matrix: NDArray[np.float64]) -> Placement:
        """The same card after a homography of the picture."""
        quad = through(self.quad, matrix)
        return Placement(self.card, quad, min(self.digit_height, digit_height(self.card, quad)), self.shown)

    def within(self, frame: Frame) -> Placement:
        """The same card, only what lies in the frame of it."""
        return replace(self, shown=min(self.shown, visible_share(self.quad, frame)))


def digit_height(card: DrawnCard, quad: Points) -> float:
    """Height in pixels that the printed number has on `quad`."""
    box = card.number_box
    share = DIGIT_SHARE if box is None else box[3] - box[1]
    return share * edges(quad)[1]


@dataclass(slots=True)
class Canvas:
    """`image` RGB uint8, owned by the canvas and changed in place by the recipes."""

    image: Rgb
    placed: list[Placement] = field(default_factory=list)
    beside: list[Placement] = field(default_factory=list)
    """The neighbours: like `placed`, for what is no Thai ID card."""

    @property
    def frame(self) -> Frame:
        """Height and width in pixels."""
        return self.image.shape[0], self.image.shape[1]

    def lay(self, card: DrawnCard, quad: Points, look: Rgb | None = None) -> None:
        """Put a card or neighbour down on `quad`; `look` replaces its picture (lit, dirty, grey), same shape."""
        paste(self.image, card.image if look is None else look, card.alpha, quad)
        own = digit_height(card, box_quad(0, 0, card.image.shape[1], card.image.shape[0]))
        placement = Placement(card, quad, min(own, digit_height(card, quad)))
        (self.beside if card.side is None else self.placed).append(placement)

    def lay_canvas(self, inner: Canvas, quad: Points) -> None:
        """Put a whole flat picture down on `quad`: a page on a desk, a photograph on a screen."""
        height, width = inner.frame
        paste(self.image, inner.image, None, quad)
        self._adopt(inner, homography((width, height), quad))

    def _adopt(self, inner: Canvas, matrix: NDArray[np.float64]) -> None:
        self.placed.extend(placement.within(inner.frame).moved(matrix) for placement in inner.placed)
        self.beside.extend(placement.within(inner.frame).moved(matrix) for placement in inner.beside)

    def _move(self, matrix: NDArray[np.float64]) -> None:
        self.placed = [placement.moved(matrix) for placement in self.placed]
        self.beside = [placement.moved(matrix) for placement in self.beside]

    def warp(self, matrix: NDArray[np.float64], frame: Frame, fill: tuple[int, int, int] | None = None) -> None:
        """Move the whole picture by a homography into a new frame; outside is `fill`, or the border goes on."""
        mode = cv2.BORDER_REPLICATE if fill is None else cv2.BORDER_CONSTANT
        self.image = np.asarray(
            cv2.warpPerspective(self.image, matrix, frame[::-1], borderMode=mode, borderValue=fill or (0, 0, 0)),
            np.uint8,
        )
        self._move(matrix)

    def crop(self, x0: int, y0: int, x1: int, y1: int) -> None:
        """Cut to the pixel box, which must lie inside the frame."""
        self.image = np.ascontiguousarray(self.image[y0:y1, x0:x1])
        self._move(np.array([[1.0, 0, -x0], [0, 1, -y0], [0, 0, 1]]))
        self.placed = [placement.within(self.frame) for placement in self.placed]
        self.beside = [placement.within(self.frame) for placement in self.beside]

    def resize(self, frame: Frame, interpolation: int = cv2.INTER_AREA) -> None:
        """Scale to `frame`."""
        height, width = self.frame
        if frame == (height, width):
            return
        self.image = np.asarray(cv2.resize(self.image, frame[::-1], interpolation=interpolation), np.uint8)
        self._move(np.diag([frame[1] / width, frame[0] / height, 1.0]))

    def fit_long_side(self, size: int) -> None:
        """Scale so that the longer side is `size` pixels."""
        height, width = self.frame
        factor = size / max(height, width)
        shape = (max(8, round(height * factor)), max(8, round(width * factor)))
        self.resize(shape, cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC)

    def turn(self, quarters: int) -> None:
        """Turn the picture clockwise by quarter turns, as a camera that lost its EXIF turn does."""
        for _ in range(quarters % 4):
            height = self.frame[0]
            self.image = np.ascontiguousarray(np.rot90(self.image, -1))
            # Clockwise: what was at (x, y) comes to (height - y, x).
            self._move(np.array([[0, -1.0, height], [1, 0, 0], [0, 0, 1]]))

    def _visible(self, index: int) -> float:
        """Share of a card inside the frame and not under cards laid down later."""
        placement = self.placed[index].within(self.frame)
        quad = placement.quad
        hidden = sum(covered_share(quad, later.quad) for later in self.placed[index + 1 :])
        return round(max(0.0, placement.shown - hidden), 4)

    def contrast(self, quad: Points) -> float:
        """Standard deviation of what lies inside the card's rim, in grey levels, fine noise averaged out."""
        window = cv2.resize(self.image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        inner = quad.mean(axis=0) + (quad - quad.mean(axis=0)) * 0.85
        back = np.linalg.inv(homography((32, 20), np.asarray(inner / 4, np.float32)))
        patch = cv2.warpPerspective(cv2.cvtColor(window, cv2.COLOR_RGB2GRAY), back, (32, 20))
        return float(patch.std())

    def legible(self, placement: Placement) -> float:
        """How like its printed number the picture is at the number's place: 1 is the same, 0 has nothing of it."""
        card = placement.card
        if card.number_box is None or card.digits is None:
            return 0.0
        height, width = card.image.shape[:2]
        x0, y0, x1, y1 = np.array(card.number_box) * (width, height, width, height)
        printed = box_quad(x0, y0, x1 - x0, y1 - y0)
        seen = through(printed, homography((width, height), placement.quad))
        return legibility(card.image, printed, self.image, seen)

    def remains(self, placement: Placement) -> float:
        """How much of a card's print is still to be seen, 0–1: the likeness of its parts, each as heavy as its print.

        Contrast alone takes a copier's specks and a pen's strokes on white paper for what is left of a card.
        """
        height, width = placement.card.image.shape[:2]
        printed = _tiles(_patch(placement.card.image, box_quad(0, 0, width, height)))
        seen = _tiles(_patch(self.image, placement.quad))
        weight = np.minimum(printed.std(axis=1), BOLD)
        return float((weight * _alike(printed, seen)).sum() / max(float(weight.sum()), 1e-6))

    def forget_wiped_out(self) -> None:
        """Drop the labels of cards that show nothing now. Before a pen comes: its strokes are no card's."""
        self.placed = [placed for placed in self.placed if self.contrast(placed.quad) >= LEAST_CONTRAST]

    def scene(self, kind: str) -> Scene:
        """The finished picture with its labels."""
        cards = [
            PlacedCard(
                str(p.card.side),
                p.quad,
                p.card.digits,
                round(p.digit_height, 2),
                self._visible(index),
                round(self.legible(p), 4),
                round(self.remains(p), 4),
            )
            for index, p in enumerate(self.placed)
        ]
        kept = tuple(
            card for card in cards if card.visible >= LEAST_VISIBLE and self.contrast(card.quad) >= LEAST_CONTRAST
        )
        others = [placement.within(self.frame) for placement in self.beside]
        beside = tuple(PlacedNeighbour(other.card.kind, other.quad, other.shown) for other in others)
        return Scene(self.image, kind, kept, beside)


def legibility(print_: Rgb, printed: Points, picture: Rgb, seen: Points) -> float:
    """How like a printed number (the quad `printed` of `print_`) the picture is at the quad `seen`, 0–1, at its worst
    place. Correlation of grey levels, so light, fading and copying do no harm as long as ink differs from paper."""
    return float(_alike(_strip(print_, printed), _strip(picture, seen)).min())


def _alike(printed: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """(parts, pixels) twice → (parts,): correlation of grey levels, 0–1; what is nearly blank is like nothing."""
    spread = printed.std(axis=1) * np.maximum(seen.std(axis=1), FAINT)
    centred = [each - each.mean(axis=1, keepdims=True) for each in (printed, seen)]
    return np.asarray(np.maximum(0.0, (centred[0] * centred[1]).mean(axis=1) / np.maximum(spread, 1e-6)), np.float32)


def _upright(image: Rgb, quad: Points, size: tuple[int, int]) -> NDArray[np.uint8]:
    """The quad's content, grey, as a picture of `size` (width, height)."""
    matrix = np.linalg.inv(homography(size, np.asarray(quad, np.float32)))
    return np.asarray(cv2.cvtColor(cv2.warpPerspective(image, matrix, size), cv2.COLOR_RGB2GRAY), np.uint8)


def _patch(image: Rgb, quad: Points) -> NDArray[np.float32]:
    """The quad's content, grey, upright and small: (30, 48)."""
    flat = _upright(image, quad, (4 * PATCH[0], 4 * PATCH[1]))
    return np.asarray(cv2.resize(flat, PATCH, interpolation=cv2.INTER_AREA), np.float32)


def _tiles(patch: NDArray[np.float32]) -> NDArray[np.float32]:
    """(30, 48) → (40, 36): parts of 6 × 6 pixels."""
    return patch.reshape(5, 6, 8, 6).transpose(0, 2, 1, 3).reshape(40, 36)


def _strip(image: Rgb, quad: Points) -> NDArray[np.float32]:
    """The quad's content, grey and upright, in parts side by side: (WINDOWS, pixels of one)."""
    flat = np.asarray(_upright(image, quad, STRIP), np.float32)
    return flat.reshape(STRIP[1], WINDOWS, -1).transpose(1, 0, 2).reshape(WINDOWS, -1)
