"""Everything the page needs of a run, read once; what a run does not hold is empty, never an error."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shisaku.report.graph import Graph

if TYPE_CHECKING:
    from shisaku.store.run import Run

Row = Mapping[str, Any]
TABLES = ("drops", "scores", "lineage", "counts", "timings", "arm_scores", "per_class")


@dataclass(frozen=True, slots=True)
class StudyRecord:
    """One study as the run holds it, with its own verdicts, scores and per-class rows."""

    name: str
    overall: str
    headline: Row
    alarms: Sequence[Row]
    detail: Row
    plan: Row
    verdicts: Sequence[Row]
    scores: Sequence[Row]
    per_class: Sequence[Row]
    planned: Row

    @property
    def spec(self) -> Row:
        """The study as it was declared."""
        return _mapping(self.plan.get("settings"))

    def part(self, name: str, inner: str = "") -> list[Row]:
        """Return the rows of a part of what the study said beside its verdicts; none where it has no such part."""
        found = self.detail.get(name)
        rows = _mapping(found).get(inner) if inner else found
        return [_mapping(row) for row in _list(rows)]

    @property
    def about(self) -> Row:
        """What the overall decision is about: contrast, domain, shots, places of deployment."""
        return _mapping(self.plan.get("overall"))

    @property
    def primary(self) -> str:
        """The domain that the study is about."""
        return str(self.about.get("domain") or self.spec.get("primary") or "")

    def set_against(self, verdict: Row) -> bool:
        """Whether the plan named what this verdict's arm is compared with; else validation chose it."""
        return str(verdict["arm"]) in _mapping(self.spec.get("against"))

    @property
    def domains(self) -> list[str]:
        """Domain names, the primary first, then as the plan lists them, then any other that was scored."""
        declared = [str(d.get("name", "")) for d in _list(self.spec.get("domains")) if isinstance(d, Mapping)]
        seen = [str(r["domain"]) for r in (*self.verdicts, *self.scores)]
        return list(dict.fromkeys(name for name in [self.primary, *declared, *seen] if name))

    @property
    def main(self) -> list[Row]:
        """The verdicts at the number of shots that the overall decision is about (all, where none is said)."""
        shots = self.about.get("shots")
        at = [v for v in self.verdicts if shots is None or shots_of(v) in (shots, None)]
        order = {name: place for place, name in enumerate(self.domains)}
        return sorted(at, key=lambda v: order.get(str(v["domain"]), len(order)))

    @property
    def lead(self) -> Row | None:
        """The verdict that the overall decision is about."""
        wanted = (self.about.get("contrast"), self.primary)
        return next((v for v in self.main if (v["arm"], v["domain"]) == wanted), self.main[0] if self.main else None)


def shots_of(verdict: Row) -> int | None:
    """Return the number of real items per class that a verdict stands for (0: all), None where it is not said."""
    shots = _mapping(verdict.get("detail")).get("shots")
    return None if shots is None else int(shots)


@dataclass(frozen=True, slots=True)
class Record:
    """The run folder's content, except for the samples themselves, which are read stream by stream."""

    run: Run
    state: str
    name: str
    title: Row
    overall: str
    studies: Sequence[StudyRecord]
    tables: Mapping[str, Sequence[Row]]
    documents: Mapping[str, Any]
    recipe: str
    graph: Graph

    def is_view(self, stream: str) -> bool:
        """Whether a stream holds samples of another stream with features or scores added for a study."""
        return self.graph.sees(stream) or any(stream.startswith(f"{study.name}.") for study in self.studies)

    @property
    def incomplete(self) -> bool:
        """Whether the run stopped early, or has not come to its verdicts; the page itself is a run's last act."""
        return self.state == "partial" or (self.state == "running" and self.documents["verdict"] is None)


def read_record(run: Run) -> Record:
    """Read a run's documents and tables."""
    documents = {
        name: _document(run, name)
        for name in ("run", "verdict", "studies", "plans", "environment", "estimate", "labelling_plan", "samples")
    }
    tables = {name: run.read_rows(name) for name in TABLES}
    file = run.path / "recipe.yaml"
    recipe = file.read_text(encoding="utf-8") if file.exists() else ""
    declared = _recipe_head(recipe)
    verdict = _mapping(documents["verdict"])
    return Record(
        run=run,
        state=str(run.state),
        name=str(declared.get("name") or run.path.name),
        title=_mapping(declared.get("title")),
        overall=str(verdict.get("overall") or ""),
        studies=_studies(documents, tables),
        tables=tables,
        documents=documents,
        recipe=recipe,
        graph=Graph.of(declared),
    )


def _studies(documents: Mapping[str, Any], tables: Mapping[str, Sequence[Row]]) -> list[StudyRecord]:
    verdicts = [_bounded(_mapping(v)) for v in _list(_mapping(documents["verdict"]).get("verdicts"))]
    found = []
    for raw in map(_mapping, _list(documents["studies"])):
        name = str(raw.get("name", ""))
        found.append(
            StudyRecord(
                name=name,
                overall=str(raw.get("overall", "")),
                headline=_mapping(raw.get("headline")),
                alarms=[_mapping(a) for a in _list(raw.get("alarms"))],
                detail=_mapping(raw.get("detail")),
                plan=_mapping(raw.get("plan")),
                verdicts=[v for v in verdicts if v.get("study") == name],
                scores=[r for r in tables["arm_scores"] if r["study"] == name],
                per_class=[r for r in tables["per_class"] if r["study"] == name],
                planned=_mapping(_mapping(_mapping(documents["run"]).get("planned")).get(name)),
            )
        )
    return found


def _bounded(verdict: Row) -> Row:
    """Put -1 and +1, the most a score can change, where an interval has no end (a run writes that as null)."""
    low, high = verdict.get("interval") or (None, None)
    low, high = -1.0 if low is None else float(low), 1.0 if high is None else float(high)
    effect = verdict.get("effect")
    return {**verdict, "interval": (low, high), "effect": (low + high) / 2 if effect is None else float(effect)}


def _document(run: Run, name: str) -> Any:
    return run.read_json(name) if (run.path / f"{name}.json").exists() else None


def _recipe_head(text: str) -> Row:
    import yaml

    try:
        return _mapping(yaml.safe_load(text))
    except yaml.YAMLError:
        return {}


def _mapping(value: Any) -> Row:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else ()
