"""Which weights stand behind an op, for the key of what it makes and for the lineage of that."""

from __future__ import annotations

from shisaku.core.op import Op


def models_of(op: Op) -> dict[str, str]:
    """Return name and hash of each set of weights behind an op; none for an op without models.

    Raises WeightsError if a file is missing or not the pinned one.
    """
    if not op.models:
        return {}
    from shisaku.models.loading import weights_hashes

    return {part: digest for name in op.models for part, digest in weights_hashes(name).items()}
