"""The mean of two weights folders. Skipped without onnx."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("onnx", reason="onnx is of the `train` extra, which `make test` does not install")
import onnx

from models.training.average import average
from thaiid_detect.weights import find_weights, open_session


def first(folder: Path) -> np.ndarray:
    array: np.ndarray = onnx.numpy_helper.to_array(onnx.load(folder / "model.onnx").graph.initializer[0])
    return array


def test_the_mean_lies_between_and_is_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = tmp_path / "old" / "digits-v1", tmp_path / "new" / "digits-v1"
    for folder in (old, new):
        shutil.copytree(find_weights("digits-v1").folder, folder)
    model = onnx.load(old / "model.onnx")
    weights = first(old)
    model.graph.initializer[0].CopyFrom(onnx.numpy_helper.from_array(weights + 1, model.graph.initializer[0].name))
    onnx.save(model, old / "model.onnx")
    average(old, new, 0.75)
    np.testing.assert_allclose(first(new), weights + 0.25, atol=1e-6)
    monkeypatch.setenv("THAIID_DETECT_MODELS", str(tmp_path / "new"))
    open_session(find_weights("digits-v1"))  # its hash is that of the file
    assert "averaged" in json.loads((new / "config.json").read_text())["provenance"]["note"]


def test_other_networks_are_refused(tmp_path: Path) -> None:
    shutil.copytree(find_weights().folder, tmp_path / "new")
    with pytest.raises(SystemExit, match="not the same"):
        average(find_weights("digits-v1").folder, tmp_path / "new", 0.5)
