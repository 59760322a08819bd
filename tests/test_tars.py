"""Tars of every dialect, and streams with or without one inside."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import tarfile

import pytest
from backports import zstd

from tests.packing import tarred
from thaiid_detect.image import DecodeError
from thaiid_detect.media import sniff
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.tars import stream_members, tar_members
from thaiid_detect.unpack import Allowance, Member

NOISE = random.Random(5).randbytes(5_000)
FILES = {"a/noise.bin": NOISE, "b.txt": b"text", "ก" * 120 + ".bin": NOISE[:512], "empty": b""}


def read(data: bytes, settings: Settings | None = None) -> tuple[list[Member], Reason | None]:
    members: list[Member] = []
    media_type = sniff(data) or ""
    allowance = Allowance(settings or Settings())
    try:
        tar = media_type == "application/x-tar"
        members.extend(tar_members(data, allowance) if tar else stream_members(data, media_type, allowance))
    except DecodeError as error:
        return members, error.reason
    return members, None


def whole(files: dict[str, bytes]) -> list[Member]:
    return [Member(name, data) for name, data in files.items()]


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_members_of_every_dialect(form: int, mode: str) -> None:
    assert read(tarred(FILES, mode, form)) == (whole(FILES), None)


def test_old_tars_and_tars_on_end() -> None:
    data = tarred({"b.bin": NOISE}, form=tarfile.USTAR_FORMAT)
    old = bytearray(data[:512])
    old[257:265] = bytes(8)  # without the mark, as before 1988
    old[148:156] = b"%06o\0 " % (sum(old[:148]) + 8 * 32 + sum(old[156:]))
    assert read(bytes(old) + data[512:]) == ([Member("b.bin", NOISE)], None)
    assert read(data + data) == ([Member("b.bin", NOISE)] * 2, None)
    assert read(zstd.compress(data)) == ([Member("b.bin", NOISE)], None)


def test_links_folders_and_devices_are_no_files_and_holes_are_not_read() -> None:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.DIRTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE):
            entry = tarfile.TarInfo("not-a-file")
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
        entry = tarfile.TarInfo("sparse")
        entry.size, entry.type = 512, tarfile.GNUTYPE_SPARSE
        archive.addfile(entry, io.BytesIO(bytes(512)))
        entry = tarfile.TarInfo("a.txt")
        entry.size = 4
        archive.addfile(entry, io.BytesIO(b"text"))
    members, damage = read(file.getvalue())
    assert members == [Member("sparse", damage=Reason.UNSUPPORTED), Member("a.txt", b"text")]
    assert damage is None


def test_what_is_cut_off_or_overwritten() -> None:
    data = tarred({"a": NOISE, "b": NOISE[::-1]}, form=tarfile.USTAR_FORMAT)
    assert read(data[:3000]) == ([Member("a", data[512:3000], Reason.TRUNCATED)], Reason.TRUNCATED)
    assert read(data[: 512 + 5120]) == ([Member("a", NOISE)], Reason.TRUNCATED)
    assert read(data[: 512 + 5120] + b"?" * 512 + data[512 + 5120 + 512 :]) == ([Member("a", NOISE)], Reason.CORRUPT)
    packed = gzip.compress(data)
    members, damage = read(packed[:-2000])
    assert (members[0], damage) == (Member("a", NOISE), Reason.TRUNCATED)
    negative = bytearray(data)
    negative[124:136] = b"\xff" * 12
    negative[148:156] = b"%06o\0 " % (sum(negative[:148]) + 8 * 32 + sum(negative[156:512]))
    assert read(bytes(negative)) == ([Member("a", damage=Reason.TOO_LARGE)], Reason.TRUNCATED)


def test_one_file_in_a_stream() -> None:
    named = io.BytesIO()
    with gzip.GzipFile("1289900000125.jpg", "wb", fileobj=named) as file:
        file.write(NOISE)
    assert read(named.getvalue()) == ([Member("X-XXXX-XXXXX-12-5.jpg", NOISE)], None)
    for pack in (gzip.compress, bz2.compress, lzma.compress, zstd.compress):
        assert read(pack(NOISE)) == ([Member("content", NOISE)], None)
    assert read(gzip.compress(NOISE)[:-4]) == ([Member("content", NOISE, Reason.TRUNCATED)], None)


def test_the_caps() -> None:
    header = tarfile.TarInfo("x").tobuf()
    members, damage = read(header * 20_000)
    assert (len(members), damage) == (10_000, Reason.TOO_MANY_MEMBERS)
    assert read(gzip.compress(header * 20_000))[1] is Reason.TOO_MANY_MEMBERS
    members, damage = read(tarred({"a": NOISE, "b": b"text"}), Settings(max_bytes=1000))
    assert members == [Member("a", damage=Reason.TOO_LARGE), Member("b", b"text")]
    assert read(tarred({"a": NOISE, "b": b"text"}), Settings(max_unpacked=1000))[1] is Reason.TOO_LARGE
    long = tarfile.TarInfo("x")
    long.type, long.size = tarfile.XHDTYPE, 2 << 20
    assert read(long.tobuf() + bytes(3 << 20)) == ([], Reason.CORRUPT)
