"""The words of Thai ID cards and of the documents that are mistaken for them, with their places and weights.

The weights say how much one match tells (0–1). They were set by looking at what the readers return on the specimens and
neighbours of the development data, not fitted: how the evidence is weighed is `verdict.py`'s matter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from thaiid_detect.fuzzy import fold, likeness, ramp, words_of

__all__ = [
    "COUNTRY",
    "LABELS",
    "TITLES_ANY",
    "TITLES_ENGLISH",
    "TITLES_THAI",
    "Weighted",
    "Zone",
    "back_code_score",
    "best_match",
    "foreign_score",
    "non_thai_score",
]
Weighted = tuple[tuple[str, float], ...]
"""Phrases and what a full match of each is worth."""
Zone = tuple[float, float, float, float]
"""x0, y0, x1, y1 as fractions of the upright card."""

TITLES_ENGLISH: Final[Weighted] = (("Thai National ID Card", 1.0), ("Thai ID Card", 0.8))
TITLES_ANY: Final[Weighted] = (
    ("National Identity Card", 1.0),
    ("National Identification Card", 1.0),
    ("National ID Card", 1.0),
)
"""Any country's: ours where Thailand is named beside it, as mock-ups do that translate the title anew."""
COUNTRY: Final[Weighted] = (("Thailand", 1.0), ("ประเทศไทย", 1.0), ("ราชอาณาจักรไทย", 1.0))
TITLES_THAI: Final[Weighted] = (("บัตรประจำตัวประชาชน", 1.0), ("บัตรประชาชน", 0.8))
NON_THAI: Final[Weighted] = (
    ("Non-Thai Identification Card", 1.0),
    ("Non-Thai ID Card", 1.0),
    ("Non-Thai Nationality", 1.0),
    ("ไม่มีสัญชาติไทย", 1.0),
    ("ไม่มีสถานะทางทะเบียน", 1.0),
)
NON_THAI_TITLE: Final[Weighted] = (("บัตรประจำตัวคนซึ่งไม่มีสัญชาติไทย", 1.0),)
"""So long that it is known with several letters misread: of the titles of other cards none is liker than 0.61."""

LABELS: Final[tuple[tuple[tuple[str, ...], Zone], ...]] = (
    (("Identification Number", "เลขประจำตัวประชาชน"), (0.05, 0.08, 0.42, 0.34)),
    (("ชื่อตัวและชื่อสกุล",), (0.0, 0.16, 0.32, 0.40)),
    (("Name",), (0.15, 0.22, 0.50, 0.50)),
    (("Last name",), (0.15, 0.28, 0.50, 0.60)),
    (("Date of Birth", "เกิดวันที่"), (0.20, 0.36, 0.55, 0.75)),
    (("Religion", "ศาสนา"), (0.20, 0.46, 0.55, 0.78)),
    (("Date of Issue", "วันออกบัตร"), (0.0, 0.74, 0.36, 1.0)),
    (("เจ้าพนักงานออกบัตร",), (0.18, 0.78, 0.62, 1.0)),
    (("Date of Expiry", "วันบัตรหมดอายุ"), (0.40, 0.74, 0.78, 1.0)),
)
"""What is printed on a front, and the zone in which a line with it *starts* (left edge, middle height)."""

_OTHER_PHRASES: Final[Weighted] = (
    ("Driving Licence", 0.95),
    ("Driving License", 0.95),
    ("Driver License", 0.95),
    ("Operator License", 0.9),
    ("Passport", 0.95),
    ("Passeport", 0.95),
    ("Passaporte", 0.95),
    ("Official Travel Document", 0.95),
    ("Resident Permit", 0.8),
    ("Residence Permit", 0.8),
    ("Kingdom of Thailand", 0.5),
    ("Kingdom of", 0.4),
    ("Republic of", 0.7),
    ("République", 0.8),
    ("Republika", 0.8),
    ("Cumhuriyeti", 0.9),
    ("Citizen Identity Card", 0.9),
    ("Căn cước công dân", 0.9),
    ("Identity Card No", 0.7),
    ("Permanent Resident", 0.8),
    ("Driver", 0.5),
    ("Mastercard", 0.95),
    ("Cardholder", 0.7),
    ("Valid Thru", 0.9),
    ("Insurance", 0.6),
    ("University", 0.7),
    ("Student", 0.8),
    ("Employee", 0.7),
    ("Lottery", 0.8),
    ("Tax Invoice", 0.95),
    ("ใบอนุญาตขับรถ", 0.95),
    ("หนังสือเดินทาง", 0.95),
    ("ทะเบียนบ้าน", 0.9),
    ("ใบกำกับภาษี", 0.95),
    ("ใบเสร็จรับเงิน", 0.95),
    ("สลากกินแบ่งรัฐบาล", 0.95),
    ("นักศึกษา", 0.8),
    ("บัตรประกันสุขภาพ", 0.9),
    ("กรมการขนส่งทางบก", 0.95),
    ("ผู้เสียภาษี", 0.95),
    ("กรมสรรพากร", 0.9),
    ("คนพิการ", 0.9),
    ("ข้าราชการ", 0.8),
    ("ใบอนุญาตทำงาน", 0.95),
    ("บัตรสมาชิก", 0.8),
    ("ใบอนุญาต", 0.8),
    ("เจ้าหน้าที่ของรัฐ", 0.9),
    ("รัฐวิสาหกิจ", 0.9),
    ("รักษาความปลอดภัย", 0.9),
    ("ทนายความ", 0.9),
    ("ประกันสังคม", 0.8),
    ("สิทธิการรักษาพยาบาล", 0.9),
    ("นักเรียน", 0.8),
    ("มหาวิทยาลัย", 0.7),
    ("โรงเรียน", 0.7),
    ("สวัสดิการแห่งรัฐ", 0.9),
    ("ผู้สูงอายุ", 0.8),
    ("กระทรวงสาธารณสุข", 0.7),
    ("บัตรพนักงาน", 0.8),
    ("หลักประกันสุขภาพ", 0.9),
    ("Work Permit", 0.9),
    ("Member", 0.5),
    ("Pupil", 0.6),
    ("Disability", 0.8),
    ("Bundesrepublik", 0.9),
    ("Personalausweis", 0.95),
    ("Carte Nationale", 0.9),
    ("Kad Pengenalan", 0.95),
    ("Provinsi", 0.7),
    ("Pambansang", 0.9),
    ("Pilipinas", 0.9),
    ("Government of India", 0.9),
    ("Govt. of India", 0.9),
    ("Income Tax", 0.9),
)
_OTHER_WORDS: Final = {
    fold(word): weight
    for word, weight in (
        ("VISA", 0.7),
        ("BANK", 0.4),
        ("DEBIT", 0.8),
        ("CREDIT", 0.4),
        ("INVOICE", 0.9),
        ("RECEIPT", 0.9),
        ("TOTAL", 0.5),
        ("STAFF", 0.6),
        ("UTOPIA", 0.9),
    )
}
_MRZ: Final = re.compile("[<«《]{3}|(?:[A-Z0-9][<«《]){3}")
_BANK_CARD: Final = re.compile(r"(?<!\w)\d{4}(?: ?\d{4}){3}(?!\w)")
_FOREIGN_SCRIPT: Final = re.compile("[\u0400-\u04ff\u0600-\u06ff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7af]")
_OTHER_CARD: Final = re.compile("บตรประจาตว(.{5,})")
"""`บัตรประจำตัว…`, folded: an identity card of whoever follows; the people are ours, and those without nationality."""
_PEOPLE: Final = "ประชาชน"
_SOMEBODY: Final = ("คนซึ่ง", "บุคคลซึ่ง", "บุคคลผู้ไม่")
"""How the holder's part begins on the cards of people without nationality, where only the beginning was read."""
_SURE: Final = 0.85
"""Below it, a reader that knows no Thai writes Chinese and Cyrillic letters, and long numbers, for Thai words."""

