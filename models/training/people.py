"""Made-up people: names, dates, addresses and 13-digit numbers that nobody can hold.

The province code (digits 2–3) of every number is one that does not exist, so a drawn card can never show a real
person's number, not even by chance. Digits are kept out of `repr`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import numpy as np

from thaiid_detect.number import check_digit

UNUSED_PROVINCES: Final = ("28", "29", "59", "68", "69", "78", "79", "87", "88", "89", "97", "98", "99", "05", "07")

THAI_MONTHS: Final = (
    "ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.",
)  # fmt: skip
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

MEN: Final = (
    ("สมชาย", "Somchai"), ("ธนกร", "Thanakorn"), ("วิชัย", "Wichai"), ("ณัฐพล", "Nattaphon"), ("กิตติ", "Kitti"),
    ("ประเสริฐ", "Prasoet"), ("อนุชา", "Anucha"), ("ปิยะ", "Piya"), ("สุรศักดิ์", "Surasak"), ("ชัยวัฒน์", "Chaiwat"),
    ("ภูมิ", "Phum"), ("ศุภกร", "Supakorn"), ("จักรพงษ์", "Jakkapong"), ("เอกชัย", "Ekkachai"), ("บุญมี", "Boonmee"),
    ("พีรพัฒน์", "Peerapat"), ("ตัวอย่าง", "Tuayang"), ("วีระ", "Weera"), ("ไพโรจน์", "Pairoj"), ("อภิสิทธิ์", "Aphisit"),
    ("ทดสอบ", "Thodsob"), ("มานะ", "Mana"), ("ก้อง", "Kong"), ("เฉลิม", "Chaloem"), ("ฐิติ", "Thiti"),
)  # fmt: skip
WOMEN: Final = (
    ("สมหญิง", "Somying"), ("สุดา", "Suda"), ("ปราณี", "Pranee"), ("กมลชนก", "Kamonchanok"), ("วรรณา", "Wanna"),
    ("อรทัย", "Orathai"), ("พิมพ์ชนก", "Pimchanok"), ("นภัสสร", "Napatsorn"), ("จิราพร", "Jiraporn"), ("มาลี", "Malee"),
    ("รัตนา", "Rattana"), ("ศิริพร", "Siriporn"), ("กัญญา", "Kanya"), ("ณิชา", "Nicha"), ("บุษบา", "Busaba"),
    ("ชูใจ", "Choojai"), ("ดวงใจ", "Duangjai"), ("เพ็ญศรี", "Phensri"), ("ฝนทิพย์", "Fonthip"), ("แก้วตา", "Kaewta"),
    ("อุไรวรรณ", "Uraiwan"), ("ธิดา", "Thida"), ("ญาดา", "Yada"), ("หญิง", "Ying"), ("ใบเฟิร์น", "Baifern"),
)  # fmt: skip
SURNAME_HEADS: Final = (
    ("ใจ", "Jai"), ("บุญ", "Boon"), ("ศรี", "Sri"), ("วงศ์", "Wong"), ("ทอง", "Thong"), ("สุข", "Suk"), ("แก้ว", "Kaeo"),
    ("รัก", "Rak"), ("พงษ์", "Phong"), ("มั่น", "Man"), ("เพชร", "Phet"), ("จันทร์", "Chan"), ("ชัย", "Chai"),
    ("ปัญญา", "Panya"), ("กิจ", "Kit"), ("อินทร์", "In"), ("สม", "Som"), ("ธรรม", "Tham"), ("นาม", "Nam"),
    ("ไพ", "Phai"), ("เจริญ", "Charoen"), ("ดำรง", "Damrong"),
)  # fmt: skip
SURNAME_TAILS: Final = (
    ("ดี", "dee"), ("งาม", "ngam"), ("สุวรรณ", "suwan"), ("วัฒนา", "wattana"), ("มณี", "manee"), ("กุล", "kun"),
    ("ประเสริฐ", "prasoet"), ("รุ่งเรือง", "rungrueang"), ("สมบัติ", "sombat"), ("ไทย", "thai"), ("คง", "khong"),
    ("ใส", "sai"), ("พิทักษ์", "phithak"), ("ชาติ", "chat"), ("สกุล", "sakun"), ("บูรณ์", "boon"), ("ศิลป์", "sin"),
    ("เลิศ", "loet"), ("วิไล", "wilai"), ("ยิ่ง", "ying"),
)  # fmt: skip
STREETS: Final = (
    "สุขุมวิท", "พหลโยธิน", "รามคำแหง", "ลาดพร้าว", "เพชรเกษม", "ประชาอุทิศ", "มิตรภาพ", "ช้างคลาน", "นิมมานเหมินท์",
)  # fmt: skip
TOWNS: Final = (
    "ต.บางรัก อ.เมือง จ.ตรัง", "ต.สุเทพ อ.เมืองเชียงใหม่ จ.เชียงใหม่", "ต.ปากเกร็ด อ.ปากเกร็ด จ.นนทบุรี",
    "ต.ในเมือง อ.เมืองขอนแก่น จ.ขอนแก่น", "ต.หาดใหญ่ อ.หาดใหญ่ จ.สงขลา", "ต.บ้านใหม่ อ.เมือง จ.นครราชสีมา",
    "ต.ศรีภูมิ อ.เมือง จ.ลำปาง", "ต.แสนสุข อ.เมืองชลบุรี จ.ชลบุรี", "ต.ตลาดใหญ่ อ.เมืองภูเก็ต จ.ภูเก็ต",
    "ต.ท่าอิฐ อ.เมืองอุตรดิตถ์ จ.อุตรดิตถ์", "ต.กุดป่อง อ.เมืองเลย จ.เลย", "ต.แม่สาย อ.แม่สาย จ.เชียงราย",
)  # fmt: skip
QUARTERS: Final = (
    "แขวงวังใหม่ เขตปทุมวัน กรุงเทพมหานคร", "แขวงคลองตันเหนือ เขตวัฒนา กรุงเทพมหานคร", "แขวงบางนา เขตบางนา กรุงเทพมหานคร",
    "แขวงจตุจักร เขตจตุจักร กรุงเทพฯ", "แขวงสีลม เขตบางรัก กรุงเทพฯ",
)  # fmt: skip
RELIGIONS: Final = ("พุทธ", "พุทธ", "พุทธ", "อิสลาม", "คริสต์", "ฮินดู", "-")


@dataclass(frozen=True, slots=True)
class Person:
    """One made-up holder. `digits` are 13 ASCII digits; in about 10 % of people their check digit is wrong."""

    digits: str = field(repr=False)
    title: tuple[str, str]
    first: tuple[str, str]
    last: tuple[str, str]
    """(Thai, English) each."""
    born: date
    issued: date
    expires: date
    address: tuple[str, str]
    religion: str
    request: str = field(repr=False)
    laser: str = field(repr=False)
    officer: str


def make_digits(rng: np.random.Generator, *, pink: bool = False, wrong: float = 0.1) -> str:
    """13 digits with a province that does not exist; the check digit is wrong in a share `wrong` of them."""
    first = str(rng.choice(list("6708" if pink else "1112334558")))
    body = "".join(str(d) for d in rng.integers(0, 10, 9))
    twelve = first + str(rng.choice(UNUSED_PROVINCES)) + body
    check = int(check_digit(twelve))
    if rng.random() < wrong:
        check = (check + int(rng.integers(1, 10))) % 10
    return f"{twelve}{check}"


def make_laser(rng: np.random.Generator) -> str:
    """A laser code as printed on the back, `JT0-0000000-00`."""
    letters = "J" + "TCABES"[rng.integers(6)]
    return f"{letters}{rng.integers(0, 4)}-{rng.integers(0, 10**7):07d}-{rng.integers(0, 100):02d}"


def make_person(rng: np.random.Generator, *, pink: bool = False) -> Person:
    """A person with everything a card shows. Dates are consistent: born, then issued, then expired."""
    man = rng.random() < 0.5
    born = date(1935, 1, 1) + timedelta(days=int(rng.integers(0, 29000)))
    issued = date(2000, 1, 1) + timedelta(days=int(rng.integers(0, 9400)))
    issued = max(issued, born + timedelta(days=2600))
    head, tail = SURNAME_HEADS[rng.integers(len(SURNAME_HEADS))], SURNAME_TAILS[rng.integers(len(SURNAME_TAILS))]
    names = MEN if man else WOMEN
    return Person(
        digits=make_digits(rng, pink=pink),
        title=_title(rng, man, (issued - born).days / 365.25),
        first=names[rng.integers(len(names))],
        last=(head[0] + tail[0], head[1] + tail[1]),
        born=born,
        issued=issued,
        expires=issued + timedelta(days=int(rng.choice([2190, 2920, 3287, 3652]))),
        address=_address(rng),
        religion=str(rng.choice(RELIGIONS)),
        request=f"{rng.integers(1000, 9999)}-{rng.integers(1, 99):02d}-{rng.integers(0, 10**8):08d}",
        laser=make_laser(rng),
        officer=f"{MEN[rng.integers(len(MEN))][0]} {head[0]}{SURNAME_TAILS[rng.integers(len(SURNAME_TAILS))][0]}",
    )


def thai_date(day: date, *, thai_digits: bool = False) -> str:
    """`21 มิ.ย. 2539` (Buddhist year)."""
    text = f"{day.day} {THAI_MONTHS[day.month - 1]} {day.year + 543}"
    return to_thai_digits(text) if thai_digits else text


def english_date(day: date) -> str:
    """`21 Jun. 1996` (Gregorian year)."""
    dot = "" if day.month == 5 else "."
    return f"{day.day} {MONTHS[day.month - 1]}{dot} {day.year}"


def to_thai_digits(text: str) -> str:
    """0–9 as ๐–๙."""
    return text.translate({ord("0") + n: chr(ord("๐") + n) for n in range(10)})


def groups(number: str) -> tuple[str, str, str, str, str]:
    """The 13 digits as they are printed apart: X XXXX XXXXX XX X."""
    return number[:1], number[1:5], number[5:10], number[10:12], number[12:]


def _title(rng: np.random.Generator, man: bool, age: float) -> tuple[str, str]:
    if age < 15:
        return ("ด.ช.", "Master") if man else ("ด.ญ.", "Miss")
    if man:
        return ("นาย", "Mr.")
    return [("นาง", "Mrs."), ("น.ส.", "Miss"), ("นางสาว", "Miss")][rng.integers(3)]


def _address(rng: np.random.Generator) -> tuple[str, str]:
    urban = rng.random() < 0.35
    places = QUARTERS if urban else TOWNS
    place = places[rng.integers(len(places))]
    house = f"{rng.integers(1, 999)}" + (f"/{rng.integers(1, 200)}" if rng.random() < 0.6 else "")
    if urban or rng.random() < 0.3:
        street = STREETS[rng.integers(len(STREETS))]
        return f"{house} ซอย{street} {rng.integers(1, 99)} ถ.{street}", place
    return f"{house} หมู่ที่ {rng.integers(1, 19)}", place
