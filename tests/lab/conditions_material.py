"""Worlds of cells whose truth is known: rules that hold across datasets, and effects that are one dataset's own."""

from __future__ import annotations

import numpy as np

from shisaku.lab.conditions.cells import Cell

MARGIN = 0.02
NOISE = 0.02  # sd of a measured effect around the true one


def cell(dataset: str = "d0", effect: float = 0.0, **about: object) -> Cell:
    """Return a cell with plain values and an interval of four points around its effect."""
    plain: dict[str, object] = {
        "dataset": dataset, "run": dataset, "study": "s", "domain": "own", "arm": "made", "comparator": "real",
        "technique": "image.mixup", "modality": "image", "place": "same", "shots": 5, "per_class": 5.0, "classes": 4,
        "ratio": 1.0, "alone": False, "gated": False, "imbalance": 1.0, "gap": None, "mmd": None, "noise_made": 0.0,
        "noise_real": None, "effect": effect, "low": effect - 0.04, "high": effect + 0.04, "margin": MARGIN,
        "decision": "ABSTAIN", "seeds": 10, "n_test": 100, "exploratory": False, "simulated": False,
    }  # fmt: skip
    return Cell(**(plain | about))  # type: ignore[arg-type]


def ruled(rng: np.random.Generator, datasets: int = 10, rule: float = 0.06) -> list[Cell]:
    """A world where made data helps under ten items per class and hurts above, whatever the dataset."""
    return _world(rng, datasets, lambda about, own: MARGIN + (rule if about["per_class"] < 10 else -rule) + own, 0.01)


def own_effects(rng: np.random.Generator, datasets: int = 10, spread: float = 0.06) -> list[Cell]:
    """A world where the effect is each dataset's own, with the margin as its mean: no condition tells it."""
    return _world(rng, datasets, lambda about, own: MARGIN + own, spread)


def _world(rng, datasets, truth, spread):  # type: ignore[no-untyped-def]
    cells = []
    for number in range(datasets):
        own = rng.normal(0, spread)
        about = {
            "classes": int(rng.integers(2, 20)),
            "imbalance": float(rng.uniform(1, 6)),
            "gap": float(rng.uniform(0.5, 1.0)),
            "modality": str(rng.choice(["image", "audio", "text"])),
        }
        for shots in (5, 20):
            for ratio in (1.0, 4.0):
                for technique in ("one", "two"):
                    here = about | {"per_class": float(shots), "shots": shots, "ratio": ratio, "technique": technique}
                    effect = truth(here, own) + rng.normal(0, NOISE)
                    cells.append(cell(f"d{number:02d}", effect, **here))
    return cells
