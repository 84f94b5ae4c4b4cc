"""The detectors of time still find strong faults in data of which the true times are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from planted.driven_scenes import driven_scenes, skewed, turned_camera
from planted.fault import Fault
from planted.faults_sync import FAULTS
from planted.linked_clips import RATE, Plan, linked_clips
from planted.measure import flagged

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.codecs import encode_image, encode_wave

FAULT = {fault.name: fault for fault in FAULTS}


def pictures() -> list[Sample]:
    """Blocks of colour, so that nothing has to be fetched."""
    made = []
    for n in range(4):
        blocks = np.random.default_rng(n).integers(0, 256, (3, 4, 3)).repeat(48, axis=0).repeat(48, axis=1)
        made.append(Sample(f"p{n}", {"image": Part("image", encode_image(blocks.astype(np.uint8)))}))
    return made


def sounds() -> list[Sample]:
    """Bursts of noise that swell and fade, as words do."""
    made = []
    for n in range(12):
        rng = rng_for(0, "sound", str(n))
        wave = np.concatenate([rng.normal(0, 0.15, k) * np.hanning(k) for k in rng.integers(2000, 7000, 4)])
        made.append(Sample(f"a{n}", {"audio": Part("audio", encode_wave(wave, RATE))}))
    return made


def clips(n: int) -> list[Sample]:
    return linked_clips(sounds(), pictures(), n, Plan(10.0, 25.0))


def recall(fault: Fault, clean: list[Sample], strength: float) -> float:
    planted = fault.plant(clean, strength, 0)
    return len(flagged(fault, planted.samples) & planted.faulty) / len(planted.faulty)


def test_sound_out_of_time_is_found() -> None:
    clean = clips(5)
    assert not flagged(FAULT["sound leads"], clean)
    assert recall(FAULT["sound leads"], clean, 250.0) >= 0.8
    assert recall(FAULT["sound cut off"], clean, 1000.0) == 1.0
    assert recall(FAULT["frames lost"], clean, 500.0) == 1.0
    assert recall(FAULT["times go back"], clean, 3.0) == 1.0
    for name in ("sound cut off", "frames lost"):
        assert not flagged(FAULT[name], clean)


def test_a_shifted_log_is_found() -> None:
    made = linked_clips(sounds(), pictures(), 6, Plan(16.0, 1.0))
    clean = [replace(one, parts={"audio": one.parts["video_audio"], "events": one.parts["events"]}) for one in made]
    assert len(flagged(FAULT["log shifted"], clean)) <= 1
    assert recall(FAULT["log shifted"], clean, 250.0) >= 0.8


def test_a_turned_camera_and_a_late_one_are_found() -> None:
    clean = driven_scenes(pictures(), 10)
    fault = FAULT["camera turned (one frame)"]
    assert len(flagged(fault, clean)) <= 1
    assert recall(fault, clean, 4.0) >= 0.6
    assert recall(FAULT["camera late"], clean, 80.0) == 1.0
    assert not flagged(FAULT["camera late"], clean)


@pytest.mark.parametrize("change", [turned_camera, skewed])
def test_an_injector_changes_what_it_says_and_nothing_else(change: object) -> None:
    (one,) = driven_scenes(pictures(), 1)
    other = change(one, 2.0)  # type: ignore[operator]
    changed = [name for name in one.parts if one.parts[name] != other.parts[name]]
    assert changed == (["calibration"] if change is turned_camera else ["CAM_FRONT"])
