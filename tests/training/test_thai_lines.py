"""Training lines of the Thai reader: what is printed is what is to be read. Skipped without torch."""

from __future__ import annotations

import numpy as np
import pytest

from thaiid_detect.fuzzy import fold
from thaiid_detect.thai import ALPHABET, BLANK

torch = pytest.importorskip("torch", reason="torch is of the `train` extra, which `make test` does not install")
thai_lines = pytest.importorskip("models.training.thai_lines")
line_network = pytest.importorskip("models.training.line_network")
digit_lines = pytest.importorskip("models.training.digit_lines")

WIDTH, HEIGHT = 640, 404


def ground() -> digit_lines.Line:
    """A pale card's part with a black bar where its title was."""
    picture = np.full((170, WIDTH, 3), 225, np.uint8)
    picture[70:100, 100:500] = 0
    return digit_lines.Line(picture, 0, 0, WIDTH, HEIGHT, (0.0, 68.0, float(WIDTH), 102.0), "")


def test_what_stood_there_is_gone_and_other_words_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thai_lines, "PLAIN", 0.0)
    for seed in range(30):
        line, spoken = thai_lines.printed(np.random.default_rng(seed), ground())
        x0, y0, x1, y1 = (round(edge) for edge in line.box)
        outside = line.picture[70:100].astype(int)
        outside[:, max(0, x0 - 2) : x1 + 2] = 225
        if not spoken:
            continue
        assert 0 <= x0 < x1 <= WIDTH
        assert set(spoken) <= set(ALPHABET)
        assert len(spoken) <= thai_lines.MOST
        inked = line.picture[y0:y1, x0:x1].astype(int)
        assert inked.max() - inked.min() > 40, "the words can be seen"
        assert abs((y0 + y1) / 2 - 85) < 14, "and stand in the middle"


def test_titles_are_spelt_as_they_are_compared() -> None:
    for title in (*thai_lines.OUR_TITLES, *thai_lines.OTHER_TITLES):
        assert set(fold(title)) <= set(ALPHABET)
        assert 4 <= len(fold(title)) <= thai_lines.MOST


def test_the_network_answers_for_windows_of_either_width() -> None:
    network = line_network.DeployedReader(line_network.LineReader(BLANK + 1, 96)).eval()
    for width in (thai_lines.WIDE, 520):
        out = network(torch.zeros(2, 40, width, 3, dtype=torch.uint8))
        assert out.shape == (2, width // 4, BLANK + 1)
