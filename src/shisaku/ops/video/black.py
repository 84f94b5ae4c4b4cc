"""Whether a video shows black."""

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


@dataclass(frozen=True)
class Black(Metric):
    """Score a video by the time that it shows nothing but black.

    A frame is black where at least the share `picture` of its pixels has a luma below `level` of full light (the rule
    of FFmpeg's blackdetect, with its figures). `raw` is the longest unbroken run of black frames in seconds; from
    `seconds` on, or where the black frames make up at least the share `share` of the video, it is an issue. The score
    is 0.5 at the nearer of the two.

    What it finds: in 29 pieces of 1.6 s of real clips every black run of 0.2 s or more (an eighth of the piece, so by
    `share`), no false alarm (0 to 12 %); a single black frame of 16 is not called.
    When it hurts: fades and night scenes are black by this rule. Frames between those that were kept (at most 10 a
    second) are not seen: a flash of black of one frame of 25 may be missed.

    Example::

        - {name: black, op: video.black, with: {seconds: 2}}
    """

    name: ClassVar[str] = "video.black"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"seconds", "share"})

    video: str = "video"
    level: float = 0.1
    picture: float = 0.98
    seconds: float = 0.5
    share: float = 0.1

    def __post_init__(self) -> None:
        part_names(video=self.video)
        for name in ("level", "picture", "share"):
            within(name, getattr(self, name), 0.0, 1.0)
        within("seconds", self.seconds, 0.0, 3600.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [start and length of the longest black run, share of black]."""
        return dict(measurable(batch, self._black))

    def _black(self, sample: Sample) -> list[float]:
        import cv2

        times, frames = small_frames(sample, self.video)
        limit = 255.0 * self.level
        black = np.array(
            [(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY) <= limit).mean() >= self.picture for frame in frames]
        )
        held = shown_for(times)
        share = float(held[black].sum() / held.sum()) if held.sum() else float(black.mean())
        run = longest(list(stretches(times, black)))
        return [run.start, run.seconds, share]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per video, by sample id."""
        made = []
        for sample, (start, seconds, share) in sorted(state.items()):
            issue = share > 0 and (seconds >= self.seconds or share >= self.share)
            value = min(lower_is_better(seconds, self.seconds), lower_is_better(share, self.share))
            reason = say("Black for {seconds:.1f} s from second {start:.1f} on, {share:.0%} of the video",
                         seconds=seconds, start=start, share=share)  # fmt: skip
            made.append(Score(sample, self.name, value, seconds, issue, reason if issue else None))
        return made
