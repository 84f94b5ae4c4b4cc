"""One look at every sample that came in: what it is selected by, and which of them a preview takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from shisaku.core.recipe import ROOT, Recipe
from shisaku.core.sample import Kind, Sample
from shisaku.core.seed import key_for
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.registry.streams import LOOK, STUDY, WRONG_IN, facts_of
from shisaku.store.earlier import earlier

PREVIEW_LABELS = 12
Labels = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Census:
    """Facts and labels by sample id, the kinds of all parts, and which samples were made before they came in."""

    facts: Mapping[str, Mapping[str, str]]
    labels: Mapping[str, Mapping[str, str]]
    parts: Mapping[str, Kind]
    made: frozenset[str] = frozenset()

    def where(self, wanted: Mapping[str, str]) -> list[str]:
        """Return the ids whose facts have these values, sorted.

        With ``wrong_in`` only real samples that the student of that run's `study` got wrong.
        """
        told = facts_of(wanted)
        ids = [id_ for id_, facts in self.facts.items() if all(facts.get(k) == v for k, v in told.items())]
        if WRONG_IN not in wanted:
            return ids
        seeds = earlier(wanted[WRONG_IN], wanted[STUDY], wanted.get(LOOK, "")).wrong - self.made
        return [id_ for id_ in ids if id_ in seeds]

    def values(self, fact: str) -> list[str]:
        """Return which values a fact takes, sorted."""
        return sorted({facts[fact] for facts in self.facts.values() if fact in facts})


def take_census(samples: Iterable[Sample]) -> Census:
    """Read all samples once, keeping none."""
    facts: dict[str, Mapping[str, str]] = {}
    labels: dict[str, Mapping[str, str]] = {}
    parts: dict[str, Kind] = {}
    made: set[str] = set()
    for sample in samples:
        facts[sample.id], labels[sample.id] = sample.facts, sample.labels
        parts |= {name: part.kind for name, part in sample.parts.items()}
        made |= {sample.id} if sample.depth else set()
    return Census(dict(sorted(facts.items())), labels, parts, frozenset(made))


def selections(recipe: Recipe, census: Census, preview: int | None = None) -> dict[str, tuple[str, ...]]:
    """Return the sample ids of ``data`` and of every selection, sorted.

    With `preview`, each selection keeps that many samples per label (chosen by a key of the recipe's seed and
    the sample id), of many labels the same dozen everywhere, and ``data`` what the selections keep. Raises
    DataError for a selection that is empty.
    """
    chosen = {name: census.where(facts) for name, facts in recipe.select.items()}
    for name, ids in chosen.items():
        if not ids:
            raise _empty(name, recipe.select[name], census)
    everything = list(census.facts)
    if preview is None:
        return {ROOT: tuple(everything), **{name: tuple(ids) for name, ids in chosen.items()}}
    groups = list(chosen.values())
    if not groups or _reads_root(recipe):
        groups.append(everything)
    shown = _dozen(census, census.labels, recipe.seed)
    taken = {id_ for ids in groups for id_ in _some(ids, census, preview, recipe.seed, shown)}
    return {name: tuple(id_ for id_ in ids if id_ in taken) for name, ids in {ROOT: everything, **chosen}.items()}


def _some(ids: list[str], census: Census, n: int, seed: int, shown: set[Labels]) -> list[str]:
    mine = shown if any(_labels(census, id_) in shown for id_ in ids) else _dozen(census, ids, seed)
    by_label: dict[Labels, list[str]] = {}
    for id_ in sorted(ids, key=lambda id_: key_for(seed, "preview", id_)):
        by_label.setdefault(_labels(census, id_), []).append(id_)
    return [id_ for labels, same in by_label.items() if labels in mine for id_ in same[:n]]


def _dozen(census: Census, ids: Iterable[str], seed: int) -> set[Labels]:
    """Return at most a dozen values of each kind of labels: what is made and what is tested then speak of the same."""
    found: dict[tuple[str, ...], set[Labels]] = {}
    for id_ in ids:
        labels = _labels(census, id_)
        found.setdefault(tuple(name for name, _ in labels), set()).add(labels)
    drawn = (sorted(values, key=lambda labels: key_for(seed, "preview", str(labels))) for values in found.values())
    return {labels for values in drawn for labels in values[:PREVIEW_LABELS]}


def _labels(census: Census, id_: str) -> Labels:
    return tuple(sorted(census.labels[id_].items()))


def _reads_root(recipe: Recipe) -> bool:
    used = {name for step in recipe.steps for name in (*step.source, step.pool, step.reference)}
    used |= {keep.source for keep in recipe.keep} | {study.real for study in recipe.studies}
    return ROOT in used


def _empty(name: str, wanted: Mapping[str, str], census: Census) -> DataError:
    told = ", ".join(f"{fact}: {value}" for fact, value in wanted.items())
    there = "; ".join(f"{fact}: {', '.join(census.values(fact)[:10]) or '-'}" for fact in facts_of(wanted))
    return DataError(
        say("No sample has the facts of the selection {name} ({told})", name=name, told=told),
        where=f"select.{name}",
        next=say("The data has {there}", there=there or "-"),
    )
