"""Which share of what was made is a copy of something else that was made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from shisaku.ops.alike.made import MadeCopies
from shisaku.ops.alike.meaning import Meaning


@dataclass(frozen=True)
class DuplicateRate(MadeCopies, Meaning):
    """Score a sample as dataset.semantic_duplicate does, and count copies over all and per class.

    A sample is a copy as in dataset.semantic_duplicate, whose parameters these are, and scores the same. Findings:
    ``duplicate_rate``, the share of samples that are copies beyond one of each group and come from another parent than
    those before them, with the exact 95 % interval of Clopper and Pearson; exact copies (same content of the part) and
    copies of siblings (children of one parent, which are alike by design) are counted beside it and decide nothing. It
    warns where the interval lies above `many_from`. ``duplicate_rate_by_class`` gives the same for each class of
    `label` and warns of classes whose interval (Bonferroni over classes) lies above it. The rate grows with n: compare
    at equal n.

    What it finds: in half of 785 pictures with features of image.embed, near copies of three (cosine to each other
    0.98) warned in 2 of 10 repeats where they were 0.05 of all and in 10 from 0.1 on; of one class of about 120 in 6 at
    0.1 and in 10 from 0.2 on; in none where nothing was planted. The limits are 0.1 of all and 0.2 of a class. Copies
    at a cosine of 0.94 to each other pass at any share.
    When it hurts: as dataset.semantic_duplicate. Items of one parent that should differ and do not are counted, not
    warned of.

    Example::

        - {name: copies, op: dataset.duplicate_rate, from: features_made}
    """

    name: ClassVar[str] = "dataset.duplicate_rate"
    thresholds: ClassVar[frozenset[str]] = frozenset({"across", "near_from", "transform", "many_from"})
