"""`python -m models.training.scenes --pool DIR`: how fast scenes are composed, or a sheet of them to look at.

--bench N   composes N scenes on one core; tells scenes/s, the median and p95 of each kind
--sheet OUT writes a contact sheet with the quads drawn; the card's own top left corner has a dot, its top edge is red
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import cv2
import numpy as np

from models.training.pool import Pool
from models.training.samples import Rgb, Scene
from models.training.scenes.compose import RECIPES, compose, compose_as
from models.training.scenes.supply import Supply

CELL = 330


def bench(supply: Supply, count: int, size: int) -> None:
    """Prints one line a kind and one for all."""
    for index in range(20):
        compose(np.random.default_rng((0, index)), supply, size)
    times: dict[str, list[float]] = {}
    for index in range(count):
        start = time.perf_counter()
        scene = compose(np.random.default_rng((1, index)), supply, size)
        times.setdefault(scene.kind, []).append(1000 * (time.perf_counter() - start))
    for kind, values in sorted(times.items()):
        median, p95 = np.percentile(values, [50, 95])
        print(f"{kind:14s} n {len(values):4d}  median {median:6.1f} ms  p95 {p95:6.1f} ms")
    every = np.concatenate([np.array(values) for values in times.values()])
    rate = 1000 / every.mean()
    print(f"all: mean {every.mean():.1f} ms, median {np.median(every):.1f} ms, {rate:.0f} scenes/s on one core")


def cell(scene: Scene) -> Rgb:
    """One scene with its labels drawn in, as a square of the sheet."""
    image = scene.image.copy()
    for card in scene.cards:
        points = card.quad.astype(np.int32)
        cv2.polylines(image, [points], True, (0, 255, 0), 2)
        cv2.line(image, points[0].tolist(), points[1].tolist(), (255, 0, 0), 3)
        cv2.circle(image, points[0].tolist(), 7, (255, 0, 255), -1)
    height, width = image.shape[:2]
    scale = min(CELL / width, (CELL - 16) / height)
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    square = np.full((CELL, CELL, 3), 70, np.uint8)
    square[16 : 16 + small.shape[0], : small.shape[1]] = small
    told = " ".join(f"{card.side[0]}{card.visible:.2f}/{card.digit_height:.0f}" for card in scene.cards)
    title = f"{scene.kind} {told} {' '.join(scene.neighbours)}"
    cv2.putText(square, title[:52], (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.38, (255, 255, 255), 1, cv2.LINE_AA)
    return np.asarray(square, np.uint8)


def sheet(supply: Supply, out: Path, kind: str | None, seed: int, size: int) -> None:
    """24 scenes, of one kind if `kind` names one."""
    rngs = [np.random.default_rng((seed, index)) for index in range(24)]
    scenes = [compose_as(rng, supply, kind, size) if kind else compose(rng, supply, size) for rng in rngs]
    cells = [cell(scene) for scene in scenes]
    rows = [np.hstack(cells[start : start + 6]) for start in range(0, 24, 6)]
    cv2.imwrite(str(out), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def main() -> None:
    """Parse, load the pool, do what was asked."""
    parser = argparse.ArgumentParser(prog="models.training.scenes", description=__doc__.splitlines()[0])
    parser.add_argument("--pool", type=Path, required=True, help="a folder that models.training.build made")
    parser.add_argument("--bench", type=int, metavar="N")
    parser.add_argument("--sheet", type=Path, metavar="OUT")
    parser.add_argument("--kind", choices=sorted(RECIPES))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", type=int, default=640)
    options = parser.parse_args()
    cv2.setNumThreads(1)
    supply = Pool.load(options.pool)
    if options.sheet:
        sheet(supply, options.sheet, options.kind, options.seed, options.size)
    if options.bench:
        bench(supply, options.bench, options.size)


if __name__ == "__main__":
    main()
