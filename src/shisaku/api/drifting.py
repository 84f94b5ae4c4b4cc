"""The drift of a run's chains: planned with its judges, read from what they cooked, compared with an earlier run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.errors import DataError
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.auditing.plan import Contents
    from shisaku.judging.chain import Metered
    from shisaku.judging.meter import Vectors
    from shisaku.judging.plan import Bench
    from shisaku.store.run import Run


def planned_drift(run: Run, bench: Bench) -> tuple[list[Metered], list[Message]]:
    """Add to the bench what reads the chains of a run; chains that nothing reads are told."""
    from shisaku.auditing.plan import Contents
    from shisaku.judging.chain import chains_of, metered

    @cache
    def contents(stream: str) -> Contents:
        return Contents.of(run.stream(stream))

    there = run.streams()
    found: list[Metered] = []
    told: list[Message] = []
    for hops in chains_of(bench.recipe):
        if all(there.get(hop.stream, {}).get("n") for hop in hops):
            chain, why = metered(hops, contents, bench.add)
            found += [chain] if chain else []
            told += why
    return found, told


def write_drift(
    run: Run, cooked: Run, chains: Sequence[Metered], bench: Bench, earlier: Path | None
) -> list[dict[str, Any]]:
    """Write every chain's drift into the run's evidence and return it, compared with an `earlier` run if given."""
    from shisaku.judging.bundle import DRIFT, FOLDER, Tables, sealed
    from shisaku.judging.meter import first_parents, read_meters, stages_in, told_of
    from shisaku.store.atomic import write_bytes
    from shisaku.store.plain import plain

    there = {step.name for step in bench.recipe.steps}
    before = _read(earlier / FOLDER / DRIFT) if earlier else {}
    tables = Tables.of(cooked.read_rows("scores"), [])
    parents = first_parents(cooked.read_rows("lineage"))

    @cache
    def vectors(step: str) -> Vectors:
        return _vectors(cooked, step)

    rows = []
    for chain in chains:
        if there.issuperset(chain.meaning):
            meters = read_meters(chain, tables, vectors, parents)
            then = before.get(tuple(hop.stream for hop in chain.hops))
            rows.append(told_of(chain, meters, stages_in(then) if then else {}))
    if rows:
        held = sealed(plain({"schema": 1, "chains": rows}))
        data = (json.dumps(held, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()
        write_bytes(run.path / FOLDER / DRIFT, data)
    return rows


def _vectors(cooked: Run, step: str) -> Vectors:
    from shisaku.judging.chain import FEATURES
    from shisaku.store.codecs import decode_vector

    return {s.id: decode_vector(s.parts[FEATURES]) for s in cooked.stream(step) if FEATURES in s.parts}


def _read(path: Path) -> dict[tuple[str, ...], Mapping[str, Any]]:
    try:
        held = json.loads(path.read_bytes())
    except (OSError, ValueError):
        raise DataError(
            say("The earlier run has no drift that can be read"),
            where=str(path),
            next=say("Measure that run first: shisaku measure {run}", run=str(path.parent.parent)),
        ) from None
    return {tuple(chain["hops"]): chain for chain in held["chains"]}
