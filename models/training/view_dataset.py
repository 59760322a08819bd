"""Kept views (see `views.py`) → augmented training samples of the verifier."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training import augment
from models.training.dataset import shows
from models.training.network import SIDES
from models.training.views import RIM, STORED
from models.training.visits import Samples
from thaiid_detect.geometry import Points, homography, map_points, margined, turned
from thaiid_detect.verifier import CORNER_UNIT, MARGIN, NOMINAL, VIEW, frame

ROLLS = (0.58, 0.04, 0.34, 0.04)
"""How often a view is turned by 0 to 3 quarters: quads are often upside down, seldom on their side."""
RARE = {"front": 1.0, "back": 2.0, "pink": 1.5}
"""Weight of a side's cards: backs are few, and hardest."""
LOOKALIKE = 2.0
"""Weight of what lies in a scene with a stranger's card: most places that are no card are bare pictures, and easy."""

_PLACE: Points = frame(STORED, RIM)
"""Where the place that was named lies on the stored picture."""
_FRAME: Points = frame(VIEW)


class Views(Samples):
    """Random access over the finished chunks of one or more folders of views."""

    def __init__(self, folders: list[Path], *, seed: int = 0) -> None:
        super().__init__(seed)
        self.files: list[tuple[int, int, int]] = []
        self.data: list[NDArray[np.uint8]] = []
        labels: dict[str, list[NDArray[Any]]] = {"sides": [], "corners": [], "turns": [], "kinds": []}
        for path in sorted(p for folder in folders for p in folder.glob("views_*.npz")):
            with np.load(path) as chunk:
                ends = chunk["ends"].tolist()
                self.files += [(len(self.data), a, b) for a, b in zip([0, *ends[:-1]], ends, strict=True)]
                self.data.append(chunk["data"])
                for name, values in labels.items():
                    values.append(chunk[name])
        if not self.files:
            raise SystemExit(f"no views in {', '.join(map(str, folders))}: run models.training.views first")
        self.sides, self.corners, self.turns, kinds = (np.concatenate(values) for values in labels.values())
        self.lookalike = (np.char.find(kinds, "+") >= 0) & (self.sides < 0)

    def __len__(self) -> int:
        return len(self.files)

    def draw(self, rng: np.random.Generator, index: int) -> tuple[torch.Tensor, ...]:
        """The view augmented, its sides and their weights, turn and corners."""
        chunk, begin, end = self.files[index]
        stored = cv2.imdecode(self.data[chunk][begin:end], cv2.IMREAD_COLOR_RGB)
        roll = int(rng.choice(4, p=ROLLS))
        outer = margined(turned(shaken(rng), roll), MARGIN, MARGIN)
        matrix = homography(outer - 0.5, _FRAME - 0.5)
        picture = np.asarray(
            cv2.warpPerspective(stored, matrix, VIEW, flags=cv2.INTER_LINEAR, borderValue=(augment.PAD,) * 3), np.uint8
        )
        before = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture, coloured = augment.photometric(rng, augment.covered(rng, picture))
        corners = map_points(homography(outer, _FRAME), turned(self.corners[index].astype(np.float64), roll))
        after = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        side, turn = int(self.sides[index]), (int(self.turns[index]) - roll) % 4
        seen = side < 0 or shows(before, after, corners.astype(np.float32))
        lookalike = bool(self.lookalike[index])
        return self._sample(picture, side, turn, corners, coloured=coloured, seen=seen, lookalike=lookalike)

    @staticmethod
    def _sample(
        picture: NDArray[np.uint8],
        side: int,
        turn: int,
        corners: Points,
        *,
        coloured: bool,
        seen: bool,
        lookalike: bool,
    ) -> tuple[torch.Tensor, ...]:
        sides, weight = np.zeros(len(SIDES), np.float32), np.ones(len(SIDES), np.float32)
        offsets = np.zeros(8, np.float32)
        if not seen:
            weight[:] = 0.0
        elif side >= 0:
            name = SIDES[side]
            if not coloured:  # a pink card that is not pink is a front to the pixels; the words tell it
                name = "front" if name == "pink" else name
                weight[SIDES.index("pink")] = 0.0
            sides[SIDES.index(name)] = 1.0
            weight *= RARE[name]
            offsets = ((corners - NOMINAL) / CORNER_UNIT).astype(np.float32).ravel()
        elif lookalike:
            weight *= LOOKALIKE
        parts = (np.ascontiguousarray(picture), sides, weight, np.int64(turn if side >= 0 and seen else -1), offsets)
        return tuple(torch.as_tensor(part) for part in parts)


def shaken(rng: np.random.Generator) -> Points:
    """The named place on the stored picture, moved as a look's quads are off: a little, seldom much."""
    wide, high = STORED[0] / (1 + 2 * RIM), STORED[1] / (1 + 2 * RIM)
    dose = 0.25 if rng.random() < 0.3 else 1.0
    grow = np.exp(rng.normal(0, 0.05 * dose, 2))
    centre = _PLACE.mean(0)
    quad = centre + (_PLACE - centre) * grow + rng.normal(0, 0.02 * dose, 2) * (wide, high)
    a = rng.normal(0, 0.03 * dose)
    spin = np.array([[np.cos(a), np.sin(a)], [-np.sin(a), np.cos(a)]])
    return np.asarray((quad - centre) @ spin + centre + rng.normal(0, 0.012 * dose, (4, 2)) * wide, np.float64)
