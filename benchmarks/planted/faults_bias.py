"""Faults of a whole dataset that let a model learn something else than the content."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import soundfile

from planted.fault import Samples
from planted.prepared import pixel_features
from planted.whole import WholeFault
from shisaku.core.finding import Finding
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for

SHARES = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)


def tied_fact(name: str, values: tuple[str, ...]) -> Callable[[Samples, float | None, int], Samples]:
    """Give every sample a fact: with the chance `strength` the one of its class, else any (None: any)."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        order = {label: place for place, label in enumerate(sorted({one.labels["class"] for one in samples}))}
        made = []
        for one in samples:
            rng = rng_for(seed, f"tie-{name}", one.id)
            drawn = values[int(rng.integers(len(values)))]
            own = values[order[one.labels["class"]] % len(values)]
            value = own if rng.random() < (strength or 0.0) else drawn
            made.append(replace(one, facts={**one.facts, name: value}))
        return made

    return plant


def _tied_picture(change: Callable[[np.ndarray], np.ndarray]) -> Callable[[Samples, float | None, int], Samples]:
    """Change a share `strength` of the pictures of class 0 and as many others as the rest of that share is.

    With strength 1 all of class 0 and nothing else is changed, with None the same number, drawn from all classes.
    """

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        own = [one.id for one in samples if one.labels["class"] == _first(samples)]
        rng = np.random.default_rng(seed)
        tied = set(rng.permutation(own)[: round((strength or 0.0) * len(own))])
        others = [one.id for one in samples if one.id not in tied]
        chosen = tied | set(rng.permutation(others)[: len(own) - len(tied)])
        return [_repainted(one, change) if one.id in chosen else one for one in samples]

    return plant


def _first(samples: Samples) -> str:
    return min(one.labels["class"] for one in samples)


def _repainted(sample: Sample, change: Callable[[np.ndarray], np.ndarray]) -> Sample:
    part = sample.parts["image"]
    pixels = cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_COLOR)
    done, data = cv2.imencode(".png", change(pixels))
    assert done
    return sample.with_part("image", Part("image", data.tobytes(), part.uri))


def _brighter(pixels: np.ndarray) -> np.ndarray:
    return cv2.add(pixels, np.full(4, 40.0))


def _green_edge(pixels: np.ndarray) -> np.ndarray:
    return cv2.rectangle(pixels.copy(), (0, 0), (pixels.shape[1] - 1, pixels.shape[0] - 1), (60, 200, 60), 2)


def _shuffled(samples: Samples, seed: int) -> Samples:
    """Labels of other samples: whatever else differs between classes is gone."""
    rng = np.random.default_rng(seed + 1000)
    labels = [one.labels for one in samples]
    return [
        replace(one, labels=labels[place]) for one, place in zip(samples, rng.permutation(len(samples)), strict=True)
    ]


def _on_shuffled(
    plant: Callable[[Samples, float | None, int], Samples],
) -> Callable[[Samples, float | None, int], Samples]:
    return lambda samples, strength, seed: plant(_shuffled(samples, seed), strength, seed)


def _halved(samples: Samples) -> Samples:
    """Prompts without a label get one at random: nothing about a recording tells it."""
    return [
        replace(one, labels={"class": "ab"[int(rng_for(7, "half", one.id).integers(2))]}, group="") for one in samples
    ]


def _softer(db: float) -> Callable[[Samples, float | None, int], Samples]:
    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        made = []
        for one in samples:
            rng = rng_for(seed, "soften", one.id)
            tied = rng.random() < (strength or 0.0)
            soft = one.labels["class"] == "a" if tied else rng.random() < 0.5
            made.append(_gained(one, db) if soft else one)
        return made

    return plant


def _gained(sample: Sample, db: float) -> Sample:
    import io

    part = sample.parts["audio"]
    wave, rate = soundfile.read(io.BytesIO(part.data), dtype="float64")
    out = io.BytesIO()
    soundfile.write(out, wave * 10 ** (-db / 20), rate, format="WAV", subtype="PCM_16")
    return sample.with_part("audio", Part("audio", out.getvalue(), part.uri))


