"""Made-up people, places and numbers for the neighbours: nothing here can belong to anyone.

Thai people and numbers come from `people`, always with a check digit that holds: a neighbour with a valid number is
the hard case. Templates use `{field}` for a field of `holder`, `#` for a digit and `@` for a capital letter.
"""

from __future__ import annotations

import numpy as np

from models.training.people import english_date, groups, make_digits, make_person, thai_date


def _listed(text: str) -> tuple[str, ...]:
    """The words between blanks."""
    return tuple(text.split())


LATIN_FIRST = _listed(
    "Anna Erika Marisol Thanakorn Nguyen Dewi Siti Budi Jose Amara Liam Chantra Souk Maung Wei Hana Arun Petra Karim "
    "Ploy Noi Lina Oskar Rafael Ines"
)
LATIN_LAST = _listed(
    "Eriksson Sampleton Rakdee Van Anh Santoso Binti Rahmat Santos Specimen Mustermann Phommasan Sokha Htun Lim Tan "
    "Kowalska Moreau Lindqvist Okafor Thongprakai Saengsuk Martin Doe Haddad"
)
STREETS = ("Garden Road", "Example Street", "Jalan Merdeka", "Soi Sample 9", "Rue du Lac", "Harbour View", "Ly Thuong")
CITIES = ("Utopia", "Bangkok", "Jakarta", "Ha Noi", "Berlin", "Vientiane", "Manila", "Port Sample", "Lyon", "Yangon")
TAMBON = ("ท่าสมมติ", "บ้านตัวอย่าง", "หนองปลาทอง", "ดอนเมฆ", "คลองสุขใจ", "ทุ่งรวงทอง", "ปากน้ำใส", "โนนสว่างฟ้า")
PROVINCES = ("กรุงเทพมหานคร", "เชียงใหม่", "ขอนแก่น", "ภูเก็ต", "ชลบุรี", "นครราชสีมา", "สงขลา", "อุดรธานี", "ลำปาง")
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


def grouped(rng: np.random.Generator, number: str) -> str:
    """The 13 digits as people print them: blanks, hyphens or nothing between the groups."""
    return (" ", " ", "-", "")[int(rng.integers(4))].join(groups(number))


def fill(rng: np.random.Generator, template: str) -> str:
    """`#` becomes a digit, `@` a capital letter."""
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    return "".join(
        str(rng.integers(10)) if c == "#" else letters[int(rng.integers(len(letters)))] if c == "@" else c
        for c in template
    )


def holder(rng: np.random.Generator) -> dict[str, str]:
    """The fields of one made-up holder, for `str.format_map`; `digits` are the 13 bare digits, `number` as printed.

    `thai`, `roman` and the `…_thai` fields belong to a Thai holder, the others to one from anywhere.
    """
    first, last = pick(rng, LATIN_FIRST), pick(rng, LATIN_LAST)
    return _thai_fields(rng) | {
        "first": first,
        "last": last,
        "name": f"{first} {last}",
        "upper": f"{first} {last}".upper(),
        "sex": pick(rng, ("M", "F")),
        "address": f"{int(rng.integers(1, 400))} {pick(rng, STREETS)}, {pick(rng, CITIES)}",
        "city": pick(rng, CITIES),
        "province": pick(rng, PROVINCES),
    }


def _thai_fields(rng: np.random.Generator) -> dict[str, str]:
    """Number, Thai and romanised name, dates, address, religion and officer."""
    person, number = make_person(rng), make_digits(rng, wrong=0.0)
    born, issued, expires = person.born, person.issued, person.expires
    return {
        "digits": number,
        "number": grouped(rng, number),
        "thai": f"{person.title[0]} {person.first[0]} {person.last[0]}",
        "roman": f"{person.title[1]} {person.first[1]} {person.last[1]}",
        "first_thai": person.first[0],
        "born": english_date(born),
        "born_dots": f"{born:%d.%m.%Y}",
        "born_thai": thai_date(born),
        "issued": f"{issued:%d/%m/%Y}",
        "expires": f"{expires:%d/%m/%Y}",
        "issued_thai": thai_date(issued),
        "expires_thai": thai_date(expires),
        "address_thai": person.address[1],
        "religion": person.religion,
        "officer": person.officer,
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
