"""Decoding: every format, mode and turn becomes the same upright RGB; damage is told, nothing foreign is raised."""

from __future__ import annotations

import io
import random
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageFile, ImageOps

from thaiid_detect.errors import UsageError
from thaiid_detect.image import DecodeError, Rgb, decode, encode_pillow, open_picture, probe
from thaiid_detect.records import Reason

WIDTH, HEIGHT = 96, 64


def scene() -> Image.Image:
    """A smooth picture that is different under every turn and flip."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
    red, green = 255 * x / WIDTH, 255 * y / HEIGHT
    return Image.fromarray(np.dstack([red, green, 255 - (red + green) / 2]).astype(np.uint8))


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def oriented(turn: int) -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = turn
    return exif


def difference(pixels: Rgb, image: Image.Image) -> float:
    """Mean absolute difference, 0-255, to the picture at the size of `pixels`."""
    wanted = image.convert("RGB").resize(pixels.shape[1::-1], Image.Resampling.BOX)
    return float(np.abs(pixels.astype(int) - np.asarray(wanted)).mean())


LOSSLESS = [("PNG", {}), ("BMP", {}), ("WEBP", {"lossless": True}), ("TIFF", {}), ("TIFF", {"compression": "tiff_lzw"})]


@pytest.mark.parametrize(("kind", "options"), LOSSLESS)
def test_lossless_formats_come_as_they_are(kind: str, options: dict[str, Any]) -> None:
    decoded = decode(saved(scene(), kind, **options))
    assert decoded.complete
    assert decoded.pixels.dtype == np.uint8
    assert decoded.pixels.flags.c_contiguous
    assert (decoded.pixels == np.asarray(scene())).all()


@pytest.mark.parametrize("options", [{}, {"progressive": True}, {"subsampling": 0}, {"restart_marker_rows": 1}])
def test_jpeg_variants(options: dict[str, Any]) -> None:
    assert difference(decode(saved(scene(), "JPEG", quality=95, **options)).pixels, scene()) < 2


def test_a_cmyk_jpeg_has_its_colours_and_not_their_negative() -> None:
    assert difference(decode(saved(scene().convert("CMYK"), "JPEG", quality=95)).pixels, scene()) < 3


def test_a_grey_jpeg_has_three_channels() -> None:
    assert difference(decode(saved(scene().convert("L"), "JPEG", quality=95)).pixels, scene().convert("L")) < 2


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGBA", "CMYK", "YCbCr", "LAB"])
def test_tiff_modes(mode: str) -> None:
    image = scene().convert("RGB").convert(mode) if mode != "LAB" else Image.new("LAB", (9, 9), (128, 128, 128))
    assert difference(decode(saved(image, "TIFF")).pixels, image) < 2


def test_a_fax() -> None:
    image = scene().convert("1")
    assert (decode(saved(image, "TIFF", compression="group4")).pixels == np.asarray(image.convert("RGB"))).all()


def sixteen_bits(kind: str) -> bytes:
    ramp = np.tile(np.linspace(0, 65535, WIDTH).astype(np.uint16), (HEIGHT, 1))
    return saved(Image.fromarray(ramp), kind)


@pytest.mark.parametrize("data", [sixteen_bits("PNG"), sixteen_bits("TIFF")])
def test_sixteen_bits_are_scaled_and_not_clipped(data: bytes) -> None:
    row = decode(data).pixels[0, :, 0].astype(int)
    np.testing.assert_allclose(row, np.linspace(0, 255, WIDTH), atol=1)


@pytest.mark.parametrize("dtype", [np.float32, np.int32])
def test_readings_without_a_white_are_stretched(dtype: type) -> None:
    ramp = np.tile(np.linspace(-1000, 90_000, WIDTH).astype(dtype), (HEIGHT, 1))
    row = decode(saved(Image.fromarray(ramp), "TIFF")).pixels[0, :, 0].astype(int)
    np.testing.assert_allclose(row, np.linspace(0, 255, WIDTH), atol=1)


def test_a_floating_picture_of_nothing_is_black() -> None:
    empty = np.full((4, 4), np.nan, np.float32)
    assert (decode(saved(Image.fromarray(empty), "TIFF")).pixels == 0).all()


def transparent(mode: str) -> Image.Image:
    """Left half opaque and grey, right half transparent, black underneath."""
    image = Image.new("RGBA", (20, 10), (0, 0, 0, 0))
    image.paste((100, 100, 100, 255), (0, 0, 10, 10))
    return image.convert(mode)


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "RGBA"), ("PNG", "LA"), ("WEBP", "RGBA"), ("TIFF", "RGBA"), ("PNG", "P"), ("GIF", "RGBA")],
)
def test_what_is_transparent_lies_on_white(kind: str, mode: str) -> None:
    image = transparent("RGBA").quantize(4) if mode == "P" else transparent(mode)
    pixels = decode(saved(image, kind, **({"lossless": True} if kind == "WEBP" else {}))).pixels
    assert pixels[5, 5].tolist() == [100, 100, 100]
    assert pixels[5, 15].tolist() == [255, 255, 255]


def test_a_transparent_colour_in_a_png_without_alpha_lies_on_white() -> None:
    image = Image.new("RGB", (20, 10), (1, 2, 3))
    assert (decode(saved(image, "PNG", transparency=(1, 2, 3))).pixels == 255).all()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_every_exif_turn_comes_upright(kind: str, turn: int) -> None:
    options: dict[str, Any] = {"lossless": True} if kind == "WEBP" else {"quality": 95} if kind == "JPEG" else {}
    data = saved(scene(), kind, exif=oriented(turn), **options)
    upright = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
    header = probe(data)
    assert (header.width, header.height) == upright.size == ((WIDTH, HEIGHT) if turn < 5 else (HEIGHT, WIDTH))
    assert difference(decode(data).pixels, upright) < 2
    assert difference(decode(data, min_side=40).pixels, upright) < 3


@pytest.mark.parametrize(
    ("min_side", "width"),
    [(None, 1001), (2000, 1001), (1001, 1001), (502, 1001), (501, 501), (300, 501), (251, 251), (126, 126), (1, 126)],
)
def test_a_jpeg_comes_as_small_as_asked_for(min_side: int | None, width: int) -> None:
    data = saved(scene().resize((1001, 667)), "JPEG", quality=90)
    pixels = decode(data, min_side=min_side).pixels
    assert pixels.shape[1] == width
    assert difference(pixels, scene()) < 3


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_frames_come_one_by_one_in_any_order(kind: str) -> None:
    shades = [Image.new("RGB", (30, 20), (80 * n, 80 * n, 80 * n)) for n in range(4)]
    data = saved(shades[0], kind, save_all=True, append_images=shades[1:])
    assert probe(data).frames == 4
    picture = open_picture(data)
    for n in (0, 1, 2, 3, 1, 0):
        assert picture.size(n) == (30, 20)
        assert abs(int(picture.decode(n).mean()) - 80 * n) <= 1
        assert abs(int(decode(data, frame=n).pixels.mean()) - 80 * n) <= 1


def test_the_pages_of_a_tiff_have_their_own_sizes() -> None:
    data = saved(scene(), "TIFF", save_all=True, append_images=[scene().resize((10, 20))])
    picture = open_picture(data)
    assert [picture.size(n) for n in (0, 1)] == [(WIDTH, HEIGHT), (10, 20)]
    assert picture.decode(1).shape == (20, 10, 3)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "BMP"])
def test_of_a_cut_file_the_upper_part_is_shown_and_the_cut_told(kind: str) -> None:
    rows = np.random.default_rng(0).integers(0, 256, (200, 160, 3), dtype=np.uint8)
    image = Image.fromarray(cv2.GaussianBlur(rows, (0, 0), 4))
    image = image.transpose(Image.Transpose.FLIP_TOP_BOTTOM) if kind == "BMP" else image  # its rows start at the bottom
    data = saved(image, kind)
    decoded = decode(data[: len(data) * 7 // 10])
    assert not decoded.complete
    assert not probe(data[: len(data) * 7 // 10]).complete
    assert decoded.pixels.shape == (200, 160, 3)
    known = slice(0, 90) if kind != "BMP" else slice(110, 200)
    assert np.abs(decoded.pixels[known].astype(int) - np.asarray(image)[known]).mean() < 8


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P"])
def test_of_a_png_with_a_hole_the_upper_part_is_shown_and_the_hole_told(mode: str) -> None:
    """Pillow decoded noise, and said nothing, where zeros stood in a PNG that OpenCV is not asked about."""
    rows = np.random.default_rng(0).integers(0, 256, (200, 160, 3), dtype=np.uint8)
    image = Image.fromarray(cv2.GaussianBlur(rows, (0, 0), 4)).convert(mode)
    data = bytearray(saved(image, "PNG"))
    begin = len(data) * 7 // 10
    data[begin : begin + 500] = bytes(500)
    assert probe(bytes(data)).damage is Reason.CORRUPT
    pixels = decode(bytes(data)).pixels
    assert (pixels[:100] == np.asarray(image.convert("RGB"))[:100]).all()


def test_only_the_last_two_bytes_missing_is_a_whole_picture_that_is_not_complete() -> None:
    data = saved(scene(), "JPEG", quality=95)
    decoded = decode(data[:-2])
    assert not decoded.complete
    assert difference(decoded.pixels, scene()) < 2


@pytest.mark.parametrize(
    ("kind", "keep"), [("JPEG", 0.02), ("PNG", 0.02), ("WEBP", 0.5), ("GIF", 0.02), ("TIFF", 0.5), ("BMP", 0.001)]
)
def test_where_nothing_can_be_shown_the_reason_is_told(kind: str, keep: float) -> None:
    data = saved(scene(), kind, **({"tiffinfo": {}} if kind == "TIFF" else {}))
    with pytest.raises(DecodeError) as caught:
        decode(data[: max(30, int(len(data) * keep))])
    assert caught.value.reason in (Reason.TRUNCATED, Reason.CORRUPT)
    assert caught.value.media_type == f"image/{kind.lower()}"


def test_a_tiff_whose_strips_lie_beyond_the_file_is_truncated() -> None:
    data = saved(scene(), "TIFF")  # Pillow writes the directory first
    with pytest.raises(DecodeError) as caught:
        decode(data[: len(data) // 2])
    assert caught.value.reason is Reason.TRUNCATED


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"PK\x03\x04" + bytes(60), Reason.UNSUPPORTED),
        (b"plain text", Reason.UNSUPPORTED),
        (bytes(1000), Reason.UNSUPPORTED),
    ],
)
def test_what_cannot_be_decoded_has_its_reason(data: bytes, reason: Reason) -> None:
    with pytest.raises(DecodeError) as caught:
        decode(data)
    assert caught.value.reason is reason


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "BMP", "GIF", "TIFF"])
def test_the_size_in_the_header_is_checked_before_decoding(kind: str) -> None:
    data = saved(scene(), kind)
    assert decode(data, max_pixels=WIDTH * HEIGHT).complete
    with pytest.raises(DecodeError) as caught:
        decode(data, max_pixels=WIDTH * HEIGHT - 1)
    assert caught.value.reason is Reason.TOO_LARGE


def test_a_bomb_is_refused_by_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    data = bytearray(saved(scene(), "BMP"))
    data[18:26] = (60_000).to_bytes(4, "little") * 2
    with pytest.raises(DecodeError) as caught:
        decode(bytes(data))
    assert caught.value.reason is Reason.TOO_LARGE
    assert not ImageFile.LOAD_TRUNCATED_IMAGES


def mutants(count: int) -> Iterator[bytes]:
    """Files with bytes changed and ends cut, the same ones every time."""
    small = scene().resize((24, 16))
    frames: dict[str, Any] = {"save_all": True, "append_images": [small.rotate(90)]}
    files = [saved(small, "JPEG"), saved(small.convert("CMYK"), "JPEG"), saved(small, "JPEG", progressive=True)]
    files += [saved(small, "PNG"), saved(small.quantize(8), "PNG", transparency=2), saved(small, "PNG", **frames)]
    files += [saved(small, "GIF", **frames), saved(small, "BMP"), saved(small, "WEBP"), saved(small, "WEBP", **frames)]
    files += [saved(small, "TIFF", compression=name, **frames) for name in ("raw", "tiff_lzw", "jpeg", "packbits")]
    files += [saved(small.convert("1"), "TIFF", compression="group4")]
    chance = random.Random(2018)
    for _ in range(count):
        data = bytearray(chance.choice(files))
        for _ in range(chance.choice((1, 3, 9))):
            data[chance.randrange(min(len(data), chance.choice((200, len(data)))))] = chance.choice(
                (0, 255, chance.randrange(256))
            )
        yield bytes(data[: chance.randrange(len(data))] if chance.random() < 0.2 else data)


def test_hostile_bytes_raise_nothing_but_decode_errors() -> None:
    decoded, reasons = 0, set()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for data in mutants(1500):
            try:
                picture = open_picture(data)
                for frame in range(min(picture.header.frames, 3)):
                    pixels = picture.decode(frame, max_pixels=1_000_000)
                    assert (pixels.shape[2], pixels.dtype) == (3, np.uint8)
                decoded += 1
            except DecodeError as error:
                reasons.add(error.reason)
    assert 300 < decoded < 1300
    assert {Reason.CORRUPT, Reason.TRUNCATED, Reason.UNSUPPORTED} <= reasons <= set(Reason)


@pytest.mark.parametrize(("kind", "mode"), [("PNG", "RGB"), ("JPEG", "CMYK")])
def test_too_little_memory_is_not_a_fault_of_the_file(monkeypatch: pytest.MonkeyPatch, kind: str, mode: str) -> None:
    def refuse(data: object, flags: int) -> None:
        error = cv2.error("Insufficient memory")
        error.code = cv2.Error.StsNoMem
        raise error

    monkeypatch.setattr(cv2, "imdecode", refuse)
    with pytest.raises(MemoryError):
        decode(saved(scene().convert(mode), kind))


def with_middle(data: bytes, middle: bytes) -> bytes:
    """The JPEG with other bytes in the middle of its scan."""
    at = (data.rfind(b"\xff\xda") + len(data)) // 2
    return data[:at] + middle + data[at + len(middle) :]


def test_a_jpeg_in_which_the_decoder_loses_its_way_is_damaged() -> None:
    """libjpeg paints on, and only warns: no marker is missing, and no run of equal bytes gives it away."""
    data = saved(scene(), "JPEG", quality=90)
    whole = open_picture(data)
    whole.decode(0)
    assert whole.header.complete
    assert whole.damage(0) is None
    broken = open_picture(with_middle(data, b"\xfb\xfd\xfb\xf7" * 9))
    assert broken.header.complete
    assert broken.decode(0, 64).shape[2] == 3
    assert broken.damage(0) is Reason.CORRUPT
    assert not decode(with_middle(data, b"\xfb\xfd\xfb\xf7" * 9)).complete


@pytest.mark.parametrize(("padding", "damage"), [(1, None), (7, None), (8, Reason.CORRUPT), (200, Reason.CORRUPT)])
def test_a_few_bytes_before_the_end_are_some_cameras_padding(padding: int, damage: Reason | None) -> None:
    data = saved(scene(), "JPEG")
    picture = open_picture(data[:-2] + bytes(range(1, padding + 1)) + data[-2:])
    assert picture.decode(0).tobytes() == decode(data).pixels.tobytes()
    assert picture.damage(0) is damage


def test_threads_do_not_disturb_each_other() -> None:
    files = [saved(scene(), kind, **options) for kind, options in LOSSLESS] + [saved(transparent("RGBA"), "PNG")]
    wanted = [decode(data).pixels.tobytes() for data in files]
    filters = list(warnings.filters)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda data: decode(data).pixels.tobytes(), files * 20))
    assert found == wanted * 20
    assert warnings.filters == filters


@pytest.mark.parametrize("mode", ["RGB", "L", "1", "P", "CMYK", "LA", "RGBA"])
def test_a_pillow_image_becomes_bytes_that_decode_to_it(mode: str) -> None:
    image = scene().convert("L").convert(mode) if mode in ("1", "P", "LA") else scene().convert(mode)
    assert difference(decode(encode_pillow(image)).pixels, image) < 1


def test_a_pillow_image_is_turned_upright_and_laid_on_white() -> None:
    turned = Image.open(io.BytesIO(saved(scene(), "PNG", exif=oriented(6))))
    assert decode(encode_pillow(turned)).pixels.shape == (WIDTH, HEIGHT, 3)
    assert decode(encode_pillow(transparent("RGBA"))).pixels[5, 15].tolist() == [255, 255, 255]


def test_encode_pillow_takes_nothing_else() -> None:
    with pytest.raises(UsageError):
        encode_pillow(np.zeros((4, 4)))
    data = saved(scene(), "PNG")
    with pytest.raises(UsageError):
        encode_pillow(Image.open(io.BytesIO(data[: len(data) // 2])))


def test_a_pillow_tiff_is_turned_once() -> None:
    file = io.BytesIO()
    Image.new("RGB", (80, 40)).save(file, "TIFF", tiffinfo={274: 6})
    assert decode(encode_pillow(Image.open(file))).pixels.shape == (80, 40, 3)


@pytest.mark.parametrize("kind", ["TIFF", "GIF", "WEBP", "PNG"])
def test_a_pillow_image_of_several_frames_is_refused(kind: str) -> None:
    shades = [Image.new("RGB", (30, 20), (80 * n, 80 * n, 80 * n)) for n in range(3)]
    data = saved(shades[0], kind, save_all=True, append_images=shades[1:])
    with pytest.raises(UsageError, match="path or its bytes"):
        encode_pillow(Image.open(io.BytesIO(data)))


def test_of_an_mpo_by_pillow_the_frame_it_stands_at_is_seen() -> None:
    data = saved(scene(), "MPO", save_all=True, append_images=[scene()])
    assert Image.open(io.BytesIO(data)).n_frames == 2  # type: ignore[attr-defined]
    assert decode(encode_pillow(Image.open(io.BytesIO(data)))).pixels.shape == (HEIGHT, WIDTH, 3)


def test_a_pillow_image_over_the_cap_is_refused_before_it_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("thaiid_detect.frames.MAX_PIXELS", WIDTH * HEIGHT - 1)
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("it was loaded"))
    with pytest.raises(UsageError, match="pixels"):
        encode_pillow(scene())
