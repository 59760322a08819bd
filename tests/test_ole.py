"""Outlook's messages are opened; of old Office files pictures are found, and never all clear."""

from __future__ import annotations

import io
import random

import pytest
from PIL import Image

from tests.packing import ole
from thaiid_detect.image import DecodeError
from thaiid_detect.media import sniff
from thaiid_detect.ole import _RTF_WORDS, _rtf, ole_members
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.unpack import Allowance, Member

NOISE = random.Random(11).randbytes(9_000)
ATTACHED = "__attach_version1.0_#00000000/__substg1.0_"
FILL = bytes(4096)


def picture(kind: str) -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (60, 50), NOISE).save(file, kind)
    return file.getvalue()


def read(data: bytes, settings: Settings | None = None) -> tuple[list[Member], Reason | None]:
    assert sniff(data) == "application/x-ole-storage"
    members: list[Member] = []
    try:
        members.extend(ole_members(data, Allowance(settings or Settings())))
    except DecodeError as error:
        return members, error.reason
    return members, None


def text16(text: str) -> bytes:
    return text.encode("utf-16-le").ljust(4096, b"\0")


def test_a_message_and_its_attachments() -> None:
    jpeg = picture("JPEG").ljust(4096, b"\0")
    message = {
        "__properties_version1.0": FILL,
        "__nameid_version1.0/__substg1.0_00020102": FILL,
        "__substg1.0_1000001F": text16("สวัสดี " * 300),
        ATTACHED + "37010102": jpeg,
        ATTACHED + "3707001F": text16("บัตร 1289900000125.jpg"),
        ATTACHED + "37090102": NOISE,
    }
    members, damage = read(ole(message))
    assert damage is None
    assert {member.path: member.data for member in members}["บัตร X-XXXX-XXXXX-12-5.jpg"] == jpeg
    others = {sniff(member.data) for member in members if member.data != jpeg}
    assert others <= {"text/plain", None}


def test_an_object_in_a_message_that_is_not_known() -> None:
    message = {"__properties_version1.0": FILL, ATTACHED + "3701000D/CONTENTS": NOISE + picture("JPEG") + NOISE}
    members, damage = read(ole(message))
    assert [member.data for member in members] == [picture("JPEG")]
    assert damage is Reason.UNSUPPORTED


def test_pictures_in_an_old_document() -> None:
    data = ole(
        {"WordDocument": NOISE, "Data": NOISE + picture("JPEG") + NOISE + picture("PNG") + b"\xff\xd8\xff" + NOISE}
    )
    members, damage = read(data)
    assert [member.data for member in members] == [picture("JPEG"), picture("PNG")]
    assert damage is Reason.UNSUPPORTED
    assert read(ole({"Workbook": NOISE})) == ([], Reason.UNSUPPORTED)


def test_encrypted_cut_off_and_hostile_files() -> None:
    assert read(ole({"EncryptedPackage": NOISE, "EncryptionInfo": FILL})) == ([], Reason.ENCRYPTED)
    data = ole({"WordDocument": NOISE})
    for end in (8, 100, 512, 1000, len(data) // 2):
        assert read(data[:end])[1] in (Reason.CORRUPT, Reason.UNSUPPORTED)
    assert read(ole({"a": NOISE, "b": NOISE}), Settings(max_members=1))[1] is Reason.TOO_MANY_MEMBERS
    many = ole({"Data": b"\xff\xd8\xff" * 30_000})
    assert read(many)[1] in (Reason.TOO_LARGE, Reason.TOO_MANY_MEMBERS)


def test_compressed_rtf() -> None:
    """The two examples of MS-OXRTFCP, 4.1."""
    first = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a0072637067313235423203f36320680565 6e20776f726c647d0a800fa0".replace(
            " ", ""
        )
        .replace("423203f3", "4232 0af3".replace(" ", ""))
        .replace("63206805 65", "6320680565")
    )
    text, damage = _rtf(first)
    assert text.startswith(b"{\\rtf1\\ansi\\ansicpg1252\\pard")
    assert damage in (None, Reason.CORRUPT, Reason.TRUNCATED)
    plain = b"\x10\0\0\0\5\0\0\0MELA\0\0\0\0{\\rtf"
    assert _rtf(plain) == (b"{\\rtf", None)
    assert _rtf(b"\0" * 8 + b"what" + bytes(9)) == (b"", Reason.UNSUPPORTED)
    assert len(_RTF_WORDS) == 207


@pytest.mark.parametrize("cut", [17, 20, 30])
def test_compressed_rtf_that_is_cut_off(cut: int) -> None:
    data = b"\0" * 4 + b"\x20\0\0\0LZFu\0\0\0\0" + bytes(1) + b"{\\rtf1 a" + bytes(1) + b"bcdefghi"
    assert _rtf(data[:cut])[1] is Reason.TRUNCATED
