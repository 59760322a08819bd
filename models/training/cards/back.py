"""Drawn backs: pale paper with a skyline, flag, hologram or chip, laser code; the older ones with a magnetic stripe."""

from __future__ import annotations

import numpy as np

from models.training import text
from models.training.cards import emblem, ink, paper, parts
from models.training.cards.front import corners
from models.training.cards.ink import Colour
from models.training.people import Person
from models.training.samples import CARD_SIZE, DrawnCard, Rgb

WIDTH, HEIGHT = CARD_SIZE
PARAGRAPHS = (
    "ผู้ถือบัตรต้องมีบัตรติดตัวและพร้อมที่จะแสดงเมื่อเจ้าพนักงานขอตรวจ",
    "บัตรนี้เป็นทรัพย์สินของทางราชการ หากเก็บได้โปรดส่งคืนที่ว่าการอำเภอ",
    "กรมการปกครอง กระทรวงมหาดไทย โทร. 1548",
    "This card is the property of the Royal Thai Government.",
    "If found, please return to the nearest police station.",
    "พระราชบัญญัติบัตรประจำตัวประชาชน พ.ศ. 2526",
    "Department of Provincial Administration, Ministry of Interior",
)


def drawn_back(rng: np.random.Generator, person: Person) -> DrawnCard:
    """A back of any of the families, from the nearly empty to the one with a stripe and paragraphs."""
    flat = rng.random() < 0.25
    card = paper.make_paper(rng, paper.BACKS, flat=flat, horizon=float(rng.uniform(0.5, 0.68)))
    old = rng.random() < 0.16
    if old:
        parts.stripe(card, rng, int(HEIGHT * rng.uniform(0.04, 0.14)), int(HEIGHT * rng.uniform(0.15, 0.22)))
    else:
        _patch(card, rng)
    if rng.random() < 0.88:
        x, y = rng.normal(0.795, 0.04), rng.normal(0.38, 0.05)
        if rng.random() < 0.15:
            x, y = rng.uniform(0.05, 0.8), rng.uniform(0.3, 0.7)
        parts.flag(card, rng, (int(x * WIDTH), int(y * HEIGHT)), int(WIDTH * rng.uniform(0.095, 0.15)))
    print_codes(card, rng, person)
    if rng.random() < (0.7 if old else 0.15):
        _paragraphs(card, rng)
    if rng.random() < 0.06:
        emblem.seal(
            card,
            rng,
            (rng.uniform(0.08, 0.9) * WIDTH, rng.uniform(0.15, 0.8) * HEIGHT),
            HEIGHT * rng.uniform(0.08, 0.2),
        )
    return DrawnCard(paper.finish(card, rng), corners(rng), "back", "back_stripe" if old else "back_drawn")


def _patch(card: Rgb, rng: np.random.Generator) -> None:
    """The hologram (or a chip as mock-ups draw it) where the front has its chip."""
    x, y = rng.normal(0.095, 0.015), rng.normal(0.34, 0.03)
    wide = rng.uniform(0.12, 0.18)
    box = (int(x * WIDTH), int(y * HEIGHT), int((x + wide) * WIDTH), int((y + wide * rng.uniform(1.2, 1.5)) * HEIGHT))
    chance = rng.random()
    if chance < 0.72:
        parts.hologram(card, rng, box, dark=bool(rng.random() < 0.8))
    elif chance < 0.88:
        parts.chip(card, rng, box)


def print_codes(card: Rgb, rng: np.random.Generator, person: Person) -> None:
    """The laser code, black to faint grey, and at times the form's BORA number; either may be missing."""
    if rng.random() < 0.72:
        tone = int(rng.choice([rng.integers(10, 60), rng.integers(60, 150)]))
        colour: Colour = (tone, tone, tone + int(rng.integers(0, 12)))
        code = person.laser
        if rng.random() < 0.06:
            code = "".join("X" if ch.isdigit() else ch for ch in code)
        font = ink.pick(rng, (*text.DIGITS, "RobotoCondensed_400Regular", "Cousine_700Bold"))
        at = (rng.normal(0.47, 0.04) * WIDTH, rng.normal(0.65, 0.05) * HEIGHT)
        size = float(rng.uniform(0.055, 0.085)) * HEIGHT
        ink.write(
            card,
            at,
            code,
            font,
            size,
            colour,
            align="m",
            tracking=float(rng.uniform(0, 0.12)) * size,
            opacity=float(rng.uniform(0.5, 1)),
        )
    if rng.random() < 0.3:
        words = f"BORA-{rng.integers(1, 40):02d}-{rng.integers(1, 99):02d}/{rng.integers(2540, 2566)}"
        at = (float(rng.uniform(0.03, 0.1)) * WIDTH, float(rng.uniform(0.07, 0.13)) * HEIGHT)
        ink.write(card, at, words, ink.pick(rng, text.LATIN), float(rng.uniform(16, 30)), (60, 60, 70))


def _paragraphs(card: Rgb, rng: np.random.Generator) -> None:
    font = ink.pick(rng, text.THAI)
    size, y = float(rng.uniform(18, 30)), float(rng.uniform(0.76, 0.84))
    x = float(rng.uniform(0.05, 0.2))
    for _ in range(int(rng.integers(1, 5))):
        ink.write(
            card, (x * WIDTH, y * HEIGHT), ink.pick(rng, PARAGRAPHS), font, size, (40, 40, 50), limit=(0.97 - x) * WIDTH
        )
        y += size * 1.4 / HEIGHT
