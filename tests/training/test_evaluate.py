"""The evaluation's pictures: each ID card in every variant, and the same picture every time."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from models.training.compositions import copy_of, names
from models.training.evaluate import Row, Task, page, read_truth, tables, varied, wilson
from models.training.variants import variants
from thaiid_detect.records import Item, Outcome, Reason, Verdict


@pytest.fixture
def data(tmp_path: Path) -> Path:
    picture = np.full((60, 96, 3), (200, 120, 30), np.uint8)
    for name in ("card.png", "photo.png"):
        cv2.imwrite(str(tmp_path / name), picture)
    (tmp_path / "truth.tsv").write_text("file\texpect\tlabel\ncard.png\tid_card\tfront\nphoto.png\tclear\tphoto\n")
    return tmp_path


def test_every_card_in_every_variant(data: Path) -> None:
    tasks = varied(read_truth(data))
    assert {task.file.name for task in tasks} == {"card.png"}
    assert [task.kind for task in tasks].count("variant/turned") == 3
    assert len(tasks) == 20
    assert len({task.kind for task in tasks}) >= 15


def test_a_task_gives_its_own_variant(data: Path) -> None:
    plain, turned = (task.picture(1) for task in varied(read_truth(data))[:2])
    assert (plain.shape, turned.shape) == ((60, 96, 3), (96, 60, 3))
    assert plain[0, 0].tolist() == [30, 120, 200]
    assert np.array_equal(Task(data / "card.png", "id_card", "x").picture(1), plain)


def test_copies_are_the_same_every_time_and_keep_the_picture() -> None:
    picture = np.full((300, 480, 3), (30, 120, 200), np.uint8)
    picture[150:] = (20, 20, 20)
    for index, name in enumerate(names()):
        copy = copy_of(picture, index)
        assert np.array_equal(copy, copy_of(picture, index)), name
        assert copy.dtype == np.uint8
        assert copy.std() > 3, name
    with pytest.raises(IndexError):
        copy_of(picture, len(names()))


def test_variants_are_the_same_every_time() -> None:
    picture = np.random.default_rng(3).integers(0, 256, (50, 80, 3), np.uint8)
    for (name, one), (again, other) in zip(variants(picture), variants(picture), strict=True):
        assert name == again
        assert np.array_equal(one, other), name


def test_a_folder_without_truth_says_what_it_needs(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"truth\.tsv"):
        read_truth(tmp_path)


def test_interval_holds_the_rate() -> None:
    low, high = wilson(93, 99)
    assert low < 93 / 99 < high


def test_the_page_shows_misses_and_how_far_scores_can_be_believed(data: Path) -> None:
    found, missed = read_truth(data)[0], read_truth(data)[0]
    item = Item("card.png", 1, "1")
    rows = [
        Row(found, Outcome(item, Verdict.ID_CARD, Reason.WORDS, 0.97)),
        Row(missed, Outcome(item, Verdict.CLEAR, Reason.NO_CARD, 0.31)),
    ]
    shown = page(rows, tables(rows), "two cards")
    assert shown.count("<circle") == 2
    assert shown.count("<figure>") == 1
