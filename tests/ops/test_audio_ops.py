"""Audio transforms and metrics."""

from __future__ import annotations

from dataclasses import replace

import jiwer
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ops_material import RATE, apply, auc, one, reason, samples, tone

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.audio.classical import Classical, faster, shifted, with_noise
from shisaku.ops.audio.embed import Embed, summed_up
from shisaku.ops.audio.speak import Speak
from shisaku.ops.audio.transcribe import Transcribe
from shisaku.ops.audio.wer import Wer, normalised
from shisaku.store.codecs import decode_vector, decode_wave, encode_wave

STILL = Classical(speed_min=1.0, speed_max=1.0, shift=0.0, gain=0.0, snr_min=120.0, snr_max=120.0)
SENTENCES = (
    "The dog is running in the park.",
    "She opened the window and looked outside.",
    "We need three apples and a loaf of bread.",
    "The train to the city leaves in the morning.",
)


def recording(wave: np.ndarray, rate: int = RATE) -> Sample:
    return Sample("r", {"audio": Part("audio", encode_wave(wave, rate))})


def heard(said: str, heard: str, name: str = "s") -> Sample:
    return Sample(name, {"caption": Part.from_text(said, "en"), "heard": Part.from_text(heard, "en")})


def wave_in(sample: Sample, part: str = "audio") -> np.ndarray:
    return decode_wave(sample.parts[part])[0]


def pitch(wave: np.ndarray, rate: int = RATE) -> float:
    return float(np.abs(np.fft.rfft(wave)).argmax() * rate / wave.size)


def test_classical_without_change_is_the_recording() -> None:
    wave = tone(440)
    assert np.abs(wave_in(one(STILL, recording(wave))) - wave).max() < 1e-3


def test_faster_is_shorter_and_higher() -> None:
    wave = tone(440, 1.0)
    quick = faster(wave, RATE, 1.25)
    assert quick.size == pytest.approx(wave.size / 1.25, rel=0.01)
    assert pitch(quick) == pytest.approx(550, rel=0.01)


@given(st.integers(-100, 100), st.integers(1, 50))
def test_shift_keeps_the_length_and_never_loses_more_than_half(offset: int, size: int) -> None:
    wave = np.arange(1, size + 1, dtype=np.float32)
    made = shifted(wave, offset)
    assert made.size == size
    assert (made > 0).sum() >= size // 2


@pytest.mark.parametrize("snr", [0.0, 10.0, 30.0])
def test_noise_has_the_power_it_says(snr: float) -> None:
    wave = tone(440, 2.0)
    noise = with_noise(wave, snr, np.random.default_rng(0)) - wave
    assert 10 * np.log10((wave**2).mean() / (noise**2).mean()) == pytest.approx(snr, abs=0.3)


def test_nothing_clips() -> None:
    loud = replace(STILL, gain=40.0)
    made = [wave_in(one(loud, recording(2.4 * tone(440)), seed)) for seed in range(5)]
    assert all((np.abs(wave) >= 0.9999).mean() < 0.02 for wave in made)


def test_silence_stays_silent_and_one_sample_is_enough() -> None:
    assert not wave_in(one(Classical(), recording(np.zeros(100, np.float32)))).any()
    assert wave_in(one(Classical(), recording(np.ones(1, np.float32) / 2))).size >= 1


def test_an_empty_recording_fails_with_a_reason() -> None:
    assert "is empty" in reason(Classical(), recording(np.zeros(0, np.float32)))


@given(
    st.lists(st.sampled_from(["the", "dog", "ran", "7"]), min_size=1, max_size=8),
    st.lists(st.sampled_from(["the", "dog", "cat", "seven"]), max_size=8),
)
def test_wer_is_jiwers_after_normalisation(said: list[str], got: list[str]) -> None:
    state = Wer().measure([heard(" ".join(said), " ".join(got))])
    assert state["s"] == jiwer.wer(normalised(" ".join(said)), normalised(" ".join(got)))
    (score,) = Wer().scores(state)
    assert score.value == 1 - min(1, score.raw)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Three dogs!", "three dogs"),
        ("3 dogs", "three dogs"),
        ("Don’t stop -- now", "don't stop now"),
        ("20 or 21", "twenty or 21"),
        ("'quoted' well-known", "quoted well known"),
        ("Ａ　ＤＯＧ", "a dog"),
        ("...", ""),
    ],
)
def test_normalised(text: str, plain: str) -> None:
    assert normalised(text) == plain


