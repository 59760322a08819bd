"""Made-up people, places and numbers for the neighbours: nothing here can belong to anyone.

Thai numbers carry a province code that does not exist, but a check digit that holds: a neighbour with a valid number
is the hard case. Templates use `{field}` for a field of `holder`, `#` for a digit and `@` for a capital letter.
"""

from __future__ import annotations

import numpy as np
from stdnum.th import pin


def _listed(text: str) -> tuple[str, ...]:
    """The words between blanks."""
    return tuple(text.split())


THAI_FIRST = _listed(
    "ธนกร กมลชนก ปุณยวีร์ ศิรประภา ณัฐวัฒน์ อรุณี พิมพ์ชนก วีรภัทร จิราพร สุรเดช มาลัย บุญส่ง ชลธิชา เกียรติ ฟ้าใส ประเสริฐ "
    "สายฝน ทองดี อนันต์ ญาณิศา"
)
THAI_LAST = _listed(
    "รักเรียนดี ทองประกาย ศรีวิไลกุล แสนสุขใจ วงศ์ตะวัน บุญญาภิรมย์ เพชรน้ำหนึ่ง ใจกล้าหาญ ธาราทิพย์ ปิ่นเกล้าชัย อุดมผลดี ก้อนเมฆขาว "
    "ฤทธิ์เดชา ดวงจันทรา สิงห์ทองคำ น้อยนที"
)
LATIN_FIRST = _listed(
    "Anna Erika Marisol Thanakorn Nguyen Dewi Siti Budi Jose Amara Liam Chantra Souk Maung Wei Hana Arun Petra Karim Ploy "
    "Noi Lina Oskar Rafael Ines"
)
LATIN_LAST = _listed(
    "Eriksson Sampleton Rakdee Van Anh Santoso Binti Rahmat Santos Specimen Mustermann Phommasan Sokha Htun Lim Tan "
    "Kowalska Moreau Lindqvist Okafor Thongprakai Saengsuk Martin Doe Haddad"
)
STREETS = ("Garden Road", "Example Street", "Jalan Merdeka", "Soi Sample 9", "Rue du Lac", "Harbour View", "Ly Thuong")
CITIES = ("Utopia", "Bangkok", "Jakarta", "Ha Noi", "Berlin", "Vientiane", "Manila", "Port Sample", "Lyon", "Yangon")
TAMBON = ("ท่าสมมติ", "บ้านตัวอย่าง", "หนองปลาทอง", "ดอนเมฆ", "คลองสุขใจ", "ทุ่งรวงทอง", "ปากน้ำใส", "โนนสว่างฟ้า")
PROVINCES = ("กรุงเทพมหานคร", "เชียงใหม่", "ขอนแก่น", "ภูเก็ต", "ชลบุรี", "นครราชสีมา", "สงขลา", "อุดรธานี", "ลำปาง")
THAI_MONTHS = ("ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค.")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
IMPOSSIBLE_PROVINCES = (*range(10), 28, 29, 59, 68, 69, 78, 79, 87, 88, 89, 97, 98, 99)
THAI_WORDS = _listed(
    "การ ประกาศ เรื่อง หลักเกณฑ์ และ วิธีการ ของ ผู้ขอรับ บริการ ตาม ระเบียบ สำนักงาน จะ ต้อง แสดง เอกสาร หลักฐาน ประกอบ คำขอ "
    "ภายใน กำหนด เวลา สามสิบวัน นับแต่ วันที่ ได้รับ แจ้ง ทั้งนี้ ให้ เป็นไป ข้อกำหนด ที่ เกี่ยวข้อง โดย เคร่งครัด ผู้ซื้อ สินค้า น้ำดื่ม ราคา พิเศษ "
    "สมาชิก ทุกท่าน สามารถ ใช้สิทธิ์ ได้ ไม่เกิน เดือน ละ ครั้ง กรุณา ติดต่อ เจ้าหน้าที่ ก่อน เข้ารับ การตรวจ สุขภาพ ประจำปี โรงเรียน นักศึกษา "
    "ประชาชน จังหวัด อำเภอ ตำบล หมู่บ้าน ข้อมูล ส่วนบุคคล ความยินยอม"
)
LATIN_WORDS = _listed(
    "the service of your account and shall be provided within thirty days please keep this document for later use all "
    "members may apply at office hours terms conditions subject to change without notice amount total paid customer "
    "date number name address signature valid until transfer balance report page data system section quality"
)


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """One of the options."""
    return options[int(rng.integers(len(options)))]


def digits(rng: np.random.Generator, count: int) -> str:
    """`count` random digits."""
    return "".join(map(str, rng.integers(0, 10, count)))


