"""Whether an image is a copy of one in another dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.against import CopiesAgainst
from shisaku.ops.alike.look import Look


@dataclass(frozen=True)
class NearLeak(CopiesAgainst, Look):
    """Score an image by whether one of the reference looks the same (method and units of image.near_duplicate).

    Its own id, its parents and all of their group do not count.

    What it finds: what image.near_duplicate finds, in the dataset given beside.
    When it hurts: as image.near_duplicate; an image that both datasets took from one public source is a
    copy here too, and rightly so where one of them judges the other.

    Example::

        - {name: leaked, op: image.near_leak, from: own, reference: against}
    """

    name: ClassVar[str] = "image.near_leak"
    version: ClassVar[int] = 2
