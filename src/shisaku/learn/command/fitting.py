"""Trains and asks a model that lives in a program outside: rows go in as files, answers come back as a file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from shisaku.errors import DataError, MachineError
from shisaku.learn.command.answers import read_chances, read_places
from shisaku.learn.command.program import Program
from shisaku.learn.command.work import PREDICTIONS, Work
from shisaku.learn.examples import Examples, Labels, Reals, numbers_only
from shisaku.learn.learner import Answers
from shisaku.learn.soft import LEAST


@dataclass(frozen=True, slots=True)
class FittedProgram:
    """What a program learnt into its work folder; without a program, the one class there is."""

    program: Program | None
    work: Work | None
    classes: Labels
    width: int = 0
    converged: bool = True
    at_edge: bool = False

    def scores(self, rows: Examples) -> Reals:
        """Ask the program for these rows: [n, K] chances, or of a map [n, m].

        Raises MachineError or DataError if it fails, and DataError for answers that do not fit; the work folder is
        kept then.
        """
        if self.program is None or self.work is None:
            return np.ones((len(rows), 1))
        if not len(rows):
            return np.zeros((0, self.width or len(self.classes)))
        try:
            names = self.work.asked(rows)
            self.work.ask("predict")
            self.program.run(self.work.path)
            asked = dict(zip(names, rows.ids or names, strict=True))
            path = self.work.path / PREDICTIONS
            if self.width:
                return read_places(path, asked, self.width)
            return read_chances(path, asked, [str(one) for one in self.classes])
        except (DataError, MachineError):
            self.work.keep()
            raise


@dataclass(frozen=True, slots=True)
class Order:
    """What a program is to be told beside its rows: `settings` are its own, `steps` 0 leaves it to the program."""

    answers: Answers = "classes"
    steps: int = 0
    curriculum: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)


def fit_program(
    who: str, program: Program, order: Order, train: Examples, val: Examples | None, rng: np.random.Generator
) -> FittedProgram:
    """Write the rows, let the program learn from them, and return what it learnt. Rows of weight 0 do not exist.

    Rows of one class are not worth a program: the answer is that class. Raises DataError for nothing to train on,
    DataError or MachineError if the program fails.
    """
    numbers_only(replace(train, x=np.zeros((len(train), 0))) if train.views else train, who)
    train = train.take(train.weight > 0)
    seed = int(rng.integers(2**31))
    is_map = order.answers == "map"
    classes = np.zeros(0, np.intp) if is_map else _classes(train)
    if len(classes) == 1:
        return FittedProgram(None, None, classes)
    work = Work(
        {
            "answers": order.answers,
            "classes": [str(one) for one in classes],
            "width": train.targets.shape[1] if is_map else None,
            "views": {name: list(span) for name, span in train.views.items()},
            "seed": seed,
            "threads": program.threads,
            "steps": order.steps,
            "curriculum": order.curriculum,
            "settings": dict(order.settings),
        }
    )
    try:
        work.learnt_from("train", train)
        if val is not None and len(val):
            work.learnt_from("val", val)
        work.ask("fit")
        program.run(work.path)
    except (DataError, MachineError):
        work.keep()
        raise
    return FittedProgram(program, work, classes, train.targets.shape[1] if is_map else 0)


def _classes(train: Examples) -> Labels:
    """Return the labels that some row bears, also in part."""
    classes = np.unique(train.y)
    if not train.soft.size:
        return classes
    return np.union1d(classes, np.flatnonzero((train.soft >= LEAST).any(axis=0)).astype(classes.dtype))
