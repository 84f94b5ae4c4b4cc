"""Labelled samples as columns of levels, ready to be compared with their label."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from shisaku.stats.dealt import dealt
from shisaku.stats.levels import Levels, levels_of
from shisaku.stats.telling import Labelled, coded

FOLDS = 5
SHARED = 0.5  # a field of which fewer rows share their value with another row is a name and tells nothing
SPELLS = 0.9  # a field that so often holds the label's own word is the label, written down once more


@dataclass(frozen=True, slots=True)
class Table:
    """The rows that can be compared, in the order of their ids, and the level of each in every field."""

    ids: list[str]
    names: list[str]
    rows: Labelled
    fields: dict[str, Levels]
    values: dict[str, list[str]]
    lone: tuple[str, ...]


def table_of(state: Mapping[str, Any], at_least: int, per_class: int, seed: int) -> Table | None:
    """Return what can be compared of sample id -> [label, entity, fields], None where it is too little."""
    entities: dict[str, set[str]] = {}
    for label, entity, _ in state.values():
        entities.setdefault(label, set()).add(entity)
    large = {label for label, some in entities.items() if len(some) >= per_class}
    ids = sorted(name for name, (label, _, _) in state.items() if label in large)
    if len(large) < 2 or len(ids) < at_least:
        return None
    labels, groups = [state[name][0] for name in ids], [state[name][1] for name in ids]
    names, classes = coded(labels)
    rows = Labelled(classes, coded(groups)[1], dealt(labels, groups, FOLDS, seed))
    columns = sorted({field for name in ids for field in state[name][2]})
    values = {field: [state[name][2].get(field, "") for name in ids] for field in columns}
    levels = {field: levels_of(column) for field, column in values.items()}
    varied = {field: found for field, found in levels.items() if len(found.names) > 1}
    lone = tuple(field for field, found in varied.items() if not found.numeric and found.shared() < SHARED)
    return Table(ids, names, rows, {f: v for f, v in varied.items() if f not in lone}, values, lone)


def spells(table: Table, field: str) -> bool:
    """Say whether the field's values hold the very words of the labels."""
    hits = [
        re.search(rf"(?<![^\W_]){re.escape(table.names[code])}(?![^\W_])", value, re.IGNORECASE) is not None
        for code, value in zip(table.rows.classes, table.values[field], strict=True)
    ]
    return bool(np.mean(hits) >= SPELLS)
