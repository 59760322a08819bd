"""Held-out scenes through the package's own steps: what each place scored, what was read there, and what it really was.

Shared by calibration and by the evaluation on scenes; the scenes are JPEG files with a `labels.json` beside them, as
`models.training.build --jpeg` writes them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.remembering import Remembering
from thaiid_detect.digits import DigitReader
from thaiid_detect.document import open_document
from thaiid_detect.examiner import Examiner, is_same, small_picture, whole_picture
from thaiid_detect.geometry import Points, iou
from thaiid_detect.locator import SECOND_SIDE, Candidate, Locator
from thaiid_detect.place_reader import Examined, Readers
from thaiid_detect.reader import RapidReader
from thaiid_detect.settings import Settings
from thaiid_detect.tesseract import find_second_reader
from thaiid_detect.thai import ThaiReader
from thaiid_detect.verdict import Decision, Finding, Thresholds, features, looks_together
from thaiid_detect.verifier import Verifier
from thaiid_detect.weights import NETWORKS, find_weights, open_session

FOUND_IOU = 0.3
"""A place is a card's where it shares this much with the card's quad."""
MOST_SEEN = 12


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled card of a scene."""

    side: str
    quad: NDArray[np.float64]
    digits: str | None
    digit_height: float
    visible: float
    shown: float
    """`visible`, 0 where copying or light has wiped the card out."""
    legible: float
    edge: float
    """Longer edge, in long sides of the scene."""


@dataclass(frozen=True, slots=True)
class Look:
    """One place that the second look named: which card it is (None: none), the looks' scores, the IoU of two quads."""

    card: int | None
    first: float
    closer: float
    verified: float
    iou_first: float
    iou_closer: float
    """Of the quad that is read: after the closest look."""
    whole: bool = False
    """The place is the picture itself, which is looked at only where no place as large is (`large`)."""
    large: bool = False

    @property
    def scores(self) -> tuple[float, float, float]:
        return self.first, self.closer, self.verified


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was read: which card of the scene it is (None: none), and what was found."""

    card: int | None
    finding: Finding
    inputs: tuple[float, ...]
    overlap: float
    number_right: bool | None
    """None where the card has no number, or none was read."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One scene: its labels, what the looks said, and the places that were read. `page`: the best score of the first
    look at it."""

    file: str
    kind: str
    neighbours: tuple[str, ...]
    cards: tuple[Labelled, ...]
    page: float
    looks: tuple[Look, ...]
    places: tuple[Place, ...]


def together(scene: Observed, card: int | None, thresholds: Thresholds) -> float:
    """The best that all looks together say of the card (None: of any place)."""
    looks = (look for look in looked_at(scene, thresholds) if card is None or look.card == card)
    return max((looks_together(*look.scores) for look in looks), default=0.0)


def looked_at(scene: Observed, thresholds: Thresholds) -> list[Look]:
    """The places that the looks at the whole page leave, as `Examiner.places` has them."""
    if scene.page < thresholds.look:
        return []
    seen = [look for look in scene.looks if look.first >= thresholds.place]
    places = [look for look in seen if not look.whole]
    if any(look.large for look in places):
        return places
    return places + [look for look in seen if look.whole]


class Observer:
    """Runs the steps of the package with the thresholds given, so that calibration sees what the tool will see.

    `decisions`: one for every mode to be observed, for which the words on a picture are read once. `second`: with the
    other reader too, where it is installed. Thresholds are calibrated without, for machines that have none.
    """

    def __init__(self, read: bool, decisions: Sequence[Decision], *, second: bool) -> None:
        cv2.setNumThreads(1)
        first, closer, verifier, digits, thai = (open_session(find_weights(name), threads=1) for name in NETWORKS)
        locator, closest = Locator(first, closer), Verifier(verifier)
        other = find_second_reader() if second else None
        self._remembering = [Remembering(each) for each in (RapidReader(), other) if each is not None]
        latin, *asked = self._remembering
        readers = Readers(latin, DigitReader(digits), ThaiReader(thai), asked[0] if asked else None)
        self._examiners = [Examiner(locator, closest, readers, decision) for decision in decisions]
        self._examiner = self._examiners[0]
        self._settings = Settings()
        self._read = read

    def observe(self, folder: Path, label: dict[str, Any]) -> tuple[Observed, ...]:
        """The scene, as each decision has it."""
        data = (folder / label["file"]).read_bytes()
        page = open_document(data, self._settings).page(1)
        cards = tuple(_labelled(card, max(page.width, page.height)) for card in label["cards"])
        first = self._examiner.locator.glimpse(small_picture(page))
        small = small_picture(page, SECOND_SIDE)
        scale = np.array([page.width / small.shape[1], page.height / small.shape[0]])
        # Not by `Examiner.places`: by this floor a place as large as the picture is named nearly always, however faint.
        seen, whole = self._examiner.named(small, first)[:MOST_SEEN], whole_picture(small, first)
        picture = page.raster(None)
        looks = [self._look(picture, replace(each, quad=each.quad * scale), cards) for each in seen]
        if whole is not None:
            looks = [replace(look, large=is_same(each, whole)) for look, each in zip(looks, seen, strict=True)]
            looked = self._look(picture, replace(whole, quad=whole.quad * scale), cards)
            looks.append(replace(looked, whole=True))
        about = label["file"], label["kind"], tuple(label["neighbours"])
        places = self._places(data, cards)
        return tuple(Observed(*about, cards, first, tuple(looks), each) for each in places)

    def _places(self, data: bytes, cards: tuple[Labelled, ...]) -> list[tuple[Place, ...]]:
        """What each decision has read."""
        if not self._read:
            return [() for _ in self._examiners]
        for reader in self._remembering:
            reader.forget()
        # Opened anew: a page that was decoded whole is never shrunk on load, as the tool will shrink it.
        pages = (open_document(data, self._settings).page(1) for _ in self._examiners)
        found = (examiner.examine(page).examined for examiner, page in zip(self._examiners, pages, strict=True))
        return [tuple(_place(each, cards) for each in examined) for examined in found]

    def _look(self, picture: NDArray[np.uint8], candidate: Candidate, cards: tuple[Labelled, ...]) -> Look:
        """All looks at one place; a place is the card that either quad lies on."""
        closer = self._examiner.look(picture, candidate)
        (first_card, first_iou), (card, overlap) = _which(candidate.quad, cards), _which(closer.quad, cards)
        return Look(first_card if card is None else card, *closer.scores, first_iou, overlap)


def _labelled(card: dict[str, Any], long_side: int) -> Labelled:
    quad = np.array(card["quad"], np.float64)
    edge = float(np.linalg.norm(quad - np.roll(quad, 1, 0), axis=1).max()) / long_side
    height, visible, shown, legible = (float(card[name]) for name in ("digit_height", "visible", "shown", "legible"))
    return Labelled(card["side"], quad, card["digits"], height, visible, shown, legible, edge)


def _which(quad: Points, cards: tuple[Labelled, ...]) -> tuple[int | None, float]:
    """The card that a quad is, and their IoU; None where it is no card's."""
    overlaps = [iou(quad, card.quad) for card in cards]
    best = max(overlaps, default=0.0)
    return (overlaps.index(best), best) if best >= FOUND_IOU else (None, best)


