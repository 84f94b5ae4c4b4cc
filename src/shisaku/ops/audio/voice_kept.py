"""Whether a made recording has the voice of the one it was made from, where it should, or another, where it should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.ancestors import ancestor_of, ancestors_from
from shisaku.ops.limits import one_of, part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of

EXPECT: Final = ("kept", "different")
FEWEST_SPEAKERS, FEWEST_PAIRS = 3, 20
OF_ONE = 20  # recordings of one speaker that are compared; more would let a talkative one decide
MOST = 400  # recordings that pairs are made of
Rows = npt.NDArray[np.float64]


@dataclass(frozen=True)
class VoiceKept(Metric):
    """Score a made recording by how alike its voice is to that of its own ancestor: to be kept, or to be different.

    `raw` is the cosine of their voice vectors (`audio.voice_embed`); the ancestor is the nearest one in the reference.
    The threshold is where as many pairs of one speaker lie below as pairs of two lie above (equal error rate) among the
    real recordings of the reference, whose speakers are the groups or, by `speaker`, a label or fact. It takes at
    least 3 speakers and 20 pairs of one speaker; otherwise, and where `learn` is off, the stated `threshold` holds.
    With `expect: kept` a cosine below the threshold is an issue, with `different` one from the threshold on. The score
    is 0.5 at the threshold. The finding says which threshold holds and how often it errs on the real pairs.

    What it finds: recordings that should keep the voice of one speaker, with five real speakers to learn from, over
    2 s long: pitch and formants moved up by 3 semitones with recall 0.94 (2: 0.56), with no false alarm in 31
    other prompts of that speaker. Professional speakers in five languages are easier to tell apart than others.
    When it hurts: two recordings of one person in two rooms are less alike than in one, so a threshold that was learnt
    in one room is too high for two. Short clips under two seconds, noise and codecs blur voices. A voice that is
    different from its parent's can still be that of another real person: `dataset.near_copy` on voice vectors looks for
    that.

    Example::

        - {name: kept, op: audio.voice_kept, from: made_voices, reference: real_voices, with: {expect: kept}}
    """

    name: ClassVar[str] = "audio.voice_kept"
    reads: ClassVar[Mapping[str, Kind]] = {"voice": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"expect", "learn", "threshold"})

    voice: str = "voice"
    expect: str = "kept"
    speaker: str = ""
    learn: bool = True
    threshold: float = 0.7

    def __post_init__(self) -> None:
        part_names(voice=self.voice)
        one_of("expect", self.expect, EXPECT)
        within("threshold", self.threshold, -1.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return ``of``: sample id -> cosine to its ancestor, ``same`` and ``other``: cosines of real pairs.

        Raises RecipeError without a reference.
        """
        real = ancestors_from(reference, self.name)
        rows = measurable(list(real.values()), self._unit)
        real = {name: one for name, one in real.items() if name in rows}

        def likeness(sample: Sample) -> float:
            own, ancestor = self._unit(sample), ancestor_of(sample, real)
            if own.size != rows[ancestor.id].size:
                raise DataError(say("The embeddings {part} of a sample and its ancestor differ in length",
                                    part=self.voice), where=sample.id)  # fmt: skip
            return float(rows[ancestor.id] @ own)

        same, other = self._pairs(list(real.values()), rows)
        speakers = len({self._speaker(one) for one in real.values()})
        return {"of": dict(measurable(batch, likeness)), "same": same, "other": other, "speakers": speakers}

    def _unit(self, sample: Sample) -> Rows:
        vector = vector_of(sample, self.voice).astype(np.float64)
        return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-12))

    def _speaker(self, sample: Sample) -> str:
        if not self.speaker:
            return sample.entity
        return sample.labels.get(self.speaker) or sample.facts.get(self.speaker, "") or sample.id

    def _pairs(self, real: Sequence[Sample], rows: Mapping[str, Rows]) -> tuple[Rows, Rows]:
        """Return the cosines of real pairs of one speaker and of two; recordings are drawn by their ids."""
        from shisaku.core.seed import key_for

        counts: dict[str, int] = {}
        taken: list[Sample] = []
        for one in sorted(real, key=lambda sample: key_for(sample.id)):
            who = self._speaker(one)
            counts[who] = counts.get(who, 0) + 1
            if counts[who] <= OF_ONE and len(taken) < MOST:
                taken.append(one)
        taken.sort(key=lambda sample: sample.id)
        vectors = [rows[one.id] for one in taken]
        if len(vectors) < 2 or len({vector.size for vector in vectors}) > 1:
            return np.zeros(0), np.zeros(0)
        named = np.array([self._speaker(one) for one in taken], dtype=object)
        first, second = np.triu_indices(len(taken), 1)
        cosines = (np.array(vectors) @ np.array(vectors).T)[first, second]
        alike = named[first] == named[second]
        return cosines[alike], cosines[~alike]

    def merge(self, a: State, b: State) -> State:
        """Join what was measured; the real pairs are the same on both sides."""
        return {**a, "of": {**a["of"], **b["of"]}}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording with an ancestor, by sample id."""
        cut, _ = self._cut(state)
        made = []
        for sample, cosine in sorted(state["of"].items()):
            kept = cosine >= cut
            # From -1 to the threshold the first half, from there to 1 the second.
            value = 0.5 + 0.5 * (cosine - cut) / ((1.0 - cut) if kept else (1.0 + cut) or 1.0) if cut < 1.0 else 0.5
            value = float(np.clip(value if self.expect == "kept" else 1.0 - value, 0.0, 1.0))
            issue = kept != (self.expect == "kept")
            made.append(Score(sample, self.name, value, cosine, issue, self._why(cosine, cut) if issue else None))
        return made

    def _why(self, cosine: float, cut: float) -> Message:
        if self.expect == "kept":
            return say("The voice is another: cosine {cosine:.2f}, one voice has from {cut:.2f} on",
                       cosine=cosine, cut=cut)  # fmt: skip
        return say("The voice is still the same: cosine {cosine:.2f}, two voices have less than {cut:.2f}",
                   cosine=cosine, cut=cut)  # fmt: skip

    def _cut(self, state: Mapping[str, Any]) -> tuple[float, bool]:
        """Return the threshold, and whether it was learnt."""
        same, other = np.asarray(state["same"], np.float64), np.asarray(state["other"], np.float64)
        if not self.learn or state["speakers"] < FEWEST_SPEAKERS or min(same.size, other.size) < FEWEST_PAIRS:
            return self.threshold, False
        cuts = np.unique(np.concatenate([same, other]))
        missed = np.searchsorted(np.sort(same), cuts, "left") / same.size
        taken = 1.0 - np.searchsorted(np.sort(other), cuts, "left") / other.size
        # Where no pair errs on either side, half way between the two sets.
        best = int(np.abs(missed - taken).argmin())
        if missed[best] == taken[best] == 0.0:
            return float(same.min() + other.max()) / 2.0, True
        return float(cuts[best]), True

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return which threshold holds, and how often it errs on real pairs."""
        if not state["of"]:
            return []
        cut, learnt = self._cut(state)
        same, other = np.asarray(state["same"], np.float64), np.asarray(state["other"], np.float64)
        if not learnt:
            what = say(
                "The threshold {cut:.2f} is stated, not learnt: {speakers} speakers and {n} pairs of one speaker are "
                "in the reference",
                cut=cut, speakers=state["speakers"], n=same.size,
            )  # fmt: skip
            return [Finding(self.name, what, "note", cut, n=int(same.size))]
        what = say(
            "The threshold {cut:.2f} was learnt from {speakers} speakers: {missed:.1%} of {same} real pairs of one "
            "speaker lie below it, {taken:.1%} of {other} of two speakers above",
            cut=cut, speakers=state["speakers"], missed=float((same < cut).mean()), same=same.size,
            taken=float((other >= cut).mean()), other=other.size,
        )  # fmt: skip
        return [Finding(self.name, what, "note", cut, n=int(same.size + other.size))]
