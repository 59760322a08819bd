"""An opened PDF: a `Picture` whose frames are its pages, and the files attached to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from thaiid_detect.media import sniff
from thaiid_detect.pdf.library import LOCK, PDF, PdfFile, attachment, pdfium
from thaiid_detect.pdf.page import Sheet
from thaiid_detect.pdf.streams import masks_pictures, pages_in, pictures_in
from thaiid_detect.picture import MAX_PIXELS, DecodeError, Header, Picture
from thaiid_detect.pixels import Rgb
from thaiid_detect.plaintext import text_may_hold_picture
from thaiid_detect.records import Reason

__all__ = ["PDF", "embedded_files", "open_pdf"]

_MOST_ATTACHED: Final = 256 << 20
_ANEW: Final = 32
"""Pages after which the file is opened anew: pdfium keeps the bytes of every picture that it was asked for, and of 500
scans it held as much again as the file has."""


def open_pdf(data: bytes) -> Picture:
    """Read the table of contents. A PDF with a file attached that may hold a picture has a damage: nobody looks into
    that here (see `embedded_files`); and so has one in which more pages lie than it lists. Raises DecodeError:
    encrypted, truncated, corrupt."""
    with LOCK:
        return _Pdf(data)


def embedded_files(data: bytes, max_bytes: int = _MOST_ATTACHED) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file attached to a PDF, or to a place on one of its pages. Raises DecodeError, too for a
    file of more than `max_bytes`."""
    with LOCK:
        file = PdfFile(data)
        raw, count = pdfium(), pdfium().FPDFDoc_GetAttachmentCount(file.document)
    for index in range(count):
        with LOCK:
            found = attachment(raw.FPDFDoc_GetAttachment(file.document, index), max_bytes)
        yield found
    if b"/FileAttachment" in data or b"/ObjStm" in data:
        yield from _pinned(file, max_bytes)


def _pinned(file: PdfFile, max_bytes: int) -> Iterator[tuple[str, bytes]]:
    for index in range(file.page_count):
        with LOCK:
            found = [attachment(each, max_bytes) for each in Sheet(file, index).attached()]
        yield from found


class _Pdf:
    """The pages of a PDF. What is known of the page last asked for is kept, and so is what pdfium has decoded of it."""

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
        raw = pdfium()
        count = self._file.page_count
        hidden = self._file.form_type == raw.FORMTYPE_XFA_FULL or self._has_attached()
        width, height = self._first_size()
        damage = Reason.UNSUPPORTED if hidden else Reason.CORRUPT if pages_in(data) > count else None
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
        return sheet.damage or (sheet.scan.damage(0) if sheet.scan is not None else None)

    def _page(self, frame: int) -> Sheet:
        if self._sheet is None or self._index != frame:
            self._sheet, self._index = None, frame
            self._loaded += 1
            if self._loaded % _ANEW == 0:
                self._file = PdfFile(self._data)
            self._sheet = Sheet(self._file, frame, plain=not self._masks)
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
        return pictures_in(self._data) > self._shown

    def _has_attached(self) -> bool:
        """Whether a file is attached that may hold a picture; text without any is common: an invoice as XML."""
        raw, document = pdfium(), self._file.document
        for index in range(raw.FPDFDoc_GetAttachmentCount(document)):
            try:
                _, data = attachment(raw.FPDFDoc_GetAttachment(document, index), _MOST_ATTACHED)
            except DecodeError:
                return True
            if sniff(data) != "text/plain" or text_may_hold_picture(data):
                return True
        return False


def _shown_on(file: PdfFile, index: int) -> int:
    try:
        return Sheet(file, index).shown
    except DecodeError:
        return 0
