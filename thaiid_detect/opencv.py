"""JPEG, PNG and WebP through OpenCV's decoders; a JPEG as a half, a quarter or an eighth at a fraction of the cost."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from thaiid_detect.picture import DecodeError
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason

__all__ = ["EIGHTH", "opencv_pixels", "reduction"]

EIGHTH: Final = int(cv2.IMREAD_REDUCED_GRAYSCALE_8)


def opencv_pixels(data: bytes, media_type: str, reduced: int = 0, damage: Reason | None = None) -> Rgb:
    """(H, W, 3) uint8 RGB, as stored: not turned. `reduced` comes from `reduction`. Raises DecodeError, with `damage`
    for its reason where that is known, and MemoryError."""
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | reduced
    try:
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), dtype=np.uint8)
    except (cv2.error, TypeError) as error:  # TypeError: it gave None, its other way to say no
        if getattr(error, "code", 0) == cv2.Error.StsNoMem:
            raise MemoryError from error  # the machine's fault, not the file's
        raise DecodeError(damage or Reason.CORRUPT, media_type) from error


def reduction(side: int, min_side: int | None) -> int:
    """OpenCV's flag for the smallest of 1/8, 1/4, 1/2 whose long side is still `min_side`; 0 for full size."""
    for divisor in (8, 4, 2):
        if min_side is not None and -(-side // divisor) >= min_side:
            # The flags IMREAD_REDUCED_COLOR_x hold the bit for BGR, which excludes IMREAD_COLOR_RGB.
            return int(getattr(cv2, f"IMREAD_REDUCED_GRAYSCALE_{divisor}"))
    return 0
