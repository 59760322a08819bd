"""A checkpoint → a weights folder: `python -m models.training.export --checkpoint RUN/checkpoint.pt --data DIR …`.

Writes `model.onnx`, proves that onnxruntime gives the same scores as torch (to 1e-4) on real scenes, and writes
`config.json` and `CARD.md` with seed, commit, data hash and metrics. The thresholds are made by `calibrate.py`, which
must be run afterwards: they belong to these very weights.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.training.dataset import Scenes
from models.training.fusion import START
from models.training.network import CORNER_UNIT, SIDES, STRIDE, Deployed, Locator
from models.training.train import network_of
from models.training.yardstick import DEFAULT_DATA, Yardstick, format_table
from thaiid_detect.locator import LOOK_SIDE
from thaiid_detect.weights import CLOSER, DEFAULT, Weights, open_session

TASKS = {
    DEFAULT: "Finds where copies of Thai national ID cards may lie on a page, with their four corners",
    CLOSER: "Looks closer at one place: is it a Thai national ID card, and where exactly are its four corners",
}
YARDSTICK = (
    "Share of pictures with a score of at least 0.5 and 0.1 (first look only, no word read yet; `card …`",
    "is recall on specimens from other hands and their variants, `not …` are pictures without an ID card):",
    "",
    "| pictures | n | ≥ 0.5 | ≥ 0.1 |",
    "|---|---|---|---|",
)
PARITY = 1e-4
"""The most that a score may differ between torch and onnxruntime."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="the datasets it was trained on")
    parser.add_argument("--out", type=Path, default=Path("models") / DEFAULT, help=f"named {DEFAULT} or {CLOSER}")
    parser.add_argument("--seed", type=int, default=1, help="the training seed, for the record")
    parser.add_argument("--note", default="", help="what else is to be known of how they came to be, for the record")
    parser.add_argument("--yardstick", type=Path, default=DEFAULT_DATA)
    args = parser.parse_args()
    if args.out.name not in TASKS:
        parser.error(f"--out must be named {' or '.join(TASKS)}")
    state = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    locator = Locator().eval()
    locator.load_state_dict(state["average"])
    args.out.mkdir(parents=True, exist_ok=True)
    write_onnx(locator, args.out / "model.onnx")
    squares = sample_squares(args.data, 64)
    worst = parity(locator, args.out, squares)
    metrics: dict[str, Any] = {"parity": worst, "ms_one_thread": round(speed(args.out, squares), 2)}
    if args.out.name == DEFAULT and (args.yardstick / "truth.tsv").exists():
        table = Yardstick(args.yardstick).measure(network_of(locator, torch.device("cpu")))
        metrics["yardstick_recall_at_0.5_and_0.1"] = {
            kind: [round(a, 4), round(b, 4), n] for kind, (a, b, n) in table.items()
        }
        print(format_table(table))
    config = describe(args, int(state["seen"]), metrics)
    if args.out.name == DEFAULT:
        config["decision"] = START
    (args.out / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    (args.out / "CARD.md").write_text(card(config))
    print(f"{args.out}: {(args.out / 'model.onnx').stat().st_size / 1e6:.2f} MB, parity {worst:.1e}, {metrics}")


def write_onnx(locator: Locator, path: Path) -> None:
    """One file; pictures uint8 (N, H, W, 3) in, grids float32 (N, 11, H/16, W/16) out, N, H and W free."""
    torch.onnx.export(
        Deployed(locator).eval(),
        (torch.zeros(1, LOOK_SIDE, LOOK_SIDE, 3, dtype=torch.uint8),),
        str(path),
        input_names=["pictures"],
        output_names=["grids"],
        dynamic_axes={"pictures": {0: "n", 1: "h", 2: "w"}, "grids": {0: "n", 2: "rows", 3: "columns"}},
        opset_version=17,
        dynamo=False,
    )


def sample_squares(folders: list[Path], count: int) -> NDArray[np.uint8]:
    scenes = Scenes(folders, LOOK_SIDE)
    picks = np.linspace(0, len(scenes) - 1, count).astype(int)
    return np.stack([scenes[(0, int(i))][0].numpy() for i in picks])


def parity(locator: Locator, folder: Path, squares: NDArray[np.uint8]) -> float:
    """The largest score difference between torch and onnxruntime. Raises SystemExit above 1e-4."""
    session = open_session(Weights("new", folder, "", "", {}))
    ours = np.concatenate([session.run(square[None]) for square in squares])
    theirs = network_of(locator, torch.device("cpu"))(squares)
    worst = float(np.abs(ours[:, : len(SIDES)] - theirs[:, : len(SIDES)]).max())
    if worst > PARITY:
        raise SystemExit(f"onnxruntime's scores differ from torch's by {worst:.1e}, more than {PARITY:.0e}")
    return worst


def speed(folder: Path, squares: NDArray[np.uint8]) -> float:
    """Median milliseconds of one picture on one thread."""
    session = open_session(Weights("new", folder, "", "", {}), threads=1)
    times = []
    for square in [*squares[:10], *squares]:
        began = time.perf_counter()
        session.run(square[None])
        times.append(time.perf_counter() - began)
    return float(np.median(times[10:])) * 1e3


def describe(args: argparse.Namespace, seen: int, metrics: dict[str, Any]) -> dict[str, Any]:
    metas = [json.loads((folder / "meta.json").read_text()) for folder in args.data]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "schema": 1,
        "name": args.out.name,
        "task": TASKS[args.out.name],
        "input": {"size": LOOK_SIDE, "layout": "NHWC", "dtype": "uint8", "colour": "RGB", "pad": 114},
        "output": {"stride": STRIDE, "sides": list(SIDES), "corner_unit": CORNER_UNIT},
        "sha256": hashlib.sha256((args.out / "model.onnx").read_bytes()).hexdigest(),
        "provenance": {
            "command": "make train",
            "note": args.note,
            "commit": commit,
            "seed": args.seed,
            "samples_seen": seen,
            "torch": torch.__version__,
            "datasets": metas,
            "data_sha256": hashlib.sha256(json.dumps(metas, sort_keys=True).encode()).hexdigest(),
            "licence": "Apache-2.0",
        },
        "metrics": metrics,
    }


def card(config: dict[str, Any]) -> str:
    """The model card, in words, from the configuration."""
    made, metrics = config["provenance"], config["metrics"]
    rows = [
        f"| {kind} | {n} | {100 * a:.0f} % | {100 * b:.0f} % |"
        for kind, (a, b, n) in metrics.get("yardstick_recall_at_0.5_and_0.1", {}).items()
    ]
    return "\n".join(
        [
            f"# {config['name']}",
            "",
            f"{config['task']}.",
            "It tells front, back and pink card. It is sensitive on purpose; the words read afterwards decide.",
            "",
            f"- Input: one picture, RGB uint8, letterboxed to {config['input']['size']}×{config['input']['size']}.",
            f"- Trained on composed scenes only ({made['samples_seen']:,} augmented samples, seed {made['seed']},",
            f"  commit `{made['commit'][:12]}`, data `{made['data_sha256'][:12]}`).",
            f"- `{made['command']}` makes the like.",
            *([f"- {made['note']}"] if made["note"] else []),
            f"- onnxruntime against torch: largest score difference {metrics['parity']:.1e}.",
            f"- {metrics['ms_one_thread']} ms a picture on one thread of the machine that exported it.",
            "- Every identity in the training data is made up.",
            "",
            *(YARDSTICK if rows else []),
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
