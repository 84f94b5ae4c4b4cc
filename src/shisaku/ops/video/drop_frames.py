"""A video with fewer frames a second."""

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


@dataclass(frozen=True)
class DropFrames(Transform):
    """Leave out frames of a video, as a slower camera would.

    One draw per child: `fps_min` to `fps_max` frames a second. The first frame stays, and every 1/fps seconds after it
    the frame that is nearest, with the time that it has; the sound and everything else on the clock stay as they are.
    A rate above that of the video changes nothing. The fact ``video_fps`` says the new rate where the record knew one,
    ``frames_dropped`` how many are gone. Frames are not packed anew.

    When it hurts: fast motion (signs, gestures, sparks) is no longer to be seen below the rate that it needs, and the
    label becomes false. A real slow camera also blurs each frame more; these are as sharp as before.

    Example::

        - {name: slow_camera, op: video.drop_frames, from: task, with: {fps_min: 2, fps_max: 5}}
    """

    name: ClassVar[str] = "video.drop_frames"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    writes: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    makes: ClassVar[str] = "children"

    video: str = "video"
    fps_min: float = 2.0
    fps_max: float = 6.0

    def __post_init__(self) -> None:
        part_names(video=self.video)
        within("fps_min", self.fps_min, 0.01, 1000.0)
        within("fps_max", self.fps_max, 0.01, 1000.0)
        ordered("fps_min", self.fps_min, "fps_max", self.fps_max)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child with fewer frames per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        files = files_of(sample, self.video)
        fps = float(rng.uniform(self.fps_min, self.fps_max))
        times = [seconds for seconds, _ in files]
        kept = [files[place] for place in slots(times, fps)]
        facts = {"frames_dropped": str(len(files) - len(kept))}
        if len(kept) == len(files):
            return sample.child(self.name, parts=inherited(sample, {}), facts=facts)
        stay = [seconds for seconds, _ in kept]
        facts |= told(sample, self.video, stay, times[-1] + usual_gap(times))
        parts = inherited(sample, {self.video: put_together(sample.parts[self.video], kept)})
        return sample.child(self.name, parts=parts, facts=facts)


def slots(times: Sequence[float], fps: float) -> list[int]:
    """Return the places of the frames nearest to every 1/fps seconds, counted from the first frame."""
    at = np.asarray(times, np.float64)
    wanted = at[0] + np.arange(int((at[-1] - at[0]) * fps + 1e-6) + 1) / fps
    after = np.clip(np.searchsorted(at, wanted), 1, max(1, len(at) - 1))
    near = np.where(wanted - at[after - 1] <= at[np.minimum(after, len(at) - 1)] - wanted, after - 1, after)
    return sorted({int(place) for place in np.minimum(near, len(at) - 1)})
