"""Bytes → pages: single images, multi-frame TIFF, GIF and WebP, PDF. Office files and archives come here later.

A type that may hold a picture and cannot be opened is a `DecodeError`, never an empty document: only plain text and
sound, which cannot show a card, are documents without pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from thaiid_detect.image import DecodeError, Picture, open_picture
from thaiid_detect.media import sniff
from thaiid_detect.pdf import PDF, open_pdf
from thaiid_detect.pixels import Rgb
from thaiid_detect.plaintext import text_may_hold_picture
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.sound import sound_may_hold_picture

__all__ = ["Document", "Page", "open_document"]

_SOUND: Final = "audio/"


@dataclass(slots=True)
class Page:
    """One raster page. `number` counts from 1. For one thread at a time, and in order: going back may decode anew."""

    number: int
    _picture: Picture
    _max_pixels: int
    _full: Rgb | None = field(default=None, repr=False)

    @property
    def width(self) -> int:
        """Width of the whole page, upright, in pixels. Raises DecodeError."""
        return self._picture.size(self.number - 1)[0]

    @property
    def height(self) -> int:
        """Height of the whole page, upright, in pixels. Raises DecodeError."""
        return self._picture.size(self.number - 1)[1]

    @property
    def damage(self) -> Reason | None:
        """Why a part of the page is not on its rasters, though the rest is; known once there was one."""
        return self._picture.damage(self.number - 1)

    def raster(self, min_side: int | None = None) -> Rgb:
        """The page, (H, W, 3) uint8 RGB, upright; its long side at least `min_side` pixels, or full size.

        A picture that came in full size is kept while the page lives, so that a closer look costs no second decoding.
        Raises DecodeError.
        """
        if self._full is not None:
            return self._full
        pixels = self._picture.decode(self.number - 1, min_side, self._max_pixels)
        if pixels.shape[:2] == (self.height, self.width):  # both: a side of 1 px stays 1 when reduced
            pixels.flags.writeable = False
            self._full = pixels
        return pixels


@dataclass(frozen=True, slots=True)
class Document:
    """An opened file. With `damage` (why not all of it could be looked at) it can never be `clear`."""

    media_type: str
    page_count: int
    damage: Reason | None = None
    holds_pictures: bool = True
    _picture: Picture | None = field(default=None, repr=False)
    _max_pixels: int = 0

    def page(self, number: int) -> Page:
        """The page of that number, from 1. Raises IndexError."""
        if self._picture is None or not 1 <= number <= self.page_count:
            raise IndexError(f"page {number} of {self.page_count}")
        return Page(number, self._picture, self._max_pixels)

    def __iter__(self) -> Iterator[Page]:
        return (self.page(number) for number in range(1, self.page_count + 1))


def open_document(data: bytes, settings: Settings) -> Document:
    """Open the bytes by their content. Raises DecodeError: empty, too large, unsupported, broken in its header."""
    if len(data) > settings.max_bytes:
        raise DecodeError(Reason.TOO_LARGE)
    media_type = sniff(data)
    if media_type is not None and _shows_nothing(data, media_type):
        return Document(media_type, page_count=0, holds_pictures=False)
    picture = open_pdf(data) if media_type == PDF else open_picture(data, media_type)
    header = picture.header
    damage = header.damage
    if header.frames > settings.max_pages:
        damage = damage or Reason.TOO_MANY_PAGES
    if header.frames < 1:  # no page to look at would be `clear` unseen
        raise DecodeError(Reason.CORRUPT, header.media_type)
    pages = min(header.frames, settings.max_pages)
    return Document(header.media_type, pages, damage, True, picture, settings.max_pixels)


def _shows_nothing(data: bytes, media_type: str) -> bool:
    """Sound without a cover, and text in which no picture is wrapped."""
    if media_type.startswith(_SOUND):
        return not sound_may_hold_picture(data, media_type)
    return media_type == "text/plain" and not text_may_hold_picture(data)
