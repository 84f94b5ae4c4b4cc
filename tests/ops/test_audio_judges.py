"""How natural a recording is, and who speaks in it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audio_fakes import FakeJudge, FakeVoiceEmbedder, put, recording
from ops_material import apply, one, reason

from shisaku.core.sample import Part, Sample
from shisaku.ops.audio.classical import with_noise
from shisaku.ops.audio.naturalness import Naturalness
from shisaku.ops.audio.speak import Speak
from shisaku.ops.audio.voice_embed import VoiceEmbed
from shisaku.store.codecs import decode_vector, decode_wave, encode_wave

SENTENCES = ("The dog is running in the park.", "She opened the window and looked outside.")


def spoken(voice: str) -> list[Sample]:
    texts = [Sample(f"{voice}{i}", {"caption": Part.from_text(s, "en")}) for i, s in enumerate(SENTENCES)]
    return [outcome[0] for outcome in apply(Speak(voice=voice), texts) if isinstance(outcome, tuple)]


def noisy(sample: Sample, snr: float) -> Sample:
    wave, rate = decode_wave(sample.parts["speech"])
    made = with_noise(wave, snr, np.random.default_rng(0))
    part = Part("audio", encode_wave(made / max(1.0, float(np.abs(made).max())), rate))
    return replace(sample, id=f"{sample.id}-{snr}", parts={"speech": part})


def test_the_score_is_the_opinion_brought_to_0_to_1(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, speech_judge=FakeJudge())
    batch = [recording(np.full(100, level), name=f"{level}") for level in (0.0, 0.25, 0.75)]
    op = Naturalness(issue_below=0.5)
    scores = op.scores(op.measure(batch))
    assert [score.raw for score in scores] == pytest.approx([1.0, 2.0, 4.0])
    assert [score.value for score in scores] == pytest.approx([0.0, 0.25, 0.75])
    assert [score.issue for score in scores] == [True, True, False]
    assert op.measure([recording(np.zeros(0))]) == {}


def test_the_vector_of_a_voice_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    put(monkeypatch, voice_embedder=FakeVoiceEmbedder())
    vector = decode_vector(one(VoiceEmbed(), recording(np.full(100, 0.5))).parts["voice"])
    assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-6)
    assert "is empty" in reason(VoiceEmbed(), recording(np.zeros(0)))


@pytest.mark.slow
@pytest.mark.weights
def test_planted_noise_is_rated_down() -> None:
    """Limit: white noise 20 dB below the speech takes at least 0.4 off every clip; reverberation may not show."""
    op = Naturalness()
    for clean in (spoken("slt")[0], spoken("jm_kumo")[1]):
        levels = {snr: noisy(clean, snr) for snr in (20.0, 5.0)}
        raw = {score.sample: score.raw for score in op.scores(op.measure([clean, *levels.values()]))}
        assert raw[levels[20.0].id] < raw[clean.id] - 0.4
        assert raw[levels[5.0].id] < raw[levels[20.0].id]


@pytest.mark.weights
def test_two_sentences_of_one_voice_are_nearer_than_two_voices() -> None:
    vectors = {
        voice: [decode_vector(one(VoiceEmbed(), sample).parts["voice"]) for sample in spoken(voice)]
        for voice in ("slt", "rms", "jm_kumo")
    }
    same = [float(one @ other) for one, other in vectors.values()]
    different = [float(vectors[a][0] @ vectors[b][1]) for a in vectors for b in vectors if a != b]
    assert min(same) > max(different)
    assert all(vector.shape == (256,) for pair in vectors.values() for vector in pair)
