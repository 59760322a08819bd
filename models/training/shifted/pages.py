"""Pages that are no card: letters, forms, tables, and screens of chats, banks and shops, in this set's own fonts."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from PIL import Image, ImageDraw, ImageFont, features

from models.training.people import Person, english_date, make_person, thai_date
from models.training.samples import Rgb
from models.training.shifted.backgrounds import any_colour, colour
from models.training.shifted.kitchen import TYPE

Rng = np.random.Generator
A4: Final = (1240, 1754)
"""150 dpi."""
FACES: Final = ("Anuphan_400Regular", "K2D_400Regular", "KoHo_400Regular", "Fahkwang_400Regular", "Anuphan_700Bold")
WORDS: Final = (
    "ตาม ที่ บริษัท ได้ รับ เอกสาร ฉบับ นี้ ผู้ซื้อ ผู้ขาย ตกลง ชำระ เงิน จำนวน บาท ภายใน วัน ทำการ สัญญา เลขที่ ข้อมูล ลูกค้า "
    "โทรศัพท์ อัตรา ดอกเบี้ย รายเดือน ค่าบริการ รวม ทั้งสิ้น หมายเหตุ ขอแสดง ความนับถือ เรียน ผู้จัดการ เรื่อง ขอความ อนุเคราะห์ "
    "สำนักงาน เขต โครงการ ประชุม ครั้ง การ พัฒนา ระบบ รายงาน ผล ประจำปี นักเรียน โรงเรียน หนังสือ ใบเสร็จ สินค้า จัดส่ง"
)
LATIN: Final = (
    "order total amount service account customer address date invoice payment tax the of and for your with receipt "
    "number delivery report project annual balance item qty price Bangkok Thailand contact email please note"
)


@lru_cache(maxsize=128)
def font(name: str, size: int) -> ImageFont.FreeTypeFont:
    """A font of this set at `size` pixels. Raises RuntimeError without raqm, which sets Thai vowels in place."""
    if not features.check("raqm"):
        raise RuntimeError("Pillow has no raqm here: install libfribidi0 (apt-get install libfribidi0)")
    return ImageFont.truetype(str(TYPE.folder / f"{name}.ttf"), size, layout_engine=ImageFont.Layout.RAQM)


def phrase(rng: Rng, words: int) -> str:
    """Thai runs together, Latin does not; numbers are in between."""
    thai = rng.random() < 0.75
    parts = [str(rng.choice((WORDS if thai else LATIN).split())) for _ in range(words)]
    if rng.random() < 0.3:
        parts.insert(int(rng.integers(len(parts))), f" {rng.integers(1, 99999):,} ")
    return ("" if thai else " ").join(parts)


class Sheet:
    """A page with a cursor that goes down."""

    def __init__(self, rng: Rng, size: tuple[int, int], paper: tuple[int, int, int]) -> None:
        self.image = Image.new("RGB", size, paper)
        self.pen = ImageDraw.Draw(self.image)
        self.face = str(rng.choice(FACES))
        self.y = size[1] * rng.uniform(0.04, 0.1)
        self.left = size[0] * rng.uniform(0.06, 0.12)
        self.right = size[0] - self.left

    def say(self, text: str, size: int, fill: tuple[int, int, int] = (20, 20, 24), *, x: float | None = None) -> None:
        self.pen.text((self.left if x is None else x, self.y), text, font=font(self.face, size), fill=fill)

    def down(self, by: float) -> None:
        self.y += by

    def picture(self) -> Rgb:
        return np.array(self.image, np.uint8)


def page(rng: Rng) -> Rgb:
    """An A4 page of text, form fields or a table: (1754, 1240, 3) uint8 RGB."""
    paper = tuple(int(v) for v in colour(rng, (30, 60), (0, 0.06), (0.93, 1)))
    sheet = Sheet(rng, A4, (paper[0], paper[1], paper[2]))
    if rng.random() < 0.5:
        box = (sheet.left, sheet.y, sheet.left + 110, sheet.y + 110)
        sheet.pen.ellipse(box, fill=tuple(int(v) for v in any_colour(rng)))
    sheet.say(phrase(rng, 4), 44, x=sheet.left + 330)
    sheet.down(150)
    filler = (_letter, _form, _table)[int(rng.integers(3))]
    end = A4[1] * rng.uniform(0.5, 0.93)
    while sheet.y < end:
        filler(rng, sheet)
    return sheet.picture()


def _letter(rng: Rng, sheet: Sheet) -> None:
    size = 26
    for _ in range(int(rng.integers(2, 7))):
        line = phrase(rng, int(rng.integers(9, 15)))
        while font(sheet.face, size).getlength(line) > sheet.right - sheet.left:
            line = line[: int(len(line) * 0.9)]
        sheet.say(line, size)
        sheet.down(size * 1.7)
    sheet.down(30)


def _form(rng: Rng, sheet: Sheet) -> None:
    person: Person = make_person(rng)
    answers = (f"{person.first[0]} {person.last[0]}", thai_date(person.born), " ".join(person.address), person.officer)
    sheet.say(phrase(rng, 2), 26)
    x = sheet.left + 330
    sheet.pen.line((x, sheet.y + 38, sheet.right, sheet.y + 38), fill=(120, 120, 120), width=2)
    if rng.random() < 0.7:
        sheet.say(str(rng.choice(answers)), 27, (30, 40, 120), x=x + 10)
    sheet.down(62)


def _table(rng: Rng, sheet: Sheet) -> None:
    columns = np.linspace(sheet.left, sheet.right, int(rng.integers(3, 7)))
    rows = int(rng.integers(4, 13))
    for row in range(rows):
        sheet.pen.line((sheet.left, sheet.y, sheet.right, sheet.y), fill=(90, 90, 90), width=2)
        for x in columns[:-1]:
            text = phrase(rng, 1) if row == 0 or x == columns[0] else f"{rng.uniform(1, 9999):,.2f}"
            sheet.say(text, 22, x=float(x) + 8)
        sheet.down(44)
    top = sheet.y - 44 * rows
    for x in columns:
        sheet.pen.line((float(x), top, float(x), sheet.y), fill=(90, 90, 90), width=2)
    sheet.down(60)


def screen(rng: Rng) -> Rgb:
    """A phone's screen, or a wide one's: (H, W, 3) uint8 RGB."""
    wide = rng.random() < 0.25
    size = (1600, 900) if wide else (780, 1560)
    dark = rng.random() < 0.3
    sheet = Sheet(rng, size, (24, 26, 32) if dark else (244, 245, 248))
    bar = tuple(int(v) for v in any_colour(rng))
    sheet.pen.rectangle((0, 0, size[0], 110), fill=bar)
    sheet.y = 36
    sheet.say(phrase(rng, 2), 36, (255, 255, 255))
    sheet.y = 140
    filler = (_bubble, _tile, _row)[int(rng.integers(3))]
    while sheet.y < size[1] - 150:
        filler(rng, sheet, dark)
    return sheet.picture()


def _bubble(rng: Rng, sheet: Sheet, dark: bool) -> None:
    mine, text = rng.random() < 0.5, phrase(rng, int(rng.integers(2, 6)))
    length = font(sheet.face, 28).getlength(text)
    x = sheet.right - length - 30 if mine else sheet.left
    fill = (120, 210, 130) if mine else ((60, 64, 72) if dark else (255, 255, 255))
    sheet.pen.rounded_rectangle((x, sheet.y, x + length + 30, sheet.y + 62), 20, fill=fill)
    sheet.down(12)
    sheet.say(text, 28, (20, 20, 20) if mine or not dark else (235, 235, 235), x=x + 15)
    sheet.down(float(rng.uniform(60, 110)))


def _tile(rng: Rng, sheet: Sheet, dark: bool) -> None:
    """A card of a wallet, a bank or a shop: coloured and rounded, with words and a number."""
    high = float(rng.uniform(170, 400))
    fill = tuple(int(v) for v in any_colour(rng))
    sheet.pen.rounded_rectangle((sheet.left, sheet.y, sheet.right, sheet.y + high), 26, fill=fill)
    for number in range(int(rng.integers(2, 4))):
        text = f"{rng.integers(0, 10**7):07d}" if number == 1 else phrase(rng, 2)
        spot = (sheet.left + 30, sheet.y + 24 + 62 * number)
        sheet.pen.text(spot, text, font=font(sheet.face, 34 + 10 * (number == 1)), fill=(255, 255, 255))
    sheet.down(high + 30)


def _row(rng: Rng, sheet: Sheet, dark: bool) -> None:
    ink = (230, 230, 235) if dark else (30, 32, 38)
    spot = (sheet.left, sheet.y, sheet.left + 64, sheet.y + 64)
    sheet.pen.ellipse(spot, fill=tuple(int(v) for v in any_colour(rng)))
    person = make_person(rng)
    sheet.say(f"{person.first[0]} {person.last[1]}", 30, ink, x=sheet.left + 90)
    sheet.say(f"{rng.uniform(1, 99999):,.2f}", 30, ink, x=sheet.right - 150)
    sheet.down(42)
    sheet.say(english_date(person.issued), 22, (140, 140, 150), x=sheet.left + 90)
    sheet.down(64)
