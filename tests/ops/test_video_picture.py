"""Black, frozen and cut videos: which frames count, and how long they last."""

from __future__ import annotations

import numpy as np
import pytest
from ops_material import video_part

from shisaku.core.metric import Metric
from shisaku.core.sample import Sample
from shisaku.core.score import Score
from shisaku.ops.video.black import Black
from shisaku.ops.video.cuts import Cuts
from shisaku.ops.video.frozen import Frozen


def moving(n: int, seed: int = 0) -> list[np.ndarray]:
    """A scene that passes by, two pixels a frame."""
    wide = np.kron(np.random.default_rng(seed).integers(40, 250, (3, 15, 3)), np.ones((32, 32, 1))).astype(np.uint8)
    return [np.ascontiguousarray(wide[:, 2 * k : 2 * k + 128]) for k in range(n)]


def scored(op: Metric, frames: list[np.ndarray], fps: float = 10.0) -> Score:
    (score,) = op.scores(op.measure([Sample("a", {"video": video_part(frames, fps)})]))
    return score


BLACK = np.full((96, 128, 3), 5, np.uint8)


@pytest.mark.parametrize(("op", "issue"), [(Black(), False), (Frozen(), False), (Cuts(most=0), False)])
def test_a_moving_scene_has_no_fault(op: Metric, issue: bool) -> None:
    score = scored(op, moving(20))
    assert score.issue is issue
    assert score.raw == 0.0
    assert score.value == 1.0


@pytest.mark.parametrize(("at", "seconds"), [(0, 0.5), (6, 0.8), (14, 0.6)])
def test_the_longest_black_run_is_measured_in_seconds(at: int, seconds: float) -> None:
    frames, many = moving(20), round(seconds * 10)
    frames[at : at + many] = [BLACK] * many
    score = scored(Black(), frames[:20])
    assert score.raw == pytest.approx(seconds)
    assert score.issue
    assert f"{seconds:.1f} s from second {at / 10:.1f}" in str(score.reason)


def test_a_dark_scene_is_not_black() -> None:
    night = [np.maximum(frame // 5, 30) for frame in moving(10)]
    assert scored(Black(), night).raw == 0.0


def test_time_counts_and_not_frames() -> None:
    frames = moving(8)
    frames[2:4] = [BLACK] * 2
    assert scored(Black(), frames, fps=1.0).raw == pytest.approx(2.0)


def test_a_still_that_goes_on_is_frozen_and_a_black_one_is_not() -> None:
    frames = moving(20)
    frozen = [*frames[:8], *[frames[7]] * 6, *frames[8:]]
    score = scored(Frozen(), frozen)
    assert score.raw == pytest.approx(0.6)
    assert score.issue
    assert scored(Frozen(), [*frames[:4], *[BLACK] * 12]).raw == 0.0


def test_a_single_picture_is_no_frozen_video() -> None:
    assert not scored(Frozen(), moving(1)).issue


def test_cuts_are_counted_with_their_times() -> None:
    film = [*moving(8, 1), *moving(7, 2), *moving(9, 3)]
    assert scored(Cuts(), film).raw == 2.0
    assert scored(Cuts(), film).issue is None
    assert scored(Cuts(most=1), film).issue
    assert not scored(Cuts(most=2), film).issue
    op = Cuts()
    (finding,) = op.findings(
        op.measure([Sample("a", {"video": video_part(film)}), Sample("b", {"video": video_part(moving(9))})])
    )
    assert finding.samples == ("a",)
    assert finding.table[0]["seconds"] == [0.8, 1.5]
    assert finding.value == 0.5


def test_nothing_measured_finds_nothing() -> None:
    assert Cuts().findings({}) == []
