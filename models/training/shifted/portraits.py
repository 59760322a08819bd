"""Faces for the cards of the shifted set: its own drawings, or held-out photographs of the data folder."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import cv2
import numpy as np
import resvg_py

from models.training.samples import Rgb

HERE: Final = Path(__file__).parent / "portraits"
SIZE: Final = (300, 380)
"""Width and height of a portrait in pixels."""
HELD_OUT: Final = 5
"""Every fifth file of a data folder is left for measuring: the training takes the others."""
PICTURES: Final = frozenset({".jpg", ".jpeg", ".png"})


def held_out(data: Path | None, name: str) -> list[Path]:
    """The pictures of one kind that the training leaves alone: every fifth, from the first, in the order of names."""
    if data is None or not (data / name).is_dir():
        return []
    paths = sorted(path for path in (data / name).iterdir() if path.suffix.lower() in PICTURES)
    return paths[::HELD_OUT]


def read_picture(path: Path, longest: int = 1600) -> Rgb:
    """(H, W, 3) uint8 RGB, shrunk to `longest` pixels. Raises ValueError for a file that is no picture."""
    picture = cv2.imread(str(path))
    if picture is None:
        raise ValueError(f"{path} is no picture")
    scale = longest / max(picture.shape[:2])
    if scale < 1:
        picture = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(picture[..., ::-1])


class Portraits:
    """Draws portraits: `portraits(rng)` → (380, 300, 3) uint8 RGB.

    With a data folder two in three are photographs. Raises ValueError where there is neither drawing nor photograph.
    """

    def __init__(self, drawings: Path = HERE, data: Path | None = None) -> None:
        self.photos = [read_picture(path, 600) for path in held_out(data, "faces")]
        self._drawn = [_render(path) for path in sorted(drawings.glob("*.svg"))]
        if not self.photos and not self._drawn:
            raise ValueError(f"no portraits in {drawings}, and no data folder with faces")

    def __call__(self, rng: np.random.Generator) -> Rgb:
        if self.photos and (not self._drawn or rng.random() < 0.67):
            return _toned(rng, _filled(self.photos[int(rng.integers(len(self.photos)))]), hue=0)
        return _toned(rng, self._drawn[int(rng.integers(len(self._drawn)))], hue=int(rng.integers(-9, 10)))


def _render(path: Path) -> Rgb:
    data = resvg_py.svg_to_bytes(svg_string=path.read_text(encoding="utf-8"), width=SIZE[0], skip_system_fonts=True)
    picture = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3:
        raise ValueError(f"{path} does not render")
    if picture.shape[2] == 4:  # what is see-through is the wall of a photographer
        share = picture[..., 3:] / 255.0
        picture = (picture[..., :3] * share + 226 * (1 - share)).astype(np.uint8)
    return np.ascontiguousarray(cv2.resize(picture, SIZE, interpolation=cv2.INTER_AREA)[..., ::-1])


def _filled(photo: Rgb) -> Rgb:
    """The middle of the photograph, in the shape of a portrait."""
    height, width = photo.shape[:2]
    scale = max(SIZE[0] / width, SIZE[1] / height)
    grown = cv2.resize(photo, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_LINEAR)
    x, y = (grown.shape[1] - SIZE[0]) // 2, (grown.shape[0] - SIZE[1]) // 2
    return np.ascontiguousarray(grown[y : y + SIZE[1], x : x + SIZE[0]])


def _toned(rng: np.random.Generator, picture: Rgb, *, hue: int) -> Rgb:
    """Mirrored or not, turned in hue (degrees / 2), brighter or darker; one in eight without colours."""
    if rng.random() < 0.5:
        picture = np.ascontiguousarray(picture[:, ::-1])
    hsv = cv2.cvtColor(picture, cv2.COLOR_RGB2HSV)
    hsv[..., 0] = (hsv[..., 0].astype(np.int16) + hue) % 180
    hsv[..., 1] = cv2.convertScaleAbs(hsv[..., 1], alpha=0.0 if rng.random() < 0.125 else rng.uniform(0.7, 1.2))
    toned = cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)
    return np.asarray(cv2.convertScaleAbs(toned, alpha=rng.uniform(0.8, 1.15), beta=rng.uniform(0, 16)), np.uint8)
