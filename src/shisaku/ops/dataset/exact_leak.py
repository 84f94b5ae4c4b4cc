"""Whether a part is the same, bit by bit, as one of another dataset."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.against import CopiesAgainst
from shisaku.ops.alike.content import Content


@dataclass(frozen=True)
class ExactLeak(CopiesAgainst, Content):
    """Score a sample by whether the content of `part` is the same in a sample of the reference.

    The SHA-256 of the decoded content is compared. Its own id, its parents and all of their group do not count.

    What it finds: every copy to the bit, as dataset.exact_duplicate.
    When it hurts: one changed pixel makes a copy another content.

    Example::

        - {name: leaked, op: dataset.exact_leak, from: own, reference: against, with: {part: image, kind: image}}
    """

    name: ClassVar[str] = "dataset.exact_leak"
    version: ClassVar[int] = 2
