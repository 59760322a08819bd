"""`python -m benchmarks.decoders FOLDER`: which decoder shrinks a JPEG on load for the least time, and how true.

simplejpeg as the package uses it (halves, and what libjpeg warns of) and by any eighth, OpenCV's reduced decoding and
Pillow's draft mode, each asked for a long side of at least 512 pixels, in alternating runs over the same files in one
thread; and how far each is from the whole picture shrunk afterwards, in levels of 255. Raw times go to
`benchmarks/results/decoders.json`; `--table FILE` makes the table again.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image
from simplejpeg import decode_jpeg, decode_jpeg_header

from benchmarks.latency import timed
from benchmarks.stores import SETTINGS, files_of, keep, measured_on, result_options, show
from models.training.samples import Rgb
from thaiid_detect.document import open_document
from thaiid_detect.opencv import opencv_pixels

SIDE = 512
Decoder = Callable[[bytes], Rgb]


def ours(data: bytes) -> Rgb:
    """The package's own path: header, wholeness, libjpeg's reduced decoding."""
    return open_document(data, SETTINGS).page(1).raster(SIDE)


def opencv(data: bytes) -> Rgb:
    """All pixels, then shrunk: what shrinking on load is to be compared with."""
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise SystemExit("a file of the folder does not decode: name a folder of sound JPEGs")
    factor = _halves(max(picture.shape[:2]))
    size = -(-picture.shape[1] // factor), -(-picture.shape[0] // factor)
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def reduced(data: bytes) -> Rgb:
    """By `IMREAD_REDUCED_*`, which says nothing of a damage."""
    height, width = decode_jpeg_header(data)[:2]
    return opencv_pixels(data, "image/jpeg", _halves(max(height, width)))


def _halves(side: int) -> int:
    return next((each for each in (8, 4, 2) if side // each >= SIDE), 1)


def pillow(data: bytes) -> Rgb:
    """Pillow's draft mode: the largest of the four reductions that is not smaller than asked for."""
    with Image.open(io.BytesIO(data)) as picture:
        scale = SIDE / max(picture.size)
        picture.draft("RGB", (int(picture.width * scale), int(picture.height * scale)))
        return np.asarray(picture.convert("RGB"))


def by_eighths(data: bytes) -> Rgb:
    """The smallest eighth that is not smaller than asked for."""
    height, width = decode_jpeg_header(data)[:2]
    scale = SIDE / max(height, width)
    return np.asarray(decode_jpeg(data, min_height=int(height * scale), min_width=int(width * scale)))


def measure(files: list[bytes], decoders: dict[str, Decoder], rounds: int) -> dict[str, Any]:
    """Milliseconds of each file in each round, and the mean difference to `opencv`'s whole pictures."""
    times: dict[str, list[list[float]]] = {name: [] for name in decoders}
    for _ in range(rounds):
        for name, decode in decoders.items():
            times[name].append(timed(decode, files))
    apart = {name: float(np.mean([_apart(decode(d), opencv(d)) for d in files])) for name, decode in decoders.items()}
    return {"times": times, "apart": apart}


def _apart(one: Rgb, whole: Rgb) -> float:
    if one.shape != whole.shape:  # another reduction, or an EXIF turn
        one = cv2.resize(one, (whole.shape[1], whole.shape[0]), interpolation=cv2.INTER_AREA)
    return float(np.abs(one.astype(np.int16) - whole).mean())


def table(result: dict[str, Any]) -> str:
    """Medians over the rounds of the mean a file, with their spread."""
    lines = [measured_on(result), f"{result['files']} JPEG files, {result['bytes'] / 1e6:.0f} MB, at least {SIDE} px"]
    for name, rounds in result["times"].items():
        means = np.mean(rounds, axis=1)
        lines.append(
            f"{name:28} {np.median(means):6.2f} ms a file ({means.min():.2f}-{means.max():.2f}), "
            f"{result['apart'][name]:.1f} levels from the whole picture shrunk"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--most", type=int, default=100, help="files")
    parser.add_argument("--rounds", type=int, default=5)
    result_options(parser)
    args = parser.parse_args()
    if args.table:
        print(table(json.loads(args.table.read_text())))
        return
    if args.folder is None:
        parser.error("name a folder with JPEG files, or --table FILE")
    every = (path.read_bytes() for path in files_of(args.folder))
    files = [data for data in every if data[:3] == b"\xff\xd8\xff"][: args.most]
    if not files:
        raise SystemExit(f"{args.folder} holds no JPEG files: name a folder with some")
    cv2.setNumThreads(1)
    decoders: dict[str, Decoder] = {
        "this package": ours,
        "simplejpeg, any eighth": by_eighths,
        "OpenCV, reduced": reduced,
        "OpenCV, whole, then shrunk": opencv,
        "Pillow, draft": pillow,
    }
    measured = measure(files, decoders, args.rounds)
    show(keep("decoders", {"files": len(files), "bytes": sum(map(len, files)), **measured}), table)


if __name__ == "__main__":
    main()
