"""What every opened file is to those who look at it: a `Picture` of one frame or many. The border to all decoders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Protocol

from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason

__all__ = ["MAX_PIXELS", "DecodeError", "Header", "Picture", "check_size"]

MAX_PIXELS: Final = 200_000_000


class DecodeError(Exception):
    """These bytes give no picture; `reason` says why, `media_type` what they are, where that is known."""

    def __init__(self, reason: Reason, media_type: str | None = None) -> None:
        super().__init__(reason, media_type)
        self.reason = reason
        self.media_type = media_type


@dataclass(frozen=True, slots=True)
class Header:
    """What is known before decoding. `width` and `height`: the first frame, upright, in pixels; `turn`: EXIF, 1–8."""

    media_type: str
    width: int
    height: int
    frames: int
    turn: int
    damage: Reason | None = None
    """Why not all of the picture is there (the end is missing, or there is a hole): what decodes is a part of it."""

    @property
    def complete(self) -> bool:
        return self.damage is None


class Picture(Protocol):
    """An opened file, for one thread at a time. Frames count from 0; in order they are cheap, going back may not be."""

    @property
    def header(self) -> Header: ...

    def size(self, frame: int) -> tuple[int, int]:
        """Width and height of a frame, upright. Raises DecodeError."""

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        """A frame upright, its long side at least `min_side` pixels, or full size. Raises DecodeError."""

    def damage(self, frame: int) -> Reason | None:
        """Why a part of this frame alone is not in the pixels that `decode` gave. To be asked after it."""


def check_size(size: tuple[int, int], max_pixels: int, media_type: str) -> None:
    """Raises DecodeError for a picture of no pixels, and for one of more than the cap."""
    if min(size) < 1:
        raise DecodeError(Reason.CORRUPT, media_type)
    if size[0] * size[1] > max_pixels:
        raise DecodeError(Reason.TOO_LARGE, media_type)
