"""Figures of the benchmarks, drawn from raw results: `pip install -e '.[dev]'` brings matplotlib."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
else:
    Axes = Any

__all__ = ["Axes", "figure", "spread"]


@contextmanager
def figure(out: Path, caption: str, panels: int = 1) -> Iterator[Callable[[], Axes]]:
    """A figure of so many panels side by side, saved as what `out` ends with (.png, .svg …), with a caption below.

    Gives what hands out the panels, one after the other. Raises SystemExit where matplotlib is not installed.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SystemExit("Plots want matplotlib: pip install -e '.[dev]'") from error
    drawn = Figure(figsize=(6.4 * panels, 4.8), layout="constrained")
    FigureCanvasAgg(drawn)
    axes = iter(drawn.subplots(1, panels, squeeze=False)[0])
    yield lambda: next(axes)
    drawn.supxlabel(caption, fontsize="x-small")
    drawn.savefig(out, dpi=150)


def spread(values: list[float]) -> tuple[float, tuple[float, float]]:
    """The median, and how far the least and the most lie from it, as matplotlib wants error bars."""
    middle = sorted(values)[len(values) // 2]
    return middle, (middle - min(values), max(values) - middle)
