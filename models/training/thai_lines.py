"""Drawn cards of a pool → training samples of the Thai reader: a title, or other words, on a line near a card's top.

Whatever stood on the line is painted over and other words are printed there, in any font and colour, so that the
network knows which. Titles of our card and of others, everyday words and letters in no order take turns: it is to read
letters, not to know two titles. Then the same happens to the line as to a number's (`digit_lines`).
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import torch
from numpy.typing import NDArray

from models.training import text
from models.training.cards import ink
from models.training.digit_lines import Line, Rng, line_around, sample
from models.training.neighbours import words
from models.training.people import MEN, SURNAME_HEADS, SURNAME_TAILS, WOMEN
from models.training.pool import Pool, at_most
from models.training.samples import Rgb
from models.training.visits import Samples
from thaiid_detect.fuzzy import fold
from thaiid_detect.thai import ALPHABET, BLANK

WIDE: Final = 416
"""Width of a training sample: two thirds of a card's width and a little more hold any title."""
HEIGHTS: Final = (11.0, 38.0)
"""Height of the words, marks and all, in pixels of the scene that they are degraded in, smallest and largest."""
MOST: Final = 44
"""Letters of a line, at most."""
KEPT_SIDE: Final = 640
BANDS: Final = 2
"""Lines that are kept of each card, at most `KEPT_SIDE` pixels wide."""
LEAST_LEGIBLE: Final = 0.3
"""Likeness to the print at the worst place below which a line teaches nothing."""
OURS, OTHERS, EVERYDAY, LETTERS = 0.3, 0.27, 0.27, 0.08
"""Shares of the lines: our titles, other documents', everyday words, letters in no order; the rest has no Thai."""
PLAIN: Final = 0.3
"""Share of the lines on a ground of one colour, or of two that run into each other, as title bands are."""
FONTS: Final = (*text.THAI_BOLD, *text.THAI_BOLD, *text.THAI, "Mali_400Regular")

OUR_TITLES: Final = (
    *("บัตรประจำตัวประชาชน",) * 6,
    *("บัตรประชาชน",) * 2,
    *("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย",) * 2,
    "บัตรประจำตัวบุคคลผู้ไม่มีสถานะทางทะเบียน",
    "บัตรประจำตัวประชาชนอิเล็กทรอนิกส์",
    "สำเนาบัตรประจำตัวประชาชน",
    "เลขประจำตัวประชาชน",
)
OTHER_TITLES: Final = (
    "บัตรประจำตัวเจ้าหน้าที่ของรัฐ", "บัตรประจำตัวข้าราชการ", "บัตรประจำตัวพนักงานรัฐวิสาหกิจ", "บัตรประจำตัวพนักงาน",
    "บัตรประจำตัวผู้เสียภาษีอากร", "บัตรประจำตัวนักศึกษา", "บัตรประจำตัวนักเรียน", "บัตรนักเรียน", "บัตรนักศึกษา",
    "บัตรประจำตัวคนพิการ", "บัตรประจำตัวคนต่างด้าว", "บัตรประจำตัวทนายความ", "บัตรประจำตัวสมาชิก", "บัตรสมาชิก",
    "บัตรประกันสุขภาพถ้วนหน้า", "บัตรประกันสังคม", "บัตรรับรองสิทธิการรักษาพยาบาล", "บัตรสวัสดิการแห่งรัฐ", "บัตรผู้สูงอายุ",
    "ใบอนุญาตขับรถยนต์ส่วนบุคคล", "ใบอนุญาตขับรถจักรยานยนต์", "ใบอนุญาตขับรถ", "ใบอนุญาตทำงาน", "ใบอนุญาตให้เป็นทนายความ",
    "ใบอนุญาตเป็นพนักงานรักษาความปลอดภัย", "กรมการขนส่งทางบก", "กรมการปกครอง", "กรมสรรพากร", "กระทรวงมหาดไทย",
    "กระทรวงสาธารณสุข", "หนังสือเดินทาง", "ทะเบียนบ้าน", "สำเนาทะเบียนบ้าน", "สลากกินแบ่งรัฐบาล", "ใบเสร็จรับเงิน", "ใบกำกับภาษี",
    "เลขประจำตัวผู้เสียภาษี", "เลขประจำตัวนักศึกษา", "ชื่อตัวและชื่อสกุล", "วันเดือนปีเกิด", "เกิดวันที่", "วันออกบัตร", "วันบัตรหมดอายุ",
    "สมาคม", "ธนาคาร", "โรงพยาบาล", "มหาวิทยาลัย", "โรงเรียน", "ประเทศไทย", "บัตรห้องสมุด", "บัตรพนักงานชั่วคราว", "บัตรผ่านประตู",
)  # fmt: skip
LATIN_AFTER: Final = (
    "Thai National ID Card",
    "Thai National ID Card",
    "National Identification Card",
    "ID CARD",
    "Card",
)


