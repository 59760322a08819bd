"""Finds copies of the Thai national ID card (บัตรประจำตัวประชาชน) in stores of files.

    from thaiid_detect import Detector

    outcome = Detector().detect("upload.jpg")
    print(outcome.verdict, outcome.reason, outcome.score)

The names load on first use: importing the package costs neither a model nor an imaging library.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from thaiid_detect.detector import Detector
    from thaiid_detect.engine import scan_store
    from thaiid_detect.errors import ThaiIdDetectError
    from thaiid_detect.number import IdNumber
    from thaiid_detect.records import Card, Item, Outcome, Quad, Reading, Reason, Side, Verdict
    from thaiid_detect.settings import Settings
    from thaiid_detect.sources import open_source

__all__ = [
    "Card",
    "Detector",
    "IdNumber",
    "Item",
    "Outcome",
    "Quad",
    "Reading",
    "Reason",
    "Settings",
    "Side",
    "ThaiIdDetectError",
    "Verdict",
    "__version__",
    "open_source",
    "scan_store",
]

__version__ = "0.1.0"

_HOMES = {
    "Card": "records",
    "Detector": "detector",
    "IdNumber": "number",
    "Item": "records",
    "Outcome": "records",
    "Quad": "records",
    "Reading": "records",
    "Reason": "records",
    "Settings": "settings",
    "Side": "records",
    "ThaiIdDetectError": "errors",
    "Verdict": "records",
    "open_source": "sources",
    "scan_store": "engine",
}

if not TYPE_CHECKING:  # a visible __getattr__ would make every misspelt name type-check

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
