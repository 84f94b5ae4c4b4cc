"""Which weights stand behind an op, as part of the key of what it makes."""

from __future__ import annotations

from shisaku.core.op import Op


def weights_of(op: Op) -> str:
    """Return a digest of the models behind an op, so that other weights give other keys.

    Empty for an op without models. Raises WeightsError if a file is missing or not the pinned one.
    """
    if not op.models:
        return ""
    from shisaku.models.loading import weights_fingerprint

    return "+".join(weights_fingerprint(name) for name in op.models)
