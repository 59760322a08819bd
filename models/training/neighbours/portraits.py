"""Portraits for the neighbours: face photographs from a folder, or drawn people where there is none."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from models.training.neighbours.grounds import hsv
from models.training.samples import Rgb
from thaiid_detect.errors import SetupError


@lru_cache(maxsize=4)
def _face_files(folder: Path) -> tuple[Path, ...]:
    """The pictures of the folder in a fixed order. Raises SetupError where there is none."""
    files = tuple(sorted(path for path in folder.glob("*") if path.suffix.lower() in (".jpg", ".jpeg", ".png")))
    if not files:
        raise SetupError(f"no face pictures in {folder}", remedy="Give a folder of JPEG or PNG files, or none at all")
    return files


@lru_cache(maxsize=320)
def _face(path: Path) -> Rgb:
    """One face, at most 300 px high: 300 of them stay within 70 MB."""
    pixels = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if pixels is None:
        raise SetupError(f"{path} is not a picture", remedy="Remove it from the folder of faces")
    scale = min(1.0, 300 / pixels.shape[0])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small, cv2.COLOR_BGR2RGB), np.uint8)


def portrait(
    rng: np.random.Generator, width: int, height: int, faces: Path | None, *, scale: bool | None = None
) -> Rgb:
    """A portrait, RGB uint8 (height, width, 3). `scale` asks for height lines behind the head (None: now and then)."""
    scale = bool(rng.random() < 0.3) if scale is None else scale
    if faces is not None and rng.random() < 0.85:
        picture = _photograph(rng, width, height, faces)
        if scale:
            _height_lines(rng, picture, edges_only=True)
    else:
        picture = _drawn(rng, width, height, scale)
    look = rng.random()
    if look < 0.12:
        picture = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    elif look < 0.2:
        picture = cv2.addWeighted(picture, 0.65, np.full_like(picture, 255), 0.35, 0)
    return np.asarray(picture, np.uint8)


def _photograph(rng: np.random.Generator, width: int, height: int, faces: Path) -> Rgb:
    """A crop of a face photograph that covers the size."""
    files = _face_files(faces)
    face = _face(files[int(rng.integers(len(files)))])
    factor = max(width / face.shape[1], height / face.shape[0]) * rng.uniform(1.0, 1.15)
    face = cv2.resize(face, None, fx=factor, fy=factor, interpolation=cv2.INTER_LINEAR)
    x = (face.shape[1] - width) // 2
    y = int((face.shape[0] - height) * rng.uniform(0, 0.6))
    crop = face[max(0, y) :, max(0, x) :][:height, :width]
    if rng.random() < 0.5:
        crop = crop[:, ::-1]
    if crop.shape[:2] != (height, width):
        crop = cv2.resize(crop, (width, height))
    return np.ascontiguousarray(crop)


def _height_lines(rng: np.random.Generator, picture: Rgb, *, edges_only: bool) -> None:
    """Lines of a height scale, in place; on photographs only at the edges, since they belong behind the head."""
    height, width = picture.shape[:2]
    shade = int(rng.integers(40, 150))
    count = int(rng.integers(4, 16))
    reach = int(width * rng.uniform(0.1, 0.22)) if edges_only else width // 2
    for y in np.linspace(0.06 * height, (0.5 if edges_only else 0.95) * height, count).astype(int):
        cv2.line(picture, (0, int(y)), (reach, int(y)), (shade,) * 3, 1)
        cv2.line(picture, (width - reach, int(y)), (width, int(y)), (shade,) * 3, 1)


def _drawn(rng: np.random.Generator, width: int, height: int, scale: bool) -> Rgb:
    """A flat drawn person or a bare silhouette, drawn twice as large for smooth edges."""
    w, h = 2 * width, 2 * height
    back = hsv(rng.random(), rng.uniform(0, 0.5), rng.uniform(0.75, 1.0))
    picture = np.full((h, w, 3), back, np.uint8)
    if scale:
        _height_lines(rng, picture, edges_only=False)
    head, half = (
        (w // 2, int(h * rng.uniform(0.36, 0.44))),
        (int(w * rng.uniform(0.19, 0.25)), int(h * rng.uniform(0.19, 0.25))),
    )
    shirt = hsv(rng.random(), rng.uniform(0, 0.8), rng.uniform(0.2, 1.0))
    if rng.random() < 0.3:
        shade = hsv(rng.random(), rng.uniform(0, 0.4), rng.uniform(0.4, 0.7))
        cv2.ellipse(picture, (w // 2, h), (int(w * 0.4), int(h * 0.34)), 0, 180, 360, shade, -1, cv2.LINE_AA)
        cv2.ellipse(picture, head, half, 0, 0, 360, shade, -1, cv2.LINE_AA)
    else:
        _person(rng, picture, head, half, shirt)
    return np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _person(
    rng: np.random.Generator,
    picture: Rgb,
    head: tuple[int, int],
    half: tuple[int, int],
    shirt: tuple[int, int, int],
) -> None:
    """Shoulders, neck, hair, face, eyes and mouth, in place."""
    h, w = picture.shape[:2]
    skin = hsv(rng.uniform(0.04, 0.09), rng.uniform(0.2, 0.6), rng.uniform(0.45, 1.0))
    hair = hsv(rng.uniform(0, 0.12), rng.uniform(0, 0.6), rng.uniform(0.05, 0.5))
    line = cv2.LINE_AA
    if rng.random() < 0.5:
        low, wide = (head[0], head[1] + half[1] // 2), (int(half[0] * 1.4), int(half[1] * 1.8))
        cv2.ellipse(picture, low, wide, 0, 0, 360, hair, -1, line)
    cv2.ellipse(picture, (w // 2, h), (int(w * rng.uniform(0.36, 0.46)), int(h * 0.3)), 0, 180, 360, shirt, -1, line)
    cv2.ellipse(picture, (w // 2, int(h * 0.68)), (int(half[0] * 0.5), int(h * 0.13)), 0, 0, 360, skin, -1, line)
    top = (head[0], head[1] - int(half[1] * 0.25))
    cv2.ellipse(picture, top, (int(half[0] * 1.15), int(half[1] * 1.1)), 0, 0, 360, hair, -1, line)
    cv2.ellipse(picture, (head[0], head[1] + half[1] // 8), half, 0, -25, 205, skin, -1, line)
    cv2.ellipse(picture, (head[0], head[1] + half[1] // 6), (half[0], int(half[1] * 0.85)), 0, 0, 360, skin, -1, line)
    for side in (-1, 1):
        eye = (head[0] + side * half[0] // 2, head[1] + half[1] // 8)
        cv2.ellipse(picture, eye, (max(2, half[0] // 9), max(2, half[1] // 14)), 0, 0, 360, (25, 20, 20), -1, line)
    mouth = (head[0], head[1] + int(half[1] * 0.55))
    cv2.ellipse(picture, mouth, (half[0] // 3, half[1] // 9), 0, 0, 180, (150, 50, 50), max(2, w // 90), line)
