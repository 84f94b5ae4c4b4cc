"""From measured contrasts to verdicts, by the rule of protocol P-1 and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shisaku.core.domain import Domain
from shisaku.core.study_spec import StudySpec
from shisaku.core.verdict import PILOT, Decision, Verdict
from shisaku.lab import reasons
from shisaku.lab.contrast import Contrast
from shisaku.lab.money import money_of
from shisaku.lab.plan import deployed, row_of
from shisaku.lab.reasons import Numbers
from shisaku.lab.rounds import alpha_of
from shisaku.message import Message
from shisaku.stats.holm import HolmLevel, holm


@dataclass(frozen=True, slots=True)
class Overall:
    """The study's decision: about its first contrast at its largest number of shots."""

    decision: Decision
    reason: Message
    numbers: Numbers
    ceiling: str
    exploratory: bool
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Decided:
    """One verdict per contrast, domain and number of shots, and the overall decision."""

    verdicts: tuple[Verdict, ...]
    overall: Overall


def decide(spec: StudySpec, plan: Mapping[str, Any], measured: Sequence[Contrast]) -> Decided:
    """Apply the rule to every contrast, and to the study.

    ADOPT when the lower bound is above `delta_gain`, REJECT when the upper bound is below 0 (harm) or below
    `delta_gain` (too small), else ABSTAIN.
    Within a domain and number of shots the bounds stand at the levels that Holm left to each contrast, for
    gains, for smallness and for harm apart. The overall decision also needs every deployment domain's safety
    bound (uncorrected: an intersection-union test) above -`delta_safe`.
    """
    verdicts = []
    for shots in spec.shots:
        for domain in spec.domains:
            family = [c for c in measured if c.domain == domain.name and c.shots == shots]
            verdicts += _family(spec, plan, domain, family)
    return Decided(tuple(verdicts), _overall(spec, plan, measured, verdicts))


def _family(spec: StudySpec, plan: Mapping[str, Any], domain: Domain, family: Sequence[Contrast]) -> list[Verdict]:
    level = alpha_of(spec) / 2
    gain = holm([c.estimate.p_above(domain.delta_gain) for c in family], level)
    small = holm([c.estimate.p_below(domain.delta_gain) for c in family], level)
    harm = holm([c.estimate.p_below(0.0) for c in family], level)
    return [
        _verdict(spec, plan, domain, contrast, *levels)
        for contrast, *levels in zip(family, gain, small, harm, strict=True)
    ]


def _verdict(
    spec: StudySpec,
    plan: Mapping[str, Any],
    domain: Domain,
    contrast: Contrast,
    gain: HolmLevel,
    small: HolmLevel,
    harm: HolmLevel,
) -> Verdict:
    upper = harm if harm.rejected else small
    interval = (contrast.estimate.low(gain.level), contrast.estimate.high(upper.level))
    numbers = Numbers(
        contrast.arm, contrast.comparator, domain.name, contrast.estimate.mean, *interval, domain.delta_gain
    )
    decision: Decision = "ADOPT" if gain.rejected else "REJECT" if small.rejected or harm.rejected else "ABSTAIN"
    reason = (
        reasons.gain_shown(numbers)
        if gain.rejected
        else reasons.harm_shown(numbers)
        if harm.rejected
        else reasons.too_small(numbers)
        if small.rejected
        else reasons.not_shown(numbers)
    )
    if decision == "ADOPT" and domain.kind == "external":
        reason = reasons.of_this_training_data(reason)
    speakers = few_speakers(plan, domain.name)
    if speakers:
        reason = reasons.for_these_speakers(reason, speakers)
    row = row_of(plan, contrast.arm, domain.name, contrast.shots)
    return Verdict(
        study=spec.name,
        domain=domain.name,
        arm=contrast.arm,
        decision=decision,
        reason=reason,
        effect=contrast.estimate.mean,
        interval=interval,
        p=contrast.estimate.p_above(domain.delta_gain),
        n=round(contrast.n_test),
        seeds=len(contrast.differences),
        margins={"delta_gain": domain.delta_gain, "delta_safe": domain.delta_safe},
        ceiling=row["ceiling"],
        money=money_of(interval, decision, spec.kpi),
        comparator=contrast.comparator,
        method=contrast.estimate.method,
        level=1 - gain.level - upper.level,
        exploratory=row["exploratory"],
        simulated=row["simulated"],
        detail=_detail(spec, domain, contrast, row, {"gain": gain.level, "upper": upper.level}),
    )


