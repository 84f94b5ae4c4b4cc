"""From the repeats of the back-test to what they say by dataset and over datasets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from shisaku.lab.conditions.interval import t_interval
from shisaku.lab.next_data.back_test import ORACLE
from shisaku.lab.next_data.claim import LEAST
from shisaku.lab.next_data.policies import ALONE, RANDOM
from shisaku.lab.next_data.regret import BackTest, Difference, OnDataset
from shisaku.lab.next_data.repeat import Expected, Repeat
from shisaku.stats.resplit import nadeau_bengio, paired_t

PLANNER = "planner, mean"  # decided on development data: neither quartile was better


def summarised(
    found: Mapping[str, Sequence[Repeat]], apart: Sequence[str] = (), collections: Mapping[str, str] | None = None
) -> BackTest:
    """Sum up the repeats of each dataset; worlds of those in `apart` share no item.

    Datasets of one of the `collections` (by dataset; a dataset is its own unless named) count once over datasets.
    """
    datasets = tuple(_on(name, repeats, name in apart) for name, repeats in found.items())
    named = collections or {}
    kin = {one.dataset: named.get(one.dataset, one.dataset) for one in datasets}
    habit = {one.dataset: _habit(one.dataset, datasets, kin) for one in datasets}

    everywhere = [name for name in datasets[0].against if all(name in one.against for one in datasets)]
    measured = {name: [one.against[name] for one in datasets] for name in everywhere}
    measured |= {
        "habit": [one.against[habit[one.dataset]] for one in datasets],
        "regret": [one.regret for one in datasets],
        "random_regret": [one.random_regret for one in datasets],
    }
    over = {name: _over(ones, list(kin.values())) for name, ones in measured.items()}
    low = over[RANDOM].low
    claim: Literal["BEATS RANDOM", "ABSTAIN"] = "BEATS RANDOM" if low is not None and low > 0 else "ABSTAIN"
    return BackTest(datasets, over, habit, claim, len(set(kin.values())))


def _on(name: str, repeats: Sequence[Repeat], apart: bool) -> OnDataset:
    n_train, n_test = (float(np.mean([getattr(one, field) for one in repeats])) for field in ("n_train", "n_test"))

    def difference(new: str, base: str) -> Difference:
        values = [one.scores[new] - one.scores[base] for one in repeats]
        return Difference.of(paired_t(values) if apart else nadeau_bengio(values, n_test, n_train))

    policies = [policy for policy in repeats[0].scores if policy not in (PLANNER, ORACLE)]
    means = {policy: float(np.mean([one.scores[policy] for one in repeats])) for policy in repeats[0].scores}
    possible = means[ORACLE] - means[RANDOM]
    told = [one for each in repeats for one in each.planned.expected]
    bought = [one for one in repeats if one.planned.claim == "BUY"]
    worse = [value for one in bought for value in one.planned.worse.values()]
    return OnDataset(
        name,
        len(repeats),
        n_train,
        n_test,
        means,
        {policy: difference(PLANNER, policy) for policy in policies},
        Difference.of(paired_t([one.scores[PLANNER] - one.scores[RANDOM] for one in repeats])),
        difference(ORACLE, PLANNER),
        difference(ORACLE, RANDOM),
        (means[PLANNER] - means[RANDOM]) / possible if possible > 0 else None,
        sum(one.low - LEAST <= one.realised <= one.high + LEAST for one in told),
        len(told),
        _ranked(repeats),
        _by_offer(repeats),
        len(bought),
        sum(value > 0 for value in worse),
        len(worse),
    )


def _ranked(repeats: Sequence[Repeat]) -> float | None:
    from scipy.stats import spearmanr

    found = []
    for one in repeats:
        pairs = [(each.mean, each.realised) for each in one.planned.expected]
        expected, realised = zip(*pairs, strict=True)
        if len(set(expected)) > 1 and len(set(realised)) > 1:
            found.append(float(spearmanr(expected, realised).statistic))
    return float(np.mean(found)) if found else None


def _by_offer(repeats: Sequence[Repeat]) -> dict[str, tuple[float, float]]:
    """Return the mean expected and the mean realised gain of spending all on an offer, where it could be measured."""
    told: dict[str, list[Expected]] = {}
    for repeat in repeats:
        for one in repeat.planned.expected:
            told.setdefault(one.offer, []).append(one)
    return {
        name: (float(np.mean([one.mean for one in rows])), float(np.mean([one.realised for one in rows])))
        for name, rows in told.items()
    }


def _habit(dataset: str, datasets: Sequence[OnDataset], kin: Mapping[str, str]) -> str:
    """Return the policy of buying one offer alone that scored best on other collections (on this one, if alone)."""
    others = [one for one in datasets if kin[one.dataset] != kin[dataset]] or list(datasets)
    names = [name for name in others[0].scores if name.startswith(ALONE)]
    gains = {name: float(np.mean([one.scores[name] - one.scores[RANDOM] for one in others])) for name in names}
    return max(sorted(gains), key=lambda name: gains[name])


def _over(differences: Sequence[Difference], collections: Sequence[str]) -> Difference:
    units: dict[str, list[float]] = {}
    for one, collection in zip(differences, collections, strict=True):
        units.setdefault(collection, []).append(one.mean)
    values = {name: float(np.mean(means)) for name, means in units.items()}
    found = t_interval(values)
    if found is None:
        return Difference(float(np.mean(list(values.values()))), None, None, "none")
    return Difference.of(found)
