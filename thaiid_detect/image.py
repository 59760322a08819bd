"""Bytes → RGB uint8 arrays (H, W, 3), upright. The only file that names Pillow and the codecs of OpenCV.

JPEG, and plain PNG and WebP, go through OpenCV, JPEG as small as asked for: its decoder yields a half, a quarter or an
eighth at a fraction of the cost. All else goes through Pillow's plugins, each opened by the type the content has, so
that no other decoder can be reached. Everything foreign is caught here and becomes a `DecodeError` with its reason.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from thaiid_detect.errors import UsageError
from thaiid_detect.media import exif_turn, is_complete, jpeg_header, sniff
from thaiid_detect.records import Reason

__all__ = ["DecodeError", "Decoded", "Header", "Picture", "decode", "encode_pillow", "open_picture", "probe", "sniff"]

Rgb = NDArray[np.uint8]
MAX_PIXELS: Final = 200_000_000

_PLUGINS: Final[dict[str, type[ImageFile.ImageFile]]] = {
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
}
_ABSENT: Final = frozenset({"image/heic", "image/avif"})
"""Types that an extra could decode."""
_BUILT_IN: Final = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError)
_BROKEN: Final = (*_BUILT_IN, AssertionError, RuntimeError, struct.error, zlib.error, cv2.error)
"""What Pillow's plugins and OpenCV raise on hostile bytes (found by fuzzing): nearly anything but MemoryError."""

_TURNS: Final = {
    2: (False, 1),
    3: (False, -1),
    4: (False, 0),
    5: (True, None),
    6: (True, 1),
    7: (True, -1),
    8: (True, 0),
}
"""EXIF turn → (swap rows and columns, then OpenCV's flip code)."""

_WARNINGS_LOCK = threading.Lock()


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
    complete: bool
    """False when the file's end is missing: what decodes is a part, the rest grey or black."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, (H, W, 3) uint8 RGB, upright, and whether all of it was there."""

    pixels: Rgb
    complete: bool


class Picture(Protocol):
    """An opened file, for one thread at a time. Frames count from 0; in order they are cheap, going back may not be."""

    @property
    def header(self) -> Header: ...

    def size(self, frame: int) -> tuple[int, int]:
        """Width and height of a frame, upright. Raises DecodeError."""

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        """A frame upright, its long side at least `min_side` pixels, or full size. Raises DecodeError."""


def probe(data: bytes) -> Header:
    """Type, size, frames and turn, without decoding. Raises DecodeError."""
    return open_picture(data).header


def decode(data: bytes, *, frame: int = 0, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Decoded:
    """One frame upright; with `min_side`, as small as its codec allows while the long side stays that long.

    A 4000x3000 JPEG asked for with `min_side=400` comes as 500x375. Raises DecodeError.
    """
    picture = open_picture(data)
    return Decoded(picture.decode(frame, min_side, max_pixels), picture.header.complete)


def open_picture(data: bytes, media_type: str | None = None) -> Picture:
    """Read the header. `media_type` is what `sniff` said, where that is known already. Raises DecodeError."""
    if not data:
        raise DecodeError(Reason.EMPTY)
    media_type = media_type or sniff(data)
    if media_type == "image/jpeg":
        return _Jpeg(data)
    if media_type in _PLUGINS:
        return _PillowPicture(data, media_type)
    raise DecodeError(Reason.CODEC_MISSING if media_type in _ABSENT else Reason.UNSUPPORTED, media_type)


class _Jpeg:
    """A JPEG, header parsed here, pixels by OpenCV."""

    def __init__(self, data: bytes) -> None:
        header = jpeg_header(data)
        if header is None:
            raise DecodeError(Reason.TRUNCATED, "image/jpeg")
        width, height = _upright_size((header.width, header.height), header.turn)
        complete = data.rfind(b"\xff\xd9", header.scan) >= 0
        self.header = Header("image/jpeg", width, height, 1, header.turn, complete)
        self._data = data

    def size(self, frame: int) -> tuple[int, int]:
        return self.header.width, self.header.height

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        _check_size((self.header.width, self.header.height), max_pixels, self.header)
        # OpenCV gives up on a JPEG without its end marker; with one it keeps what was there.
        data = self._data if self.header.complete else self._data + b"\xff\xd9"
        pixels = _opencv(data, self.header, _reduction(max(self.header.width, self.header.height), min_side))
        return _turn(pixels, self.header.turn)


class _PillowPicture:
    """Any other format, by its own Pillow plugin; `Image.open` would try others, and warns about sizes we allow."""

    def __init__(self, data: bytes, media_type: str) -> None:
        self._data = data
        complete = is_complete(data, media_type)
        with _mapped(media_type, complete):
            self._image: Any = _PLUGINS[media_type](io.BytesIO(data))
            frames = int(getattr(self._image, "n_frames", 1))
            # Pillow turns TIFF upright itself.
            turn = 1 if media_type == "image/tiff" else exif_turn(self._image.info.get("exif", b""))
        width, height = _upright_size(self._image.size, turn)
        self.header = Header(media_type, width, height, frames, turn, complete)
        plain = media_type in ("image/png", "image/webp") and frames == 1 and self._image.mode in ("RGB", "L")
        self._by_opencv = plain and complete and "transparency" not in self._image.info

    def size(self, frame: int) -> tuple[int, int]:
        with _mapped(self.header.media_type, self.header.complete):
            self._image.seek(frame)
            return _upright_size(self._image.size, self.header.turn)

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        _check_size(self.size(frame), max_pixels, self.header)
        if self._by_opencv:
            return _turn(_opencv(self._data, self.header), self.header.turn)
        with _mapped(self.header.media_type, self.header.complete):
            if self.header.media_type == "image/tiff" and _strips_end(self._image) > len(self._data):
                raise DecodeError(Reason.TRUNCATED, self.header.media_type)
            _load(self._image, salvage=not self.header.complete)
            return _turn(_flatten(self._image), self.header.turn)


def encode_pillow(image: object) -> bytes:
    """A Pillow image as the bytes of an uncompressed bitmap: upright, on white, 8 bits. Raises UsageError."""
    if not isinstance(image, Image.Image):
        raise UsageError(f"{type(image).__name__} is not a Pillow image", remedy="Give a path, bytes or a PIL image")
    file = io.BytesIO()
    try:
        image.load()  # first: Pillow turns a TIFF upright here, and takes the tag away
        turn = image.getexif().get(0x0112, 1)
        Image.fromarray(_turn(_flatten(image), turn)).save(file, "BMP")
    except _BROKEN as error:
        raise UsageError("the Pillow image cannot be loaded", remedy="Give the file's bytes instead") from error
    return file.getvalue()


@contextmanager
def _mapped(media_type: str, complete: bool) -> Iterator[None]:
    """Foreign exceptions become a DecodeError, and Pillow's warnings stay here.

    Warning filters belong to the whole process, hence the lock: in threads, Pillow's formats decode one at a time.
    """
    try:
        with _WARNINGS_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise DecodeError(Reason.TOO_LARGE, media_type) from error
    except _BROKEN as error:
        raise DecodeError(Reason.CORRUPT if complete else Reason.TRUNCATED, media_type) from error


def _opencv(data: bytes, header: Header, reduction: int = 0) -> Rgb:
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | reduction
    try:
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), dtype=np.uint8)
    except (cv2.error, TypeError) as error:  # TypeError: it gave None, its other way to say no
        if getattr(error, "code", 0) == cv2.Error.StsNoMem:
            raise MemoryError from error  # the machine's fault, not the file's
        raise DecodeError(Reason.CORRUPT if header.complete else Reason.TRUNCATED, header.media_type) from error


