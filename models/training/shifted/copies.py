"""Copiers, pens and fax machines: what is done to a card between the counter and the scanner.

Copies are (H, W) uint8, 0 black; papers (H, W, 3) uint8 RGB.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from models.training.people import make_person, thai_date
from models.training.samples import Rgb
from models.training.shifted.pages import font
from models.training.shifted.take import Points

Rng = np.random.Generator
Grey = NDArray[np.uint8]
HAND: Final = "Sriracha_400Regular"
PURPOSES: Final = ("สมัครงาน", "เปิดบัญชีธนาคาร", "ขอสินเชื่อ", "ลงทะเบียนซิม", "สมัครอินเทอร์เน็ต", "ทำสัญญาเช่า", "โอนรถ", "ยื่นภาษี",
                   "เช่าซื้อรถจักรยานยนต์", "ขอติดตั้งไฟฟ้า", "ลงทะเบียนเรียน", "รับพัสดุ")  # fmt: skip
FAX_LINES: Final = {"standard": 98, "fine": 196}
"""Lines to the inch down the page; across it is 204 dots (ITU-T T.4)."""


# --- the copier -------------------------------------------------------------------------------------------------


def photocopied(rng: Rng, face: Rgb) -> Rgb:
    """A card's face (h, w, 4), premultiplied, as a black-and-white copier prints it; its shape stays."""
    paper = cv2.cvtColor(255 - face[..., 3], cv2.COLOR_GRAY2RGB)
    weights = rng.dirichlet((4, 6, 2))  # the copier's lamp and sensor are not the eye
    grey = cv2.transform(cv2.add(np.ascontiguousarray(face[..., :3]), paper), weights[None].astype(np.float32))
    grey = np.asarray(cv2.LUT(grey, _curve(rng)), np.uint8)
    style = rng.random()
    if style < 0.35:
        printed = _screened(rng, grey)
    elif style < 0.6:
        printed = _dithered(rng, grey)
    else:
        printed = np.asarray(cv2.GaussianBlur(grey, (3, 3), rng.uniform(0.4, 0.9)), np.uint8)
    return np.dstack([printed] * 3 + [face[..., 3]])


def _curve(rng: Rng) -> Grey:
    """A steep curve: pale tints go white, dark ones black."""
    value = np.arange(256) / 255
    white, black = rng.uniform(0.74, 1.05), rng.uniform(0.02, 0.22)
    linear = np.clip((value - black) / (white - black), 0, 1) ** rng.uniform(0.8, 1.5)
    steep = rng.uniform(0, 0.9)
    bent = (1 - steep) * linear + steep * linear * linear * (3 - 2 * linear)
    return np.asarray(255 * (rng.uniform(0, 0.16) + bent * rng.uniform(0.97, 1.0)).clip(0, 1), np.uint8)


