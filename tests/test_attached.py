"""Files attached to a PDF, or pinned to a page of it: found whoever wrote it, wherever it lies, and within the caps."""

from __future__ import annotations

import hashlib
import io
import re
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from PIL import Image

from models.training.pdf_writer import Shown, pages, stream
from tests.packing import mailed, opened, tarred, zipped
from thaiid_detect import Detector, Settings, Verdict
from thaiid_detect.document import open_document
from thaiid_detect.records import Reason

STORE = Path(__file__).parent / "data" / "demo-store"
CARD = (STORE / "2016/04/order-1001-card.jpg").read_bytes()
LOCKED = (Path(__file__).parent / "data" / "documents" / "user-password.pdf").read_bytes()
INVOICE = b'<?xml version="1.0"?><invoice><total>100.00</total></invoice>'
NUMBER = "1289900000125"


def jpeg() -> bytes:
    file = io.BytesIO()
    Image.radial_gradient("L").resize((300, 400)).save(file, "JPEG")
    return file.getvalue()


SMALL = jpeg()
PAGE = Shown(
    b"/Width 300/Height 400/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/DCTDecode",
    SMALL,
    b"q 300 0 0 400 0 0 cm /I Do Q",
    b"/MediaBox[0 0 300 400]",
)


def pdf(
    files: dict[str, bytes] | None = None,
    *,
    entries: bytes = b"/Type/EmbeddedFile",
    listed: bool = True,
    pins: dict[str, bytes] | None = None,
    shown: int = 1,
) -> bytes:
    """Pages, and files that its name tree lists and that are pinned to its last page; unpacked, by their entries."""
    more, names, notes, first = list[bytes](), b"", b"", 3 + 3 * shown
    for name, data in [*(files or {}).items(), *(pins or {}).items()]:
        at = first + len(more)
        spec = b"<</Type/Filespec/F(%b)/EF<</F %d 0 R>>>>" % (name.encode(), at)
        pinned = name in (pins or {})
        note = b"<</Type/Annot/Subtype/FileAttachment/Rect[9 9 20 20]/FS %s>>" % spec
        more += [stream(entries, data), note if pinned else spec]
        if pinned:
            notes += b"%d 0 R " % (at + 1)
        else:
            names += b"(%b) %d 0 R " % (name.encode(), at + 1)
    last = Shown(PAGE.entries, PAGE.data, PAGE.content, PAGE.page + (b"/Annots[%s]" % notes if notes else b""))
    catalog = b"/Names<</EmbeddedFiles<</Names[%s]>>>>" % names if names and listed else b""
    return pages(*[PAGE] * (shown - 1), last, catalog=catalog, more=more)


def by_pdfium(files: dict[str, bytes]) -> bytes:
    document, file = pypdfium2.PdfDocument(pdf()), io.BytesIO()
    for name, data in files.items():
        document.new_attachment(name).set_data(data)
    document.save(file)
    document.close()
    return file.getvalue()


def members(data: bytes, settings: Settings | None = None) -> tuple[list[str | None], Reason | None, int]:
    """The members that have pages, one for each; the damage; the count of pages."""
    found, document = opened(data, settings)
    return found, document.damage, document.page_count


def flate(data: bytes) -> bytes:
    return pdf({"a.jpg": zlib.compress(data)}, entries=b"/Type /EmbeddedFile/Filter/FlateDecode")


WRITTEN: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda data: pdf({"a.jpg": data}),
    "packed": flate,
    "packed, in a list": lambda data: pdf(
        {"a.jpg": zlib.compress(data)}, entries=b"/Params<<>>/Filter [ /FlateDecode ]"
    ),
    "by pdfium": lambda data: by_pdfium({"a.jpg": data}),
    "pinned": lambda data: pdf(pins={"a.jpg": data}, shown=2),
    "pinned, of no type": lambda data: pdf(pins={"a.jpg": data}, entries=b"/Params<</Size 9>>"),
    "wrong offsets": lambda data: pdf({"a.jpg": data}).replace(b"startxref\n", b"startxref\n9"),
    "media type": lambda data: pdf({"a.jpg": data}, entries=b"/Type/EmbeddedFile/Subtype/image#2Fjpeg"),
}


