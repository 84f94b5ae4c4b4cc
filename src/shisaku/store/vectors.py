"""An embedding file to the canonical float32 bytes. Runs inside a sandbox worker: the file may be hostile."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.message import say
from shisaku.store.clouds import NPY, read_array
from shisaku.store.codecs import decode_vector, encode_vector
from shisaku.store.decoded import Decoded
from shisaku.store.limits import Limits
from shisaku.store.media import all_bytes, first_bytes


def read_vector(media: Path | bytes, limits: Limits) -> Decoded:
    """Read a vector [d] from NPY, or from raw float32 bytes. Raises MediaError."""
    if first_bytes(media, len(NPY)) == NPY:
        vector = read_array(media)
    else:
        vector = decode_vector(Part("embedding", all_bytes(media)))
    if vector.ndim != 1 or vector.dtype.kind not in "fiu" or not vector.size:
        raise MediaError(say("An embedding must be numbers of one dimension, not {shape}", shape=str(vector.shape)))
    with np.errstate(over="ignore"):
        vector = vector.astype(np.float32)
    if not np.isfinite(vector).all():
        raise MediaError(say("The embedding holds values that are not numbers (NaN or infinity)"))
    return Decoded(encode_vector(vector), {"size": str(vector.size)})
