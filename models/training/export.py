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

from models.training import line_scores
from models.training.fusion import START
from models.training.pool import Pool
from models.training.recipes import RECIPES, Recipe
from models.training.train import network_of
from models.training.visits import Samples
from models.training.yardstick import DEFAULT_DATA, Yardstick, format_table
from thaiid_detect.geometry import PAD
from thaiid_detect.weights import CLOSER, DEFAULT, Weights, open_session

YARDSTICK = (
    "Share of pictures with a score of at least 0.5 and 0.1 (of this network, no word read yet; `card …`",
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
    parser.add_argument("--held-out", type=Path, help="for the line readers: a pool of another seed, to read lines of")
    args = parser.parse_args()
    if args.out.name not in RECIPES:
        parser.error(f"--out must be named {', '.join(RECIPES)}")
    if args.held_out and args.out.name not in line_scores.SCORES:
        parser.error(f"--held-out is for {', '.join(line_scores.SCORES)}")
    state = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    recipe = RECIPES[args.out.name]
    net = recipe.net()
    net.eval().load_state_dict(state["average"])
    args.out.mkdir(parents=True, exist_ok=True)
    deployed = recipe.deployed(net)
    pictures = sample_pictures(recipe.samples(args.data, 0), 64)
    write_onnx(deployed, args.out / "model.onnx", pictures[:1], recipe)
    worst = parity(deployed, args.out, pictures, recipe.scores)
    metrics: dict[str, Any] = {"parity": worst, "ms_one_thread": round(speed(args.out, pictures), 2)}
    if args.held_out:
        metrics["held_out_lines"] = line_scores.SCORES[args.out.name](args.out, args.held_out)
    if recipe.prepare is not None and (args.yardstick / "truth.tsv").exists():
        yardstick = Yardstick(args.yardstick, recipe.prepare())
        table = yardstick.measure(network_of(deployed, torch.device("cpu")))
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


def write_onnx(deployed: torch.nn.Module, path: Path, picture: NDArray[np.uint8], recipe: Recipe) -> None:
    """One file; pictures uint8 (N, H, W, 3) in."""
    sizes, grids = recipe.free
    torch.onnx.export(
        deployed.eval(),
        (torch.from_numpy(picture),),
        str(path),
        input_names=["pictures"],
        output_names=["grids"],
        dynamic_axes={"pictures": sizes, "grids": grids},
        opset_version=17,
        dynamo=False,
    )


def sample_pictures(samples: Samples, count: int) -> NDArray[np.uint8]:
    """Training samples, spread over the folders."""
    picks = np.linspace(0, len(samples) - 1, count).astype(int)
    return np.stack([samples[(0, int(i))][0].numpy() for i in picks])


def parity(deployed: torch.nn.Module, folder: Path, pictures: NDArray[np.uint8], scores: slice) -> float:
    """The largest score difference between torch and onnxruntime. Raises SystemExit above 1e-4."""
    session = open_session(Weights("new", folder, "", "", {}))
    ours = np.concatenate([session.run(picture[None]) for picture in pictures])
    theirs = network_of(deployed, torch.device("cpu"))(pictures)
    worst = float(np.abs(ours[:, scores] - theirs[:, scores]).max())
    if worst > PARITY:
        raise SystemExit(f"onnxruntime's scores differ from torch's by {worst:.1e}, more than {PARITY:.0e}")
    return worst


def speed(folder: Path, pictures: NDArray[np.uint8]) -> float:
    """Median milliseconds of one picture on one thread."""
    session = open_session(Weights("new", folder, "", "", {}), threads=1)
    times = []
    for picture in [*pictures[:10], *pictures]:
        began = time.perf_counter()
        session.run(picture[None])
        times.append(time.perf_counter() - began)
    return float(np.median(times[10:])) * 1e3


def made_of(folder: Path) -> dict[str, Any]:
    """What is known of a dataset; of a pool, its seed, how many pieces of each kind it has, and its hash."""
    if (folder / "meta.json").exists():
        meta: dict[str, Any] = json.loads((folder / "meta.json").read_text())
        return meta
    stamp = json.loads((folder / "index.json").read_text())["stamp"]
    return {"pool": Pool.load(folder).digest(), "seed": stamp["seed"], "counts": stamp["counts"]}


def describe(args: argparse.Namespace, seen: int, metrics: dict[str, Any]) -> dict[str, Any]:
    metas = [made_of(folder) for folder in args.data]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    return {
        "schema": 1,
        "name": args.out.name,
        "task": RECIPES[args.out.name].task,
        "input": {"size": RECIPES[args.out.name].size, "layout": "NHWC", "dtype": "uint8", "colour": "RGB", "pad": PAD},
        "output": RECIPES[args.out.name].output,
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
    made, metrics, size = config["provenance"], config["metrics"], config["input"]["size"]
    size = f"letterboxed to {size}×{size}" if isinstance(size, int) else f"set upright on {size[0]}×{size[1]}"
    rows = [
        f"| {kind} | {n} | {100 * a:.0f} % | {100 * b:.0f} % |"
        for kind, (a, b, n) in metrics.get("yardstick_recall_at_0.5_and_0.1", {}).items()
    ]
    return "\n".join(
        [
            f"# {config['name']}",
            "",
            f"{config['task']}.",
            RECIPES[config["name"]].remark,
            "",
            f"- Input: one picture, RGB uint8, {size}.",
            f"- Trained on composed scenes only ({made['samples_seen']:,} augmented samples, seed {made['seed']},",
            f"  commit `{made['commit'][:12]}`, data `{made['data_sha256'][:12]}`).",
            f"- `{made['command']}` makes the like.",
            *([f"- {made['note']}"] if made["note"] else []),
            f"- onnxruntime against torch: largest score difference {metrics['parity']:.1e}.",
            f"- {metrics['ms_one_thread']} ms a picture on one thread of the machine that exported it.",
            "- Every identity in the training data is made up.",
            "",
            *(line_scores.told(config["name"], lines) if (lines := metrics.get("held_out_lines")) else []),
            *(YARDSTICK if rows else []),
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
