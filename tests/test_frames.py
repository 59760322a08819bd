"""Formats that come through Pillow, each variant as a viewer shows it; caps hold before anything is decoded."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, features

from thaiid_detect.document import open_document
from thaiid_detect.image import DecodeError, Rgb, decode, open_picture, probe
from thaiid_detect.records import Reason
from thaiid_detect.settings import Settings
from thaiid_detect.walks import MOST_FRAMES

WIDTH, HEIGHT = 240, 160


def scene() -> Image.Image:
    """A smooth picture that is different under every turn and flip."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red, green = 255 * x / WIDTH, 255 * y / HEIGHT
    return Image.fromarray(np.dstack([red, green, 255 - (red + green) / 2]).astype(np.uint8))


def see_through() -> Image.Image:
    """Its right half transparent, over black."""
    image = scene().convert("RGBA")
    image.paste((0, 0, 0, 0), (WIDTH // 2, 0, WIDTH, HEIGHT))
    return image


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.copy().save(file, kind, **options)
    return file.getvalue()


def heic(image: Image.Image, **options: Any) -> bytes:
    pillow_heif = pytest.importorskip("pillow_heif")
    pillow_heif.register_heif_opener()
    return saved(image, "HEIF", **options)


def difference(pixels: Rgb, image: Image.Image) -> float:
    wanted = np.asarray(image.convert("RGB").resize(pixels.shape[1::-1], Image.Resampling.BOX))
    return float(np.abs(pixels.astype(int) - wanted).mean())


def turned(turn: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif.tobytes()


@pytest.mark.parametrize(
    "options", [{}, {"no_jp2": True}, {"tile_size": (64, 64)}, {"irreversible": True, "quality_layers": [4]}]
)
def test_jpeg_2000_comes_whole_and_small(options: dict[str, Any]) -> None:
    picture = open_picture(saved(scene(), "JPEG2000", **options))
    assert (picture.header.media_type, picture.header.damage) == ("image/jp2", None)
    for side, width in ((None, 240), (121, 240), (120, 120), (60, 60), (31, 60)):
        pixels = picture.decode(0, side)
        assert pixels.shape[1] == width
        assert difference(pixels, scene()) < 4
    assert difference(picture.decode(0), scene()) < 4


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16"])
def test_jpeg_2000_modes(mode: str) -> None:
    grey = np.asarray(scene().convert("L"))
    image = Image.fromarray(grey.astype(np.uint16) * 257) if mode == "I;16" else scene().convert(mode)
    assert difference(decode(saved(image, "JPEG2000")).pixels, scene() if mode == "RGBA" else scene().convert("L")) < 2


@pytest.mark.parametrize("turn", [1, 3, 6, 8])
@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_avif_and_heic_come_upright(kind: str, turn: int) -> None:
    wanted = scene().transpose(
        {
            1: Image.Transpose.ROTATE_180,
            3: Image.Transpose.ROTATE_180,
            6: Image.Transpose.ROTATE_270,
            8: Image.Transpose.ROTATE_90,
        }[turn]
    )
    wanted = scene() if turn == 1 else wanted
    data = heic(scene(), exif=turned(turn)) if kind == "HEIF" else saved(scene(), kind, exif=turned(turn))
    header = probe(data)
    assert header.media_type == ("image/heic" if kind == "HEIF" else "image/avif")
    assert (header.width, header.height) == wanted.size
    assert difference(decode(data).pixels, wanted) < 4


@pytest.mark.parametrize("kind", ["AVIF", "HEIF", "JPEG2000", "ICO", "PNG", "WEBP"])
def test_what_is_transparent_lies_on_white(kind: str) -> None:
    image = see_through()
    data = heic(image) if kind == "HEIF" else saved(image, kind, **({"sizes": [(240, 160)]} if kind == "ICO" else {}))
    pixels = decode(data).pixels
    height, width = pixels.shape[:2]
    assert pixels[height // 2, width * 7 // 8].tolist() == [255, 255, 255]
    assert np.abs(pixels[height // 2, width // 4].astype(int) - np.asarray(scene())[80, 60]).max() < 12


@pytest.mark.parametrize("kind", ["AVIF", "HEIF"])
def test_several_pictures_are_several_frames(kind: str) -> None:
    other = Image.fromarray(255 - np.asarray(scene()))
    many: dict[str, Any] = {"save_all": True, "append_images": [other]}
    picture = open_picture(heic(scene(), **many) if kind == "HEIF" else saved(scene(), kind, **many))
    assert picture.header.frames == 2
    assert difference(picture.decode(0), scene()) < 4
    assert difference(picture.decode(1), other) < 4


@pytest.mark.parametrize("kind", ["AVIF", "HEIF", "JPEG2000", "ICO"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_cut_file_is_truncated(kind: str, share: float) -> None:
    data = heic(scene()) if kind == "HEIF" else saved(scene(), kind)
    assert open_document(data, Settings()).damage is None
    try:
        damage = open_document(data[: int(share * len(data))], Settings()).damage
    except DecodeError as error:
        damage = error.reason
    assert damage is Reason.TRUNCATED


def test_without_its_library_a_format_has_a_missing_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = b"\0\0\0\x18ftyp%s\0\0\0\0mif1miaf"
    monkeypatch.setitem(sys.modules, "pillow_heif", None)
    monkeypatch.setattr(features, "check", lambda feature: False)
    for data in (brand % b"heic", brand % b"mif1", brand % b"avif", saved(scene(), "JPEG2000")):
        with pytest.raises(DecodeError) as caught:
            open_picture(data)
        assert caught.value.reason is Reason.CODEC_MISSING


def test_a_picture_with_a_general_brand_is_of_the_kind_that_its_other_brands_say() -> None:
    data = saved(scene(), "AVIF")
    assert data[8:12] == b"avif"
    assert b"mif1" in data[:64]
    general = data[:8] + b"mif1" + data[12:16] + data[16:64].replace(b"mif1", b"avif") + data[64:]
    assert difference(decode(general).pixels, scene()) < 4


@pytest.mark.parametrize("kind", [".png", ".tif"])
@pytest.mark.parametrize("alpha", [False, True])
def test_sixteen_bits_a_colour(kind: str, alpha: bool) -> None:
    colours = np.asarray(see_through())[..., [2, 1, 0, 3][: 4 if alpha else 3]]
    done, data = cv2.imencode(kind, colours.astype(np.uint16) * 257)
    assert done
    left = decode(data.tobytes()).pixels[:, : WIDTH // 2 - 1]
    assert np.abs(left.astype(int) - np.asarray(scene())[:, : WIDTH // 2 - 1]).max() <= 1


def test_an_interlaced_png() -> None:
    """By Adam7: x, y and steps of each pass. Source: PNG specification, 8.2."""
    passes = ((0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2))
    grey = np.asarray(scene().convert("L"))
    rows = b"".join(b"\0" + bytes(row[x::right]) for x, y, right, down in passes for row in grey[y::down])
    assert (decode(png((WIDTH, HEIGHT), rows, interlaced=True)).pixels == grey[..., None]).all()


def test_a_png_whose_first_picture_is_no_part_of_its_animation() -> None:
    frames = [scene(), scene().rotate(180), scene().rotate(90)]
    picture = open_picture(saved(frames[0], "PNG", save_all=True, append_images=frames[1:], default_image=True))
    assert [difference(picture.decode(n), frame) < 1 for n, frame in enumerate(frames)] == [True] * 3


def png(size: tuple[int, int], rows: bytes, interlaced: bool = False) -> bytes:
    """A grey one of 8 bits. Source: PNG specification, 5."""
    head = struct.pack(">IIBBBBB", *size, 8, 0, 0, 0, interlaced)
    chunks = (b"IHDR" + head, b"IDAT" + zlib.compress(rows), b"IEND")
    packed = (struct.pack(">I", len(each) - 4) + each + struct.pack(">I", zlib.crc32(each)) for each in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


@pytest.mark.parametrize(
    "compression", ["tiff_lzw", "tiff_adobe_deflate", "packbits", "jpeg", "tiff_deflate", "zstd", "lzma"]
)
def test_every_page_of_every_kind_of_tiff(compression: str) -> None:
    other = Image.fromarray(255 - np.asarray(scene()))
    data = saved(scene(), "TIFF", compression=compression, save_all=True, append_images=[other])
    picture = open_picture(data)
    assert (picture.header.frames, picture.header.damage) == (2, None)
    assert difference(picture.decode(0), scene()) < 5
    assert difference(picture.decode(1), other) < 5


@pytest.mark.parametrize("compression", ["group3", "group4", "tiff_ccitt", "packbits"])
@pytest.mark.parametrize("photometric", [0, 1])
def test_black_is_black_in_every_fax(compression: str, photometric: int) -> None:
    image = scene().convert("1")
    data = saved(image, "TIFF", compression=compression, tiffinfo={262: photometric})
    assert difference(decode(data).pixels, image) == 0


def old_jpeg_tiff() -> bytes:
    """A TIFF that names a JPEG by tags that nobody writes any more. Source: TIFF 6.0, section 22."""
    jpeg = saved(scene(), "JPEG", quality=95, subsampling=0)
    tags = {
        256: WIDTH,
        257: HEIGHT,
        258: 8,
        259: 6,
        262: 6,
        273: 8,
        277: 3,
        278: HEIGHT,
        279: len(jpeg),
        513: 8,
        514: len(jpeg),
    }
    tags |= {530: 1 << 16 | 1}
    entries = b"".join(
        struct.pack("<HHII", tag, 3 if tag == 530 else 4, 2 if tag == 530 else 1, value) for tag, value in tags.items()
    )
    jpeg += b"\0" * (len(jpeg) % 2)
    return b"II*\0" + struct.pack("<I", 8 + len(jpeg)) + jpeg + struct.pack("<H", len(tags)) + entries + bytes(4)


def test_an_old_jpeg_in_a_tiff() -> None:
    assert difference(decode(old_jpeg_tiff()).pixels, scene()) < 4


WITH_TIFFCP = {
    "tiled": ["-t", "-w", "64", "-l", "64"],
    "tiled jpeg": ["-t", "-w", "64", "-l", "64", "-c", "jpeg:r:95"],
    "big": ["-8"],
    "planes": ["-p", "separate", "-c", "lzw"],
    "other byte order": ["-B"],
    "predictor": ["-c", "zip:2"],
    "fill order": ["-f", "lsb2msb"],
}


@pytest.mark.parametrize("options", WITH_TIFFCP.values(), ids=WITH_TIFFCP)
@pytest.mark.skipif(shutil.which("tiffcp") is None, reason="tiffcp (libtiff-tools) is not installed")
def test_tiffs_by_another_hand(options: list[str], tmp_path: Path) -> None:
    other = scene().rotate(180)
    (tmp_path / "ours.tif").write_bytes(saved(scene(), "TIFF", save_all=True, append_images=[other]))
    subprocess.run(["tiffcp", *options, "ours.tif", "theirs.tif"], cwd=tmp_path, check=True, capture_output=True)
    data = (tmp_path / "theirs.tif").read_bytes()
    picture = open_picture(data)
    assert (picture.header.frames, picture.header.damage) == (2, None)
    assert difference(picture.decode(0), scene()) < 3
    assert difference(picture.decode(1), other) < 3


IMAGEMAGICK = next((tool for tool in ("magick", "convert-im6.q16") if shutil.which(tool)), None)


@pytest.mark.parametrize(
    "options",
    [
        ["-compress", "Group4", "fax.tif"],
        ["-compress", "JPEG", "-quality", "95", "a.tif"],
        ["-colorspace", "CMYK", "-quality", "95", "a.jpg"],
        ["-interlace", "Plane", "-quality", "95", "a.jpg"],
        ["-interlace", "PNG", "a.png"],
        ["-colors", "64", "a.gif"],
        ["a.bmp"],
        ["-quality", "95", "a.webp"],
    ],
    ids=" ".join,
)
@pytest.mark.skipif(IMAGEMAGICK is None, reason="ImageMagick is not installed")
def test_pictures_by_another_hand(options: list[str], tmp_path: Path) -> None:
    seen = scene().convert("1") if "Group4" in options else scene()
    (tmp_path / "ours.png").write_bytes(saved(seen, "PNG"))
    subprocess.run([str(IMAGEMAGICK), "ours.png", *options], cwd=tmp_path, check=True)
    decoded = decode((tmp_path / options[-1]).read_bytes())
    assert decoded.complete
    assert difference(decoded.pixels, seen) < 12


def test_a_tiff_of_which_pages_are_cut_away_says_so() -> None:
    data = saved(scene(), "TIFF", save_all=True, append_images=[scene(), scene()])
    document = open_document(data[: len(data) // 2], Settings())
    assert document.damage is Reason.TRUNCATED
    assert document.page_count < 3
    assert difference(document.page(1).raster(), scene()) == 0


def test_a_tiff_that_shows_only_a_preview_is_not_looked_at() -> None:
    for tags in ({254: 1, 330: 8}, {50706: b"\1\4\0\0"}):
        with pytest.raises(DecodeError) as caught:
            open_picture(saved(scene(), "TIFF", tiffinfo=tags))
        assert caught.value.reason is Reason.UNSUPPORTED


@pytest.mark.parametrize("last", [8, 10**9])
def test_a_tiff_whose_pages_go_in_a_circle_is_never_clear(last: int) -> None:
    data = bytearray(saved(scene(), "TIFF"))
    at = int.from_bytes(data[4:8], "little")
    at += 2 + 12 * int.from_bytes(data[at : at + 2], "little")
    data[at : at + 4] = (last if last > len(data) else int.from_bytes(data[4:8], "little")).to_bytes(4, "little")
    document = open_document(bytes(data), Settings())
    assert (document.page_count, document.damage) == (1, Reason.TRUNCATED)
    assert difference(document.page(1).raster(), scene()) == 0


def test_a_hundred_thousand_pages_are_looked_at_up_to_the_cap() -> None:
    first = saved(Image.new("L", (8, 8)), "TIFF")
    at = int.from_bytes(first[4:8], "little")
    after = at + 2 + 12 * int.from_bytes(first[at : at + 2], "little")
    offsets = [len(first) + 6 * n for n in range(MOST_FRAMES)]
    chain = b"".join(struct.pack("<HI", 0, following) for following in [*offsets[1:], 0])
    data = first[:after] + struct.pack("<I", len(first)) + first[after + 4 :] + chain
    document = open_document(data, Settings(max_pages=3))
    assert (document.page_count, document.damage) == (3, Reason.TOO_MANY_PAGES)
    assert document.page(1).raster().shape == (8, 8, 3)


def test_a_gif_of_a_hundred_thousand_pictures_is_looked_at_up_to_the_cap() -> None:
    one = saved(Image.new("P", (8, 8)), "GIF")
    at = one.index(b",")
    data = one[:at] + one[at:-1] * 100_000 + b";"
    document = open_document(data, Settings(max_pages=5))
    assert (document.page_count, document.damage) == (5, Reason.TOO_MANY_PAGES)
    assert document.page(5).raster().shape == (8, 8, 3)


def test_a_huge_png_is_refused_by_its_header() -> None:
    with pytest.raises(DecodeError) as caught:
        decode(png((50_000, 50_000), bytes(1_000_000)), min_side=100)
    assert caught.value.reason is Reason.TOO_LARGE


@pytest.mark.parametrize("kind", ["AVIF", "HEIF", "JPEG2000", "ICO"])
def test_the_size_in_the_header_is_checked_before_decoding(kind: str) -> None:
    data = heic(scene()) if kind == "HEIF" else saved(scene(), kind)
    header = probe(data)
    pixels = header.width * header.height
    assert decode(data, max_pixels=pixels).complete
    with pytest.raises(DecodeError) as caught:
        decode(data, max_pixels=pixels - 1)
    assert caught.value.reason is Reason.TOO_LARGE
