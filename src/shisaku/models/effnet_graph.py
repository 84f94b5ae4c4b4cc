"""Writing EfficientNet-Lite0 as an ONNX graph from its tensors.

Architecture: Tan & Le 2019 (EfficientNet), Lite variant: no squeeze-and-excite, ReLU6, fixed stem and head.
Padding is TensorFlow's SAME (asymmetric), batch norm (eps 1e-3) is folded into the convolutions in float64.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

SIZE = 224
EPSILON = 1e-3
OPSET = 17
IR_VERSION = 8
STRIDES = (1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 1, 2, 1, 1, 1, 1)

Array = npt.NDArray[Any]


def same_padding(size: int, kernel: int, stride: int) -> tuple[int, int, int]:
    """Return (begin, end, output size) of TensorFlow's SAME padding along one axis."""
    out = -(-size // stride)
    total = max((out - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2, out


def fold_norm(weight: Array, norm: Mapping[str, Array]) -> tuple[Array, Array]:
    """Return weight and bias of a convolution [out, in, k, k] with the batch norm behind it folded in.

    w' = w g / sqrt(var + eps), b' = beta - mean g / sqrt(var + eps) (Ioffe & Szegedy 2015, at inference).
    """
    scale = norm["weight"].astype(np.float64) / np.sqrt(norm["running_var"].astype(np.float64) + EPSILON)
    bias = norm["bias"].astype(np.float64) - norm["running_mean"].astype(np.float64) * scale
    return (weight.astype(np.float64) * scale[:, None, None, None]).astype(np.float32), bias.astype(np.float32)


@dataclass
class _Graph:
    tensors: Mapping[str, Array]
    size: int = SIZE
    nodes: list[Any] = field(default_factory=list)
    initializers: list[Any] = field(default_factory=list)

    def constant(self, name: str, value: Array) -> str:
        from onnx import numpy_helper

        self.initializers.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, op: str, inputs: list[str], output: str, **attributes: Any) -> str:
        from onnx import helper

        self.nodes.append(helper.make_node(op, inputs, [output], name=output, **attributes))
        return output

    def conv(self, x: str, conv: str, norm: str, stride: int = 1, depthwise: bool = False, relu: bool = True) -> str:
        parts = ("weight", "bias", "running_mean", "running_var")
        weight, bias = fold_norm(
            self.tensors[f"{conv}.weight"], {part: self.tensors[f"{norm}.{part}"] for part in parts}
        )
        kernel = weight.shape[2]
        begin, end, self.size = same_padding(self.size, kernel, stride)
        inputs = [x, self.constant(f"{conv}.w", weight), self.constant(f"{conv}.b", bias)]
        x = self.node(
            "Conv",
            inputs,
            f"{conv}.out",
            kernel_shape=[kernel, kernel],
            strides=[stride, stride],
            pads=[begin, begin, end, end],
            group=weight.shape[0] if depthwise else 1,
        )
        return self.node("Clip", [x, "zero", "six"], f"{conv}.relu6") if relu else x

    def block(self, x: str, number: int, stride: int) -> str:
        name = f"_blocks.{number}"
        shortcut = x
        if f"{name}._expand_conv.weight" in self.tensors:
            x = self.conv(x, f"{name}._expand_conv", f"{name}._bn0")
        x = self.conv(x, f"{name}._depthwise_conv", f"{name}._bn1", stride, depthwise=True)
        x = self.conv(x, f"{name}._project_conv", f"{name}._bn2", relu=False)
        if stride == 1 and self._channels_in(name) == self.tensors[f"{name}._project_conv.weight"].shape[0]:
            x = self.node("Add", [x, shortcut], f"{name}.sum")
        return x

    def _channels_in(self, block: str) -> int:
        expand = self.tensors.get(f"{block}._expand_conv.weight")
        first = expand.shape[1] if expand is not None else self.tensors[f"{block}._depthwise_conv.weight"].shape[0]
        return int(first)


def efficientnet_lite0_onnx(tensors: Mapping[str, Array]) -> bytes:
    """Return the ONNX file: input `image` [n, 3, 224, 224], outputs `feature` [n, 1280] and `logits` [n, 1000].

    Raises KeyError if a tensor is missing.
    """
    from onnx import TensorProto, checker, helper

    graph = _Graph(tensors)
    graph.constant("zero", np.array(0, np.float32))
    graph.constant("six", np.array(6, np.float32))
    x = graph.conv("image", "_conv_stem", "_bn0", stride=2)
    for number, stride in enumerate(STRIDES):
        x = graph.block(x, number, stride)
    x = graph.conv(x, "_conv_head", "_bn1")
    x = graph.node("GlobalAveragePool", [x], "pooled")
    feature = graph.node("Flatten", [x], "feature", axis=1)
    weight, bias = graph.constant("fc.w", tensors["_fc.weight"]), graph.constant("fc.b", tensors["_fc.bias"])
    graph.node("Gemm", [feature, weight, bias], "logits", transB=1)
    model = helper.make_model(
        helper.make_graph(
            graph.nodes,
            "efficientnet-lite0",
            [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["n", 3, SIZE, SIZE])],
            [
                helper.make_tensor_value_info("feature", TensorProto.FLOAT, ["n", tensors["_fc.weight"].shape[1]]),
                helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["n", tensors["_fc.weight"].shape[0]]),
            ],
            graph.initializers,
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="shisaku",
    )
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
