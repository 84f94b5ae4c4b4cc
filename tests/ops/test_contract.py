"""Every registered op keeps the contract, and the contract catches ops that do not."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
import pytest
import yaml
from box_material import boxed_samples
from ops_material import (
    CAPTIONS,
    ancestors,
    annotated_samples,
    backgrounds,
    both_sides,
    fellows,
    japanese_samples,
    judged_samples,
    reference,
    samples,
    spoken_samples,
)
from sync_material import synced_samples
from upscale_material import doubling

from shisaku.core.drop import Failure
from shisaku.core.metric import Metric, State
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.score import Score
from shisaku.core.transform import Outcome, Transform
from shisaku.message import say
from shisaku.registry.doors import OPS, names, op_class
from shisaku.testing import ContractError, check_op

PARAMS: dict[str, list[dict[str, Any]]] = {
    "audio.closed_vocabulary": [{"vocabulary": CAPTIONS}],
    "audio.codec": [{"codecs": ("amr_nb", "g711_a", "g711_mu", "g722")}, {}],
    "audio.reverb": [{}, {"tail": True}],
    "audio.speak": [{"voice": "slt"}, {"voices": ("slt", "rms"), "carry": (), "speed_spread": 0.2, "pause_max": 0.3}],
    "audio.speed": [{"shortest": 0.1}],
    "audio.telephone": [{}, {"loss": 0.2}],
    "audio.tempo": [{}, {"keep_pitch": False}],
    "audio.transcript": [{"audio": "speech", "language": "en"}],
    "audio.voice_copy": [{"voice": "features"}, {"voice": "features", "at": 0.5}],
    "audio.voice_kept": [{"voice": "features"}, {"voice": "features", "expect": "different", "speaker": "class"}],
    "audio.zero_shot": [{"names": {"frog": "frog", "bird": ("bird", "tree")}}],
    "dataset.alias": [{}, {"part": "caption", "kind": "text", "write": "reworded"}],
    "dataset.annotator_quality": [{"folds": 3, "least": 2}],
    "dataset.copying": [{"drawn": True}],
    "dataset.exact_duplicate": [{}, {"part": "caption", "kind": "text"}, {"part": "speech", "kind": "audio"}],
    "dataset.exact_leak": [{}, {"part": "caption", "kind": "text"}],
    "dataset.label_errors": [{"folds": 3, "least": 2}],
    "dataset.two_sample": [{}, {"at_least": 4, "folds": 2}],
    "dataset.membership": [{"drawn": True}],
    "dataset.student_errors": [{"folds": 3, "least": 2}],
    "image.box_twice": [{}, {"under": "two"}],
    "image.classical": [{}, {"ground": "mirror", "flip": 0.0}],
    "image.geometry": [{}, {"upend": 0.5, "quarters": 0.5, "shear": 8.0, "perspective": 0.1, "captions": "keep"}],
    "image.paste": [{}, {"blend": "poisson"}],
    "image.unwanted_text": [{"text": "caption"}],
    "image.upscale": [{"weights": doubling()}],
    "image.weather": [{"kind": kind} for kind in ("rain", "fog", "snow", "flare", "shadow", "any")],
    "pairs.mismatch": [{"image": "features", "text": "features", "at_least": 3}],
    "pairs.zero_shot": [{"texts": {"frog": "a frog", "apple": "an apple"}}],
    "privacy.image_text": [{"text": "caption"}],
    "privacy.speakers": [{"voice": "features"}],
    "privacy.text": [{"text": "caption"}],
    "sync.declared_length": [{"audio": "video_audio"}],
    "sync.events": [{"audio": "video_audio"}],
    "sync.spans": [{"audio": "video_audio"}],
    "text.classical": [{"drop": 0.5, "swap": 0.5, "noise": 0.3}],
    "text.embed": [{}, {"model": "char_ngrams"}],
    "text.dictionary": [{"words": {"dog": ["hound", "mutt"]}}],
    "text.eda": [{}, {"synonyms": 0.5, "insert": 0.5, "swap": 0.5, "delete": 0.5}],
    "text.near_duplicate": [{"fewest": 1}],
    "text.ocr_noise": [{"share": 0.5, "line_breaks": 0.2}],
    "text.parallel": [{"other": "reworded"}],
    "text.template": [
        {},
        {"template": "{{ text }} {{ light }} {{ table.kind }}", "slots": {"light": ["dim"]}, "tables": ("table",)},
    ],
    "text.typos": [{"share": 0.3}],
    "text.variants_ja": [{}, {"kinds": ("kana", "okurigana", "old", "width", "numbers"), "share": 1.0}],
}
SLOW = ("audio.closed_vocabulary", "audio.naturalness", "audio.transcribe", "audio.transcript", "audio.zero_shot")
TWO_SIDED = ("audio.spectrum_match", "embedding.coral", "image.colour_match")
DESCENDING = ("audio.round_trip", "audio.speech_plausible", "audio.voice_kept", "image.unwanted_text")
ANNOTATED = ("dataset.agreement", "dataset.annotator_quality")
JAPANESE = ("text.synonym_ja", "text.variants_ja")
SPOKEN = ("audio.closed_vocabulary", "audio.transcribe", "audio.transcript", "audio.zero_shot")


def cases() -> list[Any]:
    found = []
    for name in names(OPS):
        for place, params in enumerate(PARAMS.get(name, [{}])):
            marks = [pytest.mark.weights] if op_class(name)(**params).models else []
            marks += [pytest.mark.slow] if name == "audio.naturalness" else []
            # Values may hold a folder of this very process, and every worker must give a case the same name.
            told = "+".join(params) or "defaults"
            found.append(pytest.param(name, params, id=f"{name}-{told}-{place}", marks=marks))
    return found


@pytest.mark.parametrize(("name", "params"), cases())
def test_contract(name: str, params: dict[str, Any]) -> None:
    found = op_class(name)
    mates = fellows() if name.startswith(("embedding.", "table.", "image.paste", "judge.")) else backgrounds()
    mates = both_sides() if name in TWO_SIDED else mates
    pool = mates if issubclass(found, Transform) and found.pools else None
    theirs = samples() if name.endswith(".attribute_gap") else reference()
    theirs = ancestors() if name in DESCENDING else theirs
    real = theirs if issubclass(found, Metric) and "reference" in found.needs else None
    usable = spoken_samples() if name in SPOKEN else annotated_samples() if name in ANNOTATED else samples()
    usable = synced_samples() if name.startswith("sync.") else usable
    usable = boxed_samples() if name.startswith("image.box_") else usable
    usable = judged_samples() if name == "judge.verdict" else usable
    usable = ancestors()[:5] if name == "audio.speech_plausible" else usable
    usable = japanese_samples() if name in JAPANESE else usable
    few = usable[:2] if name in SLOW else usable
    check_op(found, few, params=params, pool=pool, reference=real)


@pytest.mark.parametrize("name", names(OPS))
def test_doc_page(name: str) -> None:
    found = op_class(name)
    doc = inspect.cleandoc(found.__doc__ or "")
    assert found.name == name
    assert "When it hurts:" in doc
    example = doc.split("Example::")[1]
    assert f"op: {name}" in example or f"metric: {name}" in example
    assert yaml.safe_load(inspect.cleandoc(example))
    if issubclass(found, Metric):
        assert "What it finds:" in doc


@dataclass(frozen=True)
class Good(Transform):
    """Example: {op: toy.good}."""

    name: ClassVar[str] = "toy.good"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    text: str = "caption"

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        parts = {**sample.parts, self.text: Part.from_text(text + str(rng.integers(1000)))}
        return sample.child(self.name, parts=parts)

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        outcomes: list[Outcome] = []
        for sample, rng in zip(batch, rngs, strict=True):
            part = sample.parts.get(self.text)
            try:
                text = part.text if part and part.kind == "text" else None
            except UnicodeDecodeError:
                text = None
            outcomes.append(Failure(say("no")) if text is None else (self.made(sample, text, rng, batch),))
        return outcomes


@dataclass(frozen=True)
class ByPlace(Good):
    """Example: {op: toy.good}, whose output depends on the rest of the batch."""

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        return super().made(sample, f"{text}{len(batch)}", rng, batch)


@dataclass(frozen=True)
class Orphan(Good):
    """Example: {op: toy.good}, whose children forget their labels."""

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        return replace(super().made(sample, text, rng, batch), labels={})


@dataclass(frozen=True)
class Nosy(Good):
    """Example: {op: toy.good}, which reads a part that it does not declare."""

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        return super().made(sample, f"{text}{'image' in sample.parts}", rng, batch)


@dataclass(frozen=True)
class Scribbler(Good):
    """Example: {op: toy.good}, which changes a part that it does not declare."""

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        child = super().made(sample, text, rng, batch)
        return child.with_part("heard", Part.from_text("something else"))


@dataclass(frozen=True)
class Gambler(Good):
    """Example: {op: toy.good}, which draws from the global random state."""

    def made(self, sample: Sample, text: str, rng: np.random.Generator, batch: Sequence[Sample]) -> Sample:
        np.random.seed(len(text))
        return super().made(sample, text, rng, batch)


@dataclass(frozen=True)
class Fragile(Good):
    """Example: {op: toy.good}, which raises on a sample that it cannot use."""

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        pairs = zip(batch, rngs, strict=True)
        return [(self.made(sample, sample.parts[self.text].text, rng, batch),) for sample, rng in pairs]


@dataclass(frozen=True)
class Mean(Metric):
    """Example: {op: toy.mean}, whose scores depend on the batch."""

    name: ClassVar[str] = "toy.mean"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    text: str = "caption"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        return {sample.id: len(batch) for sample in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        return [Score(sample, self.name, 0.1 * n, n) for sample, n in sorted(state.items())]


def test_a_good_op_passes() -> None:
    check_op(Good, samples())


@pytest.mark.parametrize(
    ("bad", "duty"),
    [
        (ByPlace, "must not depend on the other samples"),
        (Orphan, "must hand the labels down"),
        (Nosy, "must not read parts that it does not declare"),
        (Scribbler, "must write only what it declares"),
        (Gambler, "must not touch the global random states"),
        (Mean, "must merge two halves into the whole"),
    ],
)
def test_a_bad_op_is_caught(bad: type[Transform], duty: str) -> None:
    before = np.random.get_state()
    with pytest.raises(ContractError, match=duty):
        check_op(bad, samples())
    np.random.set_state(before)


def test_an_op_that_raises_is_caught() -> None:
    with pytest.raises(KeyError):
        check_op(Fragile, samples())


def test_check_op_needs_two_samples() -> None:
    with pytest.raises(ValueError, match="at least 2 samples"):
        check_op(Good, samples()[:1])
