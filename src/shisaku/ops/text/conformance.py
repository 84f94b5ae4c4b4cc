"""Whether a made text says what its slots asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.prompt import SLOT
from shisaku.ops.reading import text_of
from shisaku.ops.slots import slots_of
from shisaku.stats.proportions import clopper_pearson

MODEL: Final = "bge-small-en"
Vector = npt.NDArray[np.float32]
NOTHING: Final[Vector] = np.zeros(0, np.float32)


@dataclass(frozen=True)
class Conformance(Metric):
    """Score a text by the share of its slots that it conforms to: what was drawn, read back by a model of its own.

    `slots` are the declared values of each slot, as in the op that drew them (weights are ignored). A sample bears what
    was drawn in the facts ``slot:<name>``. A slot conforms where the value stands in the text word for word, or where
    the text lies nearer to it than to every other value of the slot, by the cosine of sentence vectors (bge-small-en,
    of another family than the embedded generators); `template` is the sentence around a value. `raw` is the number
    of slots missed; more than `most` are an issue. A text of which nothing was
    asked scores 1.

    What it finds: slots that were passed over. Of 18 sentences written for the purpose, two for each of three values of
    weather, mood and place and none with the value's word, all 36 contradictions were found and none of the 18 was
    called that conforms (95 % intervals from 90 % on, and up to 19 %): plain cases, not those of a real generator.
    When it hurts: English only. It takes a word for what it says, so "not angry" conforms to angry, and values that
    mean nearly the same cannot be told apart. A slot that only a picture shows is `pairs.zero_shot`'s business.

    Example::

        - {name: conforms, op: text.conformance, from: composed,
           with: {text: caption, slots: {mood: [calm, angry], light: [daylight, dusk]}}}
    """

    name: ClassVar[str] = "text.conformance"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    models: ClassVar[tuple[str, ...]] = (MODEL,)
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"most"})

    text: str = "caption"
    slots: Mapping[str, Any] = field(default_factory=dict)
    template: str = "It is {value}."
    most: int = 0

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("most", self.most, 0, 100)
        if "{value}" not in self.template:
            raise ValueError(f"template must hold {{value}}, got {self.template!r}")
        object.__setattr__(self, "slots", slots_of(self.slots))

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [[slot, what was asked for, what is read], ...]."""
        texts: dict[str, str] = {}
        asked: dict[str, dict[str, str]] = {}
        for sample in batch:
            drawn = {name: sample.facts[SLOT + name] for name in self.slots if SLOT + name in sample.facts}
            try:
                texts[sample.id] = text_of(sample, self.text)
            except DataError:
                continue
            asked[sample.id] = drawn
        rows = [self._vector(texts[name]) if drawn else NOTHING for name, drawn in asked.items()]
        values = {slot: [self._vector(self.template.replace("{value}", value)) for value in held]
                  for slot, held in self.slots.items()} if any(asked.values()) else {}  # fmt: skip
        return {
            name: [[slot, drawn[slot], self._read(slot, drawn[slot], texts[name], row, values[slot])] for slot in drawn]
            for (name, drawn), row in zip(asked.items(), rows, strict=True)
        }

    def _read(self, slot: str, value: str, text: str, row: Vector, values: Sequence[Vector]) -> str:
        if value.casefold() in text.casefold():
            return value
        return str(list(self.slots[slot])[int(np.argmax([row @ other for other in values]))])

    def _vector(self, text: str) -> Vector:
        from shisaku.models.loading import load

        # One by one: a text's vector must not hang on its neighbours.
        vector: Vector = load(MODEL).embed([text])[0]
        return vector

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text with slots, by sample id."""
        made = []
        for name, slots in sorted(state.items()):
            missed = [one for one in slots if one[1] != one[2]]
            value = 1.0 - len(missed) / max(1, len(slots))
            made.append(Score(name, self.name, value, float(len(missed)), len(missed) > self.most, _reason(missed)))
        return made

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return for every slot the share of texts that conform, with its interval."""
        found = []
        for slot in self.slots:
            said = [one[1] == one[2] for slots in state.values() for one in slots if one[0] == slot]
            if not said:
                continue
            low, high = clopper_pearson(sum(said), len(said))
            what = say("{n} of {of} texts conform to the slot {slot}", n=sum(said), of=len(said), slot=slot)
            share = sum(said) / len(said)
            found.append(Finding(self.name, what, "note" if low >= 0.5 else "warn", share, low, high, len(said)))
        return found


def _reason(missed: Sequence[Sequence[str]]) -> Message | None:
    if not missed:
        return None
    slot, asked, read = missed[0]
    return say("{slot} was to be {asked} and reads as {read}", slot=slot, asked=asked, read=read)
