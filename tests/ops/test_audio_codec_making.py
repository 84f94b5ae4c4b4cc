"""Codecs and the telephone: in time, as long, narrower as they should be."""

from __future__ import annotations

import numpy as np
import pytest
from audio_fakes import RATE
from audio_making import babble, band_level, decibels, heard, lag, rms, survives, wave_in
from ops_material import one

from shisaku.errors import MachineError
from shisaku.ops.audio import lossy
from shisaku.ops.audio.codec import Codec
from shisaku.ops.audio.lossy import CODECS, through_codec
from shisaku.ops.audio.telephone import Telephone, with_losses

WHITE = (0.1 * np.random.default_rng(0).standard_normal(2 * RATE)).astype(np.float32)


@pytest.mark.parametrize("rate", [8_000, RATE, 44_100])
@pytest.mark.parametrize("codec", sorted(CODECS))
def test_every_codec_stays_in_time_and_length(codec: str, rate: int) -> None:
    wave = babble(0, 1.0, rate)
    made, _ = through_codec(wave, rate, codec, 32)
    assert made.size == wave.size
    assert abs(lag(made, wave)) < 0.001 * rate
    assert 0 < rms(made - wave) < 0.9 * rms(wave)


@pytest.mark.parametrize("kbps", [6, 10, 128])
@pytest.mark.parametrize("codec", ["mp3", "aac", "opus", "amr_nb"])
def test_the_delay_is_that_of_every_bit_rate(codec: str, kbps: int) -> None:
    wave = babble(1)
    assert abs(lag(through_codec(wave, RATE, codec, kbps)[0], wave)) < 0.001 * RATE


@pytest.mark.parametrize("codec", ["mp3", "aac", "opus"])
def test_more_bits_leave_more(codec: str) -> None:
    wave = babble(0)
    errors, took = [], []
    for kbps in (12, 32, 96):
        made, rate = through_codec(wave, RATE, codec, kbps)
        errors.append(rms(made - wave))
        took.append(rate)
    assert errors[0] > errors[1] > errors[2]
    assert took[0] < took[1] < took[2]


def test_companding_is_as_fine_as_g711_says() -> None:
    """A tone in mid range comes back with about 38 dB of signal to quantisation noise (ITU-T G.711, G.712)."""
    tone = (0.3 * np.sin(2 * np.pi * 1013 * np.arange(8_000) / 8_000)).astype(np.float32)
    for codec in ("g711_mu", "g711_a"):
        made, took = through_codec(tone, 8_000, codec)
        assert decibels(rms(tone), rms(made - tone)) == pytest.approx(38, abs=2)
        assert took == pytest.approx(64.0)


def test_facts_say_which_codec_at_which_rate() -> None:
    made = [one(Codec(), heard(babble(0)), seed).facts for seed in range(8)]
    assert {facts["codec"] for facts in made} == {"mp3", "opus", "aac"}
    assert all(4.0 < float(facts["kbps"]) < 80.0 for facts in made)


def test_the_telephone_leaves_300_to_3400_hertz() -> None:
    made = wave_in(one(Telephone(), heard(WHITE)))
    assert made.size == WHITE.size
    assert abs(lag(made, WHITE)) < 0.001 * RATE
    inside = band_level(made, 400, 3300) - band_level(WHITE, 400, 3300)
    assert inside == pytest.approx(0.0, abs=0.5)
    for low, high in ((20, 240), (3520, 3900), (4100, 7900)):
        assert band_level(made, low, high) - band_level(WHITE, low, high) < inside - 20, (low, high)


def test_as_many_packets_are_lost_as_asked_in_runs_as_asked() -> None:
    wave = np.ones(160 * 20_000, np.float32)
    for loss, burst in ((0.02, 1.0), (0.1, 3.0), (0.3, 1.5)):
        made, lost = with_losses(wave, loss, burst, np.random.default_rng(0))
        gone = made.reshape(-1, 160)[:, 0] < 1.0
        assert gone.sum() == lost
        assert gone.mean() == pytest.approx(loss, rel=0.15)
        runs = np.count_nonzero(np.diff(np.r_[0, gone.astype(int), 0]) > 0)
        assert gone.sum() / runs == pytest.approx(burst, rel=0.15)


def test_a_lost_packet_is_the_one_before_but_softer() -> None:
    wave = np.repeat(np.arange(1, 201, dtype=np.float32), 160)
    made, lost = with_losses(wave, 0.1, 2.0, np.random.default_rng(1))
    assert lost > 5
    at = int(np.flatnonzero(made != wave)[0]) // 160
    assert made[at * 160] == pytest.approx(0.5 * wave[(at - 1) * 160])
    assert with_losses(wave, 0.0, 1.0, np.random.default_rng(1))[0].tolist() == wave.tolist()
    assert int(one(Telephone(loss=0.5), heard(WHITE)).facts["packets_lost"]) > 20


def test_a_missing_encoder_stops_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(lossy.CODECS, "amr_nb", lossy.Codec("no_such_codec", "no_such_codec", (8000,)))
    with pytest.raises(MachineError, match="no encoder no_such_codec"):
        one(Codec(codecs=("amr_nb",)), heard(babble(0)))


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_hard_recordings(codec: str) -> None:
    survives(Codec(codecs=(codec,)))


def test_hard_recordings_by_telephone() -> None:
    survives(Telephone(loss=0.2))


def test_bad_parameters_are_named() -> None:
    with pytest.raises(ValueError, match="codecs must be one of"):
        Codec(codecs=("gsm",))
    with pytest.raises(ValueError, match="codecs must name"):
        Codec(codecs=())
    with pytest.raises(ValueError, match="law must be one of"):
        Telephone(law="x")
    with pytest.raises(ValueError, match="loss must be in"):
        Telephone(loss=1.0)
