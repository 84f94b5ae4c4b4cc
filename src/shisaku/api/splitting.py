"""Divide a dataset once, for everybody who uses it: balanced, by group, under a hash."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say

NAMES = {2: ("train", "test"), 3: ("train", "validation", "test")}
ENTITY = "group"


def data_split(
    path: str | Path, *, fractions: Sequence[int] = (60, 20, 20), by: str = "", group: str = ENTITY, seed: int = 0
) -> dict[str, Any]:
    """Divide the version in use of a dataset home, and keep the division beside it.

    `fractions` are percentages (two: train and test; three: train, validation and test; otherwise split1 ...), `by`
    a label or fact whose values are balanced, `group` a label or fact whose values never straddle (default: the
    samples' own groups). Returns the split's hash, its counts per class, and what leaks: equal contents in two
    splits, samples with a parent in another. Raises DataError where it cannot be done.
    """
    from shisaku.stats.group_split import group_split
    from shisaku.store.home import Home
    from shisaku.store.splits import DataSplit, leaks, torn_from_parents

    shares = _shares(fractions)
    names = NAMES.get(len(shares), tuple(f"split{n}" for n in range(1, len(shares) + 1)))
    home = Home.open(path)
    version = home.version()
    dataset = home.dataset(version)
    rows = list(dataset.columns(["id", "labels", "group", "facts", "parents"]))
    classes = _values(rows, by) if by else [""] * len(rows)
    groups = [row["group"] or row["id"] for row in rows] if group == ENTITY else _values(rows, group)
    _possible(classes, groups, len(shares))
    places = group_split(classes, groups, shares, seed)
    of = {row["id"]: names[place] for row, place in zip(rows, places, strict=True)}
    counts = {
        name: Counter(c for c, place in zip(classes, places, strict=True) if names[place] == name) for name in names
    }
    _complete(counts, set(classes))
    told = {
        "version": version.number,
        "dataset": version.fingerprint,
        "fractions": list(fractions),
        "by": by,
        "group": group,
        "seed": seed,
        "counts": {name: dict(sorted(held.items())) for name, held in counts.items()},
        "groups": {
            name: len({g for g, place in zip(groups, places, strict=True) if names[place] == name}) for name in names
        },
        "leaks": leaks(dataset, of),
        "torn_from_parents": torn_from_parents({row["id"]: row["parents"] for row in rows}, of),
    }
    split = DataSplit(of, told)
    return {"hash": split.hash, "file": str(split.write(home.path)), **told}


def _shares(fractions: Sequence[int]) -> list[Fraction]:
    if len(fractions) < 2 or sum(fractions) != 100 or min(fractions) < 1:
        raise DataError(
            say("{given} are no fractions of a dataset", given=",".join(map(str, fractions)) or "-"),
            next=say("Give two or more whole percentages that sum to 100, such as 60,20,20"),
        )
    return [Fraction(part, 100) for part in fractions]


def _values(rows: Sequence[Mapping[str, Any]], name: str) -> list[str]:
    """Return the label or fact of every sample. Raises DataError if some have none."""
    found = [dict(row["labels"]).get(name) or dict(row["facts"]).get(name) or "" for row in rows]
    lacking = [row["id"] for row, value in zip(rows, found, strict=True) if not value]
    if lacking:
        raise DataError(
            say("{n} of {all} samples have no label or fact {name}", n=len(lacking), all=len(rows), name=name),
            where=lacking[0],
            next=say("Choose one that every sample has; shisaku data show lists them"),
        )
    return found


def _possible(classes: Sequence[str], groups: Sequence[str], wanted: int) -> None:
    """Raise DataError where a class, or all of it, has fewer groups than there are splits."""
    members: dict[str, set[str]] = {}
    for label, entity in zip(classes, groups, strict=True):
        members.setdefault(label, set()).add(entity)
    if len(set(groups)) < wanted:
        raise DataError(
            say("{n} groups cannot be divided into {wanted} splits", n=len(set(groups)), wanted=wanted),
            next=say("A group is never in two splits: ask for fewer splits, or name another group"),
        )
    few = {label: len(held) for label, held in members.items() if len(held) < wanted}
    if few:
        label = min(few, key=lambda one: (few[one], one))
        raise DataError(
            say(
                "Class {label} is in {n} groups only, and {wanted} splits need it",
                label=label,
                n=few[label],
                wanted=wanted,
            ),
            next=say("Ask for fewer splits, collect more groups of it, or leave the class out"),
        )


def _complete(counts: Mapping[str, Mapping[str, int]], classes: set[str]) -> None:
    for name, held in counts.items():
        if classes - held.keys():
            raise DataError(
                say(
                    "No division was found in which {split} has class {label}",
                    split=name,
                    label=min(classes - held.keys()),
                ),
                next=say("Few groups hold many classes: ask for fewer splits, or try another seed"),
            )
