"""The weights folder that ships, and what is said of a broken one."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from thaiid_detect.errors import SetupError
from thaiid_detect.records import Mode
from thaiid_detect.verdict import Decision
from thaiid_detect.weights import DEFAULT, NETWORKS, find_weights, open_session


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(find_weights().folder, tmp_path / DEFAULT)
    monkeypatch.setenv("THAIID_DETECT_MODELS", str(tmp_path))
    return tmp_path / DEFAULT


@pytest.mark.parametrize("name", NETWORKS)
def test_the_weights_that_ship_are_small_and_whole(name: str) -> None:
    weights = find_weights(name)
    assert (weights.folder / "model.onnx").stat().st_size <= 4_000_000
    assert weights.config["metrics"]["parity"] <= 1e-4
    assert {"commit", "seed", "data_sha256", "samples_seen"} <= weights.config["provenance"].keys()
    assert weights.config["name"] == name
    assert name in (weights.folder / "CARD.md").read_text()


def test_the_thresholds_were_calibrated_with_these_very_weights() -> None:
    calibration = find_weights().config["decision"]["calibration"]
    assert calibration["weights"] == {name: find_weights(name).sha256 for name in NETWORKS}


def test_modes_are_ordered() -> None:
    recall, balanced, precision = (
        Decision.from_config(find_weights().config, mode).thresholds
        for mode in (Mode.RECALL, Mode.BALANCED, Mode.PRECISION)
    )
    assert recall.look <= balanced.look <= precision.look
    assert recall.place <= balanced.place <= precision.place
    assert recall.id_card <= balanced.id_card <= precision.id_card
    assert all(each.suspect < each.id_card for each in (recall, balanced, precision))


def test_the_session_gives_probabilities_whatever_the_threads() -> None:
    picture = np.random.default_rng(5).integers(0, 255, (1, 256, 256, 3), dtype=np.uint8)
    one, two = (open_session(find_weights(), threads=threads).run(picture) for threads in (1, 2))
    assert one.shape == (1, 11, 16, 16)
    assert 0.0 <= one[:, :3].min() <= one[:, :3].max() <= 1.0
    np.testing.assert_allclose(one[:, :3], two[:, :3], atol=1e-4)


def test_altered_weights_are_refused(copy: Path) -> None:
    (copy / "model.onnx").write_bytes(b"other")
    with pytest.raises(SetupError, match="not the ones"):
        find_weights()


def test_weights_that_onnxruntime_cannot_load(copy: Path) -> None:
    import hashlib

    (copy / "model.onnx").write_bytes(b"other")
    config = json.loads((copy / "config.json").read_text())
    config["sha256"] = hashlib.sha256(b"other").hexdigest()
    (copy / "config.json").write_text(json.dumps(config))
    with pytest.raises(SetupError, match="cannot load"):
        open_session(find_weights())


def test_missing_and_unreadable_weights_name_the_remedy(copy: Path) -> None:
    (copy / "config.json").write_text("{")
    with pytest.raises(SetupError, match="Install thaiid-detect again"):
        find_weights()
    with pytest.raises(SetupError, match="No weights called"):
        find_weights("nothing-here")
