"""Whether somebody speaks as high and as fast as people in the real recordings do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.finding import Finding, Weight
from shisaku.core.metric import Metric, Need, State, StateSize
from shisaku.core.sample import Kind, Sample
from shisaku.core.score import Score
from shisaku.errors import DataError, RecipeError
from shisaku.message import Message, say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import measurable
from shisaku.ops.reading import vector_of
from shisaku.stats.proportions import clopper_pearson
from shisaku.stats.robust import TO_SD

FIGURES: Final = ("pitch", "span", "rate")
UNITS: Final = ("semitones above 55 Hz", "semitones", "syllables a second")
SMALLEST: Final = (0.5, 0.5, 0.25)  # spread, in each unit: less is the coarseness of the figure itself
FEW = 20
WIDEST = 6.0  # deviations: however odd some real recordings are, the range grows no wider
Numbers = npt.NDArray[np.float64]


@dataclass(frozen=True)
class SpeechPlausible(Metric):
    """Score a made recording by where its pitch, the span of its pitch and its rate lie among the real recordings.

    Reads the three numbers that `audio.prosody` wrote for made and real ones. Each is measured in robust standard
    deviations of its side (1.4826 times the median distance from the median; Rousseeuw and Croux 1993) of the real
    recordings, and each has a limit, so that a share `inside` of the real recordings stays under all three. A limit is
    at most 6 deviations, so that a few broken real recordings do not widen it, and at least what a normal distribution
    has there. `raw` is the largest of the three over its limit; above 1 it is an issue, where the score is 0.5. Under
    20 real recordings with a voice it refuses. The finding says what share of the made ones lie outside, with its exact
    interval (95 %), and how many real ones lie inside.

    What it finds: in prompts of one speaker against 80 real ones, a voice moved up by 4 semitones with recall 0.95
    (3: 0.74, 2: 0.42), at 1 % false alarms of 76. Speech that is too fast hardly: 0.34 at three times the speed, since
    syllables run together and are counted as one; where there is a transcript, `audio.speech_rate` finds it.
    When it hurts: real recordings of one person make any other voice implausible: give real ones of all who may speak.
    Men and women together make a wide range, in which much passes. It hears no words.

    Example::

        - {name: plausible, op: audio.speech_plausible, from: made_prosody, reference: real_prosody}
    """

    name: ClassVar[str] = "audio.speech_plausible"
    reads: ClassVar[Mapping[str, Kind]] = {"prosody": "embedding"}
    needs: ClassVar[frozenset[Need]] = frozenset({"rows", "reference"})
    size: ClassVar[StateSize] = "O(n)"
    thresholds: ClassVar[frozenset[str]] = frozenset({"inside"})

    prosody: str = "prosody"
    inside: float = 0.99

    def __post_init__(self) -> None:
        part_names(prosody=self.prosody)
        within("inside", self.inside, 0.5, 0.9999)

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        """Return ``of``: sample id -> three numbers, ``real``: those of the real recordings [n, 3].

        Raises RecipeError without a reference, DataError where under 20 of it have a voice.
        """
        if not reference:
            raise RecipeError(
                say("{op} needs a reference of real samples and got none", op=self.name),
                next=say("Give the step `reference:` with a stream of real samples that bear {part}",
                         part=self.prosody),
            )  # fmt: skip
        real = list(measurable(sorted(reference, key=lambda one: one.id), self._figures).values())
        if len(real) < FEW:
            raise DataError(say("{n} real recordings have a voice; it takes {least} to say what is usual",
                                n=len(real), least=FEW))  # fmt: skip
        return {"of": dict(measurable(batch, self._figures)), "real": np.array(real)}

    def _figures(self, sample: Sample) -> Numbers:
        vector = vector_of(sample, self.prosody).astype(np.float64)
        if vector.size != len(FIGURES):
            raise DataError(say("Part {part} holds {n} numbers and not those of audio.prosody",
                                part=self.prosody, n=vector.size), where=sample.id)  # fmt: skip
        return vector

    def merge(self, a: State, b: State) -> State:
        """Join what was measured; the real recordings are the same on both sides."""
        return {"of": {**a["of"], **b["of"]}, "real": a["real"]}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        """Return one Score per recording, by sample id."""
        real = np.asarray(state["real"], np.float64)
        limits = self._limits(real)
        made = []
        for sample, figures in sorted(state["of"].items()):
            away = np.abs(_away(np.asarray(figures, np.float64)[None], real)[0]) / limits
            worst = int(away.argmax())
            raw = float(away[worst])
            reason = self._why(float(figures[worst]), real, worst, float(limits[worst])) if raw > 1.0 else None
            made.append(Score(sample, self.name, 1.0 / (1.0 + raw**2), raw, raw > 1.0, reason))
        return made

    def _limits(self, real: Numbers) -> Numbers:
        from statistics import NormalDist

        # All three together are to hold the share, so each holds more.
        share = self.inside ** (1.0 / len(FIGURES))
        normal = NormalDist().inv_cdf((1.0 + share) / 2.0)
        reached = np.quantile(np.abs(_away(real, real)), share, axis=0, method="higher")
        return np.asarray(np.clip(reached, normal, WIDEST), dtype=np.float64)

    def _why(self, value: float, real: Numbers, worst: int, limit: float) -> Message:
        low, high = _range(real[:, worst], limit, SMALLEST[worst])
        return say(
            "{figure} {value:.1f} {unit}; real recordings lie from {low:.1f} to {high:.1f}",
            figure=FIGURES[worst], value=value, unit=UNITS[worst], low=low, high=high,
        )  # fmt: skip

    def findings(self, state: Mapping[str, Any]) -> list[Finding]:
        """Return the share of real and of made recordings inside the range."""
        real, scores = np.asarray(state["real"], np.float64), self.scores(state)
        if not scores:
            return []
        limits = self._limits(real)
        held = int((np.abs(_away(real, real)) <= limits).all(axis=1).sum())
        outside = sorted((one for one in scores if one.issue), key=lambda one: (-one.raw, one.sample))
        low, high = clopper_pearson(len(outside), len(scores))
        what = say(
            "{n} of {of} recordings are higher, flatter, livelier, slower or faster than real ones ({held} of {real} "
            "real ones lie inside)",
            n=len(outside), of=len(scores), held=held, real=len(real),
        )  # fmt: skip
        rows = []
        for place, name in enumerate(FIGURES):
            ends = _range(real[:, place], float(limits[place]), SMALLEST[place])
            rows.append({"figure": name, "unit": UNITS[place], "low": ends[0], "high": ends[1]})
        weight: Weight = "warn" if low > 1.0 - self.inside else "note"
        named = tuple(one.sample for one in outside[:20])
        share = len(outside) / len(scores)
        return [Finding(self.name, what, weight, share, low, high, len(scores), None, named, tuple(rows))]


def _spreads(real: Numbers, smallest: float) -> tuple[float, float, float]:
    """Return the median, and the robust standard deviation below and above it."""
    middle = float(np.median(real))
    away = real - middle
    low, high = (float(TO_SD * np.median(np.abs(side))) for side in (away[away <= 0], away[away >= 0]))
    return middle, max(low, smallest), max(high, smallest)


def _range(real: Numbers, limit: float, smallest: float) -> tuple[float, float]:
    middle, low, high = _spreads(real, smallest)
    return middle - limit * low, middle + limit * high


def _away(figures: Numbers, real: Numbers) -> Numbers:
    """Return how many deviations of its side each figure lies from the median of the real ones, [n, 3]."""
    found = np.empty_like(figures)
    for place in range(figures.shape[1]):
        middle, low, high = _spreads(real[:, place], SMALLEST[place])
        gap = figures[:, place] - middle
        found[:, place] = np.where(gap < 0, gap / low, gap / high)
    return found
