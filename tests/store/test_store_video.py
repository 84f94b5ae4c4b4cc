from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from clip_material import RATE, brightness, save_clip
from store_material import save_image, save_sound

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import MediaError
from shisaku.store.codecs import FrameWriter, decode_frames, decode_wave, frame_files
from shisaku.store.decoded import Decoded
from shisaku.store.ingest import ingest
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.readers.folder import FolderReader
from shisaku.store.sandbox import Sandbox

LIMITS = Limits(seconds=10, max_side=64, video_seconds=20, fps=10)


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    with Sandbox(LIMITS, workers=1) as made:
        yield made


def video(box: Sandbox, media: Path | bytes) -> tuple[list[tuple[float, np.ndarray]], dict[str, str]]:
    outcome = box.decode(Job("video", media))
    assert isinstance(outcome, Decoded), outcome
    return list(decode_frames(Part("video", outcome.data))), dict(outcome.facts)


def track(box: Sandbox, media: Path | bytes) -> np.ndarray:
    outcome = box.decode(Job("track", media))
    assert isinstance(outcome, Decoded), outcome
    return decode_wave(Part("audio", outcome.data))[0]


def reason(box: Sandbox, media: Path | bytes) -> str:
    outcome = box.decode(Job("video", media))
    assert isinstance(outcome, Failure), outcome
    return str(outcome.reason)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi", "a.mov", "a.mpg"])
def test_frames_come_with_their_times_and_facts(name: str, box: Sandbox, tmp_path: Path) -> None:
    times = tuple(n / 10 for n in range(10))
    codec = "mpeg1video" if name == "a.mpg" else "mpeg4"
    frames, facts = video(box, save_clip(tmp_path / name, times, codec=codec))
    if name not in ("a.avi", "a.mpg"):  # these have no clock of their own but the frame rate
        assert [seconds for seconds, _ in frames] == pytest.approx(times, abs=2e-3)
        assert [int(pixels.mean()) for _, pixels in frames] == pytest.approx(
            [brightness(n, 10) for n in range(10)], abs=6
        )
        assert facts["frames"] == "10"
    assert frames[0][1].shape == (48, 64, 3)
    assert (facts["size"], facts["sound"]) == ("64x48", "no")
    assert len(facts["sha256"]) == 64


def test_the_bytes_of_a_file_are_as_good_as_its_path(box: Sandbox, tmp_path: Path) -> None:
    path = save_clip(tmp_path / "a.mp4", sound=(0.0, 1.0))
    assert box.decode(Job("video", path)) == box.decode(Job("video", path.read_bytes()))
    assert box.decode(Job("track", path)) == box.decode(Job("track", path.read_bytes()))


def test_a_faster_video_is_thinned_and_a_bigger_one_made_smaller(box: Sandbox, tmp_path: Path) -> None:
    path = save_clip(tmp_path / "a.mp4", tuple(n / 50 for n in range(100)), size=(320, 160))
    frames, facts = video(box, path)
    times = np.array([seconds for seconds, _ in frames])
    assert 20 <= len(frames) <= 21
    assert np.diff(times).min() > 0.05
    assert frames[0][1].shape == (32, 64, 3)
    assert facts["size"] == "320x160"


def test_uneven_frame_times_are_kept_and_wandering_ones_lose_no_frame(box: Sandbox, tmp_path: Path) -> None:
    uneven = (0.0, 0.1, 0.5, 2.0, 2.02, 2.04, 2.5, 4.0)
    frames, _ = video(box, save_clip(tmp_path / "a.mkv", uneven))
    assert [seconds for seconds, _ in frames] == pytest.approx([0.0, 0.1, 0.5, 2.0, 2.5, 4.0], abs=2e-3)
    wandering = tuple(n / 10 + (0.004 if n % 2 else -0.004) * (n > 0) for n in range(20))
    assert len(video(box, save_clip(tmp_path / "b.mkv", wandering))[0]) == 20


def test_sound_that_starts_later_stands_at_its_own_time(box: Sandbox, tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mkv"):
        wave = track(box, save_clip(tmp_path / name, tuple(n / 10 for n in range(20)), sound=(0.5, 1.0)))
        loud = np.flatnonzero(np.abs(wave) > 0.2) / RATE
        assert loud[0] == pytest.approx(0.5, abs=0.05)
        assert loud[-1] == pytest.approx(1.5, abs=0.1)
        assert np.abs(wave[: int(0.4 * RATE)]).max() == 0


def test_a_clock_that_does_not_start_at_zero_is_set_to_zero(box: Sandbox, tmp_path: Path) -> None:
    """A broadcast stream counts from somewhere; frames and sound keep their distance."""
    path = save_clip(tmp_path / "a.ts", codec="mpeg2video", sound=(0.3, 0.6), sound_codec="mp2")
    frames, _ = video(box, path)
    assert frames[0][0] == pytest.approx(0.0, abs=0.1)
    assert np.flatnonzero(np.abs(track(box, path)) > 0.2)[0] / RATE - frames[0][0] == pytest.approx(0.3, abs=0.1)


def test_a_video_without_sound_has_no_track(box: Sandbox, tmp_path: Path) -> None:
    outcome = box.decode(Job("track", save_clip(tmp_path / "a.mp4")))
    assert isinstance(outcome, Decoded)
    assert outcome.data == b""


def test_a_phone_held_upright_gives_upright_frames(box: Sandbox, tmp_path: Path) -> None:
    path = save_clip(tmp_path / "a.mp4")
    raw = bytearray(path.read_bytes())
    at = raw.index(b"tkhd") + 4 + 40  # the matrix of the track header (ISO/IEC 14496-12, 8.3.2)
    one = 1 << 16
    raw[at : at + 36] = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 1 << 30)
    path.write_bytes(raw)
    assert video(box, path)[0][0][1].shape == (64, 48, 3)