class ThaiLines(Samples):
    """Random access over the cards and neighbours of one or more pools."""

    def __init__(self, folders: list[Path], *, seed: int = 0) -> None:
        super().__init__(seed)
        rng = np.random.default_rng(seed)
        self.lines = [line for folder in folders for line in grounds_of(rng, Pool.load(folder))]
        if not self.lines:
            raise SystemExit(f"no cards in {', '.join(map(str, folders))}")

    def __len__(self) -> int:
        return len(self.lines)

    def draw(self, rng: np.random.Generator, index: int) -> tuple[torch.Tensor, ...]:
        """Picture (40, 416, 3) uint8, letters (44,) int64, how many, and its weight."""
        line, spoken = printed(rng, self.lines[index])
        picture, empty, legible = sample(rng, line, wide=WIDE, heights=HEIGHTS)
        classes = np.full(MOST, BLANK, np.int64)
        classes[: len(spoken)] = [ALPHABET.index(letter) for letter in spoken]
        length = 0 if empty else len(spoken)
        weight = np.float32(length == 0 or legible >= LEAST_LEGIBLE)
        return tuple(torch.as_tensor(part) for part in (picture, classes, np.int64(length), weight))


def grounds_of(rng: Rng, pool: Pool) -> list[Line]:
    """Lines near the top of each card of a pool, each with what lies above and below."""
    lines = []
    for card in pool.flat():
        image = at_most(card.image, KEPT_SIDE)
        height, width = image.shape[:2]
        if width < height:
            continue
        for _ in range(BANDS):
            high = rng.uniform(0.055, 0.125) * height
            middle = rng.uniform(0.03, 0.24) * height
            lines.append(line_around(image, (0.0, middle - high / 2, float(width), middle + high / 2), ""))
    return lines


def printed(rng: Rng, line: Line) -> tuple[Line, str]:
    """The line with words in the place of what stood there, and the letters of them that are to be read."""
    picture = line.picture.copy()
    _, y0, _, y1 = line.box
    width, high = picture.shape[1], y1 - y0
    ground = _wipe(rng, picture, round(y0 - 0.3 * high), round(y1 + 0.3 * high))
    if rng.random() < PLAIN:
        _band(rng, picture, y0 - rng.uniform(0.1, 1.2) * high, y1 + rng.uniform(0.1, 0.9) * high)
        ground = picture[round(max(0, y0)) : round(y1)].astype(np.float32)
    written, name, latin = _written(rng)
    size = max(7, round(high * rng.uniform(0.62, 0.95)))
    stretch = float(rng.uniform(0.8, 1.15))
    wide = min(text.text_width(written, name, size) * stretch, 0.78 * width)
    left = float(rng.uniform(0.02, max(0.03, 0.97 - wide / width))) * width
    colour = _ink(rng, ground)
    opacity = float(rng.uniform(0.75, 1.0))
    base = (y0 + y1) / 2 + 0.27 * size
    box = ink.write(picture, (left, base), written, name, size, colour, stretch=stretch, opacity=opacity, limit=wide)
    if latin:
        face = ink.pick(rng, (*text.LATIN_BOLD, *text.LATIN))
        after = colour if rng.random() < 0.4 else _ink(rng, ground)
        ink.write(picture, (box[2] + 0.5 * size, base), latin, face, size * rng.uniform(0.7, 1.0), after)
    spoken = "".join(letter for letter in fold(written) if letter in ALPHABET)[:MOST]
    if box[2] <= box[0] or box[3] <= box[1]:
        return replace(line, picture=picture, box=(0.4 * width, y0, 0.6 * width, y1)), ""
    return replace(line, picture=picture, box=(box[0], box[1], box[2], box[3])), spoken


