"""The back ends: what they refuse without weights, and what they do with them."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.errors import DataError, MachineError, WeightsError
from shisaku.models import flite as flite_module
from shisaku.models import loading
from shisaku.models.check import CHECKS, check_all
from shisaku.models.flite import FliteSpeaker
from shisaku.models.graph import open_graph
from shisaku.models.loading import load, weights_hashes
from shisaku.models.speakable import speakable
from shisaku.models.weights import find_weights

GREETING = "Hello there."


@pytest.fixture
def empty_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    monkeypatch.setattr(loading, "_loaded", {})
    return tmp_path


@pytest.mark.parametrize("name", [*loading.ROLES, "minilm-l6"])
def test_missing_weights_say_what_to_run(empty_cache: Path, name: str) -> None:
    with pytest.raises(WeightsError, match="models pull"):
        load(name)


def test_an_unknown_role_names_the_known_ones(empty_cache: Path) -> None:
    with pytest.raises(WeightsError, match="no model or role named captioner") as caught:
        load("captioner")
    assert "image_embedder" in str(caught.value)


def test_without_weights_the_checks_fail_but_do_not_raise(empty_cache: Path) -> None:
    rows = check_all()
    assert [row.name for row in rows] == list(CHECKS)
    assert {row.name for row in rows if row.ok} == {"log-mel"}


def test_a_damaged_pinned_file_is_not_loaded(empty_cache: Path) -> None:
    path = empty_cache / "weights/styletransfer-26/multistyle26.onnx"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"half a download")
    with pytest.raises(WeightsError, match="not the pinned one"):
        load("painter")


def test_a_local_folder_needs_the_files_but_not_the_pinned_bytes(empty_cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    with pytest.raises(WeightsError, match="lacks the file"):
        find_weights("styletransfer-26", own)
    (own / "multistyle26.onnx").write_bytes(b"mine")
    found = find_weights("styletransfer-26", own)
    assert found.local
    assert found.label.endswith("(local)")
    with pytest.raises(WeightsError, match="not a graph"):
        load("painter", local=own)


def test_the_fingerprint_follows_the_bytes(empty_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = tmp_path / "own"
    own.mkdir()
    monkeypatch.setenv("SHISAKU_MODEL_STYLETRANSFER_26", str(own))
    (own / "multistyle26.onnx").write_bytes(b"one")
    one = weights_hashes("painter")
    (own / "multistyle26.onnx").write_bytes(b"other")
    assert weights_hashes("styletransfer-26") != one


def test_bytes_that_are_no_graph_are_refused() -> None:
    with pytest.raises(WeightsError, match="not a graph that onnxruntime can run"):
        open_graph(b"junk", "toy")


def program(folder: Path, script: str) -> Path:
    path = folder / "flite"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


def test_a_hanging_voice_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flite_module, "SECONDS", 0.3)
    speaker = FliteSpeaker(program(tmp_path, "exec sleep 30\n"))
    start = time.monotonic()
    with pytest.raises(MachineError, match="did not finish"):
        speaker.speak(GREETING, "slt")
    assert time.monotonic() - start < 5


@pytest.mark.parametrize(
    ("script", "told"),
    [("echo no voice >&2; exit 3\n", "no voice"), ("exit 0\n", "exit code 0"), ("echo x > $6\n", "no readable sound")],
)
def test_a_failing_voice_is_told(tmp_path: Path, script: str, told: str) -> None:
    with pytest.raises(MachineError, match=told):
        FliteSpeaker(program(tmp_path, script)).speak(GREETING, "slt")


def test_a_program_of_ones_own_has_a_fingerprint(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = program(tmp_path, "exit 0\n")
    monkeypatch.setenv("SHISAKU_MODEL_FLITE", str(own))
    before = weights_hashes("speaker")
    own.write_text("#!/bin/sh\nexit 1\n")
    assert weights_hashes("speaker") != before


def test_a_program_that_cannot_start_is_told(tmp_path: Path) -> None:
    path = program(tmp_path, "exit 0\n")
    path.chmod(0o644)
    with pytest.raises(WeightsError, match="cannot be started"):
        FliteSpeaker(path).speak(GREETING, "slt")


def test_the_text_is_not_on_the_command_line(tmp_path: Path) -> None:
    speaker = FliteSpeaker(program(tmp_path, f"echo $* > {tmp_path}/seen\n"))
    with pytest.raises(MachineError):
        speaker.speak("secret words", "slt")
    assert "secret" not in (tmp_path / "seen").read_text()


def test_no_such_voice_names_the_voices(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="slt, rms, awb, kal16, kal"):
        FliteSpeaker(program(tmp_path, "")).speak(GREETING, "nobody")


@pytest.mark.parametrize("text", ["公園で犬が走る", "ペンギン", "Собака", "dog 犬", "٣ dogs"])
def test_other_scripts_are_refused_with_the_letters(text: str) -> None:
    with pytest.raises(DataError, match="cannot be read as English") as caught:
        speakable(text)
    assert caught.value.next is not None


@pytest.mark.parametrize("text", ["", "  ", "...", "🐧", "\n"])
def test_nothing_to_say_is_told(text: str) -> None:
    with pytest.raises(DataError, match="nothing to say"):
        speakable(text)


def test_a_very_long_text_is_refused() -> None:
    with pytest.raises(DataError, match="more than 2000"):
        speakable("dog " * 600)


def test_typography_and_accents_are_made_plain() -> None:
    assert speakable("A “café” – it’s 3\u00a0km… naïve 🐧 façade\n") == 'A "cafe" - it\'s 3 km... naive facade'


@given(st.text(max_size=60))
def test_what_is_speakable_is_plain_and_stays_so(text: str) -> None:
    try:
        words = speakable(text)
    except DataError:
        return
    assert words.isascii()
    assert words.isprintable()
    assert speakable(words) == words


@pytest.mark.weights
def test_every_model_gives_its_known_answer() -> None:
    rows = check_all()
    assert [row.name for row in rows if not row.ok] == [], [str(row.what) for row in rows if not row.ok]


@pytest.mark.weights
def test_a_model_is_loaded_once_for_all_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "_loaded", {})
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(load("text_embedder"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(model) for model in found}) == 1


@pytest.mark.weights
def test_batches_change_image_features_by_rounding_only() -> None:
    rng = np.random.default_rng(0)
    images = [rng.integers(0, 256, (60 + 7 * i, 90, 3), dtype=np.uint8) for i in range(19)]
    model = load("image_embedder")
    features, logits = model.embed(images), model.logits(images)
    assert features.shape == (19, 1280)
    assert logits.shape == (19, 1000)
    assert model.embed([]).shape == (0, 1280)
    single = np.concatenate([model.embed([image]) for image in images])
    np.testing.assert_allclose(features, single, atol=1e-4)


@pytest.mark.weights
def test_batches_change_text_vectors_by_rounding_only() -> None:
    model = load("text_embedder")
    texts = ["a dog", "", "the broccoli is green " * 80, "公園で犬が走る", *[f"thing {i}" for i in range(40)]]
    vectors = model.embed(texts)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(vectors, np.concatenate([model.embed([text]) for text in texts]), atol=1e-5)
    assert model.embed([]).shape == (0, 384)


@pytest.mark.weights
@pytest.mark.parametrize("size", [(32, 33), (50, 41), (64, 64)])
def test_a_painting_keeps_the_size_and_differs_by_style(size: tuple[int, int]) -> None:
    image = np.random.default_rng(0).integers(0, 256, (*size, 3), dtype=np.uint8)
    painter = load("painter")
    first, second = painter.paint(image, 0), painter.paint(image, 25)
    assert first.shape == second.shape == image.shape
    assert first.dtype == np.uint8
    assert np.abs(first.astype(int) - second).mean() > 5
    np.testing.assert_array_equal(first, painter.paint(image, 0))


@pytest.mark.weights
@pytest.mark.parametrize("voice", ["slt", "kal"])
def test_a_faster_speaker_needs_less_time(voice: str) -> None:
    usual, _ = load("speaker").say(GREETING, voice)
    fast, _ = load("speaker").say(GREETING, voice, speed=1.5)
    assert 0.6 * len(usual) < len(fast) < 0.75 * len(usual)


@pytest.mark.weights
@pytest.mark.parametrize(("size", "style", "told"), [((31, 64), 0, "too small"), ((64, 64), 26, "no style")])
def test_the_painter_refuses_what_it_cannot_do(size: tuple[int, int], style: int, told: str) -> None:
    with pytest.raises(DataError, match=told):
        load("painter").paint(np.zeros((*size, 3), np.uint8), style)


@pytest.mark.weights
def test_the_same_words_give_the_same_wave_and_voices_differ() -> None:
    speaker = load("speaker")
    waves = {voice: speaker.say(GREETING, voice) for voice in speaker.voices}
    assert {voice: rate for voice, (_, rate) in waves.items()} == {**dict.fromkeys(waves, 16000), "kal": 8000}
    assert all(wave.dtype == np.float32 and wave.ndim == 1 for wave, _ in waves.values())
    np.testing.assert_array_equal(waves["rms"][0], speaker.say(GREETING, "rms")[0])
    assert len({len(wave) for wave, _ in waves.values()}) == len(waves)


@pytest.mark.weights
def test_what_was_said_is_heard_at_another_rate_and_twice_over() -> None:
    import soxr

    speaker, listener = load("speaker"), load("listener")
    wave, rate = speaker.speak("This is a picture of a dog.", "slt")
    heard = listener.listen(soxr.resample(wave, rate, 22050), 22050)
    assert "picture of a dog" in heard.text
    assert 0.5 < heard.confidence <= 1.0
    twice = np.concatenate([np.pad(wave, (0, 30 * rate - len(wave))), wave])
    assert listener.listen(twice, rate).text.count("dog") == 2


@pytest.mark.weights
@pytest.mark.parametrize("kind", ["silence", "noise", "hum", "empty"])
def test_nothing_is_heard_where_nothing_is_said(kind: str) -> None:
    n = 0 if kind == "empty" else 32_000
    wave = {
        "noise": np.random.default_rng(0).normal(0, 0.05, n),
        "hum": 0.3 * np.sin(np.arange(n) * 0.05),
    }.get(kind, np.zeros(n))
    assert load("listener").listen(wave.astype(np.float32), 16_000).text == ""


@pytest.mark.weights
def test_encoder_states_have_the_shape_of_the_asked_seconds() -> None:
    wave, rate = load("speaker").speak(GREETING, "awb")
    listener = load("listener")
    assert listener.encode(wave, rate).shape == (200, 384)
    assert listener.encode(wave, rate, 2.0).shape == (100, 384)
    np.testing.assert_array_equal(listener.encode(wave, rate), listener.encode(wave, rate))


@pytest.mark.weights
def test_conse_is_named_for_what_it_is() -> None:
    model = load("image_text_embedder")
    assert model.backend.startswith("conse(")
    assert "clip" not in model.backend.lower()
    assert len(weights_hashes("conse")) == 2
