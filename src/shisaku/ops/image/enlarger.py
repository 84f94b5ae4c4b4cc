"""A super-resolution network in an ONNX file of the user's own."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError, WeightsError
from shisaku.message import say
from shisaku.models.files import known_sha256
from shisaku.models.graph import open_graph
from shisaku.models.local import local_path, local_variable

if TYPE_CHECKING:
    from shisaku.models.roles import Pixels

NAME = "upscale"
KEPT = 2  # networks that stay open


def weights_path(chosen: str) -> Path | None:
    """Return the file: `chosen`, else what the variable names, else None."""
    return local_path(NAME, Path(chosen) if chosen else None)


def weights_hash(chosen: str) -> str:
    """Return the SHA-256 of the file, empty where there is none."""
    path = weights_path(chosen)
    return known_sha256(path) if path is not None and path.is_file() else ""


class Enlarger:
    """Takes RGB [n, 3, h, w] or luma [n, 1, h, w] of any size, and returns the same at a multiple of the size."""

    def __init__(self, path: Path, digest: str) -> None:
        try:
            self._graph = open_graph(path.read_bytes(), path.name)
        except WeightsError as error:
            raise WeightsError(error.what, where=str(path), next=_wanted()) from error
        self.label = f"{path.stem}:{digest[:8]}"
        inputs = self._graph.get_inputs()
        shape = inputs[0].shape
        if len(inputs) != 1 or len(shape) != 4 or shape[1] not in (1, 3):
            raise WeightsError(
                say("The network does not take one picture of 1 or 3 channels"), where=str(path), next=_wanted()
            )
        self._input, self._channels = inputs[0].name, int(shape[1])
        self._half = inputs[0].type == "tensor(float16)"

    def enlarged(self, image: Pixels, white: float) -> Pixels:
        """Return an RGB picture, larger; levels go in from 0 to `white`. Raises DataError where it does not fit."""
        import cv2

        if self._channels == 3:
            return _levels(self._run(image, white).transpose(1, 2, 0))
        parts = cv2.cvtColor(image, cv2.COLOR_RGB2YCrCb)
        luma = _levels(self._run(parts[:, :, :1], white)[0])
        size = (luma.shape[1], luma.shape[0])
        colours = cv2.resize(parts[:, :, 1:], size, interpolation=cv2.INTER_CUBIC)
        return np.asarray(cv2.cvtColor(np.dstack([luma, colours]), cv2.COLOR_YCrCb2RGB), dtype=np.uint8)

    def _run(self, image: Any, white: float) -> npt.NDArray[np.float32]:
        planes = (image.transpose(2, 0, 1)[None] * np.float32(white / 255.0)).astype(np.float32)
        try:
            made = self._graph.run(None, {self._input: planes.astype(np.float16) if self._half else planes})[0]
        except Exception as error:  # onnxruntime raises bare pybind exceptions of many classes
            raise DataError(say("The network cannot take this picture: {cause}", cause=str(error)[:200])) from error
        wide = np.asarray(made, dtype=np.float32)
        height, width = image.shape[:2]
        fits = wide.ndim == 4 and wide.shape[:2] == planes.shape[:2]
        if not fits or wide.shape[2] % height or wide.shape[2] * width != wide.shape[3] * height:
            raise DataError(say("The network gives {shape}, which is no larger picture", shape=str(wide.shape)))
        if not np.isfinite(wide).all():
            raise DataError(say("The network gives values that are not numbers"))
        return np.asarray(wide[0] * (255.0 / white), dtype=np.float32)


def enlarger(chosen: str) -> Enlarger:
    """Return the network, opened once per process. Raises WeightsError where there is none."""
    path = weights_path(chosen)
    if path is None or not path.is_file():
        raise WeightsError(
            say("There are no weights for super-resolution"), where=str(path) if path else "", next=_wanted()
        )
    return _opened(path, known_sha256(path))


@lru_cache(KEPT)
def _opened(path: Path, digest: str) -> Enlarger:
    return Enlarger(path, digest)


def _levels(planes: npt.NDArray[np.float32]) -> Pixels:
    return np.asarray(np.clip(np.rint(planes), 0, 255), dtype=np.uint8)


def _wanted() -> Any:
    return say(
        "Give the step `weights:` with the ONNX file of a super-resolution network, or set {variable} to it",
        variable=local_variable(NAME),
    )
