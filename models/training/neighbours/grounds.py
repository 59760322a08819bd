"""Backgrounds: palettes, gradients, guilloche, rosettes, rasters, bands, skylines and stains."""

from __future__ import annotations

import colorsys

import cv2
import numpy as np
from PIL import Image

from models.training.neighbours.canvas import Colour
from models.training.samples import Rgb

WHITE: Colour = (255, 255, 255)
BLACK: Colour = (12, 12, 16)
HUES = {
    "sky": (0.50, 0.60),
    "blue": (0.58, 0.66),
    "violet": (0.68, 0.80),
    "pink": (0.88, 0.97),
    "red": (0.97, 1.03),
    "orange": (0.05, 0.12),
    "yellow": (0.12, 0.17),
    "green": (0.25, 0.42),
    "teal": (0.44, 0.51),
    "any": (0.0, 1.0),
}


def hsv(hue: float, saturation: float, value: float) -> Colour:
    """An RGB colour from hue, saturation and value in 0–1 (the hue wraps)."""
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, min(1.0, max(0.0, saturation)), min(1.0, max(0.0, value)))
    return round(255 * red), round(255 * green), round(255 * blue)


def hue_of(rng: np.random.Generator, name: str) -> float:
    """A hue of that name."""
    return float(rng.uniform(*HUES[name]))


def pale(rng: np.random.Generator, hue: float) -> Colour:
    """A card stock's colour: light, weakly saturated."""
    saturation = rng.uniform(0.0, 0.1) if rng.random() < 0.25 else rng.uniform(0.08, 0.42)
    return hsv(hue + rng.normal(0, 0.03), saturation, rng.uniform(0.86, 1.0))


def deep(rng: np.random.Generator, hue: float) -> Colour:
    """A printed band's colour: strong and dark enough for white letters."""
    return hsv(hue + rng.normal(0, 0.02), rng.uniform(0.5, 1.0), rng.uniform(0.3, 0.8))


def ink(rng: np.random.Generator) -> Colour:
    """A dark ink: black, navy, now and then brown or green."""
    if rng.random() < 0.6:
        return BLACK
    return hsv(rng.choice([0.64, 0.66, 0.02, 0.35]), rng.uniform(0.5, 1.0), rng.uniform(0.15, 0.5))


def flat(width: int, height: int, colour: Colour) -> Rgb:
    """One colour everywhere; `np.full` with a colour takes ten times as long."""
    return np.asarray(Image.new("RGB", (width, height), colour)).copy()


def gradient(rng: np.random.Generator, width: int, height: int, colours: list[Colour]) -> Rgb:
    """The colours one after the other along a random direction; computed small and enlarged."""
    full = (width, height)
    width, height = width // 6 + 2, height // 6 + 2
    angle = rng.uniform(0, 2 * np.pi)
    across = np.linspace(-1, 1, width, dtype=np.float32)[None] * np.float32(np.cos(angle))
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None] * np.float32(np.sin(angle))
    level = across + down
    if rng.random() < 0.2:
        level = np.hypot(across - rng.uniform(-0.5, 0.5), down - rng.uniform(-0.5, 0.5))
    level = (level - level.min()) / max(1e-6, float(level.max() - level.min()))
    stops = np.asarray(colours, np.float32)
    ramp = np.stack(
        [np.interp(np.linspace(0, 1, 256), np.linspace(0, 1, len(stops)), stops[:, c]) for c in range(3)], axis=1
    )
    small = ramp.astype(np.uint8)[(level * 255).astype(np.uint8)]
    return np.asarray(cv2.resize(small, full, interpolation=cv2.INTER_LINEAR), np.uint8)


def guilloche(rng: np.random.Generator, pixels: Rgb, colour: Colour) -> None:
    """Many thin parallel waves, in place."""
    height, width = pixels.shape[:2]
    x = np.linspace(0, width, 70)
    reach, waves = rng.uniform(0.02, 0.2) * height, rng.uniform(0.7, 5)
    drift, slope = rng.uniform(0, 0.5), rng.uniform(-0.4, 0.4)
    for number, y0 in enumerate(np.linspace(-0.3 * height, 1.3 * height, int(rng.integers(14, 56)))):
        y = y0 + reach * np.sin(2 * np.pi * waves * x / width + drift * number) + slope * x
        cv2.polylines(pixels, [np.stack([x, y], 1).astype(np.int32)], False, colour, 1, cv2.LINE_AA)


def rosette(rng: np.random.Generator, pixels: Rgb, colour: Colour) -> None:
    """One spirograph flower, in place."""
    height, width = pixels.shape[:2]
    turn = np.linspace(0, 2 * np.pi * int(rng.integers(3, 9)), 700)
    radius = height * rng.uniform(0.15, 0.5) * (0.6 + 0.4 * np.cos(turn * rng.integers(5, 18) / rng.integers(2, 7)))
    x = rng.uniform(0.1, 0.9) * width + radius * np.cos(turn)
    y = rng.uniform(0.2, 0.8) * height + radius * np.sin(turn)
    cv2.polylines(pixels, [np.stack([x, y], 1).astype(np.int32)], True, colour, 1, cv2.LINE_AA)


