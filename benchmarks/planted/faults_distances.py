"""Sets of made samples that differ from the real ones: one half of real data with a fault, beside the other half."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from planted.fault import Samples
from planted.prepared import pixel_features, through
from planted.whole import WholeFault
from shisaku.core.sample import Part, Sample
from shisaku.store.beside import AGAINST, ROLE

Plant = Callable[[Samples, float | None, int], Samples]
KINDS = 5
# Judge, the finding that should be raised, and what makes it quick without changing what it looks for.
JUDGES = {
    "dataset.frechet": ("frechet", {}),
    "dataset.kid": ("kid", {}),
    "dataset.mmd": ("mmd", {}),
    "dataset.prdc": ("coverage_of_real", {}),
    "dataset.vendi": ("variety_ratio", {"draws": 25}),
    "dataset.two_sample": ("two_sample", {"draws": 199}),
}


def halves(change: Callable[[Samples, float, np.random.Generator], Samples]) -> Plant:
    """Return a `plant` that takes a random half for made, changed by the strength, and the other for the reference."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        rng = np.random.default_rng(seed)
        order = rng.permutation(len(samples))
        real = [samples[place] for place in sorted(order[: len(samples) // 2])]
        made = [samples[place] for place in sorted(order[len(samples) // 2 :])]
        beside = [replace(one, facts={**one.facts, ROLE: AGAINST}) for one in real]
        return [*beside, *(made if strength is None else change(made, strength, rng))]

    return plant


def _paler(made: Samples, strength: float, _: np.random.Generator) -> Samples:
    """Take a share of the contrast of all pictures away."""
    done = []
    for one in made:
        row = np.frombuffer(one.parts["features"].data, "<f4")
        pale = (row - 1.0) * (1.0 - strength) + 1.0  # pixel features are grey values and 1
        done.append(one.with_part("features", Part("embedding", pale.astype("<f4").tobytes())))
    return done


def _darker(made: Samples, levels: float, _: np.random.Generator) -> Samples:
    """Take so many grey levels from every picture and look at it again."""
    return through([_dark(one, levels) for one in made], "image.embed", "features")


def _dark(sample: Sample, levels: float) -> Sample:
    pixels = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_UNCHANGED)
    colours = np.clip(pixels[:, :, :3].astype(np.int16) - int(levels), 0, 255).astype(np.uint8)
    pixels[:, :, :3] = colours
    done, data = cv2.imencode(".png", pixels)
    assert done
    return sample.with_part("image", Part("image", data.tobytes(), sample.parts["image"].uri))


def _few_kinds(made: Samples, share: float, rng: np.random.Generator) -> Samples:
    """Put copies of five samples, a little noisy, in the place of a share of all."""
    models = [made[place] for place in rng.choice(len(made), KINDS, replace=False)]
    copied = set(rng.choice(len(made), round(share * len(made)), replace=False).tolist())
    done = []
    for place, one in enumerate(made):
        if place in copied:
            row = np.frombuffer(models[int(rng.integers(KINDS))].parts["features"].data, "<f4")
            noisy = row + rng.normal(size=row.size) * 0.02 * row.std()
            one = one.with_part("features", Part("embedding", noisy.astype("<f4").tobytes()))
        done.append(one)
    return done


def _without_classes(made: Samples, gone: float, rng: np.random.Generator) -> Samples:
    """Leave out so many classes, drawn at random."""
    labels = sorted({one.labels["class"] for one in made})
    lost = set(rng.choice(labels, int(gone), replace=False).tolist())
    return [one for one in made if one.labels["class"] not in lost]


def _embedded(samples: Samples) -> Samples:
    return through(samples, "image.embed", "features")


def _faults() -> list[WholeFault]:
    kinds: tuple[tuple[str, str, tuple[float, ...], Plant], ...] = (
        ("made paler", "share of the contrast", (0.05, 0.1, 0.2, 0.3, 0.5), halves(_paler)),
        ("made of few kinds", "share that are copies of five", (0.05, 0.1, 0.2, 0.4, 0.8), halves(_few_kinds)),
        ("classes not made", "of ten classes", (1, 2, 3, 5, 8), halves(_without_classes)),
    )
    found = [
        WholeFault(name, judge, *_where(judge), unit, strengths, plant, finding, params=params,
                   prepare=pixel_features, n=0 if judge == "dataset.frechet" else 800, seeds=20)
        for name, unit, strengths, plant in kinds
        for judge, (finding, params) in JUDGES.items()
    ]  # fmt: skip
    # With too few samples left the Frechet distance is refused, which is no alarm.
    found = [one for one in found if (one.name, one.profile) != ("classes not made", "dataset.frechet")]
    return found + [
        WholeFault("made darker", judge, "stamps", "grey levels", (4, 8, 16, 32, 64), halves(_darker), finding,
                   params=params, prepare=_embedded, seeds=10)
        for judge, (finding, params) in JUDGES.items() if judge != "dataset.frechet"
    ]  # fmt: skip


def _where(judge: str) -> tuple[str]:
    return ("mnist" if judge == "dataset.frechet" else "digits",)


WHOLE = _faults()
