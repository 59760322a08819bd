"""The locator's network: plain 3×3 convolutions, because those are what onnxruntime runs fastest on a CPU.

Most parameters sit in the coarse stages, where they cost little time: 0.73 M parameters, under 3 ms at 256×256 on one
thread. Fully convolutional, so the same weights take a larger picture for a closer look.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STRIDE = 16
CORNER_UNIT = 64.0
"""A corner output of 1.0 means 64 px from the cell's centre."""
SIDES = ("front", "back", "pink")
WORST = 4
"""Cells of a bare page that its loss is the mean of."""
PRIOR = 0.01
"""What a fresh network says of each cell: nearly every cell of a real store holds nothing."""


def conv(inputs: int, outputs: int, stride: int = 1) -> nn.Sequential:
    """3×3 convolution, batch norm (folded away at export), ReLU."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class Locator(nn.Module):
    """RGB uint8 (N, H, W, 3), sides multiples of 32 → (N, 3 + 8, H/16, W/16) float32.

    Channels 0–2 are logits of a card's front, back, pink at the cell (probabilities in `Deployed`); 3–10 are the
    corners TL TR BR BL of the card as (x, y) from the cell's centre, in units of 64 px.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fine = nn.Sequential(conv(3, 8, 2), conv(8, 16, 2), conv(16, 16), conv(16, 32, 2), conv(32, 32))
        self.middle = nn.Sequential(conv(32, 64, 2), conv(64, 64), conv(64, 64))
        self.coarse = nn.Sequential(conv(64, 128, 2), conv(128, 128), conv(128, 128), conv(128, 128))
        self.lateral = nn.Conv2d(64, 96, 1)
        self.down = nn.Conv2d(128, 96, 1)
        self.joined = conv(96, 96)
        self.scores = nn.Conv2d(96, len(SIDES), 1)
        self.corners = nn.Conv2d(96, 8, 1)
        nn.init.constant_(self.scores.bias, -torch.log(torch.tensor((1 - PRIOR) / PRIOR)).item())

    def forward(self, pictures: Tensor) -> Tensor:
        scaled = pictures.permute(0, 3, 1, 2).float() * (1 / 64.0) - 2.0
        middle = self.middle(self.fine(scaled))
        coarse = self.down(self.coarse(middle))
        upsampled = nn.functional.interpolate(coarse, scale_factor=2.0, mode="nearest")
        joined = self.joined(torch.relu(self.lateral(middle) + upsampled))
        return torch.cat([self.scores(joined), self.corners(joined)], 1)


class Deployed(nn.Module):
    """What is exported: the same network with probabilities in place of logits."""

    def __init__(self, locator: Locator) -> None:
        super().__init__()
        self.locator = locator

    def forward(self, pictures: Tensor) -> Tensor:
        out = self.locator(pictures)
        return torch.cat([torch.sigmoid(out[:, : len(SIDES)]), out[:, len(SIDES) :]], 1)


def loss(
    out: Tensor,
    scores: Tensor,
    weight: Tensor,
    corners: Tensor,
    size: Tensor,
    bare: Tensor,
    *,
    page_weight: float = 0.0,
) -> tuple[Tensor, Tensor]:
    """Focal loss (γ = 1) of the scores, a mean over positive cells, with `page_weight` times the pages' loss; and
    scale-free L1 of the corners, a mean over positive cells.

    With the usual γ = 2 all scores crept to the middle: cards 0.78, everyday photographs 0.30 at the median.

    `scores` (N, 3, h, w) 0/1; `weight` (N, 1 or 3, h, w) 0 where a cell is neither card nor background; `corners`
    (N, 8, h, w) in corner units; `size` (N, 1, h, w) square root of the card's area in corner units, 0 off the cards;
    `bare` (N,) 1 for pages with neither card nor neighbour.
    """
    logits = out[:, : len(SIDES)].float()
    probability = torch.sigmoid(logits)
    cross = nn.functional.binary_cross_entropy_with_logits(logits, scores, reduction="none")
    missed = torch.where(scores > 0, 1 - probability, probability)
    focal = cross * missed * torch.where(scores > 0, 0.75, 0.5) * weight
    positive = (size > 0).float()
    count = positive.sum().clamp(min=1.0)
    off = (out[:, len(SIDES) :].float() - corners).abs() / size.clamp(min=0.05)
    # Beyond one card size an error is a wrong card or a wrong turn, not a slip: keep its pull bounded.
    slip = torch.where(off < 1.0, off, 1.0 + torch.log(off.clamp(min=1.0)))
    pages = page_weight * page_loss(logits, scores, weight, bare) if page_weight else 0.0
    return focal.sum() / count + pages, (slip * positive).sum() / (8 * count)


def page_loss(logits: Tensor, scores: Tensor, weight: Tensor, bare: Tensor) -> Tensor:
    """Cross-entropy of whole pages, a mean over those that are judged: what the first look's maximum is used for.

    A cell's loss says little of the one cell in 400 that lets a page pass: photographs trained on passed as often as
    others. Of a page with a card its best cell of one counts, of a bare page its `WORST` cells; pages with
    neighbours are left out, or unknown designs of cards would be shut out with them.
    """
    hidden = torch.finfo(logits.dtype).min
    card = logits.masked_fill(scores <= 0, hidden).flatten(1).max(1).values
    other = logits.masked_fill(weight <= 0, hidden).amax(1).flatten(1).topk(WORST).values
    shown = (scores.flatten(1) > 0).any(1).to(logits.dtype)
    bare = bare.to(logits.dtype) * (1 - shown)
    losses = nn.functional.softplus(-card.clamp(min=-20.0)) * shown
    losses = losses + nn.functional.softplus(other.clamp(min=-20.0)).mean(1) * bare
    return losses.sum() / (shown + bare).sum().clamp(min=1.0)
