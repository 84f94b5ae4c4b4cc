"""The figures behind a threshold, and whether they show that it holds, or that it does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shisaku.lab.stages.facts import Ends, Row, RunFacts, Study, studies_of
from shisaku.lab.stages.threshold import Threshold
from shisaku.message import Message, Value, say
from shisaku.stats.proportions import clopper_pearson

GROUPED = 1000.0  # from here on a figure is written out, in groups of three digits


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure with its interval (None: it should be there and is not) and the run where it was read.

    Money may be an illustration, a place of use may be simulated.
    """

    ends: Ends | None
    run: str
    illustrative: bool = False
    simulated: bool = False


def readings(asked: Threshold, runs: Sequence[RunFacts], studies: Sequence[str]) -> list[Reading]:
    """Return every figure that a threshold speaks of; of the studies only those named (all, if none is).

    What judges said of a batch counts where one of these studies trains on it.
    """
    used = {name for _, study in studies_of(runs, studies) for name in study.batches}
    found: Iterator[Reading]
    if asked.figure:
        found = (_of_study(asked.figure, run.path, study) for run, study in studies_of(runs, studies))
    elif asked.issues is not None:
        found = (
            Reading(_share(int(row["hits"]), int(row["n"])), run.path)
            for run in runs
            for row in run.issues
            if asked.metric in (row["step"], row.get("judge")) and _counts(row, used)
        )
    elif asked.metric:
        found = (
            Reading(ends, run.path)
            for run in runs
            for row in run.findings
            if asked.metric in (row["step"], row["name"], row.get("judge"))
            and asked.finding in ("", row["name"])
            and _counts(row, used)
            and (ends := Ends.of(row))
        )
    else:
        place = f"{asked.document}/{asked.at}"
        found = (
            Reading(ends, run.path, bool(row.get("illustrative")), bool(row.get("simulated")))
            for run in runs
            if (row := run.figures.get(place)) and (ends := Ends.of(row))
        )
    return list(found)


def unmet(asked: Threshold, found: Sequence[Reading]) -> list[Message]:
    """Return why the figures do not show that a threshold holds, nothing if they do; no figure shows nothing."""
    if not found and asked.issues is not None:
        return [say("{metric} measured no sample", metric=asked.title)]
    bounded = [(one, one.ends) for one in found if one.ends is not None]
    if not found or len(bounded) < len(found):
        return [say("{metric} gave no figure with an interval", metric=asked.title)]
    return [
        *(_beyond(asked, ends) for _, ends in bounded if _open(asked, ends)),
        *(_of_no_width(asked, ends) for _, ends in bounded if asked.metric and ends.low == ends.high),
        *(
            say("{metric}: {figure} is illustrative, not your figure", metric=asked.title, figure=interval(ends))
            for one, ends in bounded
            if one.illustrative
        ),
    ]


def broken(asked: Threshold, found: Sequence[Reading]) -> list[Message]:
    """Return the figures that show, with their whole interval, that a threshold does not hold."""
    return [
        say("{metric}: {figure} is shown to be beyond {limit:g}", metric=asked.title, figure=interval(one.ends),
            limit=_limit(asked))
        for one in found
        if one.ends and _wrong_side(asked, one.ends)
    ]  # fmt: skip


def told(asked: Threshold, one: Reading) -> Message:
    """Return one figure as a sentence, with what was asked of it."""
    asked_words = (
        say("at least {limit:g} asked", limit=_limit(asked))
        if asked.least is not None
        else say("at most {limit:g} asked", limit=_limit(asked))
    )
    figure = interval(one.ends) if one.ends else "-"
    if one.simulated:
        return say("{metric}: {figure} (simulated), {asked}", metric=asked.title, figure=figure, asked=asked_words)
    return say("{metric}: {figure}, {asked}", metric=asked.title, figure=figure, asked=asked_words)


def interval(ends: Ends) -> str:
    """Return a figure and its interval."""
    return f"{_short(ends.value)} [{_short(ends.low)}, {_short(ends.high)}]"


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= GROUPED else f"{value:.3g}"


def _counts(row: Row, used: set[str]) -> bool:
    return "batch" not in row or row["batch"] in used


def _of_study(figure: str, run: str, study: Study) -> Reading:
    if figure == "safety":
        rows = [ends for row in study.safety if (ends := Ends.of(row))]
        worst = min(rows, key=lambda one: one.low) if rows and len(rows) == len(study.safety) else None
        return Reading(worst, run, simulated=study.simulated)
    row = {"gain": study.gain, "score": study.score, "money": study.money, **study.counts}.get(figure)
    return Reading(Ends.of(row), run, bool((row or {}).get("illustrative")), study.simulated)


def _share(hits: int, n: int) -> Ends:
    return Ends(hits / n, *clopper_pearson(hits, n), n)


def _limit(asked: Threshold) -> float:
    return next(limit for limit in (asked.least, asked.most, asked.issues) if limit is not None)


def _open(asked: Threshold, ends: Ends) -> bool:
    return ends.low < _limit(asked) if asked.least is not None else ends.high > _limit(asked)


def _wrong_side(asked: Threshold, ends: Ends) -> bool:
    return ends.high < _limit(asked) if asked.least is not None else ends.low > _limit(asked)


def _of_no_width(asked: Threshold, ends: Ends) -> Message:
    """Say why an interval without width shows nothing: resampling cannot draw what never occurred in the sample."""
    return say(
        "{metric}: the interval of {figure} has no width, so it says nothing of other samples; ask for the share of "
        "`issues`, or for another finding",
        metric=asked.title, figure=interval(ends),
    )  # fmt: skip


def _beyond(asked: Threshold, ends: Ends) -> Message:
    if asked.issues is not None:
        return say(
            "{metric}: {share:.1%} [{low:.1%}, {high:.1%}] of {n} samples are issues; at most {allowed:.1%} may be",
            metric=asked.title, share=ends.value, low=ends.low, high=ends.high, n=ends.n, allowed=asked.issues,
        )  # fmt: skip
    told: dict[str, Value] = {"metric": asked.title, "figure": interval(ends), "limit": _limit(asked)}
    if asked.least is not None:
        return say("{metric}: {figure} is not shown to be {limit:g} or more", **told)
    return say("{metric}: {figure} is not shown to be {limit:g} or less", **told)
