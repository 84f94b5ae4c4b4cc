from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sync_material import RATE, clip, key_frame

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.sync.camera_lidar import CameraLidar
from shisaku.ops.sync.declared_length import DeclaredLength
from shisaku.ops.sync.durations import Durations
from shisaku.ops.sync.frame_times import FrameTimes
from shisaku.ops.sync.projection import pixels, rig_of, turned
from shisaku.ops.sync.spans import Spans
from shisaku.ops.sync.time_skew import TimeSkew
from shisaku.store.codecs import FrameWriter, decode_table, encode_wave


def video(times: list[float]) -> Part:
    frames = FrameWriter()
    for n, seconds in enumerate(times):
        frames.add(seconds, np.full((16, 16, 3), n % 256, np.uint8))
    return Part("video", frames.to_bytes(), clock="video")


def sound(seconds: float, span: tuple[float, float] | None = None) -> Part:
    return Part("audio", encode_wave(np.full(round(seconds * RATE), 0.1), RATE), span=span, clock="video")


def score(op: Metric, sample: Sample) -> Score:
    (found,) = op.scores(op.measure([sample]))
    return found


@pytest.mark.parametrize(
    ("times", "facts", "issue", "said"),
    [
        ([n / 10 for n in range(20)], {}, False, ""),
        ([0.0, 0.1, 0.2, 0.2, 0.3, 0.4], {}, True, "1 of 6 frames are not after"),
        ([0.0, 0.1, 0.3, 0.2, 0.4, 0.5], {}, True, "not after"),
        ([0.0, 0.1, 0.2, 0.9, 1.0, 1.1, 1.2], {}, True, "longest wait between two frames is 700 ms"),
        ([n / 10 for n in range(20)], {"seconds": "2.0"}, False, ""),
        ([n / 10 for n in range(20)], {"seconds": "3.5"}, True, "says 3.500 s; its last frame ends at 2.000"),
        (
            [n / 10 for n in range(20)],
            {"decoded_frames": "50", "last_frame": "1.96", "fps": "50"},
            True,
            "50 frames at 50",
        ),
        ([n / 10 for n in range(20)], {"decoded_frames": "50", "last_frame": "1.96", "fps": "25"}, False, ""),
        (
            [n / 10 for n in range(20)],
            {"decoded_frames": "40", "last_frame": "1.96", "longest_gap": "0.32", "fps": "25"},
            True,
            "320 ms; at 25 a second it is 40",
        ),
    ],
)
def test_frame_times(times: list[float], facts: dict[str, str], issue: bool, said: str) -> None:
    sample = Sample("v", {"video": video(times)}, facts={f"video_{name}": value for name, value in facts.items()})
    found = score(FrameTimes(), sample)
    assert found.issue is issue
    assert said in str(found.reason)


def test_durations_name_the_rates_that_explain_them() -> None:
    picture = video([n / 10 for n in range(100)])
    for seconds, issue, said in ((10.1, False, "+100 ms"), (10.41667, True, "25 / 24 fps"), (7.0, True, "-3000 ms")):
        found = score(Durations(), Sample("c", {"video": picture, "video_audio": sound(seconds)}))
        assert (found.issue, said in str(found.reason)) == (issue, True)


@pytest.mark.parametrize(
    ("span", "facts", "issue"),
    [
        (None, {}, False),
        (None, {"audio_seconds": "2.0"}, False),
        (None, {"audio_seconds": "2.3"}, True),
        ((5.0, 7.0), {"audio_seconds": "60"}, False),
        ((5.0, 7.5), {}, True),
        (None, {"duration": "2.01"}, False),
        (None, {"duration": "2000"}, True),
        (None, {"duration": "long"}, False),
    ],
)
def test_declared_length(span: tuple[float, float] | None, facts: dict[str, str], issue: bool) -> None:
    assert score(DeclaredLength(), Sample("a", {"audio": sound(2.0, span)}, facts=facts)).issue is issue


@pytest.mark.parametrize(
    ("span", "issue"),
    [((0.0, 2.0), False), ((0.5, 2.05), False), ((0.5, 2.5), True), ((3.0, 4.0), True), ((1.5, 0.5), True)],
)
def test_spans(span: tuple[float, float], issue: bool) -> None:
    parts = {"audio": sound(2.0), "text": Part("text", b"word", span=span, clock="video")}
    assert score(Spans(), Sample("t", parts)).issue is issue
    elsewhere = {**parts, "text": Part("text", b"word", span=span, clock="elsewhere")}
    assert Spans().measure([Sample("t", elsewhere)]) == {}


def test_one_camera_that_looks_at_another_time_than_usual() -> None:
    frames = [key_frame(n, skew=-0.035 if n else -0.006) for n in range(12)]
    op = TimeSkew()
    found = op.scores(op.measure(frames))
    assert [one.sample for one in found if one.issue] == ["frame0"]
    assert found[1].raw == pytest.approx(-35, abs=0.1)
    (whole,) = op.findings(op.measure(frames))
    assert (whole.weight, round(whole.value or 0)) == ("note", -35)
    assert TimeSkew(most_ms=20).findings(op.measure(frames))[0].weight == "bad"


@pytest.mark.parametrize("yaw", [0.0, 2.0, -3.0])
def test_a_turned_camera_is_found(yaw: float) -> None:
    op = CameraLidar()
    frames = [key_frame(n, yaw=yaw) for n in range(8)]
    state = op.measure(frames)
    (whole,) = op.findings(state)
    assert whole.value == pytest.approx(-yaw if yaw else 0.0, abs=0.3) or whole.value == pytest.approx(yaw, abs=0.3)
    assert whole.weight == ("bad" if yaw else "note")
    assert sum(bool(one.issue) for one in op.scores(state)) >= (5 if yaw else 0)
    assert yaw or not any(one.issue for one in op.scores(state))


def test_a_point_ahead_is_in_the_middle_of_the_picture() -> None:
    sample = key_frame(0)
    rig = rig_of(*(decode_table(sample.parts[name]) for name in ("calibration", "ego_pose")), "CAM_FRONT", "LIDAR_TOP")
    ahead, left, up = np.array([[10.0, 0, 0], [10, 1, 0], [10, 0, 1]]) @ rig.to_camera[:3, :3].T
    at, seen = pixels(np.array([ahead, left, up, -ahead]), rig.intrinsic)
    assert at[:3].tolist() == [[100, 60], [85, 60], [100, 45]]
    assert seen.tolist() == [True, True, True, False]
    assert pixels((ahead @ turned(1.0, 0.0).T)[None], rig.intrinsic)[0][0, 0] > 100
    assert pixels((ahead @ turned(0.0, 1.0).T)[None], rig.intrinsic)[0][0, 1] < 60
    assert rig.motion is None


def test_a_key_frame_without_calibration_gets_no_score() -> None:
    sample = key_frame(0)
    for table in (b"{}", b"[]", b'{"CAM_FRONT": 1, "LIDAR_TOP": 2}', b'{"CAM_FRONT": {"rotation": [0, 0, 0, 0]}}'):
        assert CameraLidar().measure([sample.with_part("calibration", Part("table", table))]) == {}
    assert CameraLidar().measure([replace(clip(0), id="clip")]) == {}
