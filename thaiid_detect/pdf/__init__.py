"""A PDF as a picture of many frames, through pdfium: its home, and the only one.

A page that is one scan is its JPEG, decoded as small as asked for without drawing the page; any other page is drawn.
`library.py` holds the lock and the handles, `page.py` says what is on a page, `streams.py` whether pictures are whole,
`attached.py` hands out the files attached.
"""

from __future__ import annotations

from thaiid_detect.pdf.opened import PDF, Pdf, open_pdf

__all__ = ["PDF", "Pdf", "open_pdf"]
