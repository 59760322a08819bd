"""The public surface: short, sorted, complete, and cheap to import."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest

import thaiid_detect


def test_all_is_sorted_and_free_of_doubles() -> None:
    assert thaiid_detect.__all__ == sorted(set(thaiid_detect.__all__))


@pytest.mark.parametrize("name", thaiid_detect.__all__)
def test_every_name_resolves_and_says_its_own_name(name: str) -> None:
    value = getattr(thaiid_detect, name)
    assert name == "__version__" or value.__name__ == name
    assert name in dir(thaiid_detect)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Detektor'"):
        _ = thaiid_detect.Detektor


def test_the_version_is_the_installed_one() -> None:
    assert thaiid_detect.__version__ == version("thaiid-detect")


@pytest.mark.parametrize("module", ["thaiid_detect", "thaiid_detect.cli"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    """Names instead of milliseconds: a timing would fail on a busy machine and pass on a fast one."""
    heavy = ["PIL", "cv2", "numpy", "obstore", "onnxruntime", "rapidfuzz", "rapidocr", "rich", "sqlite3"]
    code = f"import sys, {module}; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
