from __future__ import annotations

import io
import os
import struct
import time
import wave as wavefile
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from store_material import RATE, pixels, png, save_image, save_sound, tone

from shisaku.core.drop import Failure
from shisaku.core.sample import Part
from shisaku.errors import MachineError
from shisaku.store.codecs import decode_image, decode_wave
from shisaku.store.decoded import Decoded
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.sandbox import Sandbox
from shisaku.store.worker import SLOT

HOSTILE = "hostile_decoders:decode"


@pytest.fixture(scope="module")
def box() -> Iterator[Sandbox]:
    limits = Limits(seconds=10, pixels=10_000_000, file_mb=20, audio_seconds=5, max_side=64)
    with Sandbox(limits, workers=2) as made:
        yield made


def image(box: Sandbox, path: Path) -> tuple[np.ndarray, dict[str, str]]:
    outcome = box.decode(Job("image", path))
    assert isinstance(outcome, Decoded), outcome
    return decode_image(Part("image", outcome.data)), dict(outcome.facts)


def sound(box: Sandbox, path: Path) -> tuple[np.ndarray, dict[str, str]]:
    outcome = box.decode(Job("audio", path))
    assert isinstance(outcome, Decoded), outcome
    found, rate = decode_wave(Part("audio", outcome.data))
    assert rate == RATE
    return found, dict(outcome.facts)


def reason(box: Sandbox, task: str, path: Path) -> str:
    outcome = box.decode(Job(task, path))
    assert isinstance(outcome, Failure), outcome
    return str(outcome.reason)


def test_a_good_image_keeps_every_pixel_and_its_hash(box: Sandbox, tmp_path: Path) -> None:
    path = save_image(tmp_path / "good 画像.png", seed=3)
    found, facts = image(box, path)
    assert np.array_equal(found, pixels(3))
    import hashlib

    assert facts == {"size": "32x24", "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def test_a_big_image_is_shrunk_and_says_so(box: Sandbox, tmp_path: Path) -> None:
    Image.new("RGB", (3000, 1500), "red").save(tmp_path / "big.jpg")
    found, facts = image(box, tmp_path / "big.jpg")
    assert found.shape == (32, 64, 3)
    assert facts["size"] == "3000x1500"
    assert facts["shrunk"] == "64x32"
    assert found[..., 0].min() > 240
    Image.new("L", (3000, 1), 7).save(tmp_path / "line.png")
    assert image(box, tmp_path / "line.png")[0].shape == (1, 64, 3)


def test_transparency_is_kept(box: Sandbox, tmp_path: Path) -> None:
    array = pixels(4, channels=4)
    Image.fromarray(array).save(tmp_path / "alpha.png")
    assert np.array_equal(image(box, tmp_path / "alpha.png")[0], array)
    palette = Image.new("P", (4, 4), 0)
    palette.putpalette([255, 0, 0, 0, 255, 0])
    palette.putpixel((0, 0), 1)
    palette.save(tmp_path / "palette.png", transparency=0)
    found, _ = image(box, tmp_path / "palette.png")
    assert found[0, 0].tolist() == [0, 255, 0, 255]
    assert found[1, 1, 3] == 0
    Image.fromarray(np.dstack([np.full((2, 2), 9, np.uint8), np.full((2, 2), 128, np.uint8)]), "LA").save(
        tmp_path / "la.png"
    )
    assert image(box, tmp_path / "la.png")[0][0, 0].tolist() == [9, 9, 9, 128]


def test_exif_rotation_is_applied(box: Sandbox, tmp_path: Path) -> None:
    upright = np.zeros((8, 16, 3), np.uint8)
    upright[:, :8] = 255
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees
    Image.fromarray(np.rot90(upright)).save(tmp_path / "turned.png", exif=exif)
    found, _ = image(box, tmp_path / "turned.png")
    assert np.array_equal(found, upright)


def test_cmyk_and_grey_become_rgb(box: Sandbox, tmp_path: Path) -> None:
    Image.new("CMYK", (10, 10), (0, 255, 255, 0)).save(tmp_path / "cmyk.jpg", quality=95)
    red = image(box, tmp_path / "cmyk.jpg")[0][5, 5]
    assert red[0] > 200
    assert red[1] < 60
    assert red[2] < 60
    Image.new("L", (10, 10), 77).save(tmp_path / "grey.png")
    assert image(box, tmp_path / "grey.png")[0][5, 5].tolist() == [77, 77, 77]
    Image.new("1", (10, 10), 1).save(tmp_path / "bit.png")
    assert image(box, tmp_path / "bit.png")[0][5, 5].tolist() == [255, 255, 255]


def test_sixteen_bits_become_eight_by_their_high_byte(box: Sandbox, tmp_path: Path) -> None:
    deep = (np.arange(64, dtype=np.uint16) * 1000).reshape(8, 8)
    Image.fromarray(deep).save(tmp_path / "deep.png")
    found, facts = image(box, tmp_path / "deep.png")
    assert np.array_equal(found[..., 0], (deep >> 8).astype(np.uint8))
    assert facts["bits"] == "16 to 8"
    Image.fromarray(np.full((4, 4), 0.5, np.float32)).save(tmp_path / "float.tif")
    assert "floating-point" in reason(box, "image", tmp_path / "float.tif")


def test_an_animation_gives_its_first_frame_and_says_so(box: Sandbox, tmp_path: Path) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    frames[0].save(tmp_path / "moving.gif", save_all=True, append_images=frames[1:])
    found, facts = image(box, tmp_path / "moving.gif")
    assert found[0, 0, :3].tolist() == [255, 0, 0]
    assert facts["frame"] == "first of several"


def cut(path: Path, share: float) -> None:
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * share)])


