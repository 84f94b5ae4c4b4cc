"""Two models' predictions of the same items, matched and checked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import Message, say

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Paired:
    """Both models on the same items, in the order of their ids: what each predicted, and the truth."""

    items: tuple[str, ...]
    groups: tuple[str, ...]
    truth: tuple[str, ...]
    base: tuple[str, ...]
    new: tuple[str, ...]

    def right(self, side: str) -> npt.NDArray[np.bool_]:
        """Return which items ``base`` or ``new`` got right."""
        answers = self.base if side == "base" else self.new
        return np.array([answer == truth for answer, truth in zip(answers, self.truth, strict=True)])


def pair(base: Sequence[Row], new: Sequence[Row]) -> Paired:
    """Match rows by item. Raises DataError for missing or doubled items, other truths or groups, or no answer."""
    old, young = _by_item(base, "base"), _by_item(new, "new")
    only = sorted(old.keys() - young.keys()), sorted(young.keys() - old.keys())
    if only[0] or only[1] or not old:
        _refuse(
            say(
                "The two predictions are not about the same items: {a} only in base ({first_a}), {b} only in new "
                "({first_b})",
                a=len(only[0]), b=len(only[1]), first_a=_some(only[0]), first_b=_some(only[1]),
            ),
            "predictions",
            say("Predict the same test set with both models"),
        )  # fmt: skip
    items = tuple(sorted(old))
    for column in ("truth", "group"):
        differ = [item for item in items if _text(old[item], column) != _text(young[item], column)]
        if differ:
            _refuse(
                say("{n} items have another {column} in base than in new: {items}",
                    n=len(differ), column=column, items=_some(differ)),
                "predictions",
                say("Write both from the same test set"),
            )  # fmt: skip
    truth = tuple(_text(old[item], "truth") for item in items)
    groups = tuple(_text(old[item], "group") or item for item in items)
    known = sorted(set(truth))
    if len(set(groups)) < 2:
        _refuse(
            say("All items are in one group: nothing can be said about other groups"),
            "predictions",
            say("Give the group (patient, lot, speaker) of each item, or test on more groups"),
        )
    return Paired(
        items,
        groups,
        truth,
        tuple(_answer(old[item], known, f"base, item {item}") for item in items),
        tuple(_answer(young[item], known, f"new, item {item}") for item in items),
    )


def _by_item(rows: Sequence[Row], side: str) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for number, row in enumerate(rows, 1):
        where = f"{side}, row {number}"
        item = _text(row, "item")
        if not item or not _text(row, "truth"):
            _refuse(
                say("A row has no item or no truth"),
                where,
                say("Every row needs the columns item, truth, and scores or predicted"),
            )
        if item in found:
            _refuse(say("Item {item} appears twice", item=item), where, say("Give one row per item"))
        found[item] = row
    return found


def _text(row: Row, column: str) -> str:
    value = row.get(column)
    return "" if value is None else str(value)


def _answer(row: Row, known: Sequence[str], where: str) -> str:
    """Return the predicted class: the one named, or the one with the highest score (ties: first by name)."""
    scores = row.get("scores")
    named = scores if isinstance(scores, str) else row.get("predicted") if scores is None else None
    if named is None and scores is None:
        _refuse(say("There is neither a score nor a predicted class"), where, say("Fill `scores` or `predicted`"))
    if named is not None:
        if str(named) not in known:
            _refuse(
                say("The predicted class {label} is not the truth of any item", label=str(named)),
                where,
                say("Use the class names of `truth`: {known}", known=_some(known)),
            )
        return str(named)
    numbers = _numbers(scores, known, where)
    bad = sorted(label for label, score in numbers.items() if not math.isfinite(score))
    if bad:
        _refuse(
            say("Scores must be finite numbers; these are not: {classes}", classes=_some(bad)),
            where,
            say("Look for NaN in the model's output"),
        )
    missing = [label for label in known if label not in numbers]
    if missing:
        _refuse(say("There is no score for: {classes}", classes=_some(missing)), where, say("Score every class"))
    return max(sorted(numbers), key=lambda label: numbers[label])


def _numbers(scores: Any, known: Sequence[str], where: str) -> dict[str, float]:
    """Scores as class -> number: a mapping, pairs (a Parquet map), or a list in sorted label order."""
    listed: list[Any] = list(scores.items()) if isinstance(scores, Mapping) else list(scores)
    if listed and all(isinstance(one, tuple) and len(one) == 2 for one in listed):
        return {str(label): math.nan if score is None else float(score) for label, score in listed}
    if len(listed) != len(known):
        _refuse(
            say("There are {found} scores for {known} classes", found=len(listed), known=len(known)),
            where,
            say("Give one score per class of `truth`, in sorted label order, or a mapping class -> score"),
        )
    return {label: math.nan if score is None else float(score) for label, score in zip(known, listed, strict=True)}


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:5]) + (" ..." if len(names) > 5 else "") if names else "none"


def _refuse(what: Message, where: str, next: Message) -> NoReturn:
    raise DataError(what, where, next)
