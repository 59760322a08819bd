"""`python -m models.training.shifted.mockups --out DIR`: cards of authors that no training saw, flat, and a truth.tsv.

What a picture goes through is drawn well enough; whether the networks know a card that a stranger laid out is another
question, which scenes of known designs cannot answer. `make evaluate DATA=DIR` puts each card through twenty copies.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from models.training.designs import draw_design
from models.training.people import make_person
from models.training.samples import DrawnCard, Rgb
from models.training.shifted.kitchen import DESIGNS, HERE, TYPE
from models.training.shifted.portraits import Portraits
from models.training.shifted.take import Print, over
from models.training.truth import write_truth

AUTHORS = (DESIGNS, *(HERE / name for name in ("lea", "pat", "quin")))
RIM = (0.0, 0.12)
"""Around the card, in its widths: cut out exactly, or lying on something of one colour."""


def on_ground(rng: np.random.Generator, card: DrawnCard) -> Rgb:
    """The card on a ground of one colour, of which a little is to be seen, or nothing but what round corners show."""
    rim = round(card.image.shape[1] * rng.uniform(*RIM)) if rng.random() < 0.7 else 0
    ground = np.full(
        (card.image.shape[0] + 2 * rim, card.image.shape[1] + 2 * rim, 3), rng.integers(0, 256, 3), np.uint8
    )
    inner = ground[rim : ground.shape[0] - rim, rim : ground.shape[1] - rim]
    over(inner, Print(card).level(card.image.shape[1]))
    return ground


def write_all(out: Path, each: int, seed: int, data: Path | None, authors: tuple[Path, ...] = AUTHORS) -> int:
    """`each` cards of every design as PNG files, by author; how many there are."""
    portraits = Portraits(data=data)
    pictures: list[tuple[str, bool, str]] = []
    for author in authors:
        (out / author.name).mkdir(parents=True, exist_ok=True)
        for number, path in enumerate(sorted(author.glob("*.svg"))):
            side = path.stem.partition("_")[0]
            for copy in range(each):
                rng = np.random.default_rng((seed, number, copy))
                card = draw_design(rng, path, make_person(rng, pink=side == "pink"), portraits, type_=TYPE)
                name = f"{author.name}/{path.stem}_{copy}.png"
                cv2.imwrite(str(out / name), on_ground(rng, card)[..., ::-1])
                pictures.append((name, card.side is not None, side))
    write_truth(out, pictures, f"seed {seed}")
    return len(pictures)


def main() -> None:
    parser = argparse.ArgumentParser(prog="models.training.shifted.mockups", description=__doc__.split("\n")[0])
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--each", type=int, default=2, help="cards of each design")
    parser.add_argument("--seed", type=int, default=7000013)
    parser.add_argument("--data", type=Path, help="folder with faces: every fifth is a portrait")
    parser.add_argument("--author", action="append", help="folders of these names alone")
    args = parser.parse_args()
    authors = tuple(a for a in AUTHORS if not args.author or a.name in args.author)
    print(f"{write_all(args.out, args.each, args.seed, args.data, authors)} cards in {args.out}")


if __name__ == "__main__":
    main()
