"""The default reader on drawn cards. The number is made up: no province has the code 28."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import cv2
import numpy as np
import pytest

from thaiid_detect import reader as reader_module
from thaiid_detect.errors import SetupError
from thaiid_detect.geometry import CARD_SIZE, Rgb
from thaiid_detect.number import IdNumber
from thaiid_detect.reader import STRIP_HEIGHT, RapidReader, Reader
from thaiid_detect.words import interpret

NUMBER = "1 2899 00000 12 5"


def draw_card() -> Rgb:
    """A front's Latin words where they stand on one: (638, 1012, 3) uint8, dark blue on pale blue."""
    width, height = CARD_SIZE
    card = np.full((height, width, 3), (200, 225, 245), np.uint8)
    for text, x, y, scale in (
        ("Thai National ID Card", 0.57, 0.10, 1.1),
        (NUMBER, 0.45, 0.19, 1.2),
        ("Identification Number", 0.18, 0.22, 0.7),
        ("Name Mr. Somchai", 0.31, 0.35, 0.8),
        ("Date of Birth 1 Jan. 2000", 0.33, 0.56, 0.8),
        ("Date of Issue", 0.10, 0.96, 0.7),
        ("150", 0.75, 0.73, 0.5),
    ):
        place = (round(x * width), round(y * height))
        cv2.putText(card, text, place, cv2.FONT_HERSHEY_DUPLEX, scale, (20, 30, 90), 2, cv2.LINE_AA)
    return card


@pytest.fixture(scope="module")
def reader() -> Reader:
    return RapidReader(threads=1)


def test_the_strips_hold_title_and_number(reader: Reader) -> None:
    lines = reader.read_strips(draw_card())
    evidence = interpret(lines)
    assert evidence.title_english > 0.9
    assert evidence.reading.number == IdNumber(NUMBER)
    assert evidence.reading.checksum_valid
    assert all(line.box[3] <= STRIP_HEIGHT for line in lines)


def test_the_title_is_read_without_looking_for_lines(reader: Reader) -> None:
    (line,) = reader.read_title(draw_card())
    assert interpret([line]).title_english > 0.9
    assert line.box[3] < STRIP_HEIGHT


def test_the_whole_card_holds_the_labels_and_not_the_height_scale(reader: Reader) -> None:
    lines = reader.read_whole(draw_card())
    evidence = interpret(lines)
    assert evidence.labels >= 3.5
    assert evidence.reading.number == IdNumber(NUMBER)
    assert all(line.text != "150" for line in lines)


def test_boxes_are_fractions_of_the_card_whatever_its_size(reader: Reader) -> None:
    small = cv2.resize(draw_card(), (700, 441), interpolation=cv2.INTER_AREA)
    line = max(reader.read_strips(small), key=lambda line: line.text == NUMBER)
    assert line.box == pytest.approx((0.45, 0.14, 0.78, 0.20), abs=0.03)


def test_nothing_to_read_is_an_empty_tuple(reader: Reader) -> None:
    blank = np.full((638, 1012, 3), 128, np.uint8)
    assert reader.read_title(blank) == ()
    assert reader.read_strips(blank) == ()
    assert reader.read_whole(blank) == ()


def test_threads_read_the_same(reader: Reader) -> None:
    cards = [draw_card(), np.ascontiguousarray(draw_card()[::-1])] * 3
    alone = [reader.read_strips(card) for card in cards]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(reader.read_strips, cards)) == alone


def test_logging_stays_the_caller_s(
    reader: Reader, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    before = list(logging.root.handlers), logging.root.level
    with caplog.at_level(logging.DEBUG, logger="thaiid_detect"):
        RapidReader().read_strips(draw_card())
        reader.read_whole(np.zeros((638, 1012, 3), np.uint8))
    assert (list(logging.root.handlers), logging.root.level) == before
    assert caplog.records == []
    assert capfd.readouterr() == ("", "")


def test_no_network_and_nothing_loaded_before_the_first_card() -> None:
    code = """
import socket, sys
class Refused(socket.socket):
    def __init__(self, *args, **kwargs):
        raise AssertionError("network")
def refuse(*args, **kwargs):
    raise AssertionError("network")
socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refuse, refuse
import cv2, numpy
from thaiid_detect.reader import RapidReader
reader = RapidReader()
assert reader.version and "rapidocr" not in sys.modules
card = numpy.full((638, 1012, 3), 255, numpy.uint8)
cv2.putText(card, "National", (400, 90), cv2.FONT_HERSHEY_DUPLEX, 1.3, (20, 20, 60), 2)
assert reader.read_strips(card) and reader.read_whole(card)
assert "rapidocr" in sys.modules
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_missing_model_names_the_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader_module, "find_spec", lambda name: None)
    with pytest.raises(SetupError, match="Reinstall"):
        RapidReader().read_strips(draw_card())
