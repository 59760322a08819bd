"""Zips of every making, and what is left of broken ones."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest

from tests.packing import zipped, zipped_through_a_pipe
from thaiid_detect.image import DecodeError
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.unpack import Allowance, Member
from thaiid_detect.zips import zip_members

NOISE = random.Random(3).randbytes(20_000)
FILES = {"a/noise.bin": NOISE, "b.txt": b"text " * 2000, "บัตร.bin": NOISE[:500]}
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


def read(data: bytes, settings: Settings | None = None) -> tuple[list[Member], Reason | None]:
    """All members, and why there are no more."""
    members: list[Member] = []
    try:
        members.extend(zip_members(data, Allowance(settings or Settings())))
    except DecodeError as error:
        return members, error.reason
    return members, None


def whole(files: dict[str, bytes]) -> list[Member]:
    return [Member(name, data) for name, data in files.items()]


@pytest.mark.parametrize("method", METHODS)
def test_members_of_every_method(method: int) -> None:
    assert read(zipped(FILES, method)) == (whole(FILES), None)
    assert read(zipped_through_a_pipe(FILES, method)) == (whole(FILES), None)


def test_folders_are_no_members_and_names_are_only_names() -> None:
    files = {"../../etc/x": b"a", "/abs": b"b", "1289900000125.jpg": b"d"}
    members, damage = read(zipped({"folder/": b"", **files}))
    assert [member.path for member in members] == ["../../etc/x", "/abs", "X-XXXX-XXXXX-12-5.jpg"]
    assert damage is None


def test_names_of_old_and_of_mac_zips() -> None:
    old = zipped({"e.bin": b"1"}).replace(b"e.bin", b"\x82.bin")
    assert read(old)[0][0].path == "é.bin"  # code page 437
    mac = zipped({"abc.bin": b"1"}).replace(b"abc.bin", "ก.bin".encode())
    assert read(mac)[0][0].path == "ก.bin"


def test_zip64() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive, archive.open("a.bin", "w", force_zip64=True) as member:
        member.write(NOISE)
    data = bytearray(file.getvalue())
    assert read(bytes(data)) == ([Member("a.bin", NOISE)], None)
    # The directory with all its numbers in the extra field, and an end of 64 bits before the old one.
    at, end = data.rfind(b"PK\x01\x02"), data.rfind(b"PK\x05\x06")
    listed = data[at:end]
    struct.pack_into("<II", listed, 20, 0xFFFFFFFF, 0xFFFFFFFF)
    struct.pack_into("<H", listed, 30, 20)
    struct.pack_into("<I", listed, 42, 0)
    listed += struct.pack("<HHQQ", 1, 16, len(NOISE), len(NOISE))
    end64 = struct.pack("<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, 1, 1, len(listed), at)
    locator = struct.pack("<4sIQI", b"PK\x06\x07", 0, at + len(listed), 1)
    end32 = struct.pack("<4sHHHHIIH", b"PK\x05\x06", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    assert read(bytes(data[:at] + listed + end64 + locator + end32)) == ([Member("a.bin", NOISE)], None)


def test_bytes_before_between_and_behind_are_looked_at_too() -> None:
    data = zipped(FILES)
    members, damage = read(b"#!/bin/sh\n" * 20 + data + NOISE)
    assert members[:3] == whole(FILES)
    assert [(member.path, member.data) for member in members[3:]] == [
        ("@0", b"#!/bin/sh\n" * 20),
        (f"@{200 + len(data)}", NOISE),
    ]
    assert damage is None
    assert read(bytes(200) + data + bytes(300)) == (whole(FILES), None)


def test_an_encrypted_member_is_that_and_the_others_are_read() -> None:
    data = bytearray(zipped(FILES))
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    members, damage = read(bytes(data))
    assert members == [Member("a/noise.bin", damage=Reason.ENCRYPTED), *whole(FILES)[1:]]
    assert damage is None


def test_a_method_that_is_not_known() -> None:
    data = bytearray(zipped({"a": NOISE, "b": b"text"}))
    at = data.find(b"PK\x01\x02")
    data[at + 10] = 9
    assert read(bytes(data))[0] == [Member("a", damage=Reason.UNSUPPORTED), Member("b", b"text")]


@pytest.mark.parametrize("pack", [zipped, zipped_through_a_pipe])
def test_without_a_directory_members_are_found_all_the_same(pack: type[bytes]) -> None:
    data = pack(FILES)
    members, damage = read(data[: data.find(b"PK\x01\x02")])
    assert (members, damage) == (whole(FILES), Reason.TRUNCATED)
    members, damage = read(data[:-10])
    assert (members, damage) == (whole(FILES), Reason.TRUNCATED)
    members, damage = read(data[:10_000])
    assert [(member.path, member.damage) for member in members] == [("a/noise.bin", Reason.TRUNCATED)]
    assert damage is Reason.TRUNCATED


def test_a_member_that_no_directory_lists_is_found() -> None:
    hidden = zipped({"hidden": NOISE})
    hidden = hidden[: hidden.find(b"PK\x01\x02")]
    members, damage = read(hidden + zipped({"a": b"text"}))
    assert sorted(members, key=lambda member: member.path) == [Member("a", b"text"), Member("hidden", NOISE)]
    assert damage is Reason.CORRUPT


def test_a_flipped_byte_is_noticed() -> None:
    data = bytearray(zipped({"a": NOISE}, zipfile.ZIP_STORED))
    data[500] ^= 1
    ((member,), damage) = read(bytes(data))
    assert (member.damage, len(member.data), damage) == (Reason.CORRUPT, len(NOISE), None)


def test_members_that_share_their_bytes_are_unpacked_once() -> None:
    """As in zips by David Fifield, where 250 members of 21 MB are one."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(NOISE * 9) + packer.flush()
    head = struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, zlib.crc32(NOISE * 9), len(packed), 180_000, 1, 0)
    body = head + b"A" + packed
    entry = struct.pack(
        "<4sHHHHHHIIIHHHHHII",
        *(b"PK\1\2", 20, 20, 0, 8, 0, 0, zlib.crc32(NOISE * 9), len(packed), 180_000, 1, 0, 0, 0, 0, 0, 0),
    )
    directory = (entry + b"A") * 300
    end = struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 300, 300, len(directory), len(body), 0)
    members, _ = read(body + directory + end)
    assert members == [Member("A", NOISE * 9), *[Member("A", damage=Reason.CORRUPT)] * 299]


def test_the_caps() -> None:
    data = zipped({str(n): b"text" for n in range(9)})
    members, damage = read(data, Settings(max_members=5))
    assert (len(members), damage) == (5, Reason.TOO_MANY_MEMBERS)
    members, damage = read(data, Settings(max_unpacked=10))
    assert (len(members), damage) == (3, Reason.TOO_LARGE)
    assert [member.damage for member in members] == [None, None, Reason.TOO_LARGE]
    zeros = read(zipped({"a": bytes(20 << 20), "b": b"text"}))
    assert zeros == ([Member("a", damage=Reason.TOO_COMPRESSED), Member("b", b"text")], None)
