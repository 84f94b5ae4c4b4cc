"""Give a verdict on data or predictions that the user brings, and calibrate the verdict itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from shisaku.api.defaults import CHAIN, NEAR, Usual, main_kind, usual
from shisaku.api.result import RunResult
from shisaku.api.rights import Declared
from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.progress import Progress, silent
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.study_spec import Grouping, StudySpec
from shisaku.errors import DataError, RecipeError
from shisaku.message import say

WEIGHTS = (0.05, 0.1, 0.2, 0.5, 1.0)
ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Costs:
    """What one error costs and how many items a year there are; money stays illustrative without a cost."""

    per_error: float | None = None
    items_per_year: float = 1000.0
    currency: str = "units"

    def kpi(self) -> Kpi:
        """Return the costs as a study takes them."""
        if self.per_error is None:
            return Kpi(items_per_year=self.items_per_year, currency=self.currency)
        return Kpi(self.per_error, self.items_per_year, self.currency, illustrative=False)


def prove(
    real: str | Path,
    synthetic: str | Path,
    label: str = "class",
    *,
    group: str = "",
    splits: int = 20,
    split_seed: int = 0,
    gain: float = 0.02,
    safe: float = 0.02,
    costs: Costs | str | Path | None = None,
    preview: int | None = None,
    workers: int = 2,
    out: str | Path | None = None,
    progress: Progress = silent,
    on_estimate: Callable[[dict[str, Any]], None] | None = None,
) -> RunResult:
    """Decide whether the synthetic data at `synthetic` is worth adding to the real data at `real`.

    Both are folders or tables of one layout; `label` names the label column, or ``class`` for class
    sub-folders. The arms are real, oversampled, classical, synthetic at weight 1 and at a weight tuned on
    training items, and synthetic with shuffled labels. Synthetic items too near to a test item are left
    out and reported. `costs` may be a file of costs (docs/money.md). Data without a stated licence count as yours, and
    a note says so. Raises RecipeError for such a file, DataError, MachineError.
    """
    from shisaku.api.cooking import cook

    began = time.monotonic()
    recipe = two_folder_recipe(
        Path(real), Path(synthetic), label, group=group, splits=splits, split_seed=split_seed,
        margins=(gain, safe), kpi=_kpi(costs),
    )  # fmt: skip
    result = cook(
        recipe,
        base=Path.cwd(),
        out=Path(out) if out is not None else None,
        preview=preview,
        workers=workers,
        progress=progress,
        on_estimate=on_estimate,
        declared=Declared(own_if_unsaid=True),
    )
    return replace(result, seconds=time.monotonic() - began)


def _kpi(costs: Costs | str | Path | None) -> Kpi:
    if costs is None or isinstance(costs, Costs):
        return (costs or Costs()).kpi()
    from shisaku.registry.load_kpi import load_kpi

    return load_kpi(Path(costs).expanduser())


def prove_recipe(
    recipe: str | Path | Recipe,
    *,
    plan: str | Path | None = None,
    split_seed: int | None = None,
    preview: int | None = None,
    workers: int = 2,
    out: str | Path | None = None,
    progress: Progress = silent,
    on_estimate: Callable[[dict[str, Any]], None] | None = None,
) -> RunResult:
    """Run a recipe whose studies give the verdict; without a study there is none to give, and it is refused.

    The arguments are those of `run`. Raises RecipeError, DataError, MachineError.
    """
    from shisaku.api.kitchen import read_recipe, run

    asked, _ = read_recipe(recipe, split_seed=split_seed, data=None)
    if not asked.studies:
        raise RecipeError(
            say("The recipe has no study: there is nothing to decide"),
            where=str(recipe) if not isinstance(recipe, Recipe) else recipe.name,
            next=say("Add `studies:`; or cook it with `shisaku run`"),
        )
    return run(
        recipe,
        plan=plan,
        split_seed=split_seed,
        preview=preview,
        workers=workers,
        out=out,
        progress=progress,
        on_estimate=on_estimate,
    )


def two_folder_recipe(
    real: Path,
    synthetic: Path,
    label: str,
    *,
    group: str,
    splits: int,
    split_seed: int,
    margins: tuple[float, float],
    kpi: Kpi,
) -> Recipe:
    """Return the recipe of a two-folder proof. Raises DataError where the two do not fit together."""
    from shisaku.judging.gate import COPIES
    from shisaku.store.describe import describe

    seen, made = describe(real), describe(synthetic)
    kind = main_kind(seen.modalities)
    if not made.modalities.get(kind):
        raise DataError(
            say("The real data is {kind}, the synthetic data holds none", kind=kind),
            where=str(synthetic),
            next=say("Give synthetic data of the same kind"),
        )
    ops = usual(kind, seen.lang)
    source = Source(
        "pair",
        {"real": str(real.resolve()), "synthetic": str(synthetic.resolve()), "label": label, "group": group},
    )
    steps = (Step("classical", ops.vary, ("real",), {ops.kind: ops.kind}, rounds=ROUNDS),)
    study = _study(ops, label, splits, split_seed, margins, kpi)
    return Recipe(
        f"prove-{synthetic.stem}",
        source,
        seed=1,
        select={"real": {"role": "real"}, "made": {"role": "synthetic"}},
        steps=steps,
        studies=(study,),
        gate=COPIES,
        title={
            "en": f"Is the synthetic data in “{synthetic.name}” worth adding to “{real.name}”?",
            "ja": f"合成データ「{synthetic.name}」を「{real.name}」に加える価値はあるか",
        },
    )


def _study(ops: Usual, label: str, splits: int, split_seed: int, margins: tuple[float, float], kpi: Kpi) -> StudySpec:
    return StudySpec(
        name="brought",
        label=label,
        real="real",
        feature=Feature(ops.embed, {ops.kind: ops.kind, **ops.embed_params}),
        domains=(Domain("own", "resplit", delta_gain=margins[0], delta_safe=margins[1]),),
        primary="own",
        arms=(
            Arm("real"),
            Arm("oversample", oversample=ROUNDS),
            Arm("classical", add="classical"),
            Arm("synthetic", rows="made"),
            Arm("synthetic_tuned", rows="made", weights=WEIGHTS),
            Arm("placebo", rows="made", shuffle=True),
        ),
        comparators=("real", "oversample", "classical"),
        grouping=Grouping(near=NEAR, chain=CHAIN),
        contrasts=("synthetic", "synthetic_tuned"),
        splits=splits,
        split_seed=split_seed,
        test_share=0.3,
        kpi=kpi,
    )


def prove_predictions(
    base: str | Path,
    new: str | Path,
    *,
    gain: float = 0.02,
    safe: float = 0.02,
    costs: Costs | None = None,
    out: str | Path | None = None,
) -> RunResult:
    """Decide between two models by their predictions on the same real test items.

    Both are Parquet files with columns item, group, truth and scores (a list in sorted label order, a
    mapping label -> score, or the predicted label). Raises DataError with all that does not fit.
    """
    from shisaku.api.predicted import decide_predictions

    return decide_predictions(Path(base), Path(new), (gain, safe), (costs or Costs()).kpi(), out)


def calibrate(
    worlds: int = 400,
    *,
    designs: Sequence[str] = (),
    seed: int = 0,
    workers: int = 2,
    progress: Progress = silent,
) -> dict[str, Any]:
    """Push simulated worlds whose true effect is exactly the margin through the whole prove path.

    `designs` are some of ``single``, ``family``, ``groups`` and ``rounds``, or none for all. Returns worlds, the worst
    false_adopt and power of all designs with their intervals, planned_power, whether the calibration is accepted
    (protocol P-1, point 7), and every design's figures under `designs`. Raises RecipeError for an unknown design.
    """
    from shisaku.lab.calibrate import calibrate as simulate

    return simulate(worlds, seed=seed, workers=workers, progress=progress, names=designs)
