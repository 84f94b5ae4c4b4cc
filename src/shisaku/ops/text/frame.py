"""Texts put into a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.ops.limits import part_names
from shisaku.ops.outcome import one_by_one
from shisaku.ops.reading import part_of, text_of

HERE = "{text}"


@dataclass(frozen=True)
class Frame(Transform):
    """Put a text into a carrier sentence, as "frog" into "This is a frog".

    `template` holds ``{text}`` once. A recogniser hears a word in a sentence far better than a word alone, so
    a speech gate that transcribes should be given sentences. The language is that of the text; a final stop of the
    text is left out.

    When it hurts: speech for training should be what people will say. A sentence around a word that people
    say alone is another recording style, and costs accuracy.

    Example::

        - {name: framed, op: text.frame, from: task, with: {text: caption_ja, template: "これは{text}です。"}}
    """

    name: ClassVar[str] = "text.frame"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "views"

    text: str = "caption"
    template: str = "This is {text}."
    write: str = "sentence"

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        if self.template.count(HERE) != 1:
            raise ValueError(f"template must hold {HERE} once, got {self.template!r}")

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with the sentence."""
        return one_by_one(batch, rngs, self._view)

    def _view(self, sample: Sample, rng: np.random.Generator) -> Sample:
        text = text_of(sample, self.text).rstrip(".。")
        lang = part_of(sample, self.text, "text").lang
        return sample.with_part(self.write, Part.from_text(self.template.replace(HERE, text), lang))
