"""Up to which frequency there is anything in a recording."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.finding import Finding
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.levels import must_sound
from shisaku.ops.audio.wave_metric import WaveMetric, number
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

WINDOW = 1024  # samples: bins of 16 Hz at 16 kHz
SMOOTH = 5  # bins
EMPTY = 1e-20


@dataclass(frozen=True)
class Bandwidth(WaveMetric):
    """Score a recording by its bandwidth: the highest frequency at which it still holds anything.

    That is where the long-term spectrum (Welch's method, bins of 16 Hz, median of 5) last lies within `depth` decibels
    of its highest point. It is compared with half the sampling rate of the file (fact ``<part>_rate``, at most the
    canonical one), and with the median over all recordings, whichever is more. `raw` is the bandwidth in Hz, the score
    its share of that; below the share `issue_below` it is called an issue: telephone audio stored at 16 kHz, a few
    telephone recordings among wide ones, a lossy copy. Different rates in one dataset are told as a finding.

    What it finds: 30 % of the band taken away always, 20 % never, in telephone prompts (no false alarm, n = 200 each)
    and in wide band speech (5 of 5 clips). Of 2,708 prompts as they are it called two beeps an issue.
    When it hurts: soft low tones, animals and machines have no high frequencies to show, and noise has all of them: a
    noisy line above telephone audio hides it.

    Example::

        - {name: bandwidth, op: audio.bandwidth, from: data, with: {audio: speech}}
    """

    name: ClassVar[str] = "audio.bandwidth"
    together: ClassVar[bool] = True
    thresholds: ClassVar[frozenset[str]] = frozenset({"issue_below"})

    depth: float = 70.0
    issue_below: float = 0.7

    def __post_init__(self) -> None:
        super().__post_init__()
        within("depth", self.depth, 10.0, 120.0)
        within("issue_below", self.issue_below, 0.0, 1.0)

    def figures(self, wave: Wave, rate: int, facts: Mapping[str, str]) -> list[float]:
        """Return the bandwidth in Hz, the highest there could be, and the rate of the file."""
        from scipy.ndimage import median_filter
        from scipy.signal import welch

        must_sound(wave)
        if len(wave) < WINDOW:
            raise DataError(say("The recording is shorter than {seconds:g} s", seconds=WINDOW / rate))
        hertz, power = welch(wave, rate, nperseg=WINDOW)
        db = 10.0 * np.log10(median_filter(power.astype(np.float64), SMOOTH, mode="nearest") + EMPTY)
        of_file = max(1.0, number(facts, "rate", rate))
        return [float(hertz[db > db.max() - self.depth].max(initial=0.0)), min(of_file, rate) / 2.0, of_file]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        if not state:
            return []
        usual = float(np.median([figures[0] for figures in state.values()]))
        return [self.word(sample, [*figures, usual]) for sample, figures in sorted(state.items())]

    def word(self, sample: str, figures: list[float]) -> Score:
        """Return the Score of a bandwidth, the highest possible, the rate of the file, and the median bandwidth."""
        band, possible, rate, usual = figures
        share = min(1.0, band / max(possible, usual))
        reason = (
            say("Nothing above {band:.0f} Hz at a rate of {rate:.0f} Hz", band=band, rate=rate)
            if possible >= usual
            else say("Nothing above {band:.0f} Hz, where half of all reach {usual:.0f} Hz", band=band, usual=usual)
        )
        return Score(sample, self.name, share, band, share < self.issue_below, reason)

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the rates of the files where there are several."""
        rates = Counter(float(figures[2]) for figures in state.values())
        if len(rates) < 2:
            return []
        usual, most = rates.most_common(1)[0]
        odd = sorted(sample for sample, figures in state.items() if figures[2] != usual)
        what = say(
            "{n} of {of} recordings have another sampling rate than {rate:.0f} Hz",
            n=len(odd),
            of=len(state),
            rate=usual,
        )
        bands = {rate: [f[0] for f in state.values() if f[2] == rate] for rate in rates}
        table = [{"rate": r, "n": n, "bandwidth": float(np.median(bands[r]))} for r, n in sorted(rates.items())]
        then = say("A model can tell recordings by their rate: check that no label or split goes along with it")
        share = 1.0 - most / len(state)
        return [
            Finding(
                self.name, what, "warn", share, n=len(state), next=then, samples=tuple(odd[:10]), table=tuple(table)
            )
        ]
