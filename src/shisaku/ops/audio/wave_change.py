"""What changes of one recording share: a wave in, a wave and what was done to it out, a child with both."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import ordered, part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.reading import wave_of
from shisaku.store.codecs import encode_wave

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

Changed = tuple["Wave", dict[str, str]]

FULL = 32767.0 / 32768.0
HALF_STEP = 0.5 / 32768.0
LENGTHS = ("duration", "duration_s", "length_s", "seconds")  # facts in which manifests say how long a recording is


@dataclass(frozen=True)
class WaveChange(Transform):
    """One child per recording, of the same rate; what is done to the wave is said by `changed`."""

    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    writes: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    makes: ClassVar[str] = "children"

    audio: str = "audio"

    def __post_init__(self) -> None:
        part_names(audio=self.audio)

    def limit(self, name: str, low: float, high: float) -> None:
        """Raise ValueError unless low <= `name`_min <= `name`_max <= high."""
        least, most = f"{name}_min", f"{name}_max"
        within(least, getattr(self, least), low, high)
        within(most, getattr(self, most), low, high)
        ordered(least, getattr(self, least), most, getattr(self, most))

    def draw(self, name: str, rng: np.random.Generator) -> float:
        """Return a number between `name`_min and `name`_max."""
        return float(rng.uniform(getattr(self, f"{name}_min"), getattr(self, f"{name}_max")))

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one changed child per sample."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        made, facts = self.changed(wave, rate, rng)
        part, timing = self.timed(sample, wave, made, rate)
        return changed_child(self.name, sample, self.audio, (made, {**facts, **timing}), rate, part)

    @abstractmethod
    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the changed wave and the facts that say how. Raises DataError where it cannot be done."""

    def timed(self, sample: Sample, wave: Wave, made: Wave, rate: int) -> tuple[Part, dict[str, str]]:
        """Return the part that the made wave goes into, with its span and clock, and facts about its length."""
        return sample.parts[self.audio], {}


@dataclass(frozen=True)
class Retiming(WaveChange):
    """A change after which things happen at other times: refused where another part counts on the same clock."""

    leave_clock: bool = False

    def timed(self, sample: Sample, wave: Wave, made: Wave, rate: int) -> tuple[Part, dict[str, str]]:
        """Return the part without a clock, where times changed. Raises DataError if another part shares the clock."""
        part = sample.parts[self.audio]
        if made is wave:
            return part, {}
        others = on_its_clock(sample, self.audio)
        # A part whose clock is the recording itself cannot be left behind: its times would still point into it.
        if others and not (self.leave_clock and all(sample.parts[name].clock != self.audio for name in others)):
            raise DataError(
                say(
                    "Recording {part} shares its clock with {others}, whose times would become false",
                    part=self.audio,
                    others=", ".join(others),
                ),
                where=sample.id,
            )
        told = [name for name in (*LENGTHS, f"{self.audio}_seconds") if name in sample.facts]
        return replace(part, span=None, clock=""), dict.fromkeys(told, f"{made.size / rate:.3f}")


def on_its_clock(sample: Sample, audio: str) -> list[str]:
    """Return the names of the other parts whose times count on the clock of a recording, or on itself as a clock."""
    clocks = {audio, sample.parts[audio].clock}
    return sorted(name for name, part in sample.parts.items() if name != audio and part.clock and part.clock in clocks)


def changed_child(
    op: str, sample: Sample, audio: str, changed: Changed, rate: int, part: Part, also_from: tuple[str, ...] = ()
) -> Sample:
    """Return the child with a changed wave in place of its parent's; `part` gives language, span and clock."""
    wave, decibels = under_full_scale(changed[0])
    facts = {**changed[1], **({"peak_scaled": f"{decibels:.2f} dB"} if decibels else {})}
    made = replace(part, data=encode_wave(wave, rate), uri="")
    return sample.child(op, parts=inherited(sample, {audio: made}), facts=facts, also_from=also_from)


def under_full_scale(wave: Wave) -> tuple[Wave, float]:
    """Scale a wave down that 16 bits cannot hold; return it and by how many decibels (0: it is as it was)."""
    if wave.size == 0 or (float(wave.max()) < FULL + HALF_STEP and float(wave.min()) >= -1.0 - HALF_STEP):
        return wave, 0.0
    factor = FULL / float(np.abs(wave).max())
    return np.asarray(wave * np.float32(factor), dtype=np.float32), 20.0 * float(np.log10(factor))
