"""The speech cache: made once, checked when read, never silent."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from shisaku.core.sample import Part
from shisaku.errors import DataError
from shisaku.models.roles import Wave
from shisaku.models.speech_cache import kept_speech
from shisaku.store.codecs import decode_wave, encode_wave

RATE = 24_000


class Voice:
    def __init__(self, wave: Wave) -> None:
        self.wave = wave
        self.calls = 0

    def __call__(self) -> tuple[Wave, int]:
        self.calls += 1
        return self.wave, RATE


@pytest.fixture
def speech(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    return tmp_path / "speech"


@pytest.fixture
def voice() -> Voice:
    return Voice(np.random.default_rng(0).uniform(-0.5, 0.5, RATE).astype(np.float32))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_the_same_words_are_made_once_and_come_back_the_same(speech: Path, voice: Voice) -> None:
    fresh, rate = kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    again, _ = kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    assert voice.calls == 1
    assert rate == RATE
    np.testing.assert_array_equal(fresh, again)
    np.testing.assert_allclose(fresh, voice.wave, atol=1 / 65536)
    # what an op writes as 16-bit WAV is exactly what was kept
    np.testing.assert_array_equal(decode_wave(Part("audio", encode_wave(fresh, rate)))[0], fresh)


@pytest.mark.parametrize("other", [("v", "dɔɡ", "slt", 1.0), ("w", "dɔ", "slt", 1.0), ("w", "dɔɡ", "rms", 1.0)])
def test_every_part_of_the_key_counts(speech: Path, voice: Voice, other: tuple[str, str, str, float]) -> None:
    kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    kept_speech(*other, voice)
    kept_speech("w", "dɔɡ", "slt", 1.1, voice)
    assert voice.calls == 3


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-2], lambda data: b"", lambda data: data[:40] + b"x" + data[41:]]
)
def test_a_damaged_file_is_made_again(speech: Path, voice: Voice, damage: object) -> None:
    fresh, _ = kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    (path,) = files(speech)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))  # type: ignore[operator]
    again, _ = kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    np.testing.assert_array_equal(fresh, again)
    assert voice.calls == 2
    assert path.read_bytes() == whole


@pytest.mark.parametrize(
    "wave",
    [np.zeros(RATE), np.full(RATE, 0.009), np.full(2_399, 0.5), np.zeros(0), np.full(RATE, np.nan)],
    ids=["zeros", "faint", "short", "empty", "nan"],
)
def test_silence_is_an_error_and_is_not_kept(speech: Path, wave: np.ndarray) -> None:
    with pytest.raises(DataError, match="gave silence"):
        kept_speech("w", "dɔɡ", "slt", 1.0, Voice(wave.astype(np.float32)))
    assert files(speech) == []


def test_what_is_just_loud_and_long_enough_is_speech(speech: Path) -> None:
    kept_speech("w", "dɔɡ", "slt", 1.0, Voice(np.full(2_400, 0.0101, np.float32)))
    assert len(files(speech)) == 1


def test_a_file_in_the_place_of_the_folder_only_costs_time(speech: Path, voice: Voice) -> None:
    speech.write_text("not a folder")
    kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    kept_speech("w", "dɔɡ", "slt", 1.0, voice)
    assert voice.calls == 2
