"""Networks that repeat or blow up pixels, in place of the super-resolution network that a user would bring."""

from __future__ import annotations

import functools
import tempfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


@functools.cache
def doubling(channels: int = 3, factor: int = 2) -> str:
    """The path of an ONNX file that makes every pixel `factor` by `factor` pixels."""
    shape = [1, channels, None, None]
    scales = numpy_helper.from_array(np.array([1, 1, factor, factor], np.float32), "scales")
    node = helper.make_node(
        "Resize",
        ["x", "", "scales"],
        ["y"],
        mode="nearest",
        nearest_mode="floor",
        coordinate_transformation_mode="asymmetric",
    )
    sides = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", "y")]
    graph = helper.make_graph([node], "doubling", sides[:1], sides[1:], [scales])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    path = Path(tempfile.mkdtemp(prefix="upscale-")) / f"x{factor}c{channels}.onnx"
    onnx.save(model, path)
    return str(path)
