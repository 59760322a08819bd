"""Pen on paper: lines across a copy, handwritten words, signatures, dates. Ink is laid on by multiplying."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from models.training.samples import Mask, Rgb
from models.training.scenes.place import Points, box_quad, edges, homography, points, through, turned
from models.training.scenes.supply import Rng
from models.training.text import HAND, THAI, draw_text, text_width

NOTES = 240
NOTE_HEIGHT = 44

PURPOSES = (
    "สมัครงาน", "เปิดบัญชีธนาคาร", "ขอสินเชื่อ", "ซื้อซิมการ์ด", "จดทะเบียน", "ทำประกัน", "เช่าบ้าน", "รับพัสดุ", "สมัครเรียน",
    "ขอใบอนุญาต", "ซื้อขายรถยนต์", "ยื่นภาษี", "ขอไฟฟ้า", "รับเงินคืน", "ลงทะเบียน", "ผ่อนสินค้า", "ทำสัญญา", "มอบอำนาจ",
)  # fmt: skip
MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
INKS = ((20, 32, 120), (30, 50, 170), (15, 15, 60), (25, 25, 30), (40, 40, 45), (60, 30, 140), (160, 25, 30))


def _words(rng: Rng) -> str:
    kind = int(rng.integers(0, 6))
    purpose = f"ใช้เพื่อ{rng.choice(PURPOSES)}เท่านั้น"
    date = f"{rng.integers(1, 29)} {rng.choice(MONTHS)} {rng.integers(2545, 2570)}"
    short = f"{rng.integers(1, 29)}/{rng.integers(1, 13)}/{rng.integers(45, 70)}"
    choices = ("สำเนาถูกต้อง", "รับรองสำเนาถูกต้อง", purpose, f"ใช้สำหรับ{rng.choice(PURPOSES)}เท่านั้น", date, short)
    return choices[kind]


@lru_cache(maxsize=NOTES)
def _note(index: int) -> Mask:
    """(NOTE_HEIGHT, W) uint8 ink mask of one handwritten phrase: wavy, as no hand keeps a line."""
    rng = np.random.default_rng((91, index))
    text, name = _words(rng), str(rng.choice([*HAND, *HAND, THAI[1]]))
    width = int(text_width(text, name, 26)) + 12
    canvas = Image.new("RGB", (width, NOTE_HEIGHT))
    draw_text(ImageDraw.Draw(canvas), (6, 31), text, name, 26, (255, 255, 255))
    ink = np.asarray(canvas)[..., 0]
    y, x = np.mgrid[0:NOTE_HEIGHT, 0:width].astype(np.float32)
    lift = np.cumsum(rng.normal(0, 1, width)).astype(np.float32)
    lift = cv2.GaussianBlur(lift[None], (0, 0), 9)[0]
    lift *= 3 / max(3.0, float(np.abs(lift - lift.mean()).max()))
    wavy = cv2.remap(ink, x + 1.3 * np.sin(y / 5 + x / 17), y + lift - lift.mean(), cv2.INTER_LINEAR)
    return np.asarray(wavy, np.uint8)


def _ink(target: Rgb, mask: Mask, colour: tuple[int, int, int]) -> None:
    """Multiply `colour` into `target`, in place, where `mask` says ink is."""
    for channel, level in enumerate(colour):
        through_ink = cv2.addWeighted(mask, -(255 - level) / 255, mask, 0, 255)
        cv2.multiply(target[..., channel], through_ink, dst=through_ink, scale=1 / 255)
        target[..., channel] = through_ink


def _stroke_window(image: Rgb, path: Points, pad: int) -> tuple[slice, slice]:
    low = np.maximum(np.floor(path.min(axis=0)).astype(int) - pad, 0)
    high = np.ceil(path.max(axis=0)).astype(int) + pad
    return slice(low[1], min(high[1], image.shape[0])), slice(low[0], min(high[0], image.shape[1]))


def stroke(image: Rgb, path: Points, thickness: int, colour: tuple[int, int, int]) -> None:
    """One pen stroke through `path`, in place."""
    rows, columns = _stroke_window(image, path, thickness + 2)
    if rows.stop <= rows.start or columns.stop <= columns.start:
        return
    mask = np.zeros((rows.stop - rows.start, columns.stop - columns.start), np.uint8)
    shifted = ((path - np.array([columns.start, rows.start])) * 8).astype(np.int32)
    cv2.polylines(mask, [shifted], False, 255, thickness, cv2.LINE_AA, 3)
    _ink(image[rows, columns], mask, colour)


def _curve(rng: Rng, controls: Points, steps: int = 60) -> Points:
    """A smooth curve near the control points (Bézier of their count)."""
    t = np.linspace(0, 1, steps)[:, None]
    count = len(controls) - 1
    weights = [1.0]
    for k in range(count):
        weights.append(weights[-1] * (count - k) / (k + 1))
    terms = [w * t**k * (1 - t) ** (count - k) * controls[k] for k, w in enumerate(weights)]
    return np.asarray(np.sum(terms, axis=0) + rng.normal(0, 0.15, (steps, 2)), np.float32)


def write(rng: Rng, image: Rgb, quad: Points, colour: tuple[int, int, int]) -> None:
    """A handwritten phrase filling the quad's height, as long as it is, from the quad's left; in place."""
    note = _note(int(rng.integers(0, NOTES)))
    _, height = edges(quad)
    along = (quad[1] - quad[0]) / max(1e-3, float(np.hypot(*(quad[1] - quad[0]))))
    reach = along * (height * note.shape[1] / note.shape[0])
    spread = points([quad[0], quad[0] + reach, quad[3] + reach, quad[3]])
    rows, columns = _stroke_window(image, spread, 2)
    span = (columns.stop - columns.start, rows.stop - rows.start)
    if min(span) <= 0:
        return
    shrink = max(0.2, min(1.0, 1.2 * height / note.shape[0]))
    small = cv2.resize(note, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    matrix = homography(small.shape[::-1], spread - points([columns.start, rows.start]))
    mask = np.asarray(cv2.warpPerspective(small, matrix, span), np.uint8)
    _ink(image[rows, columns], cv2.convertScaleAbs(mask, alpha=1.5), colour)


def sign(rng: Rng, image: Rgb, quad: Points, colour: tuple[int, int, int], thickness: int) -> None:
    """A signature within the quad, in place: loops, and often a line under them."""
    for _ in range(int(rng.integers(1, 4))):
        count = int(rng.integers(5, 11))
        x = np.sort(rng.uniform(0, 1, count)) * 1.2 - 0.1 + rng.normal(0, 0.15, count)
        unit = np.stack([x, rng.uniform(-0.8, 1.8, count)], axis=1).astype(np.float32)
        stroke(image, _curve(rng, through(unit, homography((1, 1), quad))), thickness, colour)


def certify(rng: Rng, image: Rgb, quad: Points) -> None:
    """What a holder writes on a copy, in place: two parallel lines across the card, words between, name and date."""
    colour = INKS[int(rng.integers(0, len(INKS)))]
    width, height = edges(quad)
    thickness = max(1, round(width / 300 * rng.uniform(0.7, 2.2)))
    local = homography((1, 1), quad)
    slant, gap, middle = (
        rng.choice([-28, -18, 0, 0, 14, 24]) + rng.normal(0, 4),
        rng.uniform(0.12, 0.3),
        rng.uniform(0.3, 0.7),
    )
    band = turned(box_quad(-0.05, middle - gap / 2, 1.1, gap), 0)
    band = _slanted(band, slant, width / height)
    if rng.random() < 0.75:
        for a, b in ((0, 1), (3, 2)):
            ends = np.stack([band[a], (band[a] + band[b]) / 2 + rng.normal(0, 0.012, 2), band[b]]).astype(np.float32)
            stroke(image, _curve(rng, through(ends, local)), thickness, colour)
    for _ in range(int(rng.integers(1, 3))):
        inner = band + points([rng.uniform(0.05, 0.3), rng.normal(0, 0.02)])
        write(rng, image, through(inner, local), colour)
    spots = box_quad(rng.uniform(0.1, 0.6), rng.uniform(0.3, 1.25), 0.3, 0.16)
    sign(rng, image, through(spots, local), colour, thickness)
    if rng.random() < 0.7:
        write(rng, image, through(spots + points([0, 0.2]), local), colour)


def _slanted(band: Points, degrees: float, aspect: float) -> Points:
    """The band turned in true proportions: unit coordinates are `aspect` times wider than high."""
    scale = points([aspect, 1])
    return np.asarray(turned(band * scale, degrees) / scale, np.float32)
