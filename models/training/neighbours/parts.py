"""The small things printed on cards and papers: chips, bar codes, QR codes, flags, holograms, stamps, signatures."""

from __future__ import annotations

import cv2
import numpy as np

from models.training.neighbours.canvas import Canvas, Colour
from models.training.neighbours.grounds import BLACK, WHITE, gradient, hsv
from models.training.samples import Mask

METALS: tuple[tuple[Colour, Colour], ...] = (
    ((236, 202, 112), (176, 132, 52)),
    ((250, 222, 120), (214, 166, 40)),
    ((222, 222, 220), (150, 150, 152)),
    ((190, 176, 140), (128, 112, 78)),
)


def chip(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A contact chip: metal gradient, rounded corners, the lines between its contacts."""
    rng, w, h = canvas.rng, max(8, round(width)), max(8, round(height))
    light, dark = METALS[int(rng.integers(len(METALS)))]
    metal = gradient(rng, w, h, [light, dark] if rng.random() < 0.7 else [light, light])
    line = hsv(0.1, 0.5, rng.uniform(0.1, 0.45))
    thick, middle = max(1, h // 50), rng.uniform(0.28, 0.4)
    x0, x1 = int(w * middle), int(w * (1 - middle))
    for part in (1, 2, 3)[: int(rng.integers(2, 4))]:
        level = h * part // (4 if rng.random() < 0.5 else 3)
        cv2.line(metal, (0, level), (x0, level), line, thick)
        cv2.line(metal, (x1, level), (w, level), line, thick)
    if rng.random() < 0.5:
        cv2.rectangle(metal, (x0, int(h * 0.22)), (x1, int(h * 0.78)), line, thick)
    else:
        cv2.ellipse(metal, (w // 2, h // 2), (w // 2 - x0, int(h * 0.3)), 0, 0, 360, line, thick, cv2.LINE_AA)
        cv2.line(metal, (w // 2, 0), (w // 2, int(h * 0.2)), line, thick)
    canvas.paste(metal, x, y, rounded(w, h, h * rng.uniform(0.08, 0.25)))


def rounded(width: int, height: int, radius: float) -> Mask:
    """A mask (height, width) of 255 inside a rounded rectangle, 0 in its corners."""
    r = min(int(radius), width // 2, height // 2)
    mask = np.zeros((height, width), np.uint8)
    cv2.rectangle(mask, (r, 0), (width - 1 - r, height - 1), 255, -1)
    cv2.rectangle(mask, (0, r), (width - 1, height - 1 - r), 255, -1)
    for cx in (r, width - 1 - r):
        for cy in (r, height - 1 - r):
            cv2.circle(mask, (cx, cy), r, 255, -1, cv2.LINE_AA)
    return mask


def barcode(canvas: Canvas, x: float, y: float, width: float, height: float, *, upright: bool = False) -> None:
    """Bars on a white field; `upright` stacks them from top to bottom, as along a card's edge."""
    rng, w, h = canvas.rng, max(4, round(width)), max(4, round(height))
    length, across = (h, w) if upright else (w, h)
    modules = int(rng.integers(50, 110))
    bars = (rng.random(modules) < 0.5).astype(np.uint8)
    row = cv2.resize(bars[None], (length, 1), interpolation=cv2.INTER_NEAREST)
    strip = np.repeat(255 - row * np.uint8(rng.integers(200, 256)), across, axis=0)
    strip = np.ascontiguousarray(strip.T if upright else strip)
    canvas.paste(cv2.cvtColor(strip, cv2.COLOR_GRAY2RGB), x, y)


def dot_code(canvas: Canvas, x: float, y: float, size: float, dark: Colour = BLACK) -> None:
    """A QR-like code: random modules and three finder squares on white."""
    rng, count = canvas.rng, int(rng_odd(canvas.rng, 21, 41))
    modules = (rng.random((count, count)) < 0.5).astype(np.uint8)
    finder = np.ones((7, 7), np.uint8)
    finder[1:6, 1:6] = 0
    finder[2:5, 2:5] = 1
    for row, column in ((0, 0), (0, count - 7), (count - 7, 0)):
        modules[max(0, row - 1) : row + 8, max(0, column - 1) : column + 8] = 0
        modules[row : row + 7, column : column + 7] = finder
    modules = np.pad(modules, 2)
    edge = max(20, round(size))
    big = cv2.resize(modules, (edge, edge), interpolation=cv2.INTER_NEAREST)[..., None]
    canvas.paste(np.where(big > 0, np.asarray(dark, np.uint8), np.asarray(WHITE, np.uint8)), x, y)


def rng_odd(rng: np.random.Generator, low: int, high: int) -> int:
    """A random count of the form 4n + 1 between the bounds, as QR codes have."""
    return low + 4 * int(rng.integers(0, (high - low) // 4 + 1))


def flag(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A flag that is not Thailand's: two or three bands, a cross, a disc, a canton."""
    rng, w, h = canvas.rng, max(12, round(width)), max(8, round(height))
    colours = [
        hsv(hue, 0.9, value) for hue, value in ((0.99, 0.8), (0.62, 0.6), (0.38, 0.55), (0.14, 1.0), (0.07, 0.95))
    ]
    colours += [WHITE, BLACK]
    order = [colours[int(i)] for i in rng.permutation(len(colours))]
    cloth = np.full((h, w, 3), order[0], np.uint8)
    style = int(rng.integers(6))
    if style in (0, 1):
        axis, count = style, int(rng.integers(2, 4))
        for band in range(count):
            part = slice(band * (h, w)[axis] // count, (band + 1) * (h, w)[axis] // count)
            cloth[(part, slice(None)) if axis == 0 else (slice(None), part)] = order[band]
    elif style == 2:
        cv2.line(cloth, (int(w * 0.36), 0), (int(w * 0.36), h), order[1], h // 5)
        cv2.line(cloth, (0, h // 2), (w, h // 2), order[1], h // 5)
    elif style == 3:
        cv2.circle(cloth, (w // 2, h // 2), h // 3, order[1], -1, cv2.LINE_AA)
    elif style == 4:
        cloth[h // 2 :] = order[1]
        cv2.fillPoly(cloth, [np.asarray([(0, 0), (w // 2, h // 2), (0, h)], np.int32)], order[2], cv2.LINE_AA)
    else:
        for band in range(0, 9, 2):
            cloth[band * h // 9 : (band + 1) * h // 9] = order[1]
        cloth[: h // 2, : int(w * 0.4)] = order[2]
    canvas.paste(cloth, x, y)


def hologram(canvas: Canvas, x: float, y: float, width: float, height: float) -> None:
    """A rainbow patch with fine lines, half transparent or as bright as foil."""
    rng, w, h = canvas.rng, max(16, round(width)), max(16, round(height))
    start = rng.random()
    foil = gradient(
        rng, w, h, [hsv(start + step * 0.17, rng.uniform(0.15, 0.7), rng.uniform(0.5, 1)) for step in range(6)]
    )
    centre = (int(rng.uniform(0, w)), int(rng.uniform(0, h)))
    shade = hsv(start, 0.5, rng.uniform(0.1, 0.9))
    for radius in range(4, w + h, max(3, h // int(rng.integers(8, 30)))):
        cv2.circle(foil, centre, radius, shade, 1, cv2.LINE_AA)
    strength = rng.uniform(0.3, 1.0)
    shape = rounded(w, h, h * rng.choice([0.05, 0.2, 0.5]))
    canvas.paste(foil, x, y, (shape * strength).astype(np.uint8))


def signature(canvas: Canvas, x: float, y: float, width: float, height: float, fill: Colour) -> None:
    """A pen's scribble."""
    rng, w, h = canvas.rng, max(16, round(width)), max(10, round(height))
    steps = np.linspace(0, 1, int(rng.integers(7, 16)))
    knots = np.stack([steps * w * 0.8 + rng.normal(0, w * 0.06, len(steps)), h * rng.uniform(0.1, 0.9, len(steps))])
    fine = np.linspace(0, 1, 120)
    curve = np.stack([np.interp(fine, steps, axis) for axis in knots])
    curve = cv2.GaussianBlur(curve.astype(np.float32), (9, 1), 2.5).T
    mask = np.zeros((h, w), np.uint8)
    cv2.polylines(mask, [curve.astype(np.int32)], False, 255, max(1, h // int(rng.integers(12, 30))), cv2.LINE_AA)
    canvas.stain(mask, x, y, fill)


def stamp(canvas: Canvas, x: float, y: float, size: float, fill: Colour) -> None:
    """A round rubber stamp with rings, spokes and gaps where the ink failed."""
    rng, n = canvas.rng, max(20, round(size))
    mask = np.zeros((n, n), np.uint8)
    middle, thick = (n // 2, n // 2), max(1, n // 50)
    for radius in (0.48, 0.34) if rng.random() < 0.7 else (0.48, 0.44, 0.2):
        cv2.circle(mask, middle, int(n * radius), 255, thick, cv2.LINE_AA)
    for angle in np.linspace(0, 2 * np.pi, int(rng.integers(8, 28))):
        ends = [(int(n / 2 + n * r * np.cos(angle)), int(n / 2 + n * r * np.sin(angle))) for r in (0.38, 0.44)]
        cv2.line(mask, ends[0], ends[1], 255, thick * 2, cv2.LINE_AA)
    cv2.ellipse(mask, middle, (n // 5, n // 8), float(rng.uniform(0, 180)), 0, 360, 255, thick, cv2.LINE_AA)
    gaps = cv2.resize(rng.integers(60, 256, (12, 12), np.uint8), (n, n), interpolation=cv2.INTER_LINEAR)
    canvas.stain(cv2.multiply(mask, gaps, scale=1 / 255), x, y, fill)