def thai_number(rng: np.random.Generator) -> str:
    """13 digits with a check digit that holds and a province code that nobody can have."""
    province = IMPOSSIBLE_PROVINCES[int(rng.integers(len(IMPOSSIBLE_PROVINCES)))]
    body = f"{int(rng.integers(1, 9))}{province:02d}{digits(rng, 9)}"
    return body + str(pin.calc_check_digit(body))


def grouped(rng: np.random.Generator, number: str) -> str:
    """The 13 digits as people print them: blanks, hyphens or nothing between the groups."""
    groups = (number[:1], number[1:5], number[5:10], number[10:12], number[12:])
    return (" ", " ", "-", "")[int(rng.integers(4))].join(groups)


def fill(rng: np.random.Generator, template: str) -> str:
    """`#` becomes a digit, `@` a capital letter."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return "".join(
        str(rng.integers(10)) if c == "#" else letters[int(rng.integers(len(letters)))] if c == "@" else c
        for c in template
    )


def holder(rng: np.random.Generator) -> dict[str, str]:
    """The fields of one made-up holder, for `str.format_map`; `digits` are the 13 bare digits, `number` as printed."""
    number = thai_number(rng)
    first, last = pick(rng, LATIN_FIRST), pick(rng, LATIN_LAST)
    year = int(rng.integers(1945, 2012))
    day, month = int(rng.integers(1, 29)), int(rng.integers(12))
    issued = int(rng.integers(2005, 2026))
    return {
        "digits": number,
        "number": grouped(rng, number),
        "thai": f"{pick(rng, ('นาย', 'นาง', 'น.ส.', ''))} {pick(rng, THAI_FIRST)} {pick(rng, THAI_LAST)}".strip(),
        "first": first,
        "last": last,
        "name": f"{pick(rng, ('Mr.', 'Miss', 'Mrs.', ''))} {first} {last}".strip(),
        "upper": f"{first} {last}".upper(),
        "born": f"{day} {MONTHS[month]} {year}",
        "born_dots": f"{day:02d}.{month + 1:02d}.{year}",
        "born_thai": f"{day} {THAI_MONTHS[month]} {year + 543}",
        "issued": f"{day:02d}/{month + 1:02d}/{issued}",
        "expires": f"{day:02d}/{month + 1:02d}/{issued + 8}",
        "issued_thai": f"{day} {THAI_MONTHS[month]} {issued + 543}",
        "expires_thai": f"{day} {THAI_MONTHS[month]} {issued + 551}",
        "sex": pick(rng, ("M", "F")),
        "address": f"{int(rng.integers(1, 400))} {pick(rng, STREETS)}, {pick(rng, CITIES)}",
        "city": pick(rng, CITIES),
        "address_thai": f"{int(rng.integers(1, 400))} หมู่ {month + 1} ต.{pick(rng, TAMBON)} จ.{pick(rng, PROVINCES)}",
        "province": pick(rng, PROVINCES),
    }


def card_number(rng: np.random.Generator) -> str:
    """16 digits in groups of four which fail the Luhn check, so that no account can have them."""
    body = f"{int(rng.integers(3, 7))}{digits(rng, 14)}"
    total = sum(sum(divmod(int(c) * (2 if i % 2 == 0 else 1), 10)) for i, c in enumerate(body))
    number = body + str((10 - total % 10 + int(rng.integers(1, 10))) % 10)
    return " ".join(number[i : i + 4] for i in range(0, 16, 4))


def mrz(rng: np.random.Generator, person: dict[str, str], lines: int, country: str) -> list[str]:
    """Machine-readable lines: 2 of 44 (passport) or 3 of 30 characters (card). Their check digits are random."""
    name = f"{person['last']}<<{person['first']}".upper().replace(" ", "<")
    number = fill(rng, "@#######")
    code = f"{digits(rng, 6)}{digits(rng, 1)}{person['sex']}{digits(rng, 7)}"
    if lines == 2:
        raw = [f"P<{country}{name}", f"{number}<{digits(rng, 1)}{country}{code}"]
        return [line.ljust(44, "<")[:44] for line in raw]
    raw = [f"I<{country}{number}<{digits(rng, 1)}", f"{code}{country}", name]
    return [line.ljust(30, "<")[:30] for line in raw]


def thai_line(rng: np.random.Generator, characters: int) -> str:
    """A meaningless line of Thai words, about `characters` long."""
    line = ""
    while len(line) < characters:
        line += pick(rng, THAI_WORDS) + (" " if rng.random() < 0.15 else "")
    return line.strip()


def latin_line(rng: np.random.Generator, characters: int) -> str:
    """A meaningless line of English words, about `characters` long."""
    line = ""
    while len(line) < characters:
        line += pick(rng, LATIN_WORDS) + " "
    return line.strip().capitalize()
