"""Made media say so: in the file, where other programs find it, and in the record."""

from __future__ import annotations

import io
import wave
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile
from PIL import Image

from shisaku.core.sample import Part, Sample
from shisaku.store.codecs import encode_image, encode_wave
from shisaku.store.images import look_at_image, read_image
from shisaku.store.limits import Limits
from shisaku.store.marks import SEARCHED, VOCABULARY, marked, read_mark
from shisaku.store.sounds import read_sound

PIXELS = np.random.default_rng(1).integers(0, 256, (20, 30, 3), np.uint8)
WAVE = np.random.default_rng(2).uniform(-0.5, 0.5, 1601).astype(np.float32)
IMAGE = Part("image", encode_image(PIXELS))
SOUND = Part("audio", encode_wave(WAVE, 16000))
CODE = "trainedAlgorithmicMedia"


def made(**facts: str) -> Sample:
    return Sample("a/step.0", {"image": IMAGE, "speech": SOUND}, facts=facts, parents=("a",), depth=1)


BOTH = made(image_digital_source_type=CODE, speech_digital_source_type=CODE)


def test_a_png_carries_the_mark_where_pillow_finds_it_and_keeps_its_pixels() -> None:
    data = marked(IMAGE, BOTH)
    with Image.open(io.BytesIO(data)) as picture:
        packet = picture.info["XML:com.adobe.xmp"]
        assert np.array_equal(np.asarray(picture), PIXELS)
    description = ElementTree.fromstring(packet.encode())[0][0]
    assert description.get("{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}DigitalSourceType") == VOCABULARY + CODE
    assert read_mark(data) == CODE


def test_a_wav_carries_the_mark_where_libsndfile_finds_it_and_keeps_its_samples() -> None:
    data = marked(SOUND, BOTH)
    with soundfile.SoundFile(io.BytesIO(data)) as file:
        assert VOCABULARY + CODE in file.comment
        assert "shisaku" in file.software
        again = file.read(dtype="int16")
    assert np.array_equal(again, soundfile.read(io.BytesIO(SOUND.data), dtype="int16")[0])
    with wave.open(io.BytesIO(data)) as plain:
        assert plain.readframes(plain.getnframes()) == again.tobytes()
    assert int.from_bytes(data[4:8], "little") == len(data) - 8
    assert b"_PMX" in data
    assert read_mark(data) == CODE


def test_what_nobody_made_stays_as_it_is() -> None:
    real = Sample("a", {"image": IMAGE})
    assert marked(IMAGE, real) == IMAGE.data
    reworded = made(speech_digital_source_type=CODE)
    assert marked(IMAGE, reworded) == IMAGE.data, "only the speech was made"
    text = Part.from_text("spoken")
    assert marked(text, BOTH) == b"spoken"


def test_a_made_sample_without_a_trace_is_marked_all_the_same() -> None:
    assert read_mark(marked(IMAGE, made())) == "compositeSynthetic"


def test_marking_twice_is_marking_once() -> None:
    once = marked(IMAGE, BOTH)
    again = Sample("b", {"image": Part("image", once)}, facts={"image_digital_source_type": CODE})
    assert marked(again.parts["image"], again) == once


@pytest.mark.parametrize("as_path", [True, False])
def test_what_comes_in_marked_stays_marked(tmp_path: Path, as_path: bool) -> None:
    for name, part, read in (("a.png", IMAGE, read_image), ("a.wav", SOUND, read_sound)):
        data = marked(part, BOTH)
        (tmp_path / name).write_bytes(data)
        decoded = read(tmp_path / name if as_path else data, Limits())
        assert decoded.facts["digital_source_type"] == CODE
        plain = read(part.data, Limits())
        assert "digital_source_type" not in plain.facts
        assert decoded.data == plain.data
    assert look_at_image(marked(IMAGE, BOTH), Limits()).facts["digital_source_type"] == CODE


def test_a_jpeg_of_another_program_is_read(tmp_path: Path) -> None:
    target = tmp_path / "a.jpg"
    packet = f'<rdf:Description Iptc4xmpExt:DigitalSourceType="{VOCABULARY}algorithmicMedia"/>'.encode()
    Image.fromarray(PIXELS).save(target, xmp=packet)
    assert read_mark(target) == "algorithmicMedia"


def test_only_the_ends_of_a_file_are_searched(tmp_path: Path) -> None:
    address = (VOCABULARY + CODE).encode()
    far = b"\0" * (2 * SEARCHED)
    for data, found in ((address + far * 2, CODE), (far * 2 + address, CODE), (far + address + far, None)):
        (tmp_path / "file").write_bytes(data)
        assert read_mark(data) == read_mark(tmp_path / "file") == found
    assert read_mark(VOCABULARY.encode() + b"a" * 65) is None, "no code of the vocabulary is that long"
