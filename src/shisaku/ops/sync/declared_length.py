"""Whether a recording is as long as its header, manifest or span says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from shisaku.core.metric import Metric, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import wave_of
from shisaku.ops.sync.deviation import Deviation, number, worst

MANIFEST = ("duration", "duration_s", "length_s", "seconds")


@dataclass(frozen=True)
class DeclaredLength(Metric):
    """Score a recording by how far its decoded length is from the lengths that it is said to have.

    Compared are the span that the part was cut to, the seconds of the file's header (for a whole file), and a fact
    ``duration`` (``duration_s``, ``length_s``, ``seconds``) that a manifest gave. `raw` is the worst difference in
    ms; more than `tolerance_ms` is an issue. A sample of which nothing is said scores 1.

    What it finds: recordings cut off by 120 ms with recall 1.0 and no false alarm in 200 prompts; up to `tolerance_ms`
    nothing.
    When it hurts: a manifest in another unit (ms, samples) is called an issue, which it is; a duration of the whole
    recording beside a sample that is one cut of it is called one too.

    Example::

        - {name: length, op: sync.declared_length, from: data, with: {audio: audio, tolerance_ms: 100}}
    """

    name: ClassVar[str] = "sync.declared_length"
    reads: ClassVar[Mapping[str, Kind]] = {"audio": "audio"}
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"tolerance_ms"})

    audio: str = "audio"
    tolerance_ms: float = 100.0

    def __post_init__(self) -> None:
        part_names(audio=self.audio)
        within("tolerance_ms", self.tolerance_ms, 1.0, 1e6)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return sample id -> [decoded seconds, those of the span or the header, those of the manifest]; 0: unsaid."""
        return dict(measurable(batch, self._read))

    def _read(self, sample: Sample) -> list[float]:
        wave, rate = wave_of(sample, self.audio)
        span = sample.parts[self.audio].span
        header = span[1] - span[0] if span else number(sample.facts.get(f"{self.audio}_seconds"))
        manifest = next((number(sample.facts[name]) for name in MANIFEST if name in sample.facts), 0.0)
        return [len(wave) / rate, max(0.0, float(header)), manifest]

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        return [worst(sample, self.name, self._deviations(*row)) for sample, row in sorted(state.items())]

    def _deviations(self, decoded: float, header: float, manifest: float) -> list[Deviation]:
        found = [Deviation(0.0, self.tolerance_ms, say("Nothing says how long the recording is"))]
        if header:
            said = say(
                "The header or span says {said:.3f} s, decoded are {decoded:.3f} s", said=header, decoded=decoded
            )
            found.append(Deviation(abs(header - decoded) * 1e3, self.tolerance_ms, said))
        if manifest:
            said = say("The manifest says {said:.3f} s, decoded are {decoded:.3f} s", said=manifest, decoded=decoded)
            found.append(Deviation(abs(manifest - decoded) * 1e3, self.tolerance_ms, said))
        return found
