"""Fronts as designers of mock-ups arrange them: the card's own blocks in their order, on a grid that is nobody's.

Cards from other hands were doubted where their fields stood in columns of their own, wider apart, on a card of another
shape: so nothing here keeps the measured places of `smart.py` but the order from top to bottom.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from models.training.cards import emblem, ink, paper, parts
from models.training.cards.front import corners
from models.training.cards.ink import Colour
from models.training.cards.listed import picture
from models.training.cards.press import Number, Press, make_press
from models.training.cards.smart import NAME_LABELS, NUMBER_LABELS, OFFICER_LABELS, TITLES
from models.training.people import Person, english_date, thai_date
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE
RATIOS = (1.42, 1.85)
"""Width : height of mock-ups; ID-1 is 1.586."""
DISCS: tuple[Colour, ...] = ((250, 225, 40), (235, 190, 120), (220, 60, 60), (180, 120, 200), (255, 255, 255))


def arranged_front(rng: np.random.Generator, person: Person, faces: Path | None) -> DrawnCard:
    """One such card; its text keeps its proportions, whatever the card's."""
    flat = rng.random() < 0.7
    card = paper.make_paper(rng, paper.FRONTS, flat=flat)
    ratio = float(rng.uniform(*RATIOS)) if rng.random() < 0.5 else WIDTH / HEIGHT
    press = make_press(card, rng)
    press.pens = replace(press.pens, stretch=press.pens.stretch * WIDTH / HEIGHT / ratio)
    edge, clear = _furniture(card, rng)
    box = _portrait_box(rng)
    picture(card, rng, box, faces, flat=flat)
    number, y = _header(press, person)
    foot = float(rng.uniform(0.76, 0.84))
    rows = _rows(rng, person)
    pitch = min(float(rng.uniform(0.066, 0.1)), (foot - 0.03 - y) / (len(rows) + 0.5))
    x = edge + float(rng.uniform(0.015, 0.05))
    inner = max(clear, x) if rng.random() < 0.8 else x
    _columns(press, rows, (x, inner + float(rng.uniform(0.0, 0.16)), y + pitch), pitch, box[0] - 0.015)
    _foot(press, person, edge + float(rng.uniform(0.01, 0.06)), foot, box[0] - 0.01)
    if rng.random() < 0.5:
        request = person.request
        press.value(request, (box[0] + box[2]) / 2, min(0.985, box[3] + 0.05), 0.042, align="m", limit=0.22)
    drawn = DrawnCard(paper.finish(card, rng), corners(rng), "front", "front_arranged", number.digits, number.box)
    return paper.reshaped(drawn, ratio)


def _furniture(card: Rgb, rng: np.random.Generator) -> tuple[float, float]:
    """Seal, barcode and chip, each with a size and place of its own; where what stands beside the barcode may begin,
    and what stands beside the chip."""
    left = float(rng.uniform(0.02, 0.06))
    if rng.random() < 0.75:
        top, bottom = rng.uniform(0.2, 0.36), rng.uniform(0.84, 1.0)
        start, wide = rng.uniform(0, 0.04), rng.uniform(0.035, 0.085)
        if rng.random() < 0.5:
            end = int((start + wide + rng.uniform(0, 0.03)) * WIDTH)
            cv2.rectangle(card, (0, int((top - 0.03) * HEIGHT)), (end, HEIGHT), (255, 255, 255), -1)
        if rng.random() < 0.9:
            parts.barcode(card, rng, ink.pixels(card, (start, top, start + wide, bottom)))
        left = float(start + wide + 0.01)
    clear = left
    x = 0.92 if rng.random() < 0.06 else rng.uniform(0.065, 0.1)
    if rng.random() < 0.93:
        emblem.seal(card, rng, (x * WIDTH, HEIGHT * rng.uniform(0.1, 0.15)), HEIGHT * rng.uniform(0.075, 0.125))
    if rng.random() < 0.85:
        wide, high = rng.uniform(0.07, 0.17), rng.uniform(0.1, 0.24)
        x0, y0 = left + rng.uniform(0.005, 0.04), rng.uniform(0.3, 0.5)
        parts.chip(card, rng, ink.pixels(card, (x0, y0, x0 + wide, y0 + high)))
        clear = float(x0 + wide + 0.01)
    return left, clear


def _portrait_box(rng: np.random.Generator) -> tuple[float, float, float, float]:
    """On the right, at any height, of any size that leaves room for the fields."""
    wide, high = float(rng.uniform(0.16, 0.25)), float(rng.uniform(0.3, 0.52))
    x0, y0 = 0.98 - wide - float(rng.uniform(0, 0.05)), float(rng.uniform(0.24, 0.93 - high))
    return (x0, y0, x0 + wide, y0 + high)


