"""Drawn cards of a pool → training samples of the digit reader: one line of a card as some camera or copier left it.

Half of the lines keep the number that the card was printed with; on the others it is painted over and another printed,
in any font and grouping, since a pool has few numbers and a network would learn them by heart. Then the scenes' own
steps do to the line what they do to whole pictures. Where nobody could read it afterwards, it teaches nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training import augment, text
from models.training.cards import ink
from models.training.neighbours.words import digits as random_digits
from models.training.people import groups, to_thai_digits
from models.training.pool import Pool
from models.training.samples import Rgb
from models.training.scenes import camera, paper
from models.training.scenes.canvas import legibility
from models.training.scenes.pen import INKS, certify, stroke
from models.training.scenes.place import Points, box_quad, homography, through
from models.training.visits import Samples
from thaiid_detect.digits import ACROSS, HIGH, LENGTH, WINDOW

Rng = np.random.Generator

WIDE = 320
"""Width of a training sample: so much of a window holds any number, and takes two thirds of the time."""
HEIGHTS = (8.5, 27.0)
"""Height of the number in pixels of the scene that it is degraded in, smallest and largest."""
REPRINTED, EMPTY = 0.5, 0.15
"""Shares of the lines: with another number; without any (the line above or below is in the middle)."""
WIDE_SET = 0.12
"""Share of the reprinted numbers whose digits stand far apart, as old printers and some mock-ups set them."""
X_ED = 0.05
"""Share of the reprinted numbers that are X-ed out: no number at all, however much it looks like one."""
CROSSED = 0.15
"""Share of the lines with a pen stroke right through the number."""
OFF = 0.03
"""How far the middle of a window may be off the number's, in card heights, for it to be read there."""
LEAST_LEGIBLE = 0.15
"""Likeness to the print at the worst digit below which a line teaches nothing."""
FONTS = (*text.DIGITS, *text.DIGITS, *text.LATIN, *text.LATIN_BOLD, *text.THAI, *text.THAI_BOLD)
LATIN_ONLY = ("Arimo", "Tinos", "Cousine", "Roboto", "digits/")
ANY_FIGURES = 0.5
"""Share of the reprinted numbers in a font of which only the digits are here: no design is set in it."""


@dataclass(frozen=True, slots=True)
class Line:
    """A card's part around its number: from column `left` and row `top` on, of a picture of the card that is `width` by
    `height` pixels."""

    picture: Rgb
    left: int
    top: int
    width: int
    height: int
    box: tuple[float, float, float, float]
    """Of the number, in pixels of `picture`."""
    digits: str


class Lines(Samples):
    """Random access over the cards of one or more pools that have a number."""

    def __init__(self, folders: list[Path], *, seed: int = 0) -> None:
        super().__init__(seed)
        self.lines = [line for folder in folders for line in lines_of(Pool.load(folder))]
        if not self.lines:
            raise SystemExit(f"no card with a number in {', '.join(map(str, folders))}")

    def __len__(self) -> int:
        return len(self.lines)

    def draw(self, rng: np.random.Generator, index: int) -> tuple[torch.Tensor, ...]:
        """Picture (40, 320, 3) uint8, digits (13,) int64, how many, and its weight."""
        line = self.lines[index]
        if rng.random() < REPRINTED:
            line = reprinted(rng, line)
        picture, empty, legible = sample(rng, line)
        hidden = not line.digits.isdigit()
        digits = np.zeros(LENGTH, np.int64) if hidden else np.array([int(digit) for digit in line.digits], np.int64)
        empty = empty or hidden
        weight = np.float32(empty or legible >= LEAST_LEGIBLE)
        parts = (picture, digits, np.int64(0 if empty else LENGTH), weight)
        return tuple(torch.as_tensor(part) for part in parts)


def lines_of(pool: Pool) -> list[Line]:
    """The numbers of all fronts and pink cards of a pool, each with what lies above and below."""
    lines = []
    for card in pool.numbered():
        height, width = card.image.shape[:2]
        assert card.number_box is not None
        assert card.digits is not None
        x0, y0, x1, y1 = np.array(card.number_box) * (width, height, width, height)
        lines.append(line_around(card.image, (x0, y0, x1, y1), card.digits))
    return lines


def line_around(card: Rgb, box: tuple[float, float, float, float], digits: str) -> Line:
    """The line at `box`, in pixels of the card, with what lies above and below."""
    height, width = card.shape[:2]
    x0, y0, x1, y1 = box
    middle, reach = (y0 + y1) / 2, 1.65 * HIGH * height
    top, bottom = max(0, round(middle - reach)), min(height, round(middle + reach))
    cut = np.ascontiguousarray(card[top:bottom])
    return Line(cut, 0, top, width, height, (x0, y0 - top, x1, y1 - top), digits)


