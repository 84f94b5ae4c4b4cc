"""Kokoro: what it says, how long texts are cut, what it refuses, and what damaged files are told as."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest

from shisaku.errors import DataError, WeightsError
from shisaku.models import kokoro as kokoro_module
from shisaku.models.kokoro import MOST_SYMBOLS, RATE, Kokoro, pieces, trimmed
from shisaku.models.kokoro_files import STYLE_SHAPE, read_styles, read_symbols
from shisaku.models.lexicon import open_lexicon
from shisaku.models.voices import names_of
from shisaku.models.weights import Weights, find_weights

VOICES = names_of("kokoro-82m")


def folder(where: Path, **files: bytes) -> Weights:
    hashes = []
    for name, data in files.items():
        path = where / name.replace("_", ".")
        path.write_bytes(data)
        hashes.append((path.name, "0" * 64))
    return Weights("kokoro-82m", where, tuple(hashes), local=True)


def archive(**arrays: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


STYLES = {voice: np.zeros(STYLE_SHAPE, np.float32) for voice in VOICES}


def test_whole_files_are_read(tmp_path: Path) -> None:
    weights = folder(tmp_path, vocab_json=json.dumps({"vocab": {"a": 43}}).encode(), voices_npz=archive(**STYLES))
    assert read_symbols(weights) == {"a": 43}
    assert set(read_styles(weights, VOICES)) == set(VOICES)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an archive",
        archive(**STYLES)[:-200],
        archive(jm_kumo=STYLES["jm_kumo"]),
        archive(**{**STYLES, "jf_alpha": np.zeros((510, 256), np.float32)}),
        archive(**{**STYLES, "jf_alpha": np.zeros(STYLE_SHAPE, np.float64)}),
        archive(**{**STYLES, "jf_alpha": np.full(STYLE_SHAPE, np.nan, np.float32)}),
        archive(**{**STYLES, "jf_alpha": np.array([{"a": 1}], dtype=object)}),
    ],
    ids=["empty", "text", "cut", "a voice lacks", "shape", "type", "nan", "pickled"],
)
def test_a_damaged_voice_file_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(WeightsError, match=r"voices\.npz of kokoro-82m cannot be read") as caught:
        read_styles(folder(tmp_path, voices_npz=data), VOICES)
    assert "models pull kokoro-82m" in str(caught.value)


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"vocab": {"ab": 1}}', b'{"vocab": {"a": "b"}}', b"\xff\xfe"])
def test_a_damaged_table_of_symbols_is_told(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(WeightsError, match=r"vocab\.json of kokoro-82m cannot be read"):
        read_symbols(folder(tmp_path, vocab_json=data))


@pytest.mark.parametrize("data", [b"", b"[]", b'{"dog": 1}', b"{"])
def test_a_damaged_dictionary_is_told(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "us_gold.json").write_bytes(data)
    (tmp_path / "us_silver.json").write_bytes(b"{}")
    with pytest.raises(WeightsError, match="dictionary cannot be read") as caught:
        open_lexicon(tmp_path)
    assert "models pull misaki-lexicon" in str(caught.value)


def test_long_symbols_are_cut_at_pauses_then_spaces_then_anywhere() -> None:
    sentence = "dˈɔɡ kˈæt. "
    cut = list(pieces(sentence * 100))
    assert all(len(piece) <= MOST_SYMBOLS and piece.endswith(".") for piece in cut)
    assert " ".join(cut) == (sentence * 100).strip()
    words = list(pieces("abc " * 300))
    assert all(len(piece) <= MOST_SYMBOLS and not piece.endswith("ab") for piece in words)
    assert " ".join(words) == ("abc " * 300).strip()
    assert [len(piece) for piece in pieces("a" * 600)] == [250, 250, 100]
    assert list(pieces("  ")) == []


def test_silence_around_speech_is_cut_to_50_ms() -> None:
    wave = np.zeros(3 * RATE, np.float32)
    wave[RATE : 2 * RATE] = 0.5
    assert len(trimmed(wave)) == RATE + round(0.1 * RATE)
    assert len(trimmed(np.zeros(RATE, np.float32))) == 0
    assert len(trimmed(np.full(100, 0.5, np.float32))) == 100


@pytest.fixture(scope="module")
def speaker() -> Kokoro:
    made = Kokoro()
    made.read("Open the dictionary, please.")
    return made


@pytest.fixture
def cold(speaker: Kokoro, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kokoro:
    """The synthesiser with an empty speech cache."""
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    return speaker


@pytest.mark.weights
def test_the_same_words_give_the_same_wave_and_voices_differ(cold: Kokoro, tmp_path: Path) -> None:
    fresh, rate = cold.speak("A penguin.", "jm_kumo")
    again, _ = cold.say(cold.read("A penguin.").symbols, "jm_kumo")
    other, _ = cold.speak("A penguin.", "jf_nezumi")
    assert rate == RATE
    assert fresh.dtype == np.float32
    np.testing.assert_allclose(fresh, again, atol=1 / 65536)
    assert len(other) != len(fresh)
    assert 0.3 < len(fresh) / rate < 2.0
    assert len(list(tmp_path.rglob("*.pcm"))) == 2


@pytest.mark.weights
def test_what_was_said_before_is_not_made_again(cold: Kokoro, monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = cold.speak("A dog.", "jm_kumo", speed=1.3)
    monkeypatch.setattr(Kokoro, "say", None)
    again, _ = cold.speak("A  dog. 🐧", "jm_kumo", speed=1.3)  # other text, same symbols
    np.testing.assert_array_equal(first, again)


@pytest.mark.weights
def test_a_faster_voice_needs_less_time(cold: Kokoro) -> None:
    usual, _ = cold.speak("This is a bicycle.", "jf_alpha")
    fast, _ = cold.speak("This is a bicycle.", "jf_alpha", speed=1.5)
    assert 0.55 * len(usual) < len(fast) < 0.85 * len(usual)


@pytest.mark.weights
def test_pieces_are_joined_with_a_pause(cold: Kokoro, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kokoro_module, "MOST_SYMBOLS", 12)
    said = cold.read("A dog. A cat.").symbols
    parts = [cold.say(piece, "jm_kumo")[0] for piece in pieces(said)]
    whole, _ = cold.say(said, "jm_kumo")
    assert len(parts) == 2
    assert len(whole) == sum(len(part) for part in parts) + round(0.25 * RATE)


@pytest.mark.weights
def test_a_reading_says_how_each_word_was_found(speaker: Kokoro) -> None:
    reading = speaker.read("Two pinecones and broccoli, please")
    assert [word.how for word in reading.words] == ["lexicon", "compound", "lexicon", "letters", "lexicon"]
    assert reading.symbols == "tˈu pˈInkˌOnz ænd bɹˈɑkəli, plˈiz"


@pytest.mark.weights
@pytest.mark.parametrize(
    ("text", "language", "told"),
    [
        ("犬", "en", "cannot be read as English"),
        ("개", "ja", "cannot be read as Japanese"),
        ("", "en", "nothing to say"),
        ("...", "ja", "nothing to say"),
        ("<>", "en", "nothing to say"),
        ("dog " * 501, "en", "more than 2000"),
        ("一只狗", "zh", "does not read the language zh"),
    ],
)
def test_what_cannot_be_said_is_told(speaker: Kokoro, text: str, language: str, told: str) -> None:
    with pytest.raises(DataError, match=told):
        speaker.speak(text, "jm_kumo", language=language)


@pytest.mark.weights
def test_what_it_says_is_heard(speaker: Kokoro) -> None:
    from shisaku.models.loading import load

    wave, rate = speaker.say(speaker.read("This is a picture of a penguin.").symbols, "jm_kumo")
    assert "penguin" in load("listener").listen(wave, rate).text.lower()


@pytest.mark.weights
def test_japanese_is_said_and_heard(speaker: Kokoro) -> None:
    pytest.importorskip("janome")
    from shisaku.models.loading import load

    wave, rate = speaker.say(speaker.read("公園で犬が走ります。", "ja").symbols, "jf_alpha")
    heard = load("multilingual_listener").listen(wave, rate, language="ja").text
    assert "公園" in heard
    assert len(wave) / rate < 4.0


@pytest.mark.weights
def test_one_flipped_byte_of_the_pinned_graph_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    weights = find_weights("kokoro-82m")
    place = tmp_path / "weights/kokoro-82m"
    place.mkdir(parents=True)
    for name, _ in weights.hashes:
        data = bytearray(weights.read(name))
        if name == "model.onnx":
            data[len(data) // 2] ^= 1
        (place / name).write_bytes(data)
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    with pytest.raises(WeightsError, match="not the pinned one"):
        Kokoro()


@pytest.mark.weights
def test_a_folder_of_ones_own_with_another_graph_is_told(tmp_path: Path) -> None:
    weights = find_weights("kokoro-82m")
    for name, _ in weights.hashes:
        (tmp_path / name).write_bytes(b"junk" if name == "model.onnx" else weights.read(name))
    with pytest.raises(WeightsError, match="not a graph"):
        Kokoro(tmp_path)
    (tmp_path / "model.onnx").write_bytes(_other_graph())
    with pytest.raises(WeightsError, match="cannot be run"):
        Kokoro(tmp_path).say("a", "jm_kumo")


def _other_graph() -> bytes:
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])
    out = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1])
    graph = helper.make_graph([helper.make_node("Identity", ["x"], ["y"])], "other", [value], [out])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])
    model.ir_version = 8
    return model.SerializeToString()
