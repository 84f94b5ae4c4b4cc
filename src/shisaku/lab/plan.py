"""The plan: everything that could be chosen after seeing results, written down and hashed before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.identity import fingerprint
from shisaku.core.study_spec import StudySpec
from shisaku.core.verdict import EXPLORATORY, FULL, PILOT
from shisaku.lab.behind import fewest_behind
from shisaku.lab.bench import learner_of
from shisaku.lab.feasible import check_data, check_names, check_splits
from shisaku.lab.generations import simulated
from shisaku.lab.items import StudyData
from shisaku.lab.needed import distance
from shisaku.lab.rounds import alpha_of, check_look
from shisaku.lab.splits import Split, split_of
from shisaku.lab.tuning import choices
from shisaku.stats.best_of import expected_maximum
from shisaku.stats.clusters import MIN_CLUSTERS
from shisaku.stats.power import POWER, cluster_se, resplit_se, t_power

PROTOCOL = "P-1"
MIN_SPLITS = 6


def freeze(spec: StudySpec, data: StudyData) -> dict[str, Any]:
    """Return the plan of a study as plain data, with its `hash`; nothing is trained.

    ``rows`` holds, per contrast, domain and number of shots: the interval that decides, and with 80 %
    power, the smallest true gain that would be shown above `delta_gain` (at the first Holm level) and the
    smallest margin in which a harmless arm would be shown safe; None where no difference is large enough.
    ``overall`` says which contrast, domain and shots the overall decision is about, and its ceiling per number of
    shots. ``division`` is the hash of every split. ``looks`` says how often these items were looked at, by how many
    sds the best of so many equally good runs is expected to lie above their mean, and what alpha this look has.
    ``budget`` says how many choices every arm may try and how long one training lasts. Raises RecipeError,
    DataError or ContaminationError for a plan that cannot be carried out.
    """
    check_names(spec)
    check_look(spec)
    check_data(spec, data)
    splits = [split_of(spec, data.real, index) for index in range(spec.splits)]
    alarms = check_splits(spec, data, splits)
    rows = [
        _row(spec, data, splits, spec_arm(spec, name), domain, shots)
        for shots in spec.shots
        for name in spec.contrasts
        for domain in spec.domains
    ]
    plan: dict[str, Any] = {
        "protocol": PROTOCOL,
        "study": spec.name,
        "data": data.fingerprint,
        "division": _division(data, splits),
        "classes": list(data.classes),
        "settings": _settings(spec),
        "looks": _looks(spec),
        "budget": _budget(spec),
        "power": POWER,
        "rows": rows,
        "speakers": _speakers(spec, data),
        "overall": _overall(spec, rows),
        "alarms": [alarm.to_json() for alarm in alarms],
    }
    return {**plan, "hash": fingerprint(plan)}


def spec_arm(spec: StudySpec, name: str) -> Arm:
    """Return an arm by name."""
    return next(arm for arm in spec.arms if arm.name == name)


def row_of(plan: Mapping[str, Any], contrast: str, domain: str, shots: int) -> Mapping[str, Any]:
    """Return the plan's row of one contrast, domain and number of shots."""
    key = (contrast, domain, shots)
    found: Mapping[str, Any] = next(r for r in plan["rows"] if (r["contrast"], r["domain"], r["shots"]) == key)
    return found


def deployed(spec: StudySpec) -> tuple[str, ...]:
    """Return the domains where safety must hold: those declared, or all."""
    return spec.deploy or tuple(domain.name for domain in spec.domains)


def _settings(spec: StudySpec) -> dict[str, Any]:
    return {**asdict(spec), "deploy": list(deployed(spec))}


def _division(data: StudyData, splits: Sequence[Split]) -> str:
    ids = data.real.ids
    pools = [{label: [ids[i] for i in order] for label, order in split.pool.items()} for split in splits]
    return fingerprint(pools, [[ids[i] for i in split.test] for split in splits])


def _looks(spec: StudySpec) -> dict[str, Any]:
    return {
        "taken": spec.looks_taken,
        "best_of": expected_maximum(spec.looks_taken + 1),
        "look": spec.look,
        "planned": spec.looks_planned,
        "spending": spec.spending,
        "alpha": alpha_of(spec),
    }


