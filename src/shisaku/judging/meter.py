"""Reads the drift meter: from what was cooked for a chain to what every hop of it costs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.judging.bundle import Tables
from shisaku.judging.chain import QUALITY, Hop, Metered
from shisaku.judging.drift import Stage, first_to_mend, losses, weakest
from shisaku.learn.rows import RowTransform, transform_rows

MEANING, LABEL = "meaning", "label"
Vectors = Mapping[str, npt.NDArray[np.float32]]
Meters = dict[str, list[Stage]]


def first_parents(lineage: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return made sample -> the one that its step was given; material of a pool comes after that one."""
    found: dict[str, str] = {}
    for row in lineage:
        found.setdefault(str(row["child"]), str(row["parent"]))
    return found


def read_meters(
    chain: Metered, tables: Tables, vectors: Callable[[str], Vectors], parents: Mapping[str, str]
) -> Meters:
    """Return the stages of a chain by meter; a meter that fewer than two stages have says nothing.

    `meaning` is the cosine to the first ancestor in the chain's space, so 1 for the ancestors themselves; `label` the
    probability that a model of the real samples gives to the label. Quality is named after its op, and compared only
    between hops of one kind: what it costs to come back to a picture is put on the hop that made the picture.
    """
    found: Meters = {MEANING: _meaning(chain, vectors, parents)}
    if chain.label:
        found[LABEL] = [_scored(hop, tables, step, parents) for hop, step in zip(chain.hops, chain.label, strict=True)]
    for op in sorted(set(QUALITY.values())):
        mine = [hop for hop in chain.hops if QUALITY.get(hop.kind) == op]
        found[op] = [_scored(hop, tables, chain.quality[hop.stream], parents) for hop in mine]
    return {name: kept for name, some in found.items() if len(kept := [one for one in some if one.values]) > 1}


def told_of(chain: Metered, meters: Meters, earlier: Meters) -> dict[str, Any]:
    """Return the plain form of a chain's drift, with what it is compared to where there are `earlier` stages."""
    every = []
    plain = {}
    for name, some in meters.items():
        then = earlier.get(name, ()) if earlier else ()
        told = losses(name, some, then)
        every += told
        worst = weakest(name, some, then)
        rows = [{**asdict(loss), "share": loss.share, "shown": loss.shown} for loss in told]
        plain[name] = {
            "stages": [asdict(one) for one in some],
            "losses": rows,
            "weakest": asdict(worst) if worst else None,
        }
    first = first_to_mend(every)
    return {
        "hops": [hop.stream for hop in chain.hops],
        "space": chain.space,
        "compared": bool(earlier),
        "meters": plain,
        "mend_first": asdict(first) if first else None,
    }


def stages_in(told: Mapping[str, Any]) -> Meters:
    """Read the stages back from the plain form."""
    return {name: [Stage(**one) for one in held["stages"]] for name, held in told["meters"].items()}


def _meaning(chain: Metered, vectors: Callable[[str], Vectors], parents: Mapping[str, str]) -> list[Stage]:
    kind: RowTransform = "sqrt_l2" if chain.space in ("image.embed", "audio.embed") else "l2"
    begin = _unit(vectors(chain.meaning[0]), kind)
    stages = [Stage(chain.hops[0].stream, dict.fromkeys(sorted(begin), 1.0))]
    for hop, view in zip(chain.hops[1:], chain.meaning[1:], strict=True):
        near = [
            (root, float(row @ begin[root]))
            for name, row in _unit(vectors(view), kind).items()
            if (root := _root(name, parents)) in begin and row.shape == begin[root].shape
        ]
        stages.append(_stage(hop, near))
    return stages


def _unit(rows: Vectors, kind: RowTransform) -> dict[str, npt.NDArray[np.float64]]:
    return {name: transform_rows(row[None].astype(np.float64), kind)[0] for name, row in rows.items()}


def _scored(hop: Hop, tables: Tables, step: str, parents: Mapping[str, str]) -> Stage:
    said = tables.scores.get(step, {})
    return _stage(hop, [(_root(name, parents), float(row["value"])) for name, row in said.items()])


def _stage(hop: Hop, values: Sequence[tuple[str, float]]) -> Stage:
    by_root: dict[str, list[float]] = {}
    for root, value in values:
        by_root.setdefault(root, []).append(value)
    return Stage(hop.stream, {root: float(np.mean(some)) for root, some in sorted(by_root.items())})


def _root(name: str, parents: Mapping[str, str]) -> str:
    while name in parents:
        name = parents[name]
    return name
