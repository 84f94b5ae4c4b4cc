"""What made samples descend from: real items, declared pool material, and nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.core.recipe import ROOT
from shisaku.core.study_spec import StudySpec
from shisaku.errors import ContaminationError
from shisaku.lab.cooked import CookedRun
from shisaku.lab.items import Items
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Direct parents of every made sample of a run."""

    parents: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, rows: Iterable[Mapping[str, Any]]) -> Ancestry:
        """Collect the rows of a lineage table (child, parent)."""
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[str(row["child"])] = (*found.get(str(row["child"]), ()), str(row["parent"]))
        return cls(found)

    def roots(self, direct: Sequence[str]) -> tuple[str, ...]:
        """Return the ancestors that were not made from anything, sorted."""
        found: set[str] = set()
        waiting, seen = list(direct), set(direct)
        while waiting:
            one = waiting.pop()
            above = self.parents.get(one, ())
            if not above:
                found.add(one)
            waiting += [parent for parent in above if parent not in seen]
            seen.update(above)
        return tuple(sorted(found))


def pool_material(
    run: CookedRun, real: Items, streams: Mapping[str, Items], external: set[str], spec: StudySpec
) -> frozenset[str]:
    """Return what was mixed in.

    Ancestors that are neither study items nor test items must be material the run itself read in.
    """
    tested = {item: name for name in external & set(streams) for item in streams[name].ids}
    twice = sorted(set(real.ids) & set(tested))
    if twice:
        raise ContaminationError(
            say("{n} items are in both the real stream and the test stream {test}, first {item}",
                n=len(twice), test=tested[twice[0]], item=twice[0]),
            where=f"study {spec.name}",
            next=say("Select disjoint streams for `real` and for the test domains"),
        )  # fmt: skip
    used = {parent for items in streams.values() for parents in items.parents for parent in parents}
    others = used - set(real.ids)
    if not others:
        return frozenset()
    places = [ROOT] if ROOT in run.streams() else list(run.streams())
    unknown = sorted(others.difference(*(run.stream(name).ids() for name in places)))
    if unknown or others & set(tested):
        first = next(iter(unknown or sorted(others & set(tested))))
        raise ContaminationError(
            say("Made samples descend from {item}: neither a real item of this study nor declared pool material",
                item=first),
            where=f"study {spec.name}",
            next=say("Make training samples only from the study's real stream and from train-only pools"),
        )  # fmt: skip
    return frozenset(others)