def _place(examined: Examined, cards: tuple[Labelled, ...]) -> Place:
    which, overlap = _which(examined.quad, cards)
    finding, number = examined.finding, examined.finding.evidence.reading.number
    right = None
    if which is not None and number is not None and cards[which].digits is not None:
        right = number.reveal() == cards[which].digits
    inputs = features(finding.side, finding.first, finding.closer, finding.verified, finding.evidence)
    return Place(which, finding, inputs, overlap, right)


_observer: Observer
_folder: Path


def _begin(folder: Path, read: bool, decisions: Sequence[Decision], second: bool) -> None:
    global _observer, _folder
    _observer, _folder = Observer(read, decisions, second=second), folder


def _observe(label: dict[str, Any]) -> tuple[Observed, ...]:
    return _observer.observe(_folder, label)


def observe_all(
    folder: Path, *, read: bool, decision: Decision, workers: int = 2, most: int | None = None
) -> Iterator[Observed]:
    """Every scene of `folder` as one decision has it, without the other reader; see `observe_each`."""
    return (scene for (scene,) in observe_each(folder, read=read, decisions=[decision], workers=workers, most=most))


def observe_each(
    folder: Path,
    *,
    read: bool,
    decisions: Sequence[Decision],
    second: bool = False,
    workers: int = 2,
    most: int | None = None,
    known: Collection[str] = (),
) -> Iterator[tuple[Observed, ...]]:
    """Every scene of `folder`, in order, as each decision has it; or `most` of them, drawn from all; without the files
    that are `known`."""
    labels = json.loads((folder / "labels.json").read_text())
    if most is not None and most < len(labels):
        # Drawn, not every so-manieth: kinds take turns, and a step would skip some.
        labels = [labels[i] for i in sorted(random.Random(1).sample(range(len(labels)), most))]
    labels = [label for label in labels if label["file"] not in known]
    with get_context("spawn").Pool(workers, _begin, (folder, read, decisions, second)) as pool:
        yield from pool.imap(_observe, labels, chunksize=4)
