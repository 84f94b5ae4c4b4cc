"""A verdict from two models' predictions on the same fixed test set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from shisaku.core.identity import fingerprint
from shisaku.core.kpi import Kpi
from shisaku.core.seed import rng_for
from shisaku.core.study import Alarm, ArmScore, Prediction, StudyResult
from shisaku.core.verdict import EXPLORATORY, FULL, Decision, Verdict
from shisaku.lab import reasons
from shisaku.lab.money import money_of
from shisaku.lab.pairing import Paired, Row, pair
from shisaku.lab.plan import PROTOCOL
from shisaku.lab.reasons import Numbers
from shisaku.message import Message, say
from shisaku.stats.accuracy import codes_of, recalls
from shisaku.stats.clusters import MIN_CLUSTERS, Clustered, fixed_test_estimate
from shisaku.stats.estimate import Estimate
from shisaku.stats.power import cluster_se, provable_distance
from shisaku.stats.proportions import mcnemar
from shisaku.stats.signflip import sign_flip

Metric = Literal["accuracy", "balanced_accuracy"]
STUDY, DOMAIN, BASE, NEW = "predictions", "test", "base", "new"


@dataclass(frozen=True, slots=True)
class Terms:
    """What is fixed before the predictions are compared."""

    delta_gain: float
    delta_safe: float
    metric: Metric
    kpi: Kpi
    alpha: float = 0.05
    assumed_item_sd: float = 0.4
    expected_gain: float = 0.15


def compare_predictions(
    base: Sequence[Row],
    new: Sequence[Row],
    *,
    delta_gain: float = 0.02,
    delta_safe: float = 0.02,
    kpi: Kpi | None = None,
    metric: Metric = "accuracy",
) -> StudyResult:
    """Decide whether `new` predicts better than `base` on one fixed test set.

    A row has `item`, `truth`, optionally `group` (default: the item), and `scores` (a list in sorted label
    order, a mapping class -> score, or the predicted class) or `predicted`. The interval is a bootstrap over
    groups, cluster t below 50 of them; exact McNemar, the other metric and the sign-flip test stand beside
    it in `detail`. Training is not repeated: the verdict is about these two models. Raises DataError for
    predictions that cannot be paired, saying what differs.
    """
    paired = pair(base, new)
    terms = Terms(delta_gain, delta_safe, metric, kpi or Kpi())
    tables = {name: _table(paired, name) for name in ("accuracy", "balanced_accuracy")}
    plan = _plan(paired, tables[metric], terms)
    verdict = _verdict(paired, tables, terms, plan)
    ends = (verdict.interval[0], verdict.interval[1])
    numbers = Numbers(NEW, BASE, DOMAIN, verdict.effect, *ends, delta_gain)
    return StudyResult(
        name=STUDY,
        plan=plan,
        overall=verdict.decision,
        headline=reasons.headline(STUDY, verdict.decision, numbers, exploratory=verdict.exploratory, looks=0),
        verdicts=(verdict,),
        arm_scores=tuple(_score(paired, metric, side) for side in (BASE, NEW)),
        predictions=tuple(_predictions(paired)),
        alarms=tuple(_alarms(tables[metric], terms)),
        per_class=tuple(_per_class(paired)),
        detail={"overall": {"decision": verdict.decision, "reason": verdict.reason.to_json(),
                            "ceiling": verdict.ceiling, "exploratory": verdict.exploratory}},
    )  # fmt: skip


def _table(paired: Paired, metric: str) -> Clustered:
    gap = paired.right(NEW).astype(np.float64) - paired.right(BASE).astype(np.float64)
    strata = paired.truth if metric == "balanced_accuracy" else ("",) * len(paired.items)
    return Clustered.of(gap[None], np.array(strata), np.array(paired.groups))


def _plan(paired: Paired, table: Clustered, terms: Terms) -> dict[str, Any]:
    level, df = terms.alpha / 2, table.free()
    se = cluster_se(terms.assumed_item_sd, table.n_clusters, 0.0, 1)
    gain = terms.delta_gain + provable_distance(se, df, level)
    plan: dict[str, Any] = {
        "protocol": PROTOCOL,
        "study": STUDY,
        "data": fingerprint(paired.items, paired.groups, paired.truth, paired.base, paired.new),
        "settings": {"delta_gain": terms.delta_gain, "delta_safe": terms.delta_safe, "metric": terms.metric,
                     "alpha": terms.alpha, "assumed_item_sd": terms.assumed_item_sd,
                     "expected_gain": terms.expected_gain},
        "rows": [{"contrast": NEW, "domain": DOMAIN, "shots": 0, "clusters": table.n_clusters,
                  "n_test": len(paired.items), "se": se, "df": df, "level": level, "smallest_gain": gain,
                  "smallest_safety": gain - terms.delta_gain, "exploratory": gain > terms.expected_gain,
                  "method": "two_level_bootstrap" if table.n_clusters >= MIN_CLUSTERS else "cluster_t",
                  "ceiling": EXPLORATORY if gain > terms.expected_gain else FULL}],
    }  # fmt: skip
    return {**plan, "hash": fingerprint(plan)}


def _verdict(paired: Paired, tables: Mapping[str, Clustered], terms: Terms, plan: Mapping[str, Any]) -> Verdict:
    rng = rng_for(0, "compare_predictions", plan["data"])
    table, row, level = tables[terms.metric], plan["rows"][0], terms.alpha / 2
    estimate = fixed_test_estimate(table, rng)
    interval = (estimate.low(level), estimate.high(level))
    numbers = Numbers(NEW, BASE, DOMAIN, estimate.mean, *interval, terms.delta_gain)
    decision, reason = _decide(estimate, level, numbers)
    only_base = int((paired.right(BASE) & ~paired.right(NEW)).sum())
    only_new = int((paired.right(NEW) & ~paired.right(BASE)).sum())
    return Verdict(
        study=STUDY,
        domain=DOMAIN,
        arm=NEW,
        decision=decision,
        reason=reason,
        effect=estimate.mean,
        interval=interval,
        p=estimate.p_above(terms.delta_gain),
        n=len(paired.items),
        seeds=1,
        margins={"delta_gain": terms.delta_gain, "delta_safe": terms.delta_safe},
        ceiling=row["ceiling"],
        money=money_of(interval, decision, terms.kpi),
        comparator=BASE,
        method=estimate.method,
        level=1 - terms.alpha,
        exploratory=row["exploratory"],
        detail={
            "metric": terms.metric,
            "levels": {"gain": level, "upper": level},
            "safety": {"low": interval[0], "high": interval[1],
                       "shown": estimate.p_above(-terms.delta_safe) < level,
                       "harm_shown": estimate.p_below(-terms.delta_safe) < level},
            "differences": {name: float(one.per_split()[0]) for name, one in tables.items()},
            "only_base_right": only_base,
            "only_new_right": only_new,
            "mcnemar_p": mcnemar(only_base, only_new),
            "sign_flip_p": sign_flip(table.per_cluster(), rng, terms.delta_gain),
            "clusters": table.n_clusters,
            "smallest_gain": row["smallest_gain"],
            "smallest_safety": row["smallest_safety"],
        },
    )  # fmt: skip


def _decide(estimate: Estimate, level: float, numbers: Numbers) -> tuple[Decision, Message]:
    if estimate.p_above(numbers.margin) < level:
        return "ADOPT", reasons.gain_shown(numbers)
    if estimate.p_below(0.0) < level:
        return "REJECT", reasons.harm_shown(numbers)
    if estimate.p_below(numbers.margin) < level:
        return "REJECT", reasons.too_small(numbers)
    return "ABSTAIN", reasons.not_shown(numbers)


def _score(paired: Paired, metric: str, side: str) -> ArmScore:
    right = paired.right(side)
    truth = np.array(paired.truth)
    value = right.mean() if metric == "accuracy" else np.mean([right[truth == c].mean() for c in np.unique(truth)])
    return ArmScore(STUDY, 0, 0, DOMAIN, side, float(value), 0, 0, len(truth), 1.0)


def _predictions(paired: Paired) -> list[Prediction]:
    return [
        Prediction(STUDY, 0, 0, DOMAIN, side, item, group, truth, answer)
        for side, answers in ((BASE, paired.base), (NEW, paired.new))
        for item, group, truth, answer in zip(paired.items, paired.groups, paired.truth, answers, strict=True)
    ]


def _per_class(paired: Paired) -> list[dict[str, Any]]:
    classes = sorted(set(paired.truth))
    truth = codes_of(paired.truth, classes)
    base, new = (recalls(truth, codes_of(side, classes), len(classes)) for side in (paired.base, paired.new))
    return [
        {"study": STUDY, "shots": 0, "domain": DOMAIN, "arm": NEW, "label": label, "n": int((truth == code).sum()),
         "recall": float(new[code]), "comparator_recall": float(base[code])}
        for code, label in enumerate(classes)
    ]  # fmt: skip


def _alarms(table: Clustered, terms: Terms) -> list[Alarm]:
    found = []
    if table.n_clusters < MIN_CLUSTERS:
        reason = say(
            "{domain} has {n} independent groups: too few for a bootstrap, cluster t decides",
            domain=DOMAIN,
            n=table.n_clusters,
        )
        found.append(Alarm("few_clusters", reason, "note"))
    if terms.kpi.illustrative:
        found.append(Alarm("money_illustrative", say("Money is illustrative: the costs are not yours"), "note"))
    return found
