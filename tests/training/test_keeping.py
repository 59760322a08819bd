"""What was observed survives being stopped, and answers no other question."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.training.gather import Observed
from models.training.keeping import Kept, Scenes


def scene(name: str) -> Scenes:
    return (Observed(name, "scan", (), (), 0.5, (), ()),)


def test_scenes_come_back_as_they_were_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "balanced")
    assert kept.scenes() == []
    assert list(kept.adding([scene("a"), scene("b")])) == [scene("a"), scene("b")]
    assert list(kept.adding([scene("c")])) == [scene("c")]
    assert Kept(tmp_path, "balanced").scenes() == [scene("a"), scene("b"), scene("c")]
    assert Kept(tmp_path, "recall").scenes() == []


@pytest.mark.parametrize("lost", [1, 40])
def test_a_scene_that_was_cut_short_is_observed_again(tmp_path: Path, lost: int) -> None:
    kept = Kept(tmp_path, "balanced")
    list(kept.adding([scene("a"), scene("b")]))
    (file,) = tmp_path.iterdir()
    file.write_bytes(file.read_bytes()[:-lost])
    assert kept.scenes() == [scene("a")]
    list(kept.adding([scene("c")]))
    assert kept.scenes() == [scene("a"), scene("c")]


def test_a_stop_keeps_what_there_is(tmp_path: Path) -> None:
    kept = Kept(tmp_path, "balanced")
    next(kept.adding([scene("a"), scene("b")]))
    assert kept.scenes() == [scene("a")]
