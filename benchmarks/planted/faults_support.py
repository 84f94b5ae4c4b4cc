"""Wrong labels among made items, in the style of the real ones and in one that these lack.

Labels are wrong at random, classes change their names in a ring, or several go under the name of one. Real items play
what was honestly made, as for copies. What was made in a new style is turned, moved and made noisy; its labels are
right where nothing was planted: what is called there are the false alarms that the style costs.
"""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np

from planted.fault import Fault, Planted, Samples
from planted.faults_copying import LABEL, beside, dealt, mislabelled, seen
from planted.prepared import pixel_features
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.store.beside import AGAINST, ROLE

TURN, MOVE, NOISE = 20.0, 0.1, 20.0  # degrees, share of the side, standard deviation of 255
JUDGES = ("dataset.label_agreement", "dataset.label_support")
SHARES = (0.02, 0.05, 0.1, 0.2, 0.4)


def ringed(samples: Samples, strength: float, seed: int) -> Planted:
    """Let so many classes, drawn by the seed, change names in a ring: made items of each bear that of the next."""
    some = _drawn_classes(samples, strength, seed)
    return _renamed(samples, dict(zip(some, some[1:] + some[:1], strict=True)), seed)


def merged(samples: Samples, strength: float, seed: int) -> Planted:
    """Let made items of so many classes, drawn by the seed, go under the name of one more."""
    one, *others = _drawn_classes(samples, strength + 1, seed)
    return _renamed(samples, dict.fromkeys(others, one), seed)


def _drawn_classes(samples: Samples, strength: float, seed: int) -> list[str]:
    names = sorted({one.labels[LABEL] for one in samples}, key=lambda name: key_for(seed, "class", name))
    return names[: round(strength)]


def _renamed(samples: Samples, names: dict[str, str], seed: int) -> Planted:
    used, held, made = dealt(samples, seed)
    faulty = frozenset(one.id for one in made if one.labels[LABEL] in names)
    wrong = [replace(one, labels={LABEL: names.get(one.labels[LABEL], one.labels[LABEL])}) for one in made]
    return Planted([*used, *held, *wrong], faulty)


def restyled(samples: Samples) -> Samples:
    """Turn, move and make noisy what was made, each item in its own way; real items stay as they are."""
    return [one if one.facts.get(ROLE) == AGAINST else _restyled(one) for one in samples]


def _restyled(sample: Sample) -> Sample:
    rng = rng_for(0, "style", sample.id)
    pixels = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_COLOR)
    high, wide = pixels.shape[:2]
    turn = cv2.getRotationMatrix2D((wide / 2, high / 2), float(rng.uniform(-TURN, TURN)), 1.0)
    turn[:, 2] += rng.uniform(-MOVE, MOVE, 2) * (wide, high)
    moved = cv2.warpAffine(pixels, turn, (wide, high), borderMode=cv2.BORDER_REPLICATE)
    noisy = np.clip(moved + rng.normal(size=moved.shape) * NOISE, 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".png", noisy)
    assert done
    return replace(sample, parts={"image": Part("image", data.tobytes())})


def in_style(samples: Samples) -> Samples:
    """Give items the features of image.embed, made ones in the new style."""
    return seen(restyled(samples))


FAULTS = [
    *(
        Fault(
            "made with a wrong label", "dataset.label_support", name, "share of made items with a wrong label",
            SHARES, mislabelled, {"label": LABEL}, beside(pixel_features), n,
        )
        for name, n in (("digits", 1797), ("mnist", 3000))
    ),
    *(
        Fault(
            f"made with a wrong label, {style}", judge, "mnist", "share of made items with a wrong label",
            SHARES, mislabelled, {"label": LABEL}, beside(prepare), 1500,
        )
        for judge in JUDGES
        for style, prepare in (("image.embed", seen), ("in a new style, image.embed", in_style))
    ),
    *(
        Fault(
            f"classes that changed names{style}, image.embed", judge, "mnist", "classes of ten in a ring",
            (2, 3, 4, 6, 8, 10), ringed, {"label": LABEL}, beside(prepare), 1500,
        )
        for judge in JUDGES
        for style, prepare in (("", seen), (" in a new style", in_style))
    ),
    *(
        Fault(
            "classes under the name of one more, image.embed", judge, "mnist", "classes of ten that lost their name",
            (5, 4, 3, 2, 1), merged, {"label": LABEL}, beside(seen), 1500,
        )
        for judge in JUDGES
    ),
]  # fmt: skip