def _header(press: Press, person: Person) -> tuple[Number, float]:
    """Title, labels of the number, the number; and how far down they reach."""
    rng, pens = press.rng, press.pens
    thai, english = ink.pick(rng, TITLES)
    x, y = float(rng.uniform(0.14, 0.2)), float(rng.uniform(0.08, 0.12))
    size = float(rng.uniform(0.07, 0.11))
    gap = float(rng.uniform(0.01, 0.05))
    split = rng.random() < 0.2
    end = x
    if thai:
        room = 0.8 if split or not english else 0.5
        end = press.text(thai, press.place(x, y), size, pens.title_thai, pens.thai_ink, limit=room) + gap
    if english:
        if split and thai:
            end, y = x, y + size * 0.8
        size *= float(rng.uniform(0.65, 0.95))
        press.text(english, press.place(end, y), size, pens.title_latin, pens.latin_ink, limit=0.97 - end)
    labels = [label for label in ink.pick(rng, NUMBER_LABELS) if label]
    small, pitch = float(rng.uniform(0.042, 0.065)), float(rng.uniform(0.05, 0.075))
    ends = [press.label(label, x, y + pitch * (1.1 + i), small, limit=0.35) for i, label in enumerate(labels)]
    large = float(rng.uniform(0.05, 0.085))
    row = float(rng.integers(0, len(labels))) if rng.random() < 0.6 else (len(labels) - 1) / 2
    start = max(ends) + float(rng.uniform(0.015, 0.12))
    if rng.random() < 0.12:
        row, start = len(labels) + 0.3, x
    number = press.number(person, start, y + pitch * (1.15 + row), large, limit=0.97 - start)
    return number, y + pitch * (0.6 + max(float(len(labels)), row + 1))


def _rows(rng: np.random.Generator, person: Person) -> list[tuple[str, str]]:
    """Labels and values, from the name to the address."""
    thai = f"{person.title[0]} {person.first[0]}  {person.last[0]}"
    listed = [
        (ink.pick(rng, NAME_LABELS), thai),
        ("Name", f"{person.title[1]} {person.first[1]}"),
        (ink.pick(rng, ("Last name", "Last Name", "Surname")), person.last[1]),
        (ink.pick(rng, ("เกิดวันที่", "เกิดเมื่อวันที่", "วันเกิด")), thai_date(person.born)),
        ("Date of Birth", english_date(person.born)),
    ]
    if rng.random() < 0.45:
        listed.append(("ศาสนา", person.religion))
    if rng.random() < 0.85:
        listed.append(("ที่อยู่", person.address[0]))
        listed += [("", person.address[1])] if rng.random() < 0.6 else []
    gone = rng.random(len(listed)) < (0.08 if rng.random() < 0.4 else 0.0)
    return [row for row, left_out in zip(listed, gone, strict=True) if not left_out]


def _columns(
    press: Press, rows: list[tuple[str, str]], at: tuple[float, float, float], pitch: float, right: float
) -> None:
    """The rows. `at`: where name and address begin, where the other rows do, the first baseline (fractions). Values
    stand in one column, in two, or each right behind its label."""
    rng = press.rng
    x, inner, y = at
    tab = float(rng.uniform(0.14, 0.26))
    outer = tab if rng.random() < 0.5 else tab + inner - x
    aligned = rng.random() < 0.6
    size = min(0.068, pitch * float(rng.uniform(0.62, 0.85)))
    grow = float(rng.uniform(1.0, 1.45))
    for name, value in rows:
        first = rows[0] == (name, value)
        far = name not in {rows[0][0], "", "ที่อยู่"}
        start = inner if far else x
        end = start if not name else press.label(name, start, y, size, limit=0.3)
        column = start + (tab if far else outer)
        begin = max(column, end + 0.01) if aligned and name != "ที่อยู่" else end + float(rng.uniform(0.008, 0.03))
        press.value(value, begin, y, size * (grow if first else 1.0), limit=max(0.1, right - begin))
        y += pitch


def _foot(press: Press, person: Person, x: float, y: float, right: float) -> None:
    """Dates of issue and expiry left and right of the officer, in one or two languages, label under or over date."""
    rng = press.rng
    height, width = press.card.shape[:2]
    days = (
        (thai_date(person.issued), "วันออกบัตร", english_date(person.issued), "Date of Issue"),
        (thai_date(person.expires), "วันบัตรหมดอายุ", english_date(person.expires), "Date of Expiry"),
    )
    second = float(rng.uniform(0.52, 0.6))
    kept = 4 if rng.random() < 0.8 else 2
    pitch = min(0.05, (0.975 - y) / (kept - 1))
    swap = rng.random() < 0.25
    for start, texts in zip((x, second), days, strict=True):
        order = [texts[i ^ swap] for i in range(kept)]
        for line, words in enumerate(order):
            write = press.label if words in texts[1::2] else press.value
            write(words, start, y + line * pitch, pitch * 0.92, limit=max(0.1, min(0.2, right - start)))
    middle = (x + 0.15 + second) / 2
    centre = (middle * width, (y + 0.04) * height)
    roll = rng.random()
    if roll < 0.3:
        disc = ink.pick(rng, DISCS)
        cv2.circle(press.card, (int(centre[0]), int(centre[1])), int(height * rng.uniform(0.04, 0.09)), disc, -1)
    elif roll < 0.6:
        emblem.stamp(press.card, rng, centre, height * rng.uniform(0.05, 0.09))
    if rng.random() < 0.5:
        box = (centre[0] - 0.08 * width, centre[1] - 0.05 * height, centre[0] + 0.08 * width, centre[1] + 0.04 * height)
        emblem.signature(press.card, rng, box, (30, 30, 60))
    if rng.random() < 0.8:
        press.value(f"({person.officer})", middle, y + 0.09, 0.044, align="m", limit=0.2)
        press.label(ink.pick(rng, OFFICER_LABELS), middle, y + 0.14, 0.044, align="m", limit=0.2)
