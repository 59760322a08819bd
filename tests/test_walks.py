"""Frames are counted by walks that end, whatever the file says."""

from __future__ import annotations

import io
import struct

import pytest
from PIL import Image

from thaiid_detect.jpeg import jpeg_header
from thaiid_detect.records import Reason
from thaiid_detect.walks import MOST_FRAMES, gif_frames, jp2_levels, mpo_pictures, tiff_frames


def saved(kind: str, frames: int = 1, **options: object) -> bytes:
    shades = [Image.new("RGB", (30, 20), (20 * n, 20 * n, 20 * n)) for n in range(frames)]
    file = io.BytesIO()
    shades[0].save(file, kind, save_all=frames > 1, append_images=shades[1:], **options)
    return file.getvalue()


def directories(count: int, last: int = 0) -> bytes:
    """A TIFF of that many empty directories; the last one points to `last`."""
    offsets = range(8, 8 + 6 * count, 6)
    body = b"".join(struct.pack("<HI", 0, at + 6) for at in offsets[:-1])
    return b"II*\0" + struct.pack("<I", 8) + body + struct.pack("<HI", 0, last)


@pytest.mark.parametrize("frames", [1, 2, 7])
@pytest.mark.parametrize("big", [False, True])
def test_the_pages_of_a_tiff_are_counted(frames: int, big: bool) -> None:
    assert tiff_frames(saved("TIFF", frames, big_tiff=big)) == (frames, True)


def test_a_tiff_is_counted_in_either_byte_order() -> None:
    assert tiff_frames(b"MM\0*" + struct.pack(">IHIHI", 8, 0, 14, 0, 0)) == (2, True)


@pytest.mark.parametrize("last", [8, 14, 10**9])
def test_a_chain_in_a_circle_or_beyond_the_file_ends_and_is_told(last: int) -> None:
    assert tiff_frames(directories(3, last)) == (3, False)


def test_a_cut_directory_is_told() -> None:
    data = directories(3)
    assert tiff_frames(data[:-2]) == (3, False)
    assert tiff_frames(data[:-6]) == (2, False)
    assert tiff_frames(data[:8]) == (0, False)


def test_nobody_counts_a_million_directories() -> None:
    assert tiff_frames(directories(MOST_FRAMES + 9)) == (MOST_FRAMES, True)


@pytest.mark.parametrize("frames", [1, 2, 7])
def test_the_pictures_of_a_gif_are_counted(frames: int) -> None:
    data = saved("GIF", frames)
    assert gif_frames(data) == (frames, True)
    assert gif_frames(data + b"junk") == (frames, True)
    assert gif_frames(data[:-1]) == (frames, False)


def test_junk_between_the_blocks_of_a_gif_is_skipped() -> None:
    data = saved("GIF", 2)
    assert gif_frames(data[:-1] + bytes(1000) + data[-1:]) == (2, True)
    assert gif_frames(data[:-1] + bytes(1000)) == (2, False)


def test_nobody_counts_all_the_pictures_of_a_long_gif() -> None:
    data = saved("GIF")
    at = data.index(b",")
    assert gif_frames(data[:at] + data[at:-1] * 200_000 + b";") == (MOST_FRAMES, True)


@pytest.mark.parametrize("levels", [1, 3, 6])
@pytest.mark.parametrize("bare", [False, True])
def test_the_levels_of_a_jpeg_2000(levels: int, bare: bool) -> None:
    file = io.BytesIO()
    Image.new("L", (200, 200)).save(file, "JPEG2000", num_resolutions=levels, no_jp2=bare)
    assert jp2_levels(file.getvalue()) == levels - 1


@pytest.mark.parametrize("data", [b"", b"\xff\x4f\xff\x51", b"\xff\x4f\xff\x51\0\x2f\xff\x52", b"\xff\x4f\xff\x51\0\0"])
def test_a_broken_jpeg_2000_has_no_levels(data: bytes) -> None:
    assert jp2_levels(data) == 0


def index_of(data: bytes) -> int:
    header = jpeg_header(data)
    assert header is not None
    return header.index


def test_the_pictures_behind_a_jpeg() -> None:
    data = saved("MPO", 3)
    places, damage = mpo_pictures(data, index_of(data))
    assert damage is None
    assert [data[begin : begin + 2] + data[end - 2 : end] for begin, end in places] == [b"\xff\xd8\xff\xd9"] * 2
    assert places[-1][1] == len(data)
    assert index_of(saved("JPEG")) == 0


def mpf(*entries: tuple[int, int], images: int = 2, order: str = ">", size: int | None = None) -> bytes:
    """An index of pictures: length and offset of each."""
    packed = b"".join(struct.pack(order + "4I", 0, length, offset, 0) for length, offset in entries)
    head = {"<": b"II*\0", ">": b"MM\0*"}[order] + struct.pack(order + "IH", 8, 2)
    tags = [(0xB001, 4, 1, images), (0xB002, 7, len(packed) if size is None else size, 38)]
    return head + b"".join(struct.pack(order + "HHII", *tag) for tag in tags) + bytes(4) + packed


@pytest.mark.parametrize("order", "<>")
def test_an_index_that_is_wrong_is_a_damage(order: str) -> None:
    jpeg = saved("JPEG")
    whole = mpf((9, 0), (len(jpeg), 70), order=order)
    assert len(whole) == 70
    data = bytes(5) + whole + jpeg
    assert mpo_pictures(data, 5) == ([(75, len(data))], None)
    assert mpo_pictures(data[:-9], 5) == ([(75, len(data) - 9)], None)
    assert mpo_pictures(data[:75], 5) == ([], Reason.TRUNCATED)
    assert mpo_pictures(data[:75] + b"x" + jpeg, 5) == ([], Reason.CORRUPT)
    assert mpo_pictures(whole + jpeg, 5) == ([], Reason.CORRUPT)
    assert mpo_pictures(mpf((9, 0), order=order), 0) == ([], Reason.CORRUPT)
    assert mpo_pictures(mpf((9, 0), images=1, size=17, order=order), 0) == ([], Reason.CORRUPT)
    assert mpo_pictures(mpf((9, 0), images=1, order=order), 0) == ([], None)
    assert mpo_pictures(b"", 5) == ([], Reason.CORRUPT)
    same = mpf(*[(len(jpeg), 38 + 16 * 9)] * 9, images=9, order=order) + jpeg
    assert len(mpo_pictures(same, 0)[0]) == 1
