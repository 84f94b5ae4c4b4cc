"""Resemblyzer: one voice is nearer to itself than to others, whatever it says; the graph is the published network."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from shisaku.errors import DataError, WeightsError
from shisaku.models.graph import open_graph
from shisaku.models.loading import load
from shisaku.models.mel import RATE
from shisaku.models.resemblyzer import FRAMES, STEP, Resemblyzer, spoken, voice_mel
from shisaku.models.resemblyzer_graph import resemblyzer_onnx

VOICES = ("slt", "rms", "awb", "kal16")
SENTENCES = (
    "This is a picture of a penguin.",
    "The little brown fox jumps over the fence.",
    "Seven horses run along the river every morning.",
)


def small_tensors(rng: np.random.Generator, hidden: int = 6, width: int = 5) -> dict[str, np.ndarray]:
    found = {"linear.weight": rng.normal(size=(width, hidden)), "linear.bias": rng.normal(size=width) + 1}
    for layer in range(3):
        found[f"lstm.weight_ih_l{layer}"] = rng.normal(size=(4 * hidden, hidden if layer else 40))
        found[f"lstm.weight_hh_l{layer}"] = rng.normal(size=(4 * hidden, hidden))
        found[f"lstm.bias_ih_l{layer}"] = rng.normal(size=4 * hidden)
        found[f"lstm.bias_hh_l{layer}"] = rng.normal(size=4 * hidden)
    return {name: value.astype(np.float32) for name, value in found.items()}


def by_hand(tensors: dict[str, np.ndarray], frames: np.ndarray) -> np.ndarray:
    """Hochreiter & Schmidhuber's cell, three times, gates in torch's order: input, forget, cell, output."""

    def squash(x: np.ndarray) -> np.ndarray:
        return 1 / (1 + np.exp(-x))

    t = {name: value.astype(np.float64) for name, value in tensors.items()}
    for layer in range(3):
        state = cell = np.zeros(t["lstm.weight_hh_l0"].shape[1])
        seen = []
        for frame in frames:
            fed = t[f"lstm.weight_ih_l{layer}"] @ frame + t[f"lstm.bias_ih_l{layer}"]
            fed = fed + t[f"lstm.weight_hh_l{layer}"] @ state + t[f"lstm.bias_hh_l{layer}"]
            enter, forget, new, leave = np.split(fed, 4)
            cell = squash(forget) * cell + squash(enter) * np.tanh(new)
            state = squash(leave) * np.tanh(cell)
            seen.append(state)
        frames = np.stack(seen)
    raw = np.maximum(t["linear.weight"] @ state + t["linear.bias"], 0)
    return raw / np.linalg.norm(raw)


def test_the_written_graph_does_what_the_network_does() -> None:
    rng = np.random.default_rng(0)
    tensors = small_tensors(rng)
    mel = rng.random((3, 20, 40)).astype(np.float32)
    data = resemblyzer_onnx(tensors)
    found = open_graph(data, "toy", 1).run(["voice"], {"mel": mel})[0]
    np.testing.assert_allclose(found, [by_hand(tensors, frames) for frames in mel], atol=1e-5)
    assert resemblyzer_onnx(tensors) == data


def test_a_missing_tensor_is_told() -> None:
    tensors = small_tensors(np.random.default_rng(0))
    del tensors["lstm.bias_hh_l2"]
    with pytest.raises(KeyError):
        resemblyzer_onnx(tensors)


@pytest.mark.parametrize(
    ("frames", "windows"), [(1, 1), (FRAMES, 1), (196, 1), (197, 2), (FRAMES + STEP, 2), (400, 4), (1000, 12)]
)
def test_windows_cover_the_speech(frames: int, windows: int) -> None:
    """Every window but the first holds at least three quarters of speech: 120 of its 160 frames."""
    mel = voice_mel(np.ones(frames * 160, np.float32))
    assert mel.shape == (windows, FRAMES, 40)
    assert windows == 1 or frames - (windows - 1) * STEP >= 0.75 * FRAMES
    assert frames - windows * STEP < 0.75 * FRAMES


def test_silence_between_words_is_cut_and_the_level_is_one() -> None:
    rng = np.random.default_rng(0)
    word = rng.normal(0, 0.003, RATE)
    wave = np.concatenate([np.zeros(2 * RATE), word, np.zeros(RATE), word, np.zeros(RATE)]).astype(np.float32)
    kept = spoken(wave)
    assert 2.0 < len(kept) / RATE < 2.5
    assert 20 * np.log10(np.sqrt(np.mean(kept**2))) == pytest.approx(-25, abs=0.01)
    np.testing.assert_allclose(spoken(4 * wave), kept, rtol=1e-4, atol=1e-6)


def test_a_file_with_other_tensors_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(
        "shisaku.models.resemblyzer.tensors_from", lambda path, model: {"model_state.linear.weight": np.zeros((2, 2))}
    )
    (tmp_path / "pretrained.pt").write_bytes(b"mine")
    with pytest.raises(WeightsError, match="lacks a tensor"):
        Resemblyzer(tmp_path)


def test_a_file_that_is_no_tensor_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "pretrained.pt").write_bytes(b"mine")
    with pytest.raises(WeightsError, match="does not hold plain tensors"):
        Resemblyzer(tmp_path)


@pytest.mark.weights
def test_a_voice_is_nearer_to_itself_than_to_others() -> None:
    speaker, ears = load("flite"), load("voice_embedder")
    voices = [(voice, ears.embed_voice(*speaker.speak(text, voice))) for voice in VOICES for text in SENTENCES]
    pairs = [(one == other, float(a @ b)) for (one, a), (other, b) in combinations(voices, 2)]
    assert min(cosine for same, cosine in pairs if same) > max(cosine for same, cosine in pairs if not same) + 0.05
    vectors = np.stack([vector for _, vector in voices])
    assert vectors.shape == (12, 256)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


@pytest.mark.weights
def test_loudness_silence_and_rate_hardly_matter() -> None:
    import soxr

    wave, rate = load("flite").speak(SENTENCES[0], "rms")
    ears = load("voice_embedder")
    plain = ears.embed_voice(wave, rate)
    np.testing.assert_array_equal(plain, ears.embed_voice(wave, rate))
    assert float(plain @ ears.embed_voice(np.pad(0.2 * wave, rate), rate)) > 0.98
    assert float(plain @ ears.embed_voice(np.asarray(soxr.resample(wave, rate, 44_100), np.float32), 44_100)) > 0.99


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["empty", "silence", "short"])
def test_too_little_voice_is_told(kind: str) -> None:
    tone = np.sin(np.arange(RATE // 4) * 0.1)
    wave = {"empty": np.zeros(0), "silence": np.zeros(3 * RATE), "short": tone}[kind]
    with pytest.raises(DataError, match=r"0\.4 s are needed"):
        load("voice_embedder").embed_voice(wave.astype(np.float32), RATE)