def reprinted(rng: Rng, line: Line) -> Line:
    """The line with another number in the place of its own."""
    picture = line.picture.copy()
    x0, y0, x1, y1 = (round(value) for value in line.box)
    high = y1 - y0
    ground = _paint_over(picture, (x0 - 3, y0 - 3, x1 + 4, y1 + 4))
    name, digits, words = _written(rng)
    size = high * rng.uniform(1.15, 1.7)
    tracking = float(rng.choice([0.0, rng.uniform(0, 0.12) * size]))
    if rng.random() < WIDE_SET:
        tracking = float(rng.uniform(0.12, 0.45) * size)
    stretch = rng.uniform(0.8, 1.15)
    width = text.text_width(words, name, max(6, round(size)), tracking) * stretch
    limit = min(0.62 * picture.shape[1], width)
    left = float(np.clip(x0 + rng.normal(0, 0.03) * picture.shape[1], 2, picture.shape[1] - limit - 2))
    _paint_over(picture, (round(left) - 3, y0 - 3, round(left + limit) + 4, y1 + 4))
    pale = float(ground.mean())
    shade = rng.uniform(0, 0.45) * pale if pale > 70 else rng.uniform(pale + 90, 255)
    colour = tuple(int(np.clip(shade + rng.normal(0, 18), 0, 255)) for _ in range(3))
    box = ink.write(
        picture, (left, y1), words, name, size, colour,  # type: ignore[arg-type]
        tracking=tracking, stretch=stretch, opacity=rng.uniform(0.75, 1.0), limit=limit,
    )  # fmt: skip
    if box[2] <= box[0]:
        return line
    return replace(line, picture=picture, box=(box[0], box[1], box[2], box[3]), digits=digits)


def _written(rng: Rng) -> tuple[str, str, str]:
    """A font, 13 digits, and how they are written in it."""
    name = str(rng.choice(text.FIGURES if rng.random() < ANY_FIGURES else FONTS))
    digits = random_digits(rng, LENGTH)
    if rng.random() < 0.05:  # as on specimens
        digits = str(rng.choice(["0" * 13, "9" * 13, "1" * 13, "1234567890123"]))
    if rng.random() < X_ED:
        digits = str(rng.choice(["X", "X", "x", "*"])) * LENGTH
    mark = str(rng.choice([" ", " ", " ", "  ", "-", ""]))
    words = mark.join(groups(digits))
    if rng.random() < 0.06 and not name.startswith(LATIN_ONLY):
        words = to_thai_digits(words)
    return name, digits, words


