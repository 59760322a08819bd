"""JPEG through simplejpeg, which is libjpeg-turbo: as a half, a quarter or an eighth at a fraction of the cost, and
with what libjpeg has to say of the data.

OpenCV's decoder gives the same pixels and no word of it: a code that cannot be, or data left over or missing, libjpeg
only warns of, on standard error, and paints on, mostly in grey.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from simplejpeg import decode_jpeg

from thaiid_detect.opencv import opencv_pixels
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason

__all__ = ["jpeg_pixels"]

_JPEG: Final = "image/jpeg"
_PADDED: Final = re.compile(r"\b[1-4] extraneous bytes before marker 0xd9")
"""The one warning that is no damage: some cameras put a few bytes before the end marker. simplejpeg gives libjpeg's
words and no code for them; were they ever others, such a file would be told damaged, which is the safe way to be wrong.
Where the decoder lost its way, 7 bytes and more were left (160 files with one bit changed)."""


def jpeg_pixels(data: bytes, size: tuple[int, int], channels: int, divisor: int = 1) -> tuple[Rgb, Reason | None]:
    """(H, W, 3) uint8 RGB, as stored: not turned; and why a part of it may be missing, None where nothing was amiss.

    `size` (width, height) and `channels`: as the header has them; `divisor` 1, 2, 4 or 8 shrinks on load. Pictures in
    four inks go to OpenCV, for libjpeg alone does not make RGB of them. Raises DecodeError, MemoryError.
    """
    if channels > 3:
        return opencv_pixels(data, _JPEG, divisor), None
    width, height = (-(-side // divisor) for side in size)
    damage = None
    for strict in (True, False):
        try:
            pixels = decode_jpeg(data, "RGB", min_height=height, min_width=width, strict=strict)
        except ValueError as error:
            damage = None if _PADDED.search(str(error)) else Reason.CORRUPT
        else:
            return np.asarray(pixels, dtype=np.uint8), damage
    return opencv_pixels(data, _JPEG, divisor), Reason.CORRUPT  # its reasons why nothing can be decoded are finer
