"""Files inside files: the same outcome as by themselves, whatever they are packed in; and never a silent `clear`."""

from __future__ import annotations

import base64
import gzip
import random
import shutil
import subprocess
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.packing import docx, mailed, ole, opened, tarred, zipped, zipped_through_a_pipe
from thaiid_detect import Detector, Outcome, Settings, Verdict
from thaiid_detect.containers import holds_members, members_of
from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.unpack import Allowance

STORE = Path(__file__).parent / "data" / "demo-store"
CARD = (STORE / "2016/04/order-1001-card.jpg").read_bytes()
STRANGER = (STORE / "2017/02/bank.png").read_bytes()
SMALL = (STORE / "2017/01/line_oa_chat_170114.jpg").read_bytes()
NUMBER = "1289900000125"


def _uri(data: bytes) -> bytes:
    return b'<html><img src="data:image/jpeg;base64,' + base64.b64encode(data) + b'"></html>'


def _box(data: bytes) -> bytes:
    return b"From a Thu Jan 1\n" + mailed({"a.jpg": data}).as_bytes()


PACKED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "zip": (lambda data: zipped({"b.txt": b"hello", "d/a.jpg": data}), "d/a.jpg"),
    "stored zip": (lambda data: zipped({"a.jpg": data}, zipfile.ZIP_STORED), "a.jpg"),
    "lzma zip": (lambda data: zipped({"a.jpg": data}, zipfile.ZIP_LZMA), "a.jpg"),
    "streamed zip": (lambda data: zipped_through_a_pipe({"a.jpg": data}), "a.jpg"),
    "tar": (lambda data: tarred({"a.jpg": data}, form=tarfile.GNU_FORMAT), "a.jpg"),
    "tar.gz": (lambda data: tarred({"a.jpg": data}, "w:gz"), "a.jpg"),
    "gz": (gzip.compress, "content"),
    "docx": (docx, "word/media/image1.jpeg"),
    "mail": (lambda data: mailed({"a.jpg": data}).as_bytes(), "a.jpg"),
    "box of mails": (_box, "mail-1!/a.jpg"),
    "zip in a mail": (lambda data: mailed({"z.zip": zipped({"a.jpg": data})}).as_bytes(), "z.zip!/a.jpg"),
    "tar.gz in a zip": (lambda data: zipped({"t.tgz": tarred({"a.jpg": data}, "w:gz")}), "t.tgz!/a.jpg"),
    "html": (_uri, "picture-1"),
    "html in a mail": (lambda data: mailed({"a.html": _uri(data)}).as_bytes(), "a.html!/picture-1"),
    "named after a number": (lambda data: zipped({f"{NUMBER}.jpg": data}), "X-XXXX-XXXXX-12-5.jpg"),
}


@pytest.fixture(scope="module")
def detector() -> Detector:
    return Detector(settings=Settings(second_reader=False), person_key=b"k" * 32)


@pytest.fixture(scope="module")
def by_itself(detector: Detector) -> Outcome:
    return detector.detect(CARD)


def answer(outcome: Outcome) -> dict[str, Any]:
    """What was decided, without what names the file or the member."""
    kept = ("verdict", "reason", "score", "number_seen", "pages")
    cards = [{**card, "member": None} for card in outcome.to_dict()["cards"]]
    return {"cards": cards, **{key: outcome.to_dict()[key] for key in kept}}


@pytest.mark.parametrize("kind", PACKED)
def test_a_card_is_the_same_card_in_any_container(detector: Detector, by_itself: Outcome, kind: str) -> None:
    pack, member = PACKED[kind]
    outcome = detector.detect(pack(CARD))
    assert answer(outcome) == answer(by_itself)
    assert [card.member for card in outcome.cards] == [member]
    assert [card.reading.number for card in outcome.cards] == [card.reading.number for card in by_itself.cards]
    assert by_itself.cards[0].member is None
    assert NUMBER not in str(outcome.to_dict()) + repr(outcome)


def test_every_page_of_every_member(detector: Detector) -> None:
    scan = (STORE / "2016/09/scan0003.tif").read_bytes()
    outcome = detector.detect(zipped({"a.tif": scan, "b.zip": zipped({"c.jpg": CARD}), "d.png": STRANGER}))
    places = [(card.member, card.page) for card in outcome.cards]
    alone = detector.detect(scan)
    assert places == [*(("a.tif", card.page) for card in alone.cards), ("b.zip!/c.jpg", 1)]
    assert outcome.pages == alone.pages + 2


def test_without_a_card_a_container_is_clear_only_if_all_of_it_was_seen(detector: Detector) -> None:
    clear = {"a.png": STRANGER, "b.txt": b"text"}
    outcome = detector.detect(zipped(clear))
    assert (outcome.verdict, outcome.reason) == (detector.detect(STRANGER).verdict, detector.detect(STRANGER).reason)
    assert outcome.verdict is Verdict.CLEAR
    for name, data, reason in (
        ("unknown", b"\x7fELF" + bytes(60), Reason.UNSUPPORTED),
        ("cut.jpg", CARD[:2000], Reason.TRUNCATED),
        ("a.rar", b"Rar!\x1a\x07" + bytes(60), Reason.UNSUPPORTED),
        ("a.doc", ole({"WordDocument": b"w" * 5000}), Reason.UNSUPPORTED),
    ):
        outcome = detector.detect(zipped({name: data, **clear}))
        assert (outcome.verdict, outcome.reason) == (Verdict.UNANALYSED, reason), name
    outcome = detector.detect(zipped({"cut.jpg": CARD[:2000], "a.jpg": CARD}))
    assert outcome.verdict is Verdict.ID_CARD
    assert detector.detect(zipped({"a.txt": b"text", "empty": b""})).reason is Reason.NO_CARD
    assert detector.detect(zipped({})).verdict is Verdict.CLEAR


