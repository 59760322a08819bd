"""PDFs: every page is seen as a reader shows it, a scan as its JPEG; what cannot be seen is told."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from models.training.pdf_writer import Shown, assemble, pages, stream
from thaiid_detect.document import open_document
from thaiid_detect.pdf import open_pdf
from thaiid_detect.pdf.streams import fax_damage, jbig2_damage, pages_and_files
from thaiid_detect.picture import DecodeError
from thaiid_detect.pixels import Rgb
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings

WIDTH, HEIGHT = 300, 400
SIZE = b"/Width 300/Height 400"
RGB = SIZE + b"/ColorSpace/DeviceRGB/BitsPerComponent 8"
OVER_ALL = b"q 300 0 0 400 0 0 cm /I Do Q"
PAGE = b"/MediaBox[0 0 300 400]"


def scene() -> Image.Image:
    """Four corners of four colours: different under every turn and flip."""
    image = Image.new("RGB", (WIDTH, HEIGHT), "white")
    for colour, box in (
        ("red", (0, 0, 150, 200)),
        ("lime", (150, 0, 300, 200)),
        ("blue", (0, 200, 150, 400)),
        ("black", (150, 200, 300, 400)),
    ):
        image.paste(colour, box)
    return image


def noise() -> Image.Image:
    return Image.fromarray(np.random.default_rng(0).integers(0, 120, (HEIGHT, WIDTH, 3), dtype=np.uint8))


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.copy().save(file, kind, **options)
    return file.getvalue()


def fax(image: Image.Image) -> bytes:
    """Group 4 data, as they lie in a TIFF."""
    data = saved(image.convert("1"), "TIFF", compression="group4")
    with Image.open(io.BytesIO(data)) as tiff:
        start, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]  # type: ignore[attr-defined]
    return data[start : start + length]


JPEG = saved(scene(), "JPEG", quality=95)
DCT = RGB + b"/Filter/DCTDecode"
FLATE = RGB + b"/Filter/FlateDecode"
FAX = (
    SIZE + b"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/CCITTFaxDecode/DecodeParms<</K -1/Columns 300/Rows 400>>"
)


def scanned(content: bytes = OVER_ALL, page: bytes = PAGE, jpeg: bytes = JPEG, entries: bytes = DCT) -> Shown:
    return Shown(entries, jpeg, content, page)


def drawn(data: bytes, entries: bytes = FLATE) -> bytes:
    return pages(Shown(entries, data, OVER_ALL, PAGE))


def corners(pixels: Rgb) -> list[str]:
    """The colours in the four corners, TL TR BL BR; `w` is white."""
    names = {(255, 0, 0): "r", (0, 255, 0): "g", (0, 0, 255): "b", (0, 0, 0): "k", (255, 255, 255): "w"}
    height, width = pixels.shape[:2]
    near = [pixels[y, x] for y in (height // 8, height * 7 // 8) for x in (width // 8, width * 7 // 8)]
    return [names[tuple(255 * (colour > 127).astype(int))] for colour in near]


def test_a_scanned_page_is_its_jpeg_and_comes_small() -> None:
    picture = open_pdf(pages(scanned()))
    assert (picture.header.media_type, picture.header.frames, picture.header.damage) == ("application/pdf", 1, None)
    assert picture.size(0) == (WIDTH, HEIGHT)
    assert corners(picture.decode(0)) == ["r", "g", "b", "k"]
    assert picture.decode(0, 90).shape == (100, 75, 3)
    assert picture.damage(0) is None


@pytest.mark.parametrize(
    ("page", "content", "seen"),
    [
        (b"/MediaBox[0 0 300 400]/Rotate 90", OVER_ALL, "brkg"),
        (b"/MediaBox[0 0 300 400]/Rotate 180", OVER_ALL, "kbgr"),
        (b"/MediaBox[0 0 300 400]/Rotate -90", OVER_ALL, "gkrb"),
        (b"/MediaBox[0 0 400 300]", b"q 0 300 -400 0 400 0 cm /I Do Q", "gkrb"),
        (b"/MediaBox[0 0 400 300]", b"q 0 -300 400 0 0 300 cm /I Do Q", "brkg"),
        (b"/MediaBox[0 0 300 400]", b"q -300 0 0 400 300 0 cm /I Do Q", "grkb"),
        (b"/MediaBox[0 0 300 400]", b"q 300 0 0 -400 0 400 cm /I Do Q", "bkrg"),
        (b"/MediaBox[0 0 400 300]/Rotate 90", b"q 0 300 -400 0 400 0 cm /I Do Q", "rgbk"),
        (b"/MediaBox[-9 -9 700 700]/CropBox[0 0 300 400]/UserUnit 3", OVER_ALL, "rgbk"),
        (b"/MediaBox[300 400 0 0]", OVER_ALL, "rgbk"),
    ],
)
def test_a_scan_lies_as_the_page_turns_it_and_as_it_would_be_drawn(page: bytes, content: bytes, seen: str) -> None:
    direct, as_drawn = scanned(content, page), Shown(FLATE, zlib.compress(scene().tobytes()), content, page)
    for shown, size in ((direct, WIDTH * HEIGHT), (as_drawn, None)):
        picture = open_pdf(pages(shown))
        assert "".join(corners(picture.decode(0))) == seen
        assert size in (None, picture.size(0)[0] * picture.size(0)[1])


def test_the_exif_turn_of_a_jpeg_counts_for_nothing_in_a_pdf() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = open_pdf(pages(scanned(jpeg=saved(scene(), "JPEG", quality=95, exif=exif))))
    assert corners(picture.decode(0)) == ["r", "g", "b", "k"]


NOT_A_SCAN = {
    "a mask": scanned(entries=DCT + b"/SMask 9 0 R"),
    "colours turned round": scanned(entries=DCT + b"/Decode[1 0 1 0 1 0]"),
    "a picture beside words": scanned(OVER_ALL + b" BT /F 12 Tf 20 20 Td (words) Tj ET"),
    "lines over it": scanned(OVER_ALL + b" 0 0 m 300 400 l S"),
    "stretched": scanned(b"q 300 0 0 200 0 100 cm /I Do Q", b"/MediaBox[0 100 300 300]"),
    "a small picture": scanned(b"q 90 0 0 120 0 0 cm /I Do Q"),
    "a part of a picture": scanned(b"q 900 0 0 1200 0 0 cm /I Do Q"),
    "askew": scanned(b"q 290 60 -60 390 0 0 cm /I Do Q"),
}


@pytest.mark.parametrize("shown", NOT_A_SCAN.values(), ids=NOT_A_SCAN)
def test_all_other_pages_are_drawn_as_large_as_asked_for(shown: Shown) -> None:
    picture = open_pdf(pages(shown))
    assert max(picture.size(0)) >= 1600
    assert max(picture.decode(0, 333).shape) == 333
    assert max(picture.decode(0).shape) == max(picture.size(0))


@pytest.mark.parametrize("words", [b"BT 3 Tr /F 9 Tf 60 300 Td (searched) Tj ET ", b"BT /F 9 Tf (under it) Tj ET "])
def test_words_that_nobody_sees_leave_a_scan_a_scan(words: bytes) -> None:
    assert open_pdf(pages(scanned(words + OVER_ALL))).size(0) == (WIDTH, HEIGHT)


def test_a_photograph_alone_on_most_of_a_page_is_a_scan() -> None:
    shown = scanned(b"q 240 0 0 320 30 40 cm /I Do Q")
    assert open_pdf(pages(shown)).size(0) == (WIDTH, HEIGHT)


def test_a_page_is_as_fine_as_the_pictures_on_it() -> None:
    fine = Image.new("RGB", (1500, 2000), "red")
    entries = b"/Width 1500/Height 2000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode"
    shown = Shown(entries, zlib.compress(fine.tobytes()), b"q 150 0 0 200 0 0 cm /I Do Q", PAGE)
    assert open_pdf(pages(shown)).size(0) == (3000, 4000)


def test_stamps_and_form_fields_are_drawn() -> None:
    look = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 100 100]", b"1 0 0 rg 0 0 100 100 re f")
    for subtype in (b"/Stamp", b"/Widget/FT/Btn/Ff 65536/T(photo)"):
        note = b"<</Type/Annot/Subtype%s/F 4/Rect[100 100 200 200]/AP<</N 6 0 R>>>>" % subtype
        shown = Shown(RGB, b"", b"", PAGE + b"/Annots[7 0 R]")
        data = pages(shown, catalog=b"/AcroForm<</Fields[7 0 R]>>", more=(look, note))
        pixels = open_pdf(data).decode(0, 400)
        assert pixels[250, 150].tolist() == [255, 0, 0]
        assert pixels[50, 50].tolist() == [255, 255, 255]


G4, ZIPPED, JP2 = fax(noise()), zlib.compress(noise().tobytes()), saved(noise(), "JPEG2000")
BAD_STREAMS = {
    "jpeg cut": (DCT, JPEG[: len(JPEG) // 2], Reason.TRUNCATED),
    "jpeg, its head only": (DCT, JPEG[:100], Reason.CORRUPT),
    "jpeg packed and cut": (RGB + b"/Filter[/FlateDecode/DCTDecode]", zlib.compress(JPEG[:-99]), Reason.TRUNCATED),
    "flate cut": (FLATE, ZIPPED[: len(ZIPPED) // 2], Reason.TRUNCATED),
    "flate empty": (FLATE, b"", Reason.CORRUPT),
    "flate garbage": (FLATE, b"garbage" * 99, Reason.CORRUPT),
    "no filter, cut": (RGB, noise().tobytes()[:99_999], Reason.TRUNCATED),
    "lzw garbage": (RGB + b"/Filter/LZWDecode", b"garbage" * 99, Reason.TRUNCATED),
    "fax cut": (FAX, G4[: len(G4) // 2], Reason.TRUNCATED),
    "fax empty": (FAX, b"", Reason.CORRUPT),
    "jpeg 2000 cut": (RGB + b"/Filter/JPXDecode", JP2[: len(JP2) // 2], Reason.CORRUPT),
    "jbig2 garbage": (
        SIZE + b"/ColorSpace/DeviceGray/BitsPerComponent 1/Filter/JBIG2Decode",
        b"garbage" * 9,
        Reason.TRUNCATED,
    ),
    "unknown filter": (RGB + b"/Filter/NewDecode", ZIPPED, Reason.UNSUPPORTED),
    "unknown filter behind another": (RGB + b"/Filter[/FlateDecode/NewDecode]", ZIPPED, Reason.UNSUPPORTED),
    "jpeg without colours": (SIZE + b"/BitsPerComponent 8/Filter/DCTDecode", JPEG, Reason.CORRUPT),
    "flate without colours": (SIZE + b"/BitsPerComponent 8/Filter/FlateDecode", ZIPPED, Reason.CORRUPT),
    "no width": (b"/Height 400/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter/FlateDecode", ZIPPED, Reason.CORRUPT),
    "no such colours": (SIZE + b"/ColorSpace/Taste/BitsPerComponent 8/Filter/FlateDecode", ZIPPED, Reason.CORRUPT),
}


@pytest.mark.parametrize(("entries", "data", "reason"), BAD_STREAMS.values(), ids=BAD_STREAMS)
def test_a_picture_that_pdfium_leaves_out_or_fills_up_in_silence_is_a_damage_of_its_page(
    entries: bytes, data: bytes, reason: Reason
) -> None:
    whole = scanned()
    picture = open_pdf(pages(whole, Shown(entries, data, OVER_ALL, PAGE), whole))
    for frame, expected in enumerate((None, reason, None)):
        assert max(picture.decode(frame, 300).shape) in (300, HEIGHT)
        assert picture.damage(frame) is expected


@pytest.mark.parametrize(
    ("entries", "data"),
    [
        (FLATE, ZIPPED),
        (FLATE, ZIPPED[:-4]),
        (FAX, G4),
        (RGB + b"/Filter/JPXDecode", JP2),
        (RGB, noise().tobytes()),
        (RGB + b"/Filter[/FlateDecode/DCTDecode]", zlib.compress(JPEG)),
        (DCT + b"/SMask 9 0 R", JPEG),
    ],
)
def test_whole_pictures_are_no_damage(entries: bytes, data: bytes) -> None:
    picture = open_pdf(drawn(data, entries))
    assert picture.decode(0, 400).min() < 99
    assert picture.damage(0) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/Subtype/Image", b"/Subtype/Imige"),
        (b"/I Do", b"/J Do"),
        (b"/I 5 0 R", b"/I 9 0 R"),
        (b"5 0 obj", b"5 0 ubj"),
        (b"300 0 0 400 0 0 cm", b"300 0 400 0 0 cm"),
        (b"300 0 0 400 0 0 cm", b"300 0 0 400 999 0 cm"),
    ],
)
def test_a_page_that_lost_its_picture_is_not_blank(old: bytes, new: bytes) -> None:
    data = pages(scanned(), scanned()).replace(old, new, 1)
    picture = open_pdf(data)
    with pytest.raises(DecodeError) as caught:
        picture.decode(0, 100)
    assert caught.value.reason is Reason.CORRUPT
    assert picture.decode(1, 100).shape == (100, 75, 3)


def test_a_blank_page_is_blank() -> None:
    data = pages(scanned(), Shown(b"", b"", b"", PAGE))
    picture = open_pdf(data.replace(b"/Subtype/Image/Length", b"/Length"))
    assert (picture.decode(1, 100) == 255).all()
    assert picture.damage(1) is None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7", Reason.TRUNCATED),
        (b"%PDF-1.7\n%%EOF", Reason.CORRUPT),
        (pages(scanned())[:-200], Reason.TRUNCATED),
        (pages(scanned()).replace(b"/Pages", b"/Sages"), Reason.CORRUPT),
        (pages(scanned(), scanned()).replace(b"/Kids[3 0 R 6 0 R]/Count 2", b"/Kids[]/Count 0"), Reason.CORRUPT),
    ],
)
def test_what_is_no_pdf_any_more_has_its_reason(data: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        open_pdf(data)
    assert (caught.value.reason, caught.value.media_type) == (reason, "application/pdf")


def test_a_pdf_with_wrong_offsets_is_repaired() -> None:
    data = pages(scanned()).replace(b"startxref\n", b"startxref\n9")
    assert corners(open_pdf(data).decode(0)) == ["r", "g", "b", "k"]


def test_a_broken_page_leaves_the_others() -> None:
    data = pages(scanned(), scanned(), scanned()).replace(b"6 0 obj\n<</Type/Page/", b"6 0 obj\n<(/Type/Page/")
    picture = open_pdf(data)
    with pytest.raises(DecodeError):
        picture.decode(1)
    assert corners(picture.decode(2)) == ["r", "g", "b", "k"]


def test_a_million_pages_are_more_than_allowed() -> None:
    many = pages(scanned()).replace(b"/Kids[3 0 R]/Count 1>>", b"/Kids[%s]/Count 1000000>>" % (b"3 0 R " * 1_000_000))
    document = open_document(many, Settings(max_pages=3))
    assert (document.page_count, document.damage) == (3, Reason.TOO_MANY_PAGES)
    assert document.page(3).raster(90).shape == (100, 75, 3)


def test_pages_stay_the_same_while_the_file_is_opened_anew() -> None:
    """It is every 32 pages, so that pdfium lets go of what it has read."""
    upside_down = scanned(page=PAGE + b"/Rotate 180")
    picture = open_pdf(pages(*[scanned(), upside_down] * 40))
    assert all(corners(picture.decode(frame))[0] == "rk"[frame % 2] for frame in (*range(80), 0, 79))


def test_a_count_that_lies_is_a_damage() -> None:
    picture = open_pdf(pages(scanned()).replace(b"/Count 1>>", b"/Count 3>>"))
    assert picture.header.frames == 3
    with pytest.raises(DecodeError):
        picture.decode(2)


@pytest.mark.parametrize(
    ("old", "new"), [(b"/Count 2>>", b"/Count 1>>"), (b"/Kids[3 0 R 6 0 R]/Count 2>>", b"/Kids[3 0 R]/Count 1>>")]
)
def test_a_page_that_is_not_listed_is_a_damage(old: bytes, new: bytes) -> None:
    header = open_pdf(pages(scanned(), scanned()).replace(old, new)).header
    assert (header.frames, header.damage) == (1, Reason.CORRUPT)


def test_pages_are_counted_in_no_time() -> None:
    assert pages_and_files(b"/Type /Page " * 100_000) == (0, False)
    assert pages_and_files(b"1 0 obj" + b"/Type /Page " * 100_000 + b"endobj 2 0 obj/Type/Page") == (2, False)


def test_a_page_that_was_written_anew_is_one_page() -> None:
    data = pages(scanned())
    page = data[data.index(b"3 0 obj") : data.index(b"4 0 obj")]
    assert open_pdf(data.replace(b"xref\n0 6", page + b"xref\n0 6")).header.damage is None


@pytest.mark.parametrize("box", [b"[0 0 1000000 800]", b"[0 0 1000000 1000000]"])
def test_a_page_beyond_all_measure_is_too_large(box: bytes) -> None:
    picture = open_pdf(pages(scanned(page=b"/MediaBox" + box)))
    with pytest.raises(DecodeError) as caught:
        picture.decode(0, 300)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("filters", [b"/FlateDecode", b"/JPXDecode", b"/DCTDecode", b"/JBIG2Decode"])
def test_a_picture_beyond_all_measure_is_not_decoded(filters: bytes) -> None:
    entries = b"/Width 50000/Height 50000/ColorSpace/DeviceRGB/BitsPerComponent 8/Filter" + filters
    picture = open_pdf(drawn(ZIPPED, entries))
    with pytest.raises(DecodeError) as caught:
        picture.decode(0, 300)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_jpeg_2000_larger_than_the_pdf_says_is_not_decoded() -> None:
    huge = JP2.replace(
        b"\xff\x4f\xff\x51\0\x2f\0\0\0\0\1\x2c\0\0\1\x90", b"\xff\x4f\xff\x51\0\x2f\0\0\0\0\xc3\x50\0\0\xc3\x50"
    )
    assert huge != JP2
    with pytest.raises(DecodeError) as caught:
        open_pdf(drawn(huge, RGB + b"/Filter/JPXDecode")).decode(0, 300)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_page_larger_than_the_cap_is_not_drawn() -> None:
    page = open_document(drawn(ZIPPED), Settings(max_pixels=100_000)).page(1)
    with pytest.raises(DecodeError) as caught:
        page.raster(300)
    assert caught.value.reason is Reason.TOO_LARGE


def test_forms_within_forms_without_end_are_drawn_to_a_depth() -> None:
    form = stream(b"/Type/XObject/Subtype/Form/BBox[0 0 300 400]/Resources<</XObject<</I 5 0 R>>>>", b"/I Do")
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>"
    assert open_pdf(assemble([*objects, page, stream(b"", b"/I Do"), form])).decode(0, 100).shape == (100, 75, 3)


def test_threads_do_not_disturb_each_other() -> None:
    files = [pages(scanned(), Shown(FLATE, ZIPPED, OVER_ALL, PAGE)), drawn(G4, FAX), pages(NOT_A_SCAN["askew"])]

    def seen(data: bytes) -> bytes:
        picture = open_pdf(data)
        return b"".join(picture.decode(frame, 300).tobytes() for frame in range(picture.header.frames))

    wanted = [seen(data) for data in files]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(seen, files * 20)) == wanted * 20


def test_a_pdf_may_be_closed_by_any_thread_while_another_draws() -> None:
    kept = [open_pdf(drawn(ZIPPED)) for _ in range(20)]
    thread = threading.Thread(target=kept.clear)
    picture = open_pdf(drawn(ZIPPED))
    thread.start()
    assert all(picture.decode(0, side).any() for side in range(100, 200, 10))
    thread.join()
    assert kept == []


def test_pdfium_is_not_loaded_before_the_first_pdf() -> None:
    code = "import sys, thaiid_detect.detector; print([name for name in sys.modules if 'pdfium' in name])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    assert done.stdout.strip() == "[]"


def by_ghostscript(folder: Path) -> None:
    subprocess.run(["gs", "-q", "-sDEVICE=pdfwrite", "-o", "theirs.pdf", "ours.pdf"], cwd=folder, check=True)


def by_ghostscript_as_pictures(folder: Path) -> None:
    subprocess.run(["gs", "-q", "-sDEVICE=pdfimage24", "-r100", "-o", "theirs.pdf", "ours.pdf"], cwd=folder, check=True)


def by_qpdf(folder: Path) -> None:
    subprocess.run(
        ["qpdf", "--object-streams=generate", "--linearize", "ours.pdf", "theirs.pdf"], cwd=folder, check=True
    )


def by_qpdf_locked(folder: Path) -> None:
    how = ["--encrypt", "", "owner", "256", "--"]
    subprocess.run(["qpdf", *how, "ours.pdf", "theirs.pdf"], cwd=folder, check=True)


def by_tiff2pdf(folder: Path) -> None:
    subprocess.run(["tiff2pdf", "-o", "theirs.pdf", "ours.tif"], cwd=folder, check=True)


def by_img2pdf(folder: Path) -> None:
    subprocess.run(["img2pdf", "ours.jpg", "ours.jpg", "-o", "theirs.pdf"], cwd=folder, check=True)


def by_libreoffice(folder: Path) -> None:
    (folder / "theirs.html").write_text('<p>words</p><p style="page-break-before: always"><img src="ours.png"></p>')
    home = f"-env:UserInstallation=file://{folder}/home"
    subprocess.run(
        ["soffice", home, "--headless", "--convert-to", "pdf:writer_web_pdf_Export", "theirs.html"],
        cwd=folder,
        check=True,
    )


HANDS = {
    "gs": (by_ghostscript, by_ghostscript_as_pictures),
    "qpdf": (by_qpdf, by_qpdf_locked),
    "tiff2pdf": (by_tiff2pdf,),
    "img2pdf": (by_img2pdf,),
    "soffice": (by_libreoffice,),
}


@pytest.mark.parametrize(
    "write",
    [
        pytest.param(write, marks=pytest.mark.skipif(shutil.which(tool) is None, reason=f"{tool} is not installed"))
        for tool, hands in HANDS.items()
        for write in hands
    ],
)
def test_pdfs_by_another_hand(write: Callable[[Path], None], tmp_path: Path) -> None:
    """Two pages, the scene on the second, whichever way the tool packs it."""
    (tmp_path / "ours.pdf").write_bytes(
        pages(scanned(), Shown(FLATE, zlib.compress(scene().tobytes()), OVER_ALL, PAGE))
    )
    (tmp_path / "ours.tif").write_bytes(
        saved(scene(), "TIFF", compression="tiff_lzw", save_all=True, append_images=[scene()])
    )
    (tmp_path / "ours.jpg").write_bytes(JPEG)
    (tmp_path / "ours.png").write_bytes(saved(scene(), "PNG"))
    write(tmp_path)
    picture = open_pdf((tmp_path / "theirs.pdf").read_bytes())
    frame = picture.header.frames - 1
    pixels = picture.decode(frame, 300)
    assert picture.header.damage is None
    assert picture.damage(frame) is None
    inked = np.argwhere((pixels < 100).any(axis=2))
    (top, left), (bottom, right) = inked.min(0), inked.max(0)
    assert corners(pixels[top : bottom + 1, left : right + 1]) == ["r", "g", "b", "k"]


def without_mark(data: bytes) -> bytes:
    """Group 4 data without the mark at their end, as some scanners write them."""
    bits = "".join(f"{byte:08b}" for byte in data)
    bits = bits[: bits.rindex("000000000001" * 2)]
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[at : at + 8], 2) for at in range(0, len(bits), 8))


def test_a_fax_without_a_mark_at_its_end_is_whole_if_its_blank_rows_are_there() -> None:
    page = Image.new("1", (WIDTH, HEIGHT), 1)
    page.paste(noise().convert("1").crop((0, 0, 200, 200)), (40, 40))
    for image, blank in ((page, 160), (noise().convert("1"), 0)):
        data = without_mark(fax(image))
        assert fax_damage(data, blank) is None
        assert fax_damage(data[: len(data) // 2], 200) is Reason.TRUNCATED


def test_a_jbig2_stream_ends_with_its_last_segment() -> None:
    head = bytes.fromhex("00000000 30 00 01 00000013")
    page = head + bytes(19) + bytes.fromhex("00000001 26 00 01 00000008") + bytes(8)
    assert jbig2_damage(page) is None
    assert jbig2_damage(page[:-1]) is jbig2_damage(page[:25]) is jbig2_damage(b"") is Reason.TRUNCATED
    assert jbig2_damage(head + bytes(19) + bytes.fromhex("00000001 26 00 01 ffffffff") + bytes(3)) is None
