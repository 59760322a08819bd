"""The verifier's network: plain convolutions down to an 11 × 7 grid of the upright view, then two heads.

One is dense, because on an upright card every field has its place. The other asks only what is seen, wherever it
stands: strangers lay cards out in their own way. What they say of the sides is averaged. 0.9 M parameters, about 3 ms
a view on one thread.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.training.network import PRIOR, SIDES, conv

TURNS = 4
PARTS = (len(SIDES), TURNS, 8, len(SIDES))
"""Entries of an answer: sides, turns, corners, sides from what is seen anywhere."""
GRID = (11, 7)
"""Columns and rows of the coarsest grid: `verifier.VIEW` halved five times."""


class Verifier(nn.Module):
    """RGB uint8 (N, 224, 352, 3) → (N, 18) float32: logits of front, back, pink; logits of the four turns; corners; and
    the sides once more, from what is seen anywhere.

    `thaiid_detect.verifier.decode` says what the entries mean.
    """

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(conv(3, 16, 2), conv(16, 24, 2), conv(24, 24), conv(24, 48, 2), conv(48, 48)),
            *(conv(48, 96, 2), conv(96, 96), conv(96, 96), conv(96, 128, 2), conv(128, 128), conv(128, 128)),
        )
        self.narrow = nn.Sequential(nn.Conv2d(128, 24, 1, bias=False), nn.BatchNorm2d(24), nn.ReLU(inplace=True))
        self.dropout = nn.Dropout(0.2)
        self.dense = nn.Linear(24 * GRID[0] * GRID[1], 128)
        self.last = nn.Linear(128, len(SIDES) + TURNS + 8)
        self.anywhere = nn.Linear(2 * 128, len(SIDES))
        for layer in (self.last, self.anywhere):
            nn.init.normal_(layer.weight, std=0.01)
            nn.init.zeros_(layer.bias)
            nn.init.constant_(layer.bias[: len(SIDES)], -torch.log(torch.tensor((1 - PRIOR) / PRIOR)).item() / 3)

    def forward(self, views: Tensor) -> Tensor:
        scaled = views.permute(0, 3, 1, 2).float() * (1 / 64.0) - 2.0
        grid = self.body(scaled)
        placed = self.last(self.dropout(torch.relu(self.dense(self.dropout(self.narrow(grid).flatten(1))))))
        anywhere = self.anywhere(self.dropout(torch.cat([grid.mean((2, 3)), grid.amax((2, 3))], 1)))
        return torch.cat([placed, anywhere], 1)


class DeployedVerifier(nn.Module):
    """What is exported: probabilities in place of logits, the sides' from both heads: (N, 15)."""

    def __init__(self, verifier: Verifier) -> None:
        super().__init__()
        self.verifier = verifier

    def forward(self, views: Tensor) -> Tensor:
        out = self.verifier(views)
        sides, turns, corners, anywhere = out.split(PARTS, 1)
        return torch.cat([torch.sigmoid((sides + anywhere) / 2), torch.softmax(turns, 1), corners], 1)


def loss(out: Tensor, sides: Tensor, weight: Tensor, turn: Tensor, corners: Tensor) -> tuple[Tensor, Tensor]:
    """Binary cross-entropy of the sides, the mean of both heads'; and of the cards: L1 of the corners with the
    cross-entropy of the turn.

    `sides`, `weight` (N, 3): 0/1, and 0 where an entry says nothing; `turn` (N,) int64, −1 where there is no card;
    `corners` (N, 8) in corner units.
    """
    placed, turns, places, anywhere = out.float().split(PARTS, 1)
    targets = sides * 0.97 + 0.01  # soft: a certain "no" to another hand's card could not be outvoted by its words
    cross = sum(
        nn.functional.binary_cross_entropy_with_logits(logits, targets, weight=weight, reduction="sum")
        for logits in (placed, anywhere)
    )
    scores = cross / (2 * len(out))
    cards = (turn >= 0).float()
    count = cards.sum().clamp(min=1.0)
    slip = ((places - corners).abs().mean(1) * cards).sum() / count
    wrong = nn.functional.cross_entropy(turns, turn.clamp(min=0), reduction="none")
    return scores, slip + 0.25 * (wrong * cards).sum() / count
