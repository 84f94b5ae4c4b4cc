"""Which backgrounds make training material, which validation, which test: disjoint by the scene they show."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.seed import key_for
from shisaku_stamps.lists import Picture

# Half of the scenes make training material. The rest is shared out so that a test composite rarely sees
# the same wall twice (about thirty scenes for some ninety test items) and validation still has about twenty.
SHARES = {"train": 0.5, "validation": 0.2, "test": 0.3}


def halves(pictures: Sequence[Picture], seed: int) -> dict[str, str]:
    """Return file -> train, validation or test.

    All pictures of one scene go the same way (ten monuments are pictured twice, some by the very same
    photo), and each kind of scene is shared out alike. Who goes where depends on the seed and the
    scene's name, not on the order of the list.
    """
    found: dict[str, str] = {}
    for kind in sorted({picture.kind for picture in pictures}):
        scenes = sorted({p.scene for p in pictures if p.kind == kind}, key=lambda s: key_for(seed, "background", s))
        for place, scene in enumerate(scenes):
            found[scene] = _half((place + 0.5) / len(scenes))
    return {picture.file: found[picture.scene] for picture in pictures}


def _half(position: float) -> str:
    below = 0.0
    for name, share in SHARES.items():
        below += share
        if position < below:
            return name
    return name
