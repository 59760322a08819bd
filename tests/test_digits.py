"""The number from the pixels of its line: where the windows lie, and what is made of the network's answer."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from thaiid_detect.digits import BLANK, HIGH, ROWS, WINDOW, DigitReader, decode, likeliest, numbers, windows
from thaiid_detect.geometry import CARD_SIZE
from thaiid_detect.number import find_numbers
from thaiid_detect.verifier import frame

NUMBER = "1289900000125"
STEPS = WINDOW[0] // 4


WHOLE = frame(CARD_SIZE)


def answer(steps: str, sure: float = 0.9) -> NDArray[np.float32]:
    """What a network says that sees `steps`: a digit, or `-` for none, at each place; blank from there on."""
    classes = [BLANK if step == "-" else int(step) for step in steps.ljust(STEPS, "-")]
    out = np.full((STEPS, 11), (1 - sure) / 10, np.float32)
    out[np.arange(STEPS), classes] = sure
    return out


class Fake:
    """A session that answers with `lines`, one a window from the top, and with blanks below them."""

    def __init__(self, *lines: NDArray[np.float32]) -> None:
        self.lines = [*lines, *[answer("")] * (len(ROWS) - len(lines))]
        self.seen = 0

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        assert batch.shape[1:] == (WINDOW[1], WINDOW[0], 3)
        first, self.seen = self.seen, self.seen + len(batch)
        return np.stack(self.lines[first : self.seen])


def test_repeats_are_one_digit_and_a_blank_parts_two() -> None:
    ((text, sureness, (left, right)),) = decode(answer("--11-1-333--2", 0.9))
    assert text == "1132"
    assert sureness == pytest.approx(0.9**4)
    assert (left, right) == (2 / STEPS, 13 / STEPS)
    assert decode(answer("")) == []


def test_the_sureness_of_a_digit_is_that_of_its_best_place() -> None:
    out = answer("-77-", 0.5)
    out[2] = answer("--7", 0.8)[2]
    assert decode(out)[0][1] == pytest.approx(0.8)


def test_what_stands_far_from_the_number_is_no_digit_of_it() -> None:
    spread = "-".join(NUMBER)
    steps = "-8" + "-" * 20 + spread[:2] + "--" + spread[2:]
    assert [text for text, _, _ in decode(answer(steps))] == ["8", NUMBER]
    (line,) = DigitReader(Fake(answer(steps, 0.99))).read(card(), WHOLE)
    assert line.text == NUMBER


def test_a_line_of_13_digits_is_a_number_and_others_are_none() -> None:
    spread = "-".join(NUMBER)
    (line,) = DigitReader(Fake(answer("2535"), answer(spread, 0.999), answer(spread + "-4-7-1"))).read(card(), WHOLE)
    assert find_numbers(line.text)[0].reveal() == NUMBER
    assert line.confidence == pytest.approx(0.999**13, abs=1e-4)
    assert line.box[1] < ROWS[1] < line.box[3]


def ctc(steps: NDArray[np.float32], text: str) -> float:
    """How likely `text` is, over all ways to place it (the forward algorithm of Graves et al. 2006, section 4.1)."""
    labels = [BLANK]
    for digit in text:
        labels += [int(digit), BLANK]
    ahead = np.zeros(len(labels))
    ahead[:2] = steps[0, labels[:2]]
    for row in steps[1:].astype(float):
        reached = ahead.copy()
        reached[1:] += ahead[:-1]
        for at in range(2, len(labels)):
            if labels[at] not in (BLANK, labels[at - 2]):
                reached[at] += ahead[at - 2]
        ahead = reached * row[labels]
    return float(ahead[-2:].sum())


def test_the_search_adds_up_all_ways_to_place_the_same_digits() -> None:
    rng = np.random.default_rng(5)
    steps = answer("-".join(NUMBER), 0.9)[:30]
    steps = steps * rng.uniform(0.5, 1.0, steps.shape).astype(np.float32)
    steps /= steps.sum(1, keepdims=True)
    text, sureness = likeliest(steps)[0]
    assert text == NUMBER
    assert 0.9 * ctc(steps, NUMBER) < sureness <= ctc(steps, NUMBER) * (1 + 1e-6)
    assert likeliest(answer("12-3")[:8]) == []


def test_a_faint_digit_too_many_is_weighed_against_its_absence() -> None:
    spread = "-".join(NUMBER)
    torn = answer(spread + "-4", 0.999)
    torn[len(spread) + 1] = 0.45 * torn[len(spread) + 1] + 0.55 * answer("")[0]
    torn[len(spread) + 1, 4] = torn[len(spread) + 1, BLANK] + 0.01  # the likeliest class there is a 14th digit
    assert len(decode(torn)[0][0]) == 14
    (text, sureness, _), *_ = numbers(torn)
    assert text == NUMBER
    assert 0.2 < sureness < 0.6


def test_windows_that_differ_share_the_sureness() -> None:
    spread, other = "-".join(NUMBER), "-".join("3" + NUMBER[1:])
    same, differs = answer(spread, 0.999), answer(other, 0.999)
    first, second = DigitReader(Fake(same, same, differs)).read(card(), WHOLE)
    assert (first.text, second.text) == (NUMBER, "3" + NUMBER[1:])
    assert first.confidence == pytest.approx(2 / 3, abs=0.01)
    assert second.confidence == pytest.approx(1 / 3, abs=0.01)


def test_windows_that_see_the_same_line_are_one_reading_and_the_surest_counts() -> None:
    spread, other = "-".join(NUMBER), "-".join("3" + NUMBER[1:])
    lines = DigitReader(Fake(answer(spread, 0.95), answer(spread, 0.99), answer(other, 0.97))).read(card(), WHOLE)
    assert [(line.text, round(line.box[1] + HIGH / 4, 3)) for line in lines] == [
        (NUMBER, ROWS[1]),
        ("3" + NUMBER[1:], ROWS[2]),
    ]


def test_rows_further_down_are_looked_at_where_the_usual_ones_read_nothing_surely() -> None:
    sure, unsure = answer("-".join(NUMBER), 0.999), answer("-".join("3" + NUMBER[1:]), 0.95)
    once, twice = Fake(sure), Fake(unsure, *[answer("")] * 6, sure)
    assert len(DigitReader(once).read(card(), WHOLE)) == 1
    assert once.seen < len(ROWS)
    assert [line.text[0] for line in DigitReader(twice).read(card(), WHOLE)] == ["1", "3"]
    assert once.seen < twice.seen < len(ROWS)


def test_the_foot_is_looked_at_where_nothing_was_read_and_has_to_be_sure() -> None:
    spread = "-".join(NUMBER)
    sure, unsure = (Fake(*[answer("")] * 15, answer(spread, each)) for each in (0.99, 0.93))
    (line,) = DigitReader(sure).read(card(), WHOLE)
    assert line.text == NUMBER
    assert line.box[1] > 0.6
    assert DigitReader(unsure).read(card(), WHOLE) == ()
    assert sure.seen == unsure.seen == len(ROWS)


def test_an_unsure_reading_is_none() -> None:
    assert DigitReader(Fake(answer("-".join(NUMBER), 0.8))).read(card(), WHOLE) == ()


def test_a_row_of_one_digit_is_a_number_only_where_it_is_sure() -> None:
    """An X-ed out number reads as a row of zeros, a little."""
    row = "-".join("0" * 13)
    assert DigitReader(Fake(answer(row, 0.95))).read(card(), WHOLE) == ()
    assert len(DigitReader(Fake(answer(row, 0.999))).read(card(), WHOLE)) == 1
    assert len(DigitReader(Fake(answer("-".join(NUMBER), 0.95))).read(card(), WHOLE)) == 1


def test_a_reading_does_not_print_its_digits() -> None:
    (line,) = DigitReader(Fake(answer("-".join(NUMBER), 0.99))).read(card(), WHOLE)
    assert NUMBER not in repr(line)


@pytest.mark.parametrize("size", [CARD_SIZE, (480, 303), (90, 57)])
@pytest.mark.parametrize("row", range(len(ROWS)))
def test_a_line_lies_in_the_middle_of_its_window(size: tuple[int, int], row: int) -> None:
    picture = card(size)
    top, bottom = ((ROWS[row] + off) * size[1] for off in (-0.03, 0.03))
    picture[round(top) : round(bottom)] = 0
    seen = windows(picture, frame(size))[row][:, 0, 0] < 128
    assert seen.any()
    assert abs(np.flatnonzero(seen).mean() + 0.5 - WINDOW[1] / 2) < 4


def card(size: tuple[int, int] = CARD_SIZE) -> NDArray[np.uint8]:
    return np.full((size[1], size[0], 3), 255, np.uint8)


def test_what_a_narrow_quad_cuts_off_is_still_seen() -> None:
    picture = card()
    picture[100:140, 990:] = 0
    narrow = frame(CARD_SIZE)
    narrow[1:3, 0] = 980
    assert windows(picture, narrow)[2][:, -16:-4].min() < 60
