"""Which share of the made text parts are copies of others that were made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.made import MadeCopies
from shisaku.ops.alike.wording import Wording


@dataclass(frozen=True)
class DuplicateRate(MadeCopies, Wording):
    """Score a sample as text.near_duplicate does, and count copies over all and per class.

    A sample is a copy as in text.near_duplicate, whose parameters these are, and scores the same. Findings:
    ``duplicate_rate``, the share of samples that are copies beyond one of each group and come from another parent than
    those before them, with the exact 95 % interval of Clopper and Pearson; exact copies (same content of the part) and
    copies of siblings (children of one parent, which are alike by design) are counted beside it and decide nothing. It
    warns where the interval lies above `many_from`. ``duplicate_rate_by_class`` gives the same for each class of
    `label` and warns of classes whose interval (Bonferroni over classes) lies above it. The rate grows with n: compare
    at equal n.

    What it finds: of half of the English telephone prompts of three words or more, copies of three (a word lost or two
    turned) warned in 5 of 10 repeats where they were 0.2 of all, in 8 at 0.4, in 10 at 0.8, in none where nothing was
    planted: the limit is 0.4. Where all three that were copied are too short to compare nothing is found.
    When it hurts: as text.near_duplicate. Short texts are never compared and count as no copies.

    Example::

        - {name: copies, op: text.duplicate_rate, from: reworded}
    """

    name: ClassVar[str] = "text.duplicate_rate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "many_from", "near_from"})
