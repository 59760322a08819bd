"""Fronts in other layouts: fields in a list beside a portrait anywhere, chip-reader print-outs, older generations."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from models.training.cards import emblem, ink, paper, parts, portrait
from models.training.cards.front import corners, fill, furniture, portrait_box
from models.training.cards.ink import Colour
from models.training.cards.press import Number, Press, make_press
from models.training.cards.smart import NAME_LABELS, NUMBER_LABELS, PINK_TITLES, TITLES, Smart
from models.training.people import Person, english_date, thai_date
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE
Field = tuple[str, str]
FEET = (
    "ไม่ใช่บัตรประจำตัวประชาชน สร้างจากข้อมูลในชิป",
    "พิมพ์จากเครื่องอ่านบัตร Smart Card Reader",
    "Read by ID Reader V 1.0.0",
    "ข้อมูลจากบัตร Smart Card",
)


def _darker(colour: Colour, by: int) -> Colour:
    r, g, b = (max(0, v - by) for v in colour)
    return (r, g, b)


def listed_front(rng: np.random.Generator, person: Person, faces: Path | None, *, pink: bool = False) -> DrawnCard:
    """A card whose fields run down in rows: portrait left or right, high or low; seal at either side; chip anywhere."""
    flat = rng.random() < 0.4
    card = paper.make_paper(rng, paper.PINKS if pink else paper.FRONTS, flat=flat)
    press = make_press(card, rng)
    left = rng.random() < 0.6
    size = (rng.uniform(0.2, 0.27), rng.uniform(0.38, 0.55))
    x0 = rng.uniform(0.03, 0.08) if left else rng.uniform(0.69, 0.74)
    y0 = rng.uniform(0.28, 0.36) if rng.random() < 0.6 else rng.uniform(0.4, 0.48)
    _decorate(card, rng, photo_left=left)
    picture(card, rng, (x0, y0, x0 + size[0], min(0.96, y0 + size[1])), faces, flat=flat)
    heading(press, pink=pink, middle=rng.random() < 0.4)
    column = x0 + size[0] + 0.04 if left else rng.uniform(0.21, 0.3)
    room = (0.97 if left else x0 - 0.02) - column
    number = rows(press, fields(press, person), person, column, float(rng.uniform(0.3, 0.36)), room)
    side = "pink" if pink else "front"
    return DrawnCard(paper.finish(card, rng), corners(rng), side, f"{side}_listed", number.digits, number.box)


def _decorate(card: Rgb, rng: np.random.Generator, *, photo_left: bool) -> None:
    """A coloured head bar at times; the seal at either side; a chip or barcode where there is room."""
    if rng.random() < 0.3:
        tone: Colour = ink.pick(rng, ((60, 120, 200), (30, 70, 150), (160, 205, 240), (245, 245, 250), (40, 150, 190)))
        parts.panel(card, (0, 0, WIDTH, int(HEIGHT * rng.uniform(0.17, 0.25))), tone, 1, float(rng.uniform(0.4, 0.9)))
    x = 0.08 if rng.random() < 0.8 else 0.92
    if rng.random() < 0.9:
        emblem.seal(card, rng, (x * WIDTH, HEIGHT * rng.uniform(0.11, 0.15)), HEIGHT * rng.uniform(0.08, 0.12))
    if rng.random() < 0.45:
        x, y = (0.82, rng.uniform(0.68, 0.76)) if photo_left else (rng.uniform(0.03, 0.06), rng.uniform(0.3, 0.7))
        box = (int(x * WIDTH), int(y * HEIGHT), int((x + 0.14) * WIDTH), int((y + 0.19) * HEIGHT))
        parts.chip(card, rng, box)
    if rng.random() < 0.3:
        y = int(rng.uniform(0.9, 0.93) * HEIGHT)
        start = int(rng.uniform(0.05, 0.5) * WIDTH)
        parts.barcode(card, rng, (start, y, start + int(0.4 * WIDTH), y + int(0.06 * HEIGHT)), upright=False)


def picture(
    card: Rgb,
    rng: np.random.Generator,
    box: tuple[float, float, float, float],
    faces: Path | None,
    *,
    flat: bool = False,
    grey: bool | None = None,
) -> None:
    """A portrait in `box` (fractions of the card), framed at times."""
    x0, y0, x1, y1 = ink.pixels(card, box)
    ink.paste(card, portrait.portrait(rng, x1 - x0, y1 - y0, faces, flat=flat, grey=grey), x0, y0)
    if rng.random() < 0.3:
        cv2.rectangle(
            card,
            (x0, y0),
            (x1, y1),
            ink.pick(rng, ((255, 255, 255), (60, 60, 70), (120, 150, 190))),
            int(rng.integers(1, 6)),
        )


def heading(press: Press, *, pink: bool = False, middle: bool = False) -> None:
    """The title in one or two lines."""
    rng, pens = press.rng, press.pens
    thai, english = ink.pick(rng, PINK_TITLES if pink else TITLES)
    x, align = (0.5, "m") if middle else (0.17, "l")
    size = float(rng.uniform(0.075, 0.105))
    y = 0.1
    if thai:
        press.text(thai, press.place(x, y), size, pens.title_thai, pens.thai_ink, align=align, limit=0.74)
        y += size * 0.85
    if english:
        press.text(
            english,
            press.place(x, y),
            size * rng.uniform(0.6, 0.9),
            pens.title_latin,
            pens.latin_ink,
            align=align,
            limit=0.74,
        )


def fields(press: Press, person: Person) -> list[Field]:
    """Label and value of each row, in an order and a language of the card's own."""
    rng = press.rng
    thai_name = f"{person.title[0]} {person.first[0]} {person.last[0]}"
    english_name = f"{person.title[1]} {person.first[1]} {person.last[1]}"
    english = rng.random() < 0.25
    out: list[Field] = [] if english else [(ink.pick(rng, NAME_LABELS), thai_name)]
    if english or rng.random() < 0.6:
        out += (
            [("Name", english_name)]
            if rng.random() < 0.5
            else [("Name", english_name.rsplit(" ", 1)[0]), ("Last name", person.last[1])]
        )
    if english or rng.random() < 0.4:
        out.append(("Date of Birth", english_date(person.born)))
    if not english:
        out.append(("เกิดวันที่", thai_date(person.born)))
        if rng.random() < 0.4:
            out.append(("ศาสนา", person.religion))
        out.append(("ที่อยู่", person.address[0]))
        out += [("", person.address[1])] if rng.random() < 0.5 else []
    if rng.random() < 0.8:
        out.append(
            ("Date of Issue", english_date(person.issued)) if english else ("วันออกบัตร", thai_date(person.issued))
        )
        out.append(
            ("Date of Expiry", english_date(person.expires)) if english else ("วันบัตรหมดอายุ", thai_date(person.expires))
        )
    return out


