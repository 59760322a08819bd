"""One page of a PDF: what is on it, how large it is, its pixels.

Lengths on a page are in points, 1/72 inch, y upwards; a page's boxes and its turn (/Rotate) are pdfium's matter. Its
UserUnit says how large it prints and changes nothing here: what counts is how much of the page a card takes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from ctypes import c_float
from typing import Any, Final

import numpy as np

from thaiid_detect.image import open_jpeg
from thaiid_detect.pdf.embedded import DCT, Embedded
from thaiid_detect.pdf.library import PDF, PdfFile, pdfium, pinned
from thaiid_detect.picture import DecodeError, Picture, check_size
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason

__all__ = ["Sheet"]

_MOST_POINTS: Final = 14_400
"""Of a side. Source: ISO 32000-1, annex C: readers need no more. What is larger would be drawn too small to see."""
_DOTS: Final = 225 / 72
"""Pixels a point of a full size: a card's digits are 20 pixels high."""
_LONG: Final = (1600, 3600)
"""Pixels of the long side of a full size, whatever the page's size in points: nobody looks closer."""
_MOST_DRAWN: Final = 40_000_000
"""Pixels of a full size for the sake of the pictures on a page, which may be fine and small."""
_DEEPEST: Final = 40
_MARGIN: Final = 0.02
"""Of a page's side: what may be left uncovered, or hang over, for a picture to be all that is seen."""
_HALF: Final = 0.5
_ASKEW: Final = 0.02
_STRETCHED: Final = 0.05
_TURNS: Final = {
    ((1, 0), (0, 1)): 1,
    ((-1, 0), (0, 1)): 2,
    ((-1, 0), (0, -1)): 3,
    ((1, 0), (0, -1)): 4,
    ((0, 1), (1, 0)): 5,
    ((0, -1), (1, 0)): 6,
    ((0, -1), (-1, 0)): 7,
    ((0, 1), (-1, 0)): 8,
}
"""Where a stored picture's columns and rows run to on the page as seen, y downwards → EXIF turn."""


