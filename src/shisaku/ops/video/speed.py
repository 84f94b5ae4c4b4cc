"""Playing a video faster or slower."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.video.clip import files_of, put_together, told, usual_gap
from shisaku.ops.video.timeline import Change, Names, check_clock, followed


@dataclass(frozen=True)
class Speed(Transform):
    """Play a video faster or slower, its sound with it.

    One draw per child: `speed_min` to `speed_max` times as fast, evenly in the logarithm. The times of all frames, of
    the sound (resampled by soxr, pitch moves along), of the events and the span of the text on the clock are divided by
    it, so that what was in step stays in step; no frame is made or lost and none is packed anew. 1 changes nothing. The
    fact ``video_speed`` says the draw; what the record said of the video's times is said anew. A part on the clock that
    is none of these is a reason to refuse the sample.

    When it hurts: where speed is the label (walking or running, tempo, a machine's rhythm) or voices are told by
    pitch. Times in other parts, such as "after three seconds" in a text, are not read.

    Example::

        - {name: paced, op: video.speed, from: task, rounds: 2, with: {speed_min: 0.8, speed_max: 1.25}}
    """

    name: ClassVar[str] = "video.speed"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    writes: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    follows: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "events": "table", "text": "text"}
    makes: ClassVar[str] = "children"

    video: str = "video"
    audio: str = "video_audio"
    events: str = "events"
    text: str = "text"
    speed_min: float = 0.8
    speed_max: float = 1.25

    def __post_init__(self) -> None:
        part_names(video=self.video, audio=self.audio, events=self.events, text=self.text)
        within("speed_min", self.speed_min, 0.25, 4.0)
        within("speed_max", self.speed_max, 0.25, 4.0)
        ordered("speed_min", self.speed_min, "speed_max", self.speed_max)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one faster or slower child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        files, names = files_of(sample, self.video), Names(self.video, self.audio, self.events, self.text)
        check_clock(sample, names)
        # A power of e on even ground, so that twice as fast is as likely as half as fast.
        speed = float(np.exp(rng.uniform(np.log(self.speed_min), np.log(self.speed_max))))
        facts = {"video_speed": f"{speed:.4f}"}
        if speed == 1.0:
            return sample.child(self.name, parts=inherited(sample, {}), facts=facts)
        times = [seconds / speed for seconds, _ in files]
        moved = [(time, data) for time, (_, data) in zip(times, files, strict=True)]
        parts = {self.video: put_together(sample.parts[self.video], moved)}
        found = followed(sample, names, Change(speed=speed))
        parts |= {name: part for name, part in found.items() if part is not None}
        facts |= told(sample, self.video, times, times[-1] + usual_gap(times))
        return sample.child(self.name, parts=inherited(sample, parts), facts=facts)
