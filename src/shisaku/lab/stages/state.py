"""Where an introduction stands: all that its record says, folded together."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from shisaku.core.identity import fingerprint
from shisaku.lab.stages.cells import Cell, missing
from shisaku.lab.stages.facts import RunFacts, Study, studies_of
from shisaku.lab.stages.form import Form
from shisaku.lab.stages.stage import Stage

Episode = tuple[str, int]  # a trigger, and the event with which it became active


class Signature(NamedTuple):
    """Who signed what in which role, and when; no proof of a person."""

    name: str
    role: str
    of: str
    when: str


@dataclass(frozen=True, slots=True)
class State:
    """The stage, and what it was entered with and has seen since.

    `entered`, `formed` and `laid` are the numbers of the events that entered the stage, took in the form and laid the
    evidence. `used` are plans of studies on which an earlier advance rested, `cleared` the names that had an ethics
    record then. `spent` is by stage and unit. `measured` is the last value of each trigger, `since` the event with
    which an active one became so, `served` the episodes that have taken the stage back.
    """

    form: Form
    form_sha: str
    form_file: str
    stage: Stage = "poc"
    entered: int = 0
    formed: int = 0
    runs: tuple[RunFacts, ...] = ()
    laid: int = 0
    used: frozenset[str] = frozenset()
    cleared: frozenset[str] = frozenset()
    spent: Mapping[tuple[Stage, str], Decimal] = field(default_factory=dict)
    signed: tuple[Signature, ...] = ()
    measured: Mapping[str, float] = field(default_factory=dict)
    since: Mapping[str, int] = field(default_factory=dict)
    served: frozenset[Episode] = frozenset()

    @property
    def studies(self) -> list[Study]:
        """The studies that the form is about."""
        return [study for _, study in studies_of(self.runs, self.form.studies)]

    def is_new(self, study: Study) -> bool:
        """Return whether no earlier gate rested on the plan of a study; one without a plan is nothing new."""
        return bool(study.plan) and study.plan not in self.used

    @property
    def classes(self) -> list[str]:
        """The classes that can be mistaken for each other: declared, else those of the studies."""
        return list(self.form.classes) or sorted({name for study in self.studies for name in study.classes})

    @property
    def unanswered(self) -> list[Cell]:
        """The errors that nobody answers for."""
        return missing(self.form.responses, self.classes)

    @property
    def to_answer_for(self) -> list[str]:
        """The datasets of all runs, and what made data for the studies: these need a record of ethics."""
        made = [name for study in self.studies for name in study.generators]
        return sorted({*made, *(name for run in self.runs for name in run.datasets)})

    @property
    def answered_for(self) -> set[str]:
        """The names with a record of ethics that nobody withdrew."""
        return {name for one in self.form.ethics if one.withdrawn is None for name in one.of}

    @property
    def document(self) -> str:
        """The hash of what is signed: stage, form and evidence, each since it came; what changed back is another."""
        evidence = [[run.path, dict(run.files)] for run in self.runs]
        return fingerprint(self.stage, self.entered, self.form_sha, self.formed, evidence, self.laid)

    def spent_in(self, stage: Stage, unit: str = "") -> Decimal:
        """Return what was spent in a stage, ever, or on one of its units."""
        return sum(
            (amount for (at, name), amount in self.spent.items() if at == stage and unit in ("", name)), Decimal(0)
        )

    def valid_signatures(self) -> dict[str, Signature]:
        """Return role -> the signature that stands: of what is there now, the last where there are more."""
        wanted, document = self.form.part(self.stage).sign, self.document
        return {one.role: one for one in self.signed if one.of == document and one.role in wanted}


def same_person(name: str) -> str:
    """Return a name without differences of case, width and spaces."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
