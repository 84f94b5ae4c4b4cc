"""Real datasets to hide from the planner of `shisaku next`: own items, a nearer and a farther source, made copies.

Each is small, ships inside a pinned package, and is seen through frozen features. The near source is another
collection where there is one (scikit-learn's digits beside MNIST), else the same kind of item through a slightly worse
camera, line or typist; the far one is much worse, and three in ten of its labels are wrong (`lab.next_data.world`).
"""

from __future__ import annotations

import io
import sys
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import soundfile

sys.path.insert(0, str(Path(__file__).parent))

from next_data_changes import Change, Samples, by, drowned, inverted, unsteady
from planted.prepared import pixel_features, through
from planted.sources import source

from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for
from shisaku.lab.items import Items
from shisaku.lab.next_data.world import Stock
from shisaku.store.codecs import decode_vector, encode_image, encode_vector

See = Callable[[Samples], np.ndarray]
COPIES = 2
LABEL = "class"
LANGUAGES = ("en", "es", "fr", "it", "ru")
FRAME = 512


@dataclass(frozen=True)
class Hidden:
    """Where real samples come from, how they are seen, what a copy is, and how its near and far sources differ."""

    own: Callable[[], Samples]
    see: See
    copy: Callable[[int], Change]
    far: Change
    near: Change | None = None
    elsewhere: Callable[[], Samples] | None = None
    per_class: int = 8
    parts: int = 1


def stock(name: str) -> Stock:
    """Return a dataset with all its views, features computed."""
    held = SETS[name]
    samples = held.own()
    copies = [held.copy(k)(samples) for k in range(COPIES)]
    far = held.far(samples)
    near = held.near(samples) if held.near else [None] * len(samples)
    whole = [k for k in range(len(samples)) if all(one[k] is not None for one in (*copies, far))]
    kept = [samples[k] for k in whole]
    real = _items(kept, held.see)
    made = [(f"{one.id}/copy{k}", one, copies[k][place]) for place, one in zip(whole, kept, strict=True)
            for k in range(COPIES)]  # fmt: skip
    made_items = _seen(made, held.see, parents=True)
    beside = [(f"{samples[k].id}/near", samples[k], near[k]) for k in whole if near[k] is not None]
    other = _items(held.elsewhere(), held.see) if held.elsewhere else _seen(beside, held.see)
    away = _seen([(f"{samples[k].id}/far", samples[k], far[k]) for k in whole], held.see)
    return Stock(name, real, made_items, other, away, per_class=held.per_class, parts=held.parts)


def _items(samples: Samples, see: See) -> Items:
    return Items(
        tuple(one.id for one in samples),
        tuple(one.labels[LABEL] for one in samples),
        tuple(one.entity for one in samples),
        see(samples),
    )


def _seen(rows: list[tuple[str, Sample, Sample | None]], see: See, parents: bool = False) -> Items:
    shown = [replace(changed, id=name) for name, _, changed in rows if changed is not None]
    of = [one for _, one, changed in rows if changed is not None]
    return Items(
        tuple(one.id for one in shown),
        tuple(one.labels[LABEL] for one in of),
        tuple(one.entity for one in of),
        see(shown),
        tuple((one.id,) for one in of) if parents else (),
    )


def _pixels(samples: Samples) -> np.ndarray:
    return _vectors(pixel_features(samples))


def _embedded(samples: Samples) -> np.ndarray:
    return _vectors(through(samples, "image.embed", "features"))


def _read(samples: Samples) -> np.ndarray:
    return _vectors(through(samples, "text.embed", "features", text="caption", allow_other_languages=True))


def _heard(samples: Samples) -> np.ndarray:
    """Return the mean and the spread over time of 24 bands in dB: no weights, enough for voices."""
    return np.stack([_bands(*soundfile.read(io.BytesIO(one.parts["audio"].data))) for one in samples])


