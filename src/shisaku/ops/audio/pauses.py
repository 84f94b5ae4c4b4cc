"""Recordings with longer, shorter and new pauses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.audio.levels import FRAME, LOUD, Levels, frame_levels, must_sound, silent_frames
from shisaku.ops.audio.wave_change import Changed, Retiming
from shisaku.ops.limits import within

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

FADE: Final = 0.01  # seconds
APART: Final = 10  # frames between a new pause and a pause, another new one, or an end
BELOW_FULL: Final = 80.0
QUIETEST: Final = 10.0  # percentile of levels that stands for the ground noise
Stretch = tuple[int, int]  # frames


@dataclass(frozen=True)
class Pauses(Retiming):
    """Make the pauses of a recording longer or shorter, and put new ones in.

    A pause is where all frames of 20 ms lie `below` dB under the loud ones (95th percentile), for `shortest` seconds or
    more, ends included. Each is made as many times as long as is drawn for it from `factor_min` to `factor_max`: 0
    removes it, 1 leaves it. It is lengthened with its own sound, mirrored, so that no dead silence comes in. `insert`
    new pauses of `insert_min` to `insert_max` seconds are put at the quietest places between, at least 0.2 s from
    pauses, ends and each other (fewer where there is no room), filled with noise of the spectrum and the level of a
    quiet frame (10th percentile, but never above the gate). With factors of 1 and nothing to insert nothing changes; a
    sample where nothing can be changed fails. The facts ``pauses_changed`` and ``pauses_inserted`` count.

    When it hurts: the gate knows levels, not words. A new pause may cut a word in two, as stuttering does, and soft
    consonants at the edge of a pause may go with it. In noise there are no pauses to find. Labels of rhythm, fluency
    and speaking rate become false, and times too: where another part shares the clock the sample fails, unless
    `leave_clock` says that the recording leaves it.

    Example::

        - {name: slower, op: audio.pauses, from: data, with: {audio: speech, factor_min: 1, factor_max: 3, insert: 0}}
    """

    name: ClassVar[str] = "audio.pauses"

    factor_min: float = 0.5
    factor_max: float = 2.0
    insert: int = 1
    insert_min: float = 0.2
    insert_max: float = 0.6
    shortest: float = 0.1
    below: float = 35.0

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("factor", 0.0, 20.0)
        self.limit("insert", 0.02, 30.0)
        within("insert", self.insert, 0, 50)
        within("shortest", self.shortest, FRAME, 60.0)
        within("below", self.below, 5.0, 100.0)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave with other pauses. Raises DataError for silence, and where no pause can be changed."""
        if self.factor_min == self.factor_max == 1.0 and not self.insert:
            return wave, {"pauses_changed": "0", "pauses_inserted": "0"}
        must_sound(wave)
        levels = frame_levels(wave, rate)
        gate = float(np.percentile(levels, LOUD)) - self.below
        found = runs(silent_frames(levels, self.below, BELOW_FULL), round(self.shortest / FRAME))
        new = dips(levels, found, self.insert)
        if not found and not new:
            raise DataError(
                say("No pause of {seconds:g} s or more was found, nor a place for one", seconds=self.shortest)
            )
        size, fade = round(FRAME * rate), round(FADE * rate)
        quiet = ground(wave, levels, size, gate)
        pieces, at = [], 0
        for start, end in sorted([*found, *new]):
            # The last frame may be followed by some samples that fill no frame.
            last = wave.size if end == levels.size else end * size
            own = wave[start * size : last]
            if (start, end) in new:
                made = opened(own, hiss(quiet, round(self.draw("insert", rng) * rate), rng))
            else:
                made = lengthened(own, self.draw("factor", rng), fade)
            pieces += [wave[at : start * size], made]
            at = last
        facts = {"pauses_changed": str(len(found)), "pauses_inserted": str(len(new))}
        made = np.concatenate([*pieces, wave[at:]])
        return (made if made.size else wave[:1]), facts


def runs(marked: npt.NDArray[np.bool_], fewest: int) -> list[Stretch]:
    """Return the stretches of at least so many marked frames, as [first, behind the last]."""
    turns = np.diff(np.r_[0, marked.astype(np.int8), 0])
    pairs = zip(np.flatnonzero(turns > 0).tolist(), np.flatnonzero(turns < 0).tolist(), strict=True)
    return [(start, end) for start, end in pairs if end - start >= max(1, fewest)]


def dips(levels: Levels, pauses: Sequence[Stretch], most: int) -> list[Stretch]:
    """Return up to so many of the quietest frames that lie apart from pauses, ends and each other."""
    free = np.ones(levels.size, dtype=np.bool_)
    for start, end in ((0, 0), (levels.size, levels.size), *pauses):
        free[max(0, start - APART) : end + APART] = False
    found: list[Stretch] = []
    while len(found) < most and free.any():
        place = int(np.argmin(np.where(free, levels, np.inf)))
        found.append((place, place + 1))
        free[max(0, place - APART) : place + APART + 1] = False
    return found


def ground(wave: Wave, levels: Levels, size: int, gate: float) -> Wave:
    """Return a quiet frame, at most as loud as the gate."""
    level = float(np.percentile(levels, QUIETEST))
    place = int(np.argmin(np.abs(levels - level)))
    frame = wave[place * size : (place + 1) * size]
    return np.asarray(frame * 10.0 ** (min(0.0, gate - float(levels[place])) / 20.0), dtype=np.float32)


def hiss(frame: Wave, length: int, rng: np.random.Generator) -> Wave:
    """Return noise of the spectrum and the level of a frame."""
    from scipy.signal import fftconvolve

    white = rng.standard_normal(length + frame.size)
    made = fftconvolve(white, frame.astype(np.float64))[frame.size : frame.size + length]
    return np.asarray(made / np.sqrt(frame.size), dtype=np.float32)


def opened(frame: Wave, noise: Wave) -> Wave:
    """Return a frame that fades out, then the noise, then the rest of the frame that fades in."""
    half = frame.size // 2
    out, back = np.linspace(1.0, 0.0, half), np.linspace(0.0, 1.0, frame.size - half)
    return np.concatenate([frame[:half] * out, noise, frame[half:] * back]).astype(np.float32)


def lengthened(pause: Wave, factor: float, fade: int) -> Wave:
    """Return a pause so many times as long: its own sound to and fro, at the end going over into its own end."""
    length = round(pause.size * factor)
    if factor == 1.0 or length == 0:
        return pause[:length]
    made = np.resize(np.concatenate([pause, pause[::-1]]), length)
    fade = min(fade, length // 2, pause.size // 2)
    if fade:
        ramp = np.linspace(0.0, 1.0, fade)
        made[-fade:] = made[-fade:] * (1.0 - ramp) + pause[-fade:] * ramp
    return np.asarray(made, dtype=np.float32)
