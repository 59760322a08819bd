"""Quads of a scene → the grids that the network is trained towards."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.network import CORNER_UNIT, SIDES, STRIDE

Floats = NDArray[np.float32]

CORE = 0.45
"""Cells whose centre lies in the quad shrunk to this share are positive; the rest of the quad is not in the loss."""
SMALLEST = 20.0
"""Cards narrower than this many pixels of the input are left out of the loss: no one could tell what they are."""
MOSTLY_VISIBLE = 0.4


def grids(cards: list[tuple[str, Floats, float]], side: int) -> tuple[Floats, Floats, Floats, Floats]:
    """`cards` as (side name, quad (4, 2) px, visible share) → scores (3,h,w),
    weight (1,h,w), corners (8,h,w), size (1,h,w).

    What they mean: `network.loss`.
    """
    n = side // STRIDE
    scores = np.zeros((len(SIDES), n, n), np.float32)
    weight = np.ones((1, n, n), np.float32)
    corners = np.zeros((8, n, n), np.float32)
    size = np.zeros((1, n, n), np.float32)
    for name, quad, visible in cards:
        cells = np.asarray(quad / STRIDE - 0.5, np.float32)
        whole = _fill(cells, n)
        scale = float(np.sqrt(max(_area(quad), 1.0)))
        if visible < MOSTLY_VISIBLE or scale < SMALLEST * 0.8:
            weight[0][whole] = 0.0
            continue
        centre = cells.mean(0)
        core = _fill((centre + (cells - centre) * CORE).astype(np.float32), n)
        column, row = np.clip(np.rint(centre), 0, n - 1).astype(int)
        core[row, column] = True
        weight[0][whole & ~core & (size[0] == 0)] = 0.0
        weight[0][core] = 1.0
        ys, xs = np.nonzero(core)
        middles = np.stack([xs + 0.5, ys + 0.5], -1) * STRIDE
        offsets = (quad[None] - middles[:, None]) / CORNER_UNIT
        scores[:, ys, xs] = 0.0
        scores[SIDES.index(name), ys, xs] = 1.0
        corners[:, ys, xs] = offsets.reshape(len(ys), 8).T
        size[0, ys, xs] = scale / CORNER_UNIT
    return scores, weight, corners, size


def _area(quad: Floats) -> float:
    return abs(float(cv2.contourArea(quad.astype(np.float32))))


def _fill(cells: Floats, n: int) -> NDArray[np.bool_]:
    """Grid cells whose centre lies in the polygon (cell coordinates: centres at whole numbers)."""
    rows, columns = np.mgrid[0:n, 0:n].astype(np.float32)
    inside = np.ones((n, n), bool)
    turn = _turn(cells)
    for a, b in zip(cells, np.roll(cells, -1, 0), strict=True):
        edge = b - a
        inside &= turn * (edge[0] * (rows - a[1]) - edge[1] * (columns - a[0])) >= 0
    return inside


def _turn(cells: Floats) -> float:
    """+1 where the corners run clockwise on the screen (y down), −1 else."""
    x, y = cells[:, 0], cells[:, 1]
    return 1.0 if float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y)) >= 0 else -1.0