def _paint_over(picture: Rgb, box: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Fill the box from the rows above and below it, in place; what was filled in."""
    x0, x1 = max(0, box[0]), min(picture.shape[1], box[2])
    y0, y1 = max(1, box[1]), min(picture.shape[0] - 1, box[3])
    above, below = picture[max(0, y0 - 2) : y0, x0:x1].max(0), picture[y1 : y1 + 2, x0:x1].max(0)
    share = np.linspace(0, 1, y1 - y0, dtype=np.float32)[:, None, None]
    ground = above * (1 - share) + below * share
    picture[y0:y1, x0:x1] = ground
    return np.asarray(ground, np.float32)


def sample(
    rng: Rng, line: Line, *, wide: int = WIDE, heights: tuple[float, float] = HEIGHTS
) -> tuple[Rgb, bool, float]:
    """The line through some camera or copier, cut out as inference does it: (40, `wide`, 3), whether the number is off
    the middle, and how legible it still is."""
    empty = bool(rng.random() < EMPTY)
    quad = _window(rng, line, wide, empty=empty)
    line, quad = _cropped(line, quad)
    x0, y0, x1, y1 = line.box
    scale = float(np.exp(rng.uniform(*np.log(heights)))) / max(4.0, y1 - y0)
    scale = min(scale, 1.7)
    size = (max(8, round(line.picture.shape[1] * scale)), max(8, round(line.picture.shape[0] * scale)))
    scene = np.asarray(cv2.resize(line.picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))
    card = box_quad(-line.left * scale, -line.top * scale, line.width * scale, line.height * scale)
    scene = degraded(rng, scene, card, (y1 - y0) * scale)
    matrix = homography((wide, WINDOW[1]), quad)
    to_window = np.asarray(np.linalg.inv(matrix), np.float64)
    seen = cv2.warpPerspective(
        scene,
        to_window @ np.diag([1 / scale, 1 / scale, 1.0]),
        (wide, WINDOW[1]),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_REPLICATE,
    )
    if rng.random() < 0.5:
        seen, _ = augment.photometric(rng, np.asarray(seen, np.uint8))
    printed = box_quad(x0, y0, x1 - x0, y1 - y0)
    picture = np.ascontiguousarray(seen, np.uint8)
    return picture, empty, legibility(line.picture, printed, picture, through(printed, to_window))


def _cropped(line: Line, quad: Points) -> tuple[Line, Points]:
    """The columns that the window `quad` shows, and a few more: what is not looked at need not be blurred."""
    margin = 0.03 * line.width
    left = int(np.clip(quad[:, 0].min() - margin, 0, line.box[0]))
    right = int(np.clip(quad[:, 0].max() + margin, line.box[2], line.width))
    x0, y0, x1, y1 = line.box
    picture = line.picture[:, left:right]
    shift = np.array([left, 0], np.float32)
    return replace(line, picture=picture, left=left, box=(x0 - left, y0, x1 - left, y1)), quad - shift


def _window(rng: Rng, line: Line, across: int, *, empty: bool) -> Points:
    """Where a window of `across` pixels lies on the line's picture: as far off as quads and rows are."""
    x0, y0, x1, y1 = line.box
    width, height = line.width, line.height
    wide = across / ACROSS * width * np.exp(rng.normal(0, 0.04))
    high = HIGH * height * np.exp(rng.normal(0, 0.07))
    off = rng.uniform(-OFF, OFF)
    if empty:
        off = rng.choice([-1.0, 1.0]) * rng.uniform(0.075, 0.13)
    middle = (y0 + y1) / 2 + off * height
    slack = (wide - (x1 - x0)) / 2
    centre = (x0 + x1) / 2 + rng.uniform(-0.9, 0.9) * max(0.0, slack - 0.015 * width)
    quad = box_quad(centre - wide / 2, middle - high / 2, wide, high)
    slope = rng.normal(0, 0.008) * width * (across / ACROSS)
    lean = rng.normal(0, 0.12) * high
    quad[[1, 2], 1] += slope / 2
    quad[[0, 3], 1] -= slope / 2
    quad[[0, 1], 0] += lean / 2
    quad[[2, 3], 0] -= lean / 2
    return np.asarray(quad + rng.normal(0, 0.03, (4, 2)) * high, np.float32)


def _cross(rng: Rng, scene: Rgb, high: float) -> None:
    """A stroke from somewhere left to somewhere right of the middle, in place."""
    height, width = scene.shape[:2]
    x = np.sort(rng.uniform(0, width, 2))
    y = height / 2 + rng.normal(0, 1.2, 2) * high
    path = np.stack([np.linspace(x[0], x[1], 9), np.linspace(y[0], y[1], 9) + rng.normal(0, 0.03, 9) * high], 1)
    colour = INKS[int(rng.integers(0, len(INKS)))]
    stroke(scene, path.astype(np.float32), max(1, round(high * rng.uniform(0.05, 0.18))), colour)


def degraded(rng: Rng, scene: Rgb, card: Points, high: float) -> Rgb:
    """What happens to a card between the printer and us; `card` is its quad, `high` the height of its digits, px."""
    scene = np.ascontiguousarray(scene)
    kind = rng.random()
    if rng.random() < 0.25:
        scene = camera.sheen(rng, scene, rng.uniform(0.3, 1.0))
    if rng.random() < (0.12 if kind < 0.6 else 0.4):
        certify(rng, scene, card)
    if rng.random() < CROSSED:
        _cross(rng, scene, high)
    if kind < 0.4:
        scene = camera.photographed(rng, scene)
    elif kind < 0.6:
        scene = camera.scanned(rng, scene)
    elif kind < 0.88:
        scene = paper.copied(rng, scene, bitonal=0.35)
    else:
        scene = paper.faxed(rng, scene)
    roll = rng.random()
    if roll < 0.25:
        scene = np.asarray(cv2.GaussianBlur(scene, (0, 0), max(0.3, high * rng.uniform(0.02, 0.13))), np.uint8)
    elif roll < 0.35:
        scene = camera.motion(scene, 2 * round(high * rng.uniform(0.05, 0.2)) + 1, int(rng.integers(0, 12)) * 15)
    if kind >= 0.6 and rng.random() < 0.3:  # a copy is signed, then photographed or copied again
        certify(rng, scene, card)
        scene = camera.photographed(rng, scene) if rng.random() < 0.6 else paper.copied(rng, scene, bitonal=0.1)
    if rng.random() < 0.04:
        scene = camera.rescreened(rng, scene)
    return camera.jpeg(scene, int(rng.integers(20, 96))) if rng.random() < 0.6 else scene
