"""Neighbours: cards and pages that are not Thai ID cards and may look like one.

`draw_neighbour` and `draw_page` are all that the composer needs; the same generator state gives the same bytes.
"""

from __future__ import annotations

from models.training.neighbours.draw import draw_neighbour, draw_page

__all__ = ["draw_neighbour", "draw_page"]
