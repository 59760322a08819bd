"""How far a scan is, what it found, and the exit code that follows from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from thaiid_detect.records import Reason, Verdict

__all__ = ["ScanSummary"]


@dataclass
class ScanSummary:
    """How far a scan is, and at its end what it found. Counts items unless it says otherwise."""

    listed: int = 0
    skipped: int = 0
    """Had an outcome in the ledger already; that outcome is counted in `verdicts` and `reasons`."""
    analysed: int = 0
    verdicts: Counter[Verdict] = field(default_factory=Counter)
    reasons: Counter[Reason] = field(default_factory=Counter)
    listed_bytes: int = 0
    analysed_bytes: int = 0
    not_files: int = 0
    """FIFOs, sockets, devices, links to folders and dangling links: in the store, but no items."""
    failures: int = 0
    """Parts of the store (folders; of a bucket, all from where its listing broke off) that could not be listed."""
    gone: int = 0
    """Files of earlier scans that this one, having gone through the whole store, found to have left it."""
    left_out: int = 0
    """Files, and folders with all that is in them, that were not to be looked at (`Selection`)."""
    cut: bool = False
    """What came after the limit is left out, too, and not counted."""
    ended: bool = False
    """All that was to be gone through was."""

    @property
    def complete(self) -> bool:
        """Whether everything that was to be looked at was listed and has its one outcome. Of the store, see `whole`."""
        return self.ended and not self.failures and self.listed == self.skipped + self.analysed

    @property
    def whole(self) -> bool:
        """Whether everything in the store was listed and has its one outcome: nothing was left out, either."""
        return self.complete and not self.left_out

    def exit_code(self, *, fail_on_found: bool = False, strict: bool = False) -> int:
        """What the command line returns: see DESIGN.md. 3 also when there was nothing to read: never a silent 0."""
        if not self.complete or not self.listed or self.verdicts[Verdict.UNANALYSED]:
            return 3
        found = self.verdicts[Verdict.ID_CARD] + (self.verdicts[Verdict.SUSPECT] if strict else 0)
        return 1 if found and fail_on_found else 0

    def count(self, verdict: Verdict, reason: Reason) -> None:
        self.verdicts[verdict] += 1
        self.reasons[reason] += 1
