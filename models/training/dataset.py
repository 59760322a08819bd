"""Built chunks (see `build.py`) → augmented training samples."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training import augment
from models.training.network import SIDES
from models.training.targets import grids
from models.training.visits import Samples

PATCH = (28, 18)
"""Width and height at which a card before and after the photometric changes is compared."""
LEAST_LIKENESS = 0.35
FAINT = 4.0
"""Correlation, and spread in grey levels, below which a card counts as wiped out."""

Sample = tuple[NDArray[np.uint8], ...]


class Scenes(Samples):
    """Random access over the finished chunks of one or more dataset folders. A new augmentation at every visit."""

    def __init__(
        self,
        folders: list[Path],
        side: int,
        *,
        seed: int = 0,
        zooms: tuple[float, float] = augment.ZOOM,
        covered: float = 0.0,
    ) -> None:
        """`covered`: how often places of a picture are hidden; see `augment.covered`."""
        self.side = side
        super().__init__(seed)
        self.zooms = zooms
        self.covered = covered
        self.pictures: list[NDArray[np.uint8]] = []
        self.labels: list[dict[str, Any]] = []
        self.places: list[tuple[int, int]] = []
        for path in sorted(p for folder in folders for p in folder.glob("chunk_*.npy")):
            labels = json.loads(path.with_suffix(".json").read_text())
            self.places += [(len(self.pictures), row) for row in range(len(labels))]
            self.pictures.append(np.load(path, mmap_mode="r"))
            self.labels += labels
        if not self.places:
            raise SystemExit(f"no finished chunk in {', '.join(map(str, folders))}: run models.training.build first")

    def __len__(self) -> int:
        return len(self.places)

    def draw(self, rng: np.random.Generator, index: int) -> tuple[torch.Tensor, ...]:
        """The scene augmented, the grids of `targets`, and whether it is bare of cards and neighbours."""
        chunk, row = self.places[index]
        stored = np.asarray(self.pictures[chunk][row])
        matrix = augment.geometric(rng, stored.shape[0], self.side, self.zooms)
        plane = matrix[2, 0] == matrix[2, 1] == 0  # then the affine warp does, in half the time
        warp, part = (cv2.warpAffine, matrix[:2]) if plane else (cv2.warpPerspective, matrix)
        frame, border = (self.side, self.side), (augment.PAD,) * 3
        picture = np.asarray(warp(stored, part, frame, flags=cv2.INTER_LINEAR, borderValue=border), np.uint8)
        before = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        picture, coloured = augment.photometric(rng, augment.covered(rng, picture, self.covered))
        after = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)
        cards = [self._moved(card, matrix) for card in self.labels[index]["cards"]]
        cards = [(side, quad, seen if shows(before, after, quad) else 0.0) for side, quad, seen in cards]
        if not coloured:  # a pink card that is not pink is a front to the pixels; the words tell it
            cards = [("front" if side == "pink" else side, quad, seen) for side, quad, seen in cards]
        scores, weight, corners, size = grids(cards, self.side)
        weight = np.repeat(weight, len(SIDES), axis=0)
        if not coloured:  # a front with its hue turned may be as pink as pink cards are: it says nothing of those
            weight[SIDES.index("pink")][scores.max(0) > 0] = 0.0
        bare = not (self.labels[index]["cards"] or self.labels[index]["neighbours"])
        parts = (picture, scores, weight, corners, size)
        return *(torch.from_numpy(np.ascontiguousarray(part)) for part in parts), torch.tensor(float(bare))

    def _moved(self, card: dict[str, Any], matrix: NDArray[np.float32]) -> tuple[str, NDArray[np.float32], float]:
        """The card's quad on the network's input, and the share of it that is still in the frame."""
        quad = cv2.perspectiveTransform(np.array([card["quad"]], np.float32), matrix)[0]
        frame = np.array([[0, 0], [self.side, 0], [self.side, self.side], [0, self.side]], np.float32)
        hull = cv2.convexHull(quad.astype(np.float32))
        shared = float(cv2.intersectConvexConvex(hull, frame)[0])
        inside = shared / max(float(cv2.contourArea(hull)), 1.0)
        return card["side"], quad.astype(np.float32), inside * float(card["shown"])


def shows(before: NDArray[np.uint8], after: NDArray[np.uint8], quad: NDArray[np.float32]) -> bool:
    """Whether a card is still to be seen after the photometric changes (both grey): else its place is left out of the
    loss. A card that a hard curve wiped out would teach that blank paper is a card."""
    inner = quad.mean(0) + (quad - quad.mean(0)) * 0.9
    width, height = PATCH
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(inner, np.float32), target)
    first, second = (
        cv2.warpPerspective(cv2.blur(grey, (3, 3)), matrix, PATCH).astype(np.float32) for grey in (before, after)
    )
    likeness = float(((first - first.mean()) * (second - second.mean())).mean())
    return likeness > LEAST_LIKENESS * float(first.std()) * max(FAINT, float(second.std()))