def _full_stop(samples: Samples, strength: float | None, seed: int) -> Samples:
    made = []
    for one in samples:
        rng = rng_for(seed, "stop", one.id)
        tied = rng.random() < (strength or 0.0)
        stop = one.labels["class"] == "a" if tied else rng.random() < 0.5
        part = one.parts["text"]
        text = part.text.strip().rstrip(".") + (" ." if stop else "")
        made.append(one.with_part("text", Part.from_text(text, part.lang)))
    return made


def _seen_device(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Two devices, one of which makes pictures brighter; the class follows the device as strongly as said."""
    tied = tied_fact("device", ("one", "two"))(_shuffled(samples, seed), strength, seed)
    return pixel_features([_repainted(one, _brighter) if one.facts["device"] == "one" else one for one in tied])


def _bad_device(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Four devices at random; of one a share of the labels is another (None: as many wrong labels, anywhere)."""
    classes = sorted({one.labels["class"] for one in samples})
    made = []
    for one in samples:
        rng = rng_for(seed, "device", one.id)
        device = int(rng.integers(4))
        rate = 0.1 if strength is None else strength * (device == 0)
        wrong = [name for name in classes if name != one.labels["class"]]
        label = wrong[int(rng.integers(len(wrong)))] if rng.random() < rate else one.labels["class"]
        made.append(replace(one, facts={"device": f"d{device}"}, labels={"class": label}))
    return made


def _of_device(found: Finding) -> bool:
    return "device" in str(found.what)


def _about(field: str) -> Callable[[Finding], bool]:
    return lambda found: found.what.values.get("field") == field


TOLD = "label_given_away"
TIE = "share of samples whose attribute follows the label"
WHOLE: list[WholeFault] = [
    WholeFault(
        "device told by class", "giveaway", "digits", TIE, SHARES,
        tied_fact("device", tuple(f"d{i}" for i in range(10))), TOLD, _about("device"), {"label": "class"}, n=500,
    ),
    WholeFault(
        "device tied to class",
        "label_ties",
        "digits",
        TIE,
        SHARES,
        _on_shuffled(tied_fact("device", ("one", "two", "three"))),
        "label_tied_to_attribute",
        lambda found: found.what.values.get("attribute") == "device",
        {"label": "class"},
        n=500,
    ),
    WholeFault(
        "device in the pictures and tied to class",
        "image_source",
        "digits",
        TIE,
        SHARES,
        _seen_device,
        "source_in_features",
        params={},
        n=400,
        seeds=10,
    ),
    WholeFault(
        "wrong labels from one device",
        "image_slices",
        "digits",
        "share of the labels of one device in four that are wrong",
        (0.1, 0.2, 0.3, 0.4, 0.6),
        _bad_device,
        "slice_with_errors",
        _of_device,
        params={"label": "class"},
        prepare=pixel_features,
        n=800,
        seeds=10,
        alarm=_of_device,  # that some classes are harder than others is true, and no false alarm
    ),
    WholeFault(
        "two devices on stamps", "giveaway", "stamps", TIE, SHARES,
        _on_shuffled(tied_fact("device", ("one", "two"))), TOLD, _about("device"), {"label": "class"},
        prepare=lambda samples: [replace(one, facts={}, id=f"s{i:04}") for i, one in enumerate(_two(samples))],
    ),
    WholeFault(
        "one class brighter", "image_shortcut", "digits", TIE, SHARES,
        _on_shuffled(_tied_picture(_brighter)), TOLD, params={"label": "class"}, n=500,
    ),
    WholeFault(
        "one class with a green edge", "image_shortcut", "mnist", TIE, SHARES,
        _on_shuffled(_tied_picture(_green_edge)), TOLD, params={"label": "class"}, n=500,
    ),
    WholeFault(
        "one class 6 dB softer", "audio_shortcut", "asterisk-en", TIE, SHARES, _softer(6.0), TOLD,
        params={"label": "class", "audio": "audio"}, prepare=_halved, n=200,
    ),
    WholeFault(
        "one class ends in a full stop", "text_shortcut", "asterisk-en", TIE, SHARES, _full_stop, TOLD,
        params={"label": "class", "text": "text"}, prepare=_halved, n=200,
    ),
]  # fmt: skip


def _two(samples: Samples) -> Samples:
    return [replace(one, labels={"class": "b" if one.labels["class"] == "symbols" else "a"}) for one in samples]
