"""Bytes → pages: single images, multi-frame TIFF, GIF and WebP, PDF; and of containers the pages of all their members.

A type that may hold a picture and cannot be opened is a `DecodeError`, never an empty document: only plain text, sound,
fonts and the like, which cannot show a card, are documents without pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from thaiid_detect.containers import holds_members, members_of
from thaiid_detect.image import DecodeError, Picture, open_picture
from thaiid_detect.media import sniff
from thaiid_detect.pdf import PDF, open_pdf
from thaiid_detect.pixels import Rgb
from thaiid_detect.plaintext import text_may_hold_picture
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.sound import sound_may_hold_picture
from thaiid_detect.unpack import Allowance

__all__ = ["Document", "Page", "open_document"]

_SOUND: Final = "audio/"
_NO_PICTURES: Final = ("font/", "application/x-ds-store", "application/applefile", "application/x-printer-settings")


@dataclass(slots=True)
class Page:
    """One raster page. `number` counts from 1, in the member of a container that has it, or in the file itself.

    For one thread at a time, and in order: going back may decode anew.
    """

    number: int
    _picture: Picture
    _max_pixels: int
    member: str | None = None
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


@dataclass(slots=True)
class Document:
    """An opened file. With `damage` (why not all of it could be looked at) it can never be `clear`."""

    media_type: str
    page_count: int
    damage: Reason | None = None
    holds_pictures: bool = True
    _picture: Picture | None = field(default=None, repr=False)
    _max_pixels: int = 0

    def page(self, number: int) -> Page:
        """The page of that number, from 1. Raises IndexError: for a container always, whose pages come in order."""
        if self._picture is None or not 1 <= number <= self.page_count:
            raise IndexError(f"page {number} of {self.page_count}")
        return Page(number, self._picture, self._max_pixels)

    def __iter__(self) -> Iterator[Page]:
        return (self.page(number) for number in range(1, self.page_count + 1))


class _Container(Document):
    """A file of files. Their pages come as they are unpacked, one member in memory at a time, and once only.

    `page_count` and `damage`, the first there was, are right when the last page has come.
    """

    def __init__(self, media_type: str, data: bytes, settings: Settings) -> None:
        super().__init__(media_type, page_count=0)
        self._data = data
        self._settings = settings
        self._allowance = Allowance(settings)

    def __iter__(self) -> Iterator[Page]:
        return self._within(self._data, self.media_type, "", 1)

    def _within(self, data: bytes, media_type: str, path: str, depth: int) -> Iterator[Page]:
        """All pages of a container that is `depth` containers deep; its members' names come behind `path`."""
        try:
            if depth > self._settings.max_depth:
                raise DecodeError(Reason.TOO_DEEP)
            for member in members_of(data, media_type, self._allowance):
                self.damage = self.damage or member.damage
                if member.data:  # nothing can be hidden in an empty file
                    yield from self._pages(member.data, path + member.path, depth)
                del member  # before the next one is unpacked
        except DecodeError as error:
            self.damage = self.damage or error.reason
        except MemoryError:
            self.damage = self.damage or Reason.OUT_OF_MEMORY

    def _pages(self, data: bytes, path: str, depth: int) -> Iterator[Page]:
        """All pages of a member."""
        try:
            document = open_document(data, self._settings)
        except DecodeError as error:
            self.damage = self.damage or error.reason
            return
        if isinstance(document, _Container):
            self._allowance.held += len(data)
            yield from self._within(data, document.media_type, f"{path}!/", depth + 1)
            self._allowance.held -= len(data)
            return
        self.damage = self.damage or document.damage
        for page in document:
            if self.page_count == self._settings.max_pages:
                self.damage = self.damage or Reason.TOO_MANY_PAGES
                self._allowance.close()
                return
            self.page_count += 1
            page.member = path
            yield page


def open_document(data: bytes, settings: Settings) -> Document:
    """Open the bytes by their content. Raises DecodeError: empty, too large, unsupported, broken in its header."""
    if len(data) > settings.max_bytes:
        raise DecodeError(Reason.TOO_LARGE)
    media_type = sniff(data)
    if media_type is not None and _shows_nothing(data, media_type):
        return Document(media_type, page_count=0, holds_pictures=False)
    if media_type is not None and holds_members(media_type):
        return _Container(media_type, data, settings)
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
    """Sound without a cover, text in which no picture is wrapped, and what is no picture at all."""
    if media_type.startswith(_NO_PICTURES):
        return True
    if media_type.startswith(_SOUND):
        return not sound_may_hold_picture(data, media_type)
    return media_type == "text/plain" and not text_may_hold_picture(data)
