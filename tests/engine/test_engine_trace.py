"""Every made sample says what made it, and a chain keeps every hop."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from laws import RECIPE, cook, samples_of
from shisaku.core.policy import Policy
from shisaku.core.recipe import Step
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.engine.shard import cook_shard
from shisaku.engine.source_type import source_type_of
from shisaku.engine.trace import LONGEST_PARAMS, Origin
from shisaku.store.marks import MADE_BY

SAMPLE = Sample("s", {"caption": Part.from_text("a frog"), "image": Part("image", b"pixels")})


@dataclass(frozen=True)
class Say(Transform):
    """Writes a part of a kind of its own, as a child or as a view."""

    name: ClassVar[str] = "toy.say"
    version: ClassVar[int] = 3
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "audio"}

    text: str = "caption"
    write: str = "speech"
    prompt: str = ""
    words: tuple[str, ...] = ()
    view: bool = field(default=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "makes", "views" if self.view else "children")

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        made = Part("audio", b"wave")
        if self.view:
            return [(sample.with_part(self.write, made),) for sample in batch]
        return [(sample.child(self.name, parts={**sample.parts, self.write: made}),) for sample in batch]


def made_by(op: Transform, sample: Sample = SAMPLE, origin: Origin | None = None) -> dict[str, str]:
    step = Step("said", op.name, ("data",))
    (made,) = cook_shard(op, step, origin or Origin(5), [sample], round=2).samples
    return dict(made.facts)


def test_a_child_names_its_maker_and_what_each_part_is() -> None:
    facts = made_by(Say(), origin=Origin(5, {"voice": "0123456789abcdef0123"}, "on-prem"))
    assert json.loads(facts[MADE_BY]) == {
        "op": "toy.say",
        "version": 3,
        "params": {"text": "caption", "write": "speech", "prompt": "", "words": [], "view": False},
        "models": {"voice": "0123456789abcdef"},
        "seed": 5,
        "step": "said",
        "round": 2,
        "policy": "on-prem",
        "digital_source_type": {"speech": "algorithmicMedia"},
    }
    assert facts["speech_digital_source_type"] == "algorithmicMedia"
    assert "image_digital_source_type" not in facts, "the picture is still the real one"


def test_a_view_leaves_a_trace_for_the_part_alone() -> None:
    facts = made_by(Say(view=True))
    assert MADE_BY not in facts
    assert json.loads(facts["made_by:speech"])["op"] == "toy.say"


@dataclass(frozen=True)
class Feature(Say):
    """Writes a vector beside what is there."""

    name: ClassVar[str] = "toy.feature"
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        return [(sample.with_part(self.write, Part("embedding", bytes(4))),) for sample in batch]


def test_features_leave_no_trace() -> None:
    assert made_by(Feature(view=True)) == {}


def test_a_prompt_has_an_id_and_long_parameters_are_named_by_their_hash() -> None:
    one, other = (json.loads(made_by(Say(prompt=words))[MADE_BY]) for words in ("Say it", "Sing it"))
    assert len(one["prompt"]) == 16
    assert one["prompt"] != other["prompt"]
    long = json.loads(made_by(Say(words=("word",) * LONGEST_PARAMS))[MADE_BY])
    assert list(long["params"]) == ["sha256"]


def test_a_run_holds_every_hop(tmp_path: Path) -> None:
    run = cook(replace(RECIPE, policy=Policy()), samples_of(6), tmp_path)
    grown = {sample.id: sample for sample in run.stream("grown")}
    mixed = list(run.stream("mixed"))
    assert mixed
    for sample in mixed:
        about = json.loads(sample.facts[MADE_BY])
        assert (about["op"], about["step"], about["seed"], about["policy"]) == ("pure.mix", "mixed", 7, "on-prem")
        assert json.loads(grown[sample.parents[0]].facts[MADE_BY])["op"] == "pure.grow"


CASES: list[tuple[bool, str, str, str, list[str], str]] = [
    # model, kind written, part, what the read part was before, what the pool's was, what it is now
    (True, "audio", "speech", "", [], "trainedAlgorithmicMedia"),
    (False, "audio", "speech", "", [], "algorithmicMedia"),
    (True, "text", "caption", "", [], "compositeWithTrainedAlgorithmicMedia"),
    (False, "text", "caption", "", [], "algorithmicallyEnhanced"),
    (False, "text", "other", "", [], "algorithmicallyEnhanced"),
    (False, "text", "caption", "trainedAlgorithmicMedia", [], "trainedAlgorithmicMedia"),
    (True, "text", "caption", "trainedAlgorithmicMedia", [], "trainedAlgorithmicMedia"),
    (True, "text", "caption", "algorithmicallyEnhanced", [], "compositeWithTrainedAlgorithmicMedia"),
    (False, "text", "caption", "compositeSynthetic", [], "compositeSynthetic"),
    (False, "text", "caption", "", [""], "composite"),
    (False, "text", "caption", "", ["trainedAlgorithmicMedia"], "compositeSynthetic"),
    (False, "text", "caption", "trainedAlgorithmicMedia", [""], "compositeSynthetic"),
    (True, "text", "caption", "", [""], "compositeWithTrainedAlgorithmicMedia"),
]


@pytest.mark.parametrize(("model", "kind", "part", "before", "pool", "now"), CASES)
def test_the_source_type_follows_what_wrote_it_and_from_what(
    model: bool, kind: Any, part: str, before: str, pool: list[str], now: str
) -> None:
    op = Say()
    object.__setattr__(op, "models", ("a model",) if model else ())
    fact = "caption_digital_source_type"
    source = replace(SAMPLE, facts={fact: before} if before else {})
    mixed = [Sample(f"p{n}", dict(SAMPLE.parts), facts={fact: code}) for n, code in enumerate(pool)]
    assert source_type_of(op, kind, part, source, mixed) == now
