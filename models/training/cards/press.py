"""The press: prints a made-up person's fields on a card, whole, blanked, X-ed or redacted.

Places are fractions: x of the card's width, y (the baseline) and sizes of its height.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from models.training.cards import ink, parts
from models.training.cards.ink import Colour, Pens
from models.training.people import Person, groups, make_digits, to_thai_digits
from models.training.samples import Rgb

BARS: tuple[Colour, ...] = (
    (10, 10, 10),
    (120, 150, 160),
    (150, 150, 150),
    (235, 235, 238),
    (240, 240, 120),
    (90, 160, 200),
)
GAPS = (" ",) * 16 + ("-", "-", "  ", "")
PLACEHOLDERS = ("9999999999999", "0000000000000", "8888888888888")


@dataclass(frozen=True, slots=True)
class Number:
    """The printed number: its digits (None when X-ed or blank) and its box as fractions of the card."""

    digits: str | None = field(default=None, repr=False)
    box: tuple[float, float, float, float] | None = None


@dataclass(slots=True)
class Press:
    """Prints on one card with one set of pens.

    `how` (`none`, `bars`, `x`, `blank`) and `hide` (the share) say which values are redacted, `bar` in what colour.
    `jitter` is the standard deviation of each place, `drift` the shift and stretch of all of them (x, y, sx, sy),
    all fractions. `thai_digits`: numerals as on the oldest cards.
    """

    card: Rgb
    rng: np.random.Generator
    pens: Pens
    how: str = "none"
    hide: float = 0.0
    bar: Colour = BARS[0]
    jitter: float = 0.003
    drift: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)
    thai_digits: bool = False

    def place(self, x: float, y: float) -> tuple[float, float]:
        """Pixels of a place, off by the press's drift and jitter."""
        dx, dy = self.rng.normal(0, self.jitter, 2)
        left, top, wide, high = self.drift
        return ((x * wide + left + dx) * self.card.shape[1], (y * high + top + dy) * self.card.shape[0])

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
    ) -> float:
        """Print at pixels `xy`; `size` and `limit` are fractions. The ink's right end, as a fraction before drift."""
        end = self._ink(words, xy, size, font, colour, 0.0, align, limit)[2]
        return (end - self.drift[0]) / self.drift[2]

    def _ink(
        self,
        words: str,
        xy: tuple[float, float],
        size: float,
        font: str,
        colour: Colour,
        tracking: float,
        align: str,
        limit: float | None,
    ) -> tuple[float, float, float, float]:
        """Print; the ink's box as fractions of the card."""
        height, width = self.card.shape[:2]
        pixels = size * height * self.pens.scale
        room = None if limit is None else limit * width
        style = {"tracking": tracking * pixels, "stretch": self.pens.stretch, "opacity": self.pens.opacity}
        x0, y0, x1, y1 = ink.write(self.card, xy, words, font, pixels, colour, align=align, limit=room, **style)
        return (x0 / width, y0 / height, x1 / width, y1 / height)

    def label(
        self, words: str, x: float, y: float, size: float, *, align: str = "l", limit: float | None = None
    ) -> float:
        """A label in Thai black or English blue, by its script; its right end."""
        thai = is_thai(words)
        font = self.pens.label_thai if thai else self.pens.label_latin
        colour = self.pens.thai_ink if thai else self.pens.latin_ink
        return self.text(words, self.place(x, y), size, font, colour, align=align, limit=limit)

    def value(
        self, words: str, x: float, y: float, size: float, *, align: str = "l", limit: float | None = None
    ) -> float:
        """A value, or what stands in its stead on a redacted card; its right end."""
        if self.how != "none" and self.rng.random() < self.hide:
            return self._hidden(words, x, y, size, align)
        thai = is_thai(words)
        font = self.pens.value_thai if thai else self.pens.value_latin
        colour = self.pens.value_ink if thai else self.pens.english_value_ink
        if thai and self.thai_digits:
            words = to_thai_digits(words)
        return self.text(words, self.place(x, y), size, font, colour, align=align, limit=limit)

    def _hidden(self, words: str, x: float, y: float, size: float, align: str) -> float:
        """X-es, a bar, or nothing, about as long as `words`."""
        height, width = self.card.shape[:2]
        length = max(0.06, min(0.45, 0.42 * len(words) * size * height / width))
        if self.how == "x":
            crossed = "".join(ch if ch in " ./-" else "X" for ch in words)[:24]
            font, colour = self.pens.value_latin, self.pens.value_ink
            return self.text(crossed, self.place(x, y), size * 0.9, font, colour, align=align, limit=0.4)
        start = x - length / 2 if align == "m" else x
        end = float(min(0.98, start + length))
        if self.how == "bars":
            (left, base), (right, _) = self.place(start, y), self.place(end, y)
            box = (int(left), int(base - size * 0.8 * height), int(right), int(base + size * 0.2 * height))
            parts.panel(self.card, box, self.bar, int(size * height * self.hide * 0.5))
        return end

    def number(self, person: Person, x: float, y: float, size: float, *, limit: float | None = None) -> Number:
        """The 13 digits in their grouping; on some cards a placeholder, X-es, hyphens, or nothing."""
        chance = self.rng.random()
        if self.how != "none" and self.rng.random() < self.hide:
            if self.how == "x":
                self._digits("X" * 13, x, y, size, limit)
            else:
                self._hidden("X" * 17, x, y, size, "l")
            return Number()
        digits = person.digits
        if chance < 0.02:
            digits = ink.pick(self.rng, PLACEHOLDERS)
        elif chance < 0.03:
            digits = make_digits(self.rng, wrong=1.0)
        return Number(digits, self._digits(digits, x, y, size, limit))

    def _digits(
        self, plain: str, x: float, y: float, size: float, limit: float | None
    ) -> tuple[float, float, float, float]:
        """13 characters as X XXXX XXXXX XX X; their box."""
        words = ink.pick(self.rng, GAPS).join(groups(plain))
        font = self.pens.digits
        if self.thai_digits and self.rng.random() < 0.3:
            words, font = to_thai_digits(words), self.pens.value_thai
        tracking = float(self.rng.uniform(0, 0.09)) if self.rng.random() < 0.5 else 0.0
        return self._ink(words, self.place(x, y), size, font, self.pens.digit_ink, tracking, "l", limit)


def is_thai(words: str) -> bool:
    """Whether any character is of the Thai block."""
    return any("\u0e00" <= ch <= "\u0e7f" for ch in words)


def make_press(card: Rgb, rng: np.random.Generator, *, redact: float = 0.18, fixed: bool = False) -> Press:
    """A press for `card`; in a share `redact` of cards some or all values are hidden in one way.

    `fixed`: the card has its labels already, so nothing drifts.
    """
    pens = ink.make_pens(rng)
    jitter = float(rng.uniform(0.0005, 0.005))
    shift, stretch = rng.normal(0, 0.006, 2), rng.normal(1, 0.012, 2)
    drift = (0.0, 0.0, 1.0, 1.0) if fixed else (float(shift[0]), float(shift[1]), float(stretch[0]), float(stretch[1]))
    if rng.random() >= redact:
        return Press(card, rng, pens, jitter=jitter, drift=drift)
    how = ink.pick(rng, ("bars", "bars", "x", "blank"))
    hide = float(rng.choice([0.2, 0.5, 1.0]))
    return Press(card, rng, pens, how, hide, ink.pick(rng, BARS), jitter, drift)
