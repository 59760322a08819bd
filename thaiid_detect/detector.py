"""`Detector`: one document, from bytes to outcome. This file is the recipe; each step lives in its own file.

bytes → pages → a first look at each, small → a second → places where a card may be → a larger picture → a closer
look, words → verdict → outcome
"""

from __future__ import annotations

import hashlib
import os
import time
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from thaiid_detect.document import Document, open_document
from thaiid_detect.errors import UsageError
from thaiid_detect.examiner import Examiner, Place, to_card
from thaiid_detect.image import DecodeError
from thaiid_detect.intake import Source, take_in
from thaiid_detect.place_reader import Examined
from thaiid_detect.records import Item, Mode, Outcome, Reason, Verdict
from thaiid_detect.settings import Settings
from thaiid_detect.tesseract import find_second_reader
from thaiid_detect.verdict import Decision, decide, is_shown
from thaiid_detect.weights import NETWORKS, find_weights

__all__ = ["Detector"]


class Detector:
    """Loads the bundled weights once; every method may be called from several threads at once.

    `threads` is the number of threads of each network. With a `person_key` (see `number.load_person_key`) cards with a
    valid number carry a keyed hash by which people can be counted. Raises SetupError where the weights are unusable.
    """

    def __init__(
        self,
        mode: Mode | str | None = None,
        *,
        settings: Settings | None = None,
        threads: int = 1,
        person_key: bytes | None = None,
    ) -> None:
        self.settings = Settings.of(mode, settings)
        networks = [find_weights(name) for name in NETWORKS]
        decision = Decision.from_config(networks[0].config, self.settings.mode)
        second = find_second_reader() if self.settings.second_reader else None
        self._thresholds = decision.thresholds
        self._examiner = Examiner.open(networks, decision, threads=threads, second=second)
        self._key = person_key
        self.model = "+".join(f"{weights.name}:{weights.sha256[:12]}" for weights in networks)
        key_id = hashlib.sha256(person_key).hexdigest()[:8] if person_key else "no key"
        versions = [each.version for each in (self._examiner.readers.first, second) if each is not None]
        self.fingerprint = self.settings.fingerprint(*(each.config_sha256 for each in networks), key_id, *versions)

    def detect(self, source: Source, *, item: Item | None = None) -> Outcome:
        """The outcome of one document: a path, bytes, a binary file object or a PIL image.

        A file that cannot be read or decoded is an outcome (`unanalysed`), never an exception. `item` names the source
        in the outcome; without it the path, or `<bytes>`.
        """
        began = time.perf_counter()
        taken = take_in(source, self.settings.max_bytes, item)
        outcome = self._outcome(taken.item, Verdict.UNANALYSED, taken.failure or Reason.CORRUPT)
        if taken.failure is None:
            outcome = self._analyse(taken.item, taken.data)
        return replace(outcome, elapsed_ms=(time.perf_counter() - began) * 1e3)

    def detect_many(self, sources: Iterable[Source], *, workers: int | None = None) -> Iterator[Outcome]:
        """The outcomes in the order of `sources`, by `workers` threads (default: one a core)."""
        if workers is not None and workers < 1:
            raise UsageError(f"workers is {workers}", remedy="Give 1 or more, or leave it out.")
        workers = workers or len(os.sched_getaffinity(0))
        waiting: deque[Future[Outcome]] = deque()
        with ThreadPoolExecutor(workers) as pool:
            for source in sources:
                waiting.append(pool.submit(self.detect, source))
                if len(waiting) > workers:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()

    def _analyse(self, item: Item, data: bytes) -> Outcome:
        outcome = self._outcome(item, Verdict.UNANALYSED, Reason.OUT_OF_MEMORY, hashlib.sha256(data).hexdigest())
        try:
            document = open_document(data, self.settings)
            outcome = replace(outcome, media_type=document.media_type)
            if document.holds_pictures:
                return self._look(document, outcome)
        except DecodeError as error:
            return replace(outcome, reason=error.reason, media_type=error.media_type)
        except MemoryError:
            return outcome
        return replace(outcome, verdict=Verdict.CLEAR, reason=Reason.NOT_A_DOCUMENT)

    def _look(self, document: Document, outcome: Outcome) -> Outcome:
        """Every page, then the verdict; what is damaged is an ID card or `unanalysed`."""
        found: list[tuple[Place, Examined]] = []
        looked_at, unread = 0, 0
        for findings in map(self._examiner.look_at, document):  # which keeps no page while the next is unpacked
            looked_at, unread = looked_at + findings.looked_at, unread + findings.unread
            document.damage = document.damage or findings.damage
            found += [(findings.place, each) for each in findings.examined]
        verdict, reason, score = decide([each.finding for _, each in found], looked_at, unread, self._thresholds)
        if verdict is not Verdict.ID_CARD and document.damage is not None:
            verdict, reason = Verdict.UNANALYSED, document.damage
        shown = [(place, each) for place, each in found if is_shown(each.finding, self._thresholds)]
        cards = tuple(to_card(each, place, self._key) for place, each in shown)
        seen = any(each.finding.evidence.number_seen for _, each in found)
        outcome = replace(outcome, verdict=verdict, reason=reason, score=score, cards=cards, number_seen=seen)
        return replace(outcome, pages=document.page_count)

    def _outcome(self, item: Item, verdict: Verdict, reason: Reason, sha256: str | None = None) -> Outcome:
        return Outcome(item, verdict, reason, sha256=sha256, model=self.model, mode=self.settings.mode)
