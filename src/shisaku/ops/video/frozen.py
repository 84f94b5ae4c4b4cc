"""Whether a video stands still."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.grade import lower_is_better
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.video.frames import longest, shown_for, small_frames, stretches

DARK = 25.5  # a tenth of full light: what is black stands still too, and has a detector of its own


@dataclass(frozen=True)
class Frozen(Metric):
    """Score a video by the time that its picture stands still.

    A frame stands still where no channel's mean differs more than `change` (grey levels, mean absolute difference of
    the frames at 128 pixels; FFmpeg's freezedetect asks the same with 0.26) from the frame before it; black frames do
    not count. `raw` is the longest unbroken run of such frames in seconds; from `seconds` on, or where they make up
    at least the share `share` of the video, it is an issue. The score is 0.5 at the nearer of the two.

    What it finds: in 29 pieces of 1.6 s of real clips stills of 0.8 s all, of 0.5 s in 56 % (where frames lie 0.08 s
    apart they last 0.48), of 0.3 s none, no false alarm (0 to 12 %).
    When it hurts: slides, title cards and tripod shots of a still scene are frozen by nature. A still with noise of
    its own in every frame (a frozen camera behind a noisy line) is not seen.

    Example::

        - {name: frozen, op: video.frozen, with: {seconds: 2}}
    """

    name: ClassVar[str] = "video.frozen"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"seconds", "share"})

    video: str = "video"
    change: float = 0.26
    seconds: float = 0.5
    share: float = 0.5

    def __post_init__(self) -> None:
        part_names(video=self.video)
        within("change", self.change, 0.0, 255.0)
        within("share", self.share, 0.0, 1.0)
        within("seconds", self.seconds, 0.0, 3600.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [start and length of the longest still run, share of the time that it stands still]."""
        return dict(measurable(batch, self._still))

    def _still(self, sample: Sample) -> list[float]:
        import cv2

        times, frames = small_frames(sample, self.video)
        still = np.zeros(len(frames), np.bool_)
        for place in range(1, len(frames)):
            before, now = frames[place - 1], frames[place]
            moved = max(cv2.mean(cv2.absdiff(before, now))[:3]) if before.shape == now.shape else np.inf
            still[place] = moved <= self.change and now.max() > DARK
        held = shown_for(times)
        run = longest(list(stretches(times, still)))
        share = float(held[still].sum() / held.sum()) if held.sum() else 0.0
        return [run.start, run.seconds, share]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per video, by sample id."""
        made = []
        for sample, (start, seconds, share) in sorted(state.items()):
            issue = share > 0 and (seconds >= self.seconds or share >= self.share)
            value = min(lower_is_better(seconds, self.seconds), lower_is_better(share, self.share))
            reason = say("Stands still for {seconds:.1f} s from second {start:.1f} on, {share:.0%} of the video",
                         seconds=seconds, start=start, share=share)  # fmt: skip
            made.append(Score(sample, self.name, value, seconds, issue, reason if issue else None))
        return made
