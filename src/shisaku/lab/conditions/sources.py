"""What a run's recipe says of made data: by which ops it was made, of which modality, how far from the real data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.core.recipe import Recipe, Step

MEDIA = ("image", "audio", "text", "video", "table", "points")
BROUGHT, RETRIEVED, VECTOR = "brought", "retrieval", "vector"
GAP, MMD, LABEL_ERRORS = "two_sample", "mmd", "label_errors"


@dataclass(frozen=True, slots=True)
class Sources:
    """The steps and findings of a run, asked by stream; `making` names the steps that made samples."""

    steps: Mapping[str, Step]
    kept_from: Mapping[str, str]
    making: frozenset[str]
    findings: Sequence[Mapping[str, Any]]

    @classmethod
    def of(cls, recipe: Recipe, lineage: Sequence[Mapping[str, Any]], findings: Sequence[Mapping[str, Any]]) -> Sources:
        """Read them from a resolved recipe and what the run kept."""
        kept = {name: keep.source for keep in recipe.keep for name in (keep.name, f"{keep.name}.random")}
        making = frozenset(str(row["step"]) for row in lineage)
        return cls({step.name: step for step in recipe.steps}, kept, making, findings)

    def technique(self, stream: str) -> str:
        """Return the ops that made the samples of a stream, first to last; ``brought`` if no step did."""
        ops = [step.op for step in self._upstream(stream) if step.name in self.making]
        return " > ".join(reversed(ops)) or BROUGHT

    def gated(self, stream: str) -> bool:
        """Return whether a keep-rule stands between the making and this stream."""
        return stream in self.kept_from and not stream.endswith(".random")

    def modality(self, ops: Sequence[str], stream: str, kinds: Sequence[str]) -> str:
        """Return what is seen: by the shelves of the feature ops, else of the ops upstream, else by the parts."""
        seen = sorted(_media(ops))
        if seen:
            return "+".join(seen)
        upstream = next((media for step in self._upstream(stream) for media in _media([step.op])), "")
        return upstream or next((kind for kind in MEDIA if kind in kinds), VECTOR)

    def figure(self, name: str, stream: str) -> float | None:
        """Return the value of a finding with an interval about the samples of a stream, or about what sees them."""
        about = self.seen_through(stream)
        for row in self.findings:
            step = self.steps.get(str(row["step"]))
            known = row["name"] == name and row["value"] is not None and row["low"] is not None
            if known and step and about & set(step.source):
                return float(row["value"])
        return None

    def seen_through(self, stream: str) -> set[str]:
        """Return the stream and the steps that write views of its samples."""
        base = self._base(stream)
        views = {n for n, step in self.steps.items() if set(step.source) == {base} and n not in self.making}
        return {stream, base, *views}

    def _base(self, stream: str) -> str:
        while stream in self.kept_from:
            stream = self.kept_from[stream]
        return stream

    def _upstream(self, stream: str) -> list[Step]:
        """Return the steps from a stream up to the data, the last one first; of several sources the first."""
        found: list[Step] = []
        name = self._base(stream)
        while name in self.steps and self.steps[name] not in found:
            found.append(self.steps[name])
            name = self._base(self.steps[name].source[0])
        return found


def _media(ops: Sequence[str]) -> set[str]:
    return {op.partition(".")[0] for op in ops} & set(MEDIA)
