"""Faults of labels: wrong, contradictory, missing, rare, written in two ways, and annotators who disagree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import cv2
import numpy as np

from planted.fault import Fault, Planted, Samples, drawn
from planted.whole import WholeFault
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.store.beside import AGAINST, ROLE

LABEL = "class"


def _labelled(sample: Sample, label: str) -> Sample:
    return replace(sample, labels={LABEL: label})


def _as_float32(values: np.ndarray) -> Part:
    return Part("embedding", np.asarray(values, "<f4").tobytes())


def pixels(samples: Samples) -> Samples:
    """Give every picture its grey pixels, at 14 by 14, as features: no weights, for fast tests."""
    made = []
    for one in samples:
        grey = cv2.imdecode(np.frombuffer(one.parts["image"].data, np.uint8), cv2.IMREAD_GRAYSCALE)
        small = cv2.resize(grey, (14, 14), interpolation=cv2.INTER_AREA)
        made.append(one.with_part("features", _as_float32(small.ravel() / 255.0)))
    return made


@cache
def _embedded(data: bytes) -> Part:
    from shisaku.ops.image.embed import Embed

    (outcome,) = Embed().apply([Sample("x", {"image": Part("image", data)})], [np.random.default_rng(0)])
    return outcome[0].parts["features"]  # type: ignore[index]


def embedded(samples: Samples) -> Samples:
    """Give every picture its features by image.embed, once per picture."""
    return [one.with_part("features", _embedded(one.parts["image"].data)) for one in samples]


def _spelt(samples: Samples) -> Samples:
    from shisaku.ops.text.embed import Embed

    rngs = [np.random.default_rng(0)] * len(samples)
    return [one[0] for one in Embed(text="caption", model="char_ngrams").apply(samples, rngs)]  # type: ignore[index]


def mislabelled(samples: Samples, strength: float, seed: int) -> Planted:
    """Give a share of the samples another class, each of the others alike."""
    names = sorted({one.labels[LABEL] for one in samples})
    faulty = drawn(samples, strength, seed)
    made = []
    for one in samples:
        if one.id in faulty:
            others = [name for name in names if name != one.labels[LABEL]]
            one = _labelled(one, str(rng_for(seed, "class", one.id).choice(others)))
        made.append(one)
    return Planted(made, faulty)


def _contradicted(change: Callable[[Sample, float], Sample], share: float = 0.1) -> object:
    """Return a `plant` that adds a changed copy with another class for some samples; original and copy are faulty."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        names = sorted({one.labels[LABEL] for one in samples})
        chosen = [one for one in samples if one.id in drawn(samples, share, seed)]
        copies = []
        for one in chosen:
            others = [name for name in names if name != one.labels[LABEL]]
            copy = _labelled(change(one, strength), str(rng_for(seed, "class", one.id).choice(others)))
            copies.append(replace(copy, id=f"{one.id}-copy"))
        faulty = frozenset(one.id for one in (*chosen, *copies))
        return Planted([*samples, *copies], faulty)

    return plant


