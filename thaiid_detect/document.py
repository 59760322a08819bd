"""Bytes → pages: single images, multi-frame TIFF, GIF and WebP, PDF; and of containers the pages of all their members,
which a PDF may have besides its own.

A type that may hold a picture and cannot be opened is a `DecodeError`, never an empty document: only plain text, sound,
fonts and the like, which cannot show a card, are documents without pages.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
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
from thaiid_detect.unpack import Allowance, Member

__all__ = ["Document", "Page", "open_document"]

_SOUND: Final = "audio/"
_Members = Callable[[Allowance], Iterator[Member] | None]
"""What gives the files in a file, None where there are none. Asked for when its own pages have been looked at."""
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
    """An opened file. With `damage` (why not all of it could be looked at) it can never be `clear`.

    Its own pages come first; then, of a container or of a PDF with files attached, those of its members, unpacked as
    they are asked for, one member in memory at a time. `page_count` and `damage`, the first there was, are right when
    the last page has come.
    """

    media_type: str
    page_count: int
    damage: Reason | None = None
    holds_pictures: bool = True
    _settings: Settings = field(default_factory=Settings, repr=False)
    _picture: Picture | None = field(default=None, repr=False)
    _members: _Members | None = field(default=None, repr=False)

    @property
    def _own(self) -> int:
        return 0 if self._picture is None else min(self._picture.header.frames, self._settings.max_pages)

    def page(self, number: int, member: str | None = None) -> Page:
        """The file's own page of that number, from 1. Raises IndexError: for a container always. `member`: how another
        document that has the file calls it."""
        if self._picture is None or not 1 <= number <= self._own:
            raise IndexError(f"page {number} of {self._own}")
        return Page(number, self._picture, self._settings.max_pixels, member)

    def __iter__(self) -> Iterator[Page]:
        self.page_count = self._own
        yield from map(self.page, range(1, self._own + 1))
        if self._members is not None:
            yield from _Walk(self, self._settings).within(self._members, "", 1)


class _Walk:
    """Through the members of a document and all that is in them; their pages and damages are counted as its own."""

    def __init__(self, document: Document, settings: Settings) -> None:
        self._document = document
        self._settings = settings
        self._allowance = Allowance(settings)

    def within(self, members: _Members, path: str, depth: int) -> Iterator[Page]:
        """All pages of a file's members, that file being `depth` containers deep; their names come behind `path`."""
        try:
            found = members(self._allowance)
            if found is not None and depth > self._settings.max_depth:
                raise DecodeError(Reason.TOO_DEEP)
            for member in found or ():
                self._damaged(member.damage)
                if member.data:  # nothing can be hidden in an empty file
                    yield from self._pages(member.data, path + member.path, depth)
                del member  # before the next one is unpacked
        except DecodeError as error:
            self._damaged(error.reason)
        except MemoryError:
            self._damaged(Reason.OUT_OF_MEMORY)

    def _pages(self, data: bytes, path: str, depth: int) -> Iterator[Page]:
        """All pages of a member, and of its members."""
        try:
            member = open_document(data, self._settings)
        except DecodeError as error:
            self._damaged(error.reason)
            return
        self._damaged(member.damage)
        for number in range(1, member.page_count + 1):
            if self._document.page_count == self._settings.max_pages:
                self._damaged(Reason.TOO_MANY_PAGES)
                self._allowance.close()
                return
            self._document.page_count += 1
            yield member.page(number, path)  # and keep none while its file's members are unpacked
        if member._members is not None:
            self._allowance.held += len(data)
            yield from self.within(member._members, f"{path}!/", depth + 1)
            self._allowance.held -= len(data)

    def _damaged(self, reason: Reason | None) -> None:
        self._document.damage = self._document.damage or reason


def open_document(data: bytes, settings: Settings) -> Document:
    """Open the bytes by their content. Raises DecodeError: empty, too large, unsupported, broken in its header."""
    if len(data) > settings.max_bytes:
        raise DecodeError(Reason.TOO_LARGE)
    media_type = sniff(data)
    if media_type is not None and _shows_nothing(data, media_type):
        return Document(media_type, page_count=0, holds_pictures=False)
    if media_type is not None and holds_members(media_type):
        return Document(media_type, 0, _settings=settings, _members=partial(members_of, data, media_type))
    if media_type == PDF:
        pdf = open_pdf(data)
        return _of_pictures(pdf, settings, pdf.attached)
    return _of_pictures(open_picture(data, media_type), settings)


def _of_pictures(picture: Picture, settings: Settings, members: _Members | None = None) -> Document:
    header = picture.header
    if header.frames < 1:  # no page to look at would be `clear` unseen
        raise DecodeError(Reason.CORRUPT, header.media_type)
    too_many = Reason.TOO_MANY_PAGES if header.frames > settings.max_pages else None
    pages = min(header.frames, settings.max_pages)
    return Document(header.media_type, pages, header.damage or too_many, True, settings, picture, members)


def _shows_nothing(data: bytes, media_type: str) -> bool:
    """Sound without a cover, text in which no picture is wrapped, and what is no picture at all."""
    if media_type.startswith(_NO_PICTURES):
        return True
    if media_type.startswith(_SOUND):
        return not sound_may_hold_picture(data, media_type)
    return media_type == "text/plain" and not text_may_hold_picture(data)
