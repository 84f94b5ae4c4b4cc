"""Everything that a study says beside its verdicts: curves, rates, side-by-side results and further tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.lab.bench import Bench
from shisaku.lab.beside.curves import learning_curves, three_scores
from shisaku.lab.beside.degraded import degraded_inputs
from shisaku.lab.beside.effects import Effects
from shisaku.lab.beside.equal_money import equal_money
from shisaku.lab.beside.equality import further_tests
from shisaku.lab.beside.exchange_rate import exchange_rates
from shisaku.lab.beside.layers import layer_steps
from shisaku.lab.beside.ratio_curve import ratio_curves
from shisaku.lab.beside.robustness import robustness
from shisaku.lab.beside.slices import slice_rows
from shisaku.lab.beside.variance import variance_rows
from shisaku.lab.contrast import Contrast
from shisaku.lab.trial import Trial


def beside(
    bench: Bench, plan: Mapping[str, Any], trials: Sequence[Trial], measured: Sequence[Contrast]
) -> dict[str, Any]:
    """Return what can be said of these trials beside the verdicts, as plain data; what does not apply is left out.

    Every part holds numbers with their n, interval, method and level, and a `line` for people. Nothing here decides.
    """
    effects = Effects(bench, tuple(trials))
    curves = learning_curves(effects)
    found = {
        "curves": curves,
        "scores_apart": three_scores(curves, plan["overall"]["shots"]),
        "ratios": ratio_curves(effects),
        "exchange": exchange_rates(effects),
        "equal_money": equal_money(effects),
        "degraded": degraded_inputs(effects, measured),
        "robustness": robustness(effects),
        "layers": layer_steps(effects),
        "tests": further_tests(effects, measured),
        "variance": variance_rows(effects),
        "slices": slice_rows(effects, measured),
    }
    return {name: part for name, part in found.items() if part}
