"""A learner is somebody's code: what it raises, or answers that is none, becomes one error that names it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np

from shisaku.errors import DataError, ShisakuError
from shisaku.learn.examples import Examples, Reals
from shisaku.learn.learner import Fitted
from shisaku.message import say


@contextmanager
def blamed(learner: object, where: str) -> Iterator[None]:
    """Turn what a learner raises inside into a DataError; an error of shisaku, or want of memory, stays what it is."""
    try:
        yield
    except (ShisakuError, MemoryError):
        raise
    except Exception as error:
        raise DataError(
            say("The learner {learner} failed with {kind}: {cause}",
                learner=type(learner).__name__, kind=type(error).__name__, cause=str(error) or "-"),
            where=where,
            next=say("Mend the learner or its settings and run again: finished splits are kept"),
        ) from error  # fmt: skip


def told_scores(fitted: Fitted, rows: Examples) -> Reals:
    """Return what a model says of `rows` [n, K]. Raises DataError for another shape, or scores that are no numbers."""
    name = type(fitted).__name__
    with blamed(fitted, "learner"):
        scores = np.asarray(fitted.scores(rows), dtype=np.float64)
    wide = len(fitted.classes)
    if scores.ndim != 2 or len(scores) != len(rows) or (wide and scores.shape[1] != wide):
        raise DataError(
            say("The learner's {model} gave scores of shape {found} for {n} rows and {k} classes",
                model=name, found=str(scores.shape), n=len(rows), k=wide),
            where="learner",
            next=say("Give one row of scores for every row asked, one score for every class seen in training"),
        )  # fmt: skip
    if not np.isfinite(scores).all():
        raise DataError(
            say("The learner gave {n} scores that are no numbers", n=int((~np.isfinite(scores)).sum())),
            where="learner",
            next=say("Look for NaN or huge values in the features, or at the learner's settings"),
        )
    return scores
