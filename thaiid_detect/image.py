"""Bytes → RGB uint8 arrays (H, W, 3), upright: pictures by their content, JPEGs here, all others in `frames.py`.

What is foreign is caught where it comes from, and becomes a `DecodeError` with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from thaiid_detect.frames import PLUGINS, PillowPicture, encode_pillow
from thaiid_detect.jpeg import END, JpegHeader, Scans, jpeg_header, jpeg_scans, probes, runs_on
from thaiid_detect.libjpeg import jpeg_pixels
from thaiid_detect.media import sniff
from thaiid_detect.picture import MAX_PIXELS, DecodeError, Header, Picture, check_size
from thaiid_detect.pixels import Rgb, turned, upright_size
from thaiid_detect.records import Reason
from thaiid_detect.walks import mpo_pictures

__all__ = [
    "DecodeError",
    "Decoded",
    "Header",
    "Picture",
    "decode",
    "encode_pillow",
    "open_jpeg",
    "open_picture",
    "probe",
    "sniff",
]

_JPEG = "image/jpeg"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture, (H, W, 3) uint8 RGB, upright, and whether all of it was there."""

    pixels: Rgb
    complete: bool


def probe(data: bytes) -> Header:
    """Type, size, frames and turn, without decoding (but for JPEGs that may have a hole). Raises DecodeError."""
    return open_picture(data).header


def decode(data: bytes, *, frame: int = 0, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Decoded:
    """One frame upright; with `min_side`, as small as its codec allows while the long side stays that long.

    A 4000x3000 JPEG asked for with `min_side=400` comes as 500x375. Raises DecodeError.
    """
    picture = open_picture(data)
    pixels = picture.decode(frame, min_side, max_pixels)
    return Decoded(pixels, picture.header.complete and picture.damage(frame) is None)


def open_picture(data: bytes, media_type: str | None = None) -> Picture:
    """Read the header. `media_type` is what `sniff` said, where that is known already. Raises DecodeError."""
    if not data:
        raise DecodeError(Reason.EMPTY)
    media_type = media_type or sniff(data)
    if media_type == _JPEG:
        return open_jpeg(data)
    if media_type in PLUGINS:
        return PillowPicture(data, media_type)
    raise DecodeError(Reason.UNSUPPORTED, media_type)


def open_jpeg(data: bytes, turn: int | None = None) -> Picture:
    """A JPEG, its further pictures as further frames. With `turn` (1–8) the first alone, turned so whatever its EXIF
    says: a PDF turns its pages itself and shows nothing else. Raises DecodeError."""
    first = _Jpeg(data, turn)
    return _Jpegs(data, first) if first.index and turn is None else first


class _Jpeg:
    """A JPEG, header parsed here, pixels by libjpeg."""

    def __init__(self, data: bytes, turn: int | None) -> None:
        header = jpeg_header(data)
        if header is None:
            raise DecodeError(Reason.TRUNCATED, _JPEG)
        self.index = header.index
        scans = jpeg_scans(data, header)
        turn = header.turn if turn is None else turn
        width, height = upright_size((header.width, header.height), turn)
        self.header = Header(_JPEG, width, height, 1, turn, _jpeg_damage(data, header, scans))
        # Decoders give up on a JPEG without its end marker; with one they keep what was there.
        self._data = data if scans.ended and not scans.foreign else data[: scans.end] + END
        self._stored = header
        self._warned: Reason | None = None

    def size(self, frame: int) -> tuple[int, int]:
        return self.header.width, self.header.height

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        stored, damage = self._stored, self.header.damage
        size = stored.width, stored.height
        check_size(size, max_pixels, _JPEG)
        try:
            pixels, warned = jpeg_pixels(self._data, size, len(stored.components), _divisor(max(size), min_side))
        except DecodeError as error:
            raise DecodeError(damage or error.reason, _JPEG) from error
        self._warned = self._warned or warned
        return turned(pixels, self.header.turn)

    def damage(self, frame: int) -> Reason | None:
        return self._warned


def _divisor(side: int, min_side: int | None) -> int:
    """The greatest of 8, 4, 2 that leaves the long side `min_side` pixels or more; 1 for full size."""
    return next((each for each in (8, 4, 2) if min_side is not None and -(-side // each) >= min_side), 1)


class _Jpegs:
    """A JPEG of several pictures (MPO). One of the further ones is open at a time, each turned as its own EXIF says."""

    def __init__(self, data: bytes, first: _Jpeg) -> None:
        self._data = data
        self._places, damage = mpo_pictures(data, first.index)
        self.header = replace(first.header, frames=1 + len(self._places), damage=first.header.damage or damage)
        self._first = self._open = first
        self._frame = 0

    def size(self, frame: int) -> tuple[int, int]:
        return self._at(frame).size(0)

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        return self._at(frame).decode(0, min_side, max_pixels)

    def damage(self, frame: int) -> Reason | None:
        picture = self._at(frame)
        return picture.header.damage or picture.damage(0)

    def _at(self, frame: int) -> _Jpeg:
        if frame == 0:
            return self._first
        if frame != self._frame:
            begin, end = self._places[frame - 1]
            self._open, self._frame = _Jpeg(self._data[begin:end], None), frame
        return self._open


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
    try:
        seen, longer, changed, shorter = (
            jpeg_pixels(each, (header.width, header.height), len(header.components), 8)[0].tobytes()
            for each in (data, variants.longer, variants.changed, variants.shorter)
        )
    except DecodeError:
        return True
    return longer != seen or (changed == seen and shorter != seen)
