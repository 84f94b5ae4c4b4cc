"""Opening an ONNX graph on the CPU."""

from __future__ import annotations

from typing import Any

from shisaku.errors import WeightsError
from shisaku.message import say
from shisaku.models.threads import model_threads


def open_graph(data: bytes, model: str, threads: int | None = None) -> Any:
    """Return an ``onnxruntime.InferenceSession``; its ``run`` may be called from many threads.

    Raises WeightsError if the bytes are not a graph that onnxruntime can run.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = model_threads(threads)
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # waiting threads sleep instead of spinning: others share the cores
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime raises bare pybind exceptions of many classes
        raise WeightsError(
            say("{model} is not a graph that onnxruntime can run: {cause}", model=model, cause=str(error)[:300]),
            where=model,
            next=say("Delete its folder in the cache and run `shisaku models pull {model}`", model=model),
        ) from error