def _screened(rng: Rng, grey: Grey) -> Grey:
    """Clustered dots or lines of a laser printer, 75 to 130 to the inch, drawn at three dots a pixel of 300 dpi."""
    height, width = grey.shape
    times = 2
    large = cv2.resize(grey, (width * times, height * times), interpolation=cv2.INTER_LINEAR)
    period = width * times / (85.6 / 25.4) / rng.uniform(75, 130)
    away = np.radians(rng.choice([45, 30, 15, 63]))
    x, y = np.arange(width * times, dtype=np.float32), np.arange(height * times, dtype=np.float32)[:, None]
    u = (2 * np.pi / period * (np.cos(away) * x + np.sin(away) * y)).astype(np.float32)
    if rng.random() < 0.25:
        wave = 127 + 110 * np.cos(u)
    else:
        v = (2 * np.pi / period * (-np.sin(away) * x + np.cos(away) * y)).astype(np.float32)
        wave = 127 + 55 * (np.cos(u) + np.cos(v))
    hard = rng.uniform(2.0, 6.0)
    dots = np.clip((large.astype(np.float32) - wave) * hard + 128, 0, 255).astype(np.uint8)
    return np.asarray(cv2.resize(dots, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _dithered(rng: Rng, grey: Grey) -> Grey:
    """Error diffusion (Floyd and Steinberg), toner running together a little."""
    ink = np.array(Image.fromarray(grey).convert("1", dither=Image.Dither.FLOYDSTEINBERG), np.uint8) * 255
    return np.asarray(cv2.GaussianBlur(ink, (3, 3), rng.uniform(0.5, 0.9)), np.uint8)


def inkjet(rng: Rng, face: Rgb) -> Rgb:
    """A colour print-out on plain paper: duller, banded, inks a little apart."""
    share = face[..., 3:]
    rgb = face[..., :3].astype(np.float64)
    dull = rng.uniform(0.12, 0.3)
    rgb = rgb * (1 - dull) + dull * np.array([205, 200, 190]) * (share / 255.0)
    rows = np.arange(face.shape[0])
    band = 1 + rng.uniform(0.01, 0.05) * np.sin(rows * 2 * np.pi / rng.uniform(9, 40))
    rgb = rgb * band[:, None, None]
    rgb[..., 0] = np.roll(rgb[..., 0], int(rng.integers(-1, 2)), 1)
    rgb[..., 2] = np.roll(rgb[..., 2], int(rng.integers(-1, 2)), 0)
    return np.dstack([np.minimum(rgb.clip(0, 255), share).astype(np.uint8), face[..., 3]])


def worn_drum(rng: Rng, paper: Rgb) -> Rgb:
    """What the machine adds to every page: specks, streaks, a dark edge where the lid stood open."""
    height, width = paper.shape[:2]
    out = paper.copy()
    specks = int(rng.integers(0, 140))
    spots = np.stack([rng.integers(0, width, specks), rng.integers(0, height, specks)], 1)
    for x, y in spots:
        cv2.circle(out, (int(x), int(y)), int(rng.integers(0, 2)), (int(rng.integers(0, 120)),) * 3, -1, cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 3))):
        x, wide = int(rng.integers(0, width)), int(rng.integers(1, 3))
        strip = out[:, x : x + wide]
        strip[:] = (strip * rng.uniform(0.6, 0.92)).astype(np.uint8)
    if rng.random() < 0.25:
        depth = int(rng.uniform(0.004, 0.03) * width)
        edges = (out[:, :depth], out[:, width - depth :], out[:depth], out[height - depth :])
        edges[int(rng.integers(4))][:] = int(rng.integers(0, 70))
    return out


def faxed(rng: Rng, paper: Rgb) -> Rgb:
    """Black or white, 1728 dots a line, a header line; as the program shows it that took the call. Keeps its size."""
    height, width = paper.shape[:2]
    lines = FAX_LINES["fine" if rng.random() < 0.7 else "standard"]
    size = (1728, max(8, round(1728 * height / width * lines / 204)))
    grey = cv2.resize(cv2.cvtColor(paper, cv2.COLOR_RGB2GRAY), size, interpolation=cv2.INTER_AREA)
    if rng.random() < 0.4:
        ink = np.array(Image.fromarray(grey).convert("1"), np.uint8) * 255
    else:
        around = cv2.resize(cv2.resize(grey, (54, 54), interpolation=cv2.INTER_AREA), size).astype(np.float32)
        ink = np.where(grey < around * 0.35 + rng.uniform(80, 110), 0, 255).astype(np.uint8)
    lost = rng.integers(0, size[1], int(rng.integers(0, 4)))
    ink[lost] = 255
    shown = cv2.resize(ink, (width, height), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(shown, cv2.COLOR_GRAY2RGB), np.uint8)


# --- pens -------------------------------------------------------------------------------------------------------


def ink(rng: Rng) -> tuple[int, int, int]:
    """RGB of a ball pen: blue, black, now and then red."""
    choice = rng.random()
    base = (28, 48, 150) if choice < 0.58 else (26, 26, 32) if choice < 0.95 else (170, 30, 36)
    return tuple(int(np.clip(v + rng.integers(-18, 19), 0, 255)) for v in base)  # type: ignore[return-value]


