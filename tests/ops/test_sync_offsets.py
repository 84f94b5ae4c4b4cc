from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sync_material import RATE, clip

from shisaku.core.sample import Part, Sample
from shisaku.ops.sync.audio_video import AudioVideo
from shisaku.ops.sync.event_times import event_times
from shisaku.ops.sync.events import Events
from shisaku.ops.sync.lag import lag_between
from shisaku.ops.sync.signals import STEP, event_curve, sound_curves, spread
from shisaku.store.codecs import encode_table, encode_wave

LOG = Events(audio="video_audio")


@pytest.mark.parametrize("lead", [-0.3, -0.08, 0.0, 0.12, 0.4])
def test_an_offset_is_found_with_its_sign(lead: float) -> None:
    for op in (AudioVideo(), LOG):
        (score,) = op.scores(op.measure([clip(1, lead=lead)]))
        assert score.raw == pytest.approx(1e3 * lead, abs=25)
        assert score.issue is (lead > 0.1 or lead < -0.2)
        assert ("before" if score.raw >= 0 else "after") in str(score.reason)


def test_sound_that_has_nothing_to_do_with_the_picture_cannot_be_told() -> None:
    clips = [clip(seed, linked=False) for seed in range(8)]
    for op in (AudioVideo(), LOG):
        state = op.measure(clips)
        assert len(state) == 8
        assert len(op.scores(state)) <= 1
        (note,) = [one for one in op.findings(state) if one.name == "cannot_tell"]
        assert (note.weight, note.n) == ("note", 8)
        assert "cannot be told" in str(note.what)


def test_silence_stillness_and_short_clips_cannot_be_told() -> None:
    one = clip(2)
    silent = one.with_part("video_audio", Part("audio", encode_wave(np.zeros(8 * RATE), RATE), clock="video"))
    short = replace(clip(2, seconds=2.0), id="short")
    state = AudioVideo().measure([replace(silent, id="silent"), short])
    assert state == {"silent": [], "short": []}
    assert AudioVideo().scores(state) == []


def test_parts_on_two_clocks_are_not_compared() -> None:
    one = clip(0)
    other = one.with_part("video_audio", replace(one.parts["video_audio"], clock="another"))
    assert AudioVideo().measure([other]) == {}


@pytest.mark.parametrize("drift", [-0.006, 0.006])
def test_a_drift_is_found_with_its_sign(drift: float) -> None:
    op = AudioVideo()
    state = op.measure([clip(5, drift=drift, seconds=24.0), replace(clip(6, seconds=24.0), id="steady")])
    drifting, steady = op.scores(state)
    assert drifting.issue
    assert "drifts by" in str(drifting.reason)
    assert state["clip5"][4] == pytest.approx(1e3 * drift, abs=1.0)
    assert not steady.issue
    assert [one.name for one in op.findings(state)] == ["drift"]


def test_all_recordings_late_is_one_finding() -> None:
    state = LOG.measure([clip(seed, lead=-0.08) for seed in range(10)])
    assert not any(score.issue for score in LOG.scores(state))
    (found,) = [one for one in LOG.findings(state) if one.name == "offset"]
    assert found.weight == "warn"
    assert found.value == pytest.approx(-80, abs=15)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high < 0
    assert len(found.table) == found.n


def test_the_lag_is_finer_than_the_grid() -> None:
    times = np.cumsum(np.random.default_rng(0).uniform(0.2, 0.6, 60))
    wide = np.exp(-((np.arange(4000) * STEP - times[:, None]) ** 2) / 2 / 0.02**2).sum(axis=0)[None]
    late = np.exp(-((np.arange(4000) * STEP - times[:, None] - 0.0423) ** 2) / 2 / 0.02**2).sum(axis=0)[None]
    found = lag_between(wide, late, 0.5)
    assert found is not None
    assert found.seconds == pytest.approx(0.0423, abs=0.001)
    assert found.chance < 1e-6


def test_a_change_is_spread_over_its_time() -> None:
    rate = spread([0.0, 0.1, 0.4], [1.0, 3.0], 0.4)
    assert rate[:20] == pytest.approx(10.0)
    assert rate[20:80] == pytest.approx(10.0)
    assert rate.sum() * STEP == pytest.approx(4.0)


def test_flux_rises_where_a_sound_begins() -> None:
    wave = np.zeros(2 * RATE)
    wave[RATE:] = 0.3 * np.sin(np.arange(RATE) * 2 * np.pi * 500 / RATE)
    flux, loud = sound_curves(wave.astype(np.float32), RATE, 2.0)
    assert np.argmax(flux) * STEP == pytest.approx(1.0, abs=0.015)
    assert loud[250:].min() > loud[:190].max()


def test_times_are_read_from_many_tables() -> None:
    tables = (
        {"events": [{"t": 1.5, "label": "a"}, {"t": 0.5}]},
        [{"start": "0.5"}, {"start": 1.5}, {"start": None}, 3],
        {"of": "audio", "spans": [{"span": [0.5, 0.9]}, {"span": [1.5, 2.0]}]},
    )
    for held in tables:
        assert event_times(Sample("s", {"log": Part("table", encode_table(held))}), "log") == [0.5, 1.5]
    assert event_curve([0.0, 0.012, 99.0], 1.0)[0, :4].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize("bad", [{"lead_ms": 0.0}, {"chance_below": 0.9}, {"most_s": 0.0}, {"video": ""}])
def test_bad_parameters_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        AudioVideo(**bad)  # type: ignore[arg-type]
