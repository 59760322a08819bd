"""Pictures through Pillow's plugins: one frame or many. PNG and WebP that are plain go on to OpenCV, which is quicker.

Each plugin is opened by the type the content has, so that no other decoder can be reached. Everything foreign is
caught here and becomes a `DecodeError` with its reason. HEIC needs the extra `heic`.
"""

from __future__ import annotations

import io
import struct
import threading
import warnings
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final

from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    IcoImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    PngImagePlugin,
    TiffImagePlugin,
    WebPImagePlugin,
    features,
)

from thaiid_detect.errors import UsageError
from thaiid_detect.heif import heif_is_whole
from thaiid_detect.libtiff import fax_has_hole, libtiff_errors
from thaiid_detect.media import exif_turn, is_complete, is_intact
from thaiid_detect.opencv import opencv_pixels
from thaiid_detect.picture import MAX_PIXELS, DecodeError, Header, check_size
from thaiid_detect.pixels import Rgb, flatten, turned, upright_size
from thaiid_detect.records import Reason
from thaiid_detect.walks import gif_frames, jp2_levels, tiff_frames

__all__ = ["PLUGINS", "PillowPicture", "encode_pillow"]


def _open_heic(file: io.BytesIO) -> ImageFile.ImageFile:
    from pillow_heif import HeifImageFile

    picture: ImageFile.ImageFile = HeifImageFile(file)
    return picture


PLUGINS: Final[dict[str, Callable[[io.BytesIO], ImageFile.ImageFile]]] = {
    "image/avif": AvifImagePlugin.AvifImageFile,
    "image/bmp": BmpImagePlugin.BmpImageFile,
    "image/gif": GifImagePlugin.GifImageFile,
    "image/heic": _open_heic,
    "image/jp2": Jpeg2KImagePlugin.Jpeg2KImageFile,
    "image/png": PngImagePlugin.PngImageFile,
    "image/tiff": TiffImagePlugin.TiffImageFile,
    "image/webp": WebPImagePlugin.WebPImageFile,
    "image/x-icon": IcoImagePlugin.IcoImageFile,
}
_CODECS: Final = {"image/avif": "avif", "image/jp2": "jpg_2000", "image/webp": "webp"}
"""Types that Pillow can be built without, and its names for what it then lacks."""
_HEIF: Final = ("image/avif", "image/heic")
_UPRIGHT: Final = frozenset({"image/tiff", "image/heic"})
"""Types that their plugins turn themselves."""
_COUNTED: Final[dict[str, Callable[[bytes], tuple[int, bool]]]] = {"image/gif": gif_frames, "image/tiff": tiff_frames}
"""Types whose frames Pillow counts by a walk of seconds, or by one that never ends."""
_REDUCED, _SUB_IFDS, _DNG = 254, 330, 50706
"""Tags of TIFF. Source: TIFF 6.0; Adobe PageMaker 6.0 TIFF Technical Notes; DNG 1.7."""

_BUILT_IN: Final = (OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, EOFError)
_BROKEN: Final = (*_BUILT_IN, AssertionError, RuntimeError, struct.error, zlib.error)
"""What Pillow's plugins raise on hostile bytes (found by fuzzing): nearly anything but MemoryError."""

_WARNINGS_LOCK = threading.Lock()


