"""Upright card → words at their places. The reader protocol, and the default reader: PP-OCR through rapidocr.

    card ──part──▶ text detector ──boxes──▶ keep what may matter ──crops──▶ recogniser ──▶ text lines

The models lie in rapidocr's wheel and are named by path, because rapidocr downloads what is not named. They read Latin
letters and digits well and no Thai; `tesseract.py` does. Reading is what costs: about 25 ms a line on one thread.
"""

from __future__ import annotations

import threading
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from thaiid_detect.errors import SetupError
from thaiid_detect.geometry import Rgb
from thaiid_detect.lines import Box, TextLine

__all__ = ["STRIP_HEIGHT", "RapidReader", "Reader"]

STRIP_HEIGHT: Final = 0.30
"""The part of a front's height, from the top, that holds the title and the number even when the quad is a bit off."""

_TITLE: Final[Box] = (0.18, 0.02, 1.0, 0.115)
"""Where three fronts in four have their title, on a line of its own beside the seal."""

_STRIP_LEFT: Final = 0.20
_STRIP_BOTTOM: Final = 0.25
"""Of a strip, lines with their middle left of the one (the seal) or below the other (the Thai name) are not read."""
_LINES_AT: Final = 608
"""Width in pixels at which lines are looked for, a multiple of 32; they are read from the card as it is. On 398 drawn
cards the words told as many, and as many numbers were read, as with lines found at 992 pixels, in 0.4 of the time; at
480 two cards fewer."""
_LONGEST_LINE: Final = 24
"""Times its height. Of 848 cards' lines the longest was 19 times as long as high; a form's take half a second each."""
_NARROWEST_WORD: Final = 0.045
"""Of the card's width: the 30 figures of the height scale beside the portrait are narrower, and would cost 0.6 s."""
_SHORTEST_LINE: Final = 160
"""To this width, at 48 px height, short lines are filled up. rapidocr's own 320 reads the same and takes longer."""
_STEEPEST: Final = 1.5
"""A box this many times as high as wide is the barcode, not a line."""


class Reader(Protocol):
    """Reads a card that was cut out upright: `card` is RGB uint8 (H, W, 3), best at `geometry.CARD_SIZE`.

    All methods return the lines found, in no promised order, boxes as fractions of the *whole* card; nothing legible
    is an empty tuple, never an error. They may be called from several threads at once, keep nothing between calls,
    never log what they read, and use no network. `SetupError` means that the reader itself is unusable.
    """

    @property
    def version(self) -> str:
        """Name and version, for fingerprints: another version may read otherwise."""

    def read_title(self, card: Rgb) -> tuple[TextLine, ...]:
        """Only the line where most fronts have their title, without looking for lines: the cheapest."""

    def read_strips(self, card: Rgb) -> tuple[TextLine, ...]:
        """Only where a front has its title and its number: the cheap look."""

    def read_whole(self, card: Rgb) -> tuple[TextLine, ...]:
        """Everything on the card."""


class RapidReader:
    """The default reader. Costs nothing until it first reads (then about 1 s to load); `threads` are per network.

    Raises SetupError where a model is missing: at once, because inside a scan it would pass for a bad file.
    """

    def __init__(self, *, threads: int = 1) -> None:
        self._threads = threads
        self._models = _model("PP-OCRv6_det_small.onnx"), _model("PP-OCRv6_rec_small.onnx")
        self._engines: _Engines | None = None
        self._loading = threading.Lock()

    @property
    def version(self) -> str:
        return f"rapidocr {version('rapidocr')}"

    def read_title(self, card: Rgb) -> tuple[TextLine, ...]:
        height, width = card.shape[:2]
        x0, y0, x1, y1 = (round(share * side) for share, side in zip(_TITLE, (width, height) * 2, strict=True))
        text, confidence = self._load().text_of(np.ascontiguousarray(card[y0:y1, x0:x1, ::-1]))
        return (TextLine(text, confidence, _TITLE),) if text else ()

    def read_strips(self, card: Rgb) -> tuple[TextLine, ...]:
        height, width = card.shape[:2]
        engines = self._load()
        strip = np.ascontiguousarray(card[: round(height * STRIP_HEIGHT), :, ::-1])
        quads = [quad for quad in engines.lines_of(strip) if _in_strip(_box(quad, width, height))]
        return _read(engines, strip, quads, height)

    def read_whole(self, card: Rgb) -> tuple[TextLine, ...]:
        height, width = card.shape[:2]
        engines = self._load()
        picture = np.ascontiguousarray(card[:, :, ::-1])
        quads = [quad for quad in engines.lines_of(picture) if _wide(_box(quad, width, height))]
        return _read(engines, picture, quads, height)

    def _load(self) -> _Engines:
        with self._loading:
            if self._engines is None:
                self._engines = _Engines(self._threads, *self._models)
            return self._engines