def truncated_png(path: Path) -> None:
    save_image(path)
    cut(path, 0.6)


def truncated_jpeg(path: Path) -> None:
    save_image(path.with_suffix(".jpg"), quality=95)
    cut(path.with_suffix(".jpg"), 0.6)
    path.with_suffix(".jpg").rename(path)


def broken_crc(path: Path) -> None:
    raw = bytearray(png(8, 8, zlib.compress(b"\0" * 200)))
    raw[-20] ^= 0xFF
    path.write_bytes(raw)


IMAGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "truncated png": (truncated_png, "damaged or cut off"),
    "truncated jpeg": (truncated_jpeg, "damaged or cut off"),
    "broken crc": (broken_crc, "damaged or cut off"),
    "text called png": (lambda p: p.write_text("hello, I am text"), "not an image"),
    "zero bytes": (lambda p: p.write_bytes(b""), "empty"),
    "huge header": (lambda p: p.write_bytes(png(60_000, 60_000, zlib.compress(b"\0" * 100))), "60000 x 60000"),
    "data far bigger than the header": (
        lambda p: p.write_bytes(png(4000, 2400, zlib.compress(b"\0" * 30_000_000, 9)[:5000])),
        "damaged or cut off",
    ),
    "svg": (lambda p: p.write_text('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>'), "SVG"),
    "postscript": (lambda p: p.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n"), "not an image"),
    "a folder": (lambda p: p.mkdir(), "plain file"),
    "a pipe": (os.mkfifo, "plain file"),
    "nothing": (lambda p: None, "not there"),
}


@pytest.mark.parametrize("name", IMAGES)
def test_hostile_images_are_refused_with_a_reason(name: str, box: Sandbox, tmp_path: Path) -> None:
    build, said = IMAGES[name]
    path = tmp_path / "x.png"
    build(path)
    started = time.monotonic()
    assert said in reason(box, "image", path)
    assert time.monotonic() - started < 15
    assert image(box, save_image(tmp_path / "next.png"))[0].shape == (24, 32, 3)


def test_extra_compressed_data_behind_a_small_image_costs_nothing(box: Sandbox, tmp_path: Path) -> None:
    """A bomb behind an honest header: a few kilobytes that would unpack to gigabytes."""
    packer = zlib.compressobj(9)
    zeros = b"\0" * (1 << 20)
    bomb = b"".join(packer.compress(zeros) for _ in range(300)) + packer.flush()
    (tmp_path / "bomb.png").write_bytes(png(8, 8, bomb))
    started = time.monotonic()
    box.decode(Job("image", tmp_path / "bomb.png"))
    assert time.monotonic() - started < 15
    text = struct.pack(">I", len(bomb) + 6) + b"zTXt" + b"k\0\0" + bomb
    (tmp_path / "text.png").write_bytes(png(8, 8, zlib.compress(b"\0" * 200))[:33] + text)
    assert reason(box, "image", tmp_path / "text.png")


