"""What is read at a place, and in what order: looks and readers are fakes, the page is a blank picture."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from thaiid_detect.digits import DigitReader
from thaiid_detect.document import open_document
from thaiid_detect.examiner import CLOSE_SIDE, LOOKED_AT, Examiner, PageFindings, whole_picture
from thaiid_detect.fuzzy import fold
from thaiid_detect.image import DecodeError
from thaiid_detect.lines import TextLine
from thaiid_detect.locator import CLOSER, LOOK_SIDE, SECOND_SIDE, TIGHTER, Candidate
from thaiid_detect.number import IdNumber
from thaiid_detect.place_reader import Examined, Readers
from thaiid_detect.records import Mode, Reason, Side
from thaiid_detect.settings import Settings
from thaiid_detect.thai import ALPHABET, BLANK, ThaiReader
from thaiid_detect.verdict import Decision, seen_together
from thaiid_detect.weights import find_weights

QUAD = np.array([[100.0, 100], [700, 100], [700, 480], [100, 480]])
TITLE = TextLine("Thai National ID Card", 0.95, (0.3, 0.03, 0.9, 0.1))
NUMBER = "1289900000125"
FOREIGN = TextLine("SOCIALIST REPUBLIC OF VIET NAM", 0.95, (0.3, 0.12, 0.8, 0.18))


class Looks:
    """A locator and a verifier that see one front at `QUAD`, quite surely."""

    def glimpse(self, _: NDArray[np.uint8]) -> float:
        return 0.8

    def locate(self, picture: NDArray[np.uint8], *, floor: float) -> list[Candidate]:
        return [Candidate(Side.FRONT, 0.8, QUAD * len(picture) / 800)]

    def look_closer(self, _: NDArray[np.uint8], candidate: Candidate, *, taking_in: float) -> Candidate:
        return replace(candidate, closer=0.8)

    def verify(self, _: NDArray[np.uint8], candidate: Candidate) -> Candidate:
        return replace(candidate, verified=0.8, quad=QUAD)


class Words:
    """A reader that answers its calls with `strips` in turn, and has nothing to say of the whole card."""

    version = "fake"

    def __init__(self, *strips: tuple[TextLine, ...], title: TextLine | None = None) -> None:
        self.strips, self.title = list(strips), title

    def read_title(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        return (self.title,) if self.title else ()

    def read_strips(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        return self.strips.pop(0)

    def read_whole(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        return ()


class Silence:
    """The network of a line reader that sees none of its letters."""

    classes = 11

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        answer = np.zeros((len(batch), batch.shape[2] // 4, self.classes), np.float32)
        answer[..., -1] = 1.0
        return answer


class NoThai(Silence):
    """The same of a Thai reader."""

    classes = BLANK + 1


class ThaiTitle(NoThai):
    """The network of a Thai reader that reads our title on every line."""

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        answer = super().run(batch)
        for place, letter in enumerate(fold("บัตรประจำตัวประชาชน")):
            answer[:, 40 + 2 * place] = np.eye(self.classes, dtype=np.float32)[ALPHABET.index(letter)]
        return answer


class Sure(Silence):
    """The network of a digit reader that reads NUMBER on every line."""

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        answer = super().run(batch)
        for step, digit in zip(range(60, 60 + 2 * len(NUMBER), 2), NUMBER, strict=True):
            answer[:, step] = np.eye(11, dtype=np.float32)[int(digit)]
        return answer


class Second:
    """Another reader, that notes what it was asked."""

    version = "second"

    def __init__(self, strips: tuple[TextLine, ...], whole: tuple[TextLine, ...]) -> None:
        self.lines = {"strips": strips, "whole": whole}
        self.asked: list[str] = []

    def read_title(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        raise AssertionError("the second reader is asked for more")

    def read_strips(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        self.asked.append("strips")
        return self.lines["strips"]

    def read_whole(self, _: NDArray[np.uint8]) -> tuple[TextLine, ...]:
        self.asked.append("whole")
        return self.lines["whole"]


def examined(
    words: Words, digits: type[Silence] = Silence, second: Second | None = None, thai: type[NoThai] = NoThai
) -> Examined:
    decision = Decision.from_config(find_weights().config, Mode.BALANCED)
    looks: Any = Looks()
    readers = Readers(words, DigitReader(digits()), ThaiReader(thai()), second)  # type: ignore[arg-type]
    blank = io.BytesIO()
    Image.new("RGB", (800, 800), "white").save(blank, "PNG")
    page = open_document(blank.getvalue(), Settings()).page(1)
    (found,) = Examiner(looks, looks, readers, decision).examine(page).examined
    return found


def test_where_nothing_is_read_the_card_is_turned_round() -> None:
    words = Words((), (TITLE,))
    found = examined(words)
    assert words.strips == []
    assert found.finding.evidence.title_english == 1.0
    np.testing.assert_allclose(found.quad, np.roll(QUAD, 2, axis=0))


def test_the_second_reader_reads_the_strips_first_and_the_whole_card_where_they_say_nothing() -> None:
    settled, open_ = Second((TITLE,), ()), Second((), (TITLE,))
    for second, asked in ((settled, ["strips"]), (open_, ["strips", "whole"])):
        found = examined(Words((), ()), second=second)
        assert second.asked == asked
        assert found.finding.evidence.title_english == 1.0
    assert examined(Words((TITLE,)), second=(unasked := Second((), ()))).finding.evidence.title_english == 1.0
    assert unasked.asked == []


def test_words_of_another_document_are_not_lost_by_turning_it_round() -> None:
    """Upside down, a foreign card's words were noise that said nothing against it; and that was what counted."""
    words = Words((FOREIGN,), ())
    found = examined(words)
    assert words.strips == [()]
    assert found.finding.evidence.other_document >= 0.5
    assert found.finding.probability < 0.25
    np.testing.assert_allclose(found.quad, QUAD)