def test_planted_mishearings_are_found() -> None:
    """Limit: one wrong word in a sentence of seven is a rate of 0.14 and no issue; another sentence is one."""
    right = [heard(s, s.lower().strip("."), f"right{i}") for i, s in enumerate(SENTENCES)]
    slips = [heard(s, s.replace("the", "a", 1), f"slip{i}") for i, s in enumerate(SENTENCES)]
    others = [heard(s, SENTENCES[i - 1], f"other{i}") for i, s in enumerate(SENTENCES)]
    cut = [heard(s, " ".join(s.split()[:2]), f"cut{i}") for i, s in enumerate(SENTENCES)]
    nothing = [heard(s, "", f"nothing{i}") for i, s in enumerate(SENTENCES)]
    scores = {s.sample: s for s in Wer().scores(Wer().measure([*right, *slips, *others, *cut, *nothing]))}
    assert all(scores[s.id].raw == 0 for s in right)
    assert all(0 <= scores[s.id].raw < 0.2 and not scores[s.id].issue for s in slips)
    assert all(scores[s.id].issue for s in (*others, *cut, *nothing))
    assert all(scores[s.id].value == 0 for s in nothing)


def test_text_without_words_gets_no_score() -> None:
    assert Wer().measure([heard("...", "a"), heard("犬が走る", "a", "ja")]) == {}


def test_segment_means_keep_the_order_of_sounds() -> None:
    states = np.random.default_rng(0).normal(size=(40, 6)).astype(np.float32)
    forth, back = summed_up(states), summed_up(states[::-1])
    assert forth.shape == (30,)
    assert np.allclose(np.linalg.norm(forth.reshape(5, 6), axis=1), 1.0, atol=1e-6)
    assert np.allclose(forth[:6], back[:6], atol=1e-6)
    assert np.allclose(forth[6:12], back[24:], atol=1e-6)


def test_speak_refuses_what_it_cannot_say() -> None:
    japanese = Sample("t", {"caption": Part.from_text("犬が走る", "ja")})
    assert "English only" in reason(Speak(), japanese)
    for text in ("?!", "a" * 3000, "the letters αβγ are greek"):
        assert isinstance(apply(Speak(), [Sample("t", {"caption": Part.from_text(text)})])[0], Failure)


@pytest.mark.weights
def test_speak_says_which_voice() -> None:
    spoken = [one(Speak(), samples()[0], seed).parts["speech"] for seed in range(8)]
    assert len({part.uri for part in spoken}) > 1
    assert all(part.uri.startswith("voice:") for part in spoken)
    fixed = {one(Speak(voice="slt"), samples()[0], seed).parts["speech"].digest for seed in range(3)}
    assert len(fixed) == 1
    with pytest.raises(RecipeError, match="no voice nobody"):
        apply(Speak(voice="nobody"), samples())


@pytest.mark.weights
def test_what_is_spoken_is_heard_and_what_is_drowned_is_not() -> None:
    texts = [Sample(f"t{i}", {"caption": Part.from_text(s, "en")}) for i, s in enumerate(SENTENCES)]
    spoken = [one(Speak(voice="slt"), sample) for sample in texts]
    drowned = []
    for sample in spoken:
        wave, rate = decode_wave(sample.parts["speech"])
        noise = with_noise(wave, -10.0, np.random.default_rng(0))
        part = Part("audio", encode_wave(noise / np.abs(noise).max(), rate))
        drowned.append(replace(sample, id=f"{sample.id}-drowned", parts={**sample.parts, "speech": part}))
    made = apply(Transcribe(), [*spoken, *drowned])
    scores = {s.sample: s.value for s in Wer().scores(Wer().measure([outcome[0] for outcome in made]))}
    assert auc([scores[s.id] for s in drowned], [scores[s.id] for s in spoken]) >= 0.9
    assert np.mean([scores[s.id] for s in spoken]) > 0.5


@pytest.mark.weights
def test_the_same_word_in_two_voices_is_nearer_than_two_words() -> None:
    def feature(word: str, voice: str) -> np.ndarray:
        spoken = one(Speak(voice=voice), Sample("w", {"caption": Part.from_text(word)}))
        return decode_vector(one(Embed(audio="speech"), spoken).parts["features"])

    words = ("elephant", "bicycle", "strawberry")
    for word in words:
        same = feature(word, "slt") @ feature(word, "rms")
        assert all(same > feature(word, "slt") @ feature(other, "rms") for other in words if other != word)