def test_a_file_that_is_too_big_is_not_even_read(box: Sandbox, tmp_path: Path) -> None:
    with open(tmp_path / "sparse.png", "wb") as file:
        file.truncate(21 << 20)
    assert "21 MB" in reason(box, "image", tmp_path / "sparse.png")


def test_headers_are_looked_at_without_decoding(box: Sandbox, tmp_path: Path) -> None:
    truncated_png(tmp_path / "x.png")
    seen = box.decode(Job("look image", tmp_path / "x.png"))
    assert isinstance(seen, Decoded)
    assert seen == Decoded(b"", {"size": "32x24"})
    heard = box.decode(Job("look audio", save_sound(tmp_path / "x.wav", seconds=0.5)))
    assert isinstance(heard, Decoded)
    assert heard.facts == {"rate": "16000", "channels": "1", "seconds": "0.500"}


def test_good_sound_is_exact_and_other_rates_and_channels_are_mixed_down(box: Sandbox, tmp_path: Path) -> None:
    found, facts = sound(box, save_sound(tmp_path / "a.wav"))
    assert np.abs(found - tone()).max() < 1e-4
    assert facts["seconds"] == "0.250"
    stereo = np.stack([tone(rate=44100, seconds=1.0), np.zeros(44100, np.float32)], 1)
    for name in ("b.wav", "b.flac", "b.ogg", "b.mp3"):
        soundfile.write(tmp_path / name, stereo, 44100)
        found, facts = sound(box, tmp_path / name)
        assert abs(found.size - RATE) < RATE * 0.1
        assert (facts["rate"], facts["channels"]) == ("44100", "2")
        assert 0.15 < np.abs(found).max() < 0.25


def test_loud_float_sound_is_scaled_and_says_so(box: Sandbox, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "loud.wav", tone() * 5, RATE, subtype="FLOAT")
    found, facts = sound(box, tmp_path / "loud.wav")
    assert np.abs(found).max() == pytest.approx(1.0, abs=1e-3)
    assert facts["gain"] == "0.5"


def float_wav(values: np.ndarray) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        soundfile.write(path, values, RATE, subtype="FLOAT")

    return write


def empty_wav(path: Path) -> None:
    with wavefile.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))


def wrong_header(path: Path) -> None:
    raw = bytearray(save_sound(path).read_bytes())
    raw[:4] = b"RIFX"
    raw[8:12] = b"WAVX"
    path.write_bytes(raw)


def no_channels(path: Path) -> None:
    raw = bytearray(save_sound(path).read_bytes())
    raw[22:24] = b"\0\0"
    path.write_bytes(raw)


SOUNDS: dict[str, tuple[Callable[[Path], object], str]] = {
    "wrong header": (wrong_header, "not a recording"),
    "no channels": (no_channels, ""),
    "text called wav": (lambda p: p.write_text("hello"), "not a recording"),
    "zero bytes": (lambda p: p.write_bytes(b""), "empty"),
    "no samples": (empty_wav, "length is 0"),
    "nan": (float_wav(np.array([0.0, np.nan, 0.0], np.float32)), "not numbers"),
    "infinity": (float_wav(np.array([0.0, np.inf, 0.0], np.float32)), "not numbers"),
    "too long": (lambda p: save_sound(p, seconds=6.0), "6 s long"),
    "image called wav": (lambda p: p.write_bytes(png(8, 8, b"")), "not a recording"),
}


@pytest.mark.parametrize("name", SOUNDS)
def test_hostile_sounds_are_refused_with_a_reason(name: str, box: Sandbox, tmp_path: Path) -> None:
    build, said = SOUNDS[name]
    build(tmp_path / "x.wav")
    assert said in reason(box, "audio", tmp_path / "x.wav")
    assert sound(box, save_sound(tmp_path / "next.wav"))[0].size == RATE // 4


def test_a_header_that_promises_more_than_there_is(box: Sandbox, tmp_path: Path) -> None:
    raw = bytearray(save_sound(tmp_path / "x.wav").read_bytes())
    raw[40:44] = (2_000_000).to_bytes(4, "little")
    (tmp_path / "x.wav").write_bytes(raw)
    outcome = box.decode(Job("audio", tmp_path / "x.wav"))
    assert isinstance(outcome, Failure) or decode_wave(Part("audio", outcome.data))[0].size == RATE // 4


