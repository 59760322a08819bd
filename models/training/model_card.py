"""`python -m models.training.model_card`: models/CARD.md, in words, from the tables under models/evaluation.

The tables are what `models.training.evaluate_scenes --out models/evaluation/NAME.json` wrote: every figure of the card
can be traced to one. Raises SystemExit where a table speaks of other weights than those that lie in models/.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from models.training.machine import weights_here

MODELS: Final = Path(__file__).resolve().parents[1]
SETS: Final = {
    "evaluation": "Held-out scenes of the generator that trained it, other seed, hard on purpose",
    "shifted": "Shifted scenes, whose designs, fonts, surfaces, portraits, optics and copiers no training used",
}
ROWS: Final = {
    "scenes_named_id_card": "pictures with an ID card that end as `id_card`",
    "scenes_named_or_suspect": "… as `id_card` or `suspect`",
    "negatives_flagged": "pictures without one that end as `id_card`",
    "negatives_flagged_or_suspect": "… as `id_card` or `suspect`",
    "locator_recall_at_3_percent": "cards that the looks alone find where 3 % of the pictures without one are read",
    "number_exact": "legible numbers read exactly, digits 16 px high or more",
    "number_exact_small": "the same, 10–16 px",
    "number_wrong_yet_valid": "numbers read wrongly though the checksum holds",
    "side_right": "sides right",
}
ABOUT: Final = """# The detector's networks, together

Five small networks for one task: to find copies of the Thai national ID card in pictures, and to read their numbers.
What each is and was trained on: `models/*/CARD.md`; how: `models/training/README.md`. The decision that weighs them,
and every mode's thresholds, lie in `models/locator-v1/config.json`.

**Made for** finding copies of ID cards where they should not lie: an owner's own stores and uploads. **Not made for**
proving who somebody is, or that a card is genuine; nor for reading more of a card than its number.

**Trained on** drawn scenes alone; every identity in them is made up. Surfaces and portraits came from public
photographs, where a folder of such was given.

**What it misses most**: small cards held up in selfies, faxes, copies so pale that little print is left, cards cut off
by the frame. **What it mistakes most**: Lao and other Thai cards that are laid out as ours are; they end as `suspect`,
mostly.
"""
FAIR: Final = """
Cards count from 0.15 of the picture's long side and 70 % in view. Rates with their Wilson 95 % intervals.
"""


def per_cent(entry: dict[str, Any]) -> str:
    """
    >>> per_cent({"rate": 0.9642, "interval": [0.951, 0.9745], "n": 1152})
    '96.4 % (95.1–97.5, n 1,152)'
    """
    low, high = entry["interval"]
    return f"{100 * entry['rate']:.1f} % ({100 * low:.1f}–{100 * high:.1f}, n {entry['n']:,})"


def section(table: dict[str, Any]) -> list[str]:
    """One evaluation, as Markdown."""
    reader = "with" if table["tesseract"] else "without"
    lines = [
        f"### {table['scenes']:,} scenes, mode `{table['mode']}`, {reader} Tesseract",
        "",
        "| | |",
        "|---|---|",
        *(f"| {told} | {per_cent(table[name])} |" for name, told in ROWS.items()),
        f"| mean IoU of the quads | {table['mean_iou_closer']:.3f} |",
        "",
        "| kind of picture with a card | `id_card` | or `suspect` | `id_card`, however small or hidden the card |",
        "|---|---|---|---|",
    ]
    for kind, entry in table["named_by_kind"].items():
        cells = (per_cent(each) for each in (entry, entry["named_or_suspect"], entry["named_of_all"]))
        lines.append(f"| {kind} | {' | '.join(cells)} |")
    return [*lines, "", f"{table['machine']}.", ""]


def card(tables: dict[str, list[dict[str, Any]]]) -> str:
    """The card from the tables of each set. Raises SystemExit where one is of other weights."""
    present = weights_here()
    lines = [ABOUT, "## Measured", FAIR]
    for name, told in SETS.items():
        for number, table in enumerate(tables.get(name, [])):
            if table["weights"] != present:
                raise SystemExit(f"A table of the set {name!r} speaks of other weights: run evaluate_scenes again")
            lines += [*([] if number else [f"**{told}.**", ""]), *section(table)]
    return "\n".join(lines).rstrip() + "\n"


def main() -> None:
    tables: dict[str, list[dict[str, Any]]] = {}
    for path in sorted((MODELS / "evaluation").glob("*.json")):
        table = json.loads(path.read_text())
        tables.setdefault(table["set"], []).append(table)
    (MODELS / "CARD.md").write_text(card(tables))


if __name__ == "__main__":
    main()
