"""One table of all networks: what each is, what it is trained on and how, and what its weights folder says of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Final

import torch

from models.training import augment, line_network, network, verifier_network
from models.training.dataset import Scenes
from models.training.digit_lines import Lines
from models.training.network import CORNER_UNIT, SIDES, STRIDE
from models.training.thai_lines import ThaiLines
from models.training.verifier_network import TURNS
from models.training.view_dataset import Views
from models.training.visits import Samples
from models.training.yardstick import Prepare, Upright, whole
from thaiid_detect.digits import BLANK, HIGH, ROWS, WINDOW
from thaiid_detect.locator import CLOSER_SIDE, LOOK_SIDE
from thaiid_detect.thai import ALPHABET
from thaiid_detect.thai import ROWS as THAI_ROWS
from thaiid_detect.verifier import MARGIN, VIEW
from thaiid_detect.weights import CLOSER, DEFAULT, DIGITS, THAI, VERIFIER

Criterion = Callable[..., tuple[torch.Tensor, torch.Tensor]]
"""(answers, *targets) → the losses of scores and of corners."""
COVERED = 0.25
"""Share of the close-ups in which places are hidden."""
SENSITIVE = "It tells front, back and pink card. It is sensitive on purpose; the words read afterwards decide."


@dataclass(frozen=True, slots=True)
class Recipe:
    """One network."""

    task: str
    remark: str
    net: Callable[[], torch.nn.Module]
    deployed: Callable[[Any], torch.nn.Module]
    """The network as it is exported: probabilities in place of logits."""
    criterion: Criterion
    corner_weight: float
    """Of the corners' loss beside the scores'."""
    samples: Callable[[list[Path], int], Samples]
    """From folders and a seed."""
    size: int | list[int]
    output: dict[str, Any]
    free: tuple[dict[int, str], dict[int, str]]
    """The axes of input and output that may have any length, with their names."""
    scores: slice
    """Which entries of an answer are probabilities."""
    prepare: Callable[[], Prepare] | None = None
    """How the yardstick's pictures come to what the network looks at; None: they say nothing of it."""


_PAGES = Recipe(
    task="Finds where copies of Thai national ID cards may lie on a page, with their four corners",
    remark=SENSITIVE,
    net=network.Locator,
    deployed=network.Deployed,
    criterion=partial(network.loss, page_weight=1.0),
    corner_weight=2.0,
    samples=lambda folders, seed: Scenes(folders, LOOK_SIDE, seed=seed),
    size=LOOK_SIDE,
    output={"stride": STRIDE, "sides": list(SIDES), "corner_unit": CORNER_UNIT},
    free=({0: "n", 1: "h", 2: "w"}, {0: "n", 2: "rows", 3: "columns"}),
    scores=slice(len(SIDES)),
    prepare=lambda: whole,
)
RECIPES: Final = {
    DEFAULT: _PAGES,
    CLOSER: replace(
        _PAGES,
        task="Looks closer at one place: is it a Thai national ID card, and where exactly are its four corners",
        # Without the pages' loss: with it every card-like thing came to 1.0, and strangers' cards as high as ours.
        criterion=network.loss,
        corner_weight=4.0,
        samples=lambda folders, seed: Scenes(
            folders, CLOSER_SIDE, seed=seed, zooms=augment.CLOSE_ZOOM, covered=COVERED
        ),
        size=CLOSER_SIDE,
        prepare=None,
    ),
    VERIFIER: Recipe(
        task="Looks at one place set upright: is it a Thai national ID card, and which way up does it lie",
        remark=SENSITIVE,
        net=verifier_network.Verifier,
        deployed=verifier_network.DeployedVerifier,
        criterion=verifier_network.loss,
        corner_weight=1.0,
        samples=lambda folders, seed: Views(folders, seed=seed),
        size=list(VIEW),
        output={"sides": list(SIDES), "turns": TURNS, "corner_unit": CORNER_UNIT, "margin": MARGIN},
        free=({0: "n"}, {0: "n"}),
        scores=slice(len(SIDES)),
        prepare=Upright,
    ),
    DIGITS: Recipe(
        task="Reads the 13 digits of a Thai national ID card's number off one line of it, set upright",
        remark="It reads digits alone, Thai and Arabic ones; the check digit has no part in it.",
        net=lambda: line_network.LineReader(BLANK + 1),
        deployed=line_network.DeployedReader,
        criterion=line_network.loss,
        corner_weight=0.0,
        samples=lambda folders, seed: Lines(folders, seed=seed),
        size=list(WINDOW),
        output={"classes": [*"0123456789", "blank"], "rows": list(ROWS), "high": HIGH},
        free=({0: "n", 2: "w"}, {0: "n", 1: "steps"}),
        scores=slice(None),
    ),
    THAI: Recipe(
        task="Reads Thai letters off one line of a card set upright, without the marks above and below the line",
        remark="It reads letters, not words; `vocabulary.py` knows the titles that they are compared with.",
        net=lambda: line_network.LineReader(len(ALPHABET) + 1, 96),
        deployed=line_network.DeployedReader,
        criterion=line_network.loss,
        corner_weight=0.0,
        samples=lambda folders, seed: ThaiLines(folders, seed=seed),
        size=list(WINDOW),
        output={"classes": [*ALPHABET, "blank"], "rows": list(THAI_ROWS), "high": HIGH},
        free=({0: "n", 2: "w"}, {0: "n", 1: "steps"}),
        scores=slice(None),
    ),
}
"""By the name of the weights folder."""
