"""One picture of a PDF's page, as pdfium holds it: its size, its bytes, and whether it can be decoded whole."""

from __future__ import annotations

from ctypes import c_ubyte, c_uint, create_string_buffer, string_at
from typing import Any, Final

import numpy as np

from thaiid_detect.image import open_jpeg
from thaiid_detect.pdf.library import PDF, pdfium
from thaiid_detect.pdf.streams import fax_damage, flate_damage, jbig2_damage, jpx_size, rows_damage
from thaiid_detect.picture import DecodeError, check_size
from thaiid_detect.records import Reason

__all__ = ["DCT", "Embedded"]

DCT: Final = "DCTDecode"
_FLATE, _FAX, _JBIG2, _JPX = "FlateDecode", "CCITTFaxDecode", "JBIG2Decode", "JPXDecode"
_SHORT: Final = {
    "AHx": "ASCIIHexDecode",
    "A85": "ASCII85Decode",
    "LZW": "LZWDecode",
    "Fl": _FLATE,
    "RL": "RunLengthDecode",
    "CCF": _FAX,
    "DCT": DCT,
}
"""Names of filters in the pictures that stand between the words of a page. Source: ISO 32000-1, table 94."""
_KNOWN: Final = {*_SHORT.values(), _JBIG2, _JPX, "Crypt"}
_LEAST: Final = {1: 1 / 8, 8: 1 / 4, 24: 3.0, 32: 3.0}
"""Bits a pixel as pdfium shows it → bytes a pixel at least in the stream, which may hold fewer bits (2 for a grey)."""
_NAME: Final = 64


class Embedded:
    """A picture object. Valid while its page is loaded."""

    def __init__(self, handle: Any, page: Any) -> None:
        raw = pdfium()
        wide, high = c_uint(), c_uint()
        raw.FPDFImageObj_GetImagePixelSize(handle, wide, high)
        self.handle = handle
        self._page = page
        self.size = wide.value, high.value

    @property
    def filters(self) -> list[str]:
        """What its bytes went through, in the order in which it is to be undone."""
        raw, name = pdfium(), create_string_buffer(_NAME)
        names = []
        for index in range(raw.FPDFImageObj_GetImageFilterCount(self.handle)):
            raw.FPDFImageObj_GetImageFilter(self.handle, index, name, _NAME)
            names.append(_SHORT.get(text := name.value.decode("latin-1"), text))
        return names

    @property
    def kind(self) -> tuple[int, int]:
        """Bits a pixel, 0 where pdfium cannot decode it, and the colour space. Decodes a JPEG 2000."""
        raw = pdfium()
        about = raw.FPDF_IMAGEOBJ_METADATA()
        raw.FPDFImageObj_GetImageMetadata(self.handle, self._page, about)
        return about.bits_per_pixel, about.colorspace

    def stored(self) -> bytes:
        """As they lie in the file, but decrypted."""
        read = pdfium().FPDFImageObj_GetImageDataRaw
        buffer = (c_ubyte * read(self.handle, None, 0))()
        read(self.handle, buffer, len(buffer))
        return bytes(buffer)

    def _unpacked(self) -> bytes:
        """All undone but for the last filter, if that makes pictures."""
        read = pdfium().FPDFImageObj_GetImageDataDecoded
        buffer = (c_ubyte * read(self.handle, None, 0))()
        read(self.handle, buffer, len(buffer))
        return bytes(buffer)

    def damage(self, max_pixels: int) -> Reason | None:
        """Why it cannot be seen, or not all of it. Raises DecodeError: it is too large to be tried."""
        filters, size = self.filters, self.size
        if not set(filters) <= _KNOWN:
            return Reason.UNSUPPORTED
        if min(size) < 1:
            return Reason.CORRUPT
        check_size(size, max_pixels, PDF)
        last = filters[-1] if filters else ""
        if last == _JPX and max(size := jpx_size(self._unpacked())) > 0:
            check_size(size, max_pixels, PDF)
        bits, _ = self.kind
        return self._damage(filters, last, bits) if bits else Reason.CORRUPT

    def _damage(self, filters: list[str], last: str, bits: int) -> Reason | None:
        height = self.size[1]
        if last == DCT:  # of one bit it can only be where the word on its colours was lost
            return _jpeg_damage(self._unpacked()) or (Reason.CORRUPT if bits == 1 else None)
        if last == _JPX:
            return None  # pdfium shows none but whole ones
        if last == _JBIG2:
            return jbig2_damage(self._unpacked()) or self._blank_rows()[1]
        if last == _FAX:
            blank, damage = self._blank_rows()
            return damage or fax_damage(self._unpacked(), blank)
        if filters == [_FLATE]:
            return flate_damage(self.stored(), height, self.size[0] if bits == 1 else None)
        return rows_damage(
            pdfium().FPDFImageObj_GetImageDataDecoded(self.handle, None, 0), height, self._row_bytes(bits)
        )

    def _row_bytes(self, bits: int) -> int:
        return int(self.size[0] * _LEAST.get(bits, 0))

    def _blank_rows(self) -> tuple[int, Reason | None]:
        """How many rows at its foot are of one colour and the same; and the damage, where pdfium cannot decode it."""
        raw = pdfium()
        bitmap = raw.FPDFImageObj_GetBitmap(self.handle)
        if not bitmap:
            return 0, Reason.CORRUPT
        height, stride = raw.FPDFBitmap_GetHeight(bitmap), raw.FPDFBitmap_GetStride(bitmap)
        used = raw.FPDFBitmap_GetWidth(bitmap)
        rows = np.frombuffer(string_at(raw.FPDFBitmap_GetBuffer(bitmap), height * stride), np.uint8)
        raw.FPDFBitmap_Destroy(bitmap)
        inked = np.flatnonzero((rows.reshape(height, stride)[:, :used] != rows[-stride]).any(axis=1))
        return height - 1 - int(inked[-1]) if len(inked) else height, None


def _jpeg_damage(data: bytes) -> Reason | None:
    try:
        picture = open_jpeg(data, 1)
        picture.decode(0, 1)  # as small as can be: pdfium does not pass on what libjpeg warns of
        return picture.header.damage or picture.damage(0)
    except DecodeError as error:
        return error.reason
