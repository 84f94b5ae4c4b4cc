"""Copies of real items among made ones, copied voices and wrong labels: real items play what was honestly made.

A source is dealt by a seed into thirds: used real items, real items held out, and "made" items, which are real items
that nothing was copied into yet. A copy takes the place of a made item and has no parents: nothing says whence it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import soundfile

from planted.fault import Fault, Planted, Samples, drawn
from planted.prepared import pixel_features, through
from planted.sources import source
from planted.whole import WholeFault
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.beside import AGAINST, ROLE

SIDE, HELD = "side", {"side": "held"}
LABEL = "class"
VOICES, RATE = ("en", "es", "fr", "it", "ru"), 8000
Pixels = np.ndarray
Change = Callable[[Pixels, float, np.random.Generator], Pixels]


def dealt(samples: Samples, seed: int) -> tuple[Samples, Samples, Samples]:
    """Return used, held-out and made items, a third of the samples each."""
    order = sorted(samples, key=lambda one: rng_for(seed, "deal", one.id).random())
    third = len(order) // 3
    sides = ("used", "held", "")
    parts = [
        [
            replace(one, facts={**one.facts, SIDE: side, **({ROLE: AGAINST} if side else {})})
            for one in order[k * third : (k + 1) * third]
        ]
        for k, side in enumerate(sides)
    ]
    return parts[0], parts[1], parts[2]


def copied(one: Sample, of: Sample, change: Change | None, strength: float, seed: int) -> Sample:
    """Return a made item with the changed picture and the label of a used one in its place."""
    if change is None:
        return replace(one, parts=dict(of.parts), labels=of.labels)
    pixels = _on_white(cv2.imdecode(np.frombuffer(of.parts["image"].data, np.uint8), cv2.IMREAD_UNCHANGED))
    changed = np.ascontiguousarray(change(pixels, strength, rng_for(seed, "change", of.id)))
    done, data = cv2.imencode(".png", changed)
    assert done
    return replace(one, parts={"image": Part("image", data.tobytes())}, labels=of.labels)


def _on_white(pixels: Pixels) -> Pixels:
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[:, :, 3:] / 255.0
    return np.rint(pixels[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def jpeg(pixels: Pixels, quality: float, _: np.random.Generator) -> Pixels:
    """Return the picture after JPEG of that quality."""
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], cv2.IMREAD_COLOR)


def cropped(pixels: Pixels, kept: float, rng: np.random.Generator) -> Pixels:
    """Return a part of the picture, drawn at random, brought back to its size."""
    height, width = pixels.shape[:2]
    high, wide = max(8, round(height * kept)), max(8, round(width * kept))
    top, left = int(rng.integers(0, height - high + 1)), int(rng.integers(0, width - wide + 1))
    return cv2.resize(pixels[top : top + high, left : left + wide], (width, height), interpolation=cv2.INTER_CUBIC)


def mirrored(pixels: Pixels, kept: float, rng: np.random.Generator) -> Pixels:
    """Return a part of the picture, mirrored."""
    return cropped(pixels[:, ::-1], kept, rng)


def noisy(pixels: Pixels, deviation: float, rng: np.random.Generator) -> Pixels:
    """Return the picture with normal noise of that standard deviation (of 255)."""
    return np.clip(pixels + rng.normal(size=pixels.shape) * deviation, 0, 255).astype(np.uint8)


def sharing(prepare: Callable[[Samples], Samples], change: Change | None = None, at: float = 0.0):  # type: ignore[no-untyped-def]
    """Return a `plant` of a share of copies among the made items, each of another used item."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        used, held, made = dealt(samples, seed)
        rng = np.random.default_rng(seed)
        taken = rng.permutation(len(used))
        n = round((strength or 0.0) * len(made))
        copies = [copied(one, used[taken[k]], change, at, seed) for k, one in enumerate(made[:n])]
        return prepare([*used, *held, *copies, *made[n:]])

    return plant


