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
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from models.training.dataset import Scenes
from models.training.digit_lines import Lines
from models.training.digit_network import DigitLines
from models.training.fusion import START
from models.training.network import CORNER_UNIT, SIDES, STRIDE, Locator
from models.training.pool import Pool
from models.training.train import deployed_of, network_of
from models.training.verifier_network import TURNS, Verifier
from models.training.view_dataset import Views
from models.training.visits import Samples
from models.training.yardstick import DEFAULT_DATA, Prepare, Upright, Yardstick, format_table, whole
from thaiid_detect.digits import HIGH, ROWS, WINDOW, numbers
from thaiid_detect.geometry import PAD
from thaiid_detect.locator import LOOK_SIDE
from thaiid_detect.verifier import MARGIN, VIEW
from thaiid_detect.weights import CLOSER, DEFAULT, DIGITS, VERIFIER, Weights, open_session

TASKS = {
    DEFAULT: "Finds where copies of Thai national ID cards may lie on a page, with their four corners",
    CLOSER: "Looks closer at one place: is it a Thai national ID card, and where exactly are its four corners",
    DIGITS: "Reads the 13 digits of a Thai national ID card's number off one line of it, set upright",
    VERIFIER: "Looks at one place set upright: is it a Thai national ID card, and which way up does it lie",
}
GRID = {"output": {"stride": STRIDE, "sides": list(SIDES), "corner_unit": CORNER_UNIT}}
VIEWED = {"output": {"sides": list(SIDES), "turns": TURNS, "corner_unit": CORNER_UNIT, "margin": MARGIN}}
READ = {"output": {"classes": [*"0123456789", "blank"], "rows": list(ROWS), "high": HIGH}}
LOOKS = "It tells front, back and pink card. It is sensitive on purpose; the words read afterwards decide."
REMARKS = {DIGITS: "It reads digits alone, Thai and Arabic ones; the check digit has no part in it."}
HELD_OUT = """Held-out lines (cards of another seed, degraded as in training): {exact} of {legible} legible ones read
exactly, {surely_wrong} read wrongly with a sureness of 0.9 or more; of {empty} lines without a number {invented} were
read as one.
"""
YARDSTICK = (
    "Share of pictures with a score of at least 0.5 and 0.1 (of this network, no word read yet; `card …`",
    "is recall on specimens from other hands and their variants, `not …` are pictures without an ID card):",
    "",
    "| pictures | n | ≥ 0.5 | ≥ 0.1 |",
    "|---|---|---|---|",
)
HELD_LINES = 2000
PARITY = 1e-4
"""The most that a score may differ between torch and onnxruntime."""


@dataclass(frozen=True, slots=True)
class Kind:
    """What differs between the networks: which it is, what it is trained on, and how that is described.

    `free` names the axes of input and output that may have any length.
    """

    net: Callable[[], torch.nn.Module]
    samples: Callable[[list[Path]], Samples]
    size: int | list[int]
    output: dict[str, Any]
    free: tuple[dict[int, str], dict[int, str]]
    prepare: Callable[[], Prepare] | None = None
    """How the yardstick's pictures come to what the network looks at; None: they say nothing of it."""


