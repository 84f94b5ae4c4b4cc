"""Errors planted at one hop of a chain: whether the drift meter names that hop."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from planted.fault import Samples
from planted.measure import AtStrength, Measured, _share, at_most, limit_of
from planted.prepared import through
from planted.sources import source
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.judging.drift import Stage, weakest
from shisaku.learn.rows import transform_rows
from shisaku.registry.make import make_op
from shisaku.store.codecs import decode_vector

DRIFT = "drift"  # what the meter is called among the ops
HOPS: tuple[tuple[str, str, dict[str, object]], ...] = (
    ("reworded", "text.reword", {"text": "text", "write": "text"}),
    ("synonyms", "text.synonym", {"text": "text"}),
    ("typed", "text.typos", {"text": "text"}),
)
EARLIER = 1000  # what is added to the seed of the run that is compared with


@dataclass(frozen=True)
class HopFault:
    """Texts that one hop mixes up among the samples, as a generator does that loses its place.

    The chain is real: captions go through three rewriters, and everything behind the planted hop goes on from there.
    With `beside` the meter is asked beside an earlier run of the chain without the error. It is found where the meter
    names that hop; a false alarm is any hop named where nothing was planted. `n` captions make a chain, with each of
    the three hops and each of `seeds` in turn; without an error every seed makes one chain only, so there are `clean`.
    """

    name: str
    source: str
    unit: str
    strengths: tuple[float, ...]
    beside: bool
    n: int = 60
    seeds: int = 7
    clean: int = 40
    profile: str = DRIFT


def measured_hops(fault: HopFault, *, n: int = 0, seed: int = 0, repeats: int = 0) -> Measured:
    """Plant the fault at every hop in turn, at all its strengths."""
    texts = sorted({one.parts["caption"].text for one in source(fault.source) if one.parts["caption"].lang == "en"})
    seeds = range(seed, seed + at_most(repeats, fault.seeds))
    size = at_most(n, fault.n)
    asked = [(one, hop) for one in seeds for hop, *_ in HOPS]

    def named(one: int, hop: str, share: float) -> str:
        drawn = [texts[i] for i in np.random.default_rng(one).permutation(len(texts))[:size]]
        before = walked(drawn, one + EARLIER) if fault.beside else ()
        found = weakest("meaning", walked(drawn, one, hop, share), before)
        return found.hop if found else ""

    rows = tuple(
        AtStrength(share, _share(sum(named(one, hop, share) == hop for one, hop in asked), len(asked)), None)
        for share in fault.strengths
    )
    clean = range(seed, seed + fault.clean)
    alarms = _share(sum(named(one, "", 0.0) != "" for one in clean), len(clean))
    limit = limit_of(rows, alarms)
    return Measured(fault.name, DRIFT, fault.source, fault.unit, size, rows, alarms, limit)


def walked(texts: Sequence[str], seed: int, hurt: str = "", share: float = 0.0) -> list[Stage]:
    """Send texts through the chain, with an error planted at `hurt`, and return what the meter reads."""
    samples = [Sample(f"s{i}", {"text": Part.from_text(text, "en")}) for i, text in enumerate(texts)]
    begin = _rows(samples)
    stages = [Stage("data", dict.fromkeys(begin, 1.0))]
    for hop, name, params in HOPS:
        op = make_op(name, params)
        assert isinstance(op, Transform)
        outcomes = [op.apply([one], [rng_for(seed, hop, one.id)])[0] for one in samples]
        # What a hop leaves as it is goes on as it was.
        made = [
            one.with_part("text", outcome[0].parts["text"]) if isinstance(outcome, tuple) else one
            for one, outcome in zip(samples, outcomes, strict=True)
        ]
        samples = _mixed_up(made, share if hop == hurt else 0.0, seed)
        near = {name: float(row @ begin[name]) for name, row in _rows(samples).items()}
        stages.append(Stage(hop, near))
    return stages


def _rows(samples: Samples) -> dict[str, np.ndarray]:
    seen = through(samples, "text.embed", "vector", text="text")
    rows = np.stack([decode_vector(one.parts["vector"]) for one in seen]).astype(np.float64)
    return dict(zip([one.id for one in seen], transform_rows(rows, "l2"), strict=True))


def _mixed_up(samples: Samples, share: float, seed: int) -> Samples:
    """Give a share of the samples the text of the next one among them."""
    rng = np.random.default_rng([seed, 7])
    hit = rng.permutation(len(samples))[: round(share * len(samples))]
    parts = {int(i): samples[int(j)].parts["text"] for i, j in zip(hit, np.roll(hit, 1), strict=True)}
    return [one.with_part("text", parts[i]) if i in parts else one for i, one in enumerate(samples)]
