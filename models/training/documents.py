"""`python -m models.training.documents tests/data/documents`: small made-up documents of many formats, for the tests.

All show the cards of `tests/data/demo-store` or a design filled in with a made-up person. `truth.tsv` says on which
page a card lies. Asks for qpdf (encryption) and rsvg-convert (a card in vectors); the same tools give the same bytes.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import subprocess
import tempfile
import zlib
from pathlib import Path

import numpy as np
import pillow_heif
from PIL import Image

from models.training.cards.portrait import portrait
from models.training.designs import DESIGNS, TYPE, Fields, _template
from models.training.pdf_writer import A4, Shown, pages
from models.training.people import make_person

STORE = Path(__file__).parents[2] / "tests" / "data" / "demo-store"
LINES = b"(Delivery note: one box of paper, two boxes of pens, received in good order) Tj T* " * 14
TEXT = b"BT /F 11 Tf 60 780 Td 16 TL " + LINES + b"ET "
INVISIBLE = b"BT 3 Tr /F 9 Tf 60 700 Td (words that a scan is searched by) Tj ET "
RGB = b"/ColorSpace/DeviceRGB/BitsPerComponent 8"


def card() -> Image.Image:
    return Image.open(STORE / "2016/04/order-1002-id.png").convert("RGB")


def saved(image: Image.Image, kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    image.copy().save(file, kind, **options)
    return file.getvalue()


def scan(name: str, side: int = 1200, page: bytes = A4, before: bytes = b"") -> Shown:
    """A page that is a scan of the store, as a JPEG over all of it."""
    image = Image.open(STORE / name).convert("RGB")
    image.thumbnail((side, side))
    entries = b"/Width %d/Height %d%s/Filter/DCTDecode" % (*image.size, RGB)
    place = b"q 595 0 0 %d 0 0 cm /I Do Q" % round(595 * image.height / image.width)
    return Shown(entries, saved(image, "JPEG", quality=60), before + place, page)


def mixed(share: float) -> Shown:
    """Words, and a card of that share of the page's width between them."""
    image = card()
    wide, high = 595 * share, 595 * share * image.height / image.width
    entries = b"/Width %d/Height %d%s/Filter/FlateDecode" % (*image.size, RGB)
    place = TEXT + b"q %d 0 0 %d 300 300 cm /I Do Q" % (wide, high)
    return Shown(entries, zlib.compress(image.tobytes(), 9), place)


def plain() -> Shown:
    """A page of words."""
    return Shown(b"/Width 1/Height 1%s" % RGB, b"\xff\xff\xff", TEXT)


def vector() -> bytes:
    """A card drawn by lines and letters on a page, without a single picture but its portrait."""
    rng = np.random.default_rng(5)
    fields = Fields(rng, make_person(rng), TYPE, lambda rng: portrait(rng, 150, 190, None), number=True)
    svg = _template(DESIGNS / "ann" / "front_sky2011.svg").substitute(fields)
    inner = svg[svg.index("<svg") :].replace("<svg", '<svg x="60" y="120" width="280" height="177"', 1)
    whole = f'<svg xmlns="http://www.w3.org/2000/svg" width="595" height="842" viewBox="0 0 595 842">{inner}</svg>'
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "fonts.conf"
        config.write_text(f"<fontconfig><dir>{TYPE.folder}</dir><cachedir>{folder}</cachedir></fontconfig>")
        environment = os.environ | {"FONTCONFIG_FILE": str(config), "SOURCE_DATE_EPOCH": "1514764800"}
        command = ["rsvg-convert", "--format", "pdf", "--keep-aspect-ratio"]
        return subprocess.run(command, input=whole.encode(), env=environment, check=True, capture_output=True).stdout


def encrypted(data: bytes, password: str) -> bytes:
    """The PDF as one that opens without a password, if it is empty. RC4, for AES takes random numbers."""
    with tempfile.TemporaryDirectory() as folder:
        plain_file, locked = Path(folder) / "plain.pdf", Path(folder) / "locked.pdf"
        plain_file.write_bytes(data)
        how = ["--static-id", "--allow-weak-crypto", "--encrypt", password, "owner", "128", "--use-aes=n", "--"]
        subprocess.run(["qpdf", *how, plain_file, locked], check=True)
        return locked.read_bytes()


def fax() -> bytes:
    """Three pages as a scanner sends them, in black and white; the copy of a card is the second."""
    names = ("products/0001.jpg", "2016/09/scan0003.tif", "products/0003.jpg")
    frames = [Image.open(STORE / name).convert("L").point(lambda grey: 255 * (grey > 150), "1") for name in names]
    return saved(frames[0], "TIFF", compression="group4", save_all=True, append_images=frames[1:], dpi=(150, 150))


def documents() -> dict[str, tuple[bytes, int]]:
    """Name → bytes, and the page of the card (0: it cannot be opened)."""
    whole = scan("2016/09/scan0001.jpg")
    turned = scan("2016/09/scan0001.jpg", page=b"/MediaBox[-50 -50 700 950]/CropBox[0 0 595 842]/Rotate 90/UserUnit 2")
    scanned = pages(scan("2016/09/scan0004.jpg", 700), scan("2016/09/scan0001.jpg", before=INVISIBLE))
    return {
        "scanned.pdf": (scanned, 2),
        "vector.pdf": (vector(), 1),
        "mixed.pdf": (pages(plain(), mixed(0.2)), 2),
        "rotated.pdf": (pages(turned), 1),
        "owner-password.pdf": (encrypted(pages(whole), ""), 1),
        "user-password.pdf": (encrypted(pages(plain()), "made up"), 0),
        "fax.tif": (fax(), 2),
        "card.jp2": (saved(card(), "JPEG2000", quality_mode="dB", quality_layers=[36], irreversible=True), 1),
        "card.avif": (saved(card(), "AVIF", quality=60), 1),
        "card.heic": (saved(card(), "HEIF", quality=50), 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="the folder to write, e.g. tests/data/documents")
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    pillow_heif.register_heif_opener()
    made = documents()
    for name, (data, _) in made.items():
        (folder / name).write_bytes(data)
    with (folder / "truth.tsv").open("w", newline="") as file:
        writer = csv.writer(file, delimiter="\t", lineterminator="\n")
        writer.writerow(("file", "expect", "page", "source"))
        writer.writerows(
            (name, "id_card" if page else "unanalysed", page, "models/training/documents.py")
            for name, (_, page) in made.items()
        )


if __name__ == "__main__":
    main()