def drawn_over(paper: Rgb, mark: Grey, tone: tuple[int, int, int], x: int, y: int, strength: float = 0.9) -> None:
    """Ink on paper, in place: `mark` (h, w), 255 where the pen went, its corner at (x, y). Inks let black through."""
    height, width = paper.shape[:2]
    left, top = max(0, x), max(0, y)
    right, bottom = min(width, x + mark.shape[1]), min(height, y + mark.shape[0])
    if right <= left or bottom <= top:
        return
    part = paper[top:bottom, left:right]
    wet = mark[top - y : bottom - y, left - x : right - x, None].astype(np.float32) * (strength / 255)
    part[:] = (part * (1 - wet * (1 - np.array(tone, np.float32) / 255))).astype(np.uint8)


@lru_cache(maxsize=256)
def _written(text: str, size: int) -> Grey:
    wide = int(font(HAND, size).getlength(text)) + size
    canvas = Image.new("L", (wide, size * 2), 0)
    ImageDraw.Draw(canvas).text((size // 2, size // 3), text, font=font(HAND, size), fill=255)
    return np.array(canvas, np.uint8)


def handwriting(rng: Rng, text: str, size: int, angle: float) -> Grey:
    """(h, w) uint8: words by hand, slanted, their line not quite straight, turned by `angle` degrees."""
    word = _written(text, size)
    height, width = word.shape
    x, y = np.meshgrid(np.arange(width, dtype=np.float32), np.arange(height, dtype=np.float32))
    sway = size * rng.uniform(0.02, 0.07) * np.sin(x / size * rng.uniform(0.4, 1.1) + rng.uniform(0, 6))
    slant = rng.uniform(-0.2, 0.35) * (y - height / 2)
    bent = cv2.remap(word, x + slant.astype(np.float32), y + sway.astype(np.float32), cv2.INTER_LINEAR)
    if rng.random() < 0.4:
        bent = cv2.dilate(bent, np.ones((2, 2), np.uint8))
    return turned(np.asarray(bent, np.uint8), angle)


def turned(mark: Grey, angle: float) -> Grey:
    """The mark turned counter-clockwise, on a canvas that holds it."""
    height, width = mark.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1)
    cos, sin = abs(matrix[0, 0]), abs(matrix[0, 1])
    size = (int(height * sin + width * cos) + 1, int(height * cos + width * sin) + 1)
    matrix[:, 2] += (size[0] - width) / 2, (size[1] - height) / 2
    return np.asarray(cv2.warpAffine(mark, matrix, size), np.uint8)


def stroke(mark: Grey, points: Points, thick: float) -> None:
    """One stroke of a pen through points (n, 2), in place; sub-pixel, smooth."""
    shifted = (points * 16).round().astype(np.int32)
    cv2.polylines(mark, [shifted[:, None]], False, 255, max(1, round(thick)), cv2.LINE_AA, 4)


def signature(rng: Rng, width: int) -> Grey:
    """(width / 2, width) uint8: loops that go on to the right, and a flourish under them."""
    height = width // 2
    mark = np.zeros((height, width), np.uint8)
    t = np.linspace(0, 1, 160)
    turns = rng.uniform(3, 8)
    size = 0.26 * (0.35 + 0.65 * np.abs(np.sin(np.pi * t * rng.uniform(1, 3) + rng.uniform(0, 3))))
    x = 0.08 + 0.8 * t + 0.09 * np.cos(2 * np.pi * turns * t)
    y = 0.48 + size * np.sin(2 * np.pi * turns * t + rng.uniform(0, 6)) + rng.uniform(-0.2, 0.2) * (t - 0.5)
    thick = max(1.0, width / 110)
    stroke(mark, np.stack([x * width, y * height], 1), thick)
    bow = np.stack([0.1 + 0.8 * t, 0.8 + rng.uniform(-0.12, 0.12) * np.sin(np.pi * t) - 0.15 * t], 1)
    stroke(mark, bow * (width, height), thick)
    return turned(mark, rng.uniform(-4, 14))


def certified(rng: Rng, paper: Rgb, quad: Points, mm: float) -> None:
    """Lines across the card at `quad`, what the copy is for, "true copy", name and date; in place.

    `mm`: pixels to a millimetre.
    """
    tone, strength = ink(rng), rng.uniform(0.75, 0.98)
    low, high = quad.min(0), quad.max(0)
    wide, tall = high - low
    angle = rng.uniform(-4, 34)
    across, normal = _directions(angle)
    middle = low + (wide, tall) * rng.uniform((0.35, 0.35), (0.65, 0.75))
    gap = rng.uniform(5, 9) * mm
    if rng.random() < 0.85:
        _lines(rng, paper, middle, across * wide * rng.uniform(0.35, 0.62), normal * gap, tone, strength, mm)
    _words(rng, paper, middle, angle, gap, tone, strength)
    place = low + np.array([rng.uniform(0.05, 0.5) * wide, tall + rng.uniform(4, 14) * mm])
    if rng.random() < 0.3:
        place = low + np.array([rng.uniform(0, 0.4) * wide, rng.uniform(0.4, 0.75) * tall])
    _sign(rng, paper, place, tone, strength, mm)


def _directions(angle: float) -> tuple[Points, Points]:
    """Along the writing, and down from it, for an angle counter-clockwise in degrees."""
    turn = np.radians(angle)
    return np.array([np.cos(turn), -np.sin(turn)]), np.array([np.sin(turn), np.cos(turn)])


def _lines(
    rng: Rng,
    paper: Rgb,
    middle: Points,
    half: Points,
    gap: Points,
    tone: tuple[int, int, int],
    strength: float,
    mm: float,
) -> None:
    low = np.floor(middle - np.abs(half) * 1.2 - np.abs(gap) - 3 * mm)
    size = np.ceil(middle - low).astype(int) * 2
    mark = np.zeros((size[1], size[0]), np.uint8)
    t = np.linspace(-1, 1, 12)[:, None]
    for side in (-0.5, 0.5) if rng.random() < 0.85 else (-0.5,):
        bow = gap * 0.06 * rng.normal() * (1 - t * t)
        wobble = rng.normal(0, 0.12 * mm, (12, 2))
        stroke(
            mark,
            middle - low + gap * side + half * (t + rng.normal(0, 0.04)) + bow + wobble,
            rng.uniform(0.3, 0.7) * mm,
        )
    drawn_over(paper, mark, tone, int(low[0]), int(low[1]), strength)


def _words(
    rng: Rng, paper: Rgb, middle: Points, angle: float, gap: float, tone: tuple[int, int, int], strength: float
) -> None:
    text = f"ใช้เพื่อ{PURPOSES[int(rng.integers(len(PURPOSES)))]}เท่านั้น"
    mark = handwriting(rng, text, max(10, round(gap * rng.uniform(0.5, 0.68))), angle)
    corner = middle - np.array(mark.shape[::-1]) / 2
    drawn_over(paper, mark, tone, round(corner[0]), round(corner[1]), strength)


def _sign(rng: Rng, paper: Rgb, place: Points, tone: tuple[int, int, int], strength: float, mm: float) -> None:
    person, size = make_person(rng), round(rng.uniform(4, 6) * mm)
    day = date(2014, 1, 1) + timedelta(days=int(rng.integers(0, 4200)))
    lines: list[Grey] = [handwriting(rng, "สำเนาถูกต้อง", size, rng.uniform(-3, 6))]
    lines.append(signature(rng, round(rng.uniform(26, 44) * mm)))
    if rng.random() < 0.6:
        lines.append(handwriting(rng, f"({person.first[0]} {person.last[0]})", round(size * 0.8), rng.uniform(-3, 4)))
    if rng.random() < 0.6:
        written = thai_date(day) if rng.random() < 0.5 else f"{day.day}/{day.month}/{(day.year + 543) % 100}"
        lines.append(handwriting(rng, written, round(size * 0.8), rng.uniform(-3, 4)))
    x, y = place
    for mark in lines:
        drawn_over(paper, mark, tone, round(x + rng.normal(0, 3) * mm), round(y), strength)
        y += mark.shape[0] * rng.uniform(0.62, 0.8)