def test_high_definition_h264_fits_into_the_default_memory(tmp_path: Path) -> None:
    times = tuple(n / 25 for n in range(10))
    path = save_clip(tmp_path / "hd.mp4", times, size=(1280, 720), codec="libx264", sound=(0.0, 0.4))
    with Sandbox(Limits(), workers=1) as box:
        frames, facts = video(box, path)
        assert track(box, path).size > 0
    assert frames[0][1].shape == (288, 512, 3)
    assert facts["size"] == "1280x720"


def test_what_is_cut_off_is_refused_wherever_it_is_cut(box: Sandbox, tmp_path: Path) -> None:
    for name, share in (("a.mp4", 0.6), ("a.mkv", 0.6), ("a.mkv", 0.3)):
        path = save_clip(tmp_path / name, tuple(n / 10 for n in range(60)), size=(160, 120))
        raw = path.read_bytes()
        path.write_bytes(raw[: int(len(raw) * share)])
        assert reason(box, path)


PLAYLIST = "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:10\n#EXTINF:1.0,\n{}\n#EXT-X-ENDLIST\n"
CONCAT = "ffconcat version 1.0\nfile {}\n"


@pytest.mark.parametrize(("text", "name"), [(PLAYLIST, "a.mp4"), (PLAYLIST, "a.m3u8"), (CONCAT, "a.mp4")])
def test_a_list_that_points_to_other_files_is_not_followed(text: str, name: str, box: Sandbox, tmp_path: Path) -> None:
    save_clip(tmp_path / "other.ts", codec="mpeg2video")
    (tmp_path / name).write_text(text.format("other.ts"))
    assert "not a video" in reason(box, tmp_path / name)
    assert "not a video" in reason(box, (tmp_path / name).read_bytes())


def test_a_file_whose_name_looks_like_an_address_is_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_clip(tmp_path / "a.mp4")
    (tmp_path / "a.mp4").rename(tmp_path / "concat:b.mp4")
    monkeypatch.chdir(tmp_path)
    with Sandbox(LIMITS, workers=1) as box:
        assert len(video(box, Path("concat:b.mp4"))[0]) == 10


def test_what_is_no_video_is_refused_with_a_reason(box: Sandbox, tmp_path: Path) -> None:
    assert "empty" in reason(box, b"")
    assert "not a video" in reason(box, b"hello, I am text" * 50)
    assert "not a video" in reason(box, save_image(tmp_path / "a.png").rename(tmp_path / "a.mp4"))
    assert "not a video" in reason(box, save_sound(tmp_path / "a.wav").rename(tmp_path / "b.mp4"))
    assert "the limit is 20 s" in reason(box, save_clip(tmp_path / "long.mp4", tuple(float(n) for n in range(30))))
    with Sandbox(Limits(pixels=1000), workers=1) as small:
        assert "64 x 48 pixels" in reason(small, save_clip(tmp_path / "big.mp4"))


def test_the_sound_of_a_video_is_a_part_of_its_own_on_the_same_clock(tmp_path: Path) -> None:
    for name, sound in (("with", (0.0, 0.9)), ("without", None)):
        (tmp_path / "data" / name).mkdir(parents=True)
        save_clip(tmp_path / "data" / name / "a.mp4", sound=sound)
    (tmp_path / "data" / "with" / "torn.mp4").write_bytes(b"\0\0\0\x18ftypmp42")
    found = ingest(FolderReader(str(tmp_path / "data")), tmp_path / "cache", limits=LIMITS)
    held = {sample.id: sample for sample in found.dataset}
    assert set(held) == {"with/a.mp4", "without/a.mp4"}
    assert [drop.sample for drop in found.drops] == ["with/torn.mp4"]
    assert set(held["with/a.mp4"].parts) == {"video", "video_audio"}
    assert {part.clock for part in held["with/a.mp4"].parts.values()} == {"video"}
    assert set(held["without/a.mp4"].parts) == {"video"}
    assert held["with/a.mp4"].facts["video_sound"] == "yes"


def test_frames_survive_their_codec_and_a_torn_part_is_an_error() -> None:
    frames = FrameWriter()
    for n in range(3):
        frames.add(n / 3, np.full((8, 8, 3), 60 * n, np.uint8))
    part = Part("video", frames.to_bytes())
    assert [round(seconds, 3) for seconds, _ in decode_frames(part)] == [0.0, 0.333, 0.667]
    assert [int(pixels.mean()) for _, pixels in decode_frames(part)] == pytest.approx([0, 60, 120], abs=2)
    again = FrameWriter()
    for n in range(3):
        again.add(n / 3, np.full((8, 8, 3), 60 * n, np.uint8))
    assert again.to_bytes() == part.data  # no clock, no name of a machine in the bytes
    with pytest.raises(MediaError):
        list(frame_files(Part("video", part.data[: len(part.data) // 2])))
    with pytest.raises(MediaError):
        list(decode_frames(Part("image", part.data)))
