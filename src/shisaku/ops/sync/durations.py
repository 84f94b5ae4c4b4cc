"""Whether the sound and the picture of a clip are equally long."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of, wave_of
from shisaku.ops.sync.deviation import Deviation, number, worst
from shisaku.ops.sync.offset import one_clock
from shisaku.store.codecs import frame_times

# Well-known ways to read a recording at another rate than it was made at; the factor by which it gets longer.
RATES = {
    "48000 / 44100 Hz": 48000 / 44100,
    "44100 / 48000 Hz": 44100 / 48000,
    "25 / 24 fps": 25 / 24,
    "24 / 25 fps": 24 / 25,
    "30 / 25 fps": 30 / 25,
    "25 / 30 fps": 25 / 30,
    "2": 2.0,
    "1 / 2": 0.5,
}
ALIKE = 0.004  # relative difference below which a ratio is taken for a known one


@dataclass(frozen=True)
class Durations(Metric):
    """Score a clip by the difference between the durations of its sound and its picture on one clock.

    The picture ends one frame interval after its last frame (of the file, where the decoder's facts say so). `raw` is
    the difference in ms, positive where the sound is longer; more than `tolerance_ms` is an issue. Where the ratio is
    that of two usual rates the reason names them.

    What it finds: a sound track cut off by 300 ms with recall 1.0 and no false alarm in 60 clips; up to `tolerance_ms`
    nothing.
    When it hurts: codecs of sound pad the last block (up to 0.1 s), and much material is cut loosely; a still at the
    end, or music that fades on, is meant. Equal durations prove nothing about what happens in between.

    Example::

        - {name: durations, op: sync.durations, from: data, with: {tolerance_ms: 250}}
    """

    name: ClassVar[str] = "sync.durations"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video", "audio": "audio"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"tolerance_ms"})

    video: str = "video"
    audio: str = "video_audio"
    tolerance_ms: float = 250.0

    def __post_init__(self) -> None:
        part_names(video=self.video, audio=self.audio)
        within("tolerance_ms", self.tolerance_ms, 1.0, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [seconds of picture, seconds of sound]."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[float]:
        one_clock(sample, self.video, self.audio)
        times = frame_times(part_of(sample, self.video, "video"))
        if not times:
            raise DataError(say("The video has no frame that can be read"), where=sample.id)
        last, fps = (number(sample.facts.get(f"{self.video}_{name}")) for name in ("last_frame", "fps"))
        kept = float(np.median(np.diff(times))) if len(times) > 1 else 0.0
        wave, rate = wave_of(sample, self.audio)
        picture = last + (1.0 / fps if fps else 0.0) if last else max(times) + kept
        return [picture, len(wave) / rate]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per clip, by sample id."""
        return [self._score(sample, *row) for sample, row in sorted(state.items())]

    def _score(self, sample: str, picture: float, sound: float) -> Score:
        gap = (sound - picture) * 1e3
        said = say(
            "The sound is {sound:.3f} s long and the picture {picture:.3f} s: {gap:+.0f} ms",
            sound=sound,
            picture=picture,
            gap=gap,
        )
        rates = _known(sound / picture) if picture and abs(gap) > self.tolerance_ms else ""
        if rates:
            said = _as_if(said, rates)
        found = worst(sample, self.name, [Deviation(abs(gap), self.tolerance_ms, said)])
        return Score(sample, self.name, found.value, gap, found.issue, said)


def _as_if(said: Message, rates: str) -> Message:
    return say("{said}; the ratio is that of the rates {rates}", said=said, rates=rates)


def _known(ratio: float) -> str:
    return next((name for name, factor in RATES.items() if abs(ratio / factor - 1) < ALIKE), "")