def rows(press: Press, listed: list[Field], person: Person, x: float, y: float, room: float) -> Number:
    """Number first, then the rows down from `y` in a column `room` wide; label before or above its value."""
    rng = press.rng
    label = ink.pick(rng, NUMBER_LABELS)
    above = rng.random() < 0.3
    listed = listed[:5] if above else listed
    pitch = min(0.1, (0.93 - y) / (len(listed) * (1.85 if above else 1) + 1.5))
    size = pitch * float(rng.uniform(0.6, 0.78))
    end = press.label(label[0] or label[1], x, y, size, limit=room * 0.5)
    if rng.random() < 0.5 or end + 0.3 > x + room:
        y += max(pitch, 0.075)
        end = x - 0.015
    number = press.number(person, end + 0.015, y, float(rng.uniform(0.05, 0.08)), limit=x + room - end)
    for name, value in listed:
        y += pitch
        end = press.label(name, x, y, size * (0.75 if above else 1.0), limit=room * 0.5) if name else x - 0.015
        if above:
            y += pitch * 0.85
            end = x - 0.015
        press.value(value, end + 0.015, y, size * 1.1, limit=max(0.08, x + room - end - 0.015))
    return number


def printout_front(rng: np.random.Generator, person: Person, faces: Path | None) -> DrawnCard:
    """The print-out of a chip reader: white or pale, card-like, with the reader's own lines at the foot."""
    ground: Colour = ink.pick(rng, ((255, 255, 255), (252, 252, 250), (226, 246, 255), (235, 235, 235)))
    card = np.full((HEIGHT, WIDTH, 3), ground, np.uint8)
    if rng.random() < 0.6:
        cv2.rectangle(card, (0, int(HEIGHT * 0.6)), (WIDTH, HEIGHT), _darker(ground, 22), -1)
    press = make_press(card, rng, redact=0.1)
    if rng.random() < 0.5:
        furniture(card, rng)
        smart = Smart(press, person, faces)
        number = fill(smart)
        smart.picture(portrait_box(rng))
    else:
        _decorate(card, rng, photo_left=False)
        picture(card, rng, (0.74, 0.48, 0.97, 0.9), faces)
        heading(press)
        number = rows(press, fields(press, person), person, 0.1, 0.3, 0.6)
        press.label(ink.pick(rng, FEET), 0.05, 0.975, 0.04)
    cv2.rectangle(card, (0, 0), (WIDTH - 1, HEIGHT - 1), (40, 40, 40), int(rng.integers(1, 4)))
    return DrawnCard(card, corners(rng), "front", "front_printout", number.digits, number.box)


def old_front(rng: np.random.Generator, person: Person, faces: Path | None) -> DrawnCard:
    """The generations before the chip: typed and laminated with a grey photo, and plastic with a stripe behind."""
    typed = rng.random() < 0.5
    tones = (
        ((232, 226, 204), (222, 214, 190), (214, 222, 214), (206, 214, 226))
        if typed
        else ((206, 222, 238), (190, 214, 234), (224, 226, 220))
    )
    ground: Colour = ink.pick(rng, tones)
    palette = (paper.Palette((ground, _darker(ground, 16)), None),)
    card = paper.make_paper(rng, palette, flat=False)
    press = make_press(card, rng, redact=0.05)
    press.thai_digits = bool(rng.random() < 0.5)
    x0 = float(rng.uniform(0.04, 0.08) if rng.random() < 0.7 else rng.uniform(0.68, 0.72))
    picture(card, rng, (x0, 0.26, x0 + 0.24, 0.78), faces, grey=typed)
    emblem.seal(card, rng, (rng.uniform(0.075, 0.09) * WIDTH, 0.13 * HEIGHT), HEIGHT * rng.uniform(0.08, 0.11))
    heading(press, middle=bool(rng.random() < 0.4))
    column, room = (x0 + 0.28, 0.69 - x0) if x0 < 0.5 else (0.06, 0.58)
    number = rows(press, fields(press, person), person, column, 0.3, room)
    at = (rng.uniform(0.2, 0.8) * WIDTH, rng.uniform(0.65, 0.85) * HEIGHT)
    emblem.stamp(card, rng, at, HEIGHT * rng.uniform(0.08, 0.13))
    emblem.signature(card, rng, (0.55 * WIDTH, 0.84 * HEIGHT, 0.8 * WIDTH, 0.95 * HEIGHT), (30, 30, 70))
    kind = "front_typed" if typed else "front_magnetic"
    return DrawnCard(paper.finish(card, rng), corners(rng), "front", kind, number.digits, number.box)
