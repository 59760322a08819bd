"""PNG and WebP through OpenCV's decoders, and the JPEGs that `libjpeg.py` leaves to them."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np

from thaiid_detect.picture import DecodeError
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason

__all__ = ["opencv_pixels"]

_REDUCED: Final = {
    1: 0,
    # The flags IMREAD_REDUCED_COLOR_x hold the bit for BGR, which excludes IMREAD_COLOR_RGB.
    2: int(cv2.IMREAD_REDUCED_GRAYSCALE_2),
    4: int(cv2.IMREAD_REDUCED_GRAYSCALE_4),
    8: int(cv2.IMREAD_REDUCED_GRAYSCALE_8),
}


def opencv_pixels(data: bytes, media_type: str, divisor: int = 1) -> Rgb:
    """(H, W, 3) uint8 RGB, as stored: not turned; a JPEG shrunk on load by `divisor`: 1, 2, 4 or 8. Raises DecodeError,
    MemoryError."""
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | _REDUCED[divisor]
    try:
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), dtype=np.uint8)
    except (cv2.error, TypeError) as error:  # TypeError: it gave None, its other way to say no
        if getattr(error, "code", 0) == cv2.Error.StsNoMem:
            raise MemoryError from error  # the machine's fault, not the file's
        raise DecodeError(Reason.CORRUPT, media_type) from error
