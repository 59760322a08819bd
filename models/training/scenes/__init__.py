"""Scenes: pictures as they lie in stores, composed from drawn cards, with their labels.

supply → place → canvas → camera, paper, pen, people, overlays, backgrounds, screens → photos, papers, wraps → compose
"""

from __future__ import annotations

from models.training.scenes.compose import compose
from models.training.scenes.supply import Supply

__all__ = ["Supply", "compose"]
