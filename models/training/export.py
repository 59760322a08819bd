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
from models.training.network import CORNER_UNIT, SIDES, STRIDE, Locator
from models.training.train import Samples, deployed_of, network_of
from models.training.verifier_network import TURNS, Verifier
from models.training.view_dataset import Views
from models.training.yardstick import DEFAULT_DATA, Upright, Yardstick, format_table, whole
from thaiid_detect.geometry import PAD
from thaiid_detect.locator import LOOK_SIDE
from thaiid_detect.verifier import MARGIN, VIEW
from thaiid_detect.weights import CLOSER, DEFAULT, VERIFIER, Weights, open_session

TASKS = {
    DEFAULT: "Finds where copies of Thai national ID cards may lie on a page, with their four corners",
    CLOSER: "Looks closer at one place: is it a Thai national ID card, and where exactly are its four corners",
    VERIFIER: "Looks at one place set upright: is it a Thai national ID card, and which way up does it lie",
}
GRID = {"output": {"stride": STRIDE, "sides": list(SIDES), "corner_unit": CORNER_UNIT}}
VIEWED = {"output": {"sides": list(SIDES), "turns": TURNS, "corner_unit": CORNER_UNIT, "margin": MARGIN}}
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
    args = parser.parse_args()
    if args.out.name not in TASKS:
        parser.error(f"--out must be named {', '.join(TASKS)}")
    state = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    net: torch.nn.Module = Verifier() if args.out.name == VERIFIER else Locator()
    net.eval().load_state_dict(state["average"])
    args.out.mkdir(parents=True, exist_ok=True)
    pictures = sample_pictures(args.out.name, args.data, 64)
    write_onnx(net, args.out / "model.onnx", pictures[:1])
    worst = parity(net, args.out, pictures)
    metrics: dict[str, Any] = {"parity": worst, "ms_one_thread": round(speed(args.out, pictures), 2)}
    if args.out.name != CLOSER and (args.yardstick / "truth.tsv").exists():
        yardstick = Yardstick(args.yardstick, Upright() if args.out.name == VERIFIER else whole)
        table = yardstick.measure(network_of(net, torch.device("cpu")))
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


def write_onnx(net: torch.nn.Module, path: Path, picture: NDArray[np.uint8]) -> None:
    """One file; pictures uint8 (N, H, W, 3) in; the locator's N, H and W are free, of the verifier N."""
    sizes = {0: "n"} if isinstance(net, Verifier) else {0: "n", 1: "h", 2: "w"}
    grids = {0: "n"} if isinstance(net, Verifier) else {0: "n", 2: "rows", 3: "columns"}
    torch.onnx.export(
        deployed_of(net).eval(),
        (torch.from_numpy(picture),),
        str(path),
        input_names=["pictures"],
        output_names=["grids"],
        dynamic_axes={"pictures": sizes, "grids": grids},
        opset_version=17,
        dynamo=False,
    )


def sample_pictures(name: str, folders: list[Path], count: int) -> NDArray[np.uint8]:
    """Training samples of the network called `name`, spread over the folders."""
    samples: Samples = Views(folders) if name == VERIFIER else Scenes(folders, LOOK_SIDE)
    picks = np.linspace(0, len(samples) - 1, count).astype(int)
    return np.stack([samples[(0, int(i))][0].numpy() for i in picks])


def parity(net: torch.nn.Module, folder: Path, pictures: NDArray[np.uint8]) -> float:
    """The largest score difference between torch and onnxruntime. Raises SystemExit above 1e-4."""
    session = open_session(Weights("new", folder, "", "", {}))
    ours = np.concatenate([session.run(picture[None]) for picture in pictures])
    theirs = network_of(net, torch.device("cpu"))(pictures)
    worst = float(np.abs(ours[:, : len(SIDES)] - theirs[:, : len(SIDES)]).max())
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


def describe(args: argparse.Namespace, seen: int, metrics: dict[str, Any]) -> dict[str, Any]:
    metas = [json.loads((folder / "meta.json").read_text()) for folder in args.data]
    commit = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()
    size = list(VIEW) if args.out.name == VERIFIER else LOOK_SIDE
    return {
        "schema": 1,
        "name": args.out.name,
        "task": TASKS[args.out.name],
        "input": {"size": size, "layout": "NHWC", "dtype": "uint8", "colour": "RGB", "pad": PAD},
        **(VIEWED if args.out.name == VERIFIER else GRID),
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
    size = f"letterboxed to {size}×{size}" if isinstance(size, int) else f"a place set upright on {size[0]}×{size[1]}"
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
            f"- Input: one picture, RGB uint8, {size}.",
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