def test_number_and_title_at_a_glance_need_no_strips() -> None:
    words = Words((TITLE,), title=TITLE)
    found = examined(words, Sure)
    assert words.strips == [(TITLE,)]
    assert found.finding.evidence.reading.number == IdNumber(NUMBER)
    assert found.finding.evidence.title_english == 1.0
    np.testing.assert_allclose(found.quad, QUAD)


@pytest.mark.parametrize(("digits", "title"), [(Sure, None), (Sure, FOREIGN), (Silence, TITLE)])
def test_where_either_is_missing_the_strips_are_read(digits: type[Silence], title: TextLine | None) -> None:
    words = Words((TITLE,), title=title)
    found = examined(words, digits)
    assert words.strips == []
    assert found.finding.evidence.title_english == 1.0


def test_a_thai_title_needs_no_other_reader_where_the_number_is_sure() -> None:
    words = Words((TITLE,), title=None)
    found = examined(words, Sure, thai=ThaiTitle)
    assert words.strips == [(TITLE,)], "nothing else was read"
    assert found.finding.evidence.title_thai == 1.0
    assert found.finding.evidence.title_english == 0.0


def test_a_thai_title_spares_the_second_reader() -> None:
    unasked = Second((), ())
    found = examined(Words(()), second=unasked, thai=ThaiTitle)
    assert unasked.asked == []
    assert found.finding.evidence.title_thai == 1.0


class Sizes:
    """A page of 4,000 × 4,000 pixels that notes how large a picture of it was asked for."""

    width = height = 4000

    def __init__(self, broken_above: int = 4000) -> None:
        self.asked: list[int] = []
        self.broken_above = broken_above

    def raster(self, side: int) -> NDArray[np.uint8]:
        self.asked.append(side)
        if side > self.broken_above:
            raise DecodeError(Reason.TRUNCATED)
        return np.zeros((side, side, 3), np.uint8)


class Place(Looks):
    """Looks that see one front, a fifth of the page wide, and are as sure of it as `sure`; `page`: how sure the first
    and the second look at the page are."""

    def __init__(self, sure: float, page: tuple[float, float] = (0.8, 0.8)) -> None:
        self.sure = sure
        self.page = page

    def glimpse(self, _: NDArray[np.uint8]) -> float:
        return self.page[0]

    def locate(self, picture: NDArray[np.uint8], *, floor: float) -> list[Candidate]:
        found = Candidate(Side.FRONT, self.page[1], QUAD / 3000 * len(picture))
        return [found] if found.score >= floor else []

    def look_closer(self, _: NDArray[np.uint8], candidate: Candidate, *, taking_in: float) -> Candidate:
        return replace(candidate, closer=self.sure)

    def verify(self, _: NDArray[np.uint8], candidate: Candidate) -> Candidate:
        return replace(candidate, verified=self.sure)


def sizes_asked(
    sure: float, page: Sizes, thai: type[NoThai] = NoThai, at_page: tuple[float, float] = (0.8, 0.8)
) -> PageFindings:
    decision = Decision.from_config(find_weights().config, Mode.BALANCED)
    looks: Any = Place(sure, at_page)
    readers = Readers(Words((), ()), DigitReader(Silence()), ThaiReader(thai()), None)
    return Examiner(looks, looks, readers, decision).examine(page)  # type: ignore[arg-type]


def test_a_page_is_decoded_as_large_as_the_looks_need_and_larger_only_to_be_read() -> None:
    plain, card = Sizes(), Sizes()
    assert sizes_asked(0.01, plain).examined == ()
    assert sizes_asked(0.9, card).examined[0].quad == pytest.approx(QUAD * 4 / 3, abs=1)
    assert plain.asked == [LOOK_SIDE, round(0.9 * SECOND_SIDE), 5 * LOOKED_AT]
    assert card.asked[:3] == plain.asked
    assert card.asked[3:] == [CLOSE_SIDE[1]]


