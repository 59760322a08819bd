"""What is handed in, and what is made of it when it resists."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from thaiid_detect.errors import UsageError
from thaiid_detect.intake import take_in
from thaiid_detect.records import Reason


class Trickle(io.RawIOBase):
    """Gives three bytes at a time, as pipes and sockets may."""

    def __init__(self, data: bytes) -> None:
        self._rest = data

    def read(self, size: int = -1, /) -> bytes:
        part, self._rest = self._rest[:3], self._rest[3:]
        return part


class Broken(io.RawIOBase):
    def read(self, size: int = -1, /) -> bytes:
        raise OSError("the network is gone")


def test_a_file_that_gives_little_at_a_time_is_read_to_its_end() -> None:
    assert take_in(Trickle(b"0123456789"), 100).data == b"0123456789"  # type: ignore[arg-type]
    assert take_in(Trickle(b"0123456789"), 7).failure is Reason.TOO_LARGE  # type: ignore[arg-type]


def test_a_file_that_breaks_off_is_a_value_and_one_of_text_an_error() -> None:
    assert take_in(Broken(), 100).failure is Reason.READ_ERROR  # type: ignore[arg-type]
    for text in ("text", ""):
        with pytest.raises(UsageError, match="binary mode"):
            take_in(io.StringIO(text), 100)  # type: ignore[arg-type]


def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    for name in (tmp_path / "fifo", Path("/dev/zero")):
        assert take_in(name, 100).failure is Reason.READ_ERROR


def test_a_name_that_cannot_be_is_a_value() -> None:
    assert take_in("a\0b", 100).failure is Reason.READ_ERROR
    assert take_in("a" * 5000, 100).failure is Reason.READ_ERROR
