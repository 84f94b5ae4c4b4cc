"""Whether the span of a text lies in the recording that it speaks of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import text_of, wave_of
from shisaku.ops.sync.deviation import Deviation, worst


@dataclass(frozen=True)
class Spans(Metric):
    """Score a text with a time span by whether the span lies inside the recording on whose clock it is.

    The recording goes from the start of its own span (0 without one) for as long as it sounds. `raw` is by how many
    ms the text's span begins before it, ends after it, or ends before it begins; more than `tolerance_ms` is an
    issue. A text without a span, or on the clock of something else, gets no score.

    What it finds: spans shifted out of the recording by 120 ms with recall 1.0 and no false alarm in 100 recordings; up
    to `tolerance_ms` nothing.
    When it hurts: a span that is wrong by less than the silence around the words stays inside.

    Example::

        - {name: spans, op: sync.spans, from: data, with: {text: text, audio: audio}}
    """

    name: ClassVar[str] = "sync.spans"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text", "audio": "audio"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"tolerance_ms"})

    text: str = "text"
    audio: str = "audio"
    tolerance_ms: float = 100.0

    def __post_init__(self) -> None:
        part_names(text=self.text, audio=self.audio)
        within("tolerance_ms", self.tolerance_ms, 0.0, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [start and end of the text, start and end of the recording], seconds."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[float]:
        text_of(sample, self.text, may_be_empty=True)
        wave, rate = wave_of(sample, self.audio)
        text, audio = sample.parts[self.text], sample.parts[self.audio]
        if text.span is None or text.clock not in (audio.clock, self.audio):
            raise DataError(say("The text has no span on the clock of the recording"), where=sample.id)
        start = audio.span[0] if audio.span else 0.0
        return [*map(float, text.span), start, start + len(wave) / rate]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per text, by sample id."""
        return [self._score(sample, *row) for sample, row in sorted(state.items())]

    def _score(self, sample: str, start: float, end: float, first: float, last: float) -> Score:
        said = say(
            "The text is at {start:.3f} to {end:.3f} s of a recording that goes from {first:.3f} to {last:.3f} s",
            start=start,
            end=end,
            first=first,
            last=last,
        )
        off = max(0.0, first - start, end - last, start - end, start - last) * 1e3
        return worst(sample, self.name, [Deviation(off, max(self.tolerance_ms, 1e-3), said)])
