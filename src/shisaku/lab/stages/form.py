"""The form of an introduction: what a person states before a stage may start. The shape of its YAML, and its values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any, Final, Literal, cast

from pydantic import Field

from shisaku.lab.stages.stage import Stage
from shisaku.lab.stages.threshold import Threshold
from shisaku.lab.stages.values import Cost, Day, Shape, Some

DUTIES: Final = ("owner", "training", "escalation", "on_call")
WATCHED: Final = ("drift", "kpi", "safety")
Word = Annotated[str, Field(min_length=1, max_length=200)]
Text = Annotated[str, Field(min_length=1, max_length=2000)]
Words = Annotated[list[Word], Some, Field(min_length=1, max_length=500)]
Lower = Literal["poc", "fine_tune", "pilot"]


class Currency(Shape):
    """`money`: the one currency of the form, and whether its amounts are an illustration and nobody's figures."""

    currency: Word
    illustrative: bool = False


class Gates(Shape):
    """`gates`: what is asked of the data at every stage."""

    diversity: list[Threshold] = Field(default=[], max_length=100)
    labels: list[Threshold] = Field(default=[], max_length=100)


class Budget(Shape):
    """The most that a stage may lose, split into units that may each be lost alone."""

    cap: Cost
    units: dict[Word, Cost] = Field(max_length=100)


class StagePart(Shape):
    """What one stage asks before it may be left: thresholds, money, and the roles that sign."""

    kpi: list[Threshold] = Field(default=[], max_length=100)
    budget: Budget | None = None
    sign: list[Word] = Field(default=[], max_length=20)


class Stages(Shape):
    """`stages`."""

    poc: StagePart = StagePart()
    fine_tune: StagePart = StagePart()
    pilot: StagePart = StagePart()
    scale: StagePart = StagePart()


class Response(Shape):
    """What is done about an error: `truth` taken for `answer`, by whom, at what cost, in place by when."""

    truth: Words
    answer: Words
    owner: Word
    action: Text
    cost: Cost
    deadline: Day
    done: Day | None = None


class Trigger(Shape):
    """A measurable sign that takes the stage back: `figure` says what is measured, one limit when it crosses."""

    figure: Text
    owner: Word
    above: float | None = None
    below: float | None = None
    back_to: Lower | None = None


class Risk(Shape):
    """One entry of the risk register."""

    name: Word
    mitigation: Text
    owner: Word
    trigger: Trigger


class Watch(Shape):
    """`watch`: what is measured in use from the pilot on."""

    drift: Trigger | None = None
    kpi: Trigger | None = None
    safety: Trigger | None = None


class Ethics(Shape):
    """What somebody answers for about datasets and generators; `withdrawn` takes it back."""

    of: Words
    purpose: Text
    consent: Text
    misuse: Text
    affected: Text
    answers: Word
    withdrawn: Day | None = None


class Duty(Shape):
    """Who does something in the organisation, what it is, and since when it is in place."""

    who: Word
    what: Text
    done: Day | None = None


class Organisation(Shape):
    """`organisation`: the checklist."""

    owner: Duty | None = None
    training: Duty | None = None
    escalation: Duty | None = None
    on_call: Duty | None = None


class Form(Shape):
    """The whole form."""

    schema_: Literal[1] = Field(alias="schema")
    title: Text
    money: Currency
    studies: list[Word] = Field(default=[], max_length=100)
    classes: list[Word] = Field(default=[], max_length=1000)
    gates: Gates = Gates()
    stages: Stages = Stages()
    responses: list[Response] = Field(default=[], max_length=10_000)
    risks: list[Risk] = Field(default=[], max_length=1000)
    watch: Watch = Watch()
    ethics: list[Ethics] = Field(default=[], max_length=1000)
    organisation: Organisation = Organisation()

    def part(self, stage: Stage) -> StagePart:
        """Return what the form says about one stage."""
        return cast("StagePart", getattr(self.stages, stage))

    def triggers(self) -> dict[str, Trigger]:
        """Return every trigger that is measured from outside, by name: the watch, then the risks."""
        watched = {name: one for name in WATCHED if (one := getattr(self.watch, name))}
        return watched | {risk.name: risk.trigger for risk in self.risks}

    def thresholds(self) -> Iterator[tuple[tuple[str | int, ...], Threshold]]:
        """Yield every threshold with its place in the form."""
        for name in ("diversity", "labels"):
            for place, one in enumerate(getattr(self.gates, name)):
                yield ("gates", name, place), one
        for stage in Stages.model_fields:
            for place, one in enumerate(getattr(self.stages, stage).kpi):
                yield ("stages", stage, "kpi", place), one

    @property
    def responsible(self) -> str:
        """Who owns the introduction, empty where nobody does yet."""
        return self.organisation.owner.who if self.organisation.owner else ""


def json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a form."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **Form.model_json_schema(by_alias=True)}
