"""`python -m tests.mutations`: 20,000 mutated files of every format, scanned by the real detector in real workers.

What `test_corrupt.py` does with a thousand pictures, with as many as you like, and with documents, archives and mails:
the scan has to end complete, every file named, no worker dead or over its time, and nothing `clear` of which it is
known that it cannot be read. Ends with 1 where that does not hold. The same seed makes the same files.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from itertools import islice
from pathlib import Path

from tests.scan_helpers import ROOT
from tests.test_containers import MUTATED
from tests.test_corrupt import PLAIN, TOLD, corrupt_files, formats, kind_of, must_be_told, pictures
from thaiid_detect.engine import scan_store
from thaiid_detect.records import Outcome, Reason, Verdict
from thaiid_detect.settings import Settings

BATCH = 2000
DOCUMENTS = ROOT / "tests/data/documents"
FAILED = (Reason.CRASHED, Reason.TIMEOUT)
"""What no file of some kilobytes should come to."""
CAPS = {Reason.TOO_LARGE, Reason.TOO_COMPRESSED, Reason.TOO_DEEP, Reason.TOO_MANY_MEMBERS, Reason.OUT_OF_MEMORY}
FOUND_OUT = TOLD | CAPS | {Reason.ENCRYPTED, Reason.CODEC_MISSING, *FAILED}


def kinds() -> dict[str, tuple[bytes, bytes]]:
    """A file without and one with a card, by kind: pictures of every format, the documents of the repository, and a
    picture packed in every way that is known."""
    found = pictures()
    plain, card = formats(PLAIN, 240)["JPEG"], found["JPEG"][1]
    for path in sorted(DOCUMENTS.iterdir()):
        if path.suffix != ".tsv":
            found[f"document {path.name}"] = (path.read_bytes(),) * 2
    for kind, make in MUTATED.items():
        found[f"packed {kind}"] = make(plain), make(card)
    return found


def is_wrong(name: str, outcome: Outcome) -> bool:
    """Whether the outcome breaks a promise: `clear` where that is known to be wrong, or a worker lost."""
    if outcome.verdict is Verdict.UNANALYSED:
        return outcome.reason in FAILED or outcome.reason not in FOUND_OUT
    documents = ("document", "packed")  # a cut may have taken a part of them that shows nothing
    return outcome.verdict is Verdict.CLEAR and format_of(name) not in documents and must_be_told(name)


def format_of(name: str) -> str:
    return kind_of(name)[0].split()[0]


def scanned(files: dict[str, bytes], workers: int) -> dict[str, Outcome]:
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder) / "store"
        store.mkdir()
        for name, data in files.items():
            (store / name).write_bytes(data)
        settings = Settings(second_reader=False, item_seconds=60)
        with scan_store(store, ledger=Path(folder) / "scan.db", workers=workers, settings=settings) as running:
            outcomes = {Path(outcome.item.uri).name: outcome for outcome in running}
        if outcomes.keys() != files.keys() or not running.summary.complete:
            raise SystemExit(f"{len(files)} files, {len(outcomes)} outcomes, complete: {running.summary.complete}")
        return outcomes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=2018)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="folder for the files whose outcome is wrong")
    args = parser.parse_args()
    waiting = corrupt_files(kinds(), args.count, args.seed)
    told: Counter[tuple[str, str, str]] = Counter()
    wrong, slowest, began, done = [], 0.0, time.monotonic(), 0
    while files := dict(islice(waiting, BATCH)):
        for name, outcome in scanned(files, args.workers).items():
            told[format_of(name), outcome.verdict, outcome.reason] += 1
            slowest = max(slowest, outcome.elapsed_ms)
            if is_wrong(name, outcome):
                wrong.append(f"{name}: {outcome.verdict}, {outcome.reason}")
                if args.keep:
                    args.keep.mkdir(parents=True, exist_ok=True)
                    (args.keep / name).write_bytes(files[name])
        done += len(files)
        print(f"{done} files, {time.monotonic() - began:.0f} s, {len(wrong)} wrong", file=sys.stderr, flush=True)
    for (kind, verdict, reason), number in sorted(told.items()):
        print(f"{kind:10} {verdict:10} {reason:16} {number:6}")
    print(f"{done} files, slowest {slowest / 1e3:.1f} s; wrong: {len(wrong)}", *wrong[:50], sep="\n  ")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
