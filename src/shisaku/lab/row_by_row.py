"""What a learner does to features before splits are made must be done to each row alone: test items are among them."""

from __future__ import annotations

import numpy as np

from shisaku.errors import ContaminationError
from shisaku.lab.items import Items
from shisaku.learn.learner import Learner
from shisaku.message import say

SOME = 16  # rows: what is learnt from all of them (a mean, a scale) shows in any


def check_row_by_row(learner: Learner, items: Items) -> None:
    """Raise ContaminationError if rows come out otherwise among all items than among a few of them."""
    x = items.main
    there = np.flatnonzero(np.isfinite(x).all(axis=1))
    few = there[:: max(1, len(there) // SOME)][:SOME]
    if len(few) == len(there):
        few = there[: len(there) // 2]
    whole, part = learner.prepared(x[there])[1], learner.prepared(x[few])[1]
    places = np.searchsorted(there, few)
    if not np.allclose(whole[places], part, rtol=1e-4, atol=1e-5):
        raise ContaminationError(
            say("The learner {learner} prepares rows together: test items would shape what it trains on",
                learner=type(learner).__name__),
            where="study",
            next=say("Learn scales, means and words in `fit`, from training rows alone"),
        )  # fmt: skip
