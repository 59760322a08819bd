"""PDFs written by hand, object by object, as tests and made-up documents want them: also broken on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Shown", "assemble", "pages", "stream"]

A4 = b"/MediaBox[0 0 595 842]"


@dataclass(frozen=True, slots=True)
class Shown:
    """One page with one picture, `/I` in its content. `entries`: of the picture's dictionary, all but the length."""

    entries: bytes
    data: bytes
    content: bytes = b"q 595 0 0 842 0 0 cm /I Do Q"
    page: bytes = A4
    """Entries of the page."""


def stream(entries: bytes, data: bytes) -> bytes:
    """A stream object without its number."""
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def assemble(objects: Sequence[bytes], trailer: bytes = b"") -> bytes:
    """The file: objects numbered from 1, the first of them the catalogue."""
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<</Size %d/Root 1 0 R%s>>\n" % (size, table, size, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % out.rindex(b"xref\n0 ")
    return bytes(out)


def pages(*shown: Shown, catalog: bytes = b"", more: Sequence[bytes] = ()) -> bytes:
    """A PDF of such pages. Object 3n+3 is page n (from 0), 3n+4 its content, 3n+5 its picture; `more` come last."""
    kids = b" ".join(b"%d 0 R" % (3 * n + 3) for n in range(len(shown)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        b"<</Type/Pages/Kids[%s]/Count %d>>" % (kids, len(shown)),
    ]
    for n, each in enumerate(shown):
        font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        resources = b"/Resources<<%s/XObject<</I %d 0 R>>>>" % (font, 3 * n + 5)
        objects += [
            b"<</Type/Page/Parent 2 0 R%s/Contents %d 0 R%s>>" % (resources, 3 * n + 4, each.page),
            stream(b"", each.content),
            stream(b"/Type/XObject/Subtype/Image" + each.entries, each.data),
        ]
    return assemble([*objects, *more])
