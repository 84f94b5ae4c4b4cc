"""A point cloud to the canonical NPY. Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.codecs import encode_points
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.media import all_bytes, as_file, first_bytes

NPY = b"\x93NUMPY"
SWEEP = 5  # x, y, z, intensity, ring: a LiDAR sweep of nuScenes (devkit, data_classes.LidarPointCloud)
SWEEP_COLUMNS = "x,y,z,intensity,ring"


def read_points(media: Path | bytes, limits: Limits) -> Decoded:
    """Read a point cloud, [n, 3 or more] as NPY or as raw float32 rows of 5 (nuScenes ``.pcd.bin``). Raises MediaError.

    Points with a value that is not a number are refused, not dropped: their number would say something else.
    """
    if first_bytes(media, len(NPY)) == NPY:
        cloud, columns = read_array(media), ""
    else:
        data = all_bytes(media)
        if len(data) % (4 * SWEEP):
            raise MediaError(say("This is not a point cloud that is read (NPY, or float32 rows of 5: .pcd.bin)"))
        cloud, columns = np.frombuffer(data, "<f4").reshape(-1, SWEEP), SWEEP_COLUMNS
    if cloud.ndim != 2 or cloud.shape[1] < 3 or not len(cloud) or cloud.dtype.kind not in "fiu":
        raise MediaError(say("A point cloud must be numbers of shape [n, 3 or more], not {shape}", shape=_shape(cloud)))
    if len(cloud) > limits.points:
        raise MediaError(say("The cloud has {n} points; the limit is {limit}", n=len(cloud), limit=limits.points))
    if not np.isfinite(cloud).all():
        raise MediaError(say("The cloud holds values that are not numbers (NaN or infinity)"))
    facts = {"points": str(len(cloud)), **({"columns": columns} if columns else {})}
    return Decoded(encode_points(cloud.astype(np.float32)), facts)


def read_array(media: Path | bytes) -> npt.NDArray[Any]:
    """Return an NPY array; one that would need unpickling is refused. Raises MediaError."""
    try:
        return np.asarray(np.load(as_file(media), allow_pickle=False))
    except (ValueError, EOFError, SyntaxError) as error:
        raise MediaError(say("This is not a plain NPY array: {cause}", cause=str(error)[:120])) from None


def _shape(array: npt.NDArray[Any]) -> str:
    return f"{list(array.shape)} {array.dtype}"