def _budget(spec: StudySpec) -> dict[str, Any]:
    steps = {arm.name: learner_of(spec, arm.learner).steps or "until converged" for arm in spec.arms if not arm.scores}
    return {
        "trials": {arm.name: len(choices(spec, arm)) for arm in spec.arms},
        "steps": steps,
        "models_per_split": spec.inits,
    }


def _row(
    spec: StudySpec, data: StudyData, splits: Sequence[Split], arm: Arm, domain: Domain, shots: int
) -> dict[str, Any]:
    n_train = fewest_behind(spec, splits, arm, shots)
    clusters = None
    if domain.kind == "external":
        items = data.streams[domain.stream]
        n_test, clusters = float(len(items)), len(set(items.groups))
        method = "two_level_bootstrap" if clusters >= MIN_CLUSTERS else "cluster_t"
        se = cluster_se(spec.assumed_item_sd, clusters, spec.assumed_sd, spec.splits)
        df = float(min(clusters, spec.splits) - 1)
    else:
        n_test, method = float(np.mean([_tested(data, domain, split) for split in splits])), "nadeau_bengio_t"
        se, df = resplit_se(spec.assumed_sd, spec.splits, n_test, n_train), float(spec.splits - 1)
    level = alpha_of(spec) / 2
    first = level / len(spec.contrasts)
    beyond, safety = distance(se, df, first), distance(se, df, level)
    gain = None if beyond is None else domain.delta_gain + beyond
    exploratory = spec.splits < MIN_SPLITS or gain is None or gain > spec.expected_gain
    room = spec.expected_gain - domain.delta_gain
    return {
        "contrast": arm.name,
        "domain": domain.name,
        "shots": shots,
        "method": method,
        "splits": spec.splits,
        "n_train": n_train,
        "n_test": n_test,
        "clusters": clusters,
        "spoiled": bool(domain.spoil),
        "simulated": simulated(spec, domain, data.notes),
        "margins": {"delta_gain": domain.delta_gain, "delta_safe": domain.delta_safe},
        "se": se,
        "df": df,
        "level": first,
        "smallest_gain": gain,
        "smallest_safety": safety,
        "power_at_expected": 0.0 if gain is None else t_power(room / se, df, first),
        "exploratory": exploratory,
        "ceiling": EXPLORATORY if exploratory else FULL,
    }


def _tested(data: StudyData, domain: Domain, split: Split) -> int:
    """Real items that stand behind the tests of one split: children of one parent are not independent."""
    held_out = {data.real.ids[i] for i in split.test}
    if domain.kind == "resplit":
        return len(held_out)
    real = set(data.real.ids)
    families = (real & set(above) for above in data.streams[domain.stream].parents)
    return len(set().union(*(family for family in families if family and family <= held_out)))


def _overall(spec: StudySpec, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    contrast = spec.contrasts[0]
    margins = {domain.name: domain.delta_safe for domain in spec.domains}
    ceilings = {}
    for shots in spec.shots:
        mine = {row["domain"]: row for row in rows if row["contrast"] == contrast and row["shots"] == shots}
        # A gain shown in the primary domain is safety shown there.
        unsafe = [
            name
            for name in deployed(spec)
            if name != spec.primary and not _within(mine[name]["smallest_safety"], margins[name])
        ]  # fmt: skip
        exploratory = bool(mine[spec.primary]["exploratory"])
        ceiling = EXPLORATORY if exploratory else PILOT if unsafe else FULL
        ceilings[str(shots)] = {"ceiling": ceiling, "exploratory": exploratory, "safety_not_provable": unsafe}
    return {
        "contrast": contrast,
        "domain": spec.primary,
        "shots": _largest(spec),
        "deploy": list(deployed(spec)),
        "by_shots": ceilings,
    }


def _within(safety: float | None, margin: float) -> bool:
    return safety is not None and safety <= margin


def _speakers(spec: StudySpec, data: StudyData) -> dict[str, Any]:
    """Return by domain whose voices its recordings are: decided before anything is trained."""
    told = data.notes.get("speakers", {})
    return {domain.name: told[domain.stream] for domain in spec.domains if domain.speakers and domain.stream in told}


def _largest(spec: StudySpec) -> int:
    """0 shots means the whole training half, which is the most."""
    return 0 if 0 in spec.shots else max(spec.shots)
