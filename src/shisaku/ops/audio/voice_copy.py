"""Whether a made recording bears the voice of a real speaker who is not its declared source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError, RecipeError
from shisaku.message import Message, say
from shisaku.ops.alike.against import Once
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.proportions import clopper_pearson

REAL = ""  # the entry of the real recordings among themselves; no sample has this id
FEWEST, SPEAKERS = 50, 3  # recordings and speakers that a threshold takes
EXAMPLES = 20


@dataclass(frozen=True)
class VoiceCopy(Metric):
    """Score a made recording by how like its voice is to that of a real speaker it was not made from.

    Voices are compared as the cosine between the recording's vector (audio.voice_embed) and the mean vector of each
    real speaker of the reference (as speakers are enrolled in verification). Speakers are told by the label or fact
    `speaker`, else by the group. The declared source does not count: the speaker that the recording itself bears, and
    those of its parents. `raw` is the largest cosine that is left; it is an issue above the threshold, and the score
    is 0.5 there. The threshold is learnt from real recordings against the speakers who are not theirs (different-
    speaker pairs): of each speaker the cosine that all but the share `alarms` of the recordings stay below, and of
    these cosines the one that all but the same share of speakers stay below (of few: the largest). With fewer than 3
    speakers or 50 recordings there is no threshold and nothing is an issue, unless `at` gives one.

    What it finds: no limit by the rule of 5 % false alarms, measured with four real speakers only (Asterisk's
    prompts, 8 kHz, 1.5 s and longer): 0.91 of 32 recordings that bore another of the four voices, 0.78 at 30 dB and
    0.47 at 25 dB of white noise; but it also called 11 % [5, 22] of 61 honest ones, all of them of a fifth speaker
    whom the reference does not know.
    When it hurts: with few speakers the threshold knows few pairs; a speaker who sounds like another is called a copy.
    Vectors of clips under two seconds, of other microphones and of noise differ within one voice. It compares with the
    speakers of the reference only.

    Example::

        - {name: copied_voices, op: audio.voice_copy, from: voices, reference: real_voices, with: {speaker: speaker}}
    """

    name: ClassVar[str] = "audio.voice_copy"
    reads: ClassVar[Mapping[str, Kind]] = {"voice": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    shares_family_with: ClassVar[tuple[str, ...]] = ("audio.voice_embed",)
    thresholds: ClassVar[frozenset[str]] = frozenset({"alarms", "at"})
    tolerance: ClassVar[float] = 1e-4

    voice: str = "voice"
    speaker: str = ""
    alarms: float = 0.01
    at: float = 0.0

    def __post_init__(self) -> None:
        part_names(voice=self.voice)
        within("alarms", self.alarms, 1e-6, 0.5)
        within("at", self.at, 0.0, 1.0)
        object.__setattr__(self, "_once", Once())

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [largest cosine to a speaker it was not made from, that speaker], and the real ones' own.

        Raises RecipeError without a reference, DataError where the reference lacks voices.
        """
        if not reference:
            raise RecipeError(
                say("{op} needs a reference of real samples and got none", op=self.name),
                next=say("Give the step `reference:` with a stream of real samples that bear {part}", part=self.voice),
            )
        once: Once = getattr(self, "_once")  # noqa: B009
        names, (means, of, usual) = once.of(reference, self._enrolled)
        rows = measurable(batch, lambda sample: self._vector(sample, means.shape[1]))
        if not rows:
            return {}
        by_id = {sample.id: sample for sample in batch}
        made: State = {REAL: [usual, len(names)]}
        for name, row in rows.items():
            own = {self._speaker(by_id[name]), *(of[parent] for parent in by_id[name].parents if parent in of)}
            cosines = np.array(
                [-1.0 if one in own else float(mean @ row) for one, mean in zip(names, means, strict=True)]
            )
            best = int(cosines.argmax())
            made[name] = [max(0.0, float(cosines[best])), "" if names[best] in own else names[best]]
        return made

    def _enrolled(self, reference: Sequence[Sample]) -> tuple[list[str], Any]:
        """Return the speakers, their mean vectors, who speaks in each item, and each item's largest other cosine."""
        samples = sorted(reference, key=lambda one: one.id)
        vectors = [vector_of(one, self.voice).astype(np.float64) for one in samples]
        if len({len(one) for one in vectors}) > 1:
            raise DataError(say("The embeddings {part} of the reference differ in length", part=self.voice))
        rows = _unit(np.stack(vectors))
        who = [self._speaker(one) for one in samples]
        names, codes = np.unique(np.array(who, dtype=object), return_inverse=True)
        means = _unit(np.stack([rows[codes == code].mean(axis=0) for code in range(len(names))]))
        cosines = rows @ means.T
        cosines[np.arange(len(rows)), codes] = -np.inf
        usual = cosines.max(axis=1) if len(names) > 1 else np.zeros(0)
        of = {one.id: speaker for one, speaker in zip(samples, who, strict=True)}
        each = [np.sort(usual[codes == code]).astype(np.float32) for code in range(len(names))] if len(usual) else []
        return [str(name) for name in names], (means, of, each)

    def _vector(self, sample: Sample, width: int) -> npt.NDArray[np.float64]:
        vector = vector_of(sample, self.voice).astype(np.float64)
        if vector.size != width:
            raise DataError(
                say(
                    "Embedding {part} has {found} numbers, that of the reference {wanted}",
                    part=self.voice,
                    found=vector.size,
                    wanted=width,
                ),
                where=sample.id,
            )
        return np.asarray(_unit(vector[None])[0], np.float64)

    def _speaker(self, sample: Sample) -> str:
        return sample.labels.get(self.speaker, sample.facts.get(self.speaker, "")) or sample.entity

    def _limit(self, state: Mapping[str, Any]) -> float | None:
        if self.at:
            return self.at
        usual, speakers = state[REAL]
        if speakers < SPEAKERS or sum(map(len, usual)) < FEWEST:
            return None
        share = 1.0 - self.alarms
        # Speakers differ more than the recordings of one: a quantile of all together would know the usual speaker only.
        return float(np.quantile([np.quantile(one, share, method="higher") for one in usual], share, method="higher"))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        if REAL not in state:
            return []
        limit = self._limit(state)
        made = []
        for name in sorted(set(state) - {REAL}):
            cosine, speaker = state[name]
            cosine = min(1.0, cosine)
            if limit is None:
                made.append(Score(name, self.name, 1.0 - cosine, cosine, None, None, speaker))
                continue
            issue = bool(speaker) and cosine > limit
            made.append(
                Score(
                    name,
                    self.name,
                    _graded(cosine, limit),
                    cosine,
                    issue,
                    self._reason(cosine, limit, speaker),
                    speaker,
                )
            )
        return made

    def _reason(self, cosine: float, limit: float, speaker: str) -> Message | None:
        if not speaker:
            return None
        return say(
            "Its voice is like that of {speaker}, who is not its declared source: cosine {cosine:.2f} (real recordings "
            "of other speakers stay below {limit:.2f})",
            speaker=speaker,
            cosine=cosine,
            limit=limit,
        )

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share of recordings with a voice that was not theirs to take, or why that was not asked."""
        scores = self.scores(state)
        if not scores:
            return []
        limit = self._limit(state)
        if limit is None:
            usual, speakers = state[REAL]
            what = say(
                "Whether voices are copied was not asked: {speakers} real speakers in {n} recordings give no "
                "threshold, it takes {least} speakers and {few} recordings",
                speakers=speakers,
                n=sum(map(len, usual)),
                least=SPEAKERS,
                few=FEWEST,
            )
            then = say("Give recordings of more real speakers, with who speaks in the parameter `speaker`")
            return [Finding("voice_copy_not_asked", what, "note", n=len(scores), next=then)]
        hits = sorted((score for score in scores if score.issue), key=lambda score: (-score.raw, score.sample))
        low, high = clopper_pearson(len(hits), len(scores))
        what = say(
            "{hits} of {n} made recordings ({share:.1%} [{low:.1%}, {high:.1%}]) bear the voice of a real speaker who "
            "is not their declared source (cosine above {limit:.2f})",
            hits=len(hits),
            n=len(scores),
            share=len(hits) / len(scores),
            low=low,
            high=high,
            limit=limit,
        )
        voices = sorted({score.group for score in hits})
        table = tuple({"speaker": one, "recordings": sum(hit.group == one for hit in hits)} for one in voices)
        weight: Weight = "bad" if low > self.alarms else "warn" if hits else "note"
        then = say("Listen to them beside the real speaker, and use none without that person's consent")
        return [
            Finding(
                "voice_copy", what, weight, len(hits) / len(scores), low, high, len(scores),
                then if hits else None, tuple(hit.sample for hit in hits[:EXAMPLES]), table,
            )
        ]  # fmt: skip


def _graded(cosine: float, limit: float) -> float:
    """Return 0.5 at the limit, 0 at a cosine of 1."""
    if cosine <= limit or limit >= 1.0:
        return lower_is_better(cosine, limit)
    return 0.5 * (1.0 - cosine) / (1.0 - limit)


def _unit(rows: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), np.float64)
