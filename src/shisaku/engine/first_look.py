"""A recipe of metrics cooked by a glance: the same tables in the run as from cooking, and no stored samples."""

from __future__ import annotations

from typing import cast

from shisaku.core.metric import Metric
from shisaku.core.recipe import ROOT, Recipe
from shisaku.engine.glance import Glance
from shisaku.engine.ledger import Asked, Ledger
from shisaku.engine.told import told_of, unmeasured
from shisaku.registry.make import make_op
from shisaku.store.assembly import OP
from shisaku.store.roll import TABLE
from shisaku.store.run import Run


def write_first_look(run: Run, recipe: Recipe, seen: Glance) -> None:
    """Score what a glance measured with the metrics of `recipe`, and write scores, findings, drops, counts, timings."""
    ledger = Ledger()
    everyone = {row["sample"] for row in seen.roll}
    refused = [drop for drop in seen.drops if drop.step == ROOT]
    read = len(everyone) + len(refused)
    ledger.count(ROOT, OP, "", len(everyone), refused, Asked(read, read))
    for step in recipe.steps:
        op = cast("Metric", make_op(step.op, step.params, step.line))
        state = seen.states[step.name]
        scores, findings = ([], []) if state is None else told_of(op, step, state, everyone)
        drops = [drop for drop in seen.drops if drop.step == step.name]
        drops += unmeasured(op, step, everyone, scores, drops)
        ledger.score(step.name, scores)
        ledger.find(step.name, op.name, findings)
        asked = Asked(len(everyone), len(everyone))
        ledger.count(step.name, op.name, ROOT, len(scores), drops, asked)
        ledger.time(step.name, op.name, len(everyone), seen.seconds.get(step.name, 0.0), 0, None)
    run.write_rows(TABLE, seen.roll)
    ledger.write(run)
