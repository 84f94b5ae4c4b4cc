"""The bare word out of a caption."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.language import english_of
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one

WHO = "text.bare"
DETERMINERS = ("a", "an", "the", "some")


@dataclass(frozen=True)
class Bare(Transform):
    """Write an English caption as the word that people would say: "A king penguin." becomes "king penguin".

    The leading determiner (a, an, the, some), the final stop and the capitals are taken away; what stands
    between stays. A word with capitals after its first letter (TV, McDonald) stays as it is. Use it where
    people name what they see: speech of bare words did 18 points better [-1, +36] there than speech of captions
    read verbatim (study ``spoken`` of examples/stamps).

    When it hurts: names lose their capital ("Paris" becomes "paris"), and a sentence stays a sentence. Say
    before looking at any result whether the recordings hold bare words; listening to the test recordings to
    find out is a look at the test.

    Example::

        - {name: bare, op: text.bare, from: task, with: {text: caption, write: bare}}
    """

    name: ClassVar[str] = "text.bare"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "views"

    text: str = "caption"
    write: str = "bare"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with the bare text."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        made = bare(english_of(sample, self.text, WHO))
        if not made:
            raise DataError(say("Text {part} has no word to say", part=self.text), where=sample.id)
        return sample.with_part(self.write, Part.from_text(made, "en"))


def bare(text: str) -> str:
    """Return the text without leading determiner, final stop and capitals; empty if it has no letter or digit."""
    words = text.rstrip(" .\t\n").split()
    if len(words) > 1 and words[0].lower() in DETERMINERS:
        words = words[1:]
    said = " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in words)
    return said if any(character.isalnum() for character in said) else ""
