"""Cards as other hands draw them: SVG designs, filled in with made-up people, → `DrawnCard`s.

A network that saw parametric layouts alone doubts a layout that no parameter reaches. A design is a file, its grid and
its ornaments are its author's own; what varies from card to card stands in it as `$name` (see `FIELDS`).

    designs/<author>/<side>_<name>.svg     side: front, back, pink, or other (a neighbour)
"""

from __future__ import annotations

import argparse
import base64
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path
from string import Template

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.people import Person, english_date, groups, make_person, thai_date, to_thai_digits
from models.training.samples import CARD_SIZE, DrawnCard, Rgb
from models.training.text import FONTS

DESIGNS = Path(__file__).parent / "designs"
SIDES = {"front": "front", "back": "back", "pink": "pink", "other": None}


@dataclass(frozen=True, slots=True)
class Type:
    """The fonts of a kitchen: families by role, and the folder of their files."""

    folder: Path
    thai: tuple[str, ...]
    latin: tuple[str, ...]
    mono: tuple[str, ...]
    hand: tuple[str, ...]

    def files(self) -> list[str]:
        return sorted(str(path) for path in self.folder.glob("*.ttf"))


TYPE = Type(
    FONTS,
    thai=(
        "Sarabun", "Niramit", "Bai Jamjuree", "IBM Plex Sans Thai Looped", "Prompt", "Noto Sans Thai Looped", "Trirong",
    ),
    latin=("Arimo", "Tinos", "Roboto Condensed", "Roboto Slab", "Sarabun", "Niramit"),
    mono=("Cousine", "Arimo", "Sarabun", "Tinos"),
    hand=("Charm", "Mali"),
)  # fmt: skip


Portrait = Callable[[np.random.Generator], Rgb]
"""Draws one portrait: (380, 300, 3) uint8 RGB, or of any size in about that shape."""


class Fields(Mapping[str, str]):
    """What a design may ask for. Some answers differ each time: `$jitter` is two small numbers for `translate(…)`,
    `$maybe` is `inline` or, one time in four, `none`, for `display`; `$bars` a path of bars on 0–100 × 0–100."""

    def __init__(
        self, rng: np.random.Generator, person: Person, type_: Type, portrait: Portrait, *, number: bool
    ) -> None:
        self._rng = rng
        self._said = _fixed(rng, person, type_, number=number)
        self._portrait = portrait

    def __getitem__(self, name: str) -> str:
        if name == "jitter":
            x, y = self._rng.normal(0, 5.0, 2)
            return f"{x:.1f} {y:.1f}"
        if name == "maybe":
            return "inline" if self._rng.random() < 0.75 else "none"
        if name == "bars":
            return _bars(self._rng)
        if name.startswith("portrait"):
            return _picture(self._portrait(self._rng))
        return self._said[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)


def _fixed(rng: np.random.Generator, person: Person, type_: Type, *, number: bool) -> dict[str, str]:
    parts = groups(person.digits) if number else ("",) * 5
    said = {
        "number": " ".join(parts),
        "number_hyphens": "-".join(parts) if number else "",
        "number_plain": "".join(parts),
        "number_thai": to_thai_digits(" ".join(parts)),
        "title_th": person.title[0],
        "first_th": person.first[0],
        "last_th": person.last[0],
        "name_th": f"{person.title[0]} {person.first[0]} {person.last[0]}",
        "title_en": person.title[1],
        "first_en": person.first[1],
        "last_en": person.last[1],
        "name_en": f"{person.title[1]} {person.first[1]}",
        "born_th": thai_date(person.born),
        "born_en": english_date(person.born),
        "issued_th": thai_date(person.issued),
        "issued_en": english_date(person.issued),
        "expires_th": thai_date(person.expires),
        "expires_en": english_date(person.expires),
        "born_num": f"{person.born:%d/%m/}{person.born.year + 543}",
        "issued_num": f"{person.issued:%d/%m/}{person.issued.year + 543}",
        "expires_num": f"{person.expires:%d/%m/}{person.expires.year + 543}",
        "address1": person.address[0],
        "address2": person.address[1],
        "religion": person.religion,
        "officer": person.officer,
        "request": person.request,
        "laser": person.laser,
        "serial": f"{rng.integers(0, 10**8):08d}",
        "thai": str(rng.choice(type_.thai)),
        "latin": str(rng.choice(type_.latin)),
        "mono": str(rng.choice(type_.mono)),
        "hand": str(rng.choice(type_.hand)),
    }
    return {name: escape(value) for name, value in said.items()}


FIELDS = (*_fixed(np.random.default_rng(0), make_person(np.random.default_rng(0)), TYPE, number=True),
          "jitter", "maybe", "bars", "portrait", "portrait2")  # fmt: skip
