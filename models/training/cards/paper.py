"""Papers: which colours, bands, skylines, lines and noise a blank card has. RGB uint8 (H, W, 3) at CARD_SIZE."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from models.training.cards import ink, texture
from models.training.cards.ink import Colour
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE


@dataclass(frozen=True, slots=True)
class Palette:
    """Upper, middle and lower ground, and the band (with the skyline) below the horizon; None: no band."""

    grounds: tuple[Colour, ...]
    band: Colour | None


FRONTS: tuple[Palette, ...] = (
    Palette(((232, 240, 250), (216, 230, 246), (190, 220, 240)), (160, 208, 230)),
    Palette(((225, 238, 250), (205, 225, 245), (215, 230, 242)), (150, 200, 226)),
    Palette(((190, 222, 245), (150, 205, 240), (120, 190, 230)), (90, 165, 215)),
    Palette(((150, 212, 238), (135, 205, 235), (140, 208, 236)), (110, 190, 225)),
    Palette(((147, 217, 235),), None),
    Palette(((176, 226, 250), (170, 222, 248)), (150, 210, 242)),
    Palette(((244, 249, 253), (236, 244, 251)), (205, 228, 242)),
    Palette(((214, 240, 252),), (168, 226, 250)),
    Palette(((206, 218, 214), (188, 204, 202), (180, 200, 200)), (150, 182, 186)),
    Palette(((210, 216, 205), (196, 206, 196)), (170, 190, 186)),
    Palette(((242, 226, 222), (232, 218, 222), (214, 214, 226)), (190, 200, 216)),
    Palette(((240, 234, 208), (230, 224, 204)), (196, 206, 200)),
    Palette(((252, 252, 252), (248, 248, 250)), None),
    Palette(((226, 226, 228), (210, 210, 214)), (180, 182, 188)),
    Palette(((130, 170, 225), (110, 150, 215)), (80, 120, 190)),
    Palette(((205, 228, 250), (228, 220, 245), (205, 235, 240)), (175, 205, 232)),
    Palette(((180, 226, 222), (160, 214, 214)), (120, 190, 196)),
)
BACKS: tuple[Palette, ...] = (
    Palette(((190, 218, 230), (175, 208, 222)), (195, 205, 215)),
    Palette(((205, 230, 242), (196, 226, 240)), (180, 220, 238)),
    Palette(((225, 240, 248), (214, 234, 246)), (196, 226, 240)),
    Palette(((150, 212, 238), (140, 205, 235)), (120, 195, 228)),
    Palette(((214, 218, 222), (200, 206, 212)), (186, 194, 202)),
    Palette(((242, 247, 250),), (220, 234, 242)),
    Palette(((200, 224, 216), (188, 214, 208)), None),
    Palette(((236, 228, 222), (222, 218, 220)), (206, 210, 220)),
    Palette(((170, 222, 248),), (150, 210, 240)),
    Palette(((160, 190, 230), (140, 175, 220)), (120, 160, 210)),
)
PINKS: tuple[Palette, ...] = (
    Palette(((250, 222, 232), (246, 206, 222), (244, 200, 216)), (236, 176, 200)),
    Palette(((255, 214, 224),), (250, 190, 206)),
    Palette(((244, 180, 200), (240, 168, 190)), (226, 140, 170)),
    Palette(((252, 236, 240), (248, 224, 232)), (240, 200, 214)),
    Palette(((246, 214, 206), (240, 200, 196)), (228, 176, 176)),
    Palette(((236, 200, 226), (228, 190, 220)), (210, 166, 204)),
    Palette(((236, 130, 170), (240, 150, 184)), None),
)


def make_paper(
    rng: np.random.Generator, palettes: tuple[Palette, ...], *, flat: bool, horizon: float | None = None
) -> Rgb:
    """A blank card of one of `palettes`. `flat` as a web developer draws it: few colours, no print noise."""
    palette = _shifted(rng, ink.pick(rng, palettes))
    card = texture.gradient(rng, palette.grounds[:1] if flat and rng.random() < 0.6 else palette.grounds)
    line = (horizon if horizon is not None else rng.uniform(0.55, 0.78)) * HEIGHT
    if palette.band is not None and rng.random() < 0.85:
        _band(card, rng, palette.band, line, flat)
    if flat and rng.random() < 0.75:
        return card
    for _ in range(int(rng.integers(0, 4))):
        sign = -1 if rng.random() < 0.7 else 1
        strength = rng.uniform(6, 46) * sign
        texture.add_lines(card, rng, tuple(strength * rng.uniform(0.2, 1.0, 3)))
    if rng.random() < 0.6:
        texture.add_sheen(card, rng, float(rng.uniform(1, 9)))
    if rng.random() < 0.8:
        texture.add_grain(card, rng, float(rng.uniform(0.02, 0.22)))
    return card


def _shifted(rng: np.random.Generator, palette: Palette) -> Palette:
    """The palette with all its colours moved together: another printer, another scanner."""
    move = rng.normal(0, 7, 3) + rng.normal(0, 6)

    def moved(colour: Colour) -> Colour:
        r, g, b = (int(v) for v in np.clip(np.array(colour) + move, 0, 255))
        return (r, g, b)

    return Palette(tuple(moved(c) for c in palette.grounds), None if palette.band is None else moved(palette.band))


def _band(card: Rgb, rng: np.random.Generator, colour: Colour, line: float, flat: bool) -> None:
    """The darker sea or ground below row `line`, to the bottom or to a lighter foot, with buildings on the line."""
    foot = HEIGHT if rng.random() < 0.5 else int(HEIGHT * rng.uniform(0.88, 0.97))
    strength = 1.0 if flat else float(rng.uniform(0.5, 1.0))
    spot = card[int(line) : foot]
    plain = np.full_like(spot, colour)
    cv2.addWeighted(spot, 1 - strength, plain, strength, 0, dst=spot)
    if rng.random() < 0.82:
        texture.add_skyline(card, rng, colour, line, HEIGHT * rng.uniform(0.12, 0.36), strength * rng.uniform(0.6, 1.0))
    if rng.random() < 0.25:
        for x0 in (0, WIDTH):
            end = (int(abs(x0 - WIDTH * rng.uniform(0.15, 0.5))), HEIGHT)
            for gap in (0, 12):
                start = (x0, int(HEIGHT * 0.86) + gap)
                cv2.line(card, start, (end[0] + gap, end[1]), (236, 150, 170), 2, cv2.LINE_AA)


def finish(card: Rgb, rng: np.random.Generator) -> Rgb:
    """What the printer did to the whole card: soft print, tone, at times grey or another hue."""
    if rng.random() < 0.25:
        card = cv2.GaussianBlur(card, (3, 3), float(rng.uniform(0.4, 1.0)))
    if rng.random() < 0.5:
        card = cv2.convertScaleAbs(card, alpha=float(rng.uniform(0.82, 1.1)), beta=float(rng.uniform(-12, 16)))
    if rng.random() < 0.04:
        card = cv2.cvtColor(cv2.cvtColor(card, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(card, np.uint8)


def reshaped(card: DrawnCard, ratio: float) -> DrawnCard:
    """The card stretched to width : height = `ratio`; those who draw mock-ups do not measure (1.48 to 1.78 seen)."""
    size = (card.image.shape[1], round(card.image.shape[1] / ratio))
    image = np.asarray(cv2.resize(card.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    alpha = np.asarray(cv2.resize(card.alpha, size, interpolation=cv2.INTER_AREA), np.uint8)
    return replace(card, image=image, alpha=alpha)


def recolour(card: Rgb, rng: np.random.Generator, *, hue: float = 7.0) -> Rgb:
    """The same picture under other hues (± `hue` of OpenCV's 180), saturations, brightnesses: for the references."""
    hue = hue * 3 if rng.random() < 0.12 else hue
    hsv = cv2.cvtColor(card, cv2.COLOR_RGB2HSV)
    ramp = np.arange(256, dtype=np.float32)
    table = np.stack(
        [
            (ramp + rng.normal(0, hue)) % 180,
            (ramp * rng.uniform(0.35, 1.6)).clip(0, 255),
            (255 * (ramp / 255) ** rng.uniform(0.75, 1.4)).clip(0, 255),
        ],
        axis=1,
    )
    shifted = cv2.LUT(hsv, table[None].astype(np.uint8))
    return np.ascontiguousarray(cv2.cvtColor(shifted, cv2.COLOR_HSV2RGB), np.uint8)