class Sheet:
    """A loaded page. Used under `LOCK`, until another page of the file is loaded."""

    def __init__(self, file: PdfFile, index: int, plain: bool = False) -> None:
        """`plain`: no picture of the file has a mask. Raises DecodeError."""
        raw = pdfium()
        self._file = file
        self._page = file.load(index)
        self._points = raw.FPDF_GetPageWidthF(self._page), raw.FPDF_GetPageHeightF(self._page)
        if not 0 < max(self._points) <= _MOST_POINTS:
            raise DecodeError(Reason.TOO_LARGE, PDF)
        box = raw.FS_RECTF()
        raw.FPDF_GetPageBoundingBox(self._page, box)
        self._box = box.left, box.bottom, box.right, box.top
        self._drawn = list(_objects(self._page))
        self._notes = list(self._annotations())
        self.pictures = [Embedded(each, self._page) for each, kind, _ in self._drawn if kind == raw.FPDF_PAGEOBJ_IMAGE]
        self.pictures += [Embedded(each, self._page) for note in self._notes for each in note]
        self.has_pinned = bool(pinned(self._page))
        self.scan = self._scan() if plain else None
        self.damage: Reason | None = self.scan.header.damage if self.scan else None
        self.size = (self.scan.header.width, self.scan.header.height) if self.scan else self._full_size()
        self._checked = False

    @property
    def is_blank(self) -> bool:
        """Nothing but lines, invisible words, and pictures out of sight is on it."""
        raw = pdfium()
        words = any(_is_visible(each, kind) for each, kind, _ in self._drawn if kind == raw.FPDF_PAGEOBJ_TEXT)
        shades = any(kind == raw.FPDF_PAGEOBJ_SHADING for _, kind, _ in self._drawn)
        return not (self._notes or words or shades or self.shown)

    @property
    def shown(self) -> int:
        """How many pictures lie on the page, and not beside it, or squeezed to a line (2 % of the page)."""
        raw, shown = pdfium(), sum(map(len, self._notes))
        for each, kind, depth in self._drawn:
            if kind == raw.FPDF_PAGEOBJ_IMAGE:
                shown += depth > 0 or self._is_in_sight(each)
        return shown

    def draw(self, min_side: int | None, max_pixels: int) -> Rgb:
        """The page on white, annotations and form fields with it. Raises DecodeError."""
        check_size(self.size, max_pixels, PDF)
        self._check_pictures(max_pixels)
        share = min(1.0, (min_side or math.inf) / max(self.size))
        width, height = (max(1, math.ceil(share * side)) for side in self.size)
        pixels = np.full((height, width, 3), 255, np.uint8)
        raw = pdfium()
        bitmap = raw.FPDFBitmap_CreateEx(width, height, raw.FPDFBitmap_BGR, pixels.ctypes.data, 3 * width)
        if not bitmap:
            raise MemoryError
        place = (bitmap, self._page, 0, 0, width, height, 0, raw.FPDF_ANNOT | raw.FPDF_REVERSE_BYTE_ORDER)
        raw.FPDF_RenderPageBitmap(*place)
        if self._file.forms:
            raw.FPDF_FFLDraw(self._file.forms, *place)
        raw.FPDFBitmap_Destroy(bitmap)
        return pixels

    def _check_pictures(self, max_pixels: int) -> None:
        """Once, and not before pixels are wanted: it may cost as much as drawing the page."""
        if self._checked:
            return
        for picture in self.pictures:
            self.damage = self.damage or picture.damage(max_pixels)
        self._checked = True

    def _annotations(self) -> Iterator[list[Any]]:
        """For each annotation that can be seen, the pictures on it."""
        raw = pdfium()
        unseen = (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP)
        for index in range(raw.FPDFPage_GetAnnotCount(self._page)):
            note = raw.FPDFPage_GetAnnot(self._page, index)
            if note and raw.FPDFAnnot_GetSubtype(note) not in unseen:
                held = (raw.FPDFAnnot_GetObject(note, at) for at in range(raw.FPDFAnnot_GetObjectCount(note)))
                yield [each for each in held if each and raw.FPDFPageObj_GetType(each) == raw.FPDF_PAGEOBJ_IMAGE]
            if note:
                raw.FPDFPage_CloseAnnot(note)

    def _full_size(self) -> tuple[int, int]:
        """Pixels of the whole page: as many as a card on it needs, as the pictures on it have, and not more than can be
        held."""
        low, high = (side / max(self._points) for side in _LONG)
        scale = min(max(_DOTS, low), high)
        for each, kind, depth in self._drawn:
            if kind == pdfium().FPDF_PAGEOBJ_IMAGE and depth == 0:
                scale = max(scale, self._resolution(each))
        area = max(self._points[0] * self._points[1], 1e-6)
        scale = min(scale, math.sqrt(_MOST_DRAWN / area))
        return max(1, round(scale * self._points[0])), max(1, round(scale * self._points[1]))

    def _resolution(self, image: Any) -> float:
        """Pixels a point of a picture; 0 for small ones, on which no card would be read anyhow."""
        a, b, c, d = _matrix(image)
        wide, high = math.hypot(a, b), math.hypot(c, d)
        if min(wide, high) < 1 or max(wide, high) < 0.1 * max(self._points):
            return 0.0
        columns, rows = Embedded(image, self._page).size
        return max(columns / wide, rows / high)

    def _scan(self) -> Picture | None:
        """The page as a JPEG, where it is nothing else: one picture over all that was drawn before it, or alone."""
        raw = pdfium()
        seen = [(each, kind, depth) for each, kind, depth in self._drawn if _is_visible(each, kind)]
        if not seen or self._notes or seen[-1][1:] != (raw.FPDF_PAGEOBJ_IMAGE, 0):
            return None
        image = seen[-1][0]
        picture, turn = Embedded(image, self._page), self._turn(image)
        if turn is None or not self._fills(image, len(seen) == 1) or raw.FPDFPageObj_HasTransparency(image):
            return None
        if picture.filters != [DCT] or not _is_plain(picture) or not _is_square(picture.size, _matrix(image)):
            return None
        try:
            return open_jpeg(picture.stored(), turn)
        except DecodeError:
            return None

    def _fills(self, image: Any, alone: bool) -> bool:
        """Whether the picture covers the page, or half of it with nothing beside it; little of it may hang over."""
        left, bottom, right, top = self._bounds(image)
        west, south, east, north = self._box
        wide, high = max(east - west, 1e-6), max(north - south, 1e-6)
        beyond = (west - left) / wide, (right - east) / wide, (south - bottom) / high, (top - north) / high
        if max(beyond) > 5 * _MARGIN:
            return False
        return min(beyond) >= -_MARGIN or (alone and (right - left) * (top - bottom) >= _HALF * wide * high)

    def _is_in_sight(self, image: Any) -> bool:
        (left, bottom, right, top), (a, b, c, d) = self._bounds(image), _matrix(image)
        west, south, east, north = self._box
        thickness = abs(a * d - b * c) / max(math.hypot(a, b), math.hypot(c, d), 1e-6)
        least = _MARGIN * max(self._points)
        wide, high = min(right, east) - max(left, west), min(top, north) - max(bottom, south)
        return bool(min(wide, high, thickness) > least)

    def _bounds(self, drawn: Any) -> tuple[float, float, float, float]:
        """Left, bottom, right, top; of what is grouped, within its group."""
        sides = [c_float() for _ in range(4)]
        pdfium().FPDFPageObj_GetBounds(drawn, *sides)
        return sides[0].value, sides[1].value, sides[2].value, sides[3].value

    def _turn(self, image: Any) -> int | None:
        """How the stored picture is to be turned for the page as it is seen (1–8), None where it lies askew."""
        a, b, c, d = _matrix(image)
        columns, rows = (a, -b), (-c, d)
        for _ in range(max(0, pdfium().FPDFPage_GetRotation(self._page))):  # quarters clockwise: (x, y) → (-y, x)
            columns, rows = (-columns[1], columns[0]), (-rows[1], rows[0])
        across, down = _straight(*columns), _straight(*rows)
        return _TURNS.get(((across[0], down[0]), (across[1], down[1])))