_LASER: Final = re.compile(r"(?<![A-Z0-9])[A-Z][A-Z0](\d|[OIL])([-.·–]?)[\dOIL]{7}([-.·–]?)[\dOIL]{2}(?![A-Z0-9])")
"""Its strokes come out as points, too, and points do not stand there on anything else that was seen."""
_BORA: Final = re.compile(r"(?<![A-Z])B[O0]RA ?-? ?\d")


def best_match(phrases: Weighted, text: str, *, low: float = 0.7, high: float = 0.9) -> float:
    """0–1: the best weighted match of any phrase within `text`, which is folded already."""
    return max(weight * ramp(likeness(phrase, text), low, high) for phrase, weight in phrases)


def non_thai_score(text: str, *, low: float = 0.88) -> float:
    """0–1: how surely `text`, folded, is the title of a card for people without Thai nationality."""
    return max(best_match(NON_THAI, text, low=low, high=0.96), best_match(NON_THAI_TITLE, text, low=0.74, high=0.86))


def foreign_score(lines: Iterable[tuple[str, float]]) -> float:
    """0–1: how surely (text, confidence) pairs are the words of another document; each kind of word counts once."""
    strongest: dict[str, float] = {}
    for text, confidence in lines:
        for sign, weight in _foreign_signs(text, confidence):
            strongest[sign] = max(weight, strongest.get(sign, 0.0))
    left = 1.0
    for weight in strongest.values():
        left *= 1.0 - weight
    return 1.0 - left


def _foreign_signs(text: str, confidence: float) -> Iterable[tuple[str, float]]:
    folded = fold(text)
    for phrase, weight in _OTHER_PHRASES:
        score = weight * ramp(likeness(phrase, folded), 0.8, 0.95)
        if score > 0:
            yield phrase, score
    for word in words_of(text) & _OTHER_WORDS.keys():
        yield word, _OTHER_WORDS[word]
    if (of := _OTHER_CARD.search(folded)) and confidence >= _SURE and not _is_ours(of[1], folded):
        yield "another's identity card", 0.8
    if _MRZ.search(text.upper().replace(" ", "")):
        yield "mrz", 0.9
    if confidence >= _SURE and _BANK_CARD.search(text):
        yield "bank card", 0.8
    if confidence >= _SURE and len(_FOREIGN_SCRIPT.findall(text)) >= 3:
        yield "script", 0.6


def _is_ours(holder: str, folded: str) -> bool:
    """Whether the `holder` named in a title, `folded`, may be the people, or one without nationality."""
    if any(likeness(somebody, holder[: len(somebody) + 1]) >= 0.75 for somebody in _SOMEBODY):
        return True
    return likeness(_PEOPLE, holder[: len(_PEOPLE) + 4]) >= 0.6 or non_thai_score(folded, low=0.75) > 0


def back_code_score(text: str) -> float:
    """0–1: whether a line is a back's laser code (two letters, ten digits) or its `BORA-` form number.

    >>> back_code_score("JT0-0000000-00"), back_code_score("JTO-O00000O-00"), back_code_score("JT0000000000")
    (1.0, 1.0, 0.7)
    >>> back_code_score("1 2899 00000 12 5")
    0.0
    """
    upper = text.upper().replace(" ", "")
    if found := _LASER.search(upper):
        return 1.0 if found[2] and found[3] else 0.7
    return 0.8 if _BORA.search(upper) else 0.0
