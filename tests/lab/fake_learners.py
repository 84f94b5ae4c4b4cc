"""Learners that misbehave, for tests of what becomes of a study."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import EntryPoint
from typing import Any, ClassVar

import numpy as np
import pytest

from shisaku.learn.examples import Examples, Features, Labels, Reals
from shisaku.learn.learner import Answers
from shisaku.learn.logistic import FittedLogistic, Logistic
from shisaku.registry import doors


@dataclass(frozen=True, slots=True)
class Spoken:
    """A model whose scores are what `how` says."""

    inner: FittedLogistic
    how: str
    converged: bool = True
    at_edge: bool = False

    @property
    def classes(self) -> Labels:
        return self.inner.classes

    def scores(self, rows: Examples) -> Reals:
        found = self.inner.scores(rows)
        if self.how == "nan":
            found[0] = np.nan
        if self.how == "answer":
            raise KeyError("weights")
        if self.how == "short":
            return found[1:]
        return found


@dataclass(frozen=True)
class Misbehaving:
    """Logistic regression until it is told to do something else."""

    how: str = ""
    C: float = 1.0
    steps: int = 0

    answers: ClassVar[Answers] = "classes"
    staged: ClassVar[bool] = False

    def prepared(self, x: Features) -> tuple[Any, Features]:
        return self, (x - x.mean(axis=0) if self.how == "together" and len(x) else x)

    def fit(self, train: Examples, val: Examples | None, rng: np.random.Generator) -> Any:
        if self.how == "fit":
            raise ZeroDivisionError("division by zero")
        return Spoken(Logistic(C=self.C, transform="none").fit(train), self.how)


def behind_the_door(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let studies find the learner `misbehaving` in this process."""
    found = dict(doors._found(doors.LEARNERS))
    found["misbehaving"] = EntryPoint("misbehaving", "fake_learners:Misbehaving", doors.LEARNERS)
    real = doors._found
    monkeypatch.setattr(doors, "_found", lambda group: found if group == doors.LEARNERS else real(group))
