"""What a person wrote into a form, made plain: empty entries, ``unknown``, and amounts with their currency."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from shisaku.message import say
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.yaml_tree import Node, scalar

UNKNOWN = "unknown"
TEXTS = frozenset({"title", "decides", "data", "test", "positive", "currency", "deadline"})
MAY_BE_UNKNOWN = frozenset(
    {"positive_share", "error_rate", "error_cost", "items_per_year", "rollout", "running", "unlabelled_share",
     "smallest_gain", "assumed"}
)  # fmt: skip
MONEY = frozenset({"error_cost", "rollout", "running", "prices", "budget", "loss_cap"})
_PRICE = re.compile(
    r"(?P<before>[^\d\s.,+-]+)?\s*(?P<number>[-+]?\d[\d,]*(\.\d+)?)\s*(?P<after>[^\d\s.,+-]+)?", re.ASCII
)


@dataclass(slots=True)
class Told:
    """The entries of a form as plain values, and what is wrong with how they were written."""

    currency: str
    findings: list[Finding] = field(default_factory=list)

    @classmethod
    def of(cls, poc: Node) -> tuple[dict[str, Any], list[Finding]]:
        """Return what stands under `poc`, without what is empty or unknown, and what is wrong with it."""
        named = poc.inner("currency")
        told = cls(str(named.value) if named and isinstance(named.value, str) else "")
        plain = told._value(poc, ("poc",), "")
        return (plain if isinstance(plain, dict) else {}), told.findings

    def _value(self, node: Node, loc: Loc, key: str) -> Any:
        if isinstance(node.value, dict):
            inner = {name: self._value(one, (*loc, name), key or name) for name, one in node.value.items()}
            return {name: value for name, value in inner.items() if value is not None}
        if isinstance(node.value, list):
            return self._range([self._one(one.plain(), (*loc, i), key) for i, one in enumerate(node.value)], loc)
        if node.value == UNKNOWN and key not in TEXTS:
            if key not in MAY_BE_UNKNOWN:
                what = say("It cannot be unknown: the plan rests on it")
                self.findings.append(Finding(loc, what, say("a range is enough: [low, high]")))
            return None
        return self._one(node.value, loc, key)

    def _one(self, value: Any, loc: Loc, key: str) -> Any:
        """Return an amount without its currency; any other value stays what it is."""
        if key not in MONEY or not isinstance(value, str):
            return value
        found = _PRICE.fullmatch(value.strip())
        if not found or bool(found["before"]) == bool(found["after"]):
            return value
        other = found["before"] or found["after"]
        if self.currency and other != self.currency:
            what = say("{amount} is in {other}, the form in {currency}", amount=value, other=other,
                       currency=self.currency)  # fmt: skip
            self.findings.append(Finding(loc, what, say("write every amount in the one currency of the form")))
        return scalar(found["number"].replace(",", ""))

    def _range(self, told: list[Any], loc: Loc) -> list[Any]:
        numbers = [one for one in told if isinstance(one, int | float) and not isinstance(one, bool)]
        if numbers != sorted(numbers):
            shown = ", ".join(f"{one:g}" for one in numbers)
            what = say("A range rises: [low, high] or [low, likely, high]")
            self.findings.append(Finding(loc, what, say("got {got}", got=f"[{shown}]")))
        return told
