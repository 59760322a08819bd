"""The store-room of scenes, read: a `scenes.Supply` over the files that `stock.build_pool` drew, and the data folder.

Pictures are decoded when first asked for and kept, up to a bound.
"""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import DrawnCard, DrawnPage, Mask, Rgb
from models.training.scenes.backgrounds import filling
from models.training.scenes.supply import Rng

PAGE_SIDE = 1100
"""Pages and upright neighbours are kept at most this long."""
HELD_OUT = 5
"""Every fifth file of the data folder, in sorted order, is left for measuring."""
CACHE_BYTES = 700 * 2**20

Entry = dict[str, Any]


def at_most(picture: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The picture, shrunk where its longer side is above `side` pixels."""
    height, width = picture.shape[:2]
    factor = side / max(height, width)
    if factor >= 1:
        return picture
    size = (round(width * factor), round(height * factor))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(slots=True)
class _Cache:
    """Decoded pictures by path, the least recently used thrown out beyond CACHE_BYTES."""

    held: OrderedDict[Path, NDArray[np.uint8]] = field(default_factory=OrderedDict)
    size: int = 0

    def get(self, path: Path, flag: int, side: int) -> NDArray[np.uint8]:
        """The picture, at most `side` pixels long."""
        picture = self.held.get(path)
        if picture is not None:
            self.held.move_to_end(path)
            return picture
        decoded = cv2.imread(str(path), flag)
        if decoded is None:
            raise SystemExit(f"cannot read {path}: the pool is damaged, remove its folder and build it again")
        picture = at_most(np.asarray(decoded, np.uint8), side)
        picture.flags.writeable = False
        self.held[path] = picture
        self.size += picture.nbytes
        while self.size > CACHE_BYTES and len(self.held) > 1:
            self.size -= self.held.popitem(last=False)[1].nbytes
        return picture


class Pool:
    """A `scenes.Supply` over a folder that `build_pool` filled. For one process; not for threads."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "index.json").read_text())
        data = Path(index["stamp"]["data"]) if index["stamp"]["data"] else None
        self.folder = folder
        self._cache = _Cache()
        self._groups: dict[str, list[Entry]] = {}
        for entry in index["entries"]:
            self._groups.setdefault(entry.get("side") or entry["group"], []).append(entry)
        self._photos = _training_half(data, "photos")
        self._receipts = _training_half(data, "receipts")
        self._faces = _training_half(data, "faces")

    @classmethod
    def load(cls, folder: Path) -> Pool:
        """Open a pool. Raises SystemExit if there is none."""
        if not (folder / "index.json").exists():
            raise SystemExit(f"no pool in {folder}: python -m models.training.build makes one")
        return cls(folder)

    def digest(self) -> str:
        """A hash of the pool's index, to be stamped into what is made from it."""
        return hashlib.sha256((self.folder / "index.json").read_bytes()).hexdigest()[:16]

    def _pick(self, rng: Rng, group: str) -> Entry:
        entries = self._groups[group]
        return entries[int(rng.integers(0, len(entries)))]

    def _colour(self, path: Path, side: int = 800) -> Rgb:
        return self._cache.get(path, cv2.IMREAD_COLOR_RGB, side)

    def _card(self, entry: Entry) -> DrawnCard:
        image = self._colour(self.folder / entry["path"], PAGE_SIDE)
        alpha: Mask = self._cache.get(self.folder / entry["alpha"], cv2.IMREAD_GRAYSCALE, PAGE_SIDE)
        box = None if entry["box"] is None else tuple(entry["box"])
        return DrawnCard(image, alpha, entry["side"], entry["kind"], entry["digits"], box)

    def card(self, rng: Rng, side: str | None = None) -> DrawnCard:
        """A card of `side`; without one, fronts most often."""
        wanted = side or str(rng.choice(["front", "back", "pink"], p=[0.7, 0.2, 0.1]))
        if wanted == "front" and rng.random() < 0.08 and side is not None:
            wanted = "pink"
        return self._card(self._pick(rng, wanted if wanted in self._groups else "front"))

    def numbered(self) -> Iterator[DrawnCard]:
        """Each ID card that shows its number."""
        for side in ("front", "pink"):
            yield from (self._card(entry) for entry in self._groups.get(side, []) if entry["digits"] and entry["box"])

    def flat(self) -> Iterator[DrawnCard]:
        """Each drawn card, and each neighbour."""
        for group in ("front", "back", "pink", "neighbours"):
            yield from (self._card(entry) for entry in self._groups.get(group, []))

    def neighbour(self, rng: Rng) -> DrawnCard:
        """A card or booklet page that is no Thai ID card."""
        return self._card(self._pick(rng, "neighbours"))

    def page(self, rng: Rng) -> DrawnPage:
        """A form, a receipt, a page of text, a screenshot."""
        entry = self._pick(rng, "pages")
        return DrawnPage(self._colour(self.folder / entry["path"], PAGE_SIDE), entry["kind"])

    def background(self, rng: Rng) -> Rgb:
        """A photograph (where there are any) or a drawn surface."""
        if self._photos and rng.random() < 0.5:
            return self._colour(self._photos[int(rng.integers(0, len(self._photos)))])
        return self._colour(self.folder / self._pick(rng, "surfaces")["path"])

    def face(self, rng: Rng) -> Rgb:
        """A photograph of a face (where there are any) or a drawn one."""
        if self._faces and rng.random() < 0.92:
            return self._colour(self._faces[int(rng.integers(0, len(self._faces)))])
        return self._colour(self.folder / self._pick(rng, "faces")["path"])

    def everyday(self, rng: Rng) -> tuple[str, Rgb]:
        """A photograph, a receipt, a page or a surface, with no card on it."""
        kind = rng.random()
        if self._photos and kind < 0.5:
            return "photo", self._colour(self._photos[int(rng.integers(0, len(self._photos)))])
        if self._receipts and kind < 0.65:
            return "receipt", self._colour(self._receipts[int(rng.integers(0, len(self._receipts)))], PAGE_SIDE)
        if kind < 0.85:
            page = self.page(rng)
            return page.kind, page.image
        return "surface", filling(rng, self.background(rng), (640, 480))


def _training_half(data: Path | None, name: str) -> list[Path]:
    """The data folder's pictures of one kind but for every fifth, which is left for measuring."""
    if data is None or not (data / name).is_dir():
        return []
    paths = sorted(path for path in (data / name).iterdir() if path.suffix.lower() in {".jpg", ".jpeg", ".png"})
    return [path for number, path in enumerate(paths) if number % HELD_OUT]
