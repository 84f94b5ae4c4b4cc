"""The learner `command`: the user's own training program, in whatever framework, behind a few files."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.errors import DataError, RecipeError
from shisaku.learn.command.fitting import FittedProgram, Order, fit_program
from shisaku.learn.command.permission import check_commands_allowed
from shisaku.learn.command.program import Program
from shisaku.learn.examples import Examples, Features
from shisaku.learn.learner import Answers
from shisaku.message import say
from shisaku.store.atomic import disk_errors


@dataclass(frozen=True, slots=True)
class Command:
    """Train with a program of the user's own (docs/learners.md tells the files that go to and fro).

    `command` is a list of arguments, never given to a shell; ``{work}`` in it is the work folder, ``{python}`` the
    interpreter that runs shisaku. It is called once with the phase ``fit`` and once with the phase ``predict`` for
    every set of rows that is asked about, for `timeout` seconds at most each time. `settings` are its own (a study may
    `tune` them as whole mappings). `answers`, `steps` (optimiser steps, 0: until it has converged) and `staged` (it
    heeds ``curriculum``) are declarations that nobody verifies. `media` names the part of a sample that it gets as a
    file. `env` names further variables of the environment that it may see, `threads` is what libraries are held to.
    `files` are files whose change makes another recipe, with their SHA-256: a run adds those among the arguments.
    """

    command: tuple[str, ...]
    answers: Answers = "classes"
    steps: int = 0
    staged: bool = False
    curriculum: float = 0.0
    settings: Mapping[str, Any] = field(default_factory=dict)
    media: str = ""
    timeout: float = 3600.0
    threads: int = 1
    env: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "command", tuple(self.command))
        object.__setattr__(self, "env", tuple(self.env))
        words = all(isinstance(one, str) and "\0" not in one for one in self.command)
        if not (words and self.command and self.command[0]):
            raise RecipeError(
                say("The learner command needs a list of arguments, the program first"),
                where="learner: command",
                next=say("For example [python, train.py]"),
            )
        numbers = self.timeout > 0 and math.isfinite(self.timeout) and self.threads >= 1 and self.steps >= 0
        if not numbers or self.answers not in ("classes", "map") or not 0 <= self.curriculum < 1:
            raise RecipeError(
                say("The learner command needs timeout > 0, threads >= 1, steps >= 0, a curriculum from 0 to below 1, "
                    "and answers that are classes or map"),
                where="learner: command",
            )  # fmt: skip

    def prepared(self, x: Features) -> tuple[Command, Features]:
        """Return rows as they are: what is done to them is the program's own matter."""
        return self, x

    def fit(self, train: Examples, val: Examples | None, rng: np.random.Generator) -> FittedProgram:
        """Let the program learn. The seed it is told is drawn from `rng`.

        Raises RecipeError unless programs are allowed, DataError where a file is not what the recipe was made with,
        nothing is there to train on or the program fails, MachineError where it cannot be started.
        """
        check_commands_allowed("learner: command")
        for file, known in self.files.items():
            if known and digest(Path(file)) != known:
                raise DataError(
                    say("The file changed since this run began: its trials would come from two programs"),
                    where=file,
                    next=say("Run the recipe again: with a changed file it is another run"),
                )
        order = Order(self.answers, self.steps, self.curriculum, self.settings)
        return fit_program(
            "command", Program(self.command, self.timeout, self.threads, self.env), order, train, val, rng
        )


def digest(file: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal digits. Raises MachineError if it cannot be read."""
    with disk_errors(file):
        return hashlib.sha256(file.read_bytes()).hexdigest()
