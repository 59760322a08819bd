"""Portraits: cropped faces when a folder of them is given, drawn people, silhouettes, blanks and placeholders."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training import text
from models.training.cards import ink
from models.training.cards.ink import Colour
from models.training.samples import Rgb

SKINS: tuple[Colour, ...] = (
    (241, 205, 175),
    (226, 178, 140),
    (200, 150, 110),
    (168, 118, 84),
    (250, 220, 195),
    (255, 205, 160),
)
HAIRS: tuple[Colour, ...] = (
    (30, 26, 26),
    (50, 36, 28),
    (40, 42, 60),
    (90, 60, 40),
    (120, 120, 124),
    (220, 110, 50),
    (70, 70, 130),
)
BACKDROPS: tuple[Colour, ...] = (
    (250, 250, 250), (235, 238, 242), (205, 214, 224), (170, 205, 235), (120, 170, 220), (200, 200, 200),
    (150, 160, 170), (225, 235, 225),
)  # fmt: skip


@lru_cache(maxsize=4)
def _face_paths(folder: Path) -> tuple[Path, ...]:
    return tuple(sorted(p for p in folder.glob("*") if p.suffix.lower() in {".jpg", ".jpeg", ".png"}))


@lru_cache(maxsize=400)
def _face(path: Path) -> Rgb | None:
    """A face crop, at most 300 pixels high; None when it does not decode."""
    picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if picture is None:
        return None
    scale = min(1.0, 300 / picture.shape[0])
    small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(small[..., ::-1])


def portrait(
    rng: np.random.Generator,
    width: int,
    height: int,
    faces: Path | None,
    *,
    grey: bool | None = None,
    flat: bool = False,
) -> Rgb:
    """A portrait (height, width, 3). `grey` forces black and white or colour; `flat` wants a mock-up's drawing."""
    picture = backdrop(rng, width, height, scale_lines=rng.random() < 0.6)
    paths = _face_paths(faces) if faces is not None and faces.is_dir() else ()
    kind = rng.random()
    if paths and kind < (0.25 if flat else 0.72):
        found = _face(paths[rng.integers(len(paths))])
        if found is not None:
            picture = _photograph(rng, picture, found)
    elif kind < 0.88:
        _person(picture, rng)
    elif kind < 0.94:
        _silhouette(picture, rng)
    elif kind < 0.97:
        word = ink.pick(rng, ("รูปถ่าย", "รูปถ่าย", "PHOTO", "ภาพถ่าย", "Photo"))
        colour: Colour = (40, 40, 44)
        ink.write(picture, (width / 2, height / 2), word, ink.pick(rng, text.THAI), width * 0.2, colour, align="m")
    if grey or (grey is None and rng.random() < 0.12):
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    return np.ascontiguousarray(picture, np.uint8)


def backdrop(rng: np.random.Generator, width: int, height: int, *, scale_lines: bool) -> Rgb:
    """A plain or shaded wall, with the height scale (lines and 150–180 at both sides) when asked for."""
    base = np.array(ink.pick(rng, BACKDROPS), np.float32)
    corners = base + rng.normal(0, 8, (2, 2, 1))
    wall = cv2.resize(corners.clip(0, 255).astype(np.uint8), (width, height), interpolation=cv2.INTER_LINEAR)
    if not scale_lines:
        return np.ascontiguousarray(wall)
    tone = int(rng.integers(30, 130))
    first, rows = int(rng.choice([180, 180, 190, 200, 220])), int(rng.integers(3, 12))
    size = max(7, round(min(height / rows * 0.6, width * 0.1)))
    fine = int(rng.integers(1, 6))
    for row in range(rows):
        y = int(height * (0.06 + row * 0.9 / rows))
        cv2.line(wall, (int(width * 0.16), y), (int(width * 0.84), y), (tone,) * 3, 1 + int(height > 200))
        for part in range(1, fine):
            z = int(y + part * height * 0.9 / rows / fine)
            cv2.line(wall, (int(width * 0.2), z), (int(width * 0.8), z), (min(255, tone + 40),) * 3, 1)
        for x, align in ((2, "l"), (width - 2, "r")):
            ink.write(
                wall, (x, y + size * 0.35), str(first - 10 * row), "Arimo_400Regular", size, (tone,) * 3, align=align
            )
    return np.ascontiguousarray(wall)


