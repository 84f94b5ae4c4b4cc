"""Whether a text is nearly one of another dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.against import CopiesAgainst
from shisaku.ops.alike.wording import Wording


@dataclass(frozen=True)
class NearLeak(CopiesAgainst, Wording):
    """Score a text by whether one of the reference says it in nearly the same words (see text.near_duplicate).

    Its own id, its parents and all of their group do not count.

    What it finds: what text.near_duplicate finds, in the dataset given beside.
    When it hurts: as text.near_duplicate; boilerplate that every text of a kind bears counts as well.

    Example::

        - {name: leaked, op: text.near_leak, from: own, reference: against}
    """

    name: ClassVar[str] = "text.near_leak"
    version: ClassVar[int] = 2