def _objects(page: Any) -> Iterator[tuple[Any, int, int]]:
    """Handle, kind and depth of all that is drawn, in order; what is grouped (a form) comes after its group."""
    raw = pdfium()

    def within(parent: Any, count: Any, get: Any, depth: int) -> Iterator[tuple[Any, int, int]]:
        for index in range(count(parent)):
            each = get(parent, index)
            kind = raw.FPDFPageObj_GetType(each)
            yield each, kind, depth
            if kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
                yield from within(each, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, depth + 1)

    return within(page, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, 0)


def _is_visible(drawn: Any, kind: int) -> bool:
    """All but a group, which shows what is in it, and the invisible words that a scan is searched by."""
    raw = pdfium()
    if kind == raw.FPDF_PAGEOBJ_TEXT:
        return bool(raw.FPDFTextObj_GetTextRenderMode(drawn) != raw.FPDF_TEXTRENDERMODE_INVISIBLE)
    return kind != int(raw.FPDF_PAGEOBJ_FORM)


def _is_square(size: tuple[int, int], matrix: tuple[float, float, float, float]) -> bool:
    """Whether the pixels are as wide as high on the page."""
    wide, high = math.hypot(*matrix[:2]) * size[1], math.hypot(*matrix[2:]) * size[0]
    return wide * (1 - _STRETCHED) < high < wide * (1 + _STRETCHED)


def _is_plain(picture: Embedded) -> bool:
    """Whether a JPEG decoder yields the colours that the PDF means: grey or RGB, by any measure."""
    raw = pdfium()
    bits, space = picture.kind
    grey = raw.FPDF_COLORSPACE_DEVICEGRAY, raw.FPDF_COLORSPACE_CALGRAY
    colour = raw.FPDF_COLORSPACE_DEVICERGB, raw.FPDF_COLORSPACE_CALRGB
    return bits in (8, 24) and space in (*grey, *colour, raw.FPDF_COLORSPACE_ICCBASED)


def _matrix(drawn: Any) -> tuple[float, float, float, float]:
    """Where a picture's right and upper edge run to: (a, b) and (c, d). Source: ISO 32000-1, 8.3.3."""
    matrix = pdfium().FS_MATRIX()
    pdfium().FPDFPageObj_GetMatrix(drawn, matrix)
    return matrix.a, matrix.b, matrix.c, matrix.d


def _straight(x: float, y: float) -> tuple[int, int]:
    """The direction as one of four, (0, 0) where it is none of them."""
    if abs(y) <= _ASKEW * abs(x):
        return int(math.copysign(1, x)), 0
    return (0, int(math.copysign(1, y))) if abs(x) <= _ASKEW * abs(y) else (0, 0)