"""All names that a design may use."""


def _bars(rng: np.random.Generator) -> str:
    """Bars across 0–100, some 40 of them, each from 0 to 100 down."""
    x, path = 0.0, []
    while x < 98:
        wide = float(rng.choice([0.7, 1.4, 2.1]))
        path.append(f"M{x:.1f} 0h{wide}V100h-{wide}z")
        x += wide + float(rng.choice([0.7, 0.7, 1.4, 2.1]))
    return "".join(path)


def _picture(image: Rgb) -> str:
    _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    return "data:image/jpeg;base64," + base64.b64encode(data.tobytes()).decode()


@lru_cache(maxsize=256)
def _template(path: Path) -> Template:
    return Template(path.read_text(encoding="utf-8"))


def _rendered(path: Path, fields: Fields, type_: Type, width: int) -> NDArray[np.uint8]:
    """(H, width, 4) uint8 BGRA, not premultiplied."""
    # Imported here: scenes to measure on are composed without it, where only the run-time packages are installed.
    import resvg_py

    svg = _template(path).substitute(fields)
    data = resvg_py.svg_to_bytes(
        svg_string=svg, width=width, skip_system_fonts=True, font_files=type_.files(), font_family=type_.thai[0]
    )
    picture = cv2.imdecode(np.frombuffer(bytes(data), np.uint8), cv2.IMREAD_UNCHANGED)
    if picture is None or picture.ndim != 3:
        raise ValueError(f"{path} does not render: is it an SVG with a viewBox 1012 wide?")
    if picture.shape[2] == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_BGR2BGRA)
    return np.asarray(picture, np.uint8)


def draw_design(
    rng: np.random.Generator,
    path: Path,
    person: Person,
    portrait: Portrait,
    *,
    type_: Type = TYPE,
    width: int = CARD_SIZE[0],
) -> DrawnCard:
    """The card that a design makes of a person, `width` pixels wide. A number that does not lie along the card, as one
    line, counts as none. Raises ValueError for a design that does not render, KeyError for one that asks for a field
    that is not there."""
    seed = int(rng.integers(2**63))
    whole, blank = (
        _rendered(path, Fields(np.random.default_rng(seed), person, type_, portrait, number=number), type_, width)
        for number in (True, False)
    )
    changed = np.abs(whole[..., :3].astype(np.int16) - blank[..., :3]).max(2) > 24
    rows, columns = np.flatnonzero(changed.any(1)), np.flatnonzero(changed.any(0))
    height = changed.shape[0]
    box = None
    if len(rows) and np.ptp(columns) > np.ptp(rows):
        box = (columns[0] / width, rows[0] / height, (columns[-1] + 1) / width, (rows[-1] + 1) / height)
    side, _, name = path.stem.partition("_")
    if SIDES[side] is None:
        kind, box = f"{name}_by_{path.parent.name}", None
    else:
        kind = f"{side}_{name}_by_{path.parent.name}"
    image = np.ascontiguousarray(whole[..., 2::-1])
    return DrawnCard(image, np.ascontiguousarray(whole[..., 3]), SIDES[side], kind, person.digits if box else None, box)


def main() -> None:
    """A sheet of every design of a folder, to look at; with `--one NAME` one design, large."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--one")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--faces", type=Path)
    parser.add_argument("--shifted", action="store_true", help="with the fonts of the shifted set")
    args = parser.parse_args()
    from models.training.cards.portrait import portrait

    type_ = TYPE
    if args.shifted:
        from models.training.shifted.kitchen import TYPE as type_
    paths = sorted(args.folder.glob(f"{args.one or '*'}.svg"))
    if not paths:
        raise SystemExit(f"no design in {args.folder}")
    wide, high = (1012, 720) if args.one else (500, 360)
    tiles = []
    for number, path in enumerate(paths):
        rng = np.random.default_rng((args.seed, number))
        person = make_person(rng, pink=path.stem.startswith("pink"))
        card = draw_design(rng, path, person, lambda rng: portrait(rng, 300, 380, args.faces), type_=type_)
        scale = min(wide / card.image.shape[1], (high - 22) / card.image.shape[0])
        small = cv2.resize(card.image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile = np.full((high, wide, 3), 255, np.uint8)
        tile[: small.shape[0], : small.shape[1]] = small
        cv2.putText(tile, path.stem, (4, high - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (200, 0, 0), 1)
        tiles.append(tile)
    across = 1 if args.one else 4
    tiles += [np.full_like(tiles[0], 255)] * (-len(tiles) % across)
    rows = [np.hstack(tiles[i : i + across]) for i in range(0, len(tiles), across)]
    cv2.imwrite(str(args.out), np.vstack(rows)[..., ::-1])


if __name__ == "__main__":
    main()
