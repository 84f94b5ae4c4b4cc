"""Whether a recording is also in another dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.against import CopiesAgainst
from shisaku.ops.alike.sound import Sound


@dataclass(frozen=True)
class NearLeak(CopiesAgainst, Sound):
    """Score a recording by whether one of the reference is the same recording (see audio.near_duplicate).

    Its own id, its parents and all of their group do not count.

    What it finds: what audio.near_duplicate finds, in the dataset given beside.
    When it hurts: as audio.near_duplicate.

    Example::

        - {name: leaked, op: audio.near_leak, from: own, reference: against}
    """

    name: ClassVar[str] = "audio.near_leak"
    version: ClassVar[int] = 2
