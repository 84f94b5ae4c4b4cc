"""Voices: how much speech, how many speakers."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import spoken_samples, tone, vector_part

from shisaku.core.sample import Part, Sample
from shisaku.lab.speakers import clustered
from shisaku.ops.privacy.speakers import MOST, Speakers, voices
from shisaku.ops.privacy.speech import Speech
from shisaku.store.codecs import encode_wave


def crowd(speakers: int, each: int, spread: float = 0.02, seed: int = 0) -> list[Sample]:
    rng = np.random.default_rng(seed)
    centres = np.eye(256)[:speakers] * 1.0
    return [
        Sample(f"{k}-{i}", {"voice": vector_part(centres[k] + rng.normal(0, spread, 256))})
        for k in range(speakers)
        for i in range(each)
    ]


@pytest.mark.parametrize("speakers", [1, 2, 7])
def test_clear_voices_are_counted(speakers: int) -> None:
    op = Speakers()
    state = op.measure(crowd(speakers, 6))
    (finding,) = op.findings(state)
    assert (finding.value, finding.low, finding.high) == (speakers, speakers, speakers)
    assert {row["recordings"] for row in finding.table} == {6}
    scores = op.scores(state)
    assert all(score.raw == 6 and score.group == f"{score.sample[0]}-0" for score in scores)


def test_the_range_holds_the_number() -> None:
    op = Speakers(near=0.7, apart=0.3, alike=0.95)
    (finding,) = op.findings(op.measure(crowd(4, 8, spread=0.05)))
    assert finding.low is not None
    assert finding.high is not None
    assert finding.low <= finding.value < finding.high  # type: ignore[operator]


@pytest.mark.parametrize("near", [0.65, 0.7, 0.75])
def test_voices_are_those_of_a_study(near: float) -> None:
    rows = np.abs(np.random.default_rng(0).normal(size=(60, 16))) ** 2
    ours, theirs = voices(rows, near), clustered(rows, near)
    assert len(set(ours)) == len(set(theirs)) == len(set(zip(ours, theirs, strict=True)))


def test_few_voices_need_no_clusters() -> None:
    assert voices(np.zeros((0, 4)), 0.7) == []
    assert voices(np.ones((1, 4)), 0.7) == [0]
    assert Speakers().findings({}) == []


def test_too_many_recordings_are_drawn_from(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST == 4000
    monkeypatch.setattr("shisaku.ops.privacy.speakers.MOST", 10)
    op = Speakers()
    state = op.measure(crowd(3, 20))
    assert len(op.scores(state)) == 10
    assert op.findings(state)[0].n == 10


def test_cuts_must_be_in_order() -> None:
    with pytest.raises(ValueError, match="apart must not be above near"):
        Speakers(apart=0.8)


@pytest.mark.weights
def test_speech_is_told_from_tones() -> None:
    spoken = spoken_samples()[1]
    quiet = Sample("tone", {"speech": Part("audio", encode_wave(tone(440, 2.0), 16_000))})
    op = Speech()
    state = op.measure([spoken, quiet])
    assert state[spoken.id][0] > 0.5
    assert state["tone"][0] == 0.0
    assert [score.issue for score in op.scores(state)] == [None, None]
    (finding,) = op.findings(state)
    assert (finding.weight, finding.value, finding.samples) == ("warn", 0.5, (spoken.id,))
    (nothing,) = op.findings({"tone": state["tone"]})
    assert nothing.weight == "note"
    assert op.findings({}) == []
