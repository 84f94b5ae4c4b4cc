from __future__ import annotations

from pathlib import Path

from clip_material import save_clip

from shisaku.store.limits import Limits
from shisaku.store.videos import read_video


def test_facts_tell_of_frames_that_are_not_kept(tmp_path: Path) -> None:
    times = tuple(n / 25 for n in range(50) if not 20 <= n < 28)
    facts = dict(read_video(save_clip(tmp_path / "a.mp4", times), Limits()).facts)
    told = {name: facts[name] for name in ("decoded_frames", "backwards", "first_frame", "last_frame", "longest_gap")}
    assert told == {
        "decoded_frames": "42",
        "backwards": "0",
        "first_frame": "0.000",
        "last_frame": "1.960",
        "longest_gap": "0.360",
    }
    assert int(facts["frames"]) < 42
