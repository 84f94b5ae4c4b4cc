"""A piece of a video."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import wave_of
from shisaku.ops.video.clip import files_of, put_together, told, usual_gap
from shisaku.ops.video.timeline import Change, Names, check_clock, followed

CLOCK = 1_000_000  # of a second: as finely as times of frames are kept


@dataclass(frozen=True)
class Trim(Transform):
    """Cut a random window out of a video, its sound with it.

    One draw per child: the window is the share `share_min` to `share_max` of the video's length, anywhere in it, and
    holds `least` frames or more. It begins at a whole sample of the sound, so that frames and sound stay in step
    exactly; times count from its beginning. Rows of the table `events` on the clock move along, cut where they reach
    out of the window and left out where nothing of them is inside; a text whose span lies wholly inside keeps it,
    any other text with a span is left out of the child, and the fact ``left_out`` says so. A share of 1 changes
    nothing. The fact ``video_window`` says which seconds it is. Frames are not packed anew.

    When it hurts: where the label is of something that happens once, many pieces do not show it and the label is
    false; a caption of the whole is one too. A text without a span is taken for one of the whole and stays, also where
    it is a transcript: give transcripts spans, or leave them out.

    Example::

        - {name: pieces, op: video.trim, from: task, rounds: 3, with: {share_min: 0.5, share_max: 0.8}}
    """

    name: ClassVar[str] = "video.trim"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    writes: ClassVar[Mapping[str, Kind]] = {"video": "video"}
    follows: ClassVar[Mapping[str, Kind]] = {"audio": "audio", "events": "table", "text": "text"}
    makes: ClassVar[str] = "children"

    video: str = "video"
    audio: str = "video_audio"
    events: str = "events"
    text: str = "text"
    share_min: float = 0.5
    share_max: float = 0.9
    least: int = 2

    def __post_init__(self) -> None:
        part_names(video=self.video, audio=self.audio, events=self.events, text=self.text)
        within("share_min", self.share_min, 0.01, 1.0)
        within("share_max", self.share_max, 0.01, 1.0)
        ordered("share_min", self.share_min, "share_max", self.share_max)
        within("least", self.least, 1, 10_000)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one shorter child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        files, names = files_of(sample, self.video), Names(self.video, self.audio, self.events, self.text)
        check_clock(sample, names)
        first, end = files[0][0], files[-1][0] + usual_gap([seconds for seconds, _ in files])
        share, place = float(rng.uniform(self.share_min, self.share_max)), float(rng.random())
        if share == 1.0:
            facts = {"video_window": f"{first:.3f}-{end:.3f}"}
            return sample.child(self.name, parts=inherited(sample, {}), facts=facts)
        rate = wave_of(sample, self.audio)[1] if self.audio in sample.parts else CLOCK
        start = round((first + place * (1.0 - share) * (end - first)) * rate) / rate
        change = Change(start, start + round(share * (end - first) * rate) / rate)
        # Half of the clock's tick: times of frames are kept rounded to it.
        kept = [(t, data) for t, data in files if change.start - 0.5 / CLOCK <= t < change.end - 0.5 / CLOCK]
        if len(kept) < self.least:
            raise DataError(say("The window would hold {n} frames, fewer than {least}", n=len(kept), least=self.least))
        times = [max(0.0, change.moved(seconds)) for seconds, _ in kept]
        moved = [(time, data) for time, (_, data) in zip(times, kept, strict=True)]
        found = followed(sample, names, change)
        parts = {self.video: put_together(sample.parts[self.video], moved)}
        parts |= {name: part for name, part in found.items() if part is not None}
        gone = [name for name, part in found.items() if part is None]
        facts = {
            "video_window": f"{change.start:.3f}-{change.end:.3f}",
            **({"left_out": ", ".join(gone)} if gone else {}),
        }
        facts |= told(sample, self.video, times, change.length)
        whole = inherited(sample, parts)
        return sample.child(self.name, parts={n: p for n, p in whole.items() if n not in gone}, facts=facts)
