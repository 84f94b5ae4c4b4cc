"""A voice that was not the source's is found, the source's own is not, and few speakers give no threshold."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.audio.voice_copy import VoiceCopy
from shisaku.store.codecs import encode_vector


def clip(name: str, voice: int, speaker: str, seed: int, **about: object) -> Sample:
    centre = np.random.default_rng(voice).normal(size=64)
    vector = (centre + 0.5 * np.random.default_rng(seed).normal(size=64)).astype(np.float32)
    part = Part("embedding", encode_vector(vector))
    return Sample(name, {"voice": part}, facts={"speaker": speaker} if speaker else {}, **about)  # type: ignore[arg-type]


def real_clips(speakers: int = 6, each: int = 20) -> list[Sample]:
    return [clip(f"r{s}-{i}", s, f"p{s}", 100 * s + i) for s in range(speakers) for i in range(each)]


OP = VoiceCopy(speaker="speaker")


def test_a_stolen_voice_is_named() -> None:
    made = [
        clip("stolen", 2, "p4", 9001),
        clip("source", 2, "p2", 9002),
        clip("child", 2, "", 9003, parents=("r2-0",)),
        clip("nobody", 77, "robot", 9004),
    ]
    scores = {score.sample: score for score in OP.scores(OP.measure(made, real_clips()))}
    assert {name for name, score in scores.items() if score.issue} == {"stolen"}
    assert scores["stolen"].group == "p2"
    assert scores["stolen"].value < 0.5 <= min(scores[name].value for name in ("source", "child", "nobody"))
    (whole,) = OP.findings(OP.measure(made, real_clips()))
    assert (whole.value, whole.samples) == (0.25, ("stolen",))


def test_few_speakers_give_no_threshold() -> None:
    made = [clip("stolen", 1, "p0", 9001)]
    state = OP.measure(made, real_clips(2, 40))
    assert [score.issue for score in OP.scores(state)] == [None]
    (whole,) = OP.findings(state)
    assert whole.value is None
    assert [score.issue for score in VoiceCopy(speaker="speaker", at=0.7).scores(state)] == [True]


def test_one_speaker_a_missing_reference_and_nothing_made() -> None:
    assert OP.findings(OP.measure([], real_clips())) == []
    (only,) = OP.scores(OP.measure([clip("own", 0, "p0", 1)], real_clips(1)))
    assert (only.issue, only.value) == (None, 1.0)
    with pytest.raises(RecipeError, match="reference"):
        OP.measure([clip("own", 0, "p0", 1)])
