"""What a run shows that a gate asks for: read once, kept in the record under the hashes of the run's files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

Row = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Ends:
    """A figure with the interval that it was measured with."""

    value: float
    low: float
    high: float
    n: int = 0

    @classmethod
    def of(cls, row: object) -> Ends | None:
        """Return what a row says, None where it has no figure or an interval without ends."""
        if not isinstance(row, Mapping):
            return None
        low, high, found = (_number(row.get(name)) for name in ("low", "high", "value"))
        if low is None or high is None:
            return None
        return cls((low + high) / 2 if found is None else found, low, high, int(_number(row.get("n")) or 0))


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


@dataclass(frozen=True, slots=True)
class Study:
    """One study of a run: its decision and what bears on a gate.

    `plan` is the hash of its plan, `ceiling` the best decision within reach, `primary` the decision on the main place
    of use alone, `kind` what that place is, `stops` sentences that end it, `batches` what its arms train on that was
    made, `generators` the ops that made it. `safety` has a row for every place of deployment. `money` is that of its
    main verdict, `worth` its net present value (`net` of an investment or not), `counts` missed items, false alarms,
    looks and minutes, where the study was told what its answers cost.
    """

    name: str
    plan: str
    decision: str
    ceiling: str = ""
    primary: str = ""
    exploratory: bool = False
    simulated: bool = False
    kind: str = ""
    classes: tuple[str, ...] = ()
    stops: tuple[Row, ...] = ()
    batches: tuple[str, ...] = ()
    generators: tuple[str, ...] = ()
    safety: tuple[Row, ...] = ()
    gain: Row | None = None
    score: Row | None = None
    money: Row | None = None
    worth: Row | None = None
    counts: Mapping[str, Row] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """One run: where it lies, its files' hashes, and all that a gate may ask of it.

    `findings` are rows of findings with an interval, `issues` counts of samples by step; what judges said of a batch
    names it. `figures` are mappings of its documents by ``document/at``, `batches` the state of all that was made.
    """

    path: str
    files: Mapping[str, str]
    state: str
    preview: bool
    datasets: tuple[str, ...] = ()
    batches: Mapping[str, str] = field(default_factory=dict)
    studies: tuple[Study, ...] = ()
    findings: tuple[Row, ...] = ()
    issues: tuple[Row, ...] = ()
    figures: Mapping[str, Row] = field(default_factory=dict)

    @classmethod
    def from_json(cls, raw: Row) -> RunFacts:
        """Read what a record keeps of a run. Raises TypeError or KeyError for anything else."""
        return _of(cls, {**raw, "studies": [_of(Study, one) for one in raw["studies"]]})


def _of(kind: type[T], raw: Row) -> T:
    known = {one.name for one in fields(kind)}  # type: ignore[arg-type]
    if not isinstance(raw, Mapping) or set(raw) - known:
        raise TypeError(f"not the fields of a {kind.__name__}")
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in raw.items()})


def studies_of(runs: Sequence[RunFacts], names: Sequence[str]) -> Iterator[tuple[RunFacts, Study]]:
    """Yield the studies that a form is about, with their runs: those it names, or all."""
    for run in runs:
        for study in run.studies:
            if not names or study.name in names:
                yield run, study