def _jpeg(sample: Sample, quality: float) -> Sample:
    rgb = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_UNCHANGED)
    if rgb.ndim == 3 and rgb.shape[2] == 4:
        alpha = rgb[:, :, 3:] / 255.0
        rgb = np.rint(rgb[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    if quality <= 100:
        _, lossy = cv2.imencode(".jpg", rgb, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
        rgb = cv2.imdecode(lossy, cv2.IMREAD_COLOR)
    _, data = cv2.imencode(".png", rgb)
    return sample.with_part("image", Part("image", data.tobytes()))


def _same_words(sample: Sample, strength: float) -> Sample:
    """Change all but the letters of a caption less and less: 5 nothing, 4 blank, 3 case, 2 mark, 1 a word less."""
    text = sample.parts["caption"].text
    changed = {
        5: text,
        4: text + " ",
        3: text.upper(),
        2: text.rstrip(".") + "!",
        1: " ".join(text.split()[1:]) or text,
    }
    return sample.with_part("caption", Part.from_text(changed[int(strength)], "en"))


def _unlabelled(samples: Samples, strength: float, seed: int) -> Planted:
    faulty = drawn(samples, strength, seed)
    empty = ({}, {LABEL: ""}, {LABEL: "  "})
    made = [replace(one, labels=empty[key_for(one.id) % 3]) if one.id in faulty else one for one in samples]
    return Planted(made, faulty)


def _renamed(variant: Callable[[str], str]) -> object:
    """Return a `plant` that writes the class of a share of the samples in another way."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        chosen = drawn(samples, strength, seed)
        counts: dict[str, list[str]] = {}
        for one in samples:
            counts.setdefault(one.labels[LABEL], []).append(one.id)
        # What most samples of a class bear is its name: the others are faulty, and some must be left.
        few = {name for name, ids in counts.items() if 2 * len(chosen & set(ids)) >= len(ids)}
        faulty = frozenset(
            one.id
            for one in samples
            if one.id in chosen and one.labels[LABEL] not in few and variant(one.labels[LABEL]) != one.labels[LABEL]
        )
        made = [_labelled(one, variant(one.labels[LABEL])) if one.id in faulty else one for one in samples]
        return Planted(made, faulty)

    return plant


def _full_width(name: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)


def _other_number(name: str) -> str:
    return name[:-1] if name.endswith("s") else name + "s"


def _named(samples: Samples) -> Samples:
    """Let the class of a stamp be what its caption names, where that is one word."""
    made = []
    for one in samples:
        words = one.parts["caption"].text.strip(" .!").split() if "caption" in one.parts else []
        words = words[1:] if words and words[0].lower() in ("a", "an", "the", "some") else words
        if len(words) == 1 and "caption_ja" in one.parts:
            made.append(_labelled(one, words[0].lower()))
    return made


def _in_two_languages(samples: Samples, strength: float, seed: int) -> Planted:
    """Add a copy of a share of the named stamps whose class is the Japanese caption."""
    named = _named(samples)
    chosen = drawn(named, strength, seed)
    copies = [
        replace(_labelled(one, one.parts["caption_ja"].text.strip(" 。.!！")), id=f"{one.id}-ja")
        for one in named
        if one.id in chosen
    ]
    return Planted([*named, *copies], frozenset(one.id for one in copies))


def _sides(samples: Samples) -> Samples:
    """Let half of the samples be the other dataset, drawn by their ids."""
    return [replace(one, facts={**one.facts, ROLE: AGAINST}) if key_for("side", one.id) % 2 else one for one in samples]


def _named_otherwise(samples: Samples, strength: float, seed: int) -> Planted:
    """Write a share of the classes in other ways in the other dataset."""
    names = sorted({one.labels[LABEL] for one in samples}, key=lambda name: rng_for(seed, "name", name).random())
    ways = (str.upper, _full_width, _other_number, lambda name: f" {name}_")
    changed = {name: ways[k % len(ways)](name) for k, name in enumerate(names[: max(1, round(strength * len(names)))])}
    made, faulty = [], set()
    for one in _sides(samples):
        label = one.labels[LABEL]
        if one.facts.get(ROLE) == AGAINST:
            one = _labelled(one, changed.get(label, label))
        elif label in changed:
            faulty.add(one.id)
        made.append(one)
    return Planted(made, frozenset(faulty))


def _swapped(samples: Samples, strength: float, seed: int) -> Planted:
    """Give a share of two classes each other's name in the other dataset."""
    names = sorted({one.labels[LABEL] for one in samples}, key=lambda name: rng_for(seed, "name", name).random())
    pair = {names[0]: names[1], names[1]: names[0]}
    made, faulty = [], set()
    for one in _sides(samples):
        label = one.labels[LABEL]
        if label in pair and one.facts.get(ROLE) != AGAINST:
            faulty.add(one.id)
        elif label in pair and rng_for(seed, "swap", one.id).random() < strength:
            one = _labelled(one, pair[label])
        made.append(one)
    return Planted(made, frozenset(faulty))


PEOPLE = ("anna", "bert", "carla", "dai", "emi")


def _answered(sample: Sample, names: list[str], wrong: dict[str, str], error: float, seed: int) -> Sample:
    """Let everybody label the sample: `wrong` says who says what else; the others err with chance `error`."""
    rng = rng_for(seed, "answer", sample.id)
    said = {}
    for who in PEOPLE:
        other = str(rng.choice([name for name in names if name != sample.labels[LABEL]]))
        said[who] = wrong.get(who, other if rng.random() < error else sample.labels[LABEL])
    return replace(sample, labels={f"{LABEL}/{who}": answer for who, answer in said.items()})


def _annotated(samples: Samples) -> Samples:
    if not samples or LABEL not in samples[0].labels:
        return samples
    names = sorted({one.labels[LABEL] for one in samples})
    return [_answered(one, names, {}, 0.02, 0) for one in samples]


def _disputed(samples: Samples, strength: float, seed: int) -> Planted:
    """Let so many of five annotators give some samples answers of their own."""
    names = sorted({one.labels[LABEL] for one in samples})
    faulty = drawn(samples, 0.1, seed)
    made = []
    for one in samples:
        rng = rng_for(seed, "dispute", one.id)
        others = [name for name in names if name != one.labels[LABEL]]
        answers = [str(a) for a in rng.permutation(others)[: int(strength)]] if one.id in faulty else []
        made.append(_answered(one, names, dict(zip(PEOPLE, answers, strict=False)), 0.02, seed))
    return Planted(made, faulty)


def _misled(samples: Samples, strength: float, seed: int) -> Planted:
    """Let three of five annotators give a share of the samples the same wrong answer: the majority is wrong."""
    names = sorted({one.labels[LABEL] for one in samples})
    faulty = drawn(samples, strength, seed)
    made = []
    for one in samples:
        other = str(rng_for(seed, "misled", one.id).choice([name for name in names if name != one.labels[LABEL]]))
        wrong = dict.fromkeys(PEOPLE[:3], other) if one.id in faulty else {}
        made.append(_answered(one, names, wrong, 0.02, seed))
    return Planted(made, faulty)


def _noisy_people(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Let everybody err with a chance."""
    names = sorted({one.labels[LABEL] for one in samples})
    return [_answered(one, names, {}, strength or 0.02, seed) for one in samples]


def _one_careless(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Let one of five err with a chance, the others with 2 %."""
    names = sorted({one.labels[LABEL] for one in samples})
    made = []
    for one in samples:
        rng = rng_for(seed, "careless", one.id)
        other = str(rng.choice([name for name in names if name != one.labels[LABEL]]))
        wrong = {"anna": other} if rng.random() < (strength or 0.0) else {}
        made.append(_answered(one, names, wrong, 0.02, seed))
    return made


def _unbalanced(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Leave one of so many samples of one class."""
    name = sorted({one.labels[LABEL] for one in samples})[seed % 10]
    return [
        one
        for one in samples
        if one.labels[LABEL] != name or rng_for(seed, "keep", one.id).random() < 1.0 / (strength or 1.0)
    ]


def _nearly_empty(samples: Samples, strength: float | None, seed: int) -> Samples:
    """Leave all but so many samples of one class out."""
    name = sorted({one.labels[LABEL] for one in samples})[seed % 10]
    own = sorted((one for one in samples if one.labels[LABEL] == name), key=lambda one: key_for(seed, one.id))
    gone = {one.id for one in own[int(strength):]} if strength else set()  # fmt: skip
    return [one for one in samples if one.id not in gone]


SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)
RENAMED = (0.01, 0.02, 0.05, 0.1, 0.2)
FAULTS = [
    Fault("wrong_labels", "label_errors", "mnist", "share of labels", SHARES, mislabelled, prepare=embedded, n=600),
    Fault("wrong_labels_pixels", "label_errors", "digits", "share of labels", SHARES, mislabelled, prepare=pixels),
    Fault("wrong_labels_stamps", "label_errors", "stamps", "share of labels", SHARES, mislabelled, prepare=embedded),
    Fault("contradictions", "label_conflicts", "stamps", "JPEG quality of the copy (101: the same)",
          (20, 50, 75, 95, 101), _contradicted(_jpeg), prepare=embedded, n=300),  # type: ignore[arg-type]
    Fault("contradictions_mnist", "label_conflicts", "mnist", "JPEG quality of the copy (101: the same)",
          (20, 50, 75, 95, 101), _contradicted(_jpeg), prepare=embedded, n=500),  # type: ignore[arg-type]
    Fault("contradictions_text", "label_conflicts_text", "stamps",
          "kind (5 same text, 4 blank, 3 case, 2 mark, 1 a word less)", (1, 2, 3, 4, 5),
          _contradicted(_same_words), prepare=_spelt),  # type: ignore[arg-type]
    Fault("unlabelled", "classes", "stamps", "share without a label", SHARES, _unlabelled),
    Fault("renamed_case", "taxonomy", "stamps", "share renamed", RENAMED, _renamed(str.upper)),  # type: ignore[arg-type]
    Fault("renamed_width", "taxonomy", "stamps", "share renamed", RENAMED, _renamed(_full_width)),  # type: ignore[arg-type]
    Fault("renamed_space", "taxonomy", "stamps", "share renamed", RENAMED,
          _renamed(lambda name: f"{name} ")),  # type: ignore[arg-type]
    Fault("renamed_plural", "taxonomy", "stamps", "share renamed", RENAMED, _renamed(_other_number)),  # type: ignore[arg-type]
    Fault("renamed_ja", "taxonomy", "stamps", "share of names also in Japanese", (0.05, 0.1, 0.2, 0.4, 0.8),
          _in_two_languages),
    Fault("named_otherwise", "taxonomy_against", "stamps", "share of classes", (0.05, 0.1, 0.2, 0.4, 0.8),
          _named_otherwise, prepare=lambda samples: _sides(samples)),
    Fault("swapped_classes", "class_meaning", "mnist", "share swapped in the other dataset", (0.2, 0.4, 0.6, 0.8, 1.0),
          _swapped, prepare=lambda samples: _sides(embedded(samples)), n=600),
    Fault("disputed", "agreement", "digits", "annotators of five who say something else", (1, 2, 3, 4, 5), _disputed,
          prepare=_annotated),
    Fault("misled", "annotators", "mnist", "share of samples where 3 of 5 err alike", SHARES, _misled,
          prepare=lambda samples: _annotated(embedded(samples)), n=600),
]  # fmt: skip
WHOLE = [
    WholeFault("imbalance", "classes", "digits", "largest through smallest class", (2.0, 5.0, 10.0, 20.0, 50.0),
               _unbalanced, "class_balance"),
    WholeFault("rare_class", "classes", "digits", "samples left (of 180, fewer is plainer)", (40, 19, 15, 10, 5),
               _nearly_empty, "rare_classes"),
    WholeFault("nearly_empty_class", "classes", "digits", "samples left (of 180, fewer is plainer)", (40, 19, 10, 4, 1),
               _nearly_empty, "near_empty_classes"),
    WholeFault("careless_annotators", "agreement", "digits", "error rate of each of five", (0.05, 0.1, 0.15, 0.2, 0.3),
               _noisy_people, "agreement", n=300),
    WholeFault("one_careless", "agreement", "digits", "error rate of one of five", (0.03, 0.05, 0.1, 0.2, 0.4),
               _one_careless, "annotator", lambda found: "anna" in str(found.what), n=300),
    WholeFault("wrong_labels_finding", "label_errors", "digits", "share of labels", (0.02, 0.05, 0.1, 0.2, 0.4),
               lambda samples, strength, seed: mislabelled(samples, strength, seed).samples if strength else samples,
               "label_errors", prepare=pixels, n=600, seeds=10),
]  # fmt: skip
