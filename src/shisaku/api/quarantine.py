"""What was made is a prototype: it stays in quarantine until something measured it and its bundle passed the gate."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal

from shisaku.message import Message, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from shisaku.core.recipe import Gate, Recipe
    from shisaku.core.study_spec import StudySpec
    from shisaku.judging.seats import Judge
    from shisaku.store.run import Run

# Nothing looked at it; a Metric of the recipe did; its bundle of evidence did, and it passed the gate, or did not.
State = Literal["quarantine", "measured", "passed", "stopped"]
Batches = dict[str, dict[str, Any]]


def batches(recipe: Recipe) -> Batches:
    """Return the state of every batch, and the Metrics and keep-rules that look at it.

    Batches are what steps make, and what was brought for an arm's `rows`. A Metric looks at a batch directly, through
    parts that were added to it, or through a keep-rule; one that looks at what was made *of* it says nothing about it.
    """
    from shisaku.api.makers import child_makers
    from shisaku.core.metric import Metric
    from shisaku.registry.doors import op_class
    from shisaku.registry.streams import streams_of

    makers = [*child_makers(recipe), *brought(recipe)]
    streams = streams_of(recipe)
    found: Batches = {name: {"state": "quarantine", "measured_by": [], "kept_by": []} for name in makers}
    for step in recipe.steps:
        if issubclass(op_class(step.op), Metric):
            for name in _behind(step.source, streams, makers):
                found[name]["measured_by"].append(step.name)
                found[name]["state"] = "measured"
    for keep in recipe.keep:
        for name in _behind((keep.source,), streams, makers):
            found[name]["kept_by"].append(keep.name)
    return found


def own_judges(recipe: Recipe, batch: str, seated: Iterable[Judge] = ()) -> list[Judge]:
    """Return the recipe's own Metrics over a batch as judges, those of a large model by its rubric among them.

    Left out are those whose step is `seated` already.
    """
    from shisaku.judging.seats import Judge

    ops = {step.name: step.op for step in recipe.steps}
    taken = {judge.step for judge in seated}
    return [Judge(name, name, ops[name]) for name in batches(recipe)[batch]["measured_by"] if name not in taken]


def brought(recipe: Recipe) -> list[str]:
    """Return the streams that came in, and that arms train on as rows which nothing in the recipe made."""
    from shisaku.api.makers import child_makers
    from shisaku.registry.streams import streams_of

    streams = streams_of(recipe)
    came = [name for name, one in streams.items() if one.origin == "select"]
    rows = tuple(dict.fromkeys(arm.rows for spec in recipe.studies for arm in spec.arms if arm.rows))
    real = {spec.real for spec in recipe.studies}
    return sorted(_behind(rows, streams, [*child_makers(recipe), *came]).intersection(came) - real)


def trained_on(spec: StudySpec, recipe: Recipe) -> list[str]:
    """Return the batches that the arms of a study train on."""
    from shisaku.registry.streams import streams_of

    held, streams = list(batches(recipe)), streams_of(recipe)
    return sorted(set().union(*(_behind((arm.stream,), streams, held) for arm in spec.arms if arm.stream)))


def with_bundles(held: Batches, run: Run) -> Batches:
    """Return the batches with what the bundles that lie in the run say of them."""
    places = {name: bundle_path(run, name) for name in held}
    return judged(held, {name: json.loads(place.read_bytes()) for name, place in places.items() if place.is_file()})


def bundle_path(run: Run, name: str) -> Path:
    """Return where the bundle of a batch lies in a run, or would."""
    from shisaku.judging.bundle import FILE, FOLDER

    return run.path / FOLDER / name / FILE


def judged(held: Batches, bundles: Mapping[str, Mapping[str, Any]]) -> Batches:
    """Return the batches with what their bundles say: state, what stopped them, and the bundle's hash."""
    found = {name: dict(one) for name, one in held.items()}
    for name, bundle in bundles.items():
        said = {key: bundle[key] for key in ("state", "stopped_by", "sha256")}
        found[name] = {"measured_by": [], "kept_by": [], **found.get(name, {}), **said}
    return found


def unjudged(held: Batches) -> Batches:
    """Return the batches as they are without bundles."""
    own = {name: {key: one[key] for key in ("measured_by", "kept_by")} for name, one in held.items()}
    return {name: {"state": "measured" if one["measured_by"] else "quarantine", **one} for name, one in own.items()}


def gated(bundle: Mapping[str, Any], gate: tuple[Gate, ...]) -> dict[str, Any]:
    """Return the bundle with its state: whether it passed the recipe's gate, and what it did not pass."""
    from shisaku.judging.gate import stopped

    why = [one.with_text() for one in stopped(bundle, gate)]
    return {**bundle, "state": "stopped" if why else "passed", "stopped_by": why}


def told(held: Batches) -> list[Message]:
    """Return a sentence where something that was made was measured by nothing."""
    raw = sorted(name for name, one in held.items() if one["state"] == "quarantine")
    if not raw:
        return []
    return [say("In quarantine, since nothing measured it: {names}. It is a prototype; measure it before you use it",
                names=", ".join(raw))]  # fmt: skip


def refused(spec: StudySpec, recipe: Recipe, run: Run) -> list[Message]:
    """Return why a study may not train on batches that its arms use: the gate stopped them, or nothing measured them.

    A batch with a bundle in the run is judged by that, else by what the recipe's own Metrics said of it. Where no judge
    can read what it consists of, recipes with a `gate` of their own refuse it; the others say so.
    """
    held = batches(recipe)
    used = trained_on(spec, recipe)
    return [why for name in used if (why := _refused(name, held[name], recipe, run)) is not None]


def _refused(name: str, one: Mapping[str, Any], recipe: Recipe, run: Run) -> Message | None:
    bundle = _bundle(name, one, recipe, run)
    if bundle is None:
        why = say(
            "{batch} is in quarantine: no judge of the gate can read it. Name one in `gate:` that can, or add a Metric "
            "over it to the recipe's steps",
            batch=name,
        )
        return why if recipe.gate else None
    if bundle["state"] == "stopped":
        return say(
            "The gate stopped {batch}: {why}. Mend the step that makes it, or say another `gate:` in the recipe",
            batch=name,
            why=Message.from_json(bundle["stopped_by"][0]),
        )
    return None


def _bundle(name: str, one: Mapping[str, Any], recipe: Recipe, run: Run) -> Mapping[str, Any] | None:
    """Return the batch's bundle with its state, one of the recipe's own Metrics where none was made, None without."""
    from shisaku.judging.batch import Batch
    from shisaku.judging.bundle import Tables, bundle_of

    place = bundle_path(run, name)
    if place.is_file():
        return gated(json.loads(place.read_bytes()), recipe.gate)
    if not one["measured_by"]:
        return None
    judges = own_judges(recipe, name)
    tables = Tables.of(run.read_rows("scores"), run.read_json("findings"))
    ids = run.stream(name).ids()
    batch = Batch(name, (), {}, {})
    held = bundle_of(batch, judges, recipe, tables, ids, run=run.recipe_fingerprint, drops=(), told=())
    return gated(held, recipe.gate)


def _behind(names: tuple[str, ...], streams: Any, makers: list[str]) -> set[str]:
    """Return the makers from which samples come unchanged to these streams."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in makers:
            found.add(name)
        elif name in streams:
            waiting += streams[name].source
    return found
