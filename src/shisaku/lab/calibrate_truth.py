"""The truth about a study in simulated worlds: measured on fresh worlds with huge test sets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

import numpy as np

from shisaku.core.seed import rng_for
from shisaku.lab.bench import Bench
from shisaku.lab.calibrate_designs import Ground
from shisaku.lab.comparator import agree
from shisaku.lab.contrast import clustered, opponent
from shisaku.lab.trial import Trial, run_trial
from shisaku.lab.worlds import HUGE
from shisaku.stats.power import cluster_se, resplit_se, shift_needed

HUGE_GROUPS = 400
Arm = tuple[str, int]  # name, shots
Place = tuple[str, str, int]  # arm, domain, shots


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One world: true effects of two splits on average, gaps of their measured differences, sds over item groups."""

    effects: Mapping[Arm, float]
    gaps: Mapping[Place, float]
    item_sds: Mapping[Arm, float]


@dataclass(frozen=True, slots=True)
class Truth:
    """The true effect of the procedure and its standard error; the sds that a plan assumes."""

    effects: Mapping[Arm, float]
    errors: Mapping[Arm, float]
    sds: Mapping[Place, float]
    item_sds: Mapping[Arm, float]
    worlds: int

    @classmethod
    def of(cls, seen: Sequence[Glimpse], alike: Sequence[str] = ()) -> Truth:
        """Average over worlds, and over arms that are `alike` in law. Raises ValueError for fewer than two worlds."""
        if len(seen) < 2:
            raise ValueError(f"the truth needs at least two worlds, got {len(seen)}")
        effects = {key: np.mean([[one.effects[k] for one in seen] for k in _twins(key, seen[0].effects, alike)], axis=0)
                   for key in seen[0].effects}  # fmt: skip
        return cls(
            {key: float(found.mean()) for key, found in effects.items()},
            {key: float(found.std(ddof=1)) / len(seen) ** 0.5 for key, found in effects.items()},
            {key: _rms([one.gaps[k] for one in seen for k in _twins(key, one.gaps, alike)]) / 2**0.5
             for key in seen[0].gaps},
            {key: _rms([one.item_sds[k] for one in seen for k in _twins(key, one.item_sds, alike)])
             for key in seen[0].item_sds},
            len(seen),
        )  # fmt: skip

    def distance(self, row: Mapping[str, Any]) -> float:
        """Return how far beyond a margin the plan's `row` promises to show an effect with 80 % power, in this truth."""
        place = (row["contrast"], row["domain"], row["shots"])
        sd, splits, groups = self.sds[place], row["splits"], row["clusters"]
        if groups is None:
            se = resplit_se(sd, splits, row["n_test"], row["n_train"])
        else:
            se = cluster_se(self.item_sds[place[0], place[2]], groups, sd, splits)
        return float(_shift(row["df"], row["level"]) * se)


_shift = cache(shift_needed)
Key = TypeVar("Key", Arm, Place)


def _twins(key: Key, keys: Iterable[Key], alike: Sequence[str]) -> list[Key]:
    """Return the keys of all arms that are alike in law to that of `key`, itself among them."""
    return [k for k in keys if k[1:] == key[1:] and k[0] in alike] if key[0] in alike else [key]


def _rms(values: Sequence[float]) -> float:
    return float(np.sqrt(np.mean(np.square(values))))


def glimpse(ground: Ground, seed: int, number: int) -> Glimpse:
    """Return what one fresh world with a huge test set shows of the truth."""
    data = ground.world.draw(rng_for(seed, "truth", str(number)), huge=HUGE_GROUPS)
    spec = replace(ground.with_huge(), split_seed=number)
    bench = Bench.lay(spec, data)
    effects, gaps, item_sds = {}, {}, {}
    for shots in spec.shots:
        pair = agree([run_trial(bench, split, shots) for split in (0, 1)])
        for arm in spec.contrasts:
            for domain in spec.domains:
                one, two = (_difference(bench, trial, arm, domain.name) for trial in pair)
                gaps[arm, domain.name, shots] = one - two
            effects[arm, shots] = (one + two) / 2  # of the last domain, the huge one
            item_sds[arm, shots] = _item_sd(bench, pair, arm)
    return Glimpse(effects, gaps, item_sds)


def _difference(bench: Bench, trial: Trial, arm: str, domain: str) -> float:
    return trial.arm(arm).values[domain] - trial.arm(opponent(bench.spec, arm, trial)).values[domain]


def _item_sd(bench: Bench, trials: Sequence[Trial], arm: str) -> float:
    base = [trial.arm(opponent(bench.spec, arm, trial)) for trial in trials]
    seen = clustered(bench, trials, [trial.arm(arm) for trial in trials], base, bench.domain(HUGE))
    return float(np.std(seen.per_cluster(), ddof=1))
