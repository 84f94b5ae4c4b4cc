"""EfficientNet-Lite0 in torch, from the ONNX file that the other back end runs: the same numbers, and they can learn.

A small executor of the node types that occur there. Its padding is written out in the graph for 224 pixels, and is
right for every multiple of 32: each halving then meets an even size, as it does there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shisaku.errors import WeightsError
from shisaku.message import say

FEATURE, IMAGE = "feature", "image"
BLOCKS: Final = 16
STAGES: Final = BLOCKS + 2  # the stem, the blocks, the head convolution with its pooling
MOMENTUM: Final = 0.1
EPSILON: Final = 1e-3  # as the network was trained


@dataclass(frozen=True, slots=True)
class Node:
    """One operation: its inputs and output by name, and the stage it belongs to."""

    op: str
    inputs: tuple[str, ...]
    output: str
    stage: int
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Backbone:
    """The network up to its pooled features; `tensors` are weights and constants by name.

    With `norms` every convolution is followed by a batch normalisation over its own ``<output>.gain``, ``.shift``,
    ``.mean`` and ``.variance``.
    """

    nodes: tuple[Node, ...]
    tensors: dict[str, Any]
    norms: bool = False
    training: bool = False
    momentum: float = MOMENTUM

    @classmethod
    def read(cls, onnx_file: bytes) -> Backbone:
        """Read the graph and its tensors. Raises WeightsError for a graph with other nodes."""
        import onnx
        import torch
        from onnx import numpy_helper

        graph = onnx.load_model_from_string(onnx_file).graph
        tensors = {one.name: torch.from_numpy(numpy_helper.to_array(one).copy()) for one in graph.initializer}
        nodes = []
        for node in graph.node:
            told = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
            name = node.output[0]
            if node.op_type not in _RUN:
                raise WeightsError(say("The network has a node {op} that nothing here can train", op=node.op_type))
            nodes.append(Node(node.op_type, tuple(node.input), name, _stage(name), told))
            if name == FEATURE:
                break
        return cls(tuple(nodes), tensors)

    def weights(self, first: int) -> list[str]:
        """Return the names of what may learn in the stages from `first` on."""
        return [name for node in self._convolutions() if node.stage >= first for name in self._of(node)]

    def forget(self, torch: Any, generator: Any) -> None:
        """Put random numbers in the place of all that was learnt, under batch normalisation.

        Kernels from a normal distribution of variance 2 / fan out (He et al. 2015).
        """
        self.norms = True
        for node in self._convolutions():
            kernel = self.tensors[node.inputs[1]]
            fan_out = kernel.shape[0] * kernel.shape[2] * kernel.shape[3] / int(node.attributes.get("group", 1))
            fresh = torch.randn(kernel.shape, generator=generator) * (2 / fan_out) ** 0.5
            self.tensors[node.inputs[1]] = fresh
            channels = kernel.shape[0]
            for part, value in (("gain", 1.0), ("shift", 0.0), ("mean", 0.0), ("variance", 1.0)):
                self.tensors[f"{node.output}.{part}"] = torch.full((channels,), value)

    def forward(self, x: Any, first: int = 0, last: int = STAGES - 1) -> Any:
        """Run the stages from `first` to `last`; `x` is what the stage before gave, or images [n, 3, size, size]."""
        before = [node.output for node in self.nodes if node.stage < first]
        values = {before[-1] if before else IMAGE: x}
        for node in self.nodes:
            if first <= node.stage <= last:
                found = [values.get(name, self.tensors.get(name)) for name in node.inputs]
                if node.op == "Conv" and self.norms:
                    found = found[:2]  # the normalisation has a shift of its own
                x = _RUN[node.op](found, node.attributes)
                values[node.output] = self._normed(x, node) if node.op == "Conv" and self.norms else x
                x = values[node.output]
        return x

    def _normed(self, x: Any, node: Node) -> Any:
        from torch.nn import functional

        mean, variance, gain, shift = (self.tensors[f"{node.output}.{one}"] for one in _NORM)
        return functional.batch_norm(
            x, mean, variance, gain, shift, training=self.training, momentum=self.momentum, eps=EPSILON
        )

    def _convolutions(self) -> Iterator[Node]:
        return (node for node in self.nodes if node.op == "Conv")

    def _of(self, node: Node) -> Sequence[str]:
        if self.norms:
            return (node.inputs[1], f"{node.output}.gain", f"{node.output}.shift")
        return node.inputs[1:3]


def _stage(output: str) -> int:
    """Return the stage of a node by the name that the graph's writer gave its output."""
    if output.startswith("_blocks."):
        return 1 + int(output.split(".")[1])
    return 0 if output.startswith("_conv_stem") else STAGES - 1


def _conv(inputs: Sequence[Any], told: Mapping[str, Any]) -> Any:
    from torch.nn import functional

    top, left, bottom, right = told["pads"]
    x = functional.pad(inputs[0], (left, right, top, bottom))
    bias = inputs[2] if len(inputs) > 2 else None
    return functional.conv2d(x, inputs[1], bias, stride=list(told["strides"]), groups=int(told.get("group", 1)))


_NORM: Final = ("mean", "variance", "gain", "shift")
_RUN: Final[dict[str, Any]] = {
    "Conv": _conv,
    "Clip": lambda inputs, _: inputs[0].clamp(float(inputs[1]), float(inputs[2])),
    "Add": lambda inputs, _: inputs[0] + inputs[1],
    "GlobalAveragePool": lambda inputs, _: inputs[0].mean(dim=(2, 3), keepdim=True),
    "Flatten": lambda inputs, told: inputs[0].flatten(int(told.get("axis", 1))),
}
