"""How each worker of a scan comes by its `Detector`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from thaiid_detect.errors import SetupError
from thaiid_detect.job import Analyse, Job
from thaiid_detect.settings import Settings
from thaiid_detect.sources import Source

if TYPE_CHECKING:
    from thaiid_detect.detector import Detector

__all__ = ["MakeDetector"]

MEMORY_BYTES = 3 << 30
"""What one worker may allocate above what it starts with; a page at the pixel limit takes about a fifth of it."""


@dataclass(frozen=True)
class MakeDetector:
    """Builds a worker's `Detector`."""

    settings: Settings
    person_key: bytes | None = field(repr=False)
    fingerprint: str = ""
    threads: int = 1

    def __call__(self) -> Analyse:
        detector = self.detector()
        if detector.fingerprint != self.fingerprint:  # tesseract did not answer in time, or weights were replaced
            raise SetupError(
                "A worker process finds other weights or readers than the scan began with",
                remedy="Run the same command again",
            )
        return lambda item, data: detector.detect(data, item=item)

    def detector(self) -> Detector:
        # Imported here, so that a scan by another analyser (the tests', one day Ray's) loads neither model nor codec.
        from thaiid_detect.detector import Detector

        return Detector(settings=self.settings, threads=self.threads, person_key=self.person_key)

    def job(self, source: Source, model: str) -> Job:
        limits = self.settings
        return Job(source, self, limits.mode, limits.max_bytes, limits.item_seconds, MEMORY_BYTES, model)
