"""Thai words from the pixels of their line: what is made of the network's answers. The network itself: test_golden."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thaiid_detect.digits import HIGH, WINDOW
from thaiid_detect.fuzzy import fold
from thaiid_detect.geometry import CARD_SIZE
from thaiid_detect.thai import ALPHABET, BLANK, ROWS, ThaiReader, decode
from thaiid_detect.verifier import frame
from thaiid_detect.words import interpret

TITLE = fold("บัตรประจำตัวประชาชน")
LICENCE = fold("ใบอนุญาตขับรถ")
STEPS = WINDOW[0] // 4
WHOLE = frame(CARD_SIZE)


def answer(words: str, sure: float = 0.9, begin: int = 20) -> NDArray[np.float32]:
    """What a network says that reads `words` from step `begin` on, a step each and one between; `_` is a longer gap."""
    classes = [BLANK] * STEPS
    for place, letter in enumerate(words):
        if letter != "_":
            classes[begin + 2 * place] = ALPHABET.index(letter)
    out = np.full((STEPS, BLANK + 1), (1 - sure) / BLANK, np.float32)
    out[np.arange(STEPS), classes] = sure
    return out


class Fake:
    """A session that answers with `lines`, one a window from the top, and with blanks below them."""

    def __init__(self, *lines: NDArray[np.float32]) -> None:
        self.lines = [*lines, *[answer("")] * (len(ROWS) - len(lines))]

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert batch.shape == (len(ROWS), WINDOW[1], WINDOW[0], 3)
        return np.stack(self.lines)


def card() -> NDArray[np.uint8]:
    return np.full((CARD_SIZE[1], CARD_SIZE[0], 3), 230, np.uint8)


def test_the_alphabet_is_what_folding_leaves_of_thai() -> None:
    every = "".join(map(chr, (*range(0x0E01, 0x0E3B), *range(0x0E40, 0x0E4F))))  # some of the block are unassigned
    assert set(fold(every)) == set(ALPHABET)
    assert len(set(ALPHABET)) == BLANK == 56


def test_words_are_read_with_their_sureness_and_place() -> None:
    ((text, sureness, (left, right)),) = decode(answer(TITLE))
    assert text == TITLE
    assert sureness == pytest.approx(0.9)
    assert left == 20 / STEPS
    assert right == pytest.approx((20 + 2 * len(TITLE) - 1) / STEPS)


def test_a_wide_gap_parts_two_lines_and_few_letters_are_none() -> None:
    gap = "_" * 8
    assert [text for text, _, _ in decode(answer(LICENCE + gap + TITLE))] == [LICENCE, TITLE]
    assert [text for text, _, _ in decode(answer(TITLE[:3] + gap + TITLE))] == [TITLE]
    assert decode(answer("")) == []
    assert decode(answer(TITLE, sure=0.3)) == []


def test_the_same_line_in_two_windows_is_one_and_others_are_others() -> None:
    lines = ThaiReader(Fake(answer(TITLE[:9], 0.95), answer(TITLE, 0.9), answer(""), answer(LICENCE, 0.99))).read(
        card(), WHOLE
    )
    assert [line.text for line in lines] == [LICENCE, TITLE]
    assert lines[1].box[1] == pytest.approx(ROWS[1] - HIGH / 4)
    beside = ThaiReader(Fake(answer(TITLE), answer(LICENCE, begin=80))).read(card(), WHOLE)
    assert {line.text for line in beside} == {TITLE, LICENCE}


def test_what_is_read_is_evidence() -> None:
    ours = interpret(ThaiReader(Fake(answer(""), answer(TITLE))).read(card(), WHOLE))
    assert (ours.title_thai, ours.other_document) == (1.0, 0.0)
    licence = interpret(ThaiReader(Fake(answer(LICENCE))).read(card(), WHOLE))
    assert licence.title_thai == 0.0
    assert licence.other_document > 0.9
    assert ThaiReader(Fake()).read(card(), WHOLE) == ()