@pytest.fixture
def hostile(monkeypatch: pytest.MonkeyPatch) -> Iterator[Sandbox]:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    with Sandbox(Limits(seconds=2.0), workers=2, decoder=HOSTILE) as made:
        yield made


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("hang", "longer than 2 s"),
        ("spin", "longer than 2 s"),
        ("segfault", "SIGSEGV"),
        ("abort", "SIGABRT"),
        ("exit", "exit code 3"),
        ("memory", "1024 MB of memory"),
        ("raise", "a decoder's own error"),
        ("write", "damaged or cut off"),
    ],
)
def test_what_a_decoder_does_kills_one_item_and_no_more(how: str, said: str, hostile: Sandbox, tmp_path: Path) -> None:
    names = [f"ok-{i}" for i in range(4)] + [how] + [f"ok-{i}" for i in range(4, 8)]
    for name in names:
        (tmp_path / name).write_bytes(name.encode())
    outcomes = list(hostile.map(Job("image", tmp_path / name) for name in names))
    for name, outcome in zip(names, outcomes, strict=True):
        if name == how:
            assert isinstance(outcome, Failure)
            assert said in str(outcome.reason)
        else:
            assert isinstance(outcome, Decoded)
            assert outcome.data == name.encode()
    assert how != "write" or (tmp_path / "write.out").stat().st_size == 0


def test_every_item_hostile_and_none_lost(hostile: Sandbox, tmp_path: Path) -> None:
    names = [f"{how}-{i}" for i in range(5) for how in ("segfault", "exit", "raise", "ok")]
    for name in names:
        (tmp_path / name).write_bytes(b"x")
    outcomes = list(hostile.map(Job("image", tmp_path / name) for name in names))
    assert [isinstance(one, Decoded) for one in outcomes] == [name.startswith("ok") for name in names]


def test_the_one_in_the_middle_of_a_packet_is_to_blame_and_nobody_behind_it(hostile: Sandbox, tmp_path: Path) -> None:
    names = ["ok-0", "ok-1", "segfault-2", "ok-3", "hang-4", "exit-5", "ok-6", "ok-7", "ok-8", "abort-9", "ok-10"]
    for name in names:
        (tmp_path / f"{name}.x").write_bytes(name.encode())
    outcomes = list(hostile.map(Job("image", tmp_path / f"{name}.x") for name in names))
    good = [outcome.data.decode() for outcome in outcomes if not isinstance(outcome, Failure)]
    assert good == [name for name in names if name.startswith("ok")]
    assert [isinstance(outcome, Failure) for outcome in outcomes] == [not name.startswith("ok") for name in names]


def test_a_decoder_that_prints_does_not_break_the_answers(hostile: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "print").write_bytes(b"payload")
    outcome = hostile.decode(Job("image", tmp_path / "print"))
    assert isinstance(outcome, Decoded)
    assert outcome.data == b"payload"


def test_a_worker_that_dies_between_files_costs_no_file(hostile: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "ok").write_bytes(b"x")
    for _ in range(3):
        outcome = hostile.decode(Job("image", tmp_path / "ok"))
        assert isinstance(outcome, Decoded)
        os.kill(int(outcome.facts["pid"]), 9)
        time.sleep(0.1)


def test_secrets_of_the_environment_stay_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    monkeypatch.setenv("SOME_API_KEY", "secret")
    (tmp_path / "environment").write_bytes(b"x")
    with Sandbox(decoder=HOSTILE) as made:
        outcome = made.decode(Job("image", tmp_path / "environment"))
    assert isinstance(outcome, Decoded)
    assert "SOME_API_KEY" not in outcome.facts["names"].split()


def test_leaving_ends_what_is_still_running(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent), prepend=os.pathsep)
    (tmp_path / "ok").write_bytes(b"x")
    (tmp_path / "hang").write_bytes(b"x")
    started = time.monotonic()
    with Sandbox(Limits(seconds=60), workers=1, decoder=HOSTILE) as made, ThreadPoolExecutor(1) as pool:
        outcome = made.decode(Job("image", tmp_path / "ok"))
        assert isinstance(outcome, Decoded)
        waiting = pool.submit(made.decode, Job("image", tmp_path / "hang"))
        time.sleep(0.3)
        made.__exit__(None, None, None)
        assert isinstance(waiting.result(), Failure)
    assert time.monotonic() - started < 20
    with pytest.raises(ProcessLookupError):
        os.kill(int(outcome.facts["pid"]), 0)


