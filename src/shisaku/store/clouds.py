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
from shisaku.store.pcd import Pcd, is_pcd, read_pcd

NPY = b"\x93NUMPY"
START = 16
SWEEP = 5  # x, y, z, intensity, ring: a LiDAR sweep of nuScenes (devkit, data_classes.LidarPointCloud)
SWEEP_COLUMNS = "x,y,z,intensity,ring"


def read_points(media: Path | bytes, limits: Limits) -> Decoded:
    """Read a point cloud: [n, 3 or more] as NPY, PCD, or raw float32 rows of 5 (nuScenes ``.pcd.bin``).

    Points with a value that is not a number are refused, not dropped: their number would say something else. In PCD
    files they are the format's way to say that nothing came back; they are left out, and the fact `empty` counts
    them. Nothing comes of a cloud of such points alone. Raises MediaError.
    """
    start = first_bytes(media, START)
    cloud: npt.NDArray[Any]
    if is_pcd(start):
        cloud, facts = _returns(read_pcd(all_bytes(media), limits.points))
        if not len(cloud):
            return Decoded(b"", facts)
    elif start.startswith(NPY):
        cloud, facts = read_array(media), {}
    else:
        cloud, facts = _sweep(all_bytes(media)), {"columns": SWEEP_COLUMNS}
    if cloud.ndim != 2 or cloud.shape[1] < 3 or not len(cloud) or cloud.dtype.kind not in "fiu":
        raise MediaError(say("A point cloud must be numbers of shape [n, 3 or more], not {shape}", shape=_shape(cloud)))
    if len(cloud) > limits.points:
        raise MediaError(say("The cloud has {n} points; the limit is {limit}", n=len(cloud), limit=limits.points))
    with np.errstate(over="ignore"):
        cloud = cloud.astype(np.float32)
    if not np.isfinite(cloud).all():
        raise MediaError(say("The cloud holds values that are not numbers (NaN or infinity)"))
    return Decoded(encode_points(cloud), {"points": str(len(cloud)), **facts})


def _sweep(data: bytes) -> npt.NDArray[np.float32]:
    if len(data) % (4 * SWEEP):
        raise MediaError(say("This is not a point cloud that is read (NPY, PCD, or float32 rows of 5: .pcd.bin)"))
    return np.frombuffer(data, "<f4").reshape(-1, SWEEP)


def _returns(found: Pcd) -> tuple[npt.NDArray[np.float64], dict[str, str]]:
    facts = {"columns": ",".join(found.columns)}
    if found.columns[:3] != ("x", "y", "z"):
        raise MediaError(say("The first columns of the PCD file are {columns}, not x, y, z", columns=facts["columns"]))
    held = found.points[~np.isnan(found.points).any(axis=1)]
    empty = len(found.points) - len(held)
    return held, {"points": str(len(held)), **facts, **({"empty": str(empty)} if empty else {})}


def read_array(media: Path | bytes) -> npt.NDArray[Any]:
    """Return an NPY array; one that would need unpickling is refused. Raises MediaError."""
    try:
        return np.asarray(np.load(as_file(media), allow_pickle=False))
    except (ValueError, EOFError, SyntaxError) as error:
        raise MediaError(say("This is not a plain NPY array: {cause}", cause=str(error)[:120])) from None


def _shape(array: npt.NDArray[Any]) -> str:
    return f"{list(array.shape)} {array.dtype}"
