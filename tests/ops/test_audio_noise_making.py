"""Noise of a colour, noise of the field, and a second recording: the ratio asked for is measured."""

from __future__ import annotations

import numpy as np
import pytest
from audio_fakes import RATE
from audio_making import alike, babble, decibels, heard, hum, rms, sine, survives, wave_in
from ops_material import one, reason

from shisaku.core.sample import Sample
from shisaku.errors import RecipeError
from shisaku.ops.audio.field_noise import FieldNoise, cut_from
from shisaku.ops.audio.mix import Mix
from shisaku.ops.audio.noise import Noise, coloured

POOL = [heard(hum(i, seconds), name=f"n{i}") for i, seconds in enumerate((0.3, 1.0, 5.0))]
TALKERS = [heard(babble(10 + i, 1.0), name=f"t{i}") for i in range(3)]
SPOKEN = babble(0)
ACTIVE = np.r_[np.ones(RATE), np.zeros(round(0.3 * RATE)), np.ones(2 * RATE - RATE - round(0.3 * RATE))].astype(bool)


def scale_of(sample: Sample) -> float:
    return 10.0 ** (float(sample.facts.get("peak_scaled", "0 dB").split()[0]) / 20.0)


@pytest.mark.parametrize("snr", [-5.0, 0.0, 10.0, 30.0])
@pytest.mark.parametrize("colour", ["white", "pink", "brown"])
def test_the_ratio_is_that_of_the_active_parts(colour: str, snr: float) -> None:
    """The pause of 0.3 s and the dips between syllables do not count, so the ratio is not that of the whole."""
    made = one(Noise(colour=colour, snr_min=snr, snr_max=snr), heard(SPOKEN))
    added = wave_in(made) / scale_of(made) - SPOKEN
    assert decibels(rms(SPOKEN[ACTIVE]), rms(added[ACTIVE])) == pytest.approx(snr, abs=0.2)
    assert decibels(rms(SPOKEN), rms(added)) < snr - 0.2 or colour == "brown"
    assert made.facts["noise"] == colour


@pytest.mark.parametrize(("colour", "slope"), [("white", 0.0), ("pink", -3.0), ("brown", -6.0)])
def test_colours_fall_by_so_many_decibels_an_octave(colour: str, slope: float) -> None:
    noise = coloured(20 * RATE, RATE, -slope / 3.0, np.random.default_rng(0))
    power = np.abs(np.fft.rfft(noise.astype(np.float64))) ** 2
    hertz = np.fft.rfftfreq(noise.size, 1 / RATE)
    levels = [10 * np.log10(power[(hertz >= f) & (hertz < 2 * f)].mean()) for f in (100, 200, 400, 800, 1600, 3200)]
    assert np.diff(levels).mean() == pytest.approx(slope, abs=0.3)
    assert rms(noise) == pytest.approx(1.0, rel=0.02)


def test_a_random_colour_is_one_of_three() -> None:
    assert {one(Noise(), heard(SPOKEN), seed).facts["noise"] for seed in range(20)} == {"white", "pink", "brown"}


def test_noise_far_below_changes_nothing() -> None:
    alike(Noise(snr_min=120.0, snr_max=120.0))
    alike(FieldNoise(snr_min=120.0, snr_max=120.0), POOL)
    alike(Mix(overlap_min=0.0, overlap_max=0.0), POOL)


@pytest.mark.parametrize("snr", [-3.0, 6.0, 20.0])
def test_field_noise_has_the_ratio_and_is_a_parent(snr: float) -> None:
    for seed in range(6):
        made = one(FieldNoise(snr_min=snr, snr_max=snr), heard(SPOKEN), seed, POOL)
        added = wave_in(made) / scale_of(made) - SPOKEN
        assert decibels(rms(SPOKEN[ACTIVE]), rms(added[ACTIVE])) == pytest.approx(snr, abs=0.2)
        assert made.parents[0] == "r"
        assert made.parents[1] in {sample.id for sample in POOL}


def test_a_short_noise_is_looped_without_seams() -> None:
    """A sine looped by a plain repetition would jump; after the cross-fade no step is larger than its own."""
    noise = sine(97.3, 0.31)
    made = cut_from(noise, 5 * RATE, RATE // 20, np.random.default_rng(1))
    assert made.size == 5 * RATE
    assert np.abs(np.diff(made)).max() < 1.6 * np.abs(np.diff(noise)).max()
    assert cut_from(np.ones(1, np.float32), 7, 800, np.random.default_rng(0)).tolist() == [1.0] * 7


def test_another_rate_of_the_pool_is_brought_to_that_of_the_sample() -> None:
    made = one(FieldNoise(snr_min=0.0, snr_max=0.0), heard(SPOKEN), 0, [heard(sine(440, 3.0, 48_000), 48_000, "n")])
    added = wave_in(made) / scale_of(made) - SPOKEN
    assert np.abs(np.fft.rfft(added)).argmax() == pytest.approx(880, abs=1)


@pytest.mark.parametrize(("snr", "overlap"), [(0.0, 1.0), (10.0, 0.4), (-5.0, 0.2)])
def test_the_other_recording_covers_its_share_at_its_ratio(snr: float, overlap: float) -> None:
    other = [heard(hum(3, 4.0), name="o")]
    op = Mix(snr_min=snr, snr_max=snr, overlap_min=overlap, overlap_max=overlap)
    made = one(op, heard(SPOKEN), 2, other)
    added = wave_in(made) / scale_of(made) - SPOKEN
    there = np.flatnonzero(np.abs(added) > 1e-4)
    covered = added[there[0] : there[-1] + 1]
    assert covered.size == pytest.approx(overlap * SPOKEN.size, rel=0.01)
    assert decibels(rms(SPOKEN[ACTIVE]), rms(covered)) == pytest.approx(snr, abs=0.2)
    assert float(made.facts["overlap"]) == pytest.approx(overlap, abs=1e-3)
    assert made.parents == ("r", "o")
    assert made.labels == {"class": "c"}


def test_a_recording_that_is_mostly_silent_can_be_mixed_in() -> None:
    """A cut that falls into the silence is drawn again, and a noise that pauses is not blown up."""
    sparse = [heard(np.r_[np.zeros(2 * RATE), hum(1, 2.0)], name="o")]
    for seed in range(10):
        for op in (Mix(overlap_min=0.2, overlap_max=0.2), FieldNoise()):
            assert scale_of(one(op, heard(SPOKEN), seed, sparse)) > 0.3


def test_an_op_with_a_pool_needs_one_and_never_takes_the_sample_itself() -> None:
    for op in (FieldNoise(), Mix()):
        with pytest.raises(RecipeError, match="needs a pool of recordings"):
            one(op, heard(SPOKEN))
        itself = heard(SPOKEN, name="r")
        assert "no other recording" in reason(op, itself, [itself])
        assert one(op, itself, 0, [itself, POOL[2]]).parents == ("r", "n2")
        assert "Recording o of the pool cannot be used" in reason(op, itself, [heard(np.zeros(RATE), name="o")])


def test_silence_has_no_ratio() -> None:
    for op, pool in ((Noise(), None), (FieldNoise(), POOL), (Mix(), TALKERS)):
        assert "nothing but silence" in reason(op, heard(np.zeros(RATE)), pool)


def test_hard_recordings() -> None:
    survives(Noise(snr_min=-20.0))
    survives(FieldNoise(), pool=POOL)
    survives(Mix(), pool=TALKERS)
