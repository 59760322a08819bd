"""Cards on the pictures in `references/`: a blank front, a blank back and an icon, filled in and recoloured.

The pictures have margins and shadows; the boxes below were measured so that a card's edge is the
picture's edge. See-through corners are painted over, so that a card may also be square.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from models.training.cards import ink, paper, parts, portrait, texture
from models.training.cards.back import print_codes
from models.training.cards.press import Number, make_press
from models.training.cards.smart import Smart
from models.training.people import Person
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE
FRONT, FRONT_CROP = "front_blank.png", (8, 8, 1261, 799)
BACK, BACK_CROP = "back_blank.jpg", (4, 1, 599, 348)
ICON, ICON_CROP = "front_icon.png", (4, 7, 816, 521)
PORTRAIT = (0.7488, 0.4835, 0.9752, 0.911)
"""The blank white box of the front, fractions."""
CHIP = (0.1, 0.32, 0.262, 0.55)
"""Around the front's printed chip, fractions."""


@lru_cache(maxsize=8)
def _load(path: Path, crop: tuple[int, int, int, int]) -> Rgb | None:
    """The card in a reference picture at CARD_SIZE; None when there is no such file."""
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        return None
    cut = picture[crop[1] : crop[3], crop[0] : crop[2]]
    rgb = np.ascontiguousarray(cut[..., 2::-1])
    hidden = 255 - cv2.resize(texture.rounded(34), rgb.shape[1::-1], interpolation=cv2.INTER_AREA)
    if cut.shape[2] == 4:
        hidden = hidden | cv2.dilate(255 - cut[..., 3], np.ones((5, 5), np.uint8))
    rgb = cv2.inpaint(rgb, (hidden > 20).astype(np.uint8), 5, cv2.INPAINT_TELEA)
    return np.asarray(cv2.resize(rgb, CARD_SIZE, interpolation=cv2.INTER_AREA), np.uint8)


def has(references: Path | None, name: str) -> bool:
    """Whether `references` holds the picture `name`."""
    return references is not None and (references / name).is_file()


def reference_front(rng: np.random.Generator, person: Person, references: Path, faces: Path | None) -> DrawnCard:
    """The blank front, recoloured, filled in, with a portrait in its box."""
    blank = _load(references / FRONT, FRONT_CROP)
    if blank is None:
        raise FileNotFoundError(references / FRONT)
    if rng.random() < 0.3:
        card = _transplanted(rng, references / FRONT)
    else:
        card = paper.recolour(blank, rng) if rng.random() < 0.85 else blank.copy()
    _vary_front(card, rng)
    press = make_press(card, rng, redact=0.12, fixed=True)
    smart = Smart(press, person, faces, labels=False)
    number = smart.header()
    smart.names()
    smart.address()
    smart.dates()
    smart.officer()
    if rng.random() < 0.95:
        smart.picture(PORTRAIT)
    return _edged(card, rng, "front", "front_reference", number)


@lru_cache(maxsize=2)
def _print_of(path: Path) -> Rgb:
    """What is printed on the blank front: its shade relative to the paper around it, 255 where there is paper alone.

    Closing takes out strokes thinner than 35 pixels, and so leaves the paper. The chip and the portrait's box are
    wider than that and are left to be drawn anew.
    """
    blank = _load(path, FRONT_CROP)
    if blank is None:
        raise FileNotFoundError(path)
    ground = cv2.morphologyEx(blank, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (35, 35)))
    shade = np.asarray(cv2.divide(blank, cv2.blur(ground, (9, 9)), scale=255.0), np.uint8)
    for x0, y0, x1, y1 in (CHIP, (PORTRAIT[0] - 0.01, PORTRAIT[1] - 0.02, PORTRAIT[2] + 0.01, PORTRAIT[3] + 0.02)):
        shade[int(y0 * HEIGHT) : int(y1 * HEIGHT), int(x0 * WIDTH) : int(x1 * WIDTH)] = 255
    return shade


def _transplanted(rng: np.random.Generator, path: Path) -> Rgb:
    """The blank front's print on a drawn paper, with another chip: its labels under every palette and skyline."""
    card = paper.make_paper(rng, paper.FRONTS, flat=bool(rng.random() < 0.2), horizon=float(rng.normal(0.65, 0.03)))
    if rng.random() < 0.6:
        cv2.rectangle(card, (0, int(0.247 * HEIGHT)), (int(0.088 * WIDTH), HEIGHT), (250, 251, 254), -1)
    if rng.random() < 0.8:
        cv2.circle(
            card, (round(0.074 * WIDTH), round(0.12 * HEIGHT)), round(0.1 * HEIGHT), (250, 250, 252), -1, cv2.LINE_AA
        )
    card = np.asarray(cv2.multiply(card, _print_of(path), scale=1 / 255.0), np.uint8)
    parts.chip(card, rng, _chip_box(rng))
    x0, y0, x1, y1 = PORTRAIT
    parts.panel(card, (int(x0 * WIDTH), int(y0 * HEIGHT), int(x1 * WIDTH), int(y1 * HEIGHT)), (250, 250, 250), 1)
    return card


