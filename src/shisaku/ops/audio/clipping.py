"""Whether a recording was louder than what took it down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.audio.wave_metric import WaveMetric, number
from shisaku.ops.limits import within
from shisaku.store.channels import flat_tops

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

WORST = 0.05  # share of clipped samples at which a recording is worth nothing


@dataclass(frozen=True)
class Clipping(WaveMetric):
    """Score a recording by its clipped samples: three or more of one value at the peak, reached by a step.

    The peak is the recording's own, so that clipping followed by a change of gain counts too. Resampling and mixing
    round the flat tops off: where the file was decoded here, the share was counted before that (fact
    ``<part>_clipped``, the worst channel). `raw` is the share of clipped samples, the score falls from 1 to 0 at 5 %;
    above `issue_above` it is called an issue.

    What it finds: speech driven 6 dB over full scale and then made softer, in 8 kHz telephone prompts of a woman and a
    man (recall 0.97 and 0.87, no false alarm, n = 200 each); of 3 dB over a third, of 1 dB hardly any. In 2,708
    prompts as they are, in five languages, it called none an issue.
    When it hurts: clipping that went through MP3, Ogg or another rate before it came here has no flat tops any more.
    Coarse samples (8 bit, mu-law) make some of their own.

    Example::

        - {name: clipping, op: audio.clipping, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.clipping"
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_above"})

    issue_above: float = 0.001

    def __post_init__(self) -> None:
        super().__post_init__()
        within("issue_above", self.issue_above, 0.0, 1.0)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the share of clipped samples."""
        return [max(flat_tops(wave) / len(wave), min(1.0, number(facts, "clipped", 0.0)))]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of that share."""
        (share,) = figures
        reason = say("{share:.2%} of the samples are clipped", share=share)
        return Score(sample, self.name, 1.0 - min(1.0, share / WORST), share, share > self.issue_above, reason)
