"""What the datasets of all networks share: samples that are made anew at every visit."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

import numpy as np
import torch
from torch.utils.data import Dataset


class Samples(Dataset[Any]):
    """Random access over what is kept. A sample depends on the seed, the epoch and the index, and on nothing else."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    @abstractmethod
    def __len__(self) -> int:
        """How many there are."""

    @abstractmethod
    def draw(self, rng: np.random.Generator, index: int) -> tuple[torch.Tensor, ...]:
        """The picture that the network sees, and what it is trained towards."""

    def __getitem__(self, visit: tuple[int, int]) -> tuple[torch.Tensor, ...]:
        """`visit` is (epoch, index)."""
        epoch, index = visit
        return self.draw(np.random.default_rng((self.seed, epoch, index)), index)