def test_a_decoder_that_cannot_start_is_an_error_of_the_machine_not_of_the_data(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"x")
    with Sandbox(decoder="no_such_module:decode") as made, pytest.raises(MachineError, match="does not start"):
        made.decode(Job("image", tmp_path / "x"))


@pytest.mark.parametrize("sizes", [[1, SLOT - 1, SLOT, SLOT + 1, 3 * SLOT], [100] * 50])
def test_answers_of_any_size_come_back_in_order(sizes: list[int], hostile: Sandbox, tmp_path: Path) -> None:
    for n, size in enumerate(sizes):
        (tmp_path / f"ok-{n}").write_bytes(bytes([n]) * size)
    outcomes = list(hostile.map(Job("image", tmp_path / f"ok-{n}") for n in range(len(sizes))))
    assert [outcome.data for outcome in outcomes if isinstance(outcome, Decoded)] == [
        bytes([n]) * size for n, size in enumerate(sizes)
    ]


def test_without_shared_memory_answers_come_through_the_pipe(
    monkeypatch: pytest.MonkeyPatch, hostile: Sandbox, tmp_path: Path
) -> None:
    monkeypatch.delattr(os, "memfd_create", raising=False)
    test_answers_of_any_size_come_back_in_order([1, 1000, 3 * SLOT], hostile, tmp_path)


def test_the_size_of_the_shared_memory_cannot_be_changed(hostile: Sandbox, tmp_path: Path) -> None:
    """Reading behind its new end would kill the process that asks."""
    (tmp_path / "shrink").write_bytes(b"x")
    (tmp_path / "ok").write_bytes(b"y" * 1000)
    for name in ("shrink", "ok", "shrink", "ok"):
        outcome = hostile.decode(Job("image", tmp_path / name))
        assert isinstance(outcome, Decoded)
        assert outcome.data == (tmp_path / name).read_bytes()
    assert "refused" in hostile.decode(Job("image", tmp_path / "shrink")).facts["ends"]


def test_what_came_out_stays_what_it_was(hostile: Sandbox, tmp_path: Path) -> None:
    for n in range(20):
        (tmp_path / f"ok-{n}").write_bytes(bytes([n]) * 1000)
    first = hostile.decode(Job("image", tmp_path / "ok-0"))
    list(hostile.map(Job("image", tmp_path / f"ok-{n}") for n in range(1, 20)))
    assert isinstance(first, Decoded)
    assert first.data == bytes(1000)


@pytest.mark.parametrize("said", [b"no JSON", b"[1]", b'{"shared": -1}', b'{"shared": 1e9, "facts": {}}', b"{}"])
def test_a_worker_that_answers_nonsense_costs_its_file(said: bytes, hostile: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "say").write_bytes(said)
    (tmp_path / "ok").write_bytes(b"x")
    assert isinstance(hostile.decode(Job("image", tmp_path / "say")), Failure)
    assert isinstance(hostile.decode(Job("image", tmp_path / "ok")), Decoded)


def test_workers_are_forked_anew_when_their_server_died_too(hostile: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "ok").write_bytes(b"x")
    seen = set()
    for _ in range(3):
        outcome = hostile.decode(Job("image", tmp_path / "ok"))
        assert isinstance(outcome, Decoded)
        seen.add(outcome.facts["pid"])
        os.kill(int(outcome.facts["parent"]), 9)
        os.kill(int(outcome.facts["pid"]), 9)
        time.sleep(0.1)
    assert len(seen) == 3


def test_leaving_before_the_first_file_waits_for_nobody() -> None:
    started = time.monotonic()
    with Sandbox() as made:
        made.start()
    assert time.monotonic() - started < 5


def test_every_cut_of_a_jpeg_is_survived(box: Sandbox, tmp_path: Path) -> None:
    target = io.BytesIO()
    Image.fromarray(pixels(1, 64, 64)).save(target, "JPEG")
    raw = target.getvalue()
    jobs = []
    for size in range(0, len(raw), max(1, len(raw) // 40)):
        path = tmp_path / f"{size}.jpg"
        path.write_bytes(raw[:size])
        jobs.append(Job("image", path))
    outcomes = list(box.map(jobs))
    assert len(outcomes) == len(jobs)
    assert all(isinstance(one, Failure) for one in outcomes[:-1])
