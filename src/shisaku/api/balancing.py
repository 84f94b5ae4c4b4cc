"""Balance a dataset by quota or by weight, as a new version of its home."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shisaku.core.drop import Drop
from shisaku.core.seed import key_for
from shisaku.errors import DataError
from shisaku.message import say

STEP = "balance"
WEIGHT = "balance_weight"


def data_balance(path: str | Path, *, by: str, quota: int = 0, seed: int = 0) -> dict[str, Any]:
    """Make a version in which every value of the label or fact `by` counts alike.

    With `quota` at most so many samples of a value stay, drawn by seed and id; groups are kept or left whole as far as
    the quota allows. Without one nobody leaves: the column ``balance_weight`` holds n / (K n_k) for the n_k of n
    samples with that value, of K values, so that weights sum to n. Samples without the label or fact stay, without
    weight. Returns version, counts before and after. Raises DataError where nothing bears `by`.
    """
    from shisaku.store.home import Home, add_scores

    home = Home.open(path)
    rows = list(home.dataset(home.version()).columns(["id", "labels", "facts", "group"]))
    values = {row["id"]: dict(row["labels"]).get(by) or dict(row["facts"]).get(by) or "" for row in rows}
    counts = Counter(value for value in values.values() if value)
    if not counts:
        raise DataError(say("No sample has a label or fact {name}", name=by), str(path))
    when = datetime.now(UTC).isoformat(timespec="seconds")
    if quota < 1:
        n = counts.total()
        weights = {id_: n / (len(counts) * counts[value]) for id_, value in values.items() if value}
        said = str(say("Weights that balance {name}", name=by))
        version = add_scores(path, {WEIGHT: weights}, when=when, message=said)
        return {"out": str(path), "version": version.number, "before": dict(counts), "after": dict(counts)}
    groups = {row["id"]: row["group"] or row["id"] for row in rows}
    return _cut(path, by, values, groups, counts, quota, seed, when)


def _cut(
    path: str | Path,
    by: str,
    values: dict[str, str],
    groups: dict[str, str],
    counts: Counter[str],
    quota: int,
    seed: int,
    when: str,
) -> dict[str, Any]:
    from shisaku.store.home import commit, writing
    from shisaku.store.selected import SelectedDataset

    kept: Counter[str] = Counter()
    gone = []
    for id_ in sorted(values, key=lambda id_: (key_for(seed, STEP, groups[id_]), groups[id_], id_)):
        value = values[id_]
        if value and kept[value] >= quota:
            gone.append(id_)
        elif value:
            kept[value] += 1
    with writing(path) as home:
        before = home.version()
        drops = [
            Drop(id_, STEP, STEP, say("There are {n} of {value}, and {quota} may stay", n=counts[values[id_]],
                                      value=values[id_], quota=quota))
            for id_ in sorted(gone)
        ]  # fmt: skip
        rest = SelectedDataset(home.dataset(before), set(gone))
        said = str(say("At most {quota} of each {name}", quota=quota, name=by))
        version = commit(home, rest, before.source, drops=drops, when=when, message=said, inline_mb=before.inline_mb)
    return {
        "out": str(path),
        "version": version.number,
        "dropped": len(gone),
        "before": dict(sorted(counts.items())),
        "after": dict(sorted(kept.items())),
    }
