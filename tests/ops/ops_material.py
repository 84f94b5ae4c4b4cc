"""Samples for the tests of ops: drawn shapes, tones, texts and vectors, the same on every machine."""

from __future__ import annotations

import functools
import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Outcome, Transform
from shisaku.store.codecs import FrameWriter, encode_image, encode_table, encode_vector, encode_wave

RATE = 16_000
CAPTIONS = ("A frog.", "A red apple on a plate.", "The dog is next to a house.", "Two birds in a tree")


def shape(seed: int, size: int = 64, alpha: bool = True) -> np.ndarray:
    """A coloured disc with a texture: RGBA with true alpha, or RGB on white."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:size, :size]
    inside = (rows - size / 2) ** 2 + (columns - size / 2) ** 2 < (size * 0.35) ** 2
    colour = rng.integers(40, 200, 3) + rng.integers(-40, 40, (size, size, 1))
    pixels = np.where(inside[..., None], colour, 255).astype(np.uint8)
    return np.dstack([pixels, inside.astype(np.uint8) * 255]) if alpha else pixels


def scene(seed: int, size: int = 96) -> np.ndarray:
    """A background full of coloured blocks and noise, RGB."""
    rng = np.random.default_rng(1000 + seed)
    blocks = rng.integers(0, 256, (8, 8, 3)).repeat(size // 8, axis=0).repeat(size // 8, axis=1)
    return np.clip(blocks + rng.integers(-20, 20, blocks.shape), 0, 255).astype(np.uint8)


def tone(hertz: float, seconds: float = 0.5, rate: int = RATE) -> np.ndarray:
    """A sine that fades in and out, float32."""
    time = np.arange(int(seconds * rate)) / rate
    return (0.4 * np.sin(2 * np.pi * hertz * time) * np.hanning(time.size)).astype(np.float32)


def image_part(pixels: np.ndarray) -> Part:
    return Part("image", encode_image(pixels))


def vector_part(values: Sequence[float] | np.ndarray) -> Part:
    return Part("embedding", encode_vector(np.asarray(values, dtype=np.float32)))


def video_part(frames: Sequence[np.ndarray], fps: float = 10.0) -> Part:
    """A video of these RGB frames."""
    writer = FrameWriter()
    for place, frame in enumerate(frames):
        writer.add(place / fps, frame)
    return Part("video", writer.to_bytes())


def clustered(label: int, seed: int, width: int = 24) -> np.ndarray:
    """A point near the centre of its label."""
    centre = np.random.default_rng(label).normal(size=width)
    return centre + 0.3 * np.random.default_rng(10_000 + seed).normal(size=width)


def whole_sample(i: int) -> Sample:
    """A sample with every part that a built-in op can read."""
    label = i % 2
    parts = {
        "image": image_part(shape(i)),
        "caption": Part.from_text(CAPTIONS[i % len(CAPTIONS)], "en"),
        "reworded": Part.from_text(f"This is {CAPTIONS[i % len(CAPTIONS)]}", "en"),
        "heard": Part.from_text(CAPTIONS[i % len(CAPTIONS)].upper(), "en"),
        "speech": Part("audio", encode_wave(tone(200 + 50 * i), RATE)),
        "audio": Part("audio", encode_wave(tone(300 + 50 * i), RATE)),
        "features": vector_part(clustered(label, i)),
        "text_features": vector_part(clustered(label, 100 + i, 16)),
        "video": video_part([shape(i + k, alpha=False) for k in range(4)]),
        "table": Part("table", encode_table({"n": i, "size": 1.5 * i, "kind": f"k{label}", "note": None})),
        "untouched": Part("points", b"left alone"),
    }
    return Sample(f"s{i}", parts, {"class": f"c{label}"}, group=f"g{i // 2}", licence="CC0-1.0", consent="yes")


@functools.cache
def samples() -> tuple[Sample, ...]:
    return tuple(whole_sample(i) for i in range(5))


@functools.cache
def annotated_samples() -> tuple[Sample, ...]:
    """The samples with the answers of two annotators, who disagree on the last."""
    anna = [{"class/anna": one.labels["class"], "class/bert": one.labels["class"]} for one in samples()]
    anna[-1]["class/bert"] = "c1"
    return tuple(replace(one, labels={**one.labels, **said}) for one, said in zip(samples(), anna, strict=True))


@functools.cache
def japanese_samples() -> tuple[Sample, ...]:
    """The samples with captions in Japanese."""
    texts = (
        "カエルが池の中にいる。",
        "赤いリンゴが皿の上にあります。",
        "医者は薬の使用を説明しなかった。",
        "ねこが屋根で眠っている",
    )
    return tuple(
        one.with_part("caption", Part.from_text(texts[place % len(texts)], "ja")) for place, one in enumerate(samples())
    )


@functools.cache
def spoken_samples() -> tuple[Sample, ...]:
    """The samples with somebody speaking in them, which takes the weights of flite."""
    from shisaku.models.loading import load

    made = []
    for sample in samples():
        wave, rate = load("flite").speak(sample.parts["caption"].text, "slt")
        made.append(sample.with_part("speech", Part("audio", encode_wave(wave, rate))))
    return tuple(made)


@functools.cache
def backgrounds() -> tuple[Sample, ...]:
    sounds = [Part("audio", encode_wave(tone(900 + 40 * i, 0.3 + 0.2 * i), RATE)) for i in range(4)]
    return tuple(Sample(f"b{i}", {"image": image_part(scene(i)), "audio": sounds[i]}) for i in range(4))


@functools.cache
def fellows() -> tuple[Sample, ...]:
    """More samples of the same two labels: a pool for ops that mix samples of one class."""
    return tuple(whole_sample(i) for i in range(10, 18))


@functools.cache
def both_sides() -> tuple[Sample, ...]:
    """The fellows beside what was made of them: a pool for ops that bring made samples to real ones."""
    return (*fellows(), *(one.child("toy.copy", parts=one.parts) for one in fellows()))


@functools.cache
def ancestors() -> tuple[Sample, ...]:
    """Whole real samples with figures of speech, s0 to s4 among them: for judges that look back along a chain."""
    return tuple(
        whole_sample(i).with_part("prosody", vector_part([20.0 + i % 3, 8.0 + i % 4, 4.0 + 0.1 * i])) for i in range(24)
    )


@functools.cache
def judged_samples() -> tuple[Sample, ...]:
    """The samples with what a large model said about them: grades, and one preference."""
    about = {"why": "so", "judge": "referee", "kin": []}
    said: list[dict[str, object]] = [{"kind": "rubric", "grade": k, "low": 1, "high": 5} for k in range(1, 5)]
    said.append({"kind": "prefer", "winner": "tie", "said": ["made", "real"], "consistent": False})
    return tuple(
        one.with_part("verdict", Part.from_text(json.dumps({**about, **told})))
        for one, told in zip(samples(), said, strict=True)
    )


@functools.cache
def reference() -> tuple[Sample, ...]:
    """Real samples of two labels with features; s0 to s4 are among them."""
    return tuple(
        Sample(f"s{i}", {"features": vector_part(clustered(i % 2, i))}, {"class": f"c{i % 2}"}, group=f"g{i // 2}")
        for i in range(20)
    )


def rngs(batch: Sequence[Sample], seed: int = 0) -> list[np.random.Generator]:
    return [rng_for(seed, "test", sample.id) for sample in batch]


def apply(op: Transform, batch: Sequence[Sample], seed: int = 0, pool: Sequence[Sample] | None = None) -> list[Outcome]:
    return op.apply(batch, rngs(batch, seed), pool)


def one(op: Transform, sample: Sample, seed: int = 0, pool: Sequence[Sample] | None = None) -> Sample:
    """The single sample made; fails the test where there is none."""
    outcome = apply(op, [sample], seed, pool)[0]
    assert not isinstance(outcome, Failure), str(outcome.reason)
    return outcome[0]


def reason(op: Transform, sample: Sample, pool: Sequence[Sample] | None = None) -> str:
    """Why the sample failed; fails the test where it did not."""
    outcome = apply(op, [sample], 0, pool)[0]
    assert isinstance(outcome, Failure)
    return str(outcome.reason)


def auc(bad: Sequence[float], good: Sequence[float]) -> float:
    """Chance that a bad one scores below a good one."""
    pairs = np.asarray(good)[:, None] - np.asarray(bad)[None, :]
    return float(((pairs > 0) + 0.5 * (pairs == 0)).mean())
