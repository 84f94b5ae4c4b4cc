"""Recordings as they would sound in a simulated room with walls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.ops.audio.room import in_room
from shisaku.ops.audio.room_response import Shoebox, room_response, two_places
from shisaku.ops.audio.wave_change import Changed, Retiming

if TYPE_CHECKING:
    from shisaku.models.roles import Wave


@dataclass(frozen=True)
class Reverb(Retiming):
    """Play a recording in a room with six walls, heard by a microphone at a distance.

    Drawn for each child: length and width of the room from `side_min` to `side_max` metres, height from `height_min` to
    `height_max`, reverberation time from `rt60_min` to `rt60_max` seconds, and the distance from `distance_min` to
    `distance_max` metres (less where the room is small), at random places. The walls absorb what Eyring's formula asks
    for that time. Reflections of the first 50 ms are image sources (Allen and Berkley 1979; pyroomacoustics), then
    comes noise that decays (Polack 1988) at the level of the room's diffuse field, so that the distance alone decides
    how much direct sound there is. The direct sound stays where it was in time, the root mean square stays, and the
    length stays unless `tail` keeps what rings after the end. The facts ``rt60_s``, ``room_m`` and ``distance_m``
    say which room it was.

    What was planted is measured: the reverberation time of the responses (T20 by Schroeder's integration) lies within
    25 % of the one drawn.

    When it hurts: all walls absorb alike at all frequencies, there is no furniture, and the talker faces everywhere.
    Labels of the room or the distance become false, and so do ends of events, which ring on. Words cut close at the
    end lose their last sound in the room without `tail`; with it the recording is longer, and fails where another part
    shares its clock unless `leave_clock` is given.

    Example::

        - {name: roomy, op: audio.reverb, from: data, with: {audio: speech, rt60_max: 0.6, distance_max: 2}}
    """

    name: ClassVar[str] = "audio.reverb"

    rt60_min: float = 0.2
    rt60_max: float = 0.8
    side_min: float = 3.0
    side_max: float = 8.0
    height_min: float = 2.4
    height_max: float = 3.5
    distance_min: float = 0.5
    distance_max: float = 3.0
    tail: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        self.limit("rt60", 0.05, 10.0)
        self.limit("side", 1.0, 100.0)
        self.limit("height", 1.0, 50.0)
        self.limit("distance", 0.1, 50.0)

    def timed(self, sample: Sample, wave: Wave, made: Wave, rate: int) -> tuple[Part, dict[str, str]]:
        """Return the part without a clock only where the tail made it longer."""
        return super().timed(sample, wave, made if self.tail else wave, rate)

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave in a room."""
        sides = (self.draw("side", rng), self.draw("side", rng), self.draw("height", rng))
        room = Shoebox(sides, self.draw("rt60", rng))
        source, microphone = two_places(room, self.draw("distance", rng), rng)
        heard = in_room(wave, room_response(room, source, microphone, rate, rng))
        facts = {
            "rt60_s": f"{room.rt60:.3f}",
            "room_m": "x".join(f"{side:.2f}" for side in sides),
            "distance_m": f"{np.linalg.norm(source - microphone):.2f}",
        }
        return (heard if self.tail else heard[: wave.size]), facts