def test_either_look_at_the_page_may_end_it() -> None:
    first, second = Sizes(), Sizes()
    assert sizes_asked(0.9, first, at_page=(0.01, 0.9)) == PageFindings()
    assert first.asked == [LOOK_SIDE]
    assert sizes_asked(0.9, second, at_page=(0.9, 0.01)) == PageFindings(looked_at=1)
    assert second.asked == [LOOK_SIDE, round(0.9 * SECOND_SIDE)]


def examiner_of(looks: Any) -> Examiner:
    """An examiner whose readers have nothing to say."""
    decision = Decision.from_config(find_weights().config, Mode.BALANCED)
    return Examiner(looks, looks, Readers(Words(), DigitReader(Silence()), ThaiReader(NoThai()), None), decision)


class Tight(Place):
    """Looks that are sure of the place only where they take in little else; they note how often they were asked."""

    def look_closer(self, _: NDArray[np.uint8], candidate: Candidate, *, taking_in: float) -> Candidate:
        self.asked = [*getattr(self, "asked", []), taking_in]
        return replace(candidate, closer=0.9 if taking_in == TIGHTER else self.sure)


@pytest.mark.parametrize(("sure", "asked", "closer"), [(0.2, [CLOSER, TIGHTER], 0.9), (0.005, [CLOSER], 0.005)])
def test_a_place_that_is_left_in_doubt_is_looked_at_once_more(sure: float, asked: list[float], closer: float) -> None:
    looks = Tight(sure)
    seen = examiner_of(looks).look(np.zeros((800, 800, 3), np.uint8), Candidate(Side.FRONT, 0.8, QUAD))
    assert looks.asked == asked
    assert seen.closer == closer


@pytest.mark.parametrize("broken_above", [LOOK_SIDE, SECOND_SIDE, 5 * LOOKED_AT])
def test_where_only_a_smaller_picture_can_be_decoded_that_is_read_and_the_damage_told(broken_above: int) -> None:
    findings = sizes_asked(0.9, Sizes(broken_above))
    assert findings.damage is Reason.TRUNCATED
    assert findings.examined[0].quad == pytest.approx(QUAD * 4 / 3, abs=1)


@pytest.mark.parametrize(("sure", "thai", "read"), [(0.09, NoThai, 0), (0.09, ThaiTitle, 1), (0.01, ThaiTitle, 0)])
def test_a_place_in_doubt_is_read_where_it_has_our_title(sure: float, thai: type[NoThai], read: int) -> None:
    """With 0.8 by the looks at the page these come to 0.34 and 0.13; 0.43 is worth reading, 0.22 a glance."""
    assert len(sizes_asked(sure, Sizes(), thai).examined) == read


@pytest.mark.parametrize(
    ("width", "height", "shaped"), [(800, 500, True), (500, 800, True), (800, 600, False), (900, 300, False)]
)
def test_a_picture_of_a_card_s_shape_is_a_place_itself(width: int, height: int, shaped: bool) -> None:
    place = whole_picture(np.zeros((height, width, 3), np.uint8), 0.4)
    assert (place is not None) == shaped
    if place is not None:
        assert (place.score, place.closer, place.verified) == (0.4, 0.0, 0.0)
        assert np.linalg.norm(place.quad[1] - place.quad[0]) == 800  # the card's top is a longer side
        assert place.quad.min() == 0
        assert place.quad.max() == 800


@pytest.mark.parametrize(("first", "second", "named"), [(0.25, 0.8, 1), (0.25, 0.3, 0), (0.9, 0.16, 1), (0.99, 0.1, 0)])
def test_both_looks_at_the_page_name_a_place(first: float, second: float, named: int) -> None:
    """The first misses small cards, the second is sure of them; neither alone is much."""

    class Second(Looks):
        def locate(self, picture: NDArray[np.uint8], *, floor: float) -> list[Candidate]:
            return [Candidate(Side.FRONT, second, QUAD)] if second >= floor else []

    found = examiner_of(Second()).places(np.zeros((800, 800, 3), np.uint8), first, floor=0.46)
    assert [place.score for place in found] == [seen_together(first, second)] * named


@pytest.mark.parametrize(("share", "places"), [(1.0, 1), (0.3, 2)])
def test_the_whole_picture_is_asked_about_where_no_place_is_as_large(share: float, places: int) -> None:
    """Seen at quin's chip reader: the second look named the portrait alone, and the card was `clear`."""
    picture = np.zeros((500, 800, 3), np.uint8)
    small = np.array([[0.0, 0], [800, 0], [800, 500], [0, 500]]) * share

    class Small(Looks):
        def locate(self, picture: NDArray[np.uint8], *, floor: float) -> list[Candidate]:
            return [Candidate(Side.BACK, 0.9, small)]

    found = examiner_of(Small()).places(picture, 0.7, floor=0.2)
    assert len(found) == places
    assert found[0].side is Side.BACK
    if places == 2:
        assert found[1].score == 0.7
        assert np.ptp(found[1].quad, axis=0).tolist() == [800, 500]
