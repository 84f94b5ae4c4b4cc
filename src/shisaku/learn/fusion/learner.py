"""Several modalities joined into one answer, where any of them may be missing."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Literal, get_args

import numpy as np

from shisaku.errors import RecipeError
from shisaku.learn.examples import Examples, Features, Labels, Reals, numbers_only
from shisaku.learn.fusion.early import Completion, Joined, joined
from shisaku.learn.fusion.experts import Pool, experts, pool
from shisaku.learn.fusion.gate import Gated, gate
from shisaku.learn.fusion.views import present, transformed
from shisaku.learn.learner import Answers
from shisaku.learn.logistic import Logistic
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.learn.soft import one_label_each
from shisaku.message import say

How = Literal["early", "late", "gated"]


@dataclass(frozen=True, slots=True)
class FittedFusion:
    """A fused model and the transform of its rows."""

    model: Joined | Pool | Gated
    transform: RowTransform
    at_edge: bool = False

    @property
    def classes(self) -> Labels:
        """The labels seen in training, sorted."""
        return self.model.classes if isinstance(self.model, Joined) else self.model.experts.classes

    @property
    def converged(self) -> bool:
        """Whether every model came to its end."""
        return self.model.converged if isinstance(self.model, Joined) else self.model.experts.converged

    def scores(self, rows: Examples) -> Reals:
        """Return [n, K] class probabilities."""
        return self.model.chances(transformed(rows, self.transform))


@dataclass(frozen=True, slots=True)
class Fusion:
    """Logistic regressions over the views (modalities) of a row, for rows that may lack some of them.

    ``early``: one model of all views side by side; a missing one is filled as `complete` says, and a column tells that
    it was missing where training saw both cases. ``late``: one model per view, their log-probabilities averaged over
    the views that are there (logarithmic opinion pool; Genest and Zidek, Statistical Science 1:114, 1986), weighted by
    what each saves of the log loss of the class shares on held-out groups. ``gated``: the same models, mixed row by
    row by a gate that was fitted on held-out groups to how sure each model is and to which views are there (mixture of
    experts with fixed experts; Jacobs et al., Neural Computation 3:79, 1991).

    `C` is the inverse of the regularisation of every model. `dropout` shows that share of the rows again with one of
    their views missing; row and copy share the row's weight (after ModDrop; Neverova et al., arXiv 1501.00102).
    `complete` fills a missing view with the training ``mean``, with ``zero``, or by a ``ridge`` regression from the
    other views. Both are of early fusion alone: the other two leave a missing view out. A row without any view gets the
    class shares of training. `folds` are those in which groups are held out.
    """

    how: How = "late"
    C: float = 30.0
    dropout: float = 0.0
    complete: Completion = "mean"
    folds: int = 3
    max_iter: int = 300
    tol: float = 1e-3
    transform: RowTransform = "sqrt_l2"

    answers: ClassVar[Answers] = "classes"
    steps: ClassVar[int] = 0
    staged: ClassVar[bool] = False

    def __post_init__(self) -> None:
        known = self.how in get_args(How) and self.complete in get_args(Completion) and self.transform in ROW_TRANSFORMS
        if not (known and self.C > 0 and 0 <= self.dropout <= 1 and self.folds >= 2):
            raise RecipeError(
                say("The learner fusion needs a known way to fuse, to complete and to transform, C > 0, a dropout from "
                    "0 to 1 and two folds or more"),
                where=f"learner: {self}",
                next=say("It fuses {ways} and completes by {fillings}", ways=", ".join(get_args(How)),
                         fillings=", ".join(get_args(Completion))),
            )  # fmt: skip
        if self.how != "early" and (self.dropout or self.complete != "mean"):
            raise RecipeError(
                say("Only early fusion takes `dropout` and `complete`: {how} fusion leaves a missing view out",
                    how=self.how),
                where=f"learner: {self}",
                next=say("Set `how: early`, or leave them out"),
            )  # fmt: skip

    def prepared(self, x: Features) -> tuple[Fusion, Features]:
        """Transform the rows of one view once for many fits."""
        return replace(self, transform="none"), transform_rows(x, self.transform)

    def fit(self, train: Examples, val: Examples | None = None, rng: np.random.Generator | None = None) -> FittedFusion:
        """Train to convergence; `rng` draws what `dropout` shows again, nothing else is random.

        Rows of weight 0 and rows without any view do not exist. Raises DataError if no row is left, or for a number
        that is not finite.
        """
        rows = train.take((train.weight > 0) & present(train).any(axis=1))
        numbers_only(rows.seen(np.where(np.isnan(rows.x), 0, rows.x)), "fusion")
        rows = one_label_each(transformed(rows, self.transform))
        base = Logistic(self.C, self.max_iter, self.tol, "none")
        if self.how == "early":
            return FittedFusion(joined(rows, base, self.complete, self.dropout, rng), self.transform)
        found = experts(rows, base, self.folds)
        return FittedFusion(pool(found) if self.how == "late" else gate(found), self.transform)
