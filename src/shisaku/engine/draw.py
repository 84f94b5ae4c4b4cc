"""Which of its samples a step is asked of, where its `sample` says that not all are needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from shisaku.core.recipe import Step
from shisaku.core.sample import Sample
from shisaku.core.seed import key_for
from shisaku.engine.plan import Flow, distinct
from shisaku.errors import DataError
from shisaku.message import say

Stratum = tuple[str | None, ...]


def drawn(step: Step, seed: int, sources: Sequence[Flow]) -> list[Flow]:
    """Return the sources with only those samples of which `step` is asked.

    Reads all of them where there are strata. Raises DataError if no sample has a label or fact named in `by`,
    and RecipeError for a sample in two forms.
    """
    if step.sample is None:
        return list(sources)
    flows = distinct(step, sources)
    strata: dict[str, Stratum] = {}
    for flow in flows:
        strata |= strata_of(flow, step.sample.by)
    _known(step, strata)
    chosen = draw(strata, step.sample.n, seed, step.name)
    return [replace(flow, ids=tuple(id_ for id_ in flow.ids if id_ in chosen)) for flow in flows]


def draw(strata: Mapping[str, Stratum], n: int, seed: int, step: str) -> frozenset[str]:
    """Return `n` of the ids (all, if there are no more), each stratum with its share and, if `n` allows, with one.

    Inside a stratum those come first whose key of (seed, step, id) is lowest, so samples of other strata change
    how many are taken of it and never which. The shares are the highest quotients size / (2 rank + 1) (Webster's
    method, also called Sainte-Lague), after one of each stratum, large ones first; equal claims are decided by
    the key. A larger `n` holds all that a smaller one drew.
    """
    keys = {id_: key_for(seed, step, id_) for id_ in strata}
    ranked: dict[Stratum, list[str]] = {}
    for id_ in sorted(strata, key=keys.__getitem__):
        ranked.setdefault(strata[id_], []).append(id_)
    claims = [
        (rank > 0, -len(same) / (2 * rank + 1), keys[id_], id_)
        for same in ranked.values()
        for rank, id_ in enumerate(same)
    ]
    return frozenset(id_ for *_, id_ in sorted(claims)[:n])


def strata_of(flow: Flow, by: Sequence[str]) -> dict[str, Stratum]:
    """Return for every id of a flow the values of the labels or facts `by`, read sample by sample."""
    if not by:
        return dict.fromkeys(flow.ids, ())
    wanted = set(flow.ids)
    # Sample by sample, in the order in which they are kept: their media are never all in memory.
    return {sample.id: _stratum(sample, by) for sample in flow.dataset if sample.id in wanted}


def _stratum(sample: Sample, by: Sequence[str]) -> Stratum:
    return tuple(sample.labels.get(name, sample.facts.get(name)) for name in by)


def _known(step: Step, strata: Mapping[str, Stratum]) -> None:
    by = step.sample.by if step.sample else ()
    for place, name in enumerate(by):
        if strata and all(stratum[place] is None for stratum in strata.values()):
            raise DataError(
                say("No sample that {step} reads has a label or fact {name}", step=step.name, name=name),
                where=f"line {step.line}" if step.line else step.name,
                next=say("Name in `sample.by` a label or fact of its samples, or leave it out"),
            )