def exact(samples: Samples, strength: float, seed: int) -> Planted:
    """Put the contents of used items in the place of a share of the made ones."""
    used, held, made = dealt(samples, seed)
    n = max(1, round(strength * len(made)))
    copies = [replace(one, parts=dict(used[k].parts)) for k, one in enumerate(made[:n])]
    return Planted([*used, *held, *copies, *made[n:]], frozenset(one.id for one in copies))


def among(change: Change, share: float = 0.1):  # type: ignore[no-untyped-def]
    """Return a `plant` of copies changed by the strength, a share of the made items."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        used, held, made = dealt(samples, seed)
        n = max(1, round(share * len(made)))
        copies = [copied(one, used[k], change, strength, seed) for k, one in enumerate(made[:n])]
        return Planted([*used, *held, *copies, *made[n:]], frozenset(one.id for one in copies))

    return plant


def beside(prepare: Callable[[Samples], Samples]) -> Callable[[Samples], Samples]:
    """Return a `prepare` that deals samples where no plant did: the unplanted data, for false alarms."""

    def prepared(samples: Samples) -> Samples:
        some = samples if any(SIDE in one.facts for one in samples) else [p for part in dealt(samples, 0) for p in part]
        return prepare(some)

    return prepared


def seen(samples: Samples) -> Samples:
    """Give every picture its features by image.embed, once per picture."""
    return through(samples, "image.embed", "features")


def mislabelled(samples: Samples, strength: float, seed: int) -> Planted:
    """Give a share of the made items another class, each of the others alike."""
    used, held, made = dealt(samples, seed)
    names = sorted({one.labels[LABEL] for one in samples})
    faulty = drawn(made, strength, seed)
    wrong = []
    for one in made:
        if one.id in faulty:
            others = [name for name in names if name != one.labels[LABEL]]
            one = replace(one, labels={LABEL: str(rng_for(seed, "wrong", one.id).choice(others))})
        wrong.append(one)
    return Planted([*used, *held, *wrong], faulty)


@cache
def prompts(least: float = 1.5, each: int = 30) -> tuple[Sample, ...]:
    """Return prompts of five speakers, none shorter than `least` seconds, with who speaks in the fact ``speaker``."""
    made = []
    for language in VOICES:
        long = [one for one in source(f"asterisk-{language}") if float(one.facts["audio_seconds"]) >= least]
        some = sorted(long, key=lambda one: rng_for(0, "voice", one.id).random())[:each]
        made += [
            replace(one, id=f"{language}/{one.id}", group="", facts={**one.facts, "speaker": language}) for one in some
        ]
    return tuple(made)


def stolen(samples: Samples, strength: float, seed: int) -> Planted:
    """Four speakers are real; what is made says a source, but a tenth of it bears another of the four voices.

    The rest are recordings of the fifth speaker, whom the reference does not know. Strength is the signal-to-noise
    ratio of the stolen recordings in dB. The samples of the source are not used: only prompts have known speakers.
    """
    reference, made, faulty = voices(seed)
    changed = [in_noise(one, strength, seed) if one.id in faulty else one for one in made]
    return Planted([*reference, *changed], faulty)


def voices(seed: int) -> tuple[Samples, Samples, frozenset[str]]:
    """Return the real recordings, the made ones, and which of these bear a voice that was not their source."""
    stranger = VOICES[seed % len(VOICES)]
    known = [one for one in VOICES if one != stranger]
    reference, made, faulty = [], [], set()
    for one in prompts():
        speaker = one.facts["speaker"]
        if speaker == stranger:
            made.append(one)
        elif rng_for(seed, "deal", one.id).random() < 0.75:
            reference.append(replace(one, facts={**one.facts, ROLE: AGAINST}))
        else:
            source_of = known[(known.index(speaker) + 1) % len(known)]
            made.append(replace(one, facts={**one.facts, "speaker": source_of}))
            faulty.add(one.id)
    return reference, made, frozenset(faulty)


def in_noise(sample: Sample, decibels: float, seed: int) -> Sample:
    """Return the recording in white noise at that signal-to-noise ratio."""
    wave, rate = soundfile.read(io.BytesIO(sample.parts["audio"].data), dtype="float64")
    noise = rng_for(seed, "noise", sample.id).normal(size=wave.shape) * wave.std() * 10 ** (-decibels / 20)
    file = io.BytesIO()
    soundfile.write(file, np.clip(wave + noise, -1, 1), rate, format="WAV", subtype="PCM_16")
    return sample.with_part("audio", Part("audio", file.getvalue()))


def heard(samples: Samples) -> Samples:
    """Give recordings their voice; clean samples of a source are replaced by honest ones: no voice is stolen."""
    if not any(one.facts.get(ROLE) == AGAINST for one in samples):
        reference, made, faulty = voices(0)
        honest = [
            replace(one, facts={**one.facts, "speaker": one.id.partition("/")[0]}) if one.id in faulty else one
            for one in made
        ]
        samples = [*reference, *honest]
    return through(samples, "audio.voice_embed", "voice", audio="audio")


HOLDOUT = {"holdout": HELD}
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.4)
SHARE = "share of the made items that are copies"
KEPT, QUALITY = "share of each side kept", "JPEG quality"
JPEG, CROP = (3, 5, 10, 20, 40, 80), (0.7, 0.8, 0.9, 0.95, 0.98)

FAULTS = [
    *(
        Fault(
            "exact copies of used", "dataset.exact_leak", name, SHARE, SHARES[:1] + SHARES[2:], exact,
            {"part": part, "kind": part}, beside(list), n,
        )
        for name, part, n in (("stamps", "image", 785), ("mnist", "image", 1500), ("asterisk-en", "audio", 450))
    ),
    Fault(
        "jpeg copies of used", "dataset.authenticity", "stamps", QUALITY, JPEG, among(jpeg), HOLDOUT, beside(seen), 450
    ),
    Fault("crops of used", "dataset.authenticity", "stamps", KEPT, CROP, among(cropped), HOLDOUT, beside(seen), 450),
    Fault(
        "mirrored crops of used", "dataset.authenticity", "stamps", KEPT, (*CROP, 1.0), among(mirrored), HOLDOUT,
        beside(seen), 450,
    ),
    Fault(
        "noisy copies of used", "dataset.authenticity", "mnist", "noise, standard deviation of 255",
        (120, 80, 50, 30, 15, 0), among(noisy), HOLDOUT, beside(pixel_features), 3000,
    ),
    Fault(
        "stolen voice", "audio.voice_copy", "asterisk-en", "dB SNR", (20, 25, 30, 35, 40, 60), stolen,
        {"speaker": "speaker"}, heard, 60,
    ),
    Fault("jpeg copies of used", "dataset.near_copy", "stamps", QUALITY, JPEG, among(jpeg), {}, beside(seen), 450),
    Fault("crops of used", "dataset.near_copy", "stamps", KEPT, CROP, among(cropped), {}, beside(seen), 450),
    *(
        Fault(
            "made with a wrong label", judge, name, "share of made items with a wrong label",
            (0.02, 0.05, 0.1, 0.2, 0.4), mislabelled, {"label": LABEL}, beside(pixel_features), n,
        )
        for judge in ("dataset.value", "dataset.label_agreement")
        for name, n in (("digits", 1797), ("mnist", 3000))
    ),
]  # fmt: skip

WHOLE = [
    *(
        WholeFault(
            f"copies of used, by {finding}", op, "mnist", SHARE, SHARES, sharing(list), finding,
            params=HOLDOUT, prepare=pixel_features, n=1500, seeds=10,
        )
        for op, finding in (
            ("dataset.copying", "copying"),
            ("dataset.copying", "copying_nearest"),
            ("dataset.membership", "membership"),
            ("dataset.authenticity", "too_near"),
            ("dataset.authenticity", "authenticity"),
        )
    ),
    *(
        WholeFault(
            f"{name} of used, by {finding}", "dataset.copying", "stamps", SHARE, SHARES, sharing(seen, change, at),
            finding, params=HOLDOUT, n=450, seeds=10,
        )
        for name, change, at in (("copies", None, 0.0), ("crops 5 %", cropped, 0.95), ("mirrors", mirrored, 1.0))
        for finding in ("copying", "copying_nearest")
    ),
]  # fmt: skip