PAGES = Kind(
    Locator,
    lambda folders: Scenes(folders, LOOK_SIDE),
    LOOK_SIDE,
    GRID,
    ({0: "n", 1: "h", 2: "w"}, {0: "n", 2: "rows", 3: "columns"}),
    lambda: whole,
)
KINDS = {
    DEFAULT: PAGES,
    CLOSER: replace(PAGES, prepare=None),
    VERIFIER: Kind(Verifier, lambda folders: Views(folders), list(VIEW), VIEWED, ({0: "n"}, {0: "n"}), Upright),
    DIGITS: Kind(
        DigitLines, lambda folders: Lines(folders), list(WINDOW), READ, ({0: "n", 2: "w"}, {0: "n", 1: "steps"})
    ),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="the datasets it was trained on")
    parser.add_argument("--out", type=Path, default=Path("models") / DEFAULT, help=f"named {DEFAULT} or {CLOSER}")
    parser.add_argument("--seed", type=int, default=1, help="the training seed, for the record")
    parser.add_argument("--note", default="", help="what else is to be known of how they came to be, for the record")
    parser.add_argument("--yardstick", type=Path, default=DEFAULT_DATA)
    parser.add_argument("--held-out", type=Path, help="for the digits: a pool of another seed, to read the numbers of")
    args = parser.parse_args()
    if args.out.name not in TASKS:
        parser.error(f"--out must be named {', '.join(TASKS)}")
    state = torch.load(args.checkpoint, map_location="cpu", weights_only=True)
    kind = KINDS[args.out.name]
    net = kind.net()
    net.eval().load_state_dict(state["average"])
    args.out.mkdir(parents=True, exist_ok=True)
    pictures = sample_pictures(kind.samples(args.data), 64)
    write_onnx(net, args.out / "model.onnx", pictures[:1], kind)
    worst = parity(net, args.out, pictures)
    metrics: dict[str, Any] = {"parity": worst, "ms_one_thread": round(speed(args.out, pictures), 2)}
    if args.held_out:
        metrics["held_out_lines"] = lines_read(args.out, Lines([args.held_out], seed=1), HELD_LINES)
    if kind.prepare is not None and (args.yardstick / "truth.tsv").exists():
        yardstick = Yardstick(args.yardstick, kind.prepare())
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


def write_onnx(net: torch.nn.Module, path: Path, picture: NDArray[np.uint8], kind: Kind) -> None:
    """One file; pictures uint8 (N, H, W, 3) in."""
    sizes, grids = kind.free
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


def sample_pictures(samples: Samples, count: int) -> NDArray[np.uint8]:
    """Training samples, spread over the folders."""
    picks = np.linspace(0, len(samples) - 1, count).astype(int)
    return np.stack([samples[(0, int(i))][0].numpy() for i in picks])


def parity(net: torch.nn.Module, folder: Path, pictures: NDArray[np.uint8]) -> float:
    """The largest score difference between torch and onnxruntime. Raises SystemExit above 1e-4."""
    session = open_session(Weights("new", folder, "", "", {}))
    ours = np.concatenate([session.run(picture[None]) for picture in pictures])
    theirs = network_of(net, torch.device("cpu"))(pictures)
    scores = slice(None) if isinstance(net, DigitLines) else slice(len(SIDES))
    worst = float(np.abs(ours[:, scores] - theirs[:, scores]).max())
    if worst > PARITY:
        raise SystemExit(f"onnxruntime's scores differ from torch's by {worst:.1e}, more than {PARITY:.0e}")
    return worst


def lines_read(folder: Path, lines: Lines, count: int) -> dict[str, Any]:
    """How many of `count` degraded lines that someone could read are read exactly, and how many wrongly though surely
    (0.9); and how many numbers are read on lines that show none."""
    session = open_session(Weights("new", folder, "", "", {}), threads=1)
    tally = Counter[str]()
    for index in range(count):
        picture, digits, length, weight = lines[(index, index % len(lines))]
        read = {text: sureness for text, sureness, _ in numbers(session.run(picture.numpy()[None])[0])}
        right = "".join(map(str, digits.tolist()))
        if not int(length):
            tally.update(empty=1, invented=bool(read))
        elif float(weight):
            wrong = any(sureness >= 0.9 for text, sureness in read.items() if text != right)
            tally.update(legible=1, exact=right in read, surely_wrong=wrong)
    return dict(tally)


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
        "task": TASKS[args.out.name],
        "input": {"size": KINDS[args.out.name].size, "layout": "NHWC", "dtype": "uint8", "colour": "RGB", "pad": PAD},
        **KINDS[args.out.name].output,
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
            REMARKS.get(config["name"], LOOKS),
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
            *(HELD_OUT.format_map(lines).splitlines() if (lines := metrics.get("held_out_lines")) else []),
            *(YARDSTICK if rows else []),
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    main()
