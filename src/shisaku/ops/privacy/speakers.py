"""How many people speak."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of

MOST = 4000  # recordings that are compared pair by pair; above it a sample drawn by their ids


@dataclass(frozen=True)
class Speakers(Metric):
    """Group recordings by voice, and count the voices.

    Recordings are joined by average linkage of the cosines between their voice vectors (`audio.voice_embed`), cut at
    `near`. The count is given with a range: that of cuts at `apart` and at `alike`, between which vectors of one
    voice and of two overlap. `raw` is how many recordings bear the same voice; the score is 1 - 1/raw, so that a
    voice heard once scores 0; none is an issue. Members of a group share its name, that of its first recording.
    Above 4000 recordings the voices of the first 4000, in an order drawn from their ids, are counted.

    What it finds: in sets drawn from the prompts of five professional speakers in five languages (20 sets of each size,
    3 to 20 prompts each): 1 speaker is counted as 1 always, 2 as 1.9, 3 as 2.6, 5 as 3.9 on average, and the range
    holds the true number in 85 to 100 % of the sets. Where it errs it joins.
    When it hurts: clips under two seconds, another room, another microphone and acting split one voice; two voices
    of one kind (two women reading calmly) are joined. Read the range, not the number.

    Example::

        - {name: speakers, op: privacy.speakers, from: voices, with: {voice: voice}}
    """

    name: ClassVar[str] = "privacy.speakers"
    reads: ClassVar[Mapping[str, Kind]] = {"voice": "embedding"}
    size: ClassVar[StateSize] = "O(n*d)"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"near", "apart", "alike"})

    voice: str = "voice"
    near: float = 0.7
    apart: float = 0.65
    alike: float = 0.75

    def __post_init__(self) -> None:
        part_names(voice=self.voice)
        for name in ("near", "apart", "alike"):
            within(name, getattr(self, name), 0.0, 1.0)
        ordered("apart", self.apart, "near", self.near)
        ordered("near", self.near, "alike", self.alike)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> voice vector."""
        return dict(measurable(batch, lambda sample: vector_of(sample, self.voice)))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording that was compared, by sample id."""
        ids, rows = _rows(state)
        codes = voices(rows, self.near)
        sizes = Counter(codes)
        first: dict[int, str] = {}
        for sample, code in zip(ids, codes, strict=True):
            first.setdefault(code, sample)
        return [
            Score(
                sample,
                self.name,
                1.0 - 1.0 / sizes[code],
                float(sizes[code]),
                None,
                say("{n} recordings have this voice", n=sizes[code]),
                first[code],
            )
            for sample, code in zip(ids, codes, strict=True)
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the number of voices, from few (vectors of one kind joined) to many."""
        ids, rows = _rows(state)
        if not ids:
            return []
        codes = voices(rows, self.near)
        few, many = (len(set(voices(rows, cut))) for cut in (self.apart, self.alike))
        count, low, high = len(set(codes)), min(few, len(set(codes))), max(many, len(set(codes)))
        what = say(
            "{n} recordings hold about {count} voices ({low} to {high})", n=len(ids), count=count, low=low, high=high
        )
        then = say("See that consent covers every speaker, and give the speaker as the group of a split")
        sizes = Counter(codes)
        first = {code: sample for sample, code in zip(reversed(ids), reversed(codes), strict=True)}
        table = tuple({"voice": first[code], "recordings": n} for code, n in sizes.most_common(20))
        return [Finding(self.name, what, "note", float(count), float(low), float(high), len(ids), then, (), table)]


def voices(rows: npt.NDArray[np.floating[Any]], near: float) -> list[int]:
    """Return a code per row of vectors [n, d]: average linkage of cosines, cut at `near`."""
    from scipy.cluster.hierarchy import fcluster, linkage

    if len(rows) < 2:
        return [0] * len(rows)
    units = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12)
    # Distances of rounded cosines may fall below 0.
    apart = np.clip(1.0 - units @ units.T, 0.0, 2.0)[np.triu_indices(len(units), 1)]
    return [int(code) for code in fcluster(linkage(apart, "average"), 1.0 - near, "distance")]


def _rows(state: Mapping[str, Any]) -> tuple[list[str], npt.NDArray[np.float64]]:
    from shisaku.core.seed import key_for

    ids = sorted(state)
    if len(ids) > MOST:
        ids = sorted(sorted(ids, key=key_for)[:MOST])
    return ids, np.array([np.asarray(state[sample], np.float64) for sample in ids])
