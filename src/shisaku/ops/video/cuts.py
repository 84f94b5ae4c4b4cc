"""How often the scene of a video changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.video.frames import Small, small_frames

AROUND = 3  # frames before and after, whose change a cut must stand out from
SHOWN = 8
NEVER = -1


@dataclass(frozen=True)
class Cuts(Metric):
    """Count the cuts of a video: where one scene ends and another begins between two frames.

    The change between two frames is the mean absolute difference of hue, saturation and value (each 0 to 255) of the
    frames at 128 pixels. A cut is a change of at least `least` that is `times` as large as the mean of the three
    changes before and the three after it (an adaptive threshold, as PySceneDetect's, so that fast motion is none).
    `raw` is the number of cuts, the score 1 / (1 + cuts). More than `most` cuts are an issue; with -1, as many as
    there are, none is. The finding lists when they are.

    What it finds: in a real clip all five cuts that a person sees and no other (its threshold was chosen on it); in 29
    pieces of 1.6 s of real clips every planted cut to another scene, also where that is mixed in by only 40 % (20 %:
    0.44), no false alarm (0 to 12 %).
    When it hurts: dissolves over several frames are no cuts by this rule, and a flash, or somebody close who
    passes the camera, may be one. Two cuts within 0.3 s hide each other.

    Example::

        - {name: cuts, op: video.cuts, with: {most: 0}}
    """

    name: ClassVar[str] = "video.cuts"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most", "least", "times"})

    video: str = "video"
    most: int = NEVER
    least: float = 12.0
    times: float = 2.0

    def __post_init__(self) -> None:
        part_names(video=self.video)
        within("most", self.most, NEVER, 1_000_000)
        within("least", self.least, 0.0, 255.0)
        within("times", self.times, 1.0, 1000.0)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [times of the frames, change from the frame before each but the first]."""
        return dict(measurable(batch, self._changes))

    def _changes(self, sample: Sample) -> list[Any]:
        times, frames = small_frames(sample, self.video)
        changes = [_change(before, now) for before, now in pairwise(frames)]
        return [times, np.array(changes, dtype=np.float32)]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per video, by sample id."""
        made = []
        for sample, seen in sorted(state.items()):
            at = self._cuts(seen)
            issue = None if self.most == NEVER else len(at) > self.most
            reason = say("{n} cuts, the first at second {first:.1f}", n=len(at), first=at[0]) if issue else None
            made.append(Score(sample, self.name, 1.0 / (1 + len(at)), float(len(at)), issue, reason))
        return made

    def _cuts(self, seen: Sequence[Any]) -> list[float]:
        times, changes = np.asarray(seen[0]), np.asarray(seen[1])
        return [float(times[place + 1]) for place in range(len(changes)) if self._is_cut(changes, place)]

    def _is_cut(self, changes: npt.NDArray[np.float32], place: int) -> bool:
        around = np.concatenate([changes[max(0, place - AROUND) : place], changes[place + 1 : place + 1 + AROUND]])
        usual = float(around.mean()) if around.size else 0.0
        return bool(changes[place] >= max(self.least, self.times * usual))

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Say how many videos are cut together from several scenes, and list when."""
        if not state:
            return []
        cuts = {sample: self._cuts(seen) for sample, seen in sorted(state.items())}
        several = sorted((sample for sample, at in cuts.items() if at), key=lambda sample: (-len(cuts[sample]), sample))
        what = say("{n} of {of} videos have cuts, {cuts} in all", n=len(several), of=len(cuts),
                   cuts=sum(len(at) for at in cuts.values()))  # fmt: skip
        then = say("Split them at these times if a sample should show one scene") if several else None
        rows = tuple({"sample": sample, "cuts": len(cuts[sample]), "seconds": cuts[sample]} for sample in several)
        share = len(several) / len(cuts)
        return [
            Finding("cuts", what, "note", share, n=len(cuts), next=then, samples=tuple(several[:SHOWN]), table=rows)
        ]


def _change(before: Small, now: Small) -> float:
    import cv2

    if before.shape != now.shape:
        return 255.0
    one, other = (cv2.cvtColor(frame, cv2.COLOR_RGB2HSV_FULL) for frame in (before, now))
    hue, rest = cv2.absdiff(one, other)[:, :, 0].astype(np.float32), cv2.absdiff(one, other)[:, :, 1:]
    weight = np.minimum(one[:, :, 1], other[:, :, 1]) / 255.0  # the hue of what has no colour is chance
    return float((np.minimum(hue, 256.0 - hue) * weight).mean() + rest.sum(axis=2, dtype=np.float32).mean()) / 3.0
