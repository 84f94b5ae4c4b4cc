"""Made videos: frames change alike, and what is in step stays in step."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from ops_material import one, reason, scene, video_part
from sync_material import clip

from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.ops.sync.audio_video import AudioVideo
from shisaku.ops.video.appearance import Appearance
from shisaku.ops.video.drop_frames import DropFrames
from shisaku.ops.video.geometry import Geometry
from shisaku.ops.video.speed import Speed
from shisaku.ops.video.trim import Trim
from shisaku.store.codecs import decode_frames, decode_table, decode_wave, encode_table, encode_wave, frame_times

RATE = 16_000
CLIP = clip(3, seconds=6.0)
FACTS = {"video_fps": "25", "video_seconds": "6.000", "video_last_frame": "5.960", "video_longest_gap": "0.040"}
TOLD = replace(CLIP, facts=FACTS)


def flat(values: list[int], fps: float = 10.0) -> Sample:
    """A video of grey frames."""
    frames = [np.full((32, 48, 3), value, np.uint8) for value in values]
    return Sample("flat", {"video": video_part(frames, fps)}, {"class": "a"})


def still(n: int = 6) -> Sample:
    return Sample("still", {"video": video_part([scene(1)] * n)}, {"class": "a"})


def frames_of(sample: Sample) -> list[np.ndarray]:
    return [frame for _, frame in decode_frames(sample.parts["video"])]


def wave_of(sample: Sample) -> np.ndarray:
    return decode_wave(sample.parts["video_audio"])[0]


def events_of(sample: Sample) -> list[dict[str, float]]:
    return decode_table(sample.parts["events"])["events"]  # type: ignore[no-any-return]


@pytest.mark.parametrize(
    "op",
    [
        Appearance(colour=0.0, blur=0.0, noise=0.0, quality=100, drift=0.5),
        Geometry(flip=0.0, rotation=0.0, crop=1.0),
        Speed(speed_min=1.0, speed_max=1.0),
        Trim(share_min=1.0, share_max=1.0),
        DropFrames(fps_min=500.0, fps_max=500.0),
    ],
)
def test_the_neutral_element(op: Transform) -> None:
    child = one(op, TOLD)
    assert child.parts == TOLD.parts
    assert {name: child.facts[name] for name in FACTS} == FACTS


@pytest.mark.parametrize("op", [Appearance(noise=0.0), Geometry(flip=1.0)])
def test_frames_change_alike_and_sound_stays(op: Transform) -> None:
    for seed in range(4):
        made = frames_of(one(op, still(), seed))
        assert all(np.array_equal(frame, made[0]) for frame in made)
        assert not np.array_equal(made[0], frames_of(still())[0])
    child = one(op, CLIP)
    assert frame_times(child.parts["video"]) == frame_times(CLIP.parts["video"])
    assert {n: p for n, p in child.parts.items() if n != "video"} == {
        n: p for n, p in CLIP.parts.items() if n != "video"
    }


def test_a_drift_is_even() -> None:
    op = Appearance(colour=0.5, blur=0.0, noise=0.0, quality=100, drift=1.0)
    levels = np.array([frame.mean() for frame in frames_of(one(op, flat([100] * 11), 2))])
    steps = np.diff(levels)
    assert abs(levels[-1] - levels[0]) > 5
    assert np.abs(steps - steps.mean()).max() < 1.2


def test_noise_and_blur_are_as_strong_as_they_say() -> None:
    child = one(Appearance(colour=0.0, blur=0.0, noise=30.0, quality=100), flat([128, 128]), 5)
    said = float(child.facts["video_look"].split("noise ")[1].split(",")[0])
    assert said > 5
    # JPEG at 95 keeps fine noise in luma and half of that in colour.
    assert np.std(frames_of(child)[0].astype(float).mean(axis=2)) == pytest.approx(said / np.sqrt(3), rel=0.25)
    one_, other = frames_of(child)
    assert not np.array_equal(one_, other)


def test_a_flip_is_a_flip() -> None:
    made = frames_of(one(Geometry(flip=1.0, rotation=0.0, crop=1.0), still()))[0].astype(float)
    assert np.abs(made - frames_of(still())[0][:, ::-1]).mean() < 6.0
    assert np.abs(made - frames_of(still())[0]).mean() > 20.0


def test_a_crop_shows_a_window_at_full_size() -> None:
    op = Geometry(flip=0.0, rotation=0.0, crop=0.5)
    ramp = np.tile(np.linspace(0, 240, 96).astype(np.uint8)[:, None, None], (1, 96, 3))
    sample = Sample("ramp", {"video": video_part([ramp] * 2)})
    for seed in range(5):
        child = one(op, sample, seed)
        side = float(child.facts["video_moved"].split(", ")[1].split(" ")[0])
        frame = frames_of(child)[0]
        assert frame.shape == ramp.shape
        assert float(frame[-1].mean()) - float(frame[0].mean()) == pytest.approx(240 * side, abs=6)


@pytest.mark.parametrize("text", ["A dog on the left", "RIGHT hand", "左に犬がいる", "it turns clockwise"])
def test_sides_that_would_be_false_are_refused_unless_told(text: str) -> None:
    sample = still().with_part("caption", Part.from_text(text))
    assert "would be false" in reason(Geometry(flip=1.0), sample)
    assert "would be false" in reason(Geometry(flip=1.0), replace(still(), labels={"class": text}))
    assert one(Geometry(flip=1.0, captions="keep"), sample).parts["caption"].text == text
    assert one(Geometry(flip=0.0), sample).parts["caption"].text == text


def test_boxes_without_a_picture_are_refused() -> None:
    objects = Part("table", encode_table({"frame": [96, 96], "objects": []}))
    assert "cannot follow" in reason(Geometry(), still().with_part("objects", objects))


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.37, 2.0])
def test_speed_keeps_frames_sound_events_and_text_in_step(speed: float) -> None:
    child = one(Speed(speed_min=speed, speed_max=speed), TOLD)
    before, after = frame_times(TOLD.parts["video"]), frame_times(child.parts["video"])
    assert np.allclose(after, np.array(before) / speed, atol=1e-6)
    assert len(wave_of(child)) / RATE == pytest.approx(6.0 / speed, abs=2 / RATE)
    assert np.allclose(
        [r["t"] for r in events_of(child)], np.array([r["t"] for r in events_of(TOLD)]) / speed, atol=1e-6
    )
    assert child.parts["text"].span == pytest.approx((0.5 / speed, 2.0 / speed))
    assert [f for _, f in decode_frames(child.parts["video"])][3].tobytes() == frames_of(TOLD)[3].tobytes()
    assert float(child.facts["video_seconds"]) == pytest.approx(6.0 / speed, abs=2e-3)
    # A click is where its event says: within 2 ms of the loudest rise.
    loud = np.abs(wave_of(child))
    for row in events_of(child)[1:-1]:
        at = round(row["t"] * RATE)
        near = loud[max(0, at - 800) : at + 800]
        assert abs(int(np.argmax(near > 0.3 * near.max())) - min(at, 800)) / RATE < 0.002


@pytest.mark.parametrize("op", [Speed(speed_min=1.3, speed_max=1.3), Trim(share_min=0.8, share_max=0.8)])
def test_what_judges_synchrony_finds_none_lost(op: Transform) -> None:
    long = clip(5, seconds=14.0)
    child = replace(one(op, long, 1), id="child")
    found = {sample.id: AudioVideo().estimate(sample) for sample in (long, child)}
    assert all(found.values())
    assert abs(found["child"].offset - found[long.id].offset) < 12  # type: ignore[union-attr]


def test_a_window_takes_everything_along() -> None:
    for seed in range(8):
        child = one(Trim(), TOLD, seed)
        start, end = map(float, child.facts["video_window"].split("-"))
        before = {round(t - start, 3): data for t, data in decode_frames(TOLD.parts["video"])}
        times = frame_times(child.parts["video"])
        assert 0.0 <= times[0] <= 0.041
        assert all(np.array_equal(frame, before[_near(before, t)]) for t, frame in decode_frames(child.parts["video"]))
        assert len(wave_of(child)) / RATE == pytest.approx(end - start, abs=0.002)
        at = round(start * RATE)
        near = [np.array_equal(wave_of(TOLD)[at + k : at + k + 4000], wave_of(child)[:4000]) for k in range(-9, 10)]
        assert any(near)
        inside = [row["t"] - start for row in events_of(TOLD) if start <= row["t"] < end]
        assert np.allclose([row["t"] for row in events_of(child)], inside, atol=2e-3)
        if "left_out" in child.facts:
            assert "text" not in child.parts
            assert not (start <= 0.5 and end >= 2.0)
        else:
            assert child.parts["text"].span == pytest.approx((0.5 - start, 2.0 - start), abs=2e-3)


def _near(known: dict[float, np.ndarray], seconds: float) -> float:
    return min(known, key=lambda one: abs(one - seconds))


def test_spans_of_events_are_cut_at_the_window() -> None:
    rows = [{"span": [0.0, 6.0], "what": "all"}, {"start": 1.0, "end": 5.5, "duration": 4.5}, {"t": 0.0}, {"note": "x"}]
    sample = CLIP.with_part("events", Part("table", encode_table(rows), clock="video"))
    child = one(Trim(share_min=0.5, share_max=0.5), sample, 3)
    start, end = map(float, child.facts["video_window"].split("-"))
    found = decode_table(child.parts["events"])
    assert found[0]["span"] == pytest.approx([0.0, 3.0], abs=2e-3)
    assert found[1]["end"] - found[1]["start"] == pytest.approx(found[1]["duration"], abs=1e-5)
    assert found[1]["start"] == pytest.approx(max(1.0 - start, 0.0), abs=2e-3)
    assert found[1]["end"] == pytest.approx(min(5.5, end) - start, abs=2e-3)
    assert found[-1] == {"note": "x"}
    assert start > 0
    assert {"t": 0.0} not in found


@pytest.mark.parametrize("op", [Speed(), Trim()])
def test_what_would_fall_out_of_step_is_refused(op: Transform) -> None:
    other = CLIP.with_part("more", Part("audio", encode_wave(np.zeros(RATE), RATE), clock="video"))
    assert "would not follow" in reason(op, other)
    away = CLIP.with_part("events", replace(CLIP.parts["events"], clock="wall"))
    assert "not on one clock" in reason(op, away)
    piece = CLIP.with_part("video", replace(CLIP.parts["video"], span=(3.0, 9.0)))
    assert "piece of something longer" in reason(op, piece)
    assert one(op, Sample("silent", {"video": CLIP.parts["video"]})).parts.keys() == {"video"}


def test_a_slower_camera() -> None:
    child = one(DropFrames(fps_min=5.0, fps_max=5.0), TOLD)
    times = frame_times(child.parts["video"])
    assert np.allclose(np.diff(times), 0.2, atol=1e-6)
    assert set(times) <= set(frame_times(TOLD.parts["video"]))
    assert child.facts["video_fps"] == "5"
    assert child.facts["frames_dropped"] == str(150 - len(times))
    assert child.parts["video_audio"] == TOLD.parts["video_audio"]


def test_a_window_of_too_few_frames_says_so() -> None:
    assert "fewer than" in reason(Trim(share_min=0.1, share_max=0.1, least=5), flat([1, 2, 3]))


@pytest.mark.parametrize(
    ("op", "params"),
    [
        (Appearance, {"quality": 0}),
        (Geometry, {"captions": "mend"}),
        (Speed, {"speed_min": 2.0}),
        (Trim, {"share_max": 1.5}),
        (DropFrames, {"fps_min": 0.0}),
    ],
)
def test_bad_parameters_are_named(op: type[Transform], params: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(params))):
        op(**params)
