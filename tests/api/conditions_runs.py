"""Finished runs as `shisaku conditions` reads them, written down without cooking anything."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from shisaku.core.sample import Part, Sample
from shisaku.store.datasets import write_dataset
from shisaku.store.run import Run

RECIPE = """
schema: 1
name: {name}
data: {{reader: folder, with: {{path: {name}, licence: BSD-3-Clause}}}}
steps:
  - {{name: seen, op: image.embed, from: data}}
  - {{name: varied_items, op: image.classical, from: data, rounds: 3}}
  - {{name: varied, op: image.embed, from: varied_items}}
  - {{name: noisy, op: embedding.noise, from: seen}}
  - {{name: gap, op: dataset.two_sample, from: varied, reference: seen}}
"""
ARM: dict[str, Any] = {"add": "", "rows": "", "shuffle": False, "keep": None, "plant": 0.0, "alone": False}
ARMS = [
    {**ARM, "name": "real"},
    {**ARM, "name": "varied", "add": "varied"},
    {**ARM, "name": "noisy", "add": "noisy", "plant": 0.3},
    {**ARM, "name": "placebo", "add": "varied", "shuffle": True},
]


def make_run(
    root: Path, name: str, effects: Sequence[float] = (0.06, -0.05), *, words: str = "", look: str = "",
    preview: int | None = None,
) -> Path:  # fmt: skip
    """Write a run named `name` with two arms at 5 shots; `words` is what its real samples hold."""
    run = Run.create(root / name, recipe_text=RECIPE.format(name=name), recipe_fingerprint=name)
    run.write_json("run", {"name": name, "preview": preview})
    texts = [Part.from_text(f"{words or name} {i}") for i in range(12)]
    samples = [
        Sample(f"{name}/{i}", {"image": Part("image", text.data)}, {"class": f"c{min(i // 3, 2)}"})
        for i, text in enumerate(texts)
    ]
    held = write_dataset(root / name / "streams" / "seen", samples)
    run.link_stream("seen", root / name / "streams" / "seen", len(samples), held.fingerprint)
    verdicts = [
        _verdict(arm, effect) for arm, effect in zip(("varied", "noisy", "placebo"), (*effects, 0.0), strict=True)
    ]
    run.write_json("verdict", {"schema": 1, "overall": "ABSTAIN", "verdicts": verdicts})
    run.write_json("studies", [{"name": "s", "plan": _plan(look or name), "detail": {"look": look or name}}])
    run.write_rows("arm_scores", [_score("varied", 30), _score("noisy", 15)])
    run.write_rows("lineage", [{"step": "varied_items"}, {"step": "noisy"}])
    gap = {"step": "gap", "op": "dataset.two_sample", "name": "two_sample", "value": 0.8, "low": 0.7, "high": 0.9}
    run.write_json("findings", [gap])
    run.finish("done")
    return root / name


def _plan(look: str) -> dict[str, Any]:
    settings = {
        "label": "class",
        "real": "seen",
        "feature": {"op": "embedding.tukey", "params": {}},
        "domains": [{"name": "own", "kind": "resplit"}],
        "arms": ARMS,
        "train": "real",
    }
    return {"hash": look, "classes": ["c0", "c1", "c2"], "rows": [{"shots": 5, "n_train": 15.0}], "settings": settings}


def _verdict(arm: str, effect: float) -> dict[str, Any]:
    return {
        "study": "s", "domain": "own", "arm": arm, "decision": "ABSTAIN", "effect": effect, "comparator": "real",
        "interval": [effect - 0.04, effect + 0.04], "n": 40, "seeds": 10, "margins": {"delta_gain": 0.02},
        "exploratory": False, "simulated": False, "detail": {"shots": 5},
    }  # fmt: skip


def _score(arm: str, synthetic: int) -> dict[str, Any]:
    return {"study": "s", "split": 0, "shots": 5, "domain": "own", "arm": arm, "value": 0.5, "n_synthetic": synthetic}
