"""A study from its plan to its verdicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from shisaku.core.progress import Progress, silent
from shisaku.core.study import Alarm, StudyResult
from shisaku.core.study_spec import StudySpec
from shisaku.lab import tables
from shisaku.lab.alarms.raised import raise_alarms
from shisaku.lab.bench import Bench
from shisaku.lab.beside.costs import cost_rows
from shisaku.lab.beside.parts import beside
from shisaku.lab.business.priced import in_use, priced, told_of
from shisaku.lab.comparator import favourites
from shisaku.lab.contrast import Contrast, contrasts, measure_pairs, opponent
from shisaku.lab.controls import gate_alarms, gate_rows
from shisaku.lab.decide import Decided, decide, few_speakers
from shisaku.lab.items import StudyData
from shisaku.lab.looks import Ledger, plan_key
from shisaku.lab.plan import freeze
from shisaku.lab.reasons import for_these_speakers, headline, in_round, not_begun, of_this_training_data
from shisaku.lab.rounds import alpha_of
from shisaku.lab.trial import Trial
from shisaku.lab.trials import OnDone, run_trials
from shisaku.message import Message


def prove(
    spec: StudySpec,
    data: StudyData,
    *,
    workers: int = 1,
    progress: Progress = silent,
    done: Mapping[int, Trial] | None = None,
    on_done: OnDone | None = None,
    on_plan: Callable[[Mapping[str, Any]], None] | None = None,
    looks: Ledger | None = None,
    unmet: Sequence[Message] = (),
) -> StudyResult:
    """Freeze the plan, train every arm in every split, decide, and say what may be wrong.

    `on_plan` gets the frozen plan before anything is trained. `done` holds finished trials by number (kept
    by an earlier `on_done`), which are not run again. `looks` adds earlier looks at these test items to
    those the study admits to, and gets this one written down. With anything `unmet` that the study requires nothing is
    trained or looked at: the decision is ABSTAIN. Same numbers for any `workers`. Raises
    RecipeError, DataError or ContaminationError for a study that cannot be carried out, RecipeError for a look that is
    not the next of those planned.
    """
    if looks is not None:
        spec = looks.counted(spec, data)
    plan = freeze(spec, data)
    if on_plan is not None:
        on_plan(plan)
    if unmet:
        return _not_begun(spec, plan, unmet)
    trials = run_trials(spec, data, workers=workers, progress=progress, done=done, on_done=on_done)
    if looks is not None:
        looks.add(spec, data)
    bench = Bench.lay(spec, data)
    measured = contrasts(bench, trials)
    return _result(bench, plan, trials, measured, decide(spec, plan, measured))


def _not_begun(spec: StudySpec, plan: Mapping[str, Any], unmet: Sequence[Message]) -> StudyResult:
    about = plan["overall"]["by_shots"][str(plan["overall"]["shots"])]
    line = not_begun(spec.name, unmet[0], exploratory=about["exploratory"])
    return StudyResult(
        name=spec.name,
        plan=plan,
        overall="ABSTAIN",
        headline=line,
        verdicts=(),
        arm_scores=(),
        predictions=(),
        alarms=tuple(Alarm("requirement", why, "stop") for why in unmet),
        detail={"overall": {"decision": "ABSTAIN", "reason": unmet[0].to_json(), "ceiling": about["ceiling"],
                            "exploratory": about["exploratory"]}},
    )  # fmt: skip


def _result(
    bench: Bench, plan: Mapping[str, Any], trials: Sequence[Trial], measured: Sequence[Contrast], decided: Decided
) -> StudyResult:
    spec, overall = bench.spec, decided.overall
    line = headline(
        spec.name, overall.decision, overall.numbers, exploratory=overall.exploratory, looks=spec.looks_taken
    )
    if spec.looks_planned > 1:
        line = in_round(line, spec.look, spec.looks_planned, alpha_of(spec))
    primary = next(one for one in spec.domains if one.name == spec.primary)
    if overall.decision == "ADOPT" and primary.kind == "external":
        line = of_this_training_data(line)
    speakers = few_speakers(plan, overall.numbers.domain)
    planned = tuple(
        Alarm(raw["code"], Message.from_json(raw["reason"]), raw["severity"]) for raw in plan["alarms"]
    )  # fmt: skip
    scores = tuple(tables.class_scores(bench, trials))
    business = _business(bench, decided, scores)
    return StudyResult(
        name=spec.name,
        plan=plan,
        overall=overall.decision,
        headline=for_these_speakers(line, speakers) if speakers else line,
        verdicts=tuple(in_use(verdict, business) for verdict in decided.verdicts),
        arm_scores=tuple(tables.arm_scores(bench, trials)),
        predictions=tuple(tables.predictions(bench, trials)),
        alarms=planned + raise_alarms(bench, trials, measured) + tuple(gate_alarms(bench, trials)),
        per_class=tuple(tables.per_class(bench, trials)),
        out_of_fold=tuple(tables.out_of_fold(bench, trials)),
        class_scores=scores,
        detail={
            "overall": {
                "decision": overall.decision,
                "reason": overall.reason.to_json(),
                "ceiling": overall.ceiling,
                "exploratory": overall.exploratory,
                **overall.detail,
            },
            "validation": _validation(trials),
            "weights": _weights(bench, trials),
            "choices": _choices(bench, trials),
            "gates": gate_rows(bench, trials),
            "with_copies": _with_copies(bench, trials),
            "classes": list(bench.classes),
            "notes": dict(bench.data.notes),
            "look": plan_key(spec, bench.raw),
            **beside(bench, plan, trials, measured),
            **({"business": business} if business else {}),
        },
        costs=tuple(cost_rows(bench, trials)),
    )


def _business(bench: Bench, decided: Decided, scores: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    study, verdicts = told_of(bench.spec, bench.classes), [verdict.to_json() for verdict in decided.verdicts]
    return priced(bench.spec.kpi, study, verdicts, scores)


def _validation(trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Mean validation score of each comparator, and how often it was chosen, per number of shots."""
    rows = []
    for shots in dict.fromkeys(trial.shots for trial in trials):
        mine = [trial for trial in trials if trial.shots == shots]
        for name in mine[0].validation or {mine[0].comparator: 0.0}:
            scores = [trial.validation[name] for trial in mine if name in trial.validation]
            chosen = favourites(mine)[name]
            mean = float(np.mean(scores)) if scores else None
            rows.append({"shots": shots, "comparator": name, "score": mean, "chosen": chosen, "splits": len(mine)})
    return rows


