"""The yardstick while training: cards from other hands, never the generator's own validation set.

Specimens plain, turned, shrunk, grey, re-compressed, blurred, on a page; and photographs, receipts and neighbours as
negatives. Needs the folder `shared/data`; without it training goes on unmeasured, and says so.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from models.training.network import SIDES
from models.training.variants import variants
from thaiid_detect.geometry import letterbox, margined
from thaiid_detect.image import decode
from thaiid_detect.locator import LOOK_SIDE, Locator
from thaiid_detect.verifier import MARGIN, is_possible, view
from thaiid_detect.weights import CLOSER, DEFAULT, find_weights, open_session

Rgb = NDArray[np.uint8]
Network = Callable[[Rgb], NDArray[np.float32]]
"""Pictures (N, H, W, 3) uint8 → answers (N, 3 or more, …) whose first three entries are scores of the sides."""
Prepare = Callable[[Rgb], list[Rgb]]
FLOOR, MOST = 0.05, 4
"""The least that the first look says of a place that the verifier is measured on; the most places of a picture."""

DEFAULT_DATA = Path(__file__).resolve().parents[3] / "shared" / "data"


class Yardstick:
    """Pictures prepared once; `measure` runs a network over them and gives one line a kind.

    `prepare` makes of a picture what the network looks at: no view, one or several, of which the best counts.
    """

    def __init__(self, data: Path, prepare: Prepare) -> None:
        with (data / "truth.tsv").open(newline="") as file:
            rows = [(row["file"], row["expect"]) for row in csv.DictReader(file, delimiter="\t")]
        self.kinds: dict[str, list[list[Rgb]]] = {}
        for name, expect in rows:
            picture = decode((data / name).read_bytes(), min_side=2 * LOOK_SIDE).pixels
            if expect == "id_card":
                for kind, variant in variants(picture):
                    self.kinds.setdefault(f"card {kind}", []).append(prepare(variant))
            else:
                self.kinds.setdefault(f"not {name.split('/')[0]}", []).append(prepare(picture))

    def measure(self, network: Network) -> dict[str, tuple[float, float, int]]:
        """Kind → shares of pictures with a score ≥ 0.5 and ≥ 0.1, and the number of pictures."""
        table = {}
        for kind, pictures in self.kinds.items():
            best = np.array([max((_score(network, view) for view in views), default=0.0) for views in pictures])
            table[kind] = (float((best >= 0.5).mean()), float((best >= 0.1).mean()), len(pictures))
        return table


def _score(network: Network, view: Rgb) -> float:
    answer = network(view[None])[0]
    return float(answer[: len(SIDES)].max())


def whole(picture: Rgb) -> list[Rgb]:
    """What the first look sees."""
    return [letterbox(picture, LOOK_SIDE)[0]]


class Upright:
    """What the verifier sees: the places that the package's own looks name, set upright."""

    def __init__(self) -> None:
        self._locator = Locator(*(open_session(find_weights(name), threads=1) for name in (DEFAULT, CLOSER)))

    def __call__(self, picture: Rgb) -> list[Rgb]:
        places = self._locator.locate(picture, floor=FLOOR)[:MOST]
        outers = [margined(self._locator.look_closer(picture, place).quad, MARGIN, MARGIN) for place in places]
        return [view(picture, outer) for outer in outers if is_possible(outer, picture)]


def format_table(table: dict[str, tuple[float, float, int]]) -> str:
    """One line: recall over all card pictures, then each kind, at scores 0.5 and 0.1 in per cent."""
    cards = [(v, n) for kind, (*v, n) in table.items() if kind.startswith("card")]
    total = sum(n for _, n in cards)
    overall = [100 * sum(v[i] * n for v, n in cards) / total for i in (0, 1)]
    parts = [f"{kind} {100 * a:.0f}/{100 * b:.0f}" for kind, (a, b, _) in table.items()]
    return f"cards {overall[0]:.1f}/{overall[1]:.1f} | " + ", ".join(parts)
