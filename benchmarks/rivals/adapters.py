"""The rivals: each says of a picture whether it takes it for a copy of a Thai ID card.

They are written as their users write them: the whole picture, read once, and the rule of a 13-digit number whose check
digit is right, as `stdnum.th.pin` has it. `with_title` adds the card's title and labels, which is kinder to them.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from stdnum.th import pin

from thaiid_detect.detector import Detector
from thaiid_detect.records import Verdict
from thaiid_detect.settings import Settings

Rival = Callable[[Path], bool]

_DIGITS = re.compile(r"(?<!\d)\d(?:[ \-.]{0,2}\d){12}(?!\d)")
_TITLE = re.compile(r"thai\s*national\s*id|identification\s*number|บัตรประจ.{0,2}ตัวประชาชน", re.IGNORECASE)


def has_number(text: str) -> bool:
    """Whether 13 digits with the right check digit stand in the text."""
    return any(pin.is_valid(re.sub(r"\D", "", found)) for found in _DIGITS.findall(text))


def with_title(text: str) -> bool:
    """A valid number, or the card's title or label."""
    return has_number(text) or _TITLE.search(text) is not None


def ours(*, second_reader: bool) -> Rival:
    """This library; with `second_reader` also with Tesseract, where that is installed."""
    detector = Detector(settings=Settings(second_reader=second_reader))
    return lambda path: detector.detect(path.read_bytes()).verdict is Verdict.ID_CARD


def tesseract() -> Rival:
    """One pass of Tesseract, Thai and English, over the whole picture; a valid number."""
    import pytesseract

    pytesseract.get_tesseract_version()
    return lambda path: has_number(pytesseract.image_to_string(str(path), lang="tha+eng"))


def rapidocr() -> Rival:
    """rapidocr over the whole picture, one thread; a valid number, or the English title or label."""
    from rapidocr import RapidOCR

    options = {"EngineConfig.onnxruntime.intra_op_num_threads": 1, "Global.log_level": "critical"}
    engine: Any = RapidOCR(params=options)

    def found(path: Path) -> bool:
        picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
        result = engine(picture)
        return with_title(" ".join(result.txts or ()))

    return found


def presidio() -> Rival:
    """Presidio's image analyser, Tesseract beneath, with a recogniser of Thai numbers as its manual says to add one.

    No language model: spaCy has its models on GitHub only, and a pattern asks none. The faster for it.
    """
    import spacy
    from PIL import Image
    from presidio_analyzer import AnalyzerEngine, Pattern, PatternRecognizer
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_image_redactor import ImageAnalyzerEngine

    class ThaiNumber(PatternRecognizer):  # type: ignore[misc]
        def validate_result(self, pattern_text: str) -> bool:
            return has_number(pattern_text)

    pattern = Pattern("thirteen digits", _DIGITS.pattern, 0.5)
    recogniser = ThaiNumber(supported_entity="TH_ID", patterns=[pattern])
    with tempfile.TemporaryDirectory() as folder:
        spacy.blank("en").to_disk(folder)
        blank = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": folder}]}
        analyzer = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=blank).create_engine())
    analyzer.registry.add_recognizer(recogniser)
    engine = ImageAnalyzerEngine(analyzer_engine=analyzer)

    def found(path: Path) -> bool:
        with Image.open(path) as picture:
            return bool(engine.analyze(picture.convert("RGB"), ocr_kwargs={"lang": "tha+eng"}, entities=["TH_ID"]))

    return found


RIVALS: dict[str, Callable[[], Rival]] = {
    "thaiid-detect": partial(ours, second_reader=True),
    "thaiid-detect, no tesseract": partial(ours, second_reader=False),
    "tesseract + checksum": tesseract,
    "rapidocr + checksum or title": rapidocr,
    "presidio image redactor": presidio,
}
"""What opens each; raises ImportError or OSError where it is not installed."""
