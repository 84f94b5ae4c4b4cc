"""What labelling by plan buys against labelling at random, on real data whose labels are hidden and revealed.

    python benchmarks/label_first.py [budget ...]

Digits and MNIST-5k are seen as pixels (reduced to 50 principal components, labels unused).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from planted.sources import source

from shisaku.lab.items import Items
from shisaku.lab.label_first import simulate
from shisaku.store.codecs import decode_image

SEEDS = 3


def main() -> None:
    """Print a line per source and budget."""
    budgets = [int(word) for word in sys.argv[1:]] or [20, 50, 100]
    for name in ("digits", "mnist"):
        items = _items(name)
        for budget in budgets:
            for seed in range(SEEDS):
                found = simulate(items, budget, rounds=10, seed=seed)
                print(
                    f"{name:8} budget {budget:4} seed {seed}: plan {found.planned:.3f}, random {found.random:.3f}, "
                    f"change {found.change:+.3f} [{found.low:+.3f}, {found.high:+.3f}]",
                    flush=True,
                )


def _items(name: str) -> Items:
    from sklearn.decomposition import PCA

    samples = source(name, 1500)
    pixels = np.stack([decode_image(one.parts["image"])[:, :, 0].ravel() for one in samples]).astype(np.float32)
    features = PCA(50, random_state=0).fit_transform(pixels).astype(np.float32)
    ids = tuple(one.id for one in samples)
    return Items(ids, tuple(one.labels["class"] for one in samples), ids, features)


if __name__ == "__main__":
    main()
