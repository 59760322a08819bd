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
    ("เลขบัตรประจำตัวประชาชน", "Identity Number"),
    ("เลขประจำตัวประชาชน", ""),
    ("", "Identification Number"),
    ("เลขบัตรประชาชน", "ID Number"),
)
NAME_LABELS = ("ชื่อตัวและชื่อสกุล", "ชื่อตัวและชื่อสกุล", "ชื่อและนามสกุล", "ชื่อ - สกุล", "ชื่อ", "ชื่อและสกุล")
OFFICER_LABELS = ("เจ้าพนักงานออกบัตร", "เจ้าพนักงานออกบัตร", "(เจ้าหน้าที่ออกบัตร)", "ผู้ออกบัตร", "อธิบดีกรมการปกครอง")


@dataclass(slots=True)
class Smart:
    """One card in the usual layout. `labels` False: the picture below has its labels."""

    press: Press
    person: Person
    faces: Path | None
    labels: bool = True
    pink: bool = False

    @property
    def rng(self) -> np.random.Generator:
        return self.press.rng

    def label(self, words: str, x: float, y: float, size: float) -> float:
        """Prints the label where labels are wanted; where a value after it may begin."""
        return (self.press.label(words, x, y, size) + 0.018) if self.labels and words else x

    def header(self) -> Number:
        """Title, number label and number."""
        press, rng = self.press, self.rng
        thai, english = ink.pick(rng, PINK_TITLES if self.pink else TITLES)
        size, x = float(rng.uniform(0.088, 0.112)), float(rng.uniform(0.16, 0.19))
        if self.labels:
            end, pens = x, press.pens
            two_lines = thai and english and rng.random() < 0.12
            if thai:
                limit = (0.62 if self.pink else 0.4) if english and not two_lines else 0.8
                end = press.text(thai, press.place(x, 0.085), size, pens.title_thai, pens.thai_ink, limit=limit) + 0.014
            if english and not two_lines:
                limit = max(0.05, 0.985 - end)
                press.text(english, press.place(end, 0.085), size * 0.72, pens.title_latin, pens.latin_ink, limit=limit)
            elif english:
                press.text(english, press.place(x, 0.145), size * 0.55, pens.title_latin, pens.latin_ink)
                return self._number(x, 0.2, 0.2)
        return self._number(x, 0.135, 0.178)

    def _number(self, x: float, thai_y: float, english_y: float) -> Number:
        rng = self.rng
        thai, english = ink.pick(rng, NUMBER_LABELS)
        if self.pink and thai:
            thai = "เลขประจำตัว"
        end = x + 0.27
        if self.labels:
            size = float(rng.uniform(0.047, 0.06))
            end = max(end if rng.random() < 0.6 else x, self.label(thai, x, thai_y, size))
            if english_y > thai_y:
                end = max(end, self.label(english, x, english_y, size * 0.9))
        size = float(rng.uniform(0.052, 0.085))
        return self.press.number(self.person, end, float(rng.uniform(0.155, 0.18)), size, limit=0.985 - end)

    def names(self) -> None:
        """The names in both scripts, birth dates, religion."""
        press, person, rng = self.press, self.person, self.rng
        big = float(rng.uniform(0.066, 0.09))
        end = self.label(ink.pick(rng, NAME_LABELS), 0.106, 0.268, 0.055)
        thai = f"{person.title[0]}{ink.pick(rng, (' ', ''))}{person.first[0]} {person.last[0]}"
        press.value(thai, max(end, 0.29), 0.272, big, limit=0.68)
        x, shift = float(rng.normal(0.315, 0.012)), float(rng.uniform(0, 0.035))
        small = float(rng.uniform(0.048, 0.06))
        rows = (
            ("Name", f"{person.title[1]} {person.first[1]}", x, 0.346, 0.405),
            (ink.pick(rng, ("Last name", "Last name", "Surname", "Last Name")), person.last[1], x, 0.417, 0.45),
            (
                ink.pick(rng, ("เกิดวันที่", "เกิดวันที่", "เกิดเมื่อวันที่", "วันเกิด")),
                thai_date(person.born),
                x + shift,
                0.493,
                0.445,
            ),
            ("Date of Birth", english_date(person.born), x + shift, 0.568, 0.505),
        )
        for label, value, at, y, fixed in rows:
            end = self.label(label, at, y, small)
            press.value(value, end if self.labels else fixed, y, small * rng.uniform(1.0, 1.12), limit=0.5)
        if not self.labels or rng.random() < 0.65:
            end = self.label("ศาสนา", x + shift, 0.635, small)
            press.value(person.religion, end if self.labels else 0.43, 0.635, small)

    def address(self) -> None:
        """One or two lines."""
        press, rng = self.press, self.rng
        size = float(rng.uniform(0.05, 0.062))
        end = self.label(ink.pick(rng, ("ที่อยู่", "ที่อยู่", "Address", "ที่อยู่ตามบัตร")), 0.106, 0.70, 0.055)
        first, second = self.person.address
        if rng.random() < 0.65:
            press.value(first, end if self.labels else 0.175, 0.705, size, limit=0.56)
            press.value(second, 0.106 if rng.random() < 0.6 else 0.175, 0.765, size, limit=0.62)
        else:
            press.value(f"{first} {second}", end if self.labels else 0.175, 0.705, size, limit=0.56)

    def dates(self) -> None:
        """Issue and expiry, each in both calendars over its labels."""
        press, person, rng = self.press, self.person, self.rng
        size = float(rng.uniform(0.042, 0.05))
        pairs = (
            (0.108, person.issued, "วันออกบัตร", "Date of Issue"),
            (float(rng.uniform(0.56, 0.6)), person.expires, "วันบัตรหมดอายุ", "Date of Expiry"),
        )
        lifelong = rng.random() < 0.06
        for x, day, thai, english in pairs:
            ending = lifelong and english == "Date of Expiry"
            press.value("ตลอดชีพ" if ending else thai_date(day), x, 0.833, size)
            self.label(thai, x, 0.885, size)
            press.value("LIFELONG" if ending else english_date(day), x, 0.932, size)
            self.label(english, x, 0.976, size)

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
            press.value(f"({self.person.officer})", middle - 0.09, 0.925, 0.042, limit=0.22)
        if self.labels:
            press.label(ink.pick(rng, OFFICER_LABELS), middle, 0.972, 0.043, align="m", limit=0.22)

    def picture(self, box: tuple[float, float, float, float], *, flat: bool = False) -> None:
        """The portrait in `box` (fractions), and the request number under it."""
        press, rng = self.press, self.rng
        height, width = press.card.shape[:2]
        x0, y0, x1, y1 = (round(v) for v in (box[0] * width, box[1] * height, box[2] * width, box[3] * height))
        drawn = portrait.portrait(rng, x1 - x0, y1 - y0, self.faces, flat=flat)
        ink.paste(press.card, drawn, x0, y0)
        if rng.random() < 0.7:
            words = self.person.request.replace("-", "") if rng.random() < 0.1 else self.person.request
            press.value(words, (x0 + x1) / 2 / width, box[3] + 0.045, 0.04, align="m", limit=0.26)
