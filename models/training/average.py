"""`python -m models.training.average OLD NEW --share 0.5`: NEW becomes the mean of two trained weights of one network.

A network that is trained on with other data gains there and forgets elsewhere. The mean of what it was and what it
became keeps most of both (Wortsman et al. 2022, https://arxiv.org/abs/2109.01903): on shifted designs it found as much
as the new weights, on our own held-out scenes it lost half as much. Both have to be of one line: NEW started from OLD.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import numpy_helper


def average(old: Path, new: Path, share: float) -> None:
    """Write share × NEW + (1 - share) × OLD into the folder NEW. Raises SystemExit where their shapes differ."""
    theirs, ours = (onnx.load(str(folder / "model.onnx")) for folder in (old, new))
    if [node.op_type for node in theirs.graph.node] != [node.op_type for node in ours.graph.node]:
        raise SystemExit(f"{old} and {new} are not the same network")
    for one, other in zip(theirs.graph.initializer, ours.graph.initializer, strict=True):
        before, after = numpy_helper.to_array(one), numpy_helper.to_array(other)
        if before.shape != after.shape or one.name != other.name:
            raise SystemExit(f"{old} and {new} are not the same network: {other.name}")
        if after.dtype == np.float32:
            mean = np.asarray((1 - share) * before + share * after, np.float32)
            other.CopyFrom(numpy_helper.from_array(mean, other.name))
    onnx.save(ours, str(new / "model.onnx"))
    record(new, json.loads((old / "config.json").read_text())["sha256"], share)


def record(folder: Path, old: str, share: float) -> None:
    """The new hash, and how the weights came to be, in `config.json` and `CARD.md`."""
    config = json.loads((folder / "config.json").read_text())
    said = f"Then averaged: {share:g} of these weights, {1 - share:g} of those they started from (sha256 {old[:12]})."
    config["sha256"] = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()
    config["provenance"]["note"] = f"{config['provenance'].get('note') or ''} {said}".strip()
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")
    card = (folder / "CARD.md").read_text().rstrip()
    (folder / "CARD.md").write_text(f"{card}\n\n{said} Figures above are of the weights before that.\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("old", type=Path, help="weights folder that the training started from")
    parser.add_argument("new", type=Path, help="weights folder after it; becomes the mean")
    parser.add_argument("--share", type=float, default=0.5, help="of the new weights (default: %(default)s)")
    args = parser.parse_args()
    if not 0 <= args.share <= 1:
        parser.error("--share lies between 0 and 1")
    average(args.old, args.new, args.share)


if __name__ == "__main__":
    main()