class _Engines:
    """rapidocr's detector and recogniser, in its colour order (BGR).

    Two objects, because one would take the choice between its halves as an argument that changes it for later calls.
    Built so, calls leave no state behind and need no lock.
    """

    def __init__(self, threads: int, detector: str, recogniser: str) -> None:
        # Imported here: it takes half a second, and most processes never meet a candidate.
        from rapidocr import RapidOCR

        common = {
            "Global.log_level": "critical",
            "Global.use_cls": False,
            "Global.use_preprocess_img": False,
            "Global.use_vertical_padding": False,
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
            "Det.model_path": detector,
            "Det.limit_type": "max",
            "Det.limit_side_len": 2 * _LINES_AT,  # of whatever shape: `lines_of` gives it the size that it wants
            "Rec.model_path": recogniser,
            "Rec.rec_batch_num": 1,
            "Rec.rec_img_shape": [3, 48, _SHORTEST_LINE],
        }
        self._detector: Any = RapidOCR(params={**common, "Global.use_rec": False})
        self._recogniser: Any = RapidOCR(params={**common, "Global.use_det": False})

    def lines_of(self, picture: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
        """Where lines of text are: quads (4, 2), TL TR BR BL, pixels of `picture` (BGR), which is as wide as a card."""
        scale = min(1.0, _LINES_AT / picture.shape[1])
        small = cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        boxes = self._detector(small).boxes
        return [] if boxes is None else [np.asarray(box / scale, np.float32) for box in boxes]

    def text_of(self, line: NDArray[np.uint8]) -> tuple[str, float]:
        """The text of one line's picture (BGR), and how sure it is, 0–1."""
        result = self._recogniser(line)
        return (str(result.txts[0]).strip(), float(result.scores[0])) if result.txts else ("", 0.0)


def _model(name: str) -> str:
    spec = find_spec("rapidocr")
    path = Path(spec.origin or "").parent / "models" / name if spec else Path(name)
    if not path.is_file():
        raise SetupError(f"rapidocr's model {name} is missing", remedy="Reinstall: pip install 'rapidocr>=3.10,<3.11'.")
    return str(path)


def _read(
    engines: _Engines, picture: NDArray[np.uint8], quads: list[NDArray[np.float32]], height: int
) -> tuple[TextLine, ...]:
    """The lines of `picture` (BGR), which is the top of a card `height` px high, or all of it."""
    lines = []
    for quad in quads:
        line = _cut(picture, quad)
        if line.shape[1] > _LONGEST_LINE * line.shape[0]:
            continue
        text, confidence = engines.text_of(line)
        if text:
            lines.append(TextLine(text, confidence, _box(quad, picture.shape[1], height)))
    return tuple(lines)


def _cut(picture: NDArray[np.uint8], quad: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The quad's content set upright, in about its own size."""
    top, right, bottom, left = (float(np.linalg.norm(quad[i] - quad[(i + 1) % 4])) for i in range(4))
    width, height = max(1, round(max(top, bottom))), max(1, round(max(right, left)))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    cut = cv2.warpPerspective(picture, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, np.uint8)


def _box(quad: NDArray[np.float32], width: int, height: int) -> Box:
    (x0, y0), (x1, y1) = quad.min(0).tolist(), quad.max(0).tolist()
    return x0 / width, y0 / height, x1 / width, y1 / height


def _in_strip(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return (x0 + x1) / 2 >= _STRIP_LEFT and (y0 + y1) / 2 <= _STRIP_BOTTOM


def _wide(box: Box) -> bool:
    x0, y0, x1, y1 = box
    return x1 - x0 >= _NARROWEST_WORD and (y1 - y0) <= _STEEPEST * (x1 - x0)
