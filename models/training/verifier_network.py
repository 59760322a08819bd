"""The verifier's network: plain convolutions down to an 11 × 7 grid of the upright view, then two dense layers.

Dense, because on an upright card every field has its place. 0.9 M parameters, about 3 ms a view on one thread.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.training.network import PRIOR, SIDES, conv

TURNS = 4
GRID = (11, 7)
"""Columns and rows of the coarsest grid: `verifier.VIEW` halved five times."""


class Verifier(nn.Module):
    """RGB uint8 (N, 224, 352, 3) → (N, 15) float32: logits of front, back, pink; logits of the four turns; corners.

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
        nn.init.normal_(self.last.weight, std=0.01)
        nn.init.zeros_(self.last.bias)
        nn.init.constant_(self.last.bias[: len(SIDES)], -torch.log(torch.tensor((1 - PRIOR) / PRIOR)).item() / 3)

    def forward(self, views: Tensor) -> Tensor:
        scaled = views.permute(0, 3, 1, 2).float() * (1 / 64.0) - 2.0
        cells = self.narrow(self.body(scaled)).flatten(1)
        return self.last(self.dropout(torch.relu(self.dense(self.dropout(cells)))))


class DeployedVerifier(nn.Module):
    """What is exported: probabilities in place of logits."""

    def __init__(self, verifier: Verifier) -> None:
        super().__init__()
        self.verifier = verifier

    def forward(self, views: Tensor) -> Tensor:
        out = self.verifier(views)
        sides, turns, corners = out.split([len(SIDES), TURNS, 8], 1)
        return torch.cat([torch.sigmoid(sides), torch.softmax(turns, 1), corners], 1)


def loss(out: Tensor, sides: Tensor, weight: Tensor, turn: Tensor, corners: Tensor) -> tuple[Tensor, Tensor]:
    """Binary cross-entropy of the sides; and of the cards: L1 of the corners with the cross-entropy of the turn.

    `sides`, `weight` (N, 3): 0/1, and 0 where an entry says nothing; `turn` (N,) int64, −1 where there is no card;
    `corners` (N, 8) in corner units.
    """
    logits, turns, places = out.float().split([len(SIDES), TURNS, 8], 1)
    targets = sides * 0.97 + 0.01  # soft: a certain "no" to another hand's card could not be outvoted by its words
    cross = nn.functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    scores = (cross * weight).sum() / len(out)
    cards = (turn >= 0).float()
    count = cards.sum().clamp(min=1.0)
    slip = ((places - corners).abs().mean(1) * cards).sum() / count
    wrong = nn.functional.cross_entropy(turns, turn.clamp(min=0), reduction="none")
    return scores, slip + 0.25 * (wrong * cards).sum() / count
