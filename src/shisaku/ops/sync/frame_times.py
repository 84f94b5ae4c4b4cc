"""Whether the frames of a video come when they should."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import part_of
from shisaku.ops.sync.deviation import Deviation, number, worst
from shisaku.store.codecs import frame_times

FACTS = ("decoded_frames", "first_frame", "last_frame", "longest_gap", "backwards", "fps", "seconds")
WORST = 1e6  # ms: a time that goes back spoils whatever counts on times


@dataclass(frozen=True)
class FrameTimes(Metric):
    """Score a video by its frame times: do they grow, is there a gap, do count, rate and duration agree.

    Looked at are the times of all frames of the file (facts of the decoder; where there are none, those of the kept
    frames): a time that is not after the one before; the longest wait against the frame interval (1 / nominal rate);
    number of frames / nominal rate against the time from first to last; the duration that the header declares
    against the end of the last frame. `raw` is the worst deviation in ms. It is an issue where a time does not grow,
    a wait is longer than `gap_ms` beyond the interval, or another deviation is more than `tolerance_ms`.

    What it finds: frames lost for 200 ms and a single time that does not grow, both with recall 1.0 and no false alarm
    in 60 clips; half a threshold is not found.
    When it hurts: a header's nominal rate is often the average over the file, so that lost frames show as gaps only;
    videos of a varying rate (screen recordings, slide shows) have long waits on purpose. A container whose sound goes
    on after the picture declares the longer duration.

    Example::

        - {name: frame_times, op: sync.frame_times, from: data, with: {gap_ms: 150}}
    """

    name: ClassVar[str] = "sync.frame_times"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"gap_ms", "tolerance_ms"})

    video: str = "video"
    gap_ms: float = 150.0
    tolerance_ms: float = 500.0

    def __post_init__(self) -> None:
        part_names(video=self.video)
        within("gap_ms", self.gap_ms, 1.0, 1e6)
        within("tolerance_ms", self.tolerance_ms, 1.0, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [frames, first, last, longest wait, times that do not grow, rate, declared seconds]."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[float]:
        times = np.asarray(frame_times(part_of(sample, self.video, "video")), dtype=np.float64)
        if not times.size:
            raise DataError(say("The video has no frame that can be read"), where=sample.id)
        facts = {name: number(sample.facts.get(f"{self.video}_{name}")) for name in FACTS}
        waits = np.diff(times)
        backwards = float((waits <= 0).sum())
        if facts["decoded_frames"]:
            seen = [facts[name] for name in ("decoded_frames", "first_frame", "last_frame", "longest_gap")]
            rate = facts["fps"] or _rate(times)
            return [*seen, max(backwards, facts["backwards"]), rate, facts["seconds"]]
        longest = float(waits.max(initial=0.0))
        ends = [float(times.min()), float(times.max())]
        return [float(times.size), *ends, longest, backwards, _rate(times), facts["seconds"]]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per video, by sample id."""
        return [worst(sample, self.name, self._deviations(*row)) for sample, row in sorted(state.items())]

    def _deviations(
        self, frames: float, first: float, last: float, wait: float, backwards: float, rate: float, declared: float
    ) -> list[Deviation]:
        interval = 1.0 / rate if rate else 0.0
        counted, taken = frames * interval, last - first + interval
        found = [
            Deviation(
                WORST if backwards else 0.0,
                self.gap_ms,
                say("{n:.0f} of {frames:.0f} frames are not after the one before", n=backwards, frames=frames),
            ),
            Deviation(
                max(0.0, wait - interval) * 1e3,
                self.gap_ms,
                say(
                    "The longest wait between two frames is {wait:.0f} ms; at {rate:.4g} a second it is {due:.0f}",
                    wait=wait * 1e3,
                    rate=rate,
                    due=interval * 1e3,
                ),
            ),
        ]
        if rate:
            found.append(
                Deviation(
                    abs(counted - taken) * 1e3,
                    self.tolerance_ms,
                    say(
                        "{frames:.0f} frames at {rate:.4g} a second are {counted:.3f} s, their times {taken:.3f} s",
                        frames=frames,
                        rate=rate,
                        counted=counted,
                        taken=taken,
                    ),
                )
            )
        if declared:
            end = last + interval
            said = say("The file says {declared:.3f} s; its last frame ends at {end:.3f} s", declared=declared, end=end)
            found.append(Deviation(abs(declared - end) * 1e3, self.tolerance_ms, said))
        return found


def _rate(times: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Return frames a second as their median interval says; 0 for a single frame."""
    waits = np.diff(times)
    waits = waits[waits > 0]
    return float(1.0 / np.median(waits)) if waits.size else 0.0
