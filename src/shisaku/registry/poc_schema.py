"""The shape of a form for a proof of concept: which keys there are, of what type, in what range."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shisaku.registry.schema import Word


def _as_numbers(value: object) -> object:
    """Let a known amount be written as a number."""
    return [value] if not isinstance(value, list | dict) else value


Number = TypeVar("Number")
Told = Annotated[
    list[Number],
    BeforeValidator(_as_numbers, json_schema_input_type=float | str | list[float | str]),
    Field(min_length=1, max_length=3),
]
Costs = Told[Annotated[float, Field(ge=0)]]
Volume = Told[Annotated[float, Field(gt=0)]]
Shares = Told[Annotated[float, Field(ge=0, le=1)]]
Gains = Told[Annotated[float, Field(gt=-1, lt=1)]]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Money = Annotated[float, Field(ge=0)]


class _Shape(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class ErrorCostShape(_Shape):
    """What a wrong answer costs."""

    any_: Costs | None = Field(default=None, alias="any")
    missed: Costs | None = None
    false_alarm: Costs | None = None


def _as_any(value: object) -> object:
    """Let what every error costs alike be written without a name."""
    return value if isinstance(value, dict) or value is None else {"any": value}


class PricesShape(_Shape):
    """What one of each thing costs."""

    label: Costs
    made: Costs
    check: Costs
    hour: Costs


class HoursShape(_Shape):
    """Hours of other work."""

    setup: Money
    look: Money


class AssumedShape(_Shape):
    """How answers scatter, where it was measured before."""

    differing: Shares | None = None
    lasting: Shares | None = None
    alike: Shares | None = None


class PocShape(_Shape):
    """All that stands under `poc`."""

    title: Word
    decides: Word
    data: Literal["image", "audio", "text"]
    positive: str = Field(default="", max_length=200)
    positive_share: Shares | None = None
    error_rate: Shares | None = None
    expected_gain: Gains
    smallest_gain: Annotated[float, Field(ge=0, lt=1)] | None = None
    largest_loss: Annotated[float, Field(ge=0, lt=1)] = 0.02
    test: Literal["own", "untouched"]
    labelled: dict[Word, Count] = Field(max_length=100)
    groups: Count = 0
    untouched: dict[Word, Count] = {}
    untouched_groups: Count = 0
    unlabelled: Count = 0
    unlabelled_share: Shares | None = None
    currency: Word
    illustrative: bool = False
    error_cost: Annotated[
        ErrorCostShape | None, BeforeValidator(_as_any, json_schema_input_type=ErrorCostShape | float | list[float])
    ] = None
    items_per_year: Volume | None = None
    years: int = Field(default=1, ge=1, le=50)
    rollout: Costs | None = None
    running: Costs | None = None
    prices: PricesShape
    hours: HoursShape
    made_per_real: float = Field(default=2.0, gt=0, le=10_000)
    budget: Money | None = None
    loss_cap: Money | None = None
    deadline: str = Field(default="", max_length=40)
    labels_per_day: Count = 0
    splits: int = Field(default=20, ge=2, le=1000)
    looks: int = Field(default=2, ge=1, le=10)
    wanted: float = Field(default=0.8, gt=0, lt=1)
    refuse: bool = False
    assumed: AssumedShape = AssumedShape()


def poc_json_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of a form, for editors that complete and check while typing."""
    shape = PocShape.model_json_schema(by_alias=True)
    definitions = shape.pop("$defs", {})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "shisaku form for a proof of concept",
        "type": "object",
        "required": ["poc"],
        "additionalProperties": False,
        "properties": {"poc": shape},
        "$defs": definitions,
    }
