"""pdfium itself: loaded at the first PDF, called by one thread at a time, every handle closed by the one who opened it.

pdfium is not thread-safe, so `LOCK` is held around every call. Its plain functions are used, for pypdfium2's helpers
close themselves in whatever thread collects garbage.
"""

from __future__ import annotations

import threading
import weakref
from ctypes import POINTER, c_ulong, cast, create_string_buffer
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from thaiid_detect.picture import DecodeError
from thaiid_detect.records import Reason

__all__ = ["LOCK", "PDF", "PdfFile", "attached_bytes", "attached_name", "attached_type", "pdfium", "pinned"]

PDF: Final = "application/pdf"
LOCK: Final = threading.RLock()
"""Taken again by the thread that has it: garbage may be collected, and a file closed, while another is worked on."""
_END: Final = b"%%EOF"
_TAIL: Final = 2048


@cache
def pdfium() -> Any:
    """pdfium's functions. Loading takes some 50 ms, which a store without PDFs need not spend."""
    import pypdfium2.raw

    return pypdfium2.raw


@dataclass(slots=True)
class _Handles:
    document: Any
    forms: Any = None
    page: Any = None
    kept: tuple[Any, ...] = ()
    """What pdfium reads from as long as the document is open."""


class PdfFile:
    """An open PDF with one page of it loaded at a time. Used under `LOCK`; closed when nobody holds it any more."""

    def __init__(self, data: bytes) -> None:
        """Raises DecodeError: encrypted, truncated, corrupt."""
        raw = pdfium()
        document = raw.FPDF_LoadMemDocument64(data, len(data), None)
        if not document:
            locked = raw.FPDF_GetLastError() in (raw.FPDF_ERR_PASSWORD, raw.FPDF_ERR_SECURITY)
            raise DecodeError(Reason.ENCRYPTED if locked else _broken(data), PDF)
        self._handles = _Handles(document, kept=(data,))
        weakref.finalize(self, _close, self._handles)
        self.form_type = raw.FPDF_GetFormType(document)
        if self.form_type != raw.FORMTYPE_NONE:
            config = raw.FPDF_FORMFILLINFO(version=2)
            self._handles.kept = (data, config)
            self._handles.forms = raw.FPDFDOC_InitFormFillEnvironment(document, config)
        self.page_count: int = raw.FPDF_GetPageCount(document)
        self.is_encrypted: bool = raw.FPDF_GetSecurityHandlerRevision(document) >= 0

    @property
    def document(self) -> Any:
        return self._handles.document

    @property
    def forms(self) -> Any:
        return self._handles.forms

    def load(self, index: int) -> Any:
        """The page's handle, valid until the next call. Raises DecodeError."""
        raw = pdfium()
        _close_page(self._handles)
        page = raw.FPDF_LoadPage(self.document, index)
        if not page:
            raise DecodeError(Reason.CORRUPT, PDF)
        self._handles.page = page
        if self.forms:
            raw.FORM_OnAfterLoadPage(page, self.forms)
        return page


def _broken(data: bytes) -> Reason:
    return Reason.CORRUPT if _END in data[-_TAIL:] else Reason.TRUNCATED


def _close_page(handles: _Handles) -> None:
    raw = pdfium()
    if handles.page and handles.forms:
        raw.FORM_OnBeforeClosePage(handles.page, handles.forms)
    if handles.page:
        raw.FPDF_ClosePage(handles.page)
    handles.page = None


def _close(handles: _Handles) -> None:
    raw = pdfium()
    with LOCK:
        _close_page(handles)
        if handles.forms:
            raw.FPDFDOC_ExitFormFillEnvironment(handles.forms)
        raw.FPDF_CloseDocument(handles.document)


def pinned(page: Any) -> list[Any]:
    """Handles of the files that are pinned to places of a loaded page."""
    raw, found = pdfium(), []
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        note = raw.FPDFPage_GetAnnot(page, index)
        if note and raw.FPDFAnnot_GetSubtype(note) == raw.FPDF_ANNOT_FILEATTACHMENT:
            found.append(raw.FPDFAnnot_GetFileAttachment(note))
        if note:
            raw.FPDFPage_CloseAnnot(note)
    return [each for each in found if each]


def attached_name(handle: Any) -> str:
    """Of a file within a PDF."""
    return _text(pdfium().FPDFAttachment_GetName, handle)


def attached_type(handle: Any) -> str:
    """Its media type, as it claims it."""
    return _text(pdfium().FPDFAttachment_GetSubtype, handle)


def _text(read: Any, handle: Any) -> str:
    size = read(handle, None, 0)
    text = create_string_buffer(max(2, size))
    read(handle, cast(text, POINTER(pdfium().FPDF_WCHAR)), len(text))
    return text.raw[:size].decode("utf-16-le", "replace").rstrip("\0")


def attached_bytes(handle: Any) -> bytes:
    """Its bytes, unpacked whatever they come to; none where there is no file."""
    raw, size = pdfium(), c_ulong()
    raw.FPDFAttachment_GetFile(handle, None, 0, size)
    data = create_string_buffer(max(1, size.value))
    raw.FPDFAttachment_GetFile(handle, data, size.value, size)
    return data.raw[: size.value]