def _chip_box(rng: np.random.Generator) -> ink.Box:
    x0, y0, x1, y1 = CHIP
    grow = rng.uniform(-0.004, 0.008)
    return (int(x0 * WIDTH), int(y0 * HEIGHT), int((x1 + grow) * WIDTH), int((y1 + grow) * HEIGHT))


def _vary_front(card: Rgb, rng: np.random.Generator) -> None:
    """Another chip over the printed one, lines, sheen, noise: so that the one picture is not learnt by heart."""
    if rng.random() < 0.45:
        parts.chip(card, rng, _chip_box(rng))
    texture.add_wear(card, rng, lines=0.4, sheen=0.6, grain=0.5)


def _edged(card: Rgb, rng: np.random.Generator, side: str, kind: str, number: Number) -> DrawnCard:
    """Finished, with corners rounded as the picture's own, or less."""
    radius = int(rng.uniform(34, 50)) if rng.random() < 0.8 else int(rng.choice([0, 0, 16]))
    return DrawnCard(paper.finish(card, rng), texture.rounded(radius), side, kind, number.digits, number.box)


def reference_back(rng: np.random.Generator, person: Person, references: Path) -> DrawnCard:
    """The blank back, recoloured; its flag may be moved, its hologram painted over, its codes printed."""
    blank = _load(references / BACK, BACK_CROP)
    if blank is None:
        raise FileNotFoundError(references / BACK)
    card = blank.copy()
    if rng.random() < 0.25:
        _move_flag(card, rng)
    if rng.random() < 0.35:
        box = (int(0.09 * WIDTH), int(0.33 * HEIGHT), int(0.265 * WIDTH), int(0.565 * HEIGHT))
        if rng.random() < 0.7:
            parts.hologram(card, rng, box, dark=True)
        else:
            parts.chip(card, rng, box)
    card = paper.recolour(card, rng) if rng.random() < 0.8 else card
    _vary_back(card, rng)
    print_codes(card, rng, person)
    return _edged(card, rng, "back", "back_reference", Number())


def _move_flag(card: Rgb, rng: np.random.Generator) -> None:
    x0, y0, x1, y1 = int(0.785 * WIDTH), int(0.33 * HEIGHT), int(0.925 * WIDTH), int(0.545 * HEIGHT)
    kept = card[y0:y1, x0:x1].copy()
    card[y0:y1, x0:x1] = cv2.resize(card[y0:y1, x1 : x1 + 6], (x1 - x0, y1 - y0), interpolation=cv2.INTER_LINEAR)
    if rng.random() < 0.5:
        ink.paste(card, kept, x0 + int(rng.normal(0, 40)), y0 + int(rng.normal(0, 30)))
    else:
        parts.flag(card, rng, (x0 + int(rng.normal(0, 40)), y0 + int(rng.normal(30, 30))), int(rng.uniform(100, 150)))


def _vary_back(card: Rgb, rng: np.random.Generator) -> None:
    if rng.random() < 0.35:
        texture.add_lines(card, rng, tuple(rng.uniform(-25, 12) * rng.uniform(0.3, 1, 3)))
    if rng.random() < 0.6:
        texture.add_sheen(card, rng, float(rng.uniform(2, 10)))
    if rng.random() < 0.4:
        texture.add_grain(card, rng, float(rng.uniform(0.03, 0.15)))


def reference_icon(rng: np.random.Generator, person: Person, references: Path, faces: Path | None) -> DrawnCard:
    """The icon-like drawing, recoloured, at times with its portrait replaced and values written on its bars."""
    icon = _load(references / ICON, ICON_CROP)
    if icon is None:
        raise FileNotFoundError(references / ICON)
    card = paper.recolour(icon, rng, hue=20.0) if rng.random() < 0.85 else icon.copy()
    press = make_press(card, rng, redact=0.0, fixed=True)
    if rng.random() < 0.5:
        x0, y0, x1, y1 = int(0.73 * WIDTH), int(0.425 * HEIGHT), int(0.957 * WIDTH), int(0.81 * HEIGHT)
        ink.paste(card, portrait.portrait(rng, x1 - x0, y1 - y0, faces, flat=True), x0, y0)
    number = Number()
    if rng.random() < 0.5:
        number = press.number(person, 0.47, 0.19, 0.055, limit=0.45)
    if rng.random() < 0.4:
        press.value(f"{person.first[0]} {person.last[0]}", 0.275, 0.475, 0.06, limit=0.28)
    return _edged(card, rng, "front", "front_icon_reference", number)
