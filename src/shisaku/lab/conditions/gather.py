"""From finished runs to cells: everything is read from what the runs keep, and nothing is measured anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from shisaku.core.dataset import Dataset
from shisaku.core.recipe import Recipe
from shisaku.errors import DataError, MachineError
from shisaku.lab.conditions.cells import DERIVED, EXTERNAL, SAME, Cell, in_order
from shisaku.lab.conditions.same_data import Datasets, RealItems
from shisaku.lab.conditions.sources import GAP, LABEL_ERRORS, MMD, RETRIEVED, Sources
from shisaku.lab.ended_run import EndedRun
from shisaku.message import Message, say

PLACES: Mapping[str, str] = {"resplit": SAME, "derived": DERIVED, "external": EXTERNAL}


class FinishedRun(EndedRun, Protocol):
    """What is read of a finished run (a `store.Run` is one)."""

    def stream(self, name: str) -> Dataset:
        """Return the samples of a stream."""
        ...


@dataclass(frozen=True, slots=True)
class Proved:
    """One study of one run with all that its cells are read from."""

    run: str
    look: str
    plan: Mapping[str, Any]
    verdicts: Sequence[Mapping[str, Any]]
    scores: Sequence[Mapping[str, Any]]
    sources: Sources
    real: RealItems

    @property
    def settings(self) -> Mapping[str, Any]:
        """Return the study as it was planned."""
        settings: Mapping[str, Any] = self.plan["settings"]
        return settings


def studies_of(run: FinishedRun, recipe: Recipe) -> tuple[list[Proved], list[Message]]:
    """Return the studies of a run that ended in verdicts, and what was left out.

    Raises DataError for a run without studies, one that has not ended, and one that was cut down to a preview.
    """
    if run.state != "done":
        raise DataError(
            say("This run has not come to its end"),
            where=str(run.path),
            next=say("Let it end, or run its recipe again: it goes on where it was"),
        )
    if run.read_json("run").get("preview"):
        raise DataError(
            say("This run is a preview: a look, not a measurement"),
            where=str(run.path),
            next=say("Run the recipe without --preview"),
        )
    records, verdicts = run.read_json("studies"), run.read_json("verdict")["verdicts"]
    if not records:
        raise DataError(say("This run has no study"), where=str(run.path), next=say("Give runs that prove something"))
    sources = Sources.of(recipe, run.read_rows("lineage"), _findings(run))
    scores = run.read_rows("arm_scores")
    origin = f"{recipe.data.reader} {sorted((name, str(value)) for name, value in recipe.data.params.items())}"
    proved, notes = [], []
    for record in records:
        name, plan = record["name"], record["plan"]
        mine = [verdict for verdict in verdicts if verdict["study"] == name]
        if not mine:
            notes.append(say("Study {study} of {run} came to no verdict: no cell", study=name, run=run.path.name))
            continue
        label, real = plan["settings"]["label"], plan["settings"]["real"]
        rows = [row for row in scores if row["study"] == name]
        look = record["detail"].get("look", plan["hash"])
        proved.append(Proved(run.path.name, look, plan, mine, rows, sources, _real(run, origin, real, label)))
    return proved, notes


def cells_of(
    studies: Sequence[Proved], titles: Sequence[str], named: Mapping[int, str]
) -> tuple[list[Cell], list[Message]]:
    """Return the cells of studies in a neutral order; `titles` name their datasets unless `named` (by place) does.

    A plan that was run twice on the same data counts once. Contrasts of arms without made data, and placebos, have no
    cell and are counted.
    """
    names = Datasets([one.real for one in studies], titles, named).names
    seen: set[str] = set()
    cells: list[Cell] = []
    twice, other = 0, 0
    for study, dataset in zip(studies, names, strict=True):
        if study.look in seen:
            twice += 1
            continue
        seen.add(study.look)
        mine = list(_cells(study, dataset))
        other += len(study.verdicts) - len(mine)
        cells += mine
    notes = []
    if twice:
        notes.append(say("{n} studies are plans that are here already, and count once", n=twice))
    if other:
        notes.append(say("{n} verdicts are not about made data, or about a placebo: no cell", n=other))
    return in_order(cells), notes


def _cells(study: Proved, dataset: str) -> Iterator[Cell]:
    settings, sources = study.settings, study.sources
    arms = {arm["name"]: arm for arm in settings["arms"]}
    domains = {domain["name"]: domain for domain in settings["domains"]}
    views = [settings["feature"], *(settings.get("views") or {}).values()]
    modality = sources.modality([view["op"] for view in views], settings["real"], study.real.kinds)
    classes = len(study.plan["classes"])
    noise = settings.get("label_noise") or sources.figure(LABEL_ERRORS, settings["real"])
    for verdict in study.verdicts:
        arm, shots = arms[verdict["arm"]], int(verdict["detail"]["shots"])
        stream = arm["add"] or arm["rows"]
        if not stream or arm["shuffle"] or verdict["effect"] is None:
            continue
        n_real = float(next(r["n_train"] for r in study.plan["rows"] if int(r["shots"]) == shots))
        low, high = verdict["interval"]
        yield Cell(
            dataset=dataset,
            run=study.run,
            study=verdict["study"],
            domain=verdict["domain"],
            arm=verdict["arm"],
            comparator=verdict["comparator"],
            technique=RETRIEVED if arm.get("nearest") else sources.technique(stream),
            modality=modality,
            place=PLACES[domains[verdict["domain"]]["kind"]],
            shots=shots,
            per_class=n_real / classes,
            classes=classes,
            ratio=_made(study, arm["name"], shots) / n_real if n_real else None,
            alone=bool(arm.get("alone")) or settings.get("train") == "made",
            gated=bool(arm["keep"]) or sources.gated(stream),
            imbalance=1.0 if shots else study.real.imbalance,
            gap=sources.figure(GAP, stream),
            mmd=sources.figure(MMD, stream),
            noise_made=float(arm.get("plant") or 0.0),
            noise_real=float(noise) if noise is not None else None,
            effect=float(verdict["effect"]),
            low=_end(low, -np.inf),
            high=_end(high, np.inf),
            margin=float(verdict["margins"]["delta_gain"]),
            decision=verdict["decision"],
            seeds=int(verdict["seeds"]),
            n_test=int(verdict["n"]),
            exploratory=bool(verdict["exploratory"]),
            simulated=bool(verdict["simulated"]),
        )


def _end(value: float | None, open_end: float) -> float:
    return float(open_end) if value is None else float(value)


def _made(study: Proved, arm: str, shots: int) -> float:
    counts = [row["n_synthetic"] for row in study.scores if row["arm"] == arm and row["shots"] == shots]
    return float(np.mean(counts)) if counts else 0.0


def _real(run: FinishedRun, source: str, stream: str, label: str) -> RealItems:
    """Return a study's real samples; where they are no longer at their place, their source alone."""
    try:
        return RealItems.of(source, run.stream(stream), label)
    except (DataError, MachineError):
        return RealItems(source)


def _findings(run: FinishedRun) -> Sequence[Mapping[str, Any]]:
    try:
        findings: Sequence[Mapping[str, Any]] = run.read_json("findings")
    except DataError:
        return ()
    return findings