def _bands(wave: np.ndarray, rate: int) -> np.ndarray:
    frames = np.lib.stride_tricks.sliding_window_view(np.pad(wave, (0, FRAME)), FRAME)[:: FRAME // 2]
    power = np.abs(np.fft.rfft(frames * np.hanning(FRAME))) ** 2
    place = np.searchsorted(np.geomspace(80.0, 3900.0, 25), np.fft.rfftfreq(FRAME, 1 / rate))
    decibels = 10 * np.log10(np.stack([power[:, place == k].sum(axis=1) for k in range(1, 25)], axis=1) + 1e-9)
    return np.concatenate([decibels.mean(axis=0), decibels.std(axis=0)]).astype(np.float32) + 100.0


def _vectors(samples: Samples) -> np.ndarray:
    return np.stack([decode_vector(one.parts["features"]) for one in samples])


def _some(samples: Samples, least: int, most: int) -> Samples:
    """Return at most so many of every class that has enough, drawn by their ids."""
    by_class = defaultdict(list)
    for one in sorted(samples, key=lambda one: key_for(one.id)):
        by_class[one.labels[LABEL]].append(one)
    return sorted((one for held in by_class.values() if len(held) >= least for one in held[:most]), key=lambda s: s.id)


def _stamps(half: int) -> Samples:
    """Return a half of the stamps by what they are of: one half is shown as pictures, the other by its names."""
    held = [one for one in source("stamps") if key_for(one.id) % 2 == half and one.parts["caption"].text.strip()]
    part = "caption" if half else "image"
    return _some([replace(one, parts={part: one.parts[part]}) for one in held], 18, 60)


def _faces() -> Samples:
    # 100 cut-outs of faces and 100 of other places of the same photographs, as scikit-image ships them
    from fetch import SKIMAGE, fetch

    rows = np.load(fetch(SKIMAGE) / "lfw_subset.npy", allow_pickle=False)
    found = []
    for place, grey in enumerate(rows):
        image = np.repeat((np.clip(grey, 0, 1) * 255).astype(np.uint8)[:, :, None], 3, axis=2)
        big = cv2.resize(image, (50, 50), interpolation=cv2.INTER_LINEAR)
        kind = "face" if place < 100 else "other"
        found.append(Sample(f"lfw-{place:03d}", {"image": Part("image", encode_image(big))}, {LABEL: kind}))
    return found


def _voices() -> Samples:
    found = []
    for language in LANGUAGES:
        held = [one for one in source(f"asterisk-{language}", 260) if float(one.facts.get("audio_seconds", "0")) >= 0.5]
        found += [
            replace(one, id=f"{language}-{one.id}", labels={LABEL: language}, group="",
                    parts={"audio": one.parts["audio"]})
            for one in held[:80]
        ]  # fmt: skip
    return found


def _table(name: str) -> Samples:
    """Return a table of scikit-learn, standardised columns as features."""
    from sklearn import datasets

    loaded = getattr(datasets, f"load_{name}")()
    rows = (loaded.data - loaded.data.mean(axis=0)) / loaded.data.std(axis=0)
    return [
        Sample(f"{name}-{place:03d}", {"features": Part("embedding", encode_vector(row))}, {LABEL: str(kind)})
        for place, (row, kind) in enumerate(zip(rows, loaded.target_names[loaded.target], strict=True))
    ]


def _digit_copy(seed: int) -> Change:
    return by("image.classical", 10 + seed, flip=0.0, rotation=10.0, scale_min=0.9, scale_max=1.1)


SETS: Mapping[str, Hidden] = {
    # twenty worlds of 250 items each, none shared
    "mnist": Hidden(lambda: source("mnist"), _pixels, _digit_copy, inverted,
                    elsewhere=lambda: source("digits"), parts=20),
    "stamps": Hidden(lambda: _stamps(0), _embedded, lambda k: by("image.classical", 10 + k), inverted,
                     near=by("image.degrade", 1)),
    "faces": Hidden(_faces, _pixels, lambda k: by("image.classical", 10 + k), inverted,
                    near=by("image.degrade", 1), per_class=20),
    "voices": Hidden(_voices, _heard, lambda k: by("audio.classical", 10 + k), drowned,
                     near=by("audio.telephone", 1)),
    "names": Hidden(lambda: _stamps(1), _read, lambda k: by("text.classical", 10 + k), by("text.typos", 2, share=0.6),
                    near=by("text.typos", 1, share=0.05)),
    "wine": Hidden(lambda: _table("wine"), _vectors, lambda k: by("embedding.noise", 10 + k, keep_length=False),
                   unsteady(1.5), near=unsteady(0.3)),
    "cancer": Hidden(lambda: _table("breast_cancer"), _vectors,
                     lambda k: by("embedding.noise", 10 + k, keep_length=False), unsteady(1.5), near=unsteady(0.3),
                     per_class=20),
}  # fmt: skip
