"""What ops share that lay a recording of a pool over another."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from shisaku.core.sample import Sample
from shisaku.core.transform import Outcome
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.ops.audio.levels import LEAST_PEAK, must_sound
from shisaku.ops.audio.wave_change import Changed, WaveChange, changed_child
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import wave_of

if TYPE_CHECKING:
    from shisaku.models.roles import Wave

CUTS = 8


@dataclass(frozen=True)
class Overlay(WaveChange):
    """One child per recording, mixed with another of the pool, which becomes its second parent."""

    pools: ClassVar[bool] = True

    other: str = ""

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one mixed child per sample. Raises RecipeError without a pool."""
        if not pool:
            raise RecipeError(
                say("{op} needs a pool of recordings and got none", op=self.name),
                next=say("Give the step `pool:` with a stream of recordings that holds only training material"),
            )
        # By id, because the order in which a pool arrives must not matter.
        others = sorted(pool, key=lambda one: one.id)
        return one_by_one(batch, rngs, lambda sample, rng: self._mixed(sample, rng, others))

    def _mixed(self, sample: Sample, rng: np.random.Generator, pool: Sequence[Sample]) -> Sample:
        wave, rate = wave_of(sample, self.audio)
        must_sound(wave)
        others = [one for one in pool if one.id != sample.id]
        if not others:
            raise DataError(say("The pool holds no other recording than this one"), where=sample.id)
        chosen = others[int(rng.integers(len(others)))]
        try:
            other = self._recording(chosen, rate)
            made, facts = self.laid(wave, other, rate, rng)
        except DataError as error:
            why = say("Recording {other} of the pool cannot be used: {why}", other=chosen.id, why=str(error.what))
            raise DataError(why, where=sample.id) from error
        part = sample.parts[self.audio]
        return changed_child(self.name, sample, self.audio, (made, facts), rate, part, (chosen.id,))

    def _recording(self, sample: Sample, rate: int) -> Wave:
        import soxr

        wave, own = wave_of(sample, self.other or self.audio)
        must_sound(wave)
        made = wave if own == rate else np.asarray(soxr.resample(wave, own, rate, quality="HQ"), dtype=np.float32)
        return made if made.size else wave

    def changed(self, wave: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave: alone it stays as it is."""
        return wave, {}

    @staticmethod
    def sounding(cut: Callable[[], Wave]) -> Wave:
        """Return the first of some random cuts in which something sounds. Raises DataError where none does."""
        for _ in range(CUTS):
            made = cut()
            if float(np.abs(made).max()) >= LEAST_PEAK:
                return made
        raise DataError(say("There is nothing but silence in the recording"))

    @abstractmethod
    def laid(self, wave: Wave, other: Wave, rate: int, rng: np.random.Generator) -> Changed:
        """Return the wave with the other one over it, as long as it was. Raises DataError if the other is silent."""
