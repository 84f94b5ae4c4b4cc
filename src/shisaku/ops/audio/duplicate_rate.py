"""Which share of the made audio parts are copies of others that were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.made import MadeCopies
from shisaku.ops.alike.sound import Sound


@dataclass(frozen=True)
class DuplicateRate(MadeCopies, Sound):
    """Score a sample as audio.near_duplicate does, and count copies over all and per class.

    A sample is a copy as in audio.near_duplicate, whose parameters these are, and scores the same. Findings:
    ``duplicate_rate``, the share of samples that are copies beyond one of each group and come from another parent than
    those before them, with the exact 95 % interval of Clopper and Pearson; exact copies (same content of the part) and
    copies of siblings (children of one parent, which are alike by design) are counted beside it and decide nothing. It
    warns where the interval lies above `many_from`. ``duplicate_rate_by_class`` gives the same for each class of
    `label` and warns of classes whose interval (Bonferroni over classes) lies above it. The rate grows with n: compare
    at equal n.

    What it finds: the copies that audio.near_duplicate finds, with its limits; the rate itself was planted for features
    and texts (dataset.duplicate_rate, text.duplicate_rate).
    When it hurts: as audio.near_duplicate. The same words spoken again are no copy here.

    Example::

        - {name: copies, op: audio.duplicate_rate, from: spoken}
    """

    name: ClassVar[str] = "audio.duplicate_rate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "many_from", "wrong", "cover"})
