"""Every bad media file is a drop with its reason, or comes in with a fact that says what was done; none is lost."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hostile_files import (
    bomb,
    chunk,
    cmyk,
    cut,
    floats,
    moving,
    picture,
    plain_wave,
    png,
    sixteen_bits,
    sound,
    turned,
    unindexed_mp3,
    video,
    with_place,
    zero_hertz,
)

from shisaku.core.sample import Sample
from shisaku.store.codecs import decode_image, decode_wave
from shisaku.store.ingest import Ingested, ingest
from shisaku.store.limits import Limits
from shisaku.store.readers.folder import FolderReader

LIMITS = Limits(seconds=5)
BLACK = zlib.compress(bytes(200))

# name in the folder -> (its bytes, a word of the reason)
REFUSED = {
    "cut.png": (cut(picture("PNG")), "cut off"),
    "cut.jpg": (cut(picture("JPEG", quality=95)), "cut off"),
    "cut.gif": (cut(picture("GIF")), "cut off"),
    "header.gif": (cut(moving(), 0.03), "not an image"),
    "cut.webp": (cut(picture("WEBP", lossless=True)), ""),
    "cut.tif": (cut(picture("TIFF")), ""),
    "cut.wav": (cut(sound("WAV", seconds=3.0)), "cut off"),
    "cut.flac": (cut(sound("FLAC", seconds=3.0)), "cut off"),
    "cut.mp3": (cut(sound("MP3", seconds=3.0)), "cut off"),
    "cut.ogg": (cut(sound("OGG", seconds=3.0)), ""),
    "header.wav": (cut(sound("WAV"), 0.003), "not a recording"),
    "header.flac": (cut(sound("FLAC"), 0.002), "not a recording"),
    "header.mp3": (cut(sound("MP3"), 0.002), "not a recording"),
    "empty.png": (b"", "empty"),
    "empty.wav": (b"", "empty"),
    "empty.mp4": (b"", "empty"),
    "sound.png": (sound("WAV"), "not an image"),
    "picture.wav": (picture("PNG"), "not a recording"),
    "picture.mp4": (picture("JPEG"), "not a video"),
    "words.mp4": (b"just words " * 99, "not a video"),
    "huge.png": (png(30_000, 30_000, BLACK), "30000 x 30000"),
    "bomb.png": (png(7_000, 7_000, bomb(1)), ""),
    "words.bomb.png": (png(8, 8, BLACK, chunk(b"zTXt", b"k\0\0" + bomb(64))), ""),
    "nan.wav": (floats([0.0, float("nan"), 0.0]), "not numbers"),
    "infinite.wav": (floats([0.0, float("inf"), 0.0]), "not numbers"),
    "zero_hertz.wav": (zero_hertz(), ""),
    "no_samples.wav": (plain_wave(0), "length is 0"),
    "drawing.svg": (b"<svg/>", "SVG"),
    "playlist.mp4": (b"#EXTM3U\n#EXTINF:1,\n../secret.ts\n#EXT-X-ENDLIST\n", "not a video"),
}

# name in the folder -> (its bytes, facts that say what was done)
TAKEN = {
    "good.png": (picture("PNG"), {"image_size": "32x24"}),
    "good.wav": (sound("WAV"), {"audio_channels": "1"}),
    "png called jpg.jpg": (picture("PNG"), {"image_size": "32x24"}),
    "flac called wav.wav": (sound("FLAC"), {"audio_channels": "1"}),
    "one_sample.wav": (plain_wave(1), {"audio_rate": "16000"}),
    "one_sample_slow.wav": (plain_wave(1, 8000), {"audio_rate": "8000"}),
    "twelve.wav": (sound("WAV", channels=12), {"audio_channels": "12"}),
    "deep.png": (sixteen_bits("PNG"), {"image_bits": "16 to 8"}),
    "deep.tif": (sixteen_bits("TIFF"), {"image_bits": "16 to 8"}),
    "deep.wav": (sound("WAV", subtype="PCM_24"), {"audio_channels": "1"}),
    "no length.mp3": (unindexed_mp3(), {"audio_channels": "1"}),
    "moving.gif": (moving(), {"image_frame": "first of several"}),
    "cmyk.jpg": (cmyk(), {"image_size": "12x12"}),
    "turned.jpg": (turned("JPEG"), {"image_size": "16x32"}),
    "turned.webp": (turned("WEBP"), {"image_size": "16x32"}),
    "place.jpg": (with_place("JPEG"), {"image_gps": "present"}),
    "place.png": (with_place("PNG"), {"image_gps": "present"}),
    "place.webp": (with_place("WEBP"), {"image_gps": "present"}),
}


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """All of them in one folder, read in one go."""
    root = tmp_path_factory.mktemp("hostile")
    films = root / "films"
    for name, (data, _) in {**REFUSED, **TAKEN}.items():
        (root / name).write_bytes(data)
    for name in ("cut.mp4", "cut.mkv", "cut.avi"):
        films.mkdir(exist_ok=True)
        (films / name).write_bytes(cut(video(name, root.parent / "made"), 0.6))
    (films / "good.mp4").write_bytes(video("good.mp4", root.parent / "made"))
    return ingest(FolderReader(str(root), label=""), root.parent / "cache", limits=LIMITS)


def held(found: Ingested, name: str) -> Sample:
    return next(sample for sample in found.dataset if sample.id == name)


def test_nothing_is_lost(found: Ingested) -> None:
    assert len(found.dataset) + len(found.drops) == len(REFUSED) + len(TAKEN) + 4
    ids = [*(sample.id for sample in found.dataset), *(drop.sample for drop in found.drops)]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_bad_is_dropped_with_its_reason_and_place(name: str, found: Ingested) -> None:
    reasons = {drop.sample: str(drop.reason) for drop in found.drops}
    assert REFUSED[name][1] in reasons[name]
    assert reasons[name]


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_odd_comes_in_and_says_what_was_done(name: str, found: Ingested) -> None:
    facts = held(found, name).facts
    assert {key: facts[key] for key in TAKEN[name][1]} == TAKEN[name][1]


def test_films_that_are_cut_off_are_dropped(found: Ingested) -> None:
    assert {drop.sample for drop in found.drops if "films" in drop.sample} == {
        "films/cut.mp4",
        "films/cut.mkv",
        "films/cut.avi",
    }
    assert set(held(found, "films/good.mp4").parts) == {"video", "video_audio"}


@pytest.mark.parametrize("name", ["turned.jpg", "turned.webp"])
def test_pictures_stand_upright(name: str, found: Ingested) -> None:
    shown = decode_image(held(found, name).parts["image"])
    assert shown.shape == (16, 32, 3)
    assert shown[:, :12].mean() > 230
    assert shown[:, 20:].mean() < 25


def test_the_place_itself_is_nowhere_in_the_record(found: Ingested) -> None:
    for name in ("place.jpg", "place.png", "place.webp"):
        sample = held(found, name)
        assert not any(number in str(sample.facts.values()) for number in ("35.0", "139.0", "39.0"))
        assert b"eXIf" not in sample.parts["image"].data
    assert "image_gps" not in held(found, "good.png").facts
    assert "image_gps" not in held(found, "turned.jpg").facts


def test_colours_and_channels_mean_the_same_after(found: Ingested) -> None:
    red = decode_image(held(found, "cmyk.jpg").parts["image"])[6, 6]
    assert red[0] > 200
    assert red[1:].max() < 60
    deep = decode_image(held(found, "deep.png").parts["image"])[..., 0]
    assert np.array_equal(deep, ((np.arange(64) * 1000) >> 8).reshape(8, 8))
    twelve, one = (decode_wave(held(found, name).parts["audio"])[0] for name in ("twelve.wav", "good.wav"))
    assert np.abs(twelve - one).max() < 2e-4
    assert decode_wave(held(found, "one_sample.wav").parts["audio"])[0].size == 1


def test_an_mp3_that_does_not_say_its_length_is_read_to_its_end(found: Ingested) -> None:
    """Guessed from the first frame alone it would have ended after an eighth."""
    sample = held(found, "no length.mp3")
    assert decode_wave(sample.parts["audio"])[0].size > 4.8 * 16_000
    assert float(sample.facts["audio_seconds"]) == pytest.approx(5.0, abs=0.2)
