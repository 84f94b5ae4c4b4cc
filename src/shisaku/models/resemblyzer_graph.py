"""Writing Resemblyzer's voice encoder as an ONNX graph from its tensors.

Architecture: Wan et al. 2018 (generalised end-to-end loss): three LSTM layers over mel frames, the last state of
the last layer through a linear layer and ReLU, length 1.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

LAYERS = 3
BANDS = 40
OPSET = 17
IR_VERSION = 8
# torch keeps the gates as input, forget, cell, output; ONNX as input, output, forget, cell
GATES = (0, 3, 1, 2)

Array = npt.NDArray[Any]


def reordered(gates: Array) -> Array:
    """Return the rows of the four gates, stacked in torch's order, in ONNX's."""
    return np.concatenate([np.split(gates, 4)[gate] for gate in GATES])


def resemblyzer_onnx(tensors: Mapping[str, Array]) -> bytes:
    """Return the ONNX file: input `mel` [n, frames, 40], output `voice` [n, 256], rows of length 1.

    `tensors` are the encoder's own, by their names in torch. Raises KeyError if one is missing.
    """
    from onnx import TensorProto, checker, helper

    width, hidden = tensors["linear.weight"].shape
    nodes = [helper.make_node("Transpose", ["mel"], ["frames.0"], perm=[1, 0, 2])]
    constants = [_constant("direction", np.array([1], np.int64)), _constant("layer", np.array([0], np.int64))]
    for layer in range(LAYERS):
        constants += _layer_constants(tensors, layer)
        inputs = [f"frames.{layer}", *(f"{kind}.{layer}" for kind in ("W", "R", "B"))]
        nodes.append(helper.make_node("LSTM", inputs, [f"all.{layer}", f"last.{layer}"], hidden_size=hidden))
        nodes.append(helper.make_node("Squeeze", [f"all.{layer}", "direction"], [f"frames.{layer + 1}"]))
    constants += [_constant("w", tensors["linear.weight"]), _constant("b", tensors["linear.bias"])]
    nodes += [
        helper.make_node("Squeeze", [f"last.{LAYERS - 1}", "layer"], ["state"]),
        helper.make_node("Gemm", ["state", "w", "b"], ["raw"], transB=1),
        helper.make_node("Relu", ["raw"], ["positive"]),
        helper.make_node("LpNormalization", ["positive"], ["voice"], axis=1, p=2),
    ]
    graph = helper.make_graph(
        nodes,
        "resemblyzer",
        [helper.make_tensor_value_info("mel", TensorProto.FLOAT, ["n", "frames", BANDS])],
        [helper.make_tensor_value_info("voice", TensorProto.FLOAT, ["n", width])],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], producer_name="shisaku")
    model.ir_version = IR_VERSION
    checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))


def _layer_constants(tensors: Mapping[str, Array], layer: int) -> list[Any]:
    biases = [reordered(tensors[f"lstm.bias_{kind}_l{layer}"]) for kind in ("ih", "hh")]
    return [
        _constant(f"W.{layer}", reordered(tensors[f"lstm.weight_ih_l{layer}"])[None]),
        _constant(f"R.{layer}", reordered(tensors[f"lstm.weight_hh_l{layer}"])[None]),
        _constant(f"B.{layer}", np.concatenate(biases)[None]),
    ]


def _constant(name: str, value: Array) -> Any:
    from onnx import numpy_helper

    return numpy_helper.from_array(np.ascontiguousarray(value), name)