def _photograph(rng: np.random.Generator, wall: Rgb, face: Rgb) -> Rgb:
    """A face crop cut to the frame; mostly with its own background replaced by `wall` outside head and shoulders."""
    height, width = wall.shape[:2]
    scale = max(width / face.shape[1], height / face.shape[0]) * rng.uniform(1.0, 1.15)
    big = cv2.resize(face, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    x = (big.shape[1] - width) // 2
    y = int((big.shape[0] - height) * rng.uniform(0, 1))
    cut = np.ascontiguousarray(big[y : y + height, max(0, x) : max(0, x) + width])
    if cut.shape != wall.shape:
        cut = np.asarray(cv2.resize(cut, (width, height)), np.uint8)
    if rng.random() < 0.3:
        cut = cv2.convertScaleAbs(cut, alpha=float(rng.uniform(0.8, 1.25)), beta=float(rng.uniform(-25, 30)))
    if rng.random() < 0.35:
        return np.asarray(cut, np.uint8)
    mask = np.zeros((height, width), np.uint8)
    cv2.ellipse(mask, (width // 2, int(height * 0.45)), (int(width * 0.37), int(height * 0.42)), 0, 0, 360, 255, -1)
    cv2.ellipse(mask, (width // 2, int(height * 1.08)), (int(width * 0.6), int(height * 0.34)), 0, 0, 360, 255, -1)
    mask = np.asarray(cv2.blur(mask, (int(width * 0.08) | 1, int(width * 0.08) | 1)), np.uint8)
    out = wall.copy()
    ink.paste(out, np.asarray(cut, np.uint8), 0, 0, mask)
    return out


def _person(picture: Rgb, rng: np.random.Generator) -> None:
    """A drawn head and shoulders, with or without eyes, mouth, tie, glasses, long hair, outlines."""
    height, width = picture.shape[:2]
    skin, hair = ink.pick(rng, SKINS), ink.pick(rng, HAIRS)
    cloth: Colour = tuple(int(v) for v in rng.integers(20, 250, 3))  # type: ignore[assignment]
    cx, cy = int(width * rng.uniform(0.46, 0.54)), int(height * rng.uniform(0.4, 0.5))
    rx, ry = int(width * rng.uniform(0.19, 0.28)), int(height * rng.uniform(0.2, 0.28))
    long = rng.random() < 0.45
    if long:
        cv2.ellipse(picture, (cx, cy + ry // 3), (int(rx * 1.35), int(ry * 1.45)), 0, 0, 360, hair, -1, cv2.LINE_AA)
    shade = tuple(int(v * 0.85) for v in skin)
    cv2.rectangle(picture, (cx - rx // 2, cy), (cx + rx // 2, int(cy + ry * 1.6)), shade, -1)
    shoulder = (int(width * rng.uniform(0.38, 0.5)), int(height * rng.uniform(0.25, 0.36)))
    cv2.ellipse(picture, (cx, int(height * 1.02)), shoulder, 0, 0, 360, cloth, -1, cv2.LINE_AA)
    collar = np.array([[cx - rx // 2, cy + ry * 1.25], [cx + rx // 2, cy + ry * 1.25], [cx, cy + ry * 1.9]], np.int32)
    cv2.fillPoly(picture, [collar], (245, 245, 248) if rng.random() < 0.5 else shade, cv2.LINE_AA)
    if rng.random() < 0.3:
        tie: Colour = tuple(int(v) for v in rng.integers(0, 200, 3))  # type: ignore[assignment]
        cv2.fillPoly(
            picture, [np.array([[cx - 5, cy + ry * 1.5], [cx + 5, cy + ry * 1.5], [cx, height]], np.int32)], tie
        )
    cv2.ellipse(picture, (cx, cy - int(ry * 0.25)), (int(rx * 1.12), int(ry * 1.0)), 0, 180, 360, hair, -1, cv2.LINE_AA)
    cv2.ellipse(picture, (cx, cy), (rx, ry), 0, 0, 360, skin, -1, cv2.LINE_AA)
    fringe = (int(rx * rng.uniform(0.9, 1.05)), int(ry * rng.uniform(0.3, 0.7)))
    cv2.ellipse(picture, (cx, cy - int(ry * 0.6)), fringe, float(rng.uniform(-15, 15)), 180, 360, hair, -1, cv2.LINE_AA)
    if rng.random() < 0.8:
        _features(picture, rng, (cx, cy), rx, ry)


def _features(picture: Rgb, rng: np.random.Generator, centre: tuple[int, int], rx: int, ry: int) -> None:
    """Eyes, brows, nose, mouth, and glasses on some, in a face of half-axes `rx`, `ry` pixels."""
    cx, cy = centre
    black: Colour = (40, 32, 30)
    thin = max(1, rx // 17)
    glasses = rng.random() < 0.15
    open_wide = max(1, int(ry * rng.uniform(0.04, 0.1)))
    for eye in ((cx - int(rx * 0.42), cy), (cx + int(rx * 0.42), cy)):
        cv2.ellipse(picture, eye, (max(2, int(rx * 0.14)), open_wide), 0, 0, 360, black, -1, cv2.LINE_AA)
        brow = eye[1] - ry // 5
        cv2.line(picture, (eye[0] - rx // 5, brow), (eye[0] + rx // 5, brow), black, thin, cv2.LINE_AA)
        if glasses:
            cv2.circle(picture, eye, int(rx * 0.32), black, thin, cv2.LINE_AA)
    nose = (cx - rx // 10, cy + int(ry * 0.35))
    cv2.line(picture, (cx, cy + int(ry * 0.1)), nose, (150, 100, 80), thin, cv2.LINE_AA)
    mouth = (int(rx * rng.uniform(0.22, 0.42)), int(ry * rng.uniform(0.04, 0.2)))
    colour: Colour = (175, 70, 70) if rng.random() < 0.7 else (250, 250, 250)
    cv2.ellipse(picture, (cx, cy + int(ry * 0.55)), mouth, 0, 0, 180, colour, -1, cv2.LINE_AA)


def _silhouette(picture: NDArray[np.uint8], rng: np.random.Generator) -> None:
    """The head-and-shoulders shape of an empty profile."""
    height, width = picture.shape[:2]
    tone: Colour = ink.pick(
        rng, ((125, 165, 175), (150, 150, 155), (90, 100, 115), (60, 90, 140), (190, 195, 200), (40, 40, 44))
    )
    cv2.circle(picture, (width // 2, int(height * 0.38)), int(width * rng.uniform(0.2, 0.27)), tone, -1, cv2.LINE_AA)
    body = (int(width * rng.uniform(0.36, 0.46)), int(height * rng.uniform(0.28, 0.36)))
    cv2.ellipse(picture, (width // 2, int(height * 0.98)), body, 0, 180, 360, tone, -1, cv2.LINE_AA)
