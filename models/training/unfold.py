"""Exported weights → a network that can be trained on.

Checkpoints are not kept in the repository; `model.onnx` is. Export folds each batch norm into its convolution; here it
is put back with the statistics of some scenes, so that the network gives the same answers as before, in training and
in use, and goes on learning.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn


def unfold(net: nn.Module, folder: Path, pictures: Tensor) -> None:
    """Gives a fresh `net` the weights in `folder/model.onnx`; `pictures` uint8 (N, H, W, 3): a hundred or more samples
    as in training."""
    net.eval()
    modules = dict(net.named_modules())
    bias: dict[str, Tensor] = {}
    for name, (weight, offset) in layers(folder).items():
        module = modules[name]
        module.weight.data.copy_(weight)
        if module.bias is not None:
            module.bias.data.copy_(offset)
        else:
            bias[name] = offset
    for name, offset in bias.items():  # in the order of the network: each layer's input is right when its turn comes
        conv, norm = modules[name], modules[_norm_of(name)]
        assert isinstance(norm, nn.BatchNorm2d)
        # Behind a batch norm the size of the weights says only how fast they learn: that of a fresh layer.
        fan_in = conv.weight[0].numel()
        scale = (1 / (3 * fan_in)) ** 0.5 / conv.weight.data.square().mean().sqrt()
        mean, variance = _output_statistics(net, conv, pictures)
        conv.weight.data *= scale
        norm.running_mean.copy_(mean * scale)
        norm.running_var.copy_(variance * scale**2)
        norm.weight.data.copy_((norm.running_var + norm.eps).sqrt() / scale)
        norm.bias.data.copy_(offset + mean)


def layers(folder: Path) -> dict[str, tuple[Tensor, Tensor]]:
    """Weight and bias of each convolution and dense layer by its name in the network, in the network's order.

    Nodes are named after their modules: /locator/fine/fine.0/fine.0.0/Conv is `fine.0.0`.
    """
    graph = onnx.load(folder / "model.onnx").graph
    values = {value.name: torch.from_numpy(numpy_helper.to_array(value).copy()) for value in graph.initializer}
    return {
        node.name.split("/")[-2]: (values[node.input[1]], values[node.input[2]])
        for node in graph.node
        if node.op_type in ("Conv", "Gemm")
    }


def _norm_of(conv: str) -> str:
    """`fine.0.0` → `fine.0.1`: the batch norm stands behind its convolution."""
    head, _, last = conv.rpartition(".")
    return f"{head}.{int(last) + 1}"


@torch.no_grad()
def _output_statistics(net: nn.Module, conv: nn.Module, pictures: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance of each channel that `conv` puts out."""
    seen: list[Tensor] = []
    hook = conv.register_forward_hook(lambda _module, _inputs, output: seen.append(output))
    try:
        net(pictures)
    finally:
        hook.remove()
    values = torch.cat(seen).transpose(0, 1).flatten(1)
    return values.mean(1), values.var(1, unbiased=False)
