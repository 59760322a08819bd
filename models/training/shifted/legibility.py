"""Whether a person can still read a card's number on the finished picture: measured, not guessed from what was done.

The number is cut out of the picture, upright, as large as it is there, and compared with the print piece by piece.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.training.samples import DrawnCard, Rgb

LEAST_HEIGHT: Final = 8.0
"""Pixels below which digits are guesses."""
PIECES: Final = 13
SMALL_HEIGHT: Final = 12.0
LIKENESS, LIKENESS_SMALL = 0.58, 0.7
"""Normalised correlation with the print: under it one takes a digit for another, and sooner where digits are small.
Chosen by looking at 170 numbers on both sides of it."""
CONTRAST: Final = 0.2
"""Share of the print's contrast: less is white paper or white light to the eye."""


def legibility(image: Rgb, drawn: DrawnCard, matrix: NDArray[np.float64], height: float) -> float:
    """1.0 where all digits can be read, 0.0 where one cannot, or where there is no number.

    `matrix` (3, 3) leads from the drawn card's pixels to the picture's, `height` is that of the digits there.
    """
    if drawn.number_box is None or height < LEAST_HEIGHT:
        return 0.0
    likeness, contrast = worst_piece(image, drawn, matrix, height)
    least = LIKENESS_SMALL if height < SMALL_HEIGHT else LIKENESS
    return float(likeness >= least and contrast >= CONTRAST)


def worst_piece(image: Rgb, drawn: DrawnCard, matrix: NDArray[np.float64], height: float) -> tuple[float, float]:
    """Correlation with the print and share of its contrast, each at the piece of the number where it is the lowest."""
    assert drawn.number_box is not None
    rows, columns = drawn.image.shape[:2]
    x0, y0, x1, y1 = np.array(drawn.number_box) * (columns, rows, columns, rows)
    scale = min(1.0, height / (y1 - y0))
    wide, high = max(PIECES * 3, round((x1 - x0) * scale)), max(4, round((y1 - y0) * scale))
    print_ = cv2.cvtColor(drawn.image[int(y0) : int(np.ceil(y1)), int(x0) : int(np.ceil(x1))], cv2.COLOR_RGB2GRAY)
    clean = cv2.resize(print_, (wide, high), interpolation=cv2.INTER_AREA)
    margin = 3
    to_print = np.array([[(x1 - x0) / wide, 0, x0], [0, (y1 - y0) / high, y0], [0, 0, 1]])
    shift = np.array([[1, 0, 0.5 - margin], [0, 1, 0.5 - margin], [0, 0, 1]])
    middle = np.array([[1, 0, -0.5], [0, 1, -0.5], [0, 0, 1]])
    size = (wide + 2 * margin, high + 2 * margin)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpPerspective(image, middle @ matrix @ to_print @ shift, size, flags=flags)
    return _compared(clean, cv2.cvtColor(seen, cv2.COLOR_RGB2GRAY), margin)


def _compared(clean: NDArray[np.uint8], seen: NDArray[np.uint8], margin: int) -> tuple[float, float]:
    likeness, contrast = [], []
    whole = float(clean.std())
    edges = np.linspace(0, clean.shape[1], PIECES + 1).round().astype(int)
    for left, right in pairwise(edges):
        # Half a piece more on either side: a piece then holds a whole digit, wherever the blanks are.
        more = (right - left) // 2
        left, right = max(0, left - more), min(clean.shape[1], right + more)
        piece, place = clean[:, left:right], seen[:, left : right + 2 * margin]
        if piece.std() < 0.35 * whole:
            continue
        likeness.append(float(cv2.matchTemplate(place, piece, cv2.TM_CCOEFF_NORMED).max()))
        inner = place[margin:-margin, margin:-margin]
        contrast.append(float(inner.std() / piece.std()))
    return min(likeness, default=0.0), min(contrast, default=0.0)
