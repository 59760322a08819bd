"""Trains a network: `python -m models.training.train --network NAME --data DIR [DIR …] --out RUN`.

The same script on CPU and CUDA. One-cycle schedule over a fixed number of samples; checkpoints every few minutes, and
the same command goes on where a killed run stopped. An exponential average of the weights is what is measured and
exported. The yardstick (cards from other hands) is printed beside the loss: the own validation says little.
"""

from __future__ import annotations

import argparse
import copy
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, Sampler

from models.training.recipes import RECIPES, Recipe
from models.training.unfold import unfold
from models.training.visits import Samples
from models.training.yardstick import DEFAULT_DATA, Yardstick, format_table
from thaiid_detect.weights import DEFAULT


class Run:
    """Everything that a checkpoint holds."""

    def __init__(self, recipe: Recipe, device: torch.device, lr: float) -> None:
        self.device = device
        self.recipe = recipe
        # A CPU that only emulates bfloat16 takes thirty times as long with it.
        self.half = device.type == "cuda" or torch.cpu._is_avx512_bf16_supported()
        self.lr = lr
        self.net = recipe.net().to(device)
        self.average = copy.deepcopy(self.net).eval()
        decay = [p for p in self.net.parameters() if p.ndim > 1]
        plain = [p for p in self.net.parameters() if p.ndim <= 1]
        groups = [{"params": decay, "weight_decay": 0.02}, {"params": plain, "weight_decay": 0.0}]
        self.optimizer = torch.optim.AdamW(groups, lr=lr)
        self.seen = 0

    def freeze(self, names: Sequence[str]) -> None:
        """Leaves these modules as they are: edges and colours are the same in any picture, and learning them anew takes
        a third of the time."""
        for name in names:
            self.net.get_submodule(name).requires_grad_(False).eval()

    def save(self, path: Path) -> None:
        state = {
            "net": self.net.state_dict(),
            "average": self.average.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "seen": self.seen,
        }
        torch.save(state, path.with_suffix(".part"))
        path.with_suffix(".part").replace(path)

    def load(self, path: Path) -> None:
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.net.load_state_dict(state["net"])
        self.average.load_state_dict(state["average"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.seen = int(state["seen"])

    def start_from(self, path: Path, scenes: Samples) -> None:
        """Takes the averaged weights of another run, or the exported ones in a folder: fine-tuning."""
        if path.is_dir():
            few = np.random.default_rng(0).choice(len(scenes), min(len(scenes), 128), replace=False)
            pictures = torch.stack([scenes[(0, int(i))][0] for i in few])
            unfold(self.net, path, pictures.to(self.device))
            state = self.net.state_dict()
        else:
            state = torch.load(path, map_location=self.device, weights_only=True)["average"]
        self.net.load_state_dict(state)
        self.average.load_state_dict(state)

    def deployed(self) -> torch.nn.Module:
        """The averaged network as it is exported."""
        return self.recipe.deployed(self.average)

    def step(self, batch: list[torch.Tensor], total: int) -> tuple[float, float]:
        rate = self.lr * schedule(self.seen / total)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        picture, *targets = [part.to(self.device, non_blocking=True) for part in batch]
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.half):
            out = self.net(picture)
        scores, corners = self.recipe.criterion(out, *targets)
        self.optimizer.zero_grad(set_to_none=True)
        (scores + self.recipe.corner_weight * corners).backward()
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self.optimizer.step()
        self.seen += len(picture)
        self._follow()
        return float(scores.detach()), float(corners.detach())

    @torch.no_grad()
    def _follow(self, decay: float = 0.998) -> None:
        momentum = min(decay, (1 + self.seen / 64) / (10 + self.seen / 64))
        for mine, theirs in zip(self.average.state_dict().values(), self.net.state_dict().values(), strict=True):
            if mine.is_floating_point():
                mine.lerp_(theirs, 1 - momentum)
            else:
                mine.copy_(theirs)


class Endless(Sampler[tuple[int, int]]):
    """Shuffled (epoch, index) from sample `start` on, for ever; fixed by the seed, so a resumed run goes on in it."""

    def __init__(self, scenes: Samples, seed: int, start: int) -> None:
        self.size, self.seed, self.start = len(scenes), seed, start

    def __iter__(self) -> Iterator[tuple[int, int]]:
        epoch, offset = divmod(self.start, self.size)
        while True:
            order = np.random.default_rng((self.seed, epoch)).permutation(self.size)
            yield from ((epoch, int(i)) for i in order[offset:])
            epoch, offset = epoch + 1, 0


def schedule(done: float) -> float:
    """Share of the peak learning rate at `done` (0–1) of the run: a short rise, a cosine fall to 1 %."""
    rise = 0.04
    if done < rise:
        return 0.1 + 0.9 * done / rise
    return 0.01 + 0.99 * 0.5 * (1 + math.cos(math.pi * min(1.0, (done - rise) / (1 - rise))))


@torch.no_grad()
def network_of(deployed: torch.nn.Module, device: torch.device) -> Any:
    """A numpy-in, numpy-out view of a network as it is exported."""
    deployed.eval()

    def run(squares: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        with torch.no_grad():
            return deployed(torch.from_numpy(np.ascontiguousarray(squares)).to(device)).cpu().numpy()  # type: ignore[no-any-return]

    return run


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--network", choices=list(RECIPES), default=DEFAULT)
    parser.add_argument(
        "--data",
        type=Path,
        nargs="+",
        required=True,
        help="folders that models.training.build, or .views, wrote; for digits, pools",
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for checkpoints and the log")
    parser.add_argument("--samples", type=int, default=400_000, help="training samples in all (default: %(default)s)")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--loaders", type=int, default=1, help="worker processes that prepare samples")
    parser.add_argument("--init", type=Path, help="checkpoint, or folder of weights, to fine-tune from")
    parser.add_argument("--frozen", nargs="*", default=[], help="modules of the network to leave as they are: fine")
    parser.add_argument("--yardstick", type=Path, default=DEFAULT_DATA, help="folder with truth.tsv (shared/data)")
    parser.add_argument("--every", type=int, default=25_000, help="samples between two measurements")
    return parser.parse_args()


def main() -> None:
    args = arguments()
    torch.manual_seed(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    args.out.mkdir(parents=True, exist_ok=True)
    checkpoint = args.out / "checkpoint.pt"
    recipe = RECIPES[args.network]
    scenes = recipe.samples(args.data, args.seed)
    run = Run(recipe, device, args.lr)
    if checkpoint.exists():
        run.load(checkpoint)
    elif args.init:
        run.start_from(args.init, scenes)
    run.freeze(args.frozen)
    yardstick = None
    if recipe.prepare is not None and (args.yardstick / "truth.tsv").exists():
        yardstick = Yardstick(args.yardstick, recipe.prepare())
    if yardstick is None:
        print(f"no yardstick for {args.network} at {args.yardstick}: training unmeasured", file=sys.stderr)
    train(run, args, scenes, yardstick, checkpoint)


def train(run: Run, args: argparse.Namespace, scenes: Samples, yardstick: Yardstick | None, checkpoint: Path) -> None:
    print(f"{len(scenes)} pictures, {run.device}, from sample {run.seen} to {args.samples}", flush=True)
    loader = DataLoader(
        scenes,
        batch_size=args.batch,
        sampler=Endless(scenes, args.seed, run.seen),
        num_workers=args.loaders,
        prefetch_factor=4 if args.loaders else None,
        pin_memory=run.device.type == "cuda",
    )
    losses: list[tuple[float, float]] = []
    began, first = time.monotonic(), run.seen
    for batch in loader:
        losses.append(run.step(batch, args.samples))
        ended = run.seen >= args.samples
        if ended or run.seen // args.every != (run.seen - args.batch) // args.every:
            rate = (run.seen - first) / (time.monotonic() - began)
            record: dict[str, Any] = {"seen": run.seen, "rate": round(rate, 1)}
            record["score_loss"], record["corner_loss"] = np.mean(losses, 0).round(4).tolist()
            losses.clear()
            line = f"{run.seen} {rate:.0f}/s loss {record['score_loss']} {record['corner_loss']}"
            if yardstick is not None:
                record["yardstick"] = yardstick.measure(network_of(run.deployed(), run.device))
                line += " | " + format_table(record["yardstick"])
            print(line, flush=True)
            with (args.out / "log.jsonl").open("a") as file:
                file.write(json.dumps(record) + "\n")
            run.save(checkpoint)
        if ended:
            break


if __name__ == "__main__":
    main()