class PillowPicture:
    """A picture by its own Pillow plugin; `Image.open` would try others, and warns about sizes we allow."""

    def __init__(self, data: bytes, media_type: str) -> None:
        if media_type in _CODECS and not features.check(_CODECS[media_type]):
            raise DecodeError(Reason.CODEC_MISSING, media_type)
        self._data = data
        count = _COUNTED.get(media_type)
        frames, complete = count(data) if count else (0, is_complete(data, media_type))
        damage = None if complete else Reason.TRUNCATED
        if complete and not (heif_is_whole(data) if media_type in _HEIF else is_intact(data, media_type)):
            damage = Reason.CORRUPT
        with _mapped(media_type, damage):
            self._image: Any = PLUGINS[media_type](io.BytesIO(data))
            frames = frames if count else int(getattr(self._image, "n_frames", 1))
            if media_type == "image/tiff" and _is_preview(self._image):
                raise DecodeError(Reason.UNSUPPORTED, media_type)
            turn = 1 if media_type in _UPRIGHT else exif_turn(self._image.info.get("exif", b""))
        width, height = upright_size(self._image.size, turn)
        self.header = Header(media_type, width, height, frames, turn, damage)
        plain = media_type in ("image/png", "image/webp") and frames == 1 and self._image.mode in ("RGB", "L")
        self._by_opencv = plain and damage is None and "transparency" not in self._image.info
        self._damaged: set[int] = set()

    def size(self, frame: int) -> tuple[int, int]:
        with _mapped(self.header.media_type, self.header.damage):
            self._image.seek(frame)
            return upright_size(self._image.size, self.header.turn)

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        media_type = self.header.media_type
        check_size(self.size(frame), max_pixels, media_type)
        if self._by_opencv:
            return turned(opencv_pixels(self._data, media_type), self.header.turn)
        with _mapped(media_type, self.header.damage):
            if media_type == "image/tiff":
                return turned(self._tiff(frame), self.header.turn)
            image = self._reduced(min_side) if media_type == "image/jp2" else self._image
            _load(image, salvage=not self.header.complete)
            return turned(flatten(image), self.header.turn)

    def damage(self, frame: int) -> Reason | None:
        return Reason.CORRUPT if frame in self._damaged else None

    def _tiff(self, frame: int) -> Rgb:
        """The frame, at which the TIFF stands. What libtiff finds wrong is a damage; there are pixels all the same."""
        strips = _strips(self._image)
        if max((start + length for start, length in strips), default=0) > len(self._data):
            raise DecodeError(Reason.TRUNCATED, "image/tiff")
        before = libtiff_errors()
        fax = self._image.info.get("compression") == "group4"
        _load(self._image, salvage=not self.header.complete)
        holed = fax and fax_has_hole([self._data[start : start + length] for start, length in strips])
        if holed or libtiff_errors() > before:  # once: what is loaded already is not decoded again
            self._damaged.add(frame)
        return flatten(self._image)

    def _reduced(self, min_side: int | None) -> Any:
        """A JPEG 2000 that decodes only as many of its levels as `min_side` asks for. Opened anew: the plugin remembers
        what it once reduced to."""
        image: Any = Jpeg2KImagePlugin.Jpeg2KImageFile(io.BytesIO(self._data))
        levels = jp2_levels(self._data) if min_side else 0
        while levels and max(self.header.width, self.header.height) >> levels < (min_side or 0):
            levels -= 1
        image.reduce = levels
        return image


def encode_pillow(image: object) -> bytes:
    """A Pillow image as the bytes of an uncompressed bitmap: upright, on white, 8 bits. Raises UsageError.

    Refused are pictures over the cap, and TIFF, GIF, WebP and PNG files of several frames: only the one that the image
    happens to stand at would be seen. Of an MPO that is so, for phones write most JPEGs as such: mostly the further
    frames are gain maps and previews, and whoever wants them looked at gives the file.
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
    """Foreign exceptions become a DecodeError (for `damage`, where that is known), and Pillow's warnings stay here.

    Warning filters belong to the whole process, hence the lock: in threads, Pillow's formats decode one at a time.
    """
    try:
        with _WARNINGS_LOCK, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except ImportError as error:
        raise DecodeError(Reason.CODEC_MISSING, media_type) from error
    except Image.DecompressionBombError as error:
        raise DecodeError(Reason.TOO_LARGE, media_type) from error
    except _BROKEN as error:
        raise DecodeError(damage or Reason.CORRUPT, media_type) from error


def _is_preview(image: Any) -> bool:
    """Whether a TIFF shows a small copy only, as cameras' raw files do: the picture itself lies below, undecoded."""
    tags = image.tag_v2
    return _DNG in tags or (_SUB_IFDS in tags and bool(int(tags.get(_REDUCED, 0)) & 1))


def _strips(image: Any) -> list[tuple[int, int]]:
    """Offset and length of each strip or tile of a TIFF frame. libtiff fills up what lies beyond the file."""
    tags = image.tag_v2
    starts, lengths = tags.get(273) or tags.get(324) or (), tags.get(279) or tags.get(325) or ()
    return [(int(start), int(length)) for start, length in zip(starts, lengths, strict=False)]


def _load(image: Any, salvage: bool) -> None:
    """Decode the current frame; of a cut-off file keep the rows that came before the cut."""
    try:
        image.load()
    except OSError:
        if not salvage:
            raise
        image.tile = []  # nothing more to decode: Pillow then hands out what it has
        image.load()