@pytest.mark.parametrize("write", WRITTEN.values(), ids=WRITTEN)
def test_own_pages_come_first_and_then_the_attached_file(write: Callable[[bytes], bytes]) -> None:
    found, damage, count = members(write(SMALL))
    own = count - 1
    assert (found, damage) == ([None] * own + ["a.jpg"], None)
    document = open_document(write(SMALL), Settings())
    assert document.page_count == own
    assert max(document.page(own).raster(90).shape) in (90, 100)
    with pytest.raises(IndexError):
        document.page(own + 1)
    for _ in range(2):
        assert [page.number for page in document] == [*range(1, own + 1), 1]
    with pytest.raises(IndexError):
        document.page(own + 1)


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(settings=Settings(second_reader=False))


@pytest.mark.parametrize(
    ("pack", "member"),
    [
        (lambda data: pdf({f"{NUMBER}.jpg": data}), "X-XXXX-XXXXX-12-5.jpg"),
        (lambda data: zipped({"b.pdf": pdf({"z.zip": zipped({"a.jpg": data})})}), "b.pdf!/z.zip!/a.jpg"),
        (lambda data: mailed({"b.pdf": pdf(pins={"a.jpg": data})}).as_bytes(), "b.pdf!/a.jpg"),
        (lambda data: pdf({"b.pdf": flate(data)}), "b.pdf!/a.jpg"),
    ],
)
def test_a_card_in_an_attached_file_is_found(detector: Detector, pack: Callable[[bytes], bytes], member: str) -> None:
    alone, outcome = detector.detect(CARD), detector.detect(pack(CARD))
    assert outcome.verdict is Verdict.ID_CARD
    assert [(card.member, card.page) for card in outcome.cards] == [(member, 1)]
    assert outcome.cards[0].reading == alone.cards[0].reading
    assert NUMBER not in str(outcome.to_dict())


def test_an_invoice_with_its_data_is_clear(detector: Detector) -> None:
    for data in (pdf({"factur-x.xml": INVOICE}), by_pdfium({"factur-x.xml": INVOICE})):
        outcome = detector.detect(data)
        assert (outcome.verdict, outcome.pages) == (Verdict.CLEAR, 1)
    wrapped = b'<Attachment mimeCode="application/pdf">%s</Attachment>' % zlib.compress(b"").hex().encode() * 2
    assert detector.detect(pdf({"ubl.xml": wrapped, "empty": b""})).verdict is Verdict.CLEAR


def test_a_damage_of_an_attached_file_is_the_documents(detector: Detector) -> None:
    packed = b"/Type/EmbeddedFile/Filter/FlateDecode"
    half, wrong = zlib.compress(SMALL)[:-500], bytearray(zlib.compress(SMALL))
    wrong[-1] ^= 1
    for data, reason in (
        (pdf({"a.pdf": LOCKED}), Reason.ENCRYPTED),
        (pdf({"a.jpg": SMALL[:-300]}), Reason.TRUNCATED),
        (pdf({"a.zip": zipped({"a.jpg": SMALL})[:200]}), Reason.TRUNCATED),
        (pdf({"a": b"\x7fELF" + bytes(60)}), Reason.UNSUPPORTED),
        (pdf({"a.jpg": half}, entries=packed), Reason.TRUNCATED),
        (pdf({"a.jpg": bytes(wrong)}, entries=packed), Reason.CORRUPT),
        (pdf({"a.jpg": b"garbage" * 99}, entries=packed), Reason.CORRUPT),
        (pdf({"a.jpg": SMALL}, entries=b"/Type/EmbeddedFile/Filter/LZWDecode"), Reason.UNSUPPORTED),
        (pdf({"a.jpg": SMALL}, entries=b"/Type/EmbeddedFile/Filter 9 0 R"), Reason.UNSUPPORTED),
        (pdf({"a.jpg": half}, entries=packed + b"/DecodeParms<</Predictor 12>>"), Reason.UNSUPPORTED),
        (pdf({"a.jpg": SMALL}, entries=b""), Reason.UNSUPPORTED),
        (pdf({"a.jpg": SMALL}).replace(b"/EF<<", b"/EG<<").replace(b"/Type/EmbeddedFile", b""), Reason.UNSUPPORTED),
    ):
        outcome = detector.detect(data)
        assert (outcome.verdict, outcome.reason) == (Verdict.UNANALYSED, reason), data[-900:]
        assert outcome.pages >= 1
    assert detector.detect(pdf({"a.pdf": LOCKED, "b.jpg": CARD})).verdict is Verdict.ID_CARD


