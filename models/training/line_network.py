"""The network of the line readers (digits, Thai letters): convolutions that fold a line's height and keep its length.

No recurrence: a letter is told by its own shape and its neighbours', and onnxruntime runs convolutions fastest.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.training.network import conv

USUAL = 13
"""Letters of a usual line: what the loss is divided by, so that one rate of learning serves all."""


def flatten(inputs: int, outputs: int) -> nn.Sequential:
    """3×3 convolution that halves the height alone."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, (2, 1), 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )


class LineReader(nn.Module):
    """RGB uint8 (N, 40, W, 3), W a multiple of 4 → (N, W / 4, classes) float32, along the line: logits of each letter
    and, last, of none. `width` is that of the layers along the line."""

    def __init__(self, classes: int, width: int = 128) -> None:
        super().__init__()
        self.body = nn.Sequential(
            *(conv(3, 16, 2), conv(16, 24), conv(24, 40, 2), conv(40, 40)),
            *(flatten(40, 64), conv(64, 64), flatten(64, 96)),
        )
        self.folded = nn.Sequential(
            nn.Conv2d(96, width, (3, 3), padding=(0, 1), bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        self.dropout = nn.Dropout(0.1)
        self.along = nn.Sequential(
            nn.Conv2d(width, width, (1, 5), padding=(0, 2), bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)
        )
        self.classes = nn.Conv2d(width, classes, 1)

    def forward(self, lines: Tensor) -> Tensor:
        scaled = lines.permute(0, 3, 1, 2).float() * (1 / 64.0) - 2.0
        cells = self.along(self.dropout(self.folded(self.body(scaled))))
        return self.classes(cells)[:, :, 0].transpose(1, 2)


class DeployedReader(nn.Module):
    """What is exported: probabilities in place of logits."""

    def __init__(self, lines: LineReader) -> None:
        super().__init__()
        self.lines = lines

    def forward(self, lines: Tensor) -> Tensor:
        return torch.softmax(self.lines(lines), 2)


def loss(out: Tensor, letters: Tensor, length: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Connectionist temporal classification, a mean over the lines; and 0, as there are no corners.

    `letters` (N, most) int64, of which the first `length` (N,) stand on the line, none where that is 0; `weight` (N,) 0
    where nobody could say what it shows.
    """
    blank = out.shape[2] - 1
    steps = torch.full((len(out),), out.shape[1], dtype=torch.long)
    log = torch.log_softmax(out.float(), 2).transpose(0, 1)
    each = nn.functional.ctc_loss(log, letters, steps, length, blank=blank, reduction="none", zero_infinity=True)
    scores = (each * weight).sum() / (USUAL * len(out))
    return scores, torch.zeros_like(scores)
