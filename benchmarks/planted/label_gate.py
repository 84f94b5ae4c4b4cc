"""Which batches the default gate stops for their labels, and which an agreement with real samples alone would stop.

``PYTHONPATH=benchmarks python -m planted.label_gate [--source mnist] [--real 40] [--made 5 20 50]``

Real and made items are different pictures of one source, seen through image.embed. Made ones are in the style of the
real ones, in a new one (turned, moved, noisy: `planted.faults_support`), or harshly degraded (blurred and noisy until
little can be read). Their labels are right, for all classes or three of them, wrong at random, in a ring (every class
bears the name of the next), or three classes go under the name of a fourth. A line says what share each judge calls,
with its exact 95 % interval, and what the gate does with it: it stops a batch that is shown to lie 20 points above the
real samples.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from planted.fault import Samples
from planted.faults_copying import LABEL, seen
from planted.faults_support import restyled
from planted.sources import source
from shisaku.core.metric import Metric
from shisaku.core.recipe import Gate
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.judging.gate import DEFAULT, stopped
from shisaku.registry.make import make_op
from shisaku.stats.proportions import clopper_pearson

BLUR, NOISE = 0.1, 60.0  # share of the side, standard deviation of 255
(GATE,) = (one for one in DEFAULT if one.judge == "dataset.label_support")
JUDGES = ("dataset.label_agreement", GATE.judge)
Relabel = Callable[[Samples, list[str]], Samples]


def degraded(samples: Samples) -> Samples:
    """Blur pictures and add noise until little can be read."""
    return [_degraded(one) for one in samples]


def _degraded(sample: Sample) -> Sample:
    pixels = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_COLOR)
    blurred = cv2.GaussianBlur(pixels, (0, 0), BLUR * max(pixels.shape[:2]))
    noise = rng_for(0, "degrade", sample.id).normal(size=pixels.shape) * NOISE
    done, data = cv2.imencode(".png", np.clip(blurred + noise, 0, 255).astype(np.uint8))
    assert done
    return replace(sample, parts={"image": Part("image", data.tobytes())})


def at_random(share: float) -> Relabel:
    """Return what gives a share of the items another class, each of the others alike."""

    def relabel(samples: Samples, names: list[str]) -> Samples:
        made = []
        for one in samples:
            rng = rng_for(0, "wrong", one.id)
            others = [name for name in names if name != one.labels[LABEL]]
            made.append(_named(one, str(rng.choice(others))) if rng.random() < share else one)
        return made

    return relabel


def some(samples: Samples, names: list[str]) -> Samples:
    """Keep three classes, as a batch for what is rare."""
    return [one for one in samples if one.labels[LABEL] in names[:3]]


def ringed(samples: Samples, names: list[str]) -> Samples:
    """Let every class bear the name of the next."""
    after = dict(zip(names, names[1:] + names[:1], strict=True))
    return [_named(one, after[one.labels[LABEL]]) for one in samples]


def merged(samples: Samples, names: list[str]) -> Samples:
    """Let three classes go under the name of a fourth."""
    return [_named(one, names[3]) if one.labels[LABEL] in names[:3] else one for one in samples]


def _named(sample: Sample, name: str) -> Sample:
    return replace(sample, labels={LABEL: name})


STYLES: dict[str, Callable[[Samples], Samples]] = {"as real": list, "new": restyled, "unreadable": degraded}
FAULTS: dict[str, Relabel] = {
    "right": lambda samples, names: samples,
    "right, some": some,
    "10 % wrong": at_random(0.1),
    "20 % wrong": at_random(0.2),
    "40 % wrong": at_random(0.4),
    "all wrong": at_random(1.0),
    "ring": ringed,
    "3 merged": merged,
}


def summary(op: Metric, samples: Samples, real: Samples) -> dict[str, Any]:
    """Return the share of issues with its exact interval, as a bundle holds it."""
    flags = [bool(score.issue) for score in op.scores(op.measure(samples, real))]
    low, high = clopper_pearson(sum(flags), len(flags))
    return {"n": len(flags), "share": sum(flags) / len(flags), "low": low, "high": high}


def main() -> None:
    """Print a line per style, size and fault."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--source", default="mnist")
    parser.add_argument("--real", type=int, default=40, help="real items per class")
    parser.add_argument("--made", type=int, nargs="+", default=[5, 20, 50], help="made items per class")
    asked = parser.parse_args()
    of_class: dict[str, Samples] = defaultdict(list)
    for one in sorted(source(asked.source), key=lambda one: key_for("gate", one.id)):
        of_class[one.labels[LABEL]].append(one)
    names = sorted(name for name, some in of_class.items() if len(some) >= asked.real + max(asked.made))
    real = seen([one for name in names for one in of_class[name][: asked.real]])
    ops = {judge: make_op(judge, {"label": LABEL}) for judge in JUDGES}
    twins = {judge: summary(op, real, real) for judge, op in ops.items()}  # type: ignore[arg-type]
    print(
        f"{asked.source}, image.embed, {len(names)} classes, {asked.real} real items of each; called of the real ones:"
    )
    print("; ".join(f"{judge} {_told(one)}" for judge, one in twins.items()), flush=True)
    for style, change in STYLES.items():
        for each in asked.made:
            made = seen(change([one for name in names for one in of_class[name][asked.real : asked.real + each]]))
            for fault, relabel in FAULTS.items():
                planted = relabel(made, names)
                line = []
                for judge, op in ops.items():
                    said = summary(op, planted, real)  # type: ignore[arg-type]
                    item = {"op": judge, "step": judge, "learnt": None, "real": twins[judge], **said}
                    held = {"items": {judge: item}, "sets": []}
                    does = "stops" if stopped(held, (Gate(judge, above_real=GATE.above_real),)) else "passes"
                    line.append(f"{_told(said)} {does:<6}")
                print(f"{style:<10} {each:>3} per class  {fault:<11}  {'   '.join(line)}", flush=True)


def _told(said: dict[str, Any]) -> str:
    return f"{said['share']:6.1%} [{said['low']:.1%}, {said['high']:.1%}]"


if __name__ == "__main__":
    main()
