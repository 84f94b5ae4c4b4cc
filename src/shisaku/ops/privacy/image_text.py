"""How much text a picture shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of
from shisaku.stats.proportions import clopper_pearson

EXAMPLES = 20
ENOUGH = 100_000


@dataclass(frozen=True)
class ImageText(Metric):
    """Score a picture by the letters and digits read in it: 1 / (1 + letters / `least`), 1 where there are none.

    It counts what `privacy.read_text` wrote down. `raw` is the number of letters and digits; `least` or more are an
    issue: signs, labels, screens and papers are where names and numbers stand. What they say is looked at by
    `privacy.text` of the same part.

    What it finds: a line of two words laid on a label in 40 real photographs (20 planted): 95 % with letters 5 pixels
    high, all from 7 pixels on; two of the 40 photographs without one are called. Black on white fading to 32 grey
    levels of contrast at 28 pixels: all, 16 levels: 75 %. Of e-mail addresses, phone, card and US numbers written so,
    `privacy.text` calls 40 % at 5 pixels, 95 % at 7 and all from 9 on, with no false alarm in 40.
    When it hurts: most text in pictures is not personal (brands, street signs); it tells where to look.

    Example::

        - {name: text_in_images, op: privacy.image_text, from: read, with: {text: read}}
    """

    name: ClassVar[str] = "privacy.image_text"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"least"})

    text: str = "read"
    least: int = 5

    def __post_init__(self) -> None:
        part_names(text=self.text)
        within("least", self.least, 1, ENOUGH)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> number of letters and digits."""
        return dict(measurable(batch, self._letters))

    def _letters(self, sample: Sample) -> int:
        return sum(c.isalnum() for c in text_of(sample, self.text, may_be_empty=True))

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per picture, by sample id."""
        return [
            Score(
                sample,
                self.name,
                1.0 / (1.0 + letters / self.least),
                float(letters),
                letters >= self.least,
                say("{n} letters and digits can be read", n=letters),
            )
            for sample, letters in sorted(state.items())
        ]

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return how many pictures show text."""
        having = sorted((s for s, n in state.items() if n >= self.least), key=lambda s: (-state[s], s))
        if not having:
            return []
        low, high = clopper_pearson(len(having), len(state))
        what = say("{n} of {of} pictures show text that can be read", n=len(having), of=len(state))
        then = say("Look at them: signs, screens and papers may name people")
        share = len(having) / len(state)
        return [Finding(self.name, what, "note", share, low, high, len(state), then, tuple(having[:EXAMPLES]))]
