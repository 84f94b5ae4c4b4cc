"""What every learner on frozen features shares: a transform of its rows, done once for many fits."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self, cast

from shisaku.errors import RecipeError
from shisaku.learn.calibration import CALIBRATIONS, Calibrate
from shisaku.learn.examples import Features
from shisaku.learn.learner import Answers
from shisaku.learn.rows import ROW_TRANSFORMS, RowTransform, transform_rows
from shisaku.message import Message, say


class OnRows:
    """A frozen dataclass with a field `transform` that learns from rows of features."""

    __slots__ = ()
    transform: RowTransform
    answers: ClassVar[Answers] = "classes"
    staged: ClassVar[bool] = False

    def prepared(self, x: Features) -> tuple[Self, Features]:
        """Transform rows once for many fits."""
        ready: Self = replace(cast(Any, self), transform="none")
        return ready, transform_rows(x, self.transform)


class Calibrated(OnRows):
    """One that learns classes and whose chances may be calibrated, by a field `calibrate`."""

    __slots__ = ()
    calibrate: Calibrate

    def settled(self, numbers: bool, what: Message) -> None:
        """Raise RecipeError that says `what` unless `numbers` are right, and transform and calibration known."""
        if not (numbers and self.transform in ROW_TRANSFORMS and self.calibrate in CALIBRATIONS):
            raise RecipeError(
                what,
                where=f"learner: {self}",
                next=say("Transforms are {known}, calibrations {more}",
                         known=", ".join(ROW_TRANSFORMS), more=", ".join(CALIBRATIONS)),
            )  # fmt: skip
