"""One contrast in one domain, measured: paired differences and the interval that decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.core.domain import Domain
from shisaku.core.seed import rng_for
from shisaku.core.study_spec import StudySpec
from shisaku.lab.bench import Bench
from shisaku.lab.comparator import favourites
from shisaku.lab.plan import spec_arm
from shisaku.lab.rounds import alpha_of
from shisaku.lab.trial import ArmTrial, Trial
from shisaku.stats.clusters import Clustered, fixed_test_estimate
from shisaku.stats.estimate import Estimate
from shisaku.stats.resplit import nadeau_bengio, paired_t
from shisaku.stats.signflip import sign_flip


@dataclass(frozen=True, slots=True)
class Contrast:
    """An arm against the comparator that validation chose.

    `differences` are per split; `n_train` real items trained on (the fewer of the two sides) and `n_test` real items
    (or fixed test items) behind each test, on average; `chosen` counts in how many splits each comparator was the
    best on validation.
    """

    arm: str
    domain: str
    shots: int
    estimate: Estimate
    differences: tuple[float, ...]
    n_train: float
    n_test: float
    clusters: int | None
    comparator: str
    chosen: tuple[tuple[str, int], ...]
    beside: dict[str, Any]


def measure(bench: Bench, trials: Sequence[Trial], arm: str, domain: Domain, shots: int) -> Contrast:
    """Measure `arm` in `domain` from the trials at `shots`, against the comparator or what `against` names."""
    mine = [trial for trial in trials if trial.shots == shots]
    base = [trial.arm(opponent(bench.spec, arm, trial)) for trial in mine]
    return measure_pairs(bench, mine, [trial.arm(arm) for trial in mine], base, domain)


def opponent(spec: StudySpec, arm: str, trial: Trial) -> str:
    """Return what a contrast stands against in a trial."""
    return spec.against.get(arm, trial.comparator)


def measure_pairs(
    bench: Bench, trials: Sequence[Trial], new: Sequence[ArmTrial], base: Sequence[ArmTrial], domain: Domain
) -> Contrast:
    """Measure arms `new` against `base`, one of each per trial.

    Resplit and derived domains: Nadeau-Bengio t with the real items actually trained on. Fixed test sets:
    two-level bootstrap over splits and item groups, cluster t below 50 groups or where draws cannot reach Holm's first
    level.
    """
    name, shots = domain.name, trials[0].shots
    differences = [a.values[name] - b.values[name] for a, b in zip(new, base, strict=True)]
    trained = [_behind(a, b, trial) for a, b, trial in zip(new, base, trials, strict=True)]
    n_train, clusters = float(np.mean(trained)), None
    beside: dict[str, Any] = {"plain_paired_t": _plain(differences)}
    if domain.kind == "external":
        data = clustered(bench, trials, new, base, domain)
        clusters = data.n_clusters
        rng = rng_for(bench.spec.split_seed, f"bootstrap {name}", f"{new[0].arm}/{shots}")
        first = alpha_of(bench.spec) / 2 / max(1, len(bench.spec.contrasts))
        estimate = fixed_test_estimate(data, rng, level=first)
        n_test = float(len(trials[0].tests[name]))
        p = sign_flip(data.per_cluster(), rng, domain.delta_gain)
        beside["sign_flip_p"] = p
    else:
        behind = [families(bench, trial, domain) for trial in trials]
        n_test = float(np.mean([len(family) for family in behind]))
        estimate = nadeau_bengio(differences, n_test, n_train, len(frozenset().union(*behind)))
    against = base[0].arm
    chosen = favourites(trials) if against == trials[0].comparator else {against: len(trials)}
    ranked = tuple(sorted(chosen.items(), key=lambda pair: (-pair[1], pair[0])))
    return Contrast(
        new[0].arm, name, shots, estimate, tuple(differences), n_train, n_test, clusters, against, ranked, beside
    )


def _behind(new: ArmTrial, base: ArmTrial, trial: Trial) -> int:
    """Return the fewer real items of the two sides, as the plan counts them (`lab.behind`)."""
    return min((n for n in (new.n_train, base.n_train) if n), default=len(trial.trained_on))


def families(bench: Bench, trial: Trial, domain: Domain) -> frozenset[str]:
    """Return the real items that stand behind a trial's tests: several children of one count once."""
    rows = trial.tests[domain.name]
    if domain.kind == "resplit":
        return frozenset(bench.data.real.ids[i] for i in rows)
    parents = bench.data.streams[domain.stream].parents
    return frozenset(p for i in rows for p in parents[i] if p in bench.place)


def _plain(differences: Sequence[float]) -> dict[str, float]:
    plain = paired_t(differences)
    return {"mean": plain.mean, "low": plain.low(0.025), "high": plain.high(0.025), "p": plain.p_above(0.0)}


def clustered(
    bench: Bench, trials: Sequence[Trial], new: Sequence[ArmTrial], base: Sequence[ArmTrial], domain: Domain
) -> Clustered:
    """Collect what arms `new` got right more often than `base`, one of each per trial, by item group."""
    items, codes = bench.items(domain)
    rows = np.array(trials[0].tests[domain.name], dtype=np.intp)
    truth = codes[rows]
    right: list[npt.NDArray[np.float64]] = []
    for a, b in zip(new, base, strict=True):
        right.append(_right(a, domain.name, truth) - _right(b, domain.name, truth))
    strata = truth if bench.spec.metric == "balanced_accuracy" else np.zeros(len(rows), dtype=np.intp)
    return Clustered.of(np.stack(right), strata, [items.groups[i] for i in rows])


def _right(arm: ArmTrial, domain: str, truth: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Return how often each item was answered rightly by the models of one split."""
    rights: npt.NDArray[np.float64] = np.mean([np.array(codes) == truth for codes in arm.every(domain)], axis=0)
    return rights


def contrasts(bench: Bench, trials: Sequence[Trial]) -> list[Contrast]:
    """Measure every declared contrast in every domain at every number of shots."""
    spec = bench.spec
    return [
        measure(bench, trials, spec_arm(spec, name).name, domain, shots)
        for shots in spec.shots
        for domain in spec.domains
        for name in spec.contrasts
    ]