def _written(rng: Rng) -> tuple[str, str, str]:
    """The words, their font, and Latin words after them, often none."""
    name = ink.pick(rng, FONTS)
    roll = rng.random()
    if roll < OURS:
        latin = ink.pick(rng, LATIN_AFTER) if rng.random() < 0.35 else ""
        return ink.pick(rng, OUR_TITLES), name, latin
    if roll < OURS + OTHERS:
        return ink.pick(rng, OTHER_TITLES), name, ""
    if roll < OURS + OTHERS + EVERYDAY:
        return _everyday(rng), name, ""
    if roll < OURS + OTHERS + EVERYDAY + LETTERS:
        letters = "".join(ALPHABET[int(pick)] for pick in rng.integers(0, len(ALPHABET), int(rng.integers(4, 16))))
        return letters, name, ""
    latin_words = " ".join(ink.pick(rng, words.LATIN_WORDS) for _ in range(int(rng.integers(1, 4))))
    roll = rng.random()
    written = latin_words.title() if roll < 0.4 else latin_words.upper() if roll < 0.6 else words.digits(rng, 13)
    return written, ink.pick(rng, (*text.LATIN, *text.LATIN_BOLD)), ""


def _everyday(rng: Rng) -> str:
    """A few Thai words, or a name."""
    if rng.random() < 0.3:
        (first, _), (head, _), (tail, _) = (
            ink.pick(rng, MEN + WOMEN),
            ink.pick(rng, SURNAME_HEADS),
            ink.pick(rng, SURNAME_TAILS),
        )
        return f"{ink.pick(rng, ('นาย', 'นาง', 'น.ส.', ''))} {first} {head}{tail}".strip()
    pool = words.THAI_WORDS + words.PROVINCES + words.TAMBON
    joint = "" if rng.random() < 0.6 else " "
    return joint.join(ink.pick(rng, pool) for _ in range(int(rng.integers(1, 5))))


def _wipe(rng: Rng, picture: Rgb, y0: int, y1: int) -> NDArray[np.float32]:
    """Take what is written on rows `y0` to `y1` away, in place, by the colours above and below without their letters;
    what is there then."""
    top, bottom = max(2, y0), min(len(picture) - 2, y1)
    wide = picture.shape[1] // 24 * 2 + 1
    edges = np.concatenate(
        [picture[top - 2 : top].max(0, keepdims=True), picture[bottom : bottom + 2].max(0, keepdims=True)]
    )
    still = cv2.dilate(edges, np.ones((1, wide), np.uint8)) if rng.random() < 0.8 else edges
    still = cv2.GaussianBlur(still, (wide, 1), wide / 4).astype(np.float32)
    share = np.linspace(0, 1, bottom - top, dtype=np.float32)[:, None, None]
    grain = rng.normal(0, rng.uniform(0, 7), (bottom - top, picture.shape[1], 1))
    ground = still[0] * (1 - share) + still[1] * share + cv2.GaussianBlur(grain, (0, 0), 0.8)[..., None]
    picture[top:bottom] = np.clip(ground, 0, 255)
    return np.asarray(ground, np.float32)


def _band(rng: Rng, picture: Rgb, y0: float, y1: float) -> None:
    """A band of one colour, or from one to another, across the picture, in place."""
    top, bottom = max(0, round(y0)), min(len(picture), round(y1))
    ends = rng.uniform(0, 255, (2, 3)) if rng.random() < 0.6 else np.repeat(rng.uniform(120, 255, (1, 3)), 2, 0)
    if rng.random() < 0.5:
        ends[1] = ends[0]
    share = np.linspace(0, 1, picture.shape[1])[None, :, None]
    colours = ends[0] * (1 - share) + ends[1] * share
    grain = rng.normal(0, rng.uniform(0, 6), (bottom - top, picture.shape[1], 1))
    solid = np.clip(colours + cv2.GaussianBlur(grain, (0, 0), 1.0)[..., None], 0, 255)
    cover = float(rng.choice([1.0, rng.uniform(0.5, 1.0)]))
    picture[top:bottom] = picture[top:bottom] * (1 - cover) + solid * cover


def _ink(rng: Rng, ground: NDArray[np.float32]) -> ink.Colour:
    """Dark on a pale ground, pale on a dark one, and either on one between; seldom grey."""
    pale = float(ground.mean())
    dark = pale > 150 or (pale > 95 and rng.random() < 0.4)
    shade = rng.uniform(0, 0.4) * pale if dark else rng.uniform(min(245.0, pale + 95), 255)
    spread = rng.uniform(0, 40)
    return tuple(int(np.clip(shade + rng.normal(0, spread), 0, 255)) for _ in range(3))  # type: ignore[return-value]
