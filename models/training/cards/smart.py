"""The front's usual layout, as on the cards since 2005: which field stands where, with its wordings.

The places were measured on a blank card; x are fractions of the width, y (baselines) and sizes of the height.
Labels can be left out, for pictures that have theirs already.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.training.cards import emblem, ink, portrait
from models.training.cards.press import Number, Press
from models.training.people import Person, english_date, thai_date

TITLES = (
    ("บัตรประจำตัวประชาชน", "Thai National ID Card"),
    ("บัตรประจำตัวประชาชน", "Thai National ID Card"),
    ("บัตรประจำตัวประชาชน", "Thai National ID Card"),
    ("บัตรประจำตัวประชาชน", "Thai National ID Card"),
    ("บัตรประจำตัวประชาชน", "Identification Card"),
    ("ข้อมูลบัตรประจำตัวประชาชน", "Thai National ID Card Data"),
    ("บัตรประจำตัวประชาชน", ""),
    ("", "Thai National ID Card"),
    ("บัตรประชาชน", "Thai ID Card"),
    ("", "THAI NATIONAL ID CARD"),
    ("บัตรประจำตัวประชาชน", "National Identity Card"),
)
PINK_TITLES = (
    ("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", "Non-Thai Identification Card"),
    ("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", ""),
    ("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", "Non-Thai ID Card"),
    ("บัตรประจำตัวบุคคลซึ่งไม่มีสถานะทางทะเบียน", ""),
    ("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", "Identification Card of Non-Thai National"),
)
NUMBER_LABELS = (
    ("เลขประจำตัวประชาชน", "Identification Number"),
    ("เลขประจำตัวประชาชน", "Identification Number"),
    ("เลขประจำตัวประชาชน", "Identification Number"),
    ("เลขบัตรประจำตัวประชาชน", "Identity Number"),
    ("เลขประจำตัวประชาชน", ""),
    ("", "Identification Number"),
    ("เลขบัตรประชาชน", "ID Number"),
)
NAME_LABELS = ("ชื่อตัวและชื่อสกุล", "ชื่อตัวและชื่อสกุล", "ชื่อและนามสกุล", "ชื่อ - สกุล", "ชื่อ", "ชื่อและสกุล")
OFFICER_LABELS = ("เจ้าพนักงานออกบัตร", "เจ้าพนักงานออกบัตร", "(เจ้าหน้าที่ออกบัตร)", "ผู้ออกบัตร", "อธิบดีกรมการปกครอง")


@dataclass(slots=True)
class Smart:
    """One card in the usual layout. `labels` False: the picture below has its labels, and fixes the places.

    `edge` is the portrait's left side (fraction): values beside it are squeezed to end before it, as printers do.
    """

    press: Press
    person: Person
    faces: Path | None
    labels: bool = True
    pink: bool = False
    edge: float = 0.745

    @property
    def rng(self) -> np.random.Generator:
        """The card's generator."""
        return self.press.rng

    def label(self, words: str, x: float, y: float, size: float, fixed: float) -> float:
        """Prints a label where labels are wanted. Where a value after it may begin: its end, or `fixed` without."""
        if not self.labels or not words:
            return fixed
        return self.press.label(words, x, y, size) + float(self.rng.uniform(0.008, 0.024))

    def header(self, *, number: bool = True) -> Number:
        """Title, number label and, if wanted, the number."""
        x = float(self.rng.uniform(0.16, 0.185))
        below = self._title(x) if self.labels else 0.0
        thai, english = ink.pick(self.rng, NUMBER_LABELS)
        thai = "เลขประจำตัว" if self.pink and thai else thai
        size = float(self.rng.uniform(0.046, 0.058))
        end = x + 0.265 if self.rng.random() < 0.6 else x
        end = end if self.labels else float(self.rng.uniform(0.445, 0.47))
        if thai:
            end = max(end, self.label(thai, x, 0.132 + below, size, end))
        if english:
            end = max(end, self.label(english, x, (0.18 if thai else 0.15) + below, size * 0.9, end))
        if not number:
            return Number()
        y = float(self.rng.uniform(0.155, 0.182)) + below
        return self.press.number(self.person, end, y, float(self.rng.uniform(0.055, 0.085)), limit=0.985 - end)

    def _title(self, x: float) -> float:
        """The title in one line or two; how far what follows has to move down."""
        press, rng, pens = self.press, self.rng, self.press.pens
        thai, english = ink.pick(rng, PINK_TITLES if self.pink else TITLES)
        size = float(rng.uniform(0.082, 0.108))
        if thai and english and rng.random() < 0.12:
            press.text(thai, press.place(x, 0.08), size * 0.8, pens.title_thai, pens.thai_ink, limit=0.8)
            press.text(english, press.place(x, 0.132), size * 0.5, pens.title_latin, pens.latin_ink, limit=0.8)
            return 0.045
        end = x
        if thai:
            limit = (0.6 if self.pink else 0.385) if english else 0.8
            end = press.text(thai, press.place(x, 0.085), size, pens.title_thai, pens.thai_ink, limit=limit) + 0.012
        if english:
            room = max(0.05, 0.982 - end)
            press.text(english, press.place(end, 0.085), size * 0.74, pens.title_latin, pens.latin_ink, limit=room)
        return 0.0

    def names(self) -> None:
        """The names in both scripts, birth dates, religion."""
        press, person, rng = self.press, self.person, self.rng
        end = self.label(ink.pick(rng, NAME_LABELS), 0.106, 0.268, 0.055, 0.29)
        thai = f"{person.title[0]}{ink.pick(rng, (' ', ''))}{person.first[0]} {person.last[0]}"
        start = max(end, 0.29) if rng.random() < 0.7 else end
        press.value(thai, start, 0.272, float(rng.uniform(0.066, 0.092)), limit=0.97 - start)
        x, shift = float(rng.normal(0.315, 0.014)), float(rng.uniform(0, 0.035))
        small = float(rng.uniform(0.047, 0.06))
        surname = ink.pick(rng, ("Last name", "Last name", "Surname", "Last Name"))
        born = ink.pick(rng, ("เกิดวันที่", "เกิดวันที่", "เกิดเมื่อวันที่", "วันเกิด"))
        rows = (
            ("Name", f"{person.title[1]} {person.first[1]}", x, 0.346, 0.405),
            (surname, person.last[1], x, 0.417, 0.45),
            (born, thai_date(person.born), x + shift, 0.493, 0.445),
            ("Date of Birth", english_date(person.born), x + shift, 0.568, 0.505),
            ("ศาสนา", person.religion, x + shift, 0.635, 0.43),
        )
        for label, value, at, y, fixed in rows[: 5 if not self.labels or rng.random() < 0.65 else 4]:
            end = self.label(label, at, y, small, fixed)
            press.value(value, end, y, small * rng.uniform(1.0, 1.12), limit=self.edge - 0.008 - end)

    def address(self) -> None:
        """One or two lines."""
        press, rng = self.press, self.rng
        size = float(rng.uniform(0.05, 0.062))
        words = ink.pick(rng, ("ที่อยู่", "ที่อยู่", "ที่อยู่", "Address", "ที่อยู่ตามบัตร"))
        end = self.label(words, 0.106, 0.70, 0.055, 0.175)
        first, second = self.person.address
        room = self.edge - 0.008
        if rng.random() < 0.6 or len(first + second) > 48:
            press.value(first, end, 0.705, size, limit=room - end)
            second_x = 0.106 if rng.random() < 0.6 else 0.175
            press.value(second, second_x, 0.765, size, limit=room - second_x)
        else:
            press.value(f"{first} {second}", end, 0.705, size, limit=room - end)

    def dates(self) -> None:
        """Issue and expiry, each in both calendars over its labels."""
        press, person, rng = self.press, self.person, self.rng
        size = float(rng.uniform(0.042, 0.05))
        last = float(rng.uniform(0.56, 0.6))
        lifelong = rng.random() < 0.06
        expiry = ("ตลอดชีพ", "LIFELONG") if lifelong else (thai_date(person.expires), english_date(person.expires))
        columns = (
            (0.108, thai_date(person.issued), "วันออกบัตร", english_date(person.issued), "Date of Issue"),
            (last, expiry[0], "วันบัตรหมดอายุ", expiry[1], "Date of Expiry"),
        )
        for x, thai_day, thai, english_day, english in columns:
            room = self.edge - 0.005 - x if x == last else 0.2
            press.value(thai_day, x, 0.833, size, limit=room)
            press.value(english_day, x, 0.932, size, limit=room)
            if self.labels:
                press.label(thai, x, 0.885, size, limit=room)
                press.label(english, x, 0.976, size, limit=room)

    def officer(self) -> None:
        """Signature, stamp, name and rank at the bottom's middle."""
        press, rng = self.press, self.rng
        height, width = press.card.shape[:2]
        middle = float(rng.uniform(0.38, 0.42))
        if rng.random() < 0.55:
            emblem.stamp(press.card, rng, (middle * width, 0.85 * height), height * rng.uniform(0.05, 0.095))
        if rng.random() < 0.75:
            box = ((middle - 0.08) * width, 0.81 * height, (middle + 0.1) * width, 0.9 * height)
            emblem.signature(press.card, rng, box, ink.pick(rng, ((25, 25, 40), (20, 30, 120), (50, 50, 60))))
        if rng.random() < 0.85:
            press.value(f"({self.person.officer})", middle, 0.925, 0.042, align="m", limit=0.22)
        if self.labels:
            press.label(ink.pick(rng, OFFICER_LABELS), middle, 0.972, 0.043, align="m", limit=0.22)

    def picture(self, box: tuple[float, float, float, float], *, flat: bool = False) -> None:
        """The portrait in `box` (fractions), and the request number under it."""
        press, rng = self.press, self.rng
        width = press.card.shape[1]
        x0, y0, x1, y1 = ink.pixels(press.card, box)
        ink.paste(press.card, portrait.portrait(rng, x1 - x0, y1 - y0, self.faces, flat=flat), x0, y0)
        if rng.random() < 0.7:
            words = self.person.request.replace("-", "") if rng.random() < 0.1 else self.person.request
            press.value(words, (x0 + x1) / 2 / width, box[3] + 0.045, 0.04, align="m", limit=0.22)
