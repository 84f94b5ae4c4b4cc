"""The text of a first recipe: short, commented, and running as it is."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

from shisaku.api.defaults import CHAIN, NEAR, Usual, main_kind, usual

if TYPE_CHECKING:
    from shisaku.store.describe import Description

DECLARATION = """\
# `licence: own` is your declaration that this data is yours to use. If it is somebody else's, put its licence
# there (CC-BY-4.0, ...); `use: research` beside the reader if you do not mean to use it commercially."""
LEAST_PER_CLASS = 6  # one to test and three folds to choose on, with some room


def recipe_text(seen: Description, source: Path, declare: bool) -> str:
    """Return the recipe for what was seen at `source`, with a study where the labels allow one.

    `declare` writes ``licence: own``: the user's own declaration, which a comment beside it explains.
    """
    kind = main_kind(seen.modalities)
    ops = usual(kind, seen.lang)
    why_not = _why_no_study(seen)
    parts = [_head(seen, source, declare), _steps(ops, seen), _study(ops, seen) if not why_not else _no_study(why_not)]
    return "\n".join(parts)


def _head(seen: Description, source: Path, declare: bool) -> str:
    params = {**seen.params, "path": str(source), **({"licence": "own"} if declare else {})}
    about = f"{DECLARATION}\n" if declare else ""
    described = "; ".join(str(why) for why in seen.why)
    studied = not _why_no_study(seen)
    counts = ", ".join(f"{n} {kind}" for kind, n in seen.modalities.items())
    return f"""\
# {seen.n} records, {counts}. Read as {seen.layout}: {described}
# Check it: shisaku validate THIS-FILE    A quick look: shisaku run THIS-FILE --preview 10
schema: 1
name: {_name(source)}
title:
  en: {_quoted(f"A first look at {source.name}" + (": do classical variations help?" if studied else ""))}
  ja: {_quoted(f"{source.name} の最初の検証" + ("：古典的な変換は役に立つか" if studied else ""))}
seed: 1               # decides everything that is drawn at random while making data
policy: on-prem       # nothing leaves this machine
{about}data: {{reader: {seen.reader}, with: {_flow(params)}}}
"""


def _steps(ops: Usual, seen: Description) -> str:
    part = f"{ops.kind}: {ops.kind}"
    # Where no study will look at the data, its features are still wanted: for the labelling plan.
    features = (
        "" if not _why_no_study(seen) else f"  - {{name: features, op: {ops.embed}, from: data{_with(ops, part)}}}\n"
    )
    lines = f"""\
steps:
  # Classical variations: the prototype data of this first look. `shisaku ops` lists what else there is.
  - {{name: varied, op: {ops.vary}, from: data, rounds: 3, with: {{{part}}}}}
{features}"""
    if not ops.measure:
        return lines
    return f"""{lines}\
  - {{name: quality, op: {ops.measure}, from: [data, varied], with: {{{part}}}}}
keep:
  # Who scores lower leaves with a reason; varied_kept.random drops as many at random, as a control.
  - {{name: varied_kept, of: varied, rules: [{{metric: quality, min: 0.2}}]}}
"""


def _with(ops: Usual, part: str) -> str:
    extra = "".join(f", {key}: {value}" for key, value in ops.embed_params.items())
    return f", with: {{{part}{extra}}}"


def _study(ops: Usual, seen: Description) -> str:
    made = "varied_kept" if ops.measure else "varied"
    part = f"{ops.kind}: {ops.kind}"
    control = (
        "\n      - {name: varied_random, add: varied_kept.random}   # the same number, dropped at random"
        if ops.measure
        else ""
    )
    return f"""\
studies:
  - name: first-look
    label: {_quoted(seen.label)}
    real: data
    feature: {{op: {ops.embed}{_with(ops, part)}}}
    # Items more alike than this cosine never stand on both sides of a split; raised where all of a class is alike.
    grouping: {{near: {NEAR}, chain: {CHAIN}}}
    shots: [0]          # 0: the whole training half; [5, 10] would ask what five or ten per class give
    splits: 20          # repeated train/test splits; groups and near-duplicates never straddle one
    split_seed: 1
    test_share: 0.3
    domains:
      # Where the model will work: here, on data like this. A gain below 2 points is not worth it to us.
      - {{name: own, kind: resplit, delta_gain: 0.02, delta_safe: 0.02}}
    primary: own
    arms:
      - {{name: real}}
      - {{name: oversample, oversample: 3}}              # as much data, nothing new: must change nothing
      - {{name: varied, add: {made}}}
      - {{name: varied_tuned, add: {made}, weights: [0.05, 0.1, 0.2, 0.5, 1.0]}}   # chosen on training items{control}
      - {{name: placebo, add: {made}, shuffle: true}}    # wrong labels: an alarm if it helps
    comparators: [real, oversample]
    contrasts: [varied, varied_tuned]
    # kpi: {{cost_per_error: 5, items_per_year: 20000, currency: EUR}}   # say the verdict in money
"""


def _no_study(why: str) -> str:
    return f"""\
# No study: {why}
# The run ends in a description, the prototype data with its quality, and (without labels) what to label first.
"""


def _why_no_study(seen: Description) -> str:
    if not seen.classes:
        return "nothing is labelled, and a task is not ours to invent."
    if len(seen.classes) < 2:
        return f"there is only one class ({next(iter(seen.classes))}); a study needs two to tell apart."
    small = [f"{name} ({n})" for name, n in seen.entities.items() if n < LEAST_PER_CLASS]
    if small:
        return f"at least {LEAST_PER_CLASS} separate items per class are needed; too few: {', '.join(small)}."
    return ""


def _name(source: Path) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", source.stem if source.is_file() else source.name).strip("-.") or "data"


def _flow(params: dict[str, object]) -> str:
    """Return parameters as a YAML flow mapping; JSON is YAML."""
    return json.dumps(params, ensure_ascii=False)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
