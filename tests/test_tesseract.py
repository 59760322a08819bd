"""The second reader: its table, its absence, its failures; and real reading where the program is installed."""

from __future__ import annotations

import logging
from pathlib import Path

import cv2
import numpy as np
import pytest

from thaiid_detect import tesseract
from thaiid_detect.errors import SetupError
from thaiid_detect.number import IdNumber
from thaiid_detect.tesseract import TesseractReader, describe, find_second_reader
from thaiid_detect.words import interpret

HEADER = "level page_num block_num par_num line_num word_num left top width height conf text".replace(" ", "\t")
SHAPE = (638, 1012, 3)

needs_program = pytest.mark.skipif(find_second_reader() is None, reason=describe())


def table(*rows: str) -> str:
    return "\n".join([HEADER, *("\t".join(row.split(" ", 11)) for row in rows)])


def fake_program(folder: Path, monkeypatch: pytest.MonkeyPatch, reading: str, languages: str = "eng\\ntha") -> None:
    """A `tesseract` that answers the probes, and does `reading` (shell) when asked to read."""
    script = f"""#!/bin/sh
case "$1" in
--version) echo "tesseract 5.9.9" ;;
--list-langs) printf 'List of available languages (2):\\n{languages}\\n' ;;
*) {reading} ;;
esac
"""
    program = folder / "tesseract"
    program.write_text(script)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(folder), prepend=":")


def test_words_of_a_line_are_joined_and_boxes_are_fractions() -> None:
    text = table(
        "4 1 1 1 1 0 0 0 1000 40 -1 ",
        "5 1 1 1 1 1 100 50 100 40 90 Thai",
        "5 1 1 1 1 2 210 40 200 40 60 National",
        "5 1 1 1 2 1 100 200 50 20 95  ",
        '5 1 1 1 3 1 100 300 50 20 80 "quote',
    )
    first, second = tesseract._lines(text, 1000, 500)
    assert first.text == "Thai National"
    assert first.confidence == pytest.approx((4 * 0.9 + 8 * 0.6) / 12)
    assert first.box == pytest.approx((0.1, 0.08, 0.41, 0.18))
    assert second.text == '"quote'


def test_without_the_program_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_second_reader() is None
    assert "not found" in describe()
    assert "apt-get install" in describe()
    with pytest.raises(SetupError, match="Install tesseract"):
        TesseractReader()


def test_without_thai_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, "exit 1", languages="eng\\nosd")
    assert find_second_reader() is None
    assert "no Thai data" in describe()


def test_the_version_names_program_and_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_program(tmp_path, monkeypatch, "exit 1")
    assert TesseractReader().version == "tesseract 5.9.9 tha+eng"
    assert describe().startswith("tesseract 5.9.9: ")


@pytest.mark.parametrize("reading", ["cat > /dev/null; echo 1 2899 00000 12 5 >&2; exit 3", "exec sleep 20"])
def test_a_failure_is_a_missing_opinion_and_a_warning_without_text(
    reading: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    fake_program(tmp_path, monkeypatch, reading)
    monkeypatch.setattr(tesseract, "_READ_SECONDS", 0.5)
    with caplog.at_level(logging.WARNING, logger="thaiid_detect"):
        assert TesseractReader().read_whole(np.zeros(SHAPE, np.uint8)) == ()
    assert len(caplog.records) == 1
    assert "2899" not in caplog.text


@needs_program
def test_it_reads_words_and_numbers() -> None:
    card = np.full(SHAPE, 245, np.uint8)
    cv2.putText(card, "Thai National ID Card", (400, 60), cv2.FONT_HERSHEY_DUPLEX, 1.3, (20, 20, 60), 2, cv2.LINE_AA)
    cv2.putText(card, "1 2899 00000 12 5", (450, 120), cv2.FONT_HERSHEY_DUPLEX, 1.3, (20, 20, 60), 2, cv2.LINE_AA)
    reader = TesseractReader()
    for lines in (reader.read_strips(card), reader.read_whole(card)):
        evidence = interpret(lines)
        assert evidence.title_english > 0.9
        assert evidence.reading.number == IdNumber("1289900000125")


@needs_program
def test_nothing_to_read_is_an_empty_tuple() -> None:
    assert TesseractReader().read_whole(np.full(SHAPE, 255, np.uint8)) == ()