def test_depth_pages_and_members_are_counted_over_all_members() -> None:
    data = SMALL
    for name in ("a.jpg", "3", "2", "1"):
        data = zipped({name: data})
    assert opened(data)[0] == ["1!/2!/3!/a.jpg"]
    members, document = opened(zipped({"0": data, "b.jpg": SMALL}))
    assert (members, document.damage) == (["b.jpg"], Reason.TOO_DEEP)
    two = zipped({"a.jpg": SMALL, "b.zip": zipped({"c.jpg": SMALL, "d.jpg": SMALL}), "e.jpg": SMALL})
    members, document = opened(two, Settings(max_pages=2))
    assert (members, document.damage, document.page_count) == (["a.jpg", "b.zip!/c.jpg"], Reason.TOO_MANY_PAGES, 2)
    members, document = opened(two, Settings(max_members=3))
    assert (members, document.damage) == (["a.jpg", "b.zip!/c.jpg"], Reason.TOO_MANY_MEMBERS)
    members, document = opened(two, Settings(max_unpacked=2 * len(SMALL)))
    assert (members, document.damage) == (["a.jpg"], Reason.TOO_LARGE)
    assert opened(two, Settings(max_depth=0))[1].damage is Reason.TOO_DEEP


def test_a_bomb_in_a_bomb_costs_no_more_than_the_caps_allow() -> None:
    data = zipped({"0.dll": bytes(8 << 20)})
    for level in range(5):
        data = zipped({f"{level}-{n}.zip": data for n in range(16)})
    members, document = opened(data, Settings(max_members=500))
    assert (members, document.damage) == ([], Reason.TOO_DEEP)
    assert opened(gzip.compress(bytes(32 << 20)))[1].damage is Reason.TOO_COMPRESSED
    entry = tarfile.TarInfo("x").tobuf()
    assert opened(gzip.compress(entry * 11_000))[1].damage is Reason.TOO_MANY_MEMBERS


def test_companions_of_files_that_show_nothing() -> None:
    notes = {
        ".DS_Store": b"\0\0\0\1Bud1" + bytes(6000),
        "__MACOSX/._a.jpg": b"\0\5\x16\7\0\2\0\0" + bytes(300),
        "xl/printerSettings/printerSettings1.bin": "HP".encode("utf-16-le").ljust(64, b"\0")
        + b"\1\4\0\0\xdc\0"
        + bytes(300),
        "a.ttf": b"\0\1\0\0\0\x0c" + bytes(200),
    }
    assert opened(zipped(notes))[1].damage is None
    hidden = b"\0\5\x16\7" + bytes(30) + SMALL
    assert opened(zipped({"._a.jpg": hidden}))[1].damage is Reason.UNSUPPORTED


def test_what_is_no_container() -> None:
    for media_type in (None, "image/jpeg", "application/vnd.rar", "application/x-7z-compressed", "application/pdf"):
        assert not holds_members(media_type)
    with pytest.raises(DecodeError):
        members_of(b"", "application/vnd.rar", Allowance(Settings()))


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
@pytest.mark.parametrize(("form", "damage"), [("odt", None), ("doc", Reason.UNSUPPORTED), ("rtf", Reason.UNSUPPORTED)])
def test_what_libreoffice_writes(tmp_path: Path, form: str, damage: Reason | None) -> None:
    file = tmp_path / "a.docx"
    file.write_bytes(docx(CARD))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    convert = ["soffice", "--headless", profile, "--convert-to", form, "--outdir", str(tmp_path), str(file)]
    subprocess.run(convert, check=True, capture_output=True, timeout=300)
    members, document = opened(file.with_suffix(f".{form}").read_bytes())
    assert members
    assert document.damage is damage


MUTATED = {kind: pack for kind, (pack, _) in PACKED.items()} | {
    "bz2": lambda data: tarred({"a.jpg": data}, "w:bz2"),
    "xz": lambda data: tarred({"a.jpg": data}, "w:xz"),
    "ole": lambda data: ole({"Data": bytes(500) + data}),
    "msg": lambda data: ole({"__properties_version1.0": bytes(4096), "__attach/__substg1.0_37010102": data}),
}


UNCHECKED = ("mail", "html")
"""Where a piece taken out of the middle, picture and all, leaves nothing that is wrong."""


def mutated(kind: str, data: bytes, rng: random.Random) -> bytes:
    """Bytes flipped, most of them where headers are; and the end or a piece cut off."""
    changed = bytearray(data)
    for _ in range(rng.choice((1, 1, 2, 5))):
        at = rng.choice(
            (rng.randrange(len(data)), rng.randrange(min(600, len(data))), -1 - rng.randrange(min(300, len(data))))
        )
        changed[at] = rng.choice((0, 0xFF, rng.randrange(256), changed[at] ^ 1 << rng.randrange(8)))
    cut = rng.randrange(4)
    start, end = sorted(rng.randrange(len(data)) for _ in range(2))
    if cut == 0:
        return bytes(changed[:end])
    if cut == 1 and not any(word in kind for word in UNCHECKED):
        return bytes(changed[:start] + changed[end:])
    return bytes(changed)


@pytest.mark.parametrize("kind", MUTATED)
def test_mutated_containers(kind: str) -> None:
    """Either the picture comes out or the document is damaged; and nothing is raised but a DecodeError."""
    rng = random.Random(kind)
    data = MUTATED[kind](SMALL)
    settings = Settings(max_unpacked=64 << 20)
    for _ in range(200):
        broken = mutated(kind, data, rng)
        try:
            members, document = opened(broken, settings)
        except DecodeError:
            continue
        assert members or document.damage is not None or not document.holds_pictures, broken[:100]
