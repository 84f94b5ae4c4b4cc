"""What the entries of a form are made of: strict mappings, sums of money, dates, one word or several."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Final

from pydantic import BaseModel, BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

DIGITS: Final = 15  # more is a slip of the finger, whatever the currency
_SUM: Final = re.compile(r"(-?)([0-9]+(?:\.[0-9]+)?)(?:\s+(\S+))?")


class Shape(BaseModel):
    """A mapping that takes what it names and nothing else."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


@dataclass(frozen=True, slots=True)
class Sum:
    """An amount of money, exact; `currency` is empty where none was written beside it."""

    amount: Decimal
    currency: str = ""


def read_sum(value: object) -> Sum:
    """Return the sum in `1200`, `12.5` or `1200 JPY`. Raises PydanticCustomError for anything else and below 0."""
    if isinstance(value, Sum):
        return value
    found = _SUM.fullmatch(str(value).strip()) if isinstance(value, int | float | str) else None
    if found is None or isinstance(value, bool) or len(found[2].replace(".", "")) > DIGITS:
        raise PydanticCustomError("no_sum", "no sum of money")
    if found[1] and Decimal(found[2]):
        raise PydanticCustomError("negative_sum", "below zero")
    return Sum(Decimal(found[2]), found[3] or "")


def _read_date(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise PydanticCustomError("no_date", "no date") from None


def _as_list(value: object) -> object:
    """Let a single word be written without brackets."""
    return [value] if isinstance(value, str) else value


Cost = Annotated[Sum, BeforeValidator(read_sum, json_schema_input_type=float | str)]
Day = Annotated[date, BeforeValidator(_read_date, json_schema_input_type=str)]
Some = BeforeValidator(_as_list, json_schema_input_type=str | list[str])
