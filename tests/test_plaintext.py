"""Pictures wrapped in text: found wherever they stand, and quickly."""

from __future__ import annotations

import pytest

from thaiid_detect import plaintext
from thaiid_detect.plaintext import text_may_hold_picture


@pytest.mark.parametrize(
    ("text", "may"),
    [
        (b"a,b\n1,2\n" * 500, False),
        ("สวัสดี " * 2000, False),
        (b"http://example.org/" + b"a" * 300, False),
        (b'<img src="data:image/png;base64,iVBO">', True),
        (b"<SVG xmlns='...'>", True),
        (b"MIME-Version: 1.0\nContent-Transfer-Encoding: base64\n", True),
        (b"PHOTO;ENCODING=b:" + b"\n ".join([b"A" * 72] * 9), True),
        (b'"' + b"iVBORw0KGgo" * 100 + b'"', True),
        (b"P3\n2 2 255\n", True),
        (b"name P3\n", False),
    ],
)
def test_text_that_may_carry_a_picture(text: bytes | str, may: bool) -> None:
    data = text.encode() if isinstance(text, str) else text
    assert text_may_hold_picture(data) is may
    assert text_may_hold_picture(data.decode().encode("utf-16")) is may


def test_base64_in_json_with_escapes_may_hold_a_picture() -> None:
    lines = b"\\n".join([b"iVBORw0KGgo" * 7] * 20)
    assert text_may_hold_picture(b'{"photo": "' + lines + b'"}')
    assert text_may_hold_picture(b'{"photo": "' + b"\\/9j\\/4AAQSkZJ" * 200 + b'"}')
    assert not text_may_hold_picture(b'{"path": "\\/home\\/somchai\\/notes"}\n' * 50)


@pytest.mark.parametrize(
    "text",
    [
        b'{"photo": "' + b"iVBORw0KGgo\\u002B" * 100 + b'"}',
        b'{"a": "' + b"\\\\n".join([b"A" * 76] * 20) + b'"}',
        b'{"html": "\\u003csvg width=1\\u003e"}',
        b"\r\n".join([b"A" * 60] * 9),
        b"begin 644 card.jpg\nM_]C_",
        b'{"mail": "see below\\nbegin 644 card.jpg\\nM_]C_"}',
    ],
)
def test_other_escapes_and_wrappings(text: bytes) -> None:
    assert text_may_hold_picture(text)


@pytest.mark.parametrize(
    "text",
    [b"\n".join([b"A" * 59] * 40), b"\n".join([b"A" * 60] * 5), b"A" * 999 + b" ", b"\n" * 5000, b"word\n" * 5000],
)
def test_what_is_too_short_for_a_picture(text: bytes) -> None:
    assert not text_may_hold_picture(text)


MARKS = [b"<SVG", b"\nP2 ", b"\nbegin 600 x", b"Q" * 1000, b"\n".join([b"Q" * 70] * 10), b"\\/9j\\/" * 300]


@pytest.mark.parametrize("mark", MARKS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_mark_is_found_wherever_the_pieces_of_a_long_text_meet(
    mark: bytes, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plaintext, "_PIECE", 4096)
    monkeypatch.setattr(plaintext, "_OVERLAP", 8192)
    for at in range(4096 - len(mark) - 3, 4100, max(1, len(mark) // 7)):
        text = b". " * (at // 2) + b"." * (at % 2) + mark + b" ." * 9000
        assert text_may_hold_picture(text.decode().encode(encoding))


def test_a_long_log_is_passed_over_by_the_piece() -> None:
    assert not text_may_hold_picture(b"2026-01-02 12:00:00 INFO request served in 12 ms\n" * 100_000)
