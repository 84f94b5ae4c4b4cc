"""Hints against repetition: an op that asks a model shows it what it answered about the same sample before."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, Self

from shisaku.core.identity import fingerprint
from shisaku.core.sample import Sample
from shisaku.core.transform import Transform
from shisaku.ops.reading import text_of

AGAIN: Final = " These were said before; say it in another way than all of them:"


class Heeding(Transform):
    """A Transform with a field `hints`: how many of its earlier texts about a sample stand in the next prompt.

    Showing a model its earlier answers is the "hints" idea of Cegin et al. 2024 (arXiv 2401.06643), turned round: here
    they are what is not wanted again. Only texts of the same sample are shown, so that no one else's words go along.
    `told` names the field of the part that holds them.
    """

    hints: int
    told: ClassVar[str]
    _earlier: ClassVar[Mapping[str, Sequence[Sample]]] = {}

    @property
    def heeds(self) -> bool:
        """Whether earlier texts are shown at all."""
        return self.hints > 0

    def heeding(self, earlier: Mapping[str, Sequence[Sample]]) -> Self:
        """Return the op that shows the last `hints` of these texts for each sample."""
        knowing = copy.copy(self)
        last = {source: tuple(made[-self.hints :]) for source, made in earlier.items()} if self.heeds else {}
        object.__setattr__(knowing, "_earlier", last)
        return knowing

    @property
    def fingerprint(self) -> str:
        """Changes with what it knows too."""
        if not self._earlier:
            return super().fingerprint
        part = getattr(self, self.told)
        said = {source: [one.parts[part].identity for one in made] for source, made in self._earlier.items()}
        return fingerprint(super().fingerprint, said)

    @property
    def _op(self) -> str:
        """What an ask names as its op: the texts of other samples have no part in it."""
        return super().fingerprint

    def _hinted(self, sample: Sample) -> tuple[str, tuple[tuple[Sample, str], ...]]:
        """Return the end of the prompt about a sample, and the made samples whose words stand in it."""
        part = getattr(self, self.told)
        earlier = self._earlier.get(sample.id, ())
        if not earlier:
            return "", ()
        lines = "\n".join(f"- {' '.join(text_of(one, part).split())}" for one in earlier)
        return f"{AGAIN}\n{lines}\n", tuple((one, part) for one in earlier)
