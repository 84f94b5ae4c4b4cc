"""How a listener would rate a recording, as far as a network can tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import wave_of

MODEL: Final = "dnsmos"
WORST, BEST = 1.0, 5.0


@dataclass(frozen=True)
class Naturalness(Metric):
    """Score a recording by its predicted mean opinion score (DNSMOS P.835, overall quality).

    `raw` is the overall score from 1 (bad) to 5 (excellent) of ITU-T P.835 as DNSMOS predicts it (Reddy et
    al. 2022), the score is (raw - 1) / 4. A score below `issue_below` is called an issue.

    What it finds: noise over speech, clipping, strong reverberation. White noise 20 dB below took 0.6 to 0.8
    off each of four clips in two voices, 10 dB below 0.6 to 1.2; a room of 0.8 s mostly as much, one of 0.3 s
    nothing clear. Telephone prompts (n = 24) with a share of their sound cut out in pieces of 0.12 s ranked below whole
    ones with an area under the ROC curve of 0.58 [0.50, 0.65] at 0.1, 0.78 [0.66, 0.87] at 0.2 and 0.93 [0.81, 0.98] at
    0.4, but `issue_below` called none of them, and 17 % at 0.6. Words that are missing are hardly heard (0.59 [0.49,
    0.69] with half of them left out). White noise as loud as the speech: all called, 50 % at 5 dB less (n = 16).
    When it hurts: the network learnt from people who rated noisy and denoised speech, never synthetic voices,
    so it hears noise and hardly a robot, and it rates a single word lower than a sentence (in five clean
    synthetic voices 2.1 to 3.2 against 2.6 to 3.3). Compare with real recordings of the same kind and not with
    5, and do not rank synthesisers by it. Silence is rated 1.8.

    Example::

        - {name: mos, op: audio.naturalness, from: [spoken, real], with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.naturalness"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    size: ClassVar[StateSize] = "O(n)"

    audio: str = "speech"
    issue_below: float = 0.25

    def __post_init__(self) -> None:
        part_names(audio=self.audio)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> predicted overall score, 1 to 5."""
        waves = measurable(batch, lambda sample: wave_of(sample, self.audio))
        if not waves:
            return {}
        from shisaku.models.loading import load

        judge = load("speech_judge")
        return {sample: float(judge.judge(wave, rate).overall) for sample, (wave, rate) in waves.items()}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        made = []
        for sample, overall in sorted(state.items()):
            value = min(1.0, max(0.0, (overall - WORST) / (BEST - WORST)))
            made.append(Score(sample, self.name, value, overall, value < self.issue_below))
        return made