def test_the_caps_hold_for_attached_files() -> None:
    assert members(pdf({"a.jpg": SMALL}), Settings(max_depth=0))[1] is Reason.TOO_DEEP
    assert members(pdf(), Settings(max_depth=0))[1] is None
    data, path = SMALL, "a.jpg"
    for depth in range(1, 6):
        data, path = pdf({path.partition("!")[0]: data}), f"{depth}.pdf!/{path}"
    found, damage, count = members(data)
    assert damage is Reason.TOO_DEEP
    assert (len(found), count) == (5, 5)
    three = pdf({"a.jpg": SMALL, "b.zip": zipped({"c.jpg": SMALL, "d.jpg": SMALL})})
    assert members(three) == ([None, "a.jpg", "b.zip!/c.jpg", "b.zip!/d.jpg"], None, 4)
    assert members(three, Settings(max_pages=3)) == ([None, "a.jpg", "b.zip!/c.jpg"], Reason.TOO_MANY_PAGES, 3)
    assert members(three, Settings(max_members=2)) == ([None, "a.jpg"], Reason.TOO_MANY_MEMBERS, 2)
    assert members(three, Settings(max_unpacked=len(SMALL) - 1)) == ([None], Reason.TOO_LARGE, 1)
    assert members(pdf({"a.jpg": SMALL}, shown=3), Settings(max_pages=2)) == ([None] * 2, Reason.TOO_MANY_PAGES, 2)
    zeros = zlib.compress(bytes(32 << 20), 9)
    bomb = pdf({"a": zeros}, entries=b"/Type/EmbeddedFile/Filter/FlateDecode")
    assert members(bomb, Settings(max_ratio=500))[1] is Reason.TOO_COMPRESSED
    assert members(bomb, Settings(max_bytes=1 << 20))[1] is Reason.TOO_LARGE


def test_one_stream_is_unpacked_once_however_often_it_is_listed() -> None:
    data = pdf({"a.jpg": SMALL})
    names = b"/Names[(a.jpg) 7 0 R ]"
    assert names in data
    assert members(data.replace(names, b"/Names[%s]" % (b"(a.jpg) 7 0 R " * 50)))[0] == [None, "a.jpg"]


def test_files_that_nobody_names_are_looked_into_too() -> None:
    """As those of an earlier version of the PDF, or those that only its pictures refer to."""
    data = pdf({"a.jpg": SMALL, "b.xml": INVOICE}, listed=False)
    assert members(data) == ([None, f"@{data.index(SMALL, data.index(b'EmbeddedFile'))}"], None, 2)
    assert members(pdf({"a.jpg": SMALL}).replace(b"/Names[", b"/Sames["))[0][1:] != []


def test_what_lies_in_an_attached_pdf_is_no_part_of_its_outer_one() -> None:
    inner = pdf({"a.jpg": SMALL, "b.jpg": SMALL}, shown=4)
    data = pdf({"i.pdf": inner})
    assert members(data) == ([None, *["i.pdf"] * 4, "i.pdf!/a.jpg", "i.pdf!/b.jpg"], None, 7)


def test_a_blank_page_is_blank_whatever_is_attached() -> None:
    """The pictures of an attached PDF are not those that a blank page has lost."""
    blank = pages(
        PAGE,
        Shown(b"", b"", b"", PAGE.page),
        catalog=b"/Names<</EmbeddedFiles<</Names[(i.pdf) 10 0 R]>>>>",
        more=(stream(b"/Type/EmbeddedFile", pdf(shown=3)), b"<</Type/Filespec/F(i.pdf)/EF<</F 9 0 R>>>>"),
    ).replace(b"/Subtype/Image/Length 0", b"/Length 0")
    assert members(blank) == ([None, None, "i.pdf", "i.pdf", "i.pdf"], None, 5)


