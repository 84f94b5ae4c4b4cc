"""The evidence of an invented run for the tests of its page. Every number here is invented; nothing was judged."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from report_material import make_run

from shisaku.core.finding import Finding
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.judging.batch import Batch
from shisaku.judging.bundle import Tables, bundle_of, sealed
from shisaku.judging.chain import Hop, Metered
from shisaku.judging.drift import Stage
from shisaku.judging.gate import stopped
from shisaku.judging.meter import told_of
from shisaku.judging.seats import Judge
from shisaku.message import Message, say
from shisaku.store.run import Run

OPS = {
    "quality": "image.visual_quality",
    "support_image": "dataset.label_support",
    "near_copy_image": "dataset.near_copy",
    "two_sample_image": "dataset.two_sample",
    "image_gap": "image.attribute_gap",
    "frechet_image": "dataset.frechet",
}
SEEN = Step("composite.image_features", "image.embed", ("composite",))
STEPS = tuple(
    Step(f"composite.{name}", op, (SEEN.name,), {}, reference="" if op.startswith("image.") else "data")
    for name, op in OPS.items()
)
TWINS = ("quality", "support_image", "near_copy_image")
JUDGES = [
    Judge(name, f"composite.{name}", op, "" if op.startswith("image.") else SEEN.name,
          f"data.{name}" if name in TWINS else "")
    for name, op in OPS.items()
]  # fmt: skip


def make_evidence(path: Path, attack: str = "") -> tuple[Run, Run]:
    """Write a run with the bundle of the batch ``composite`` and a drift; return it and the run of its judges.

    `attack` stands in captions, labels, ids, classes, reasons and the like.
    """
    run = make_run(path, hostile={"caption": attack, "label": attack, "id": attack} if attack else None)
    made, real = run.stream("composite").ids(), run.stream("data").ids()
    why = say("It is odd: {why}", why=attack or "dark")
    issues = {"support_image": set(made), "image_gap": set(made[5:])}
    scores = [row for judge in JUDGES for row in _scores(judge.step, made, why, issues.get(judge.name, {made[0]}))]
    scores += [row for name in TWINS for row in _scores(f"data.{name}", real, why, set())]
    findings = [row for one in _findings(made, real, attack) for row in one]
    told = [say("These judges are not installed: {ops}", ops=f"x.y{attack}")]
    drops = [
        {"by": "making", "step": "composite", "reason": f"gone{attack}", "n": 2, "sample": made[0]},
        {"by": "judge", "step": f"composite.quality{attack}", "reason": "odd", "n": 1, "sample": f"absent{attack}"},
    ]
    recipe = Recipe("r", Source("folder", {"path": "x"}), seed=3, steps=(SEEN, *STEPS))
    batch = Batch("composite", ("data",), {"image": "image"}, {})
    held = bundle_of(batch, JUDGES, recipe, Tables.of(scores, findings), made, run=f"f{attack}", drops=drops, told=told)
    against = [one.with_text() for one in stopped(held, ())]
    evidence = run.path / "evidence"
    (evidence / "composite").mkdir(parents=True)
    held["not_judged_by"].append({"template": attack, "values": {attack: attack}})
    bundle = sealed({**held, "state": "stopped" if against else "passed", "stopped_by": against})
    (evidence / "composite" / "bundle.json").write_text(json.dumps(bundle), encoding="utf-8")
    (evidence / "drift.json").write_text(json.dumps({"schema": 1, "chains": [_chain(real, attack)]}), encoding="utf-8")
    states = {"composite": {"state": bundle["state"]}, "restyled": {"state": "quarantine"}}
    (path / "run.json").write_text(json.dumps({**run.read_json("run"), "batches": states}), encoding="utf-8")
    cooked = Run.create(path / "work" / "judged-1", recipe_text="name: x", recipe_fingerprint="x")
    cooked.write_rows("scores", scores)
    for table in ("lineage", "drops"):
        cooked.write_rows(table, run.read_rows(table))
    cooked.finish("done")
    return run, cooked


def _scores(step: str, ids: list[str], why: Message, issues: set[str]) -> list[dict[str, Any]]:
    told = json.dumps(why.to_json())
    return [
        {"step": step, "sample": id_, "value": 0.1 if id_ in issues else 0.9, "issue": id_ in issues,
         "reason_json": told}
        for id_ in ids
    ]  # fmt: skip


def _findings(made: list[str], real: list[str], attack: str) -> list[list[dict[str, Any]]]:
    kinds = [f"bird{attack}", f"cat{attack}"]
    points = [
        {"x": 0.1 * place, "y": 0.2, "set": side, "class": kinds[place % 2], "sample": id_, "made_chance": 0.9}
        for side, ids in (("real", real), ("made", made))
        for place, id_ in enumerate(ids)
    ]
    gives_away = say("What gives the made items away: {what}", what=f"darker{attack}")
    said = {
        "two_sample_image": [
            Finding("two_sample", say("Told apart"), "bad", 0.97, 0.93, 0.99, 8, say("Look at them"), tuple(made[:3]),
                    ({"class": f"bird{attack}", "auroc": 0.9},)),
            Finding("gap_map", say("Map of {part}", part="features"), "note", 0.4, n=16, table=tuple(points)),
        ],
        "image_gap": [
            Finding("attribute_gap", gives_away, "warn", -1.2, -1.5, -0.9, 8, say("Match them"), tuple(made[::-1]),
                    ({"attribute": f"brightness{attack}", "d": -1.2},)),
        ],
        "frechet_image": [Finding("frechet_not_asked", say("It takes {n} samples", n=2048), "note", n=8)],
    }  # fmt: skip
    return [[{"step": f"composite.{name}", **one.to_json()} for one in some] for name, some in said.items()]


def _chain(real: list[str], attack: str) -> dict[str, Any]:
    hops = tuple(Hop(f"{name}{attack}", "image", "image") for name in ("data", "composite", "speak"))
    chain = Metered(hops, "image.embed", ("a", "b", "c"))
    stages = [
        Stage(hop.stream, {id_: left - 0.01 * k * place for k, id_ in enumerate(real)})
        for place, (hop, left) in enumerate(zip(hops, (1.0, 0.6, 0.55), strict=True))
    ]
    return told_of(chain, {"meaning": stages}, {})
