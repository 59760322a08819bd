"""Probabilities, weighed as odds: what two looks at one thing say together."""

from __future__ import annotations

import math

__all__ = ["between"]


def between(one: float, other: float, trace: float = 1e-6) -> float:
    """The probability whose log-odds lie midway between those of two; `trace`: as near to 0 or to 1 as either counts.

    >>> round(between(0.9, 0.1), 9), round(between(0.99, 0.5), 3)
    (0.5, 0.909)
    """
    one, other = (min(max(score, trace), 1 - trace) for score in (one, other))
    odds = math.sqrt((one / (1 - one)) * (other / (1 - other)))
    return odds / (1 + odds)
