"""Items at hand, probes and made items as the planner sees them: cooked like any recipe, read back as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shisaku.api.defaults import CHAIN, NEAR, USUAL
from shisaku.core.recipe import ROOT, Recipe, Source, Step
from shisaku.errors import DataError
from shisaku.message import say

if TYPE_CHECKING:
    from shisaku.core.progress import Progress
    from shisaku.core.sample import Sample
    from shisaku.lab.items import Items
    from shisaku.lab.next_data.offers_file import OfferShape
    from shisaku.store.run import Run

SEEN = "seen"
ROUNDS = 2  # copies of each item by which making is measured


@dataclass(frozen=True, slots=True)
class Cooked:
    """The run that holds the items at hand, and how they are seen."""

    run: Run
    seeing: Step
    label: str


def cooked(
    path: Path, made: Sequence[OfferShape], *, label: str, out: Path | None, workers: int, progress: Progress
) -> Cooked:
    """Let the usual frozen network see the data at `path`, and make what is offered as made from it.

    Raises DataError without one label to predict, RecipeError for an op that does not fit.
    """
    seeing, source, chosen = _seeing(path, label)
    steps = [seeing]
    for number, offer in enumerate(made):
        steps += _making(offer, number, seeing)
    recipe = Recipe(f"next-{path.resolve().stem}", source, seed=1, steps=tuple(steps))
    return Cooked(_run(recipe, out, workers, progress), seeing, chosen)


def probe(path: Path, like: Cooked, *, out: Path, workers: int, progress: Progress) -> Items:
    """See a probe as the items at hand are seen. Raises DataError where it has another label or none."""
    _, source, label = _seeing(path, like.label)
    run = _run(Recipe(f"probe-{path.resolve().stem}", source, seed=1, steps=(like.seeing,)), out, workers, progress)
    return _items(run, SEEN, label)


def items_at_hand(found: Cooked) -> Items:
    """Return the items at hand, near-duplicates in one group. Raises DataError where none has the label."""
    from shisaku.core.study_spec import Grouping
    from shisaku.lab.grouping import group_alike

    return group_alike(_items(found.run, SEEN, found.label), Grouping(near=NEAR, chain=CHAIN)).items


def made_items(found: Cooked, number: int) -> Items:
    """Return what was made for the made offer of that number, with parents."""
    return _items(found.run, _seen_name(number), found.label)


def twins_grouped(probe: Items, items: Items) -> Items:
    """Give an item of a probe the group of the item at hand that it nearly copies: it is not trained on beside it."""
    from shisaku.lab.grouping import near_pairs

    group = dict(zip(items.ids, items.groups, strict=True))
    twin = {other: group[mine] for mine, other in near_pairs(items, probe, NEAR)}
    return probe.with_groups([twin.get(id_, f"probe/{own}") for id_, own in zip(probe.ids, probe.groups, strict=True)])


def _seeing(path: Path, label: str) -> tuple[Step, Source, str]:
    from shisaku.api.auditing.sensitivity import seeing_step
    from shisaku.registry.doors import READERS
    from shisaku.registry.make import make_behind
    from shisaku.store.describe import describe

    seen = describe(path)
    params = {**seen.params, **({"label": label} if label and "label" in seen.params else {})}
    chosen = label or seen.label
    if not chosen:
        raise DataError(
            say("Nothing here is labelled, so nothing can be measured"),
            where=str(path),
            next=say("Label a few items first: `shisaku init` and `shisaku run` say which"),
        )
    params["path"] = str(path.resolve())
    reader: Any = make_behind(READERS, seen.reader, params)
    return replace(seeing_step(reader, against=False), name=SEEN), Source(seen.reader, params), chosen


def _making(offer: OfferShape, number: int, seeing: Step) -> list[Step]:
    kind = next(kind for kind, usual in USUAL.items() if usual.embed == seeing.op)
    op = offer.op or USUAL[kind].vary
    name = _seen_name(number)
    if op.startswith("embedding."):
        return [Step(name, op, (SEEN,), dict(offer.params), rounds=ROUNDS)]
    made = f"made_{number}"
    params = {kind: seeing.params[kind], **offer.params}
    return [Step(made, op, (ROOT,), params, rounds=ROUNDS), replace(seeing, name=name, source=(made,))]


def _seen_name(number: int) -> str:
    return f"made_{number}_seen"


def _run(recipe: Recipe, out: Path | None, workers: int, progress: Progress) -> Run:
    from shisaku.api.cooking import cook
    from shisaku.api.rights import Declared
    from shisaku.store.run import Run

    result = cook(
        recipe, base=Path.cwd(), out=out, preview=None, workers=workers, progress=progress, on_estimate=None,
        declared=Declared(own_if_unsaid=True),
    )  # fmt: skip
    return Run.open(result.path)


def _items(run: Run, stream: str, label: str) -> Items:
    import numpy as np

    from shisaku.lab.items import Items
    from shisaku.lab.seen import vector_of
    from shisaku.lab.streams import PART

    samples: list[Sample] = sorted(run.stream(stream), key=lambda one: one.id)
    pairs = [(one, vector_of(one, PART)) for one in samples if one.labels.get(label)]
    usable = [(one, vector) for one, vector in pairs if vector is not None and np.isfinite(vector).all()]
    if not usable:
        raise DataError(
            say("No sample has both features and the label {label}", label=label),
            where=str(run.path),
            next=say("Look at the run's drops, and name the label with --label"),
        )
    return Items(
        tuple(one.id for one, _ in usable),
        tuple(one.labels[label] for one, _ in usable),
        tuple(one.entity for one, _ in usable),
        np.stack([vector for _, vector in usable if vector is not None]),
        tuple(one.parents for one, _ in usable),
    )