def _reduction(side: int, min_side: int | None) -> int:
    """OpenCV's flag for the smallest of 1/8, 1/4, 1/2 whose long side is still `min_side`; 0 for full size."""
    for divisor in (8, 4, 2):
        if min_side is not None and -(-side // divisor) >= min_side:
            # The flags IMREAD_REDUCED_COLOR_x hold the bit for BGR, which excludes IMREAD_COLOR_RGB.
            return int(getattr(cv2, f"IMREAD_REDUCED_GRAYSCALE_{divisor}"))
    return 0


def _check_size(size: tuple[int, int], max_pixels: int, header: Header) -> None:
    if min(size) < 1:
        raise DecodeError(Reason.CORRUPT, header.media_type)
    if size[0] * size[1] > max_pixels:
        raise DecodeError(Reason.TOO_LARGE, header.media_type)


def _upright_size(size: tuple[int, int], turn: int) -> tuple[int, int]:
    return (size[1], size[0]) if turn >= 5 else (size[0], size[1])


def _turn(pixels: Rgb, turn: int) -> Rgb:
    swap, flip = _TURNS.get(turn, (False, None))
    if swap:
        pixels = cv2.transpose(pixels)
    if flip is not None:
        pixels = cv2.flip(pixels, flip)
    return np.ascontiguousarray(pixels, dtype=np.uint8)


def _strips_end(image: Any) -> int:
    """Offset behind the last strip or tile of a TIFF frame: libtiff fills up what lies beyond the file, in silence."""
    tags = image.tag_v2
    starts, lengths = tags.get(273) or tags.get(324) or (), tags.get(279) or tags.get(325) or ()
    return max((int(start) + int(length) for start, length in zip(starts, lengths, strict=False)), default=0)


def _load(image: Any, salvage: bool) -> None:
    """Decode the current frame; of a cut-off file keep the rows that came before the cut."""
    try:
        image.load()
    except OSError:
        if not salvage:
            raise
        image.tile = []  # nothing more to decode: Pillow then hands out what it has
        image.load()


def _flatten(image: Image.Image) -> Rgb:
    """Any mode as RGB: 16 bits scaled to 8, transparency on white, as a viewer shows it."""
    if image.mode.startswith("I;16"):
        return _stacked(np.asarray(image) >> 8)
    if image.mode in ("I", "F"):  # no white is defined: darkest to lightest
        values = np.nan_to_num(np.asarray(image, dtype=np.float64), posinf=0.0, neginf=0.0)
        span = max(float(np.ptp(values)), 1e-9)
        return _stacked((values - values.min()) * (255 / span))
    if "transparency" in image.info or image.mode in ("RGBA", "LA", "PA", "RGBa"):
        seen = Image.new("RGBA", image.size, "white")
        seen.alpha_composite(image.convert("RGBA"))
        image = seen
    return np.asarray(image.convert("RGB"), dtype=np.uint8)


def _stacked(grey: NDArray[Any]) -> Rgb:
    return np.repeat(grey.astype(np.uint8)[..., None], 3, axis=2)
