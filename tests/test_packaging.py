"""What the wheel carries: the package, the weights folders inside it, the licence; and none of the kitchen."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names in a wheel that was built from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return frozenset(archive.namelist())


def test_the_wheel_holds_the_whole_package_and_its_types(wheel: frozenset[str]) -> None:
    package = {path.relative_to(ROOT).as_posix() for path in (ROOT / "thaiid_detect").rglob("*.py")}
    assert package | {"thaiid_detect/py.typed"} <= wheel


def test_every_weights_folder_lies_inside_the_package(wheel: frozenset[str]) -> None:
    folders = [config.parent.name for config in (ROOT / "models").glob("*/config.json")]
    wanted = {
        f"thaiid_detect/_models/{name}/{file}" for name in folders for file in ("model.onnx", "config.json", "CARD.md")
    }
    assert {name for name in wheel if "_models/" in name} == wanted


def test_nothing_else_is_in_it(wheel: frozenset[str]) -> None:
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"thaiid_detect"}
