"""Gain and clipping, and what all changes of recordings share: full scale, clocks, hard recordings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from audio_fakes import RATE
from audio_making import alike, babble, decibels, heard, rms, sine, survives, wave_in
from ops_material import one, reason

from shisaku.core.sample import Part
from shisaku.ops.audio.clip import Clip
from shisaku.ops.audio.clipping import Clipping
from shisaku.ops.audio.gain import Gain
from shisaku.ops.audio.pauses import Pauses
from shisaku.ops.audio.pitch import Pitch
from shisaku.ops.audio.reverb import Reverb
from shisaku.ops.audio.tempo import Tempo
from shisaku.ops.audio.wave_change import under_full_scale


@pytest.mark.parametrize("decibel", [-30.0, -6.0, 3.0])
def test_the_gain_is_the_one_asked_for(decibel: float) -> None:
    made = one(Gain(gain_min=decibel, gain_max=decibel), heard(sine(300)))
    assert decibels(rms(wave_in(made)), rms(sine(300))) == pytest.approx(decibel, abs=0.02)
    assert made.facts == {"gain_db": f"{decibel:.2f}"}


def test_no_gain_and_no_clipping_change_nothing() -> None:
    alike(Gain(gain_min=0.0, gain_max=0.0))
    alike(Clip(percentile_min=100.0, percentile_max=100.0))


def test_what_exceeds_full_scale_is_scaled_down_and_told() -> None:
    made = one(Gain(gain_min=20.0, gain_max=20.0), heard(sine(300, level=0.5)))
    wave = wave_in(made)
    assert np.abs(wave).max() == pytest.approx(1.0, abs=1e-3)
    assert (np.abs(wave) > 0.9999).mean() < 0.02
    assert made.facts["peak_scaled"] == "-13.98 dB"
    full = np.array([-1.0, 32767 / 32768], dtype=np.float32)
    assert under_full_scale(full)[1] == 0.0
    assert under_full_scale(full)[0] is full


@pytest.mark.parametrize("percentile", [70.0, 95.0, 99.0])
def test_as_many_samples_are_clipped_as_the_percentile_says(percentile: float) -> None:
    wave = babble(1) + np.float32(0.001) * np.random.default_rng(0).standard_normal(2 * RATE).astype(np.float32)
    made = one(Clip(percentile_min=percentile, percentile_max=percentile), heard(wave))
    flat = np.abs(wave_in(made))
    assert (flat >= flat.max() - 1e-4).mean() == pytest.approx(1.0 - percentile / 100.0, rel=0.1)
    quiet = np.abs(wave) < flat.max() - 1e-3
    assert np.abs(wave_in(made) - wave)[quiet].max() < 1e-4
    (share,) = Clipping().figures(wave_in(made), RATE, {})
    assert share > 0.5 * (1.0 - percentile / 100.0)


@pytest.mark.parametrize("op", [Gain(), Gain(gain_min=60.0, gain_max=60.0), Clip(), Clip(percentile_min=50.0)])
def test_hard_recordings(op: Gain | Clip) -> None:
    survives(op)


def timed(**parts: Part) -> tuple[Part, dict[str, Part]]:
    recording = heard(babble(0)).parts["audio"]
    return replace(recording, span=(3.0, 5.0), clock="call"), parts


def test_what_moves_times_refuses_a_shared_clock_unless_told() -> None:
    audio, parts = timed(words=Part("text", b"a frog", span=(3.2, 4.0), clock="call"))
    sample = replace(heard(babble(0), duration="2.0"), parts={"audio": audio, **parts})
    for op in (Tempo(), Tempo(keep_pitch=False), Pauses(), Reverb(tail=True)):
        assert "shares its clock with words" in reason(op, sample)
        free = one(replace(op, leave_clock=True), sample)
        assert (free.parts["audio"].clock, free.parts["audio"].span) == ("", None)
        assert free.parts["words"] == parts["words"]
        assert float(free.facts["duration"]) == pytest.approx(wave_in(free).size / RATE, abs=1e-3)


def test_a_text_that_counts_on_the_recording_itself_shares_its_clock() -> None:
    words = Part("text", b"a frog", span=(0.2, 0.4), clock="audio")
    sample = replace(heard(babble(0)), parts={**heard(babble(0)).parts, "words": words})
    for op in (Tempo(), Tempo(leave_clock=True)):
        assert "shares its clock with words" in reason(op, sample)


def test_what_keeps_times_keeps_span_and_clock() -> None:
    audio, parts = timed(words=Part("text", b"a frog", span=(3.2, 4.0), clock="call"))
    sample = replace(heard(babble(0)), parts={"audio": audio, **parts})
    for op in (Gain(), Pitch(), Reverb(), Tempo(tempo_min=1.0, tempo_max=1.0)):
        made = one(op, sample).parts["audio"]
        assert (made.span, made.clock, made.lang) == ((3.0, 5.0), "call", "en")
        assert wave_in(one(op, sample)).size == 2 * RATE


def test_a_recording_alone_may_change_its_length_and_leaves_its_clock() -> None:
    audio, _ = timed()
    made = one(Tempo(tempo_min=2.0, tempo_max=2.0), replace(heard(babble(0)), parts={"audio": audio}))
    assert (made.parts["audio"].span, made.parts["audio"].clock) == (None, "")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Gain(gain_min=3.0, gain_max=1.0), "gain_min must not be above gain_max"),
        (lambda: Gain(gain_max=float("nan")), "gain_max"),
        (lambda: Clip(percentile_min=10.0), "percentile_min"),
        (lambda: Tempo(tempo_max=9.0), "tempo_max"),
        (lambda: Gain(audio=""), "audio must name a part"),
    ],
)
def test_bad_parameters_are_named(make: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make()  # type: ignore[operator]
