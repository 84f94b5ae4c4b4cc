"""What a study requires of its data before it trains: diversity, label quality, the user's own costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Protocol

from shisaku.core.study_spec import Requirement, StudySpec
from shisaku.message import Message, say
from shisaku.stats.proportions import clopper_pearson


class MeasuredRun(Protocol):
    """What is read of a run to see whether a requirement is met."""

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        """Return the rows of a table, none if it is absent."""
        ...

    def read_json(self, name: str) -> Any:
        """Return a document of the run."""
        ...


def unmet(spec: StudySpec, run: MeasuredRun) -> list[Message]:
    """Return what the study requires and the run does not show, one sentence each; nothing measured shows nothing."""
    if not spec.requires:
        return []
    scores, findings = run.read_rows("scores"), run.read_json("findings")
    return [why for one in spec.requires for why in _unmet(one, spec, scores, findings)]


def _unmet(
    one: Requirement, spec: StudySpec, scores: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]
) -> Iterator[Message]:
    if one.kpi:
        if spec.kpi.illustrative:
            yield say("What an error costs is an illustration, not your figure")
        return
    if one.issues is not None:
        yield from _too_many(one.metric, one.issues, [row for row in scores if row["step"] == one.metric])
        return
    mine = [row for row in findings if row["step"] == one.metric and row["value"] is not None]
    bounded = [row for row in mine if row["low"] is not None and row["high"] is not None]
    if not bounded:
        yield say("{metric} gave no figure with an interval", metric=one.metric)
    for row in bounded:
        figures = {"metric": one.metric, "value": row["value"], "low": row["low"], "high": row["high"]}
        if one.least is not None and row["low"] < one.least:
            yield say(
                "{metric}: {value:.3g} [{low:.3g}, {high:.3g}] is not shown to be {least:g} or more",
                **figures,
                least=one.least,
            )
        if one.most is not None and row["high"] > one.most:
            yield say(
                "{metric}: {value:.3g} [{low:.3g}, {high:.3g}] is not shown to be {most:g} or less",
                **figures,
                most=one.most,
            )


def _too_many(metric: str, allowed: float, rows: Sequence[Mapping[str, Any]]) -> Iterator[Message]:
    if not rows:
        yield say("{metric} measured no sample", metric=metric)
        return
    hits = sum(bool(row["issue"]) for row in rows)
    low, high = clopper_pearson(hits, len(rows))
    if high > allowed:
        yield say(
            "{metric}: {share:.1%} [{low:.1%}, {high:.1%}] of {n} samples are issues; at most {allowed:.1%} may be",
            metric=metric,
            share=hits / len(rows),
            low=low,
            high=high,
            n=len(rows),
            allowed=allowed,
        )
