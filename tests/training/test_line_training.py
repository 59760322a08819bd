"""Lines, loss and network of the digit reader, against the package's own decoding. Skipped without torch."""

from __future__ import annotations

import numpy as np
import pytest

from thaiid_detect.digits import BLANK, WINDOW, decode

torch = pytest.importorskip("torch", reason="torch is of the `train` extra, which `make test` does not install")
digit_lines = pytest.importorskip("models.training.digit_lines")
line_network = pytest.importorskip("models.training.line_network")

NUMBER = "1289900000125"
WIDTH, HEIGHT = 760, 479


def line() -> digit_lines.Line:
    """A white card's part with 13 strokes for a number: 25 px high, its middle 70 px below the card's top."""
    picture = np.full((160, WIDTH, 3), 235, np.uint8)
    for x in range(340, 340 + 13 * 24, 24):
        picture[58:83, x : x + 9] = 20
    return digit_lines.Line(picture, 0, 0, WIDTH, HEIGHT, (340.0, 58.0, 645.0, 83.0), NUMBER)


def test_a_sample_shows_the_number_in_its_middle_unless_it_is_empty() -> None:
    seen = {True: 0, False: 0}
    for seed in range(60):
        picture, empty, legible = digit_lines.sample(np.random.default_rng(seed), line())
        assert picture.shape == (WINDOW[1], digit_lines.WIDE, 3)
        assert picture.dtype == np.uint8
        assert 0.0 <= legible <= 1.0
        seen[empty] += 1
    assert 1 <= seen[True] <= 25


def test_undegraded_a_number_is_legible_wherever_the_window_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(digit_lines, "degraded", lambda _rng, scene, _card, _high: scene)
    monkeypatch.setattr(digit_lines, "EMPTY", 0.0)
    monkeypatch.setattr(digit_lines.augment, "photometric", lambda _rng, picture: (picture, True))
    rows = []
    for seed in range(100):
        picture, _, legible = digit_lines.sample(np.random.default_rng(seed), line())
        assert legible > 0.5
        rows.append(float(np.nonzero((picture.min(2) < 120).any(1))[0].mean()) + 0.5)
    assert abs(np.mean(rows) - WINDOW[1] / 2) < 2.0


def test_a_reprinted_line_has_another_number_where_the_old_one_was() -> None:
    for seed in range(12):
        rng = np.random.default_rng(seed)
        again = digit_lines.reprinted(rng, line())
        assert again.digits != NUMBER
        assert len(again.digits) == 13
        x0, y0, x1, y1 = again.box
        assert 0 <= x0 < x1 <= WIDTH
        assert y0 < 83
        assert y1 > 58
    assert line().picture.tobytes() != again.picture.tobytes()


def test_the_loss_falls_as_the_answer_comes_to_read_the_number() -> None:
    digits = torch.tensor([[int(digit) for digit in NUMBER]] * 2)
    right, blank = torch.zeros(1, 80, 11), torch.zeros(1, 80, 11)
    blank[..., BLANK] = 9.0
    right[..., BLANK] = 6.0
    for place, digit in enumerate(NUMBER):
        right[0, 3 + 5 * place, int(digit)] = 9.0
    answers = torch.cat([right, blank])
    full, none = torch.tensor([13, 13]), torch.tensor([0, 0])
    one = torch.ones(2)
    for first, second, length in ((0, 1, full), (1, 0, none)):
        low, high = (line_network.loss(answers[[pick]], digits[:1], length[:1], one[:1])[0] for pick in (first, second))
        assert float(low) < float(high)
    assert float(line_network.loss(answers, digits, full, torch.zeros(2))[0]) == 0.0
    assert decode(torch.softmax(right[0], 1).numpy())[0][0] == NUMBER


def test_the_network_answers_for_windows_of_either_width() -> None:
    network = line_network.DeployedReader(line_network.LineReader(BLANK + 1)).eval()
    for width in (digit_lines.WIDE, WINDOW[0]):
        out = network(torch.zeros(2, WINDOW[1], width, 3, dtype=torch.uint8))
        assert out.shape == (2, width // 4, 11)
        assert torch.allclose(out.sum(2), torch.ones(2, width // 4), atol=1e-5)
