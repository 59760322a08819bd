"""The house is a ladder: a file of the package imports only from rungs above its own."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import thaiid_detect

HOUSE = Path(thaiid_detect.__file__).parent
NAME = thaiid_detect.__name__
LADDER = [
    "errors",
    "masking",
    "number",
    "records",
    "settings",
    "plaintext",
    "sound",
    "boxes",
    "media",
    "jpeg",
    "walks",
    "pixels",
    "picture",
    "opencv",
    "libjpeg",
    "libtiff",
    "heif",
    "frames",
    "image",
    "unpack",
    "zips",
    "tars",
    "wrapped",
    "mail",
    "ole",
    "containers",
    "pdf",
    "document",
    "geometry",
    "weights",
    "locator",
    "odds",
    "verifier",
    "fuzzy",
    "vocabulary",
    "lines",
    "words",
    "digits",
    "thai",
    "reader",
    "tesseract",
    "verdict",
    "place_reader",
    "examiner",
    "intake",
    "detector",
    "sources",
    "ledger_file",
    "presence",
    "ledger",
    "summary",
    "job",
    "making",
    "readahead",
    "workers",
    "engine",
    "report",
    "respond",
    "cli",
    "__init__",
]
"""A folder is one rung; inside it, files may import each other."""

ONLY = {
    "PIL": {"frames", "pixels"},
    "obstore": {"sources"},
    "onnxruntime": {"weights"},
    "pillow_heif": {"frames"},
    "pypdfium2": {"pdf"},
    "pytesseract": {"tesseract"},
    "sqlite3": {"ledger_file", "presence", "ledger"},
    "olefile": {"ole"},
    "backports": {"unpack"},
}
"""Libraries with one home. rapidocr brings its own sessions and is the reader's."""
NEVER = {"models", "tests", "torch", "torchvision", "onnx"}
FILES = sorted(HOUSE.rglob("*.py"))


def rung(file: Path) -> str:
    first = file.relative_to(HOUSE).parts[0]
    return first.removesuffix(".py")


def imported(node: ast.AST) -> Iterator[str]:
    """Dotted names imported anywhere below the node, in functions too; not those for the type checker alone."""
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        yield from imported(ast.Module(node.orelse, []))
        return
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        yield from (f"{node.module}.{alias.name}" for alias in node.names)
    for child in ast.iter_child_nodes(node):
        yield from imported(child)


def names_in(file: Path) -> set[str]:
    return set(imported(ast.parse(file.read_text("utf-8"))))


def rungs_used(file: Path) -> set[str]:
    """Rungs the file imports from. The version, which `__init__` holds, is everybody's."""
    inside = {name.split(".")[1] for name in names_in(file) if name.startswith(f"{NAME}.")}
    return inside - {"__version__", rung(file)}


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_imports_point_up_the_ladder(file: Path) -> None:
    above = LADDER[: LADDER.index(rung(file))]
    assert sorted(rungs_used(file) - set(above)) == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(HOUSE)))
def test_each_library_has_one_home_and_the_kitchen_is_never_imported(file: Path) -> None:
    libraries = {name.split(".")[0] for name in names_in(file)}
    assert libraries & NEVER == set()
    assert [library for library in libraries & ONLY.keys() if rung(file) not in ONLY[library]] == []


def test_the_check_sees_imports_where_they_hide() -> None:
    source = (
        "if TYPE_CHECKING:\n    import a\nelse:\n    import b\ndef f():\n    from c.d import e\nwith x:\n    import g"
    )
    assert set(imported(ast.parse(source))) == {"b", "c.d.e", "g"}
    assert rungs_used(HOUSE / "records.py") == {"number"}


def test_no_file_is_longer_than_the_house_allows() -> None:
    assert {file.name: n for file in FILES if (n := len(file.read_text("utf-8").splitlines())) > 300} == {}
