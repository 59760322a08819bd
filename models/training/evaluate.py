"""`make evaluate DATA=folder`: the whole detector over a folder with a `truth.tsv`, as a table and one HTML file.

`truth.tsv` has a header and the columns file, expect (`id_card` or `clear`), label; more columns are ignored. Each rate
comes with its Wilson 95 % interval. Misses and false alarms are shown as sheets: look at every one of them.

Where there are few of them, each `id_card` is looked at in twenty copies, too (`compositions.py`), the kinds
`variant/…`: one file that is found says little, a file that is found whatever was done to it says more.
"""

from __future__ import annotations

import argparse
import base64
import csv
import html
import json
import math
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from models.training.compositions import COMPOSED, copy_of, names
from models.training.machine import machine_line
from models.training.samples import Rgb
from thaiid_detect.detector import Detector
from thaiid_detect.image import DecodeError, decode
from thaiid_detect.records import Outcome, Verdict

PHOTOGRAPHED = "_photo"
"""How a label ends that says: not the card alone, a picture with a card in it."""
FEW = 120
"""So many ID cards, or fewer, are copied."""
THUMBNAIL = 300
VARIED = 1600
"""Least sides, in pixels, at which a file is decoded for its sheet, and for its variants."""


@dataclass(frozen=True, slots=True)
class Task:
    """One picture to judge. `variant` is the index of a `compositions.copy_of` it; None: the file itself."""

    file: Path
    expect: str
    kind: str
    variant: int | None = None

    def picture(self, min_side: int) -> Rgb:
        """RGB, of at least `min_side` pixels where the file has so many. Raises DecodeError."""
        picture = decode(self.file.read_bytes(), min_side=min_side).pixels
        return picture if self.variant is None else copy_of(picture, self.variant)


@dataclass(frozen=True, slots=True)
class Row:
    """One picture and what the detector said of it."""

    task: Task
    outcome: Outcome

    @property
    def flagged(self) -> bool:
        return self.outcome.verdict is Verdict.ID_CARD

    @property
    def wrong(self) -> bool:
        return self.flagged != (self.task.expect == "id_card")


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's 95 % interval of a rate.

    >>> [round(x, 3) for x in wilson(9, 10)]
    [0.596, 0.982]
    """
    if not n:
        return 0.0, 1.0
    p, z2 = hits / n, z * z
    middle, half = p + z2 / (2 * n), z * math.sqrt(p * (1 - p) / n + z2 / (4 * n * n))
    return max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n))


_detector: Detector


def _start(mode: str) -> None:
    global _detector
    cv2.setNumThreads(1)
    _detector = Detector(mode=mode)


def _detect(task: Task) -> Row:
    if task.variant is None:
        return Row(task, _detector.detect(task.file))
    return Row(task, _detector.detect(Image.fromarray(task.picture(VARIED))))


def read_truth(data: Path) -> list[Task]:
    """The files; their kind is the folder and the label. Raises SystemExit where there is no truth."""
    truth = data / "truth.tsv"
    if not truth.is_file():
        raise SystemExit(f"{truth} is missing: evaluation needs a folder with truth.tsv (columns file, expect, label)")
    with truth.open(newline="") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["expect"] in ("id_card", "clear")]
    return [Task(data / row["file"], row["expect"], f"{Path(row['file']).parent}/{row['label']}") for row in rows]


def varied(tasks: Sequence[Task]) -> list[Task]:
    """Every copy of the ID cards among `tasks`, none where they are more than `FEW`; a photograph with a card on it is
    not itself laid on a table."""
    if sum(task.expect == "id_card" for task in tasks) > FEW:
        return []
    return [
        Task(card.file, card.expect, f"variant/{name}", index)
        for card in tasks
        if card.expect == "id_card"
        for index, name in enumerate(names())
        if name not in COMPOSED or not card.kind.endswith(PHOTOGRAPHED)
    ]


def run(tasks: Sequence[Task], mode: str, workers: int) -> list[Row]:
    rows = []
    with get_context("spawn").Pool(workers, _start, (mode,)) as pool:
        for row in pool.imap(_detect, tasks, chunksize=4):
            rows.append(row)
            if sys.stderr.isatty():
                print(f"\r{len(rows)}/{len(tasks)}", end="", file=sys.stderr)
    return rows


def tables(rows: Sequence[Row]) -> list[list[str]]:
    """One line a kind and one a top folder: expectation, n, verdicts, rate right with its interval, median ms."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.task.expect, "ALL " + row.task.kind.split("/")[0]), []).append(row)
        groups.setdefault((row.task.expect, row.task.kind), []).append(row)
    lines = [["kind", "expect", "n", *(v.value for v in Verdict), "flagged", "95 %", "median ms", "p95 ms"]]
    for (expect, kind), members in sorted(groups.items(), key=lambda group: (group[0][0], group[0][1])):
        counts = Counter(row.outcome.verdict for row in members)
        flagged, n = counts[Verdict.ID_CARD], len(members)
        low, high = wilson(flagged, n)
        elapsed = np.array([row.outcome.elapsed_ms for row in members])
        lines.append(
            [
                *(kind, expect, str(n), *(str(counts[v]) for v in Verdict), f"{100 * flagged / n:.1f} %"),
                *(
                    f"{100 * low:.1f}–{100 * high:.1f}",
                    f"{np.median(elapsed):.1f}",
                    f"{np.percentile(elapsed, 95):.0f}",
                ),
            ]
        )
    return lines


