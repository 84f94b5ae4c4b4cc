"""How a sample was made, written into the sample itself: lineage that goes wherever the sample goes.

A made sample has the fact ``made_by``, and a sample that got a new part the fact ``made_by:<part>``: compact JSON of
op, version, params, models (name -> start of the hash of its weights), seed, step, round, policy, and the IPTC digital
source type of each part that was written. A chain keeps every hop, because each parent has its own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.engine.source_type import source_type_of
from shisaku.store.marks import MADE_BY, fact_of

# Goes up when what is written here changes, so that shards cooked before are not taken for shards cooked after.
SCHEMA: Final = 1
HASH_DIGITS: Final = 16
# Longer parameters (a vocabulary of thousands) are named by their hash here; the run's lineage table has them whole.
LONGEST_PARAMS: Final = 2000


@dataclass(frozen=True, slots=True)
class Origin:
    """What all work of a step shares: `models` maps names of weights to their hashes, `policy` is the recipe's."""

    seed: int
    models: Mapping[str, str] = field(default_factory=dict)
    policy: str = ""


@dataclass(frozen=True)
class Maker:
    """What stands behind one call of an op."""

    op: Transform
    step: str
    round: int
    origin: Origin

    def signed(self, made: Sample, source: Sample, pool: Sequence[Sample]) -> Sample:
        """Return what the op made of `source` with its trace; `pool` are the samples that may have gone into it."""
        written = [
            name for name, part in made.parts.items() if part.kind != "embedding" and source.parts.get(name) != part
        ]
        mixed = [other for other in pool if other.id in made.parents[1:]] if made.parents[1:] else []
        types = {name: source_type_of(self.op, made.parts[name].kind, name, source, mixed) for name in sorted(written)}
        told = json.dumps({**self._about, "digital_source_type": types}, **_COMPACT)
        keys = [MADE_BY] if made.depth > source.depth else [f"{MADE_BY}:{name}" for name in types]
        traces = {**dict.fromkeys(keys, told), **{fact_of(name): code for name, code in types.items()}}
        return replace(made, facts={**made.facts, **traces}) if traces else made

    @cached_property
    def _about(self) -> dict[str, Any]:
        about: dict[str, Any] = {
            "op": self.op.name,
            "version": self.op.version,
            "params": _short(self.op.params()),
            "models": {name: digest[:HASH_DIGITS] for name, digest in self.origin.models.items()},
            "seed": self.origin.seed,
            "step": self.step,
            "round": self.round,
            "policy": self.origin.policy,
        }
        prompt = self.op.params().get("prompt")
        return {**about, "prompt": fingerprint(prompt)[:HASH_DIGITS]} if prompt else about


_COMPACT: Final[dict[str, Any]] = {"ensure_ascii": False, "sort_keys": True, "separators": (",", ":"), "default": str}


def _short(params: Mapping[str, Any]) -> Any:
    told = json.dumps(params, **_COMPACT)
    return params if len(told) <= LONGEST_PARAMS else {"sha256": fingerprint(told)[:HASH_DIGITS]}