PAD = bytes.fromhex("28BF4E5E4E758A4164004E56FFFA01082E2E00B6D0683E802F0CA9FE6453697A")


def rc4(key: bytes, data: bytes) -> bytes:
    state, j, out = list(range(256)), 0, bytearray()
    for i in range(256):
        j = (j + state[i] + key[i % len(key)]) % 256
        state[i], state[j] = state[j], state[i]
    j = 0
    for n, byte in enumerate(data, 1):
        i = n % 256
        j = (j + state[i]) % 256
        state[i], state[j] = state[j], state[i]
        out.append(byte ^ state[(state[i] + state[j]) % 256])
    return bytes(out)


def md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def locked(data: bytes) -> bytes:
    """As one that opens without a password (ISO 32000-1, 7.6.3, revision 2). Names are left as they are: readers
    decrypt them to something else."""
    owner = rc4(md5(PAD)[:5], PAD)
    key = md5(PAD + owner + (-4).to_bytes(4, "little", signed=True) + b"id")[:5]
    out, at = bytearray(data), 0
    while found := re.compile(rb"(\d+) 0 obj\n<<.*/Length (\d+)>>\nstream\n").search(data, at):
        begin, at = found.end(), found.end() + int(found[2])
        out[begin:at] = rc4(md5(key + int(found[1]).to_bytes(3, "little") + bytes(2))[:10], data[begin:at])
    words = b"/Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>" % (owner.hex().encode(), rc4(key, PAD).hex().encode())
    return bytes(out).replace(b"/Root 1 0 R", b"/Root 1 0 R/ID[<6964><6964>]/Encrypt<<%s>>" % words)


@pytest.mark.parametrize("entries", [b"/Type/EmbeddedFile", b"/Type/EmbeddedFile/Filter/FlateDecode"])
def test_files_of_a_pdf_that_is_encrypted_with_no_password_are_decrypted(entries: bytes) -> None:
    file = zlib.compress(SMALL) if b"Flate" in entries else SMALL
    found, damage, count = members(locked(pdf({"a.jpg": file}, entries=entries, pins={"b.jpg": file})))
    assert (len(found), damage, count) == (3, None, 3)
    assert members(locked(pdf({"a.jpg": file}, entries=entries, listed=False))) == ([None], Reason.ENCRYPTED, 1)


def by_qpdf(file: Path, *options: str) -> bytes:
    out = file.with_suffix(".out.pdf")
    subprocess.run(["qpdf", *options, str(file), str(out)], check=True)
    return out.read_bytes()


@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is not installed")
@pytest.mark.parametrize(
    "options",
    [
        ("--object-streams=generate", "--linearize"),
        ("--encrypt", "", "owner", "256", "--"),
        ("--allow-weak-crypto", "--encrypt", "", "owner", "128", "--use-aes=n", "--"),
    ],
)
def test_attached_by_qpdf(tmp_path: Path, options: Any) -> None:
    (tmp_path / "a.jpg").write_bytes(SMALL)
    (tmp_path / "b.pdf").write_bytes(pdf(pins={"pinned.jpg": SMALL}))
    (tmp_path / "c.pdf").write_bytes(by_qpdf(tmp_path / "b.pdf", "--add-attachment", str(tmp_path / "a.jpg"), "--"))
    assert members(by_qpdf(tmp_path / "c.pdf", *options)) == ([None, "a.jpg", "pinned.jpg"], None, 3)


def test_tar_and_stored_zip_around_it() -> None:
    data = pdf({"a.jpg": SMALL})
    for packed in (tarred({"b.pdf": data}), zipped({"b.pdf": data}, zipfile.ZIP_STORED)):
        assert members(packed) == (["b.pdf", "b.pdf!/a.jpg"], None, 2)
