"""The press: prints a made-up person's fields on a card, whole, blanked, X-ed or redacted.

Places are fractions: x of the card's width, y (the baseline) and sizes of its height.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from models.training.cards import ink, parts
from models.training.cards.ink import Colour, Pens
from models.training.people import Person, make_digits
from models.training.samples import Rgb

BARS: tuple[Colour, ...] = (
    (10, 10, 10),
    (120, 150, 160),
    (150, 150, 150),
    (235, 235, 238),
    (240, 240, 120),
    (90, 160, 200),
)


@dataclass(frozen=True, slots=True)
class Number:
    """The printed number: its digits (None when X-ed or blank) and its box as fractions of the card."""

    digits: str | None = None
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Press:
    """Prints on one card with one set of pens. `how` (`none`, `bars`, `x`, `blank`) and `hide` (the share) say which values
    are redacted, `bar` in what colour. `jitter` is the places' standard deviation, a fraction."""

    card: Rgb
    rng: np.random.Generator
    pens: Pens
    how: str = "none"
    hide: float = 0.0
    jitter: float = 0.003
    bar: Colour = BARS[0]

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a place, off by the press's jitter."""
        dx, dy = self.rng.normal(0, self.jitter, 2)
        return ((x + dx) * self.card.shape[1], (y + dy) * self.card.shape[0])

    def text(
        self,
        words: str,
        xy: tuple[float, float],
        size: float,
        font: str,
        colour: Colour,
        *,
        align: str = "l",
        limit: float | None = None,
        tracking: float = 0.0,
    ) -> float:
        """Print at pixels `xy`; `size` and `limit` are fractions. Returns the ink's right end as a fraction."""
        height, width = self.card.shape[:2]
        pens = self.pens
        box = ink.write(
            self.card, xy, words, font, size * height * pens.scale, colour, tracking=tracking, stretch=pens.stretch,
            opacity=pens.opacity, align=align, limit=None if limit is None else limit * width,
        )  # fmt: skip
        return box[2] / width

    def label(
        self, words: str, x: float, y: float, size: float, *, align: str = "l", limit: float | None = None
    ) -> float:
        """A label in Thai black or English blue, by its script."""
        thai = is_thai(words)
        font = self.pens.label_thai if thai else self.pens.label_latin
        colour = self.pens.thai_ink if thai else self.pens.latin_ink
        return self.text(words, self.place(x, y), size, font, colour, align=align, limit=limit)

    def value(
        self, words: str, x: float, y: float, size: float, *, align: str = "l", limit: float | None = None
    ) -> float:
        """A value, or what stands in its stead on a redacted card."""
        if self.how != "none" and self.rng.random() < self.hide:
            return self._hidden(words, x, y, size)
        thai = is_thai(words)
        font = self.pens.value_thai if thai else self.pens.value_latin
        colour = self.pens.value_ink if thai else self.pens.english_value_ink
        return self.text(words, self.place(x, y), size, font, colour, align=align, limit=limit)

    def _hidden(self, words: str, x: float, y: float, size: float) -> float:
        height, width = self.card.shape[:2]
        end = min(0.98, x + max(0.06, 0.42 * len(words) * size * height / width))
        if self.how == "x":
            crossed = "".join(ch if ch in " ./-" else "X" for ch in words)[:24]
            return self.text(crossed, self.place(x, y), size * 0.9, self.pens.value_latin, self.pens.value_ink)
        if self.how == "bars":
            box = (int(x * width), int((y - size * 0.8) * height), int(end * width), int((y + size * 0.2) * height))
            parts.panel(self.card, box, self.bar, int(size * height * self.hide * 0.5))
        return end

    def number(
        self, person: Person, x: float, y: float, size: float, *, align: str = "l", limit: float | None = None
    ) -> Number:
        """The 13 digits in their grouping; on some cards a placeholder, X-es, hyphens, or nothing."""
        digits: str | None = person.digits
        chance = self.rng.random()
        if self.how != "none" and self.rng.random() < self.hide:
            digits = None
        elif chance < 0.02:
            digits = ink.pick(self.rng, ("9999999999999", "0000000000000", "8888888888888"))
        elif chance < 0.03:
            digits = make_digits(self.rng, wrong=1.0)
        if digits is None and self.how != "x":
            if self.how == "bars":
                self._hidden("X" * 17, x, y, size)
            return Number()
        return self._print_number(digits, x, y, size, align, limit)

    def _print_number(
        self, digits: str | None, x: float, y: float, size: float, align: str, limit: float | None
    ) -> Number:
        plain = digits or "X" * 13
        gap = ink.pick(self.rng, (" ",) * 16 + ("-", "-", "  ", ""))
        words = gap.join((plain[0], plain[1:5], plain[5:10], plain[10:12], plain[12]))
        height, width = self.card.shape[:2]
        tracking = float(self.rng.choice([0.0, self.rng.uniform(0, 0.09)])) * size * height
        box = ink.write(
            self.card, self.place(x, y), words, self.pens.digits, size * height * self.pens.scale, self.pens.digit_ink,
            tracking=tracking, stretch=self.pens.stretch, opacity=self.pens.opacity, align=align,
            limit=None if limit is None else limit * width,
        )  # fmt: skip
        if digits is None:
            return Number()
        return Number(digits, (box[0] / width, box[1] / height, box[2] / width, box[3] / height))


def is_thai(words: str) -> bool:
    """Whether any character is of the Thai block."""
    return any("\u0e00" <= ch <= "\u0e7f" for ch in words)


def make_press(card: Rgb, rng: np.random.Generator, *, redact: float = 0.18) -> Press:
    """A press for `card`; in a share `redact` of cards some or all values are hidden in one way."""
    pens = ink.make_pens(rng)
    jitter = float(rng.uniform(0.0005, 0.005))
    if rng.random() >= redact:
        return Press(card, rng, pens, jitter=jitter)
    how = ink.pick(rng, ("bars", "bars", "x", "blank"))
    return Press(card, rng, pens, how, float(rng.choice([0.2, 0.5, 1.0])), jitter, ink.pick(rng, BARS))
