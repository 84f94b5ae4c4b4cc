"""``shisaku prove``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shisaku.cli.calibration import show_calibration
from shisaku.cli.finish import finish
from shisaku.cli.options import Adopt, AllowCommands, Json, Out, Plan, Preview
from shisaku.cli.show import progress, say_estimate

SAID_IN_A_RECIPE = (
    "real", "synthetic", "label", "group", "predictions", "splits", "gain", "safe", "cost_per_error",
    "items_per_year", "currency", "costs",
)  # fmt: skip


def command(
    context: typer.Context,
    recipe: Annotated[Path | None, typer.Argument(help="A recipe file (YAML) whose studies give the verdict.")] = None,
    real: Annotated[Path | None, typer.Option("--real", help="Your real data (folder or table).")] = None,
    synthetic: Annotated[Path | None, typer.Option("--synthetic", help="Made data, same layout.")] = None,
    label: Annotated[str, typer.Option("--label", help="Label column; `class` for class sub-folders.")] = "class",
    group: Annotated[
        str, typer.Option("--group", help="Column of what must never straddle a split (patient, lot, speaker).")
    ] = "",
    predictions: Annotated[
        tuple[Path, Path] | None,
        typer.Option("--predictions", help="Two Parquet files, base and new: item, group, truth, scores."),
    ] = None,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Simulate whole worlds: how often is ADOPT false, and how often missed?")
    ] = False,
    worlds: Annotated[int, typer.Option("--worlds", min=1, help="Worlds for --calibrate.")] = 40,
    design: Annotated[
        list[str] | None,
        typer.Option("--design", help="For --calibrate: single, family, groups or rounds; again for more (all)."),
    ] = None,
    fail_unless_calibrated: Annotated[
        bool, typer.Option("--fail-unless-calibrated", help="Exit with 3 when the calibration is not accepted.")
    ] = False,
    splits: Annotated[int, typer.Option("--splits", min=2, help="Repeated train/test splits.")] = 20,
    split_seed: Annotated[int, typer.Option("--split-seed", help="Seed of the splits.")] = 0,
    gain: Annotated[float, typer.Option("--gain", min=0, help="Smallest gain worth having (0.02 = 2 points).")] = 0.02,
    safe: Annotated[float, typer.Option("--safe", min=0, help="Largest loss that is still safe.")] = 0.02,
    cost_per_error: Annotated[
        float | None, typer.Option("--cost-per-error", help="What one error costs you; else money is illustrative.")
    ] = None,
    items_per_year: Annotated[float, typer.Option("--items-per-year", help="How many items a year.")] = 1000.0,
    currency: Annotated[str, typer.Option("--currency", help="Of the costs.")] = "units",
    costs: Annotated[
        Path | None, typer.Option("--costs", help="A file of costs (docs/money.md) in place of the three above.")
    ] = None,
    plan: Plan = None,
    preview: Preview = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes.")] = 2,
    out: Out = None,
    allow_commands: AllowCommands = False,
    fail_unless_adopt: Adopt = False,
    json: Json = False,
) -> None:
    """Give a verdict on synthetic data: ADOPT, REJECT or ABSTAIN, with its interval.

    Examples:
      shisaku prove my.recipe.yaml --plan plan.json --json

      shisaku prove --real photos/ --synthetic made/ --label class

      shisaku prove --real photos/ --synthetic made/ --costs ours.yaml

      shisaku prove --predictions base.parquet new.parquet

      shisaku prove --calibrate --worlds 40 --json

      shisaku prove --calibrate --design family --design rounds

    """
    from shisaku import api

    if calibrate:
        with progress(json) as report:
            found = api.calibrate(worlds, designs=design or (), seed=split_seed, workers=workers, progress=report)
        show_calibration(found, json)
        if fail_unless_calibrated and not found["accepted"]:
            raise typer.Exit(3)
        return
    if recipe is not None:
        _alone(context)
        with progress(json) as report:
            result = api.prove_recipe(
                recipe,
                plan=plan,
                split_seed=split_seed if _given(context, "split_seed") else None,
                preview=preview,
                workers=workers,
                out=out,
                progress=report,
                on_estimate=None if json else say_estimate,
            )
        finish(result, json=json, fail_unless_adopt=fail_unless_adopt)
        return
    if plan is not None:
        raise typer.BadParameter("--plan goes with a recipe: shisaku prove RECIPE --plan FILE")
    if costs is not None:
        _whole_costs(context)
    said = api.Costs(cost_per_error, items_per_year, currency)
    if predictions:
        result = api.prove_predictions(*predictions, gain=gain, safe=safe, costs=said, out=out)
    elif real and synthetic:
        with progress(json) as report:
            result = api.prove(
                real,
                synthetic,
                label=label,
                group=group,
                splits=splits,
                split_seed=split_seed,
                gain=gain,
                safe=safe,
                costs=costs or said,
                preview=preview,
                workers=workers,
                out=out,
                progress=report,
                on_estimate=None if json else say_estimate,
            )
    else:
        raise typer.BadParameter("give a recipe, or --real A --synthetic B, or --predictions BASE NEW, or --calibrate")
    finish(result, json=json, fail_unless_adopt=fail_unless_adopt)


def _given(context: typer.Context, name: str) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _whole_costs(context: typer.Context) -> None:
    """Refuse what a file of costs says by itself, and predictions: they lack the items that actions are chosen on."""
    wrong = [name for name in ("cost_per_error", "items_per_year", "currency", "predictions") if _given(context, name)]
    if wrong:
        named = ", ".join(f"--{name.replace('_', '-')}" for name in wrong)
        raise typer.BadParameter(f"--costs goes with --real and --synthetic, and without {named}")


def _alone(context: typer.Context) -> None:
    """Refuse what a recipe says by itself: it would be silently ignored."""
    wrong = [f"--{name.replace('_', '-')}" for name in SAID_IN_A_RECIPE if _given(context, name)]
    if wrong:
        raise typer.BadParameter(f"a recipe says this itself: {', '.join(wrong)}")
