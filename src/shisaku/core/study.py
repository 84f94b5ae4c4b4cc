"""What a Study leaves behind: verdicts, per-split scores, per-item predictions, alarms. Plain frozen data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from shisaku.core.verdict import Decision, Verdict
from shisaku.message import Message


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that may make the study's numbers false: `code` names it, `reason` says it."""

    code: str
    reason: Message
    severity: Literal["note", "warning", "stop"] = "warning"

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {"code": self.code, "severity": self.severity, "reason": self.reason.to_json(), "text": str(self.reason)}


@dataclass(frozen=True, slots=True)
class ArmScore:
    """The metric of one arm in one split and domain (the table that every interval is computed from)."""

    study: str
    split: int
    shots: int
    domain: str
    arm: str
    value: float
    n_train: int
    n_synthetic: int
    n_test: int
    weight: float


@dataclass(frozen=True, slots=True)
class Prediction:
    """One test item under one arm in one split."""

    study: str
    split: int
    shots: int
    domain: str
    arm: str
    item: str
    group: str
    truth: str
    predicted: str


@dataclass(frozen=True, slots=True)
class StudyResult:
    """A Study as it ended. `plan` is the frozen plan with its hash and ceilings, `headline` its first line.

    `out_of_fold` holds what models of real items alone said of training items that they did not see: of all that a
    study leaves, this alone may choose seeds for generation. `costs` are seconds and memory by arm, no part of the
    result: they differ from run to run.
    """

    name: str
    plan: Mapping[str, Any]
    overall: Decision
    headline: Message
    verdicts: tuple[Verdict, ...]
    arm_scores: tuple[ArmScore, ...]
    predictions: tuple[Prediction, ...]
    alarms: tuple[Alarm, ...] = ()
    per_class: tuple[Mapping[str, Any], ...] = ()
    out_of_fold: tuple[Mapping[str, Any], ...] = ()
    class_scores: tuple[Mapping[str, Any], ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    costs: tuple[Mapping[str, Any], ...] = field(default=(), compare=False)
