"""The interval of a mean over datasets: few units, each counted once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shisaku.core.seed import rng_for
from shisaku.lab.conditions.cells import Cell
from shisaku.stats.estimate import DrawsEstimate, TEstimate

DRAWS = 10_000
LEAST = 3  # datasets from which a mean over them gets an interval


def by_dataset(cells: Sequence[Cell], value: Callable[[Cell], float]) -> dict[str, float]:
    """Return the mean of `value` over the cells of each dataset, datasets by name."""
    names = sorted({cell.dataset for cell in cells})
    return {name: float(np.mean([value(cell) for cell in cells if cell.dataset == name])) for name in names}


def bootstrap(values: Mapping[str, float], seed: int) -> DrawsEstimate:
    """Return the mean of one value per dataset with a bootstrap over datasets.

    Each draw takes one dataset fewer than there are, so that its variance is unbiased (Rao and Wu, JASA 83:231, 1988),
    and the ends are widened to t: a percentile bootstrap of six units errs three times as often as it says.
    Raises ValueError for fewer than two datasets.
    """
    units = np.array([values[name] for name in sorted(values)])
    if len(units) < 2:
        raise ValueError(f"a bootstrap over datasets needs two of them, got {len(units)}")
    rng = rng_for(seed, "conditions bootstrap", str(len(units)))
    shares = rng.multinomial(len(units) - 1, np.full(len(units), 1 / len(units)), size=DRAWS) / (len(units) - 1)
    draws: npt.NDArray[np.float64] = shares @ units
    return DrawsEstimate(float(units.mean()), draws, float(len(units) - 1), "bootstrap_over_datasets")


def t_interval(values: Mapping[str, float]) -> TEstimate | None:
    """Return the plain mean over datasets with Student's t, None under three of them.

    The spread between datasets is in it, whatever causes it: the mean weighs each alike, for weights by precision
    would let the largest dataset speak for all.
    """
    units = np.array([values[name] for name in sorted(values)])
    if len(units) < LEAST:
        return None
    se = float(units.std(ddof=1)) / len(units) ** 0.5
    return TEstimate(float(units.mean()), se, float(len(units) - 1), "t_over_datasets")
