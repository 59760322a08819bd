"""What becomes of a picture on its way: turned, on a page, photocopied, shrunk, re-compressed, blurred, tilted.

The yardstick during training and the evaluation put cards from other hands through these: none of them is done by the
code that degrades the training scenes.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

Rgb = NDArray[np.uint8]


def variants(picture: Rgb) -> Iterator[tuple[str, Rgb]]:
    """The picture as a phone, a scanner, a chat app or a copier would hand it on. Deterministic."""
    yield "plain", picture
    for turns in (1, 2, 3):
        yield "turned", np.ascontiguousarray(np.rot90(picture, turns))
    height, width = picture.shape[:2]
    page = np.full((int(width * 2.6), int(width * 1.9), 3), 250, np.uint8)
    page[width // 2 : width // 2 + height, width // 2 : width // 2 + width] = picture
    yield "on A4", page
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    yield "grey", grey
    hard = np.clip((grey.astype(np.float32) - 70) * 2.4, 0, 255).astype(np.uint8)
    copy = page.copy()
    copy[width // 2 : width // 2 + height, width // 2 : width // 2 + width] = hard
    for shift in (0.3, 0.6):
        x = width // 2 + int(width * shift)
        cv2.line(copy, (x, width // 2 + height), (x + width // 3, width // 2), (20, 20, 60), max(2, width // 160))
    yield "photocopy", copy
    small = cv2.resize(picture, None, fx=(f := 150 / max(height, width)), fy=f, interpolation=cv2.INTER_AREA)
    yield "150 px", small
    squeezed = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 12])[1]
    yield "re-compressed", np.asarray(cv2.imdecode(squeezed, cv2.IMREAD_COLOR), np.uint8)
    yield "blurred", cv2.GaussianBlur(picture, (0, 0), max(height, width) / 160)
    tilt = np.array([[0.1, 0.2], [0.85, 0.05], [0.95, 0.8], [0.02, 0.9]], np.float32) * (width, height)
    matrix = cv2.getPerspectiveTransform(
        np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32), tilt.astype(np.float32)
    )
    yield "tilted", cv2.warpPerspective(picture, matrix, (width, height), borderValue=(90, 100, 120))
