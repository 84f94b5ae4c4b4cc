"""A study for who checks it: every cell of every arm with the same weight, per class, plan, alarms, looks."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.report.beside import PARTS, Section, sections
from shisaku.report.chart import Chart
from shisaku.report.front import headline
from shisaku.report.glossary import idea_of
from shisaku.report.intervals import interval_charts
from shisaku.report.numbers import count, number, score, signed
from shisaku.report.record import Record, Row, StudyRecord, shots_of
from shisaku.report.words import Words, _, same, words

TABLES = ("validation", "weights", "with_copies")


@dataclass(frozen=True, slots=True)
class ArmRow:
    """One arm in one domain at one number of shots."""

    arm: str
    idea: Words
    mean: str
    sd: str
    change: str
    verdict: Row | None
    interval: str
    sizes: str
    splits: int


@dataclass(frozen=True, slots=True)
class ArmGroup:
    """Every arm in one domain at one number of shots, in the plan's order."""

    domain: str
    simulated: bool
    shots: int
    comparator: str
    rows: Sequence[ArmRow]


@dataclass(frozen=True, slots=True)
class AlarmRow:
    """Something that may make the numbers false, or worth knowing."""

    severity: Words
    grave: bool
    code: str
    reason: Words


@dataclass(frozen=True, slots=True)
class StudyProof:
    """Everything about one study, made ready to print."""

    study: StudyRecord
    intervals: Sequence[Chart]
    beside: Sequence[Section]
    arms: Sequence[ArmGroup]
    alarms: Sequence[AlarmRow]
    headline: Words
    tables: Sequence[tuple[Words, Sequence[Row]]]
    detail: Row
    plan_hash: str
    frozen: Words
    could_show: Sequence[Row]
    plan: Row


def proofs(record: Record) -> list[StudyProof]:
    """Return the proof part of every study."""
    return [_proof(study, number) for number, study in enumerate(record.studies)]


def arm_groups(study: StudyRecord) -> list[ArmGroup]:
    """Return every (domain, shots, arm) cell: nothing is left out for being negative."""
    cells: dict[tuple[str, int], dict[str, list[Row]]] = {}
    for row in study.scores:
        arms = cells.setdefault((str(row["domain"]), int(row["shots"])), {})
        arms.setdefault(str(row["arm"]), []).append(row)
    place = {domain: i for i, domain in enumerate(study.domains)}
    return [_group(study, *key, cells[key]) for key in sorted(cells, key=lambda k: (place.get(k[0], len(place)), k[1]))]


def _group(study: StudyRecord, domain: str, shots: int, arms: Mapping[str, list[Row]]) -> ArmGroup:
    verdicts = {
        str(v["arm"]): v for v in study.verdicts if v["domain"] == domain and shots_of(v) in (shots, None)
    }  # fmt: skip
    comparator = next((str(v.get("comparator") or "") for v in verdicts.values()), "")
    ideas = {str(a.get("name")): idea_of(a, study.spec) for a in study.spec.get("arms", []) if isinstance(a, Mapping)}
    simulated = any(v.get("simulated") for v in study.verdicts if v["domain"] == domain)
    rows = [
        _arm_row(
            arm,
            ideas.get(arm, same("")),
            found,
            [] if arm == comparator else arms.get(comparator, []),
            verdicts.get(arm),
        )
        for arm, found in arms.items()
    ]
    return ArmGroup(domain, simulated, shots, comparator, rows)


def _arm_row(arm: str, idea: Words, rows: Sequence[Row], against: Sequence[Row], verdict: Row | None) -> ArmRow:
    scores = [float(r["value"]) for r in rows]
    change = float(verdict["effect"]) if verdict else _paired_change(rows, against)
    return ArmRow(
        arm=arm,
        idea=idea,
        mean=score(statistics.fmean(scores)),
        sd=score(statistics.stdev(scores)) if len(scores) > 1 else "–",
        change="–" if change is None else signed(change),
        verdict=verdict,
        interval=f"[{signed(verdict['interval'][0])}, {signed(verdict['interval'][1])}]" if verdict else "",
        sizes=_sizes(rows),
        splits=len(rows),
    )


def _sizes(rows: Sequence[Row]) -> str:
    def middle(column: str) -> float:
        return statistics.median(float(r.get(column) or 0) for r in rows)

    weight = sorted({float(r.get("weight") or 0) for r in rows})
    weights = number(weight[0]) if len(weight) == 1 else f"{number(weight[0])}–{number(weight[-1])}"
    made = middle("n_synthetic")
    with_weight = f" × {weights}" if made else ""
    return f"{count(middle('n_train'))} + {count(made)}{with_weight} / {count(middle('n_test'))}"


def _paired_change(rows: Sequence[Row], against: Sequence[Row]) -> float | None:
    other = {r["split"]: float(r["value"]) for r in against}
    pairs = [float(r["value"]) - other[r["split"]] for r in rows if r["split"] in other]
    return statistics.fmean(pairs) if pairs else None


def _alarm(alarm: Row) -> AlarmRow:
    severity = str(alarm.get("severity", "warning"))
    named = {"stop": _("Stop"), "warning": _("Warning"), "note": _("Note")}
    return AlarmRow(
        named.get(severity, same(severity)), severity == "stop", str(alarm.get("code", "")), words(alarm["reason"])
    )


def _proof(study: StudyRecord, number: int) -> StudyProof:
    grave = {"stop": 0, "warning": 1}
    alarms = sorted(study.alarms, key=lambda a: grave.get(str(a.get("severity")), 2))
    return StudyProof(
        study=study,
        intervals=interval_charts(study, study.verdicts, f"intervals-{number}"),
        beside=sections(study, number),
        arms=arm_groups(study),
        alarms=[_alarm(a) for a in alarms],
        headline=headline(study),
        tables=_tables(study),
        detail={k: v for k, v in study.detail.items() if k not in (*TABLES, *PARTS)},
        plan_hash=str(study.plan.get("hash", "")),
        frozen=_frozen(study.planned),
        could_show=[r for r in study.plan.get("rows", []) if isinstance(r, Mapping)],
        plan={k: v for k, v in study.plan.items() if k not in ("hash", "alarms")},
    )


def _frozen(planned: Row) -> Words:
    """Say when the plan was frozen: what is told after its results were seen is no plan."""
    date = str(planned.get("date", ""))
    return {
        "before": _("Frozen in a file before this run, on {date}.", date=date),
        "start": _("Frozen by this run on {date}, before anything was trained.", date=date),
        "after": _("Frozen in a file on {date}, after its results had been seen.", date=date),
    }.get(str(planned.get("when")), _("When it was frozen is not on record: what was compared was there before it."))


def _tables(study: StudyRecord) -> list[tuple[Words, Sequence[Row]]]:
    titles = {
        "validation": _(
            "How the comparator was chosen: score on validation, and in how many splits it was the strongest"
        ),
        "weights": _("Weight of made items: how often each was chosen on validation"),
        "with_copies": _("Effect with and without the near copies of test items that were left out"),
    }
    return [(titles[name], study.detail[name]) for name in TABLES if study.detail.get(name)]
