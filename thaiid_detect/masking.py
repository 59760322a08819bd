"""Names on their way into outcomes: of a file inside a file, say, which may be called after its owner's number."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["mask", "masked_name"]

_GAP: Final = r"[ \t._\u00a0\u2010-\u2014-]{0,3}"
_NUMBER: Final = re.compile(
    r"(?<!\d)" + _GAP.join(rf"\d{{{length}}}" for length in (1, 4, 5, 2, 1)) + r"(?!\d)|\d{13,}"
)
"""13 digits in the printed grouping or unbroken; and longer runs, in which they may be hidden."""
_LONGEST: Final = 400


def masked_name(name: str) -> str:
    """The name with every 13-digit number masked as on the card; cut in the middle where it is very long.

    >>> masked_name("2016/1289900000125 front.jpg"), masked_name("1-2899-00000-12-5.jpg"), masked_name("a_1033.jpg")
    ('2016/X-XXXX-XXXXX-12-5 front.jpg', 'X-XXXX-XXXXX-12-5.jpg', 'a_1033.jpg')
    """
    name = _NUMBER.sub(_mask, name.encode("utf-8", "replace").decode())  # lone surrogates are no text
    half = _LONGEST // 2
    return name if len(name) <= _LONGEST else f"{name[:half]}…{name[-half:]}"


def _mask(number: re.Match[str]) -> str:
    return mask("".join(char for char in number[0] if char.isdigit()))


def mask(digits: str) -> str:
    """The number as it is shown: its last three digits, never more."""
    return f"X-XXXX-XXXXX-{digits[-3:-1]}-{digits[-1]}"