def figure(row: Row) -> str:
    try:
        picture = row.task.picture(THUMBNAIL)
    except DecodeError as error:
        return f"<figure>{html.escape(row.task.file.name)}: {error.reason}</figure>"
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    scale = THUMBNAIL / max(bgr.shape[:2])
    small = cv2.resize(bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    data = base64.b64encode(cv2.imencode(".jpg", small)[1].tobytes()).decode()
    o = row.outcome
    text = f"{row.task.kind} · {row.task.file.name} · {o.verdict}/{o.reason} {o.score:.3f} · " + ", ".join(
        f"{card.side} {card.score:.2f}" for card in o.cards
    )
    return f'<figure><img src="data:image/jpeg;base64,{data}"><figcaption>{html.escape(text)}</figcaption></figure>'


def reliability(rows: Sequence[Row]) -> str:
    """An SVG plot: the share of ID cards among the pictures that were read, by score. On the diagonal, scores are
    probabilities; each dot with its interval and how many pictures it speaks for."""
    side, rim = 320, 36
    parts = [f'<svg width="{side + 2 * rim}" height="{side + 2 * rim}" font-size="10">']
    parts.append(f'<path d="M{rim} {rim + side}H{rim + side}M{rim} {rim + side}V{rim}" stroke="#888"/>')
    parts.append(f'<path d="M{rim} {rim + side}L{rim + side} {rim}" stroke="#bbb" stroke-dasharray="4"/>')
    for low in np.arange(10) / 10:
        members = [row for row in rows if row.outcome.score > 0 and low <= min(row.outcome.score, 0.999) < low + 0.1]
        if not members:
            continue
        hits = sum(row.task.expect == "id_card" for row in members)
        x = rim + side * float(np.mean([row.outcome.score for row in members]))
        y, *ends = (rim + side * (1 - share) for share in (hits / len(members), *wilson(hits, len(members))))
        parts.append(f'<path d="M{x:.0f} {ends[0]:.0f}V{ends[1]:.0f}" stroke="#36c"/>')
        parts.append(f'<circle cx="{x:.0f}" cy="{y:.0f}" r="4" fill="#36c"/>')
        parts.append(f'<text x="{x + 6:.0f}" y="{y - 6:.0f}">{len(members)}</text>')
    parts.append(
        f'<text x="{rim}" y="{side + 2 * rim - 8}">score 0–1 → share of ID cards 0–1 (up), n beside</text></svg>'
    )
    return "".join(parts)


def page(rows: Sequence[Row], lines: list[list[str]], title: str) -> str:
    cells = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in line) + "</tr>" for line in lines)
    misses = "".join(figure(row) for row in rows if row.wrong and row.task.expect == "id_card")
    alarms = "".join(figure(row) for row in rows if row.wrong and row.task.expect == "clear")
    doubts = "".join(
        figure(row) for row in rows if row.outcome.verdict is Verdict.SUSPECT and row.task.expect == "clear"
    )
    style = "body{font:14px sans-serif}td{padding:2px 8px;border-bottom:1px solid #ddd}"
    style += "figure{display:inline-block;width:310px}"
    return (
        f"<!doctype html><meta charset=utf-8><title>{html.escape(title)}</title><style>{style}</style>"
        f"<h1>{html.escape(title)}</h1><p>{html.escape(machine_line())}</p><table>{cells}</table>"
        f"<h2>Reliability</h2>{reliability(rows)}"
        f"<h2>Misses</h2>{misses or 'none'}<h2>False alarms</h2>{alarms or 'none'}"
        f"<h2>Suspects that are no cards</h2>{doubts or 'none'}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, help="folder with a truth.tsv")
    parser.add_argument("--mode", default="balanced", choices=["recall", "balanced", "precision"])
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(".cache/evaluation"))
    args = parser.parse_args()
    tasks = read_truth(args.data)
    tasks += varied(tasks)
    began = time.monotonic()
    rows = run(tasks, args.mode, args.workers)
    lines = tables(rows)
    args.out.mkdir(parents=True, exist_ok=True)
    title = f"{args.data.resolve().name}, mode {args.mode}: {len(rows)} pictures in {time.monotonic() - began:.0f} s"
    (args.out / "evaluation.html").write_text(page(rows, lines, title))
    raw: list[dict[str, Any]] = [
        {"expect": row.task.expect, "kind": row.task.kind, **row.outcome.to_dict()} for row in rows
    ]
    (args.out / "outcomes.json").write_text(json.dumps(raw, indent=1))
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    for line in lines:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)))
    for row in rows:
        if row.wrong:
            word, o = "missed" if row.task.expect == "id_card" else "false alarm", row.outcome
            print(f"{word}: {row.task.file} ({row.task.kind}) {o.verdict}/{o.reason} {o.score:.3f}")
    print(f"{title}\n{machine_line()}\nsheets of misses and false alarms: {args.out / 'evaluation.html'}")


if __name__ == "__main__":
    main()