def few_speakers(plan: Mapping[str, Any], domain: str) -> int:
    """Return the number of voices if a claim about this domain holds for them only, else 0."""
    told = plan["speakers"].get(domain)
    return int(told["speakers"]) if told and told["unit"] == "item" else 0


def _detail(
    spec: StudySpec, domain: Domain, contrast: Contrast, row: Mapping[str, Any], levels: Mapping[str, float]
) -> dict[str, Any]:
    level = alpha_of(spec) / 2
    return {
        "shots": contrast.shots,
        "n_train": contrast.n_train,
        "n_test": contrast.n_test,
        "clusters": contrast.clusters,
        "levels": dict(levels),
        "safety": {
            "low": contrast.estimate.low(level),
            "high": contrast.estimate.high(level),
            "shown": contrast.estimate.p_above(-domain.delta_safe) < level,
            "harm_shown": contrast.estimate.p_below(-domain.delta_safe) < level,
        },
        "comparators": dict(contrast.chosen),
        "differences": list(contrast.differences),
        "smallest_gain": row["smallest_gain"],
        "smallest_safety": row["smallest_safety"],
        **contrast.beside,
    }


def _overall(
    spec: StudySpec, plan: Mapping[str, Any], measured: Sequence[Contrast], verdicts: Sequence[Verdict]
) -> Overall:
    about = plan["overall"]
    arm, shots = about["contrast"], about["shots"]
    mine = {v.domain: v for v in verdicts if v.arm == arm and v.detail["shots"] == shots}
    primary = mine[spec.primary]
    ceiling = about["by_shots"][str(shots)]
    places = {domain.name: domain for domain in spec.domains}
    safety = {name: mine[name].detail["safety"] for name in deployed(spec)}
    harmed = [name for name, found in safety.items() if found["harm_shown"]]
    open_ = [name for name, found in safety.items() if not found["shown"] and name != spec.primary]
    unprovable = list(ceiling["safety_not_provable"])
    detail = {**about, "safety": safety, "primary": primary.decision}
    numbers = _gain(primary)
    made = Overall(primary.decision, primary.reason, numbers, ceiling["ceiling"], ceiling["exploratory"], detail)
    if primary.decision == "REJECT":
        return made
    if harmed:
        worst = min(harmed, key=lambda name: safety[name]["high"] + places[name].delta_safe)
        found = _safety(mine[worst], places[worst])
        return replace(made, decision="REJECT", reason=reasons.unsafe(found), numbers=found)
    if primary.decision == "ABSTAIN":
        return made
    if open_:
        reason = reasons.pilot_only(numbers, ", ".join(open_))
        return replace(made, decision="ABSTAIN", reason=reason, ceiling=_pilot(made))
    if unprovable:
        reason = reasons.pilot_by_plan(numbers, ", ".join(unprovable))
        return replace(made, decision="ABSTAIN", reason=reason, ceiling=_pilot(made))
    return made


def _pilot(made: Overall) -> str:
    return made.ceiling if made.exploratory else PILOT


def _gain(verdict: Verdict) -> Numbers:
    margin = verdict.margins["delta_gain"]
    return Numbers(verdict.arm, verdict.comparator, verdict.domain, verdict.effect, *verdict.interval, margin)


def _safety(verdict: Verdict, domain: Domain) -> Numbers:
    ends = verdict.detail["safety"]
    return Numbers(
        verdict.arm, verdict.comparator, verdict.domain, verdict.effect, ends["low"], ends["high"], domain.delta_safe
    )
