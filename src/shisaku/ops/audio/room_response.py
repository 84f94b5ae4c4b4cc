"""The impulse response of a shoebox room: image sources, then diffuse decay."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

SPEED: Final = 343.0  # metres a second
EARLY: Final = 0.05  # seconds after the direct sound for which single reflections are computed
OVER: Final = 0.01  # seconds over which they go over into the diffuse decay
MARGIN: Final = 0.3  # metres between a wall and what stands in the room
DROP: Final = 6.0  # orders of magnitude: 60 dB
TRIES: Final = 64

Place = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shoebox:
    """A room: length, width and height in metres, and the reverberation time in seconds."""

    sides: tuple[float, float, float]
    rt60: float

    @property
    def volume(self) -> float:
        """The volume in cubic metres."""
        return float(np.prod(self.sides))

    @property
    def absorption(self) -> float:
        """The mean absorption of its walls, by Eyring (1930)."""
        length, width, height = self.sides
        surface = 2.0 * (length * width + length * height + width * height)
        return float(1.0 - np.exp(-4.0 * DROP * np.log(10.0) * self.volume / (SPEED * surface * self.rt60)))


def two_places(room: Shoebox, distance: float, rng: np.random.Generator) -> tuple[Place, Place]:
    """Return where the source and the microphone stand, as far apart as wanted or as the room allows."""
    low, high = np.full(3, MARGIN), np.asarray(room.sides) - MARGIN
    for _ in range(TRIES):
        source, way = rng.uniform(low, high), rng.standard_normal(3)
        microphone = source + way / np.linalg.norm(way) * distance
        if np.all(microphone >= low) and np.all(microphone <= high):
            return source, microphone
        distance *= 0.95
    middle = np.asarray(room.sides) / 2.0
    return middle, middle + np.array([MARGIN / 2.0, 0.0, 0.0])


def room_response(room: Shoebox, source: Place, microphone: Place, rate: int, rng: np.random.Generator) -> Wave:
    """Return the response [samples] from the direct sound on, which is its first sample.

    Reflections of the first 50 ms are image sources (Allen and Berkley 1979, pyroomacoustics). Then comes Gaussian
    noise that falls by 60 dB in the reverberation time (Polack 1988), at the level of the diffuse field in that room:
    image sources that arrive in a second times their energy, 4 pi c / V, less what the walls took until then. So there
    are no millions of images, and none of the sweeping echoes that images of a perfect box make when they are late.
    """
    direct = float(np.linalg.norm(source - microphone)) / SPEED
    early, first = _early(room, source, microphone, rate, direct + EARLY + OVER)
    size = round((EARLY + OVER + room.rt60) * rate)
    time = direct + np.arange(size) / rate
    level = np.sqrt(4.0 * np.pi * SPEED / (room.volume * rate)) * 10.0 ** (-DROP / 2.0 * time / room.rt60)
    late = rng.standard_normal(size) * level
    share = np.clip((np.arange(size) / rate - EARLY) / OVER, 0.0, 1.0)
    made = late * np.sqrt(share)
    reflections = early[first : first + size]
    made[: reflections.size] += reflections * np.sqrt(1.0 - share[: reflections.size])
    return np.asarray(made, dtype=np.float32)


def _early(
    room: Shoebox, source: Place, microphone: Place, rate: int, seconds: float
) -> tuple[npt.NDArray[np.float64], int]:
    """Return the image sources' response, and where in it the direct sound is."""
    import pyroomacoustics

    # With more threads, sums come in another order on another machine.
    pyroomacoustics.constants.set("num_threads", 1)
    box = pyroomacoustics.ShoeBox(
        room.sides,
        fs=rate,
        materials=pyroomacoustics.Material(room.absorption),
        max_order=int(np.ceil(SPEED * seconds / min(room.sides))) + 1,
        air_absorption=False,
    )
    box.add_source(source)
    box.add_microphone(microphone)
    box.compute_rir()
    response = np.asarray(box.rir[0][0], dtype=np.float64)
    centre = pyroomacoustics.constants.get("frac_delay_length") // 2
    return response, centre + round(float(np.linalg.norm(source - microphone)) / SPEED * rate)
