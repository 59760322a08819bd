"""Files attached to a PDF, or pinned to a place on one of its pages: found and decrypted by pdfium, unpacked here.

pdfium by itself unpacks them whatever they come to (3 GB for 2 MB of zeros), and of one that was cut short it hands out
what there is, without a word. So it is given a copy of the PDF in which the dictionaries of such streams are written
over: they tell their length, and as their media type, which nothing depends on, the number of the stream. There is
nothing to unpack then, and what pdfium hands out is known by its number. Section numbers: ISO 32000-1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from thaiid_detect.pdf.library import (
    LOCK,
    PdfFile,
    attached_bytes,
    attached_name,
    attached_type,
    pdfium,
    pinned,
)
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance, Member, Stream, zlib_stream

__all__ = ["FileStream", "attached_files", "file_streams", "without_files"]

_LONGEST: Final = 4096
"""Bytes of a dictionary."""
_IS_FILE: Final = re.compile(rb"/Type\s*/EmbeddedFile\b|/Params\b")
"""Keys of an embedded file stream (7.11.4, table 45), either of which may be left away."""
_LENGTH: Final = re.compile(rb"/Length\s*(\d{1,12})\b(\s+\d+\s+R\b)?")
_FILTER: Final = re.compile(rb"/Filter\s*(\[[^\]]*\]|/?[^\s/<>\[\]()]+)")
"""One name, or some, or a reference to them."""
_PREDICTED: Final = re.compile(rb"/Predictor\s*(?:[2-9]|1\d)")
_END: Final = b"endstream"
_FLATE: Final = b"/FlateDecode"
_NAME: Final = re.compile(rb"/?[^\s/<>\[\]()]+")


@dataclass(frozen=True, slots=True)
class FileStream:
    """A stream that is a file, by its dictionary: that of a stream is never packed itself (7.5.7). All are offsets."""

    head: int
    """Of the dictionary."""
    behind: int
    """Behind the dictionary: of the word `stream`."""
    start: int
    """Of the bytes, as they lie in the PDF."""
    end: int


def file_streams(data: bytes) -> list[FileStream]:
    """All that lie in a PDF, listed or not, in their order; not those of a PDF that is a file in it."""
    found, at = list[FileStream](), 0
    while (at := data.find(b"stream", at)) >= 0:
        head = data.rfind(b"obj", max(0, at - _LONGEST), at) + 3
        words = data[head:at].strip() if head > 2 else b""
        if words.startswith(b"<<") and words.endswith(b">>") and _IS_FILE.search(words):
            start = at + 6 + (data[at + 6 : at + 8] == b"\r\n") + 1  # 7.3.8: a line feed, with a return or without
            found.append(FileStream(head, at, min(start, len(data)), _end(data, start, words)))
            at = found[-1].end
        else:
            at += 6
    return found


def _end(data: bytes, start: int, words: bytes) -> int:
    """Where the stream ends: by its length, if it says one that is right."""
    length = _LENGTH.search(words)
    if length is not None and length[2] is None:
        end = start + int(length[1])
        if data[end : end + len(_END) + 2].lstrip().startswith(_END):
            return end
    end = data.find(_END, start)
    return end if end >= 0 else len(data)


def without_files(data: bytes, streams: Collection[FileStream]) -> bytes:
    """The PDF without the bytes of the files in it, which may be another's pages."""
    if not streams:
        return data
    starts, ends = [0, *(each.end for each in streams)], [*(each.start for each in streams), len(data)]
    view = memoryview(data)
    return b"".join(view[start:end] for start, end in zip(starts, ends, strict=True))


def attached_files(
    data: bytes, streams: Sequence[FileStream], pages: Collection[int], allowance: Allowance
) -> Iterator[Member]:
    """All files: those that the PDF lists, those pinned to `pages` (from 0), and those that lie in it and nobody names,
    as an earlier version of it may have had them. Raises DecodeError where they are more than the allowance has left.
    """
    left = dict(enumerate(streams))
    with LOCK:
        file = PdfFile(_marked(data, streams))
    yield from _named(file, data, left, pages, allowance)
    for stream in left.values():
        allowance.admit()
        name = f"@{stream.start}"
        if file.is_encrypted:  # pdfium decrypts what it is led to, and nothing else
            yield Member(name, damage=Reason.ENCRYPTED)
        else:
            yield _unpacked(name, data[stream.start : stream.end], data, stream, allowance)


def _marked(data: bytes, streams: Sequence[FileStream]) -> bytes:
    """The copy, not a byte longer; where a dictionary is too short for the mark there was nothing to unpack."""
    view, pieces, at = memoryview(data), list[bytes | memoryview](), 0
    for number, stream in enumerate(streams):
        length = _LENGTH.search(data, stream.head, stream.behind)
        words = b"<<%s/Subtype/%d>>" % (length[0] if length else b"", number)
        if len(words) <= stream.behind - stream.head:
            pieces += [view[at : stream.head], words.ljust(stream.behind - stream.head)]
            at = stream.behind
    return b"".join([*pieces, view[at:]])


def _named(
    file: PdfFile, data: bytes, left: dict[int, FileStream], pages: Collection[int], allowance: Allowance
) -> Iterator[Member]:
    """What pdfium finds in the marked copy, each stream once; those are taken out of `left`."""
    known = len(left)
    for count, handle in enumerate(_handles(file, pages), 1):
        allowance.admit()
        with LOCK:
            name, mark = attached_name(handle) or f"attachment-{count}", attached_type(handle)
        number = int(mark) if mark.isascii() and mark.isdecimal() else known
        if number >= known:  # not asked for its bytes: pdfium would unpack them
            yield Member(name, damage=Reason.UNSUPPORTED)
        elif number in left:
            with LOCK:
                raw = attached_bytes(handle)
            yield _unpacked(name, raw, data, left.pop(number), allowance)


def _handles(file: PdfFile, pages: Collection[int]) -> Iterator[Any]:
    raw = pdfium()
    with LOCK:
        count = raw.FPDFDoc_GetAttachmentCount(file.document)
    for index in range(count):
        with LOCK:
            handle = raw.FPDFDoc_GetAttachment(file.document, index)
        yield handle
    for page in pages:
        with LOCK:
            found = pinned(file.load(page))
        yield from found


def _unpacked(name: str, raw: bytes, data: bytes, stream: FileStream, allowance: Allowance) -> Member:
    """The file whose bytes, decrypted, are `raw`. No program is known that packs one otherwise than by zlib."""
    words = data[stream.head : stream.behind]
    said = _FILTER.search(words)
    filters = _NAME.findall(said[1]) if said else []
    if filters not in ([], [_FLATE]) or _PREDICTED.search(words):
        return Member(name, damage=Reason.UNSUPPORTED)
    member = Member(name, *Stream(raw, zlib_stream, allowance).read_all()) if filters else allowance.member(name, raw)
    cut = _END not in data[stream.end : stream.end + len(_END) + 2]
    return replace(member, damage=Reason.TRUNCATED) if cut and member.damage is None else member
