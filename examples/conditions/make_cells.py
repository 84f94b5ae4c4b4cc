"""Prove the same cheap techniques on eleven real datasets, and ask where they pay.

    python examples/conditions/make_cells.py conditions-data
    shisaku conditions conditions-data/runs/* --out conditions.html

Every dataset goes through one study: 4 and 8 real items per class, a frozen network (or the columns themselves), a
logistic regression, and made items at one and at two per real item: noise around a feature (embedding.noise), the
usual variation of the picture, sound or text, and one more way of its kind. Of the noise and of the usual variation
there is a bad twin with 30 % wrong labels, planted: harm is a cell like any other.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from material import MATERIAL, Material

from shisaku import api
from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.study_spec import Grouping, StudySpec

EMBED = {"image": "image.embed", "audio": "audio.embed", "text": "text.embed"}
VARY = {"image": ("image.classical", {}), "audio": ("audio.classical", {}), "text": ("text.classical", {})}
MORE = {
    "image": ("image.erase", {"holes": 2}),
    "audio": ("audio.room", {}),
    "text": ("text.typos", {"share": 0.05}),
}
RATIOS = (1, 2)
SHOTS = (4, 8)
SPLITS = 10


def recipe_of(name: str, material: Material, data: Path) -> Recipe:
    """Return the recipe of one dataset."""
    kind = material.kind
    params = {"path": str(data), "licence": material.licence}
    steps, made, seen, bad = [], ["noisy"], "rows", ["noisy"]
    if kind in EMBED:
        params |= {"kind": kind}
        seen, made, bad = "features", ["noisy", "varied", "other"], ["noisy", "varied"]
        steps += [Step(seen, EMBED[kind], ("data",), {kind: kind})]
        for one, (op, more) in {"varied": VARY[kind], "other": MORE[kind]}.items():
            steps += [
                Step(f"{one}_items", op, ("data",), {kind: kind, **more}, rounds=2),
                Step(one, EMBED[kind], (f"{one}_items",), {kind: kind}),
            ]
    steps += [
        Step("noisy", "embedding.noise", (seen,), {"strength": 0.3}, rounds=2),
        *(Step(f"gap_{one}", "dataset.two_sample", (one,), {"draws": 99}, reference=seen) for one in made),
    ]
    arms = [Arm(f"{one}_{ratio}", add=one, ratio=float(ratio)) for one in made for ratio in RATIOS]
    arms += [Arm(f"{one}_wrong", add=one, ratio=2.0, plant=0.3) for one in bad]
    study = StudySpec(
        name="cheap",
        label="class",
        real=seen,
        # what is there already: a power of 1 changes nothing
        feature=Feature("embedding.tukey", {"power": 1.0}),
        domains=(Domain("own", "resplit", delta_gain=0.01, delta_safe=0.02),),
        primary="own",
        arms=(Arm("real"), Arm("oversample", oversample=1), *arms),
        comparators=("real", "oversample"),
        contrasts=tuple(arm.name for arm in arms),
        grouping=Grouping(near=0.0 if kind == "vector" else 0.97, chain=0.0 if kind == "vector" else 0.2),
        shots=SHOTS,
        splits=SPLITS,
        learner={"name": "logistic", "C": 10.0},
    )
    reader = "folder" if kind in EMBED else "parquet"
    select = {} if kind in EMBED else {"rows": {}}
    return Recipe(name, Source(reader, params), seed=3, select=select, steps=tuple(steps), studies=(study,))


def main() -> None:
    """Write the datasets below a folder, and run a study on each."""
    parser = argparse.ArgumentParser(description="Prove cheap techniques on eleven real datasets.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=list(MATERIAL), action="append", help="a dataset; may be given again")
    asked = parser.parse_args()
    for name in asked.only or MATERIAL:
        began, data = time.monotonic(), asked.folder / "data" / name
        if not data.is_dir():
            MATERIAL[name].write(data)
        result = api.run(recipe_of(name, MATERIAL[name], data.resolve()), out=asked.folder / "runs" / name, workers=1)
        print(f"{name:8} {time.monotonic() - began:4.0f} s  {result.headline}", flush=True)


if __name__ == "__main__":
    main()
