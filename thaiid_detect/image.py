"""Bytes → RGB uint8 arrays (H, W, 3), upright. Only this file opens pictures by Pillow or OpenCV.

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
from PIL import BmpImagePlugin, GifImagePlugin, Image, ImageFile, PngImagePlugin, TiffImagePlugin, WebPImagePlugin

from thaiid_detect.errors import UsageError
from thaiid_detect.jpeg import END, JpegHeader, Scans, jpeg_header, jpeg_scans, probes, runs_on
from thaiid_detect.media import exif_turn, is_complete, is_intact, sniff
from thaiid_detect.pixels import Rgb, flatten, turned, upright_size
from thaiid_detect.records import Reason

__all__ = ["DecodeError", "Decoded", "Header", "Picture", "decode", "encode_pillow", "open_picture", "probe", "sniff"]

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

_EIGHTH: Final = int(cv2.IMREAD_REDUCED_GRAYSCALE_8)

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
    damage: Reason | None = None
    """Why not all of the picture is there (the end is missing, or there is a hole): what decodes is a part of it."""

    @property
    def complete(self) -> bool:
        return self.damage is None


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
    """Type, size, frames and turn, without decoding (but for JPEGs that may have a hole). Raises DecodeError."""
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
        scans = jpeg_scans(data, header)
        width, height = upright_size((header.width, header.height), header.turn)
        self.header = Header("image/jpeg", width, height, 1, header.turn, _jpeg_damage(data, header, scans))
        # OpenCV gives up on a JPEG without its end marker; with one it keeps what was there.
        self._data = data if scans.ended and not scans.foreign else data[: scans.end] + END

    def size(self, frame: int) -> tuple[int, int]:
        return self.header.width, self.header.height

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        _check_size((self.header.width, self.header.height), max_pixels, self.header)
        pixels = _opencv(self._data, self.header, _reduction(max(self.header.width, self.header.height), min_side))
        return turned(pixels, self.header.turn)


def _jpeg_damage(data: bytes, header: JpegHeader, scans: Scans) -> Reason | None:
    if not scans.ended:
        return Reason.TRUNCATED
    if scans.foreign or not scans.whole or _has_hole(data, header, scans):
        return Reason.CORRUPT
    return None


def _has_hole(data: bytes, header: JpegHeader, scans: Scans) -> bool:
    """Whether equal bytes stand where picture should be. Decodes, at an eighth, only where many equal bytes are.

    Blank paper also gives equal bytes, but exactly as many as it takes: more data change nothing, other data do.
    """
    small = 0 < header.width * header.height <= MAX_PIXELS
    if header.progressive or scans.count > 1 or not small or not runs_on(data, header.scan, scans.end):
        return False
    variants = probes(data, header, scans)
    if variants is None:
        return True
    known = Header("image/jpeg", header.width, header.height, 1, 1)
    try:
        seen, longer, changed, shorter = (
            _opencv(each, known, _EIGHTH).tobytes()
            for each in (data, variants.longer, variants.changed, variants.shorter)
        )
    except DecodeError:
        return True
    return longer != seen or (changed == seen and shorter != seen)


class _PillowPicture:
    """Any other format, by its own Pillow plugin; `Image.open` would try others, and warns about sizes we allow."""

    def __init__(self, data: bytes, media_type: str) -> None:
        self._data = data
        damage = _damage(data, media_type)
        with _mapped(media_type, damage):
            self._image: Any = _PLUGINS[media_type](io.BytesIO(data))
            frames = int(getattr(self._image, "n_frames", 1))
            # Pillow turns TIFF upright itself.
            turn = 1 if media_type == "image/tiff" else exif_turn(self._image.info.get("exif", b""))
        width, height = upright_size(self._image.size, turn)
        self.header = Header(media_type, width, height, frames, turn, damage)
        plain = media_type in ("image/png", "image/webp") and frames == 1 and self._image.mode in ("RGB", "L")
        self._by_opencv = plain and damage is None and "transparency" not in self._image.info

    def size(self, frame: int) -> tuple[int, int]:
        with _mapped(self.header.media_type, self.header.damage):
            self._image.seek(frame)
            return upright_size(self._image.size, self.header.turn)

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        _check_size(self.size(frame), max_pixels, self.header)
        if self._by_opencv:
            return turned(_opencv(self._data, self.header), self.header.turn)
        with _mapped(self.header.media_type, self.header.damage):
            if self.header.media_type == "image/tiff" and _strips_end(self._image) > len(self._data):
                raise DecodeError(Reason.TRUNCATED, self.header.media_type)
            _load(self._image, salvage=not self.header.complete)
            return turned(flatten(self._image), self.header.turn)


def _damage(data: bytes, media_type: str) -> Reason | None:
    if not is_complete(data, media_type):
        return Reason.TRUNCATED
    return None if is_intact(data, media_type) else Reason.CORRUPT


def encode_pillow(image: object) -> bytes:
    """A Pillow image as the bytes of an uncompressed bitmap: upright, on white, 8 bits. Raises UsageError.

    Refused are pictures over the cap, and TIFF, GIF, WebP and PNG files of several frames: only the one that the image
    happens to stand at would be seen. (The further frames of an MPO are the same view, or previews of it.)
    """
    if not isinstance(image, Image.Image):
        raise UsageError(f"{type(image).__name__} is not a Pillow image", remedy="Give a path, bytes or a PIL image")
    if image.width * image.height > MAX_PIXELS:
        raise UsageError(f"the Pillow image has more than {MAX_PIXELS:,} pixels", remedy="Give a smaller one")
    if image.format != "MPO" and _frames(image) > 1:
        raise UsageError("the Pillow image has several frames", remedy="Give the file's path or its bytes instead")
    file = io.BytesIO()
    try:
        image.load()  # first: Pillow turns a TIFF upright here, and takes the tag away
        turn = image.getexif().get(0x0112, 1)
        Image.fromarray(turned(flatten(image), turn)).save(file, "BMP")
    except _BROKEN as error:
        raise UsageError("the Pillow image cannot be loaded", remedy="Give the file's bytes instead") from error
    return file.getvalue()


def _frames(image: Image.Image) -> int:
    try:
        return int(getattr(image, "n_frames", 1))
    except _BROKEN as error:
        raise UsageError("the Pillow image cannot be read", remedy="Give the file's bytes instead") from error


@contextmanager
def _mapped(media_type: str, damage: Reason | None) -> Iterator[None]:
    """Foreign exceptions become a DecodeError (for `damage`, where that is known); Pillow's warnings stay here. Their
    filters belong to the whole process, hence the lock: in threads, Pillow's formats decode one at a time.
    """
    try:
        with _WARNINGS_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Image.DecompressionBombError as error:
        raise DecodeError(Reason.TOO_LARGE, media_type) from error
    except _BROKEN as error:
        raise DecodeError(damage or Reason.CORRUPT, media_type) from error


def _opencv(data: bytes, header: Header, reduction: int = 0) -> Rgb:
    flags = cv2.IMREAD_COLOR_RGB | cv2.IMREAD_IGNORE_ORIENTATION | reduction
    try:
        return np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), flags), dtype=np.uint8)
    except (cv2.error, TypeError) as error:  # TypeError: it gave None, its other way to say no
        if getattr(error, "code", 0) == cv2.Error.StsNoMem:
            raise MemoryError from error  # the machine's fault, not the file's
        raise DecodeError(header.damage or Reason.CORRUPT, header.media_type) from error


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
