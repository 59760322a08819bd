"""Held-out scenes through the package's own steps: what each place scored, what was read there, and what it really was.

Shared by calibration and by the evaluation on scenes; the scenes are JPEG files with a `labels.json` beside them, as
`models.training.build --jpeg` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.fusion import START
from thaiid_detect.document import open_document
from thaiid_detect.examiner import Examined, Examiner
from thaiid_detect.geometry import Points, iou
from thaiid_detect.locator import LOOK_SIDE, Candidate, Locator
from thaiid_detect.reader import RapidReader
from thaiid_detect.records import Mode
from thaiid_detect.settings import Settings
from thaiid_detect.verdict import Decision, Finding, Thresholds, features
from thaiid_detect.weights import find_weights, open_session

FOUND_IOU = 0.5
"""A place is a card's where it shares this much with the card's quad."""
LOWEST = 0.01


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled card of a scene."""

    side: str
    quad: NDArray[np.float64]
    digits: str | None
    digit_height: float
    visible: float


@dataclass(frozen=True, slots=True)
class Place:
    """One place that was examined: which card of the scene it is (None: none), and what was found."""

    card: int | None
    finding: Finding
    inputs: tuple[float, ...]
    overlap: float
    number_right: bool | None
    """None where the card has no number, or none was read."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One scene: its labels, the first look (score and best overlap per labelled card), and the places examined."""

    file: str
    kind: str
    neighbours: tuple[str, ...]
    cards: tuple[Labelled, ...]
    best: float
    """The highest first-look score anywhere."""
    first: tuple[tuple[float, float], ...]
    """For each labelled card: the first look's score and its IoU with the card, 0 where it was not found."""
    closer: tuple[float, ...]
    """For each labelled card: the IoU of the quad after the closer look, 0 where it was not found."""
    places: tuple[Place, ...]


class Observer:
    """Runs the steps of the package with the thresholds given, so that calibration sees what the tool will see."""

    def __init__(self, read: bool, decision: Decision) -> None:
        cv2.setNumThreads(1)
        self._locator = Locator(open_session(find_weights(), threads=1))
        self._examiner = Examiner(self._locator, RapidReader(threads=1), None, decision)
        self._settings = Settings()
        self._read = read

    def observe(self, folder: Path, label: dict[str, Any]) -> Observed:
        page = open_document((folder / label["file"]).read_bytes(), self._settings).page(1)
        cards = tuple(_labelled(card) for card in label["cards"])
        small = page.raster(LOOK_SIDE)
        scale = np.array([page.width / small.shape[1], page.height / small.shape[0]])
        seen = self._locator.locate(small, floor=LOWEST)
        first = tuple(_best_overlap([(each.score, each.quad * scale) for each in seen], card.quad) for card in cards)
        picture = page.raster(None)
        looked = [self._locator.look_closer(picture, each) for each in (_scaled(s, scale) for s in seen[:4])]
        closer = tuple(max((iou(each.quad, card.quad) for each in looked), default=0.0) for card in cards)
        places = self._examiner.examine_page(page)[1] if self._read else []
        return Observed(
            label["file"],
            label["kind"],
            tuple(label["neighbours"]),
            cards,
            seen[0].score if seen else 0.0,
            first,
            closer,
            tuple(_place(each, cards) for each in places),
        )


def _scaled(candidate: Candidate, scale: NDArray[np.float64]) -> Candidate:
    return replace(candidate, quad=candidate.quad * scale)


def _labelled(card: dict[str, Any]) -> Labelled:
    quad = np.array(card["quad"], np.float64)
    return Labelled(card["side"], quad, card["digits"], float(card["digit_height"]), float(card["visible"]))


def _best_overlap(seen: list[tuple[float, Points]], quad: Points) -> tuple[float, float]:
    overlaps = [(iou(other, quad), score) for score, other in seen]
    overlap, score = max(overlaps, default=(0.0, 0.0))
    return (score, overlap) if overlap >= 0.3 else (0.0, 0.0)


def _place(examined: Examined, cards: tuple[Labelled, ...]) -> Place:
    overlaps = [iou(examined.quad, card.quad) for card in cards]
    which = int(np.argmax(overlaps)) if overlaps and max(overlaps) >= 0.3 else None
    finding, number = examined.finding, examined.finding.evidence.reading.number
    right = None
    if which is not None and number is not None and cards[which].digits is not None:
        right = number.reveal() == cards[which].digits
    inputs = features(finding.side, finding.first, finding.closer, finding.evidence)
    return Place(which, finding, inputs, max(overlaps, default=0.0), right)


def permissive() -> Decision:
    """START's weights, and thresholds that let every doubtful place be read."""
    start = Decision.from_config({"decision": START}, Mode.BALANCED)
    return Decision(start.weights, start.bias, Thresholds(look=0.03, read=0.05, suspect=0.3, id_card=0.7))


_observer: Observer
_folder: Path


def _begin(folder: Path, read: bool, decision: Decision) -> None:
    global _observer, _folder
    _observer, _folder = Observer(read, decision), folder


def _observe(label: dict[str, Any]) -> Observed:
    return _observer.observe(_folder, label)


def observe_all(
    folder: Path, *, read: bool, decision: Decision, workers: int = 2, most: int | None = None
) -> Iterator[Observed]:
    """Every scene of `folder`, in order."""
    labels = json.loads((folder / "labels.json").read_text())[:most]
    with get_context("spawn").Pool(workers, _begin, (folder, read, decision)) as pool:
        yield from pool.imap(_observe, labels, chunksize=4)
