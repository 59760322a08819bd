"""A thousand corrupt files, scanned by the real detector in real workers: each is named, none is silently `clear`.

What is drawn is small, since only a few of the files need a card in them: in a picture of anything else nothing but
the damage itself keeps it from being `clear`, which is the harder test. Where a format has no checksum, a flipped byte
may give a whole picture of something else, and nobody can tell: `CHECKED` says where damage must be noticed.
"""

from __future__ import annotations

import io
import random
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from tests.scan_helpers import ROOT, needs_weights
from thaiid_detect.engine import scan_store
from thaiid_detect.ledger import LedgerView
from thaiid_detect.records import Reason, Verdict
from thaiid_detect.settings import Settings

FILES = 1000
CARD_EVERY = 41
DATA = ROOT / "tests/data/demo-store"
PLAIN = DATA / "products/0002.jpg"
CARD = DATA / "2016/04/order-1002-id.png"
DAMAGES = ("cut", "cut", "bit", "bits", "zeros", "noise", "dropped", "zeros to the end")
CHECKED = {"cut": "", "zeros to the end": "JPEG PNG GIF", "dropped": "PNG GIF", "bit": "PNG", "bits": "PNG"}
CHECKED |= dict.fromkeys(("zeros", "noise"), "PNG")
"""In which formats a damage is always told; a cut in all."""
TOLD = {Reason.TRUNCATED, Reason.CORRUPT, Reason.UNSUPPORTED, Reason.TOO_LARGE, Reason.EMPTY}


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


@cache
def formats(path: Path, side: int) -> dict[str, bytes]:
    """The picture, `side` pixels long, in every format that the library opens. The names begin with the format."""
    image = Image.open(path).convert("RGB")
    image.thumbnail((side, side))
    grey, two = image.convert("L"), image.convert("1", dither=Image.Dither.NONE)
    deep = Image.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    frames: dict[str, Any] = {"save_all": True, "append_images": [image.rotate(180)]}
    files = {
        "JPEG": saved(image, "JPEG"),
        "JPEG optimized": saved(image, "JPEG", optimize=True, subsampling=0),
        "JPEG restarts": saved(image, "JPEG", restart_marker_rows=1),
        "JPEG progressive": saved(image, "JPEG", progressive=True),
        "JPEG CMYK": saved(image.convert("CMYK"), "JPEG"),
        "JPEG grey": saved(grey, "JPEG"),
        "PNG": saved(image, "PNG"),
        "PNG palette": saved(image.quantize(64), "PNG"),
        "PNG alpha": saved(image.convert("RGBA"), "PNG"),
        "PNG 1 bit": saved(two, "PNG"),
        "PNG 16 bits": saved(deep, "PNG"),
        "PNG frames": saved(image, "PNG", **frames),
        "GIF": saved(image, "GIF"),
        "GIF frames": saved(image, "GIF", **frames),
        "WEBP": saved(image, "WEBP"),
        "WEBP alpha": saved(image.convert("RGBA"), "WEBP"),
        "WEBP lossless": saved(image, "WEBP", lossless=True, method=0),
        "WEBP frames": saved(image, "WEBP", **frames),
        "BMP": saved(image, "BMP"),
        "BMP palette": saved(image.quantize(64), "BMP"),
        "BMP 1 bit": saved(two, "BMP"),
        "TIFF 16 bits": saved(deep, "TIFF"),
        "TIFF frames": saved(image, "TIFF", compression="tiff_lzw", **frames),
    }
    for name in ("raw", "tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "zstd"):
        files[f"TIFF {name}"] = saved(image, "TIFF", compression=name)
    for name in ("group3", "group4", "packbits"):
        files[f"TIFF 1 bit {name}"] = saved(two, "TIFF", compression=name)
    return files


def damaged(data: bytes, damage: str, chance: random.Random) -> bytes:
    """The file cut, with bits flipped, or with a piece of it overwritten or dropped."""
    if damage == "cut":
        return data[: chance.randrange(1, len(data))]
    spoilt = bytearray(data)
    if damage in ("bit", "bits"):
        for _ in range(1 if damage == "bit" else 9):
            spoilt[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
        return bytes(spoilt)
    size = len(data) // chance.randrange(3, 30)
    begin = chance.randrange(len(data) - size)
    end = len(data) if damage == "zeros to the end" else begin + size
    spoilt[begin:end] = {"noise": chance.randbytes(size), "dropped": b""}.get(damage, bytes(end - begin))
    return bytes(spoilt)


def pictures() -> dict[str, tuple[bytes, bytes]]:
    """A small picture without and one with a card, by kind."""
    plain, cards = formats(PLAIN, 96), formats(CARD, 320)
    return {kind: (plain[kind], cards[kind]) for kind in plain}


def corrupt_files(whole: dict[str, tuple[bytes, bytes]], count: int, seed: int = 2018) -> Iterator[tuple[str, bytes]]:
    """Name (number, kind, damage) and bytes; the same ones every time. `whole`: as `pictures` gives them."""
    chance = random.Random(seed)
    for number in range(count):
        kind = list(whole)[number % len(whole)]
        data = whole[kind][number % CARD_EVERY == 0]
        damage = DAMAGES[number // len(whole) % len(DAMAGES)]
        spoilt = damaged(data, damage, chance)
        if spoilt != data:
            yield f"{number:04} {kind}, {damage}", spoilt


def kind_of(name: str) -> tuple[str, str]:
    """What was damaged, and how."""
    kind, damage = name.partition(" ")[2].split(", ")
    return kind, damage


def must_be_told(name: str) -> bool:
    kind, damage = kind_of(name)
    return damage in CHECKED and (damage == "cut" or kind.split()[0] in CHECKED[damage].split())


@needs_weights
def test_a_thousand_corrupt_files(tmp_path: Path) -> None:
    store, corrupt = tmp_path / "store", dict(corrupt_files(pictures(), FILES))
    store.mkdir()
    for name, spoilt in corrupt.items():
        (store / name).write_bytes(spoilt)
    settings = Settings(second_reader=False, item_seconds=120)
    with scan_store(store, ledger=tmp_path / "scan.db", workers=2, settings=settings, person_key=b"k" * 32) as running:
        outcomes = {Path(outcome.item.uri).name: outcome for outcome in running}
    assert running.summary.complete
    assert running.summary.exit_code() == 3
    assert outcomes.keys() == corrupt.keys()
    with LedgerView(running.ledger_path) as view:
        assert {Path(row["uri"]).name: row["verdict"] for row in view.rows()} == {
            name: outcome.verdict for name, outcome in outcomes.items()
        }
    assert {outcome.reason for outcome in outcomes.values() if outcome.verdict is Verdict.UNANALYSED} <= TOLD
    assert [name for name, outcome in outcomes.items() if outcome.verdict is Verdict.CLEAR and must_be_told(name)] == []
    assert Counter(outcome.verdict for outcome in outcomes.values())[Verdict.ID_CARD] >= FILES // CARD_EVERY // 3
