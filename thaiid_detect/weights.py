"""Finds the weights folders, checks their hashes, opens onnxruntime sessions. The only file that names onnxruntime.

A weights folder describes itself: `model.onnx`, `config.json` (input, classes, thresholds per mode, SHA-256,
provenance, metrics) and `CARD.md`. In a wheel the folders lie inside the package, in an editable install in the
repository's `models/`; `THAIID_DETECT_MODELS` names another place.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refused

from thaiid_detect.errors import SetupError

__all__ = [
    "CLOSER",
    "DEFAULT",
    "DIGITS",
    "NETWORKS",
    "THAI",
    "VERIFIER",
    "Session",
    "Weights",
    "find_weights",
    "open_session",
]

DEFAULT = "locator-v1"
"""Finds cards on a whole page."""
CLOSER = "closer-v1"
"""The same network, trained on the surroundings of single places: the closer look."""
VERIFIER = "verifier-v1"
"""Looks at one place set upright, large: is it a Thai ID card?"""
DIGITS = "digits-v1"
"""Reads the number off one line of an upright card."""
THAI = "thai-v1"
"""Reads Thai letters off one line of an upright card."""
NETWORKS = (DEFAULT, CLOSER, VERIFIER, DIGITS, THAI)
"""All of them, in the order in which a picture meets them."""
_HERE = Path(__file__).parent
_REFUSALS = (refused.Fail, refused.InvalidGraph, refused.InvalidProtobuf, refused.NotImplemented, refused.NoSuchFile)
"""Not RuntimeErrors, but siblings of it."""


class Session(Protocol):
    """One loaded network. `run` takes and gives one array; it may be called from several threads at once."""

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Weights:
    """One weights folder, its hash checked. `sha256` is that of `model.onnx`, in hexadecimal."""

    name: str
    folder: Path
    sha256: str
    config_sha256: str
    config: dict[str, Any]


def find_weights(name: str = DEFAULT) -> Weights:
    """The weights folder called `name`. Raises SetupError where it is absent, incomplete or altered."""
    folder = _folder(name)
    try:
        described = (folder / "config.json").read_bytes()
        config = json.loads(described)
        actual = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    except (OSError, ValueError) as error:
        raise SetupError(
            f"The weights in {folder} cannot be read ({type(error).__name__})", remedy="Install thaiid-detect again."
        ) from error
    if actual != config.get("sha256"):
        raise SetupError(
            f"The weights in {folder} are not the ones that config.json describes",
            remedy="Install thaiid-detect again, or run `make train` to rebuild them.",
        )
    return Weights(name, folder, actual, hashlib.sha256(described).hexdigest(), config)


def _folder(name: str) -> Path:
    named = os.environ.get("THAIID_DETECT_MODELS")
    places = [Path(named)] if named else [_HERE / "_models", _HERE.parent / "models"]
    for place in places:
        if (place / name / "config.json").is_file():
            return place / name
    raise SetupError(
        f"No weights called {name!r} in {' or '.join(map(str, places))}",
        remedy="Install thaiid-detect again, or unset THAIID_DETECT_MODELS.",
    )


class _OnnxSession:
    def __init__(self, session: onnxruntime.InferenceSession) -> None:
        self._session = session
        self._input = session.get_inputs()[0].name

    def run(self, batch: NDArray[np.uint8]) -> NDArray[np.float32]:
        (out,) = self._session.run(None, {self._input: batch})
        result: NDArray[np.float32] = out
        return result


def open_session(weights: Weights, *, threads: int = 1) -> Session:
    """Loads the network for the CPU with `threads` threads. Raises SetupError where onnxruntime refuses it."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    # Spinning threads steal the core that the decoder of the next file wants.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(
            str(weights.folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
        )
    except (*_REFUSALS, RuntimeError, ValueError) as error:
        raise SetupError(
            f"onnxruntime {onnxruntime.__version__} cannot load {weights.folder / 'model.onnx'}",
            remedy="Install the onnxruntime version that pyproject.toml names.",
        ) from error
    return _OnnxSession(session)
