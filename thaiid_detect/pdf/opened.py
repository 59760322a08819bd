"""An opened PDF: a `Picture` whose frames are its pages, and the files attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Final

from thaiid_detect.pdf.attached import attached_files, file_streams, without_files
from thaiid_detect.pdf.library import LOCK, PDF, PdfFile, pdfium
from thaiid_detect.pdf.page import Sheet
from thaiid_detect.pdf.streams import masks_pictures, pages_and_files, pictures_in, words_damage
from thaiid_detect.picture import MAX_PIXELS, DecodeError, Header
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member

__all__ = ["PDF", "Pdf", "open_pdf"]

_ANEW: Final = 32
"""Pages after which the file is opened anew: pdfium keeps the bytes of every picture that it was asked for, and of 500
scans it held as much again as the file has."""


def open_pdf(data: bytes) -> Pdf:
    """Read the table of contents. A PDF in which more pages lie than it lists has a damage, and one with an XFA form.
    Raises DecodeError: encrypted, truncated, corrupt."""
    with LOCK:
        return Pdf(data)


class Pdf:
    """A `Picture` of a PDF's pages, and the files attached to it. What is known of the page last asked for is kept, and
    so is what pdfium has decoded of it."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._file = PdfFile(data)
        if self._file.page_count < 1:
            raise DecodeError(Reason.CORRUPT, PDF)
        self._masks = masks_pictures(data)
        self._sheet: Sheet | None = None
        self._index = -1
        self._loaded = 0
        self._shown: int | None = None
        self._pinned = set[int]()
        raw, count = pdfium(), self._file.page_count
        pages, self._has_files = pages_and_files(data)
        self._has_files |= raw.FPDFDoc_GetAttachmentCount(self._file.document) > 0
        if pages > count and self._has_files:  # some may be a file's
            pages, _ = pages_and_files(without_files(data, file_streams(data)))
        has_xfa = self._file.form_type == raw.FORMTYPE_XFA_FULL
        width, height = self._first_size()
        damage = Reason.UNSUPPORTED if has_xfa else Reason.CORRUPT if pages > count else None
        self.header = Header(PDF, width, height, count, 1, damage)

    def size(self, frame: int) -> tuple[int, int]:
        with LOCK:
            return self._page(frame).size

    def decode(self, frame: int, min_side: int | None = None, max_pixels: int = MAX_PIXELS) -> Rgb:
        with LOCK:
            sheet = self._page(frame)
            if sheet.scan is None:
                pixels = sheet.draw(min_side, max_pixels)
                if sheet.is_blank and self._lacks_pictures(frame):
                    raise DecodeError(Reason.CORRUPT, PDF)
                return pixels
        return sheet.scan.decode(0, min_side, max_pixels)

    def damage(self, frame: int) -> Reason | None:
        with LOCK:
            sheet = self._page(frame)
        if sheet.scan is not None:
            return sheet.damage or sheet.scan.damage(0)
        return sheet.damage or self._words_damage

    @cached_property
    def _words_damage(self) -> Reason | None:
        """Of the whole file, since nobody knows which page shows what; only asked for where a page was drawn."""
        return None if self._file.is_encrypted else words_damage(self._data)

    def attached(self, allowance: Allowance) -> Iterator[Member] | None:
        """The files attached to the PDF or pinned to a page; None where there are none. To be asked when all pages have
        been, for what is pinned to a page is not known before."""
        if not (self._has_files or self._pinned):
            return None
        return attached_files(self._data, file_streams(self._data), sorted(self._pinned), allowance)

    def _page(self, frame: int) -> Sheet:
        if self._sheet is None or self._index != frame:
            self._sheet, self._index = None, frame
            self._loaded += 1
            if self._loaded % _ANEW == 0:
                self._file = PdfFile(self._data)
            self._sheet = Sheet(self._file, frame, plain=not self._masks)
            if self._sheet.has_pinned:
                self._pinned.add(frame)
        return self._sheet

    def _first_size(self) -> tuple[int, int]:
        try:
            return self._page(0).size
        except DecodeError:  # the first page's fault, not the document's
            return 0, 0

    def _lacks_pictures(self, frame: int) -> bool:
        """Whether more pictures lie in the file than its pages show: then a page that shows nothing has lost its own,
        which pdfium does not tell."""
        if self._shown is None:
            self._shown = sum(_shown_on(self._file, index) for index in range(self._file.page_count))
            self._sheet = None
        data = without_files(self._data, file_streams(self._data)) if self._has_files else self._data
        return pictures_in(data) > self._shown


def _shown_on(file: PdfFile, index: int) -> int:
    try:
        return Sheet(file, index).shown
    except DecodeError:
        return 0
