"""What the shifted set draws its cards from: its own designs, fonts and portraits."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from models.training.designs import Type

HERE: Final = Path(__file__).parent
DESIGNS: Final = HERE / "designs"
TYPE: Final = Type(
    HERE / "fonts",
    thai=("K2D", "Fahkwang", "Anuphan", "KoHo"),
    latin=("Barlow", "PT Serif", "K2D", "Anuphan"),
    mono=("B612 Mono", "Barlow", "K2D", "PT Serif"),
    hand=("Sriracha",),
)