def _weights(bench: Bench, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """How often each weight of each tuned arm was chosen."""
    rows = []
    for arm in bench.spec.arms:
        for shots in bench.spec.shots if len(arm.weights) > 1 else ():
            used = [trial.arm(arm.name).weight for trial in trials if trial.shots == shots]
            rows += [
                {"arm": arm.name, "shots": shots, "weight": weight, "chosen": used.count(weight), "splits": len(used)}
                for weight in sorted(arm.weights)
            ]
    return rows


def _choices(bench: Bench, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """How often each arm was chosen by the arms that choose."""
    rows = []
    for arm in bench.spec.arms:
        for shots in bench.spec.shots if arm.choose else ():
            used = [trial.arm(arm.name).chosen for trial in trials if trial.shots == shots]
            rows += [
                {"arm": arm.name, "shots": shots, "choice": name, "chosen": used.count(name), "splits": len(used)}
                for name in arm.choose
            ]
    return rows


def _with_copies(bench: Bench, trials: Sequence[Trial]) -> list[dict[str, Any]]:
    """Each contrast whose rows held near copies of test items: its effect without them (decides) and with them."""
    rows = []
    for shots in bench.spec.shots:
        for name in bench.spec.contrasts:
            mine = [t for t in trials if t.shots == shots and any(one.arm == name for one in t.with_copies)]
            if len(mine) < 2:
                continue
            without = [trial.arm(name) for trial in mine]
            having = [next(one for one in trial.with_copies if one.arm == name) for trial in mine]
            base = [trial.arm(opponent(bench.spec, name, trial)) for trial in mine]
            for domain in bench.spec.domains:
                pair = [measure_pairs(bench, mine, arms, base, domain).estimate.mean for arms in (without, having)]
                rows.append({"arm": name, "domain": domain.name, "shots": shots, "splits": len(mine),
                             "without": pair[0], "with": pair[1]})  # fmt: skip
    return rows
