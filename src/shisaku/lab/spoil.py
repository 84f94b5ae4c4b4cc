"""What a model meets when a modality is missing, disturbed or says something else: test items, spoiled on purpose."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from shisaku.core.domain import Spoil
from shisaku.errors import RecipeError
from shisaku.lab.items import Index, Items
from shisaku.message import say
from shisaku.registry.check_arm import MAIN_VIEW


def spoiled(items: Items, codes: Index, rows: Index, spoil: Mapping[str, Spoil], rng: np.random.Generator) -> Items:
    """Return `items` with the views of `rows` spoiled as the domain says (`core.domain.Domain`).

    A swapped view comes from another tested item of another class that has it; a view that is missing stays so. Noise
    is added to the features as the learner prepared them. Raises RecipeError for a view that is not there.
    """
    x = items.features.copy()
    views = items.views or {MAIN_VIEW: (0, items.features.shape[1])}
    for name, how in sorted(spoil.items()):
        if name not in views:
            raise RecipeError(
                say("There is no view {name} to spoil", name=name),
                where="study",
                next=say("The views are {known}", known=", ".join(views)),
            )
        columns = slice(*views[name])
        seen = items.features[rows, columns]
        there = np.flatnonzero(~np.isnan(seen).any(axis=1))
        if how == "missing":
            x[rows, columns] = np.nan
        elif how == "swapped":
            x[rows[there], columns] = seen[there][_strangers(codes[rows[there]], rng)]
        elif len(there):
            x[rows, columns] = seen + float(how) * seen[there].std() * rng.standard_normal(seen.shape)
    return items.with_features(x)


def _strangers(codes: Index, rng: np.random.Generator) -> Index:
    """Return for each row the place of one of another class, itself where there is none."""
    found = np.arange(len(codes))
    for place, code in enumerate(codes):
        others = np.flatnonzero(codes != code)
        if len(others):
            found[place] = others[rng.integers(len(others))]
    return found
