"""What a plan can show at its number of items, by the power of one look as every plan of this project counts it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shisaku.core.poc_form import PocForm
from shisaku.lab.needed import distance
from shisaku.lab.plan import MIN_SPLITS
from shisaku.lab.poc.draws import likely_world
from shisaku.lab.poc.looks import looks_of, planned_df
from shisaku.lab.poc.sizes import Sizes
from shisaku.lab.poc.spread import sd_over_groups, sd_over_splits, spread_of
from shisaku.stats.power import t_power


@dataclass(frozen=True, slots=True)
class Provable:
    """What the last look can show after so many labels, with 80 % power; None where no difference is large enough.

    `gain` is the smallest true gain shown above the margin, `safety` the smallest loss that a harmless arm is shown
    to stay within, `power` the chance to show the gain that is expected. `se` is the standard error, `sd` and `item_sd`
    what a recipe assumes to come to it.
    """

    labels: int
    sizes: Sizes
    gain: float | None
    safety: float | None
    power: float
    se: float | None
    sd: float | None
    item_sd: float | None


def provable(form: PocForm, labels: int, margin: float) -> Provable:
    """Return what can be shown after so many labels, in the likely world."""
    look = looks_of(form, labels)[-1]
    sizes = look.sizes
    spread = spread_of(form, sizes, likely_world(form))
    if spread is None:
        return Provable(labels, sizes, None, None, 0.0, None, None, None)
    se, df = float(np.sqrt(spread.told[0])), planned_df(form, sizes)
    beyond = distance(se, df, look.level)
    room = form.expected_gain.likely - margin
    return Provable(
        labels,
        sizes,
        None if beyond is None else margin + beyond,
        beyond,
        0.0 if beyond is None or room <= 0 else t_power(room / se, df, look.level),
        se,
        sd_over_splits(spread),
        None if form.test == "own" else sd_over_groups(sizes, spread),
    )


def shows(found: Provable, form: PocForm) -> bool:
    """Whether the gain that is expected would be shown with 80 % power, in enough splits for a claim."""
    return found.gain is not None and found.gain <= form.expected_gain.likely and form.splits >= MIN_SPLITS
