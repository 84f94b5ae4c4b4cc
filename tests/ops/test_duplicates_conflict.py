"""The same thing with another text."""

from __future__ import annotations

import numpy as np
from ops_material import RATE, image_part, scene

from shisaku.core.sample import Part, Sample
from shisaku.core.score import Score
from shisaku.ops.alike.conflicts import Conflicts
from shisaku.ops.pairs.image_conflict import ImageConflict
from shisaku.ops.pairs.speech_conflict import SpeechConflict
from shisaku.store.codecs import encode_wave


def _image(name: str, seed: int, text: str) -> Sample:
    return Sample(name, {"image": image_part(scene(seed)), "caption": Part.from_text(text)})


def _scored(op: Conflicts, samples: list[Sample]) -> dict[str, Score]:
    return {score.sample: score for score in op.scores(op.measure(samples))}


def test_one_image_with_two_captions() -> None:
    found = _scored(ImageConflict(), [_image("a", 1, "a red bird"), _image("b", 1, "three green apples")])
    assert {name: score.issue for name, score in found.items()} == {"a": False, "b": True}
    assert found["a"].group == found["b"].group == "a"
    assert "same as a" in str(found["b"].reason)


def test_what_most_say_is_the_usual_text() -> None:
    texts = {
        "a": "three green apples",
        "b": "a red bird",
        "c": "A red bird.",
        "d": "one red bird that sits on a branch",
    }
    found = _scored(ImageConflict(), [_image(name, 1, text) for name, text in texts.items()])
    assert {name for name, score in found.items() if score.issue} == {"a", "d"}
    assert found["d"].raw == 3 / 8
    milder = _scored(ImageConflict(agree_from=0.3), [_image(name, 1, text) for name, text in texts.items()])
    assert {name for name, score in milder.items() if score.issue} == {"a"}


def test_the_same_caption_of_other_images_is_no_fault() -> None:
    op = ImageConflict()
    samples = [_image("a", 1, "a bird"), _image("b", 2, "a bird"), _image("c", 3, "a cat")]
    assert not any(score.issue for score in _scored(op, samples).values())
    assert op.findings(op.measure(samples)) == []


def test_one_recording_with_two_texts() -> None:
    wave = np.asarray(np.random.default_rng(0).normal(0, 0.1, 2 * RATE), np.float32)
    other = np.asarray(np.random.default_rng(1).normal(0, 0.1, 2 * RATE), np.float32)
    rows = (("a", wave, "press one"), ("b", 0.3 * wave, "hang up now"), ("c", other, "press two"))
    samples = [
        Sample(name, {"audio": Part("audio", encode_wave(sound, RATE)), "caption": Part.from_text(text)})
        for name, sound, text in rows
    ]
    op = SpeechConflict()
    assert {name for name, score in _scored(op, samples).items() if score.issue} == {"b"}
    (told,) = op.findings(op.measure(samples))
    assert told.weight == "warn"
    assert told.samples == ("b",)