def skyline(rng: np.random.Generator, pixels: Rgb, colour: Colour) -> None:
    """Towers, domes or mountains along a horizon, in place."""
    height, width = pixels.shape[:2]
    base = int(height * rng.uniform(0.45, 0.95))
    xs = np.sort(rng.uniform(0, width, int(rng.integers(6, 26))))
    points: list[tuple[float, float]] = [(0, height), (0, base)]
    style = int(rng.choice([0, 0, 1, 2]))
    for x in xs:
        peak, half = base - height * rng.uniform(0.02, 0.25), width * rng.uniform(0.005, 0.03)
        if style == 0:
            points += [(x - half, base), (x - half, peak), (x + half, peak), (x + half, base)]
        else:
            points += [(x - half * style * 2, base), (x, peak)]
    points += [(width, base), (width, height)]
    cv2.fillPoly(pixels, [np.asarray(points, np.int32)], colour, cv2.LINE_AA)


def swooshes(rng: np.random.Generator, pixels: Rgb, colours: list[Colour]) -> None:
    """Large flat curves, bands or circles as designers put on plastic cards, in place."""
    height, width = pixels.shape[:2]
    for colour in colours:
        style = int(rng.integers(4))
        if style == 0:
            centre = (int(rng.uniform(-0.2, 1.2) * width), int(rng.uniform(-0.3, 1.3) * height))
            cv2.circle(pixels, centre, int(height * rng.uniform(0.2, 0.9)), colour, -1, cv2.LINE_AA)
            continue
        x = np.linspace(0, width, 50)
        y = height * rng.uniform(0.1, 0.95) + height * rng.uniform(0, 0.25) * np.sin(
            x / width * rng.uniform(1, 7) + rng.uniform(0, 6)
        )
        y += rng.uniform(-0.5, 0.5) * (x - width / 2) if style == 1 else 0
        far = (
            np.stack([x[::-1], y[::-1] + height * rng.uniform(0.04, 0.3)], 1)
            if style < 3
            else [[width, height], [0, height]]
        )
        cv2.fillPoly(pixels, [np.concatenate([np.stack([x, y], 1), far]).astype(np.int32)], colour, cv2.LINE_AA)


def blotches(rng: np.random.Generator, pixels: Rgb) -> Rgb:
    """Soft clouds of light and colour, as worn plastic and holograms show; returns the new picture."""
    height, width = pixels.shape[:2]
    cells = rng.integers(
        0, int(rng.integers(20, 70)), (int(rng.integers(3, 14)), int(rng.integers(3, 14)), 3), np.uint8
    )
    clouds = cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.subtract(pixels, clouds) if rng.random() < 0.5 else cv2.add(pixels, clouds), np.uint8)


def raster(rng: np.random.Generator, pixels: Rgb, colour: Colour) -> None:
    """A fine grid of dots or hatched lines, in place."""
    pitch = int(rng.integers(5, 26))
    if rng.random() < 0.5:
        pixels[::pitch, :: int(rng.integers(1, 8))] = colour
    else:
        pixels[::pitch, ::pitch] = colour
        pixels[1::pitch, ::pitch] = colour


def card_stock(rng: np.random.Generator, width: int, height: int, hue: float, *, dark: bool = False) -> Rgb:
    """The printed ground of a card in one hue, RGB uint8 (height, width, 3): a gradient and what lies on it."""
    tone = deep if dark else pale
    colours = [tone(rng, hue) for _ in range(int(rng.integers(1, 4)))]
    if rng.random() < 0.35:
        colours.append(tone(rng, hue + rng.uniform(-0.3, 0.3)))
    pixels = gradient(rng, width, height, colours)
    lift = rng.uniform(0.75, 0.97)
    faint = hsv(hue + rng.normal(0, 0.05), rng.uniform(0.1, 0.5), (0.5 if dark else 0.97) * lift)
    if rng.random() < 0.35:
        swooshes(rng, pixels, [tone(rng, hue + rng.normal(0, 0.04)) for _ in range(int(rng.integers(1, 4)))])
    if rng.random() < 0.16:
        skyline(rng, pixels, faint)
    if rng.random() < 0.3:
        pixels = blotches(rng, pixels)
    if rng.random() < 0.2:
        raster(rng, pixels, faint)
    if rng.random() < 0.5:
        guilloche(rng, pixels, faint)
    for _ in range(int(rng.integers(0, 3))):
        rosette(rng, pixels, faint)
    return pixels
