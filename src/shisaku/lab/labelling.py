"""Which unlabelled items a person should label first, for data that has no labels to study."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from shisaku.errors import DataError
from shisaku.message import say

MINUTES_PER_LABEL = 0.5


def labelling_plan(
    ids: Sequence[str], features: npt.NDArray[np.float32], budget: int = 50, seed: int = 0
) -> dict[str, Any]:
    """Choose up to `budget` items that cover the data, most typical of the largest clusters first.

    `features` is [n, d]. k-means (Lloyd, k = budget, at most a third of the items) on L2-normalised
    features; the item nearest to each centre is asked for, ordered by cluster size: typical items first, as
    is best for small budgets (Hacohen, Dekel, Weinshall 2022, "Active Learning on a Budget"). It invents no
    task: what the labels are is the user's to say. Raises DataError for no items.
    """
    from sklearn.cluster import KMeans

    n = len(ids)
    if n == 0:
        raise DataError(say("There are no items to label"))
    norms = np.linalg.norm(features, axis=1, keepdims=True)
    unit = features / np.maximum(norms, 1e-12)
    # Fewer than a third: asking for all of them is no plan.
    k = min(budget, max(1, n // 3))
    distinct = len(np.unique(unit, axis=0))
    fitted = KMeans(min(k, distinct), n_init=4, random_state=seed).fit(unit)
    distance = np.linalg.norm(unit - fitted.cluster_centers_[fitted.labels_], axis=1)
    chosen = []
    for cluster in range(fitted.n_clusters):
        members = np.flatnonzero(fitted.labels_ == cluster)
        nearest = min(members.tolist(), key=lambda i: (distance[i], ids[i]))
        chosen.append((len(members), ids[nearest]))
    chosen.sort(key=lambda pair: (-pair[0], pair[1]))
    items = [
        {
            "id": item,
            "rank": rank,
            "stands_for": size,
            "reason": say("Typical of {size} of {n} items ({share:.0%})", size=size, n=n, share=size / n).to_json(),
        }
        for rank, (size, item) in enumerate(chosen, start=1)
    ]
    return {
        "n": n,
        "budget": k,
        "clusters": int(fitted.n_clusters),
        "budget_note": say(
            "Label these {k} of {n} items first: about {minutes:.0f} minutes at an assumed {each:.1f} minutes each",
            k=len(items),
            n=n,
            minutes=len(items) * MINUTES_PER_LABEL,
            each=MINUTES_PER_LABEL,
        ).to_json(),
        "items": items,
    }
