"""Whether the sound of a clip comes when the picture does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Sample
from shisaku.message import Message, say
from shisaku.ops.limits import part_names
from shisaku.ops.reading import part_of, wave_of
from shisaku.ops.sync.lag import lag_between
from shisaku.ops.sync.offset import Estimate, OffsetMetric, one_clock
from shisaku.ops.sync.signals import changes, sound_curves, spread
from shisaku.store.codecs import decode_frames, frame_times

SHARE = 0.2  # of the time between two frames: what an event's place between them adds to the error


@dataclass(frozen=True)
class AudioVideo(OffsetMetric):
    """Score a clip by the offset between its sound and its picture, and by their drift.

    Spectral flux and loudness of the sound are correlated with the change of the picture (the whole of it and each of 3
    x 3 regions; the best pair counts) at lags up to `most_s` seconds, every 5 ms, with a parabola through the peak.
    `raw` is the offset in ms: positive means that the sound comes first (leads), negative that it lags. It is an
    issue where the 95 % interval (jackknife over pieces of 5 s, a fifth of a frame interval added) lies outside
    `lead_ms` or `lag_ms`: 45 and 125 ms by default, where people begin to notice (ITU-R BT.1359-1). In clips of 20
    s or more drifts are tried as well; where one makes the peak clearly higher, a line through the offsets of the
    pieces (Theil 1950, Sen 1968) gives its size, and `drift_ms` ms a second or more are an issue too. A clip whose
    peak could come about without a link with a chance of `chance_below` or more gets no score: it cannot be told,
    which is not to say that it is in time. The chance is computed from the correlation at shifts too large to be
    meant; it is too small by some ten times (of unrelated pairs 2 to 10 % had less than 0.01).

    Frames are kept at 10 a second at most; for this ingest with the limit ``fps=25``.

    What it finds: measured on clips of 12 s whose picture is moved by real recordings; the link is simulated. The fixed
    thresholds were chosen on such clips, so these figures are of 36 others with other voices: at 25 frames a second
    33 can be told, half of the errors are under 2.9 ms and 95 % under 10.6, a lead of 80 ms is found with recall
    0.92 (0.78 to 0.98), a lag of 145 ms with 0.75 (0.58 to 0.88), with no false alarm in 36 and none of 144
    unrelated pairs told. At 10 frames a second 14 of 36 can be told, half of the errors are under 11 ms and 95 %
    under 41, and recall is 0.06 for both. On the clips of the choice: a drift of 2 ms a second over 40 s with
    recall 0.90 (n = 20, half of them planted). Of a real animated film of 5.3 s with music nothing can be told at
    either rate.
    When it hurts: it needs something to see when something is heard: music over pictures, a voice off screen and
    still pictures cannot be told. What moves before it sounds (a hand that claps) looks like a lag of some 10 ms. A
    voice dubbed onto another mouth is judged by loudness alone. Offsets beyond `most_s` cannot be found, and clips
    shorter than six times that cannot be told.

    Example::

        - {name: lip_sync, op: sync.audio_video, from: data, with: {lead_ms: 45, lag_ms: 125}}
    """

    name: ClassVar[str] = "sync.audio_video"
    reads: ClassVar[Mapping[str, Kind]] = {"video": "video", "audio": "audio"}
    first: ClassVar[Message] = say("positive: the sound comes before the picture")
    why: ClassVar[Message] = say("too short, still or silent, or sound and picture have nothing to do with each other")

    video: str = "video"
    audio: str = "video_audio"

    def __post_init__(self) -> None:
        super().__post_init__()
        part_names(video=self.video, audio=self.audio)

    def estimate(self, sample: Sample) -> Estimate | None:
        """Return the estimate, None where the clip is too short or nothing moves or sounds. Raises DataError."""
        one_clock(sample, self.video, self.audio)
        wave, rate = wave_of(sample, self.audio)
        part = part_of(sample, self.video, "video")
        times = np.maximum.accumulate(np.asarray(frame_times(part), np.float64))
        moved = changes(frame for _, frame in decode_frames(part))
        start, end = (float(times[0]), float(times[-1])) if times.size else (0.0, 0.0)
        seconds = min(end, len(wave) / rate) - start
        if len(moved) < 2 or seconds < 6 * self.most_s:
            return None
        motion = np.stack([spread(times - start, row, seconds) for row in moved.T])
        sound = sound_curves(wave[round(start * rate) :], rate, seconds)
        lag = lag_between(motion, sound, self.most_s)
        return Estimate.of(lag, seconds, SHARE * float(np.median(np.diff(times)))) if lag else None

    def said(self, offset: float) -> Message:
        """Say an offset in words."""
        if offset >= 0:
            return say("The sound comes {ms:.0f} ms before the picture", ms=offset)
        return say("The sound comes {ms:.0f} ms after the picture", ms=-offset)
