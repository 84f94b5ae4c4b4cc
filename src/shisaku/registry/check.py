"""Check a recipe: names, streams, ops, parameters, parts, keep-rules, studies; everything wrong at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from shisaku.core.metric import Metric
from shisaku.core.op import Op
from shisaku.core.recipe import ROOT, Keep, Recipe, Rule, Step
from shisaku.core.sample import Kind
from shisaku.core.transform import Transform
from shisaku.message import say
from shisaku.registry.check_models import model_findings
from shisaku.registry.check_select import select_findings
from shisaku.registry.check_study import study_findings
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.doors import READERS
from shisaku.registry.finding import Finding, Loc, problems_of, recipe_error
from shisaku.registry.known import Known, learn
from shisaku.registry.make import try_behind, try_op
from shisaku.registry.mend import PLACEHOLDER
from shisaku.registry.ports import flow_of, port_findings
from shisaku.registry.streams import CONTROL


def check_recipe(recipe: Recipe, parts: Mapping[str, Kind] | None = None) -> None:
    """Raise one RecipeError with everything that is wrong with `recipe`.

    `parts` are the parts of the samples that come in (name -> kind); None where the data was not read yet,
    and then only what steps write is known of parts.
    """

    def place_of(loc: Loc) -> tuple[int, Loc]:
        works: Mapping[str | int, Sequence[Step | Keep]] = {"steps": recipe.steps, "keep": recipe.keep}
        line = works[loc[0]][int(loc[1])].line if len(loc) > 1 and loc[0] in works else 0
        return line, loc

    problems = problems_of(findings_in(recipe, parts), place_of)
    if problems:
        raise recipe_error(problems, recipe.name)


def findings_in(
    recipe: Recipe, parts: Mapping[str, Kind] | None = None, cut: frozenset[str] = frozenset()
) -> list[Finding]:
    """Return everything wrong with `recipe`; names in `cut` were cut out of it and count as there."""
    known, findings = learn(recipe, cut)
    findings += _names(recipe)
    findings += select_findings(recipe)
    if recipe.data.reader != PLACEHOLDER:
        findings += try_behind(READERS, recipe.data.reader, recipe.data.params, ("data", "with"), ("data", "reader"))
    for i, step in enumerate(recipe.steps):
        findings += _step(step, known, ("steps", i))
    for i, keep in enumerate(recipe.keep):
        findings += _keep(keep, known, ("keep", i))
    findings += _gate(recipe)
    findings += model_findings(known)
    if known.cycle:
        findings.append(_cycle(known))
    flow = flow_of(known, parts)
    findings += port_findings(known, flow)
    for i, study in enumerate(recipe.studies):
        findings += study_findings(study, known, flow, ("studies", i))
    return findings


def _names(recipe: Recipe) -> Iterator[Finding]:
    """Check that `data`, selections, steps, keeps and the controls of keeps have different names."""
    named: list[tuple[str, Loc]] = [(name, ("select", name)) for name in recipe.select]
    named += [(step.name, ("steps", i, "name")) for i, step in enumerate(recipe.steps)]
    for i, keep in enumerate(recipe.keep):
        named += [(keep.name, ("keep", i, "name")), (keep.name + CONTROL, ("keep", i, "name"))]
    seen = {ROOT}
    for name, loc in named:
        if name in seen:
            hint = say("it names the data as they came in") if name == ROOT else None
            yield Finding(loc, say("The name {name} is taken", name=name), hint)
        seen.add(name)
    studies = Counter(study.name for study in recipe.studies)
    for i, study in enumerate(recipe.studies):
        if studies[study.name] > 1:
            yield Finding(("studies", i, "name"), say("The name {name} is taken", name=study.name))


def _cycle(known: Known) -> Finding:
    names = {name.removesuffix(CONTROL) for name in known.cycle}
    locs: list[Loc] = [("steps", i) for i, step in enumerate(known.recipe.steps) if step.name in names]
    locs += [("keep", i) for i, keep in enumerate(known.recipe.keep) if keep.name in names]
    return Finding(locs[0], say("Steps wait for each other: {circle}", circle=" <- ".join(known.cycle)))


def _step(step: Step, known: Known, loc: Loc) -> Iterator[Finding]:
    for i, name in enumerate(step.source):
        yield from known.unfit(name, (*loc, "from", i))
        if name in step.source[:i]:
            yield Finding((*loc, "from", i), say("{name} is named twice", name=name))
    for key, name in (("pool", step.pool), ("reference", step.reference)):
        if name:
            yield from known.unfit(name, (*loc, key))
    cls = known.classes.get(step.name)
    if cls is None or known.recipe.steps[int(loc[1])].op != cls.name:
        return
    if issubclass(cls, Transform):
        yield from _transform(step, cls, loc)
    elif issubclass(cls, Metric):
        yield from _metric(step, cls, loc)


def _transform(step: Step, cls: type[Transform], loc: Loc) -> Iterator[Finding]:
    if cls.pools and not step.pool:
        hint = say("add `pool:` with a stream that holds only training material")
        yield Finding(loc, say("{op} mixes in material and needs a pool", op=step.op), hint)
    if step.pool and not cls.pools:
        yield Finding((*loc, "pool"), say("{op} mixes nothing in and takes no pool", op=step.op))
    if step.reference:
        yield Finding((*loc, "reference"), say("{op} compares nothing and takes no reference", op=step.op))
    yield from _growth(step, cls, loc)
    if step.rounds > 1 and cls.makes == "views":
        what = say("{op} adds a part to each sample; more than one round would do the same again", op=step.op)
        yield Finding((*loc, "rounds"), what)


def _growth(step: Step, cls: type[Transform], loc: Loc) -> Iterator[Finding]:
    """Check what makes a step go round by round: `want`, `fresh` and `enough`."""
    growing = [key for key in ("want", "fresh", "enough") if getattr(step, key) is not None]
    if growing and cls.makes == "views":
        what = say("{op} adds a part to each sample and makes none, so there is nothing to count", op=step.op)
        yield Finding((*loc, growing[0]), what)
    for key, base in (("fresh", Metric), ("enough", Transform)):
        one = getattr(step, key)
        if one is None:
            continue
        op, findings = try_op(one.op, one.params, (*loc, key))
        yield from findings
        if op is not None and not isinstance(op, base):
            yield Finding((*loc, key, "op"), say("{op} cannot say this here", op=one.op), _GROWTH[key])


_GROWTH = {
    "fresh": say("name a Metric that finds copies, such as image.near_duplicate"),
    "enough": say("name an op that adds an embedding, such as image.embed"),
}


def _metric(step: Step, cls: type[Metric], loc: Loc) -> Iterator[Finding]:
    for key in ("want", "fresh", "enough"):
        if getattr(step, key) is not None:
            yield Finding((*loc, key), say("{op} is a Metric and has no rounds", op=step.op))
    compares = bool(cls.needs & {"reference", "learner"})
    if compares and not step.reference:
        hint = say("add `reference:` with a stream of real samples")
        yield Finding(loc, say("{op} compares with real samples and needs a reference", op=step.op), hint)
    if step.reference and not compares:
        yield Finding((*loc, "reference"), say("{op} looks at one sample at a time; no reference", op=step.op))
    if step.pool:
        yield Finding((*loc, "pool"), say("{op} is a Metric and takes no pool", op=step.op))
    if step.rounds > 1:
        yield Finding((*loc, "rounds"), say("{op} is a Metric and has no rounds", op=step.op))


def _keep(keep: Keep, known: Known, loc: Loc) -> Iterator[Finding]:
    yield from known.unfit(keep.source, (*loc, "of"))
    for i, rule in enumerate(keep.rules):
        yield from _rule(rule, keep, known, (*loc, "rules", i))


def _rule(rule: Rule, keep: Keep, known: Known, loc: Loc) -> Iterator[Finding]:
    if all(limit is None for limit in (rule.minimum, rule.top, rule.maximum, rule.bottom)):
        yield Finding(loc, say("A rule needs one or more of `min`, `top`, `max` and `bottom`"))
    if rule.metric in known.cut:
        return
    step = next((step for step in known.recipe.steps if step.name == rule.metric), None)
    if step is None:
        metrics = [step.name for step in known.recipe.steps if known.is_metric(step.name)]
        yield Finding(
            (*loc, "metric"), say("There is no step {name}", name=rule.metric), did_you_mean(rule.metric, metrics)
        )
        return
    cls = known.classes.get(rule.metric, Op)
    if issubclass(cls, Transform):
        yield Finding((*loc, "metric"), say("{name} makes samples; a rule needs a Metric", name=rule.metric))
    if not issubclass(cls, Metric):
        return
    more = sorted(cls.needs - {"rows"})
    if more and not known.untested(rule.metric, keep.name):
        yield _law_8(rule, cls, more, loc)
    if step.sample:
        hint = say("take `sample` out of {metric}, or add a second step without it", metric=rule.metric)
        what = say("{metric} scores a sample of {n}; a rule needs a score of all", metric=rule.metric, n=step.sample.n)
        yield Finding((*loc, "metric"), what, hint)
    told = known.cycle or known.unfit(keep.source, loc)
    if not told and not known.covers({*step.source, *known.cut}, keep.source):
        hint = say("add {stream} to its `from`", stream=keep.source)
        what = say("{metric} does not measure {stream}", metric=rule.metric, stream=keep.source)
        yield Finding((*loc, "metric"), what, hint)


def _gate(recipe: Recipe) -> Iterator[Finding]:
    for i, one in enumerate(recipe.gate):
        asked = (one.issues, one.above_real, one.failing, one.least, one.most)
        if sum(value is not None for value in asked) != 1:
            yield Finding(("gate", i), say("A gate needs one of `issues`, `above_real`, `failing`, `least` and `most`"))


def _law_8(rule: Rule, cls: type[Metric], more: Sequence[str], loc: Loc) -> Finding:
    """Explain: cooking is done before a study splits, so such a rule would be led by test items (law 8)."""
    what = say(
        "{metric} judges with {more} of real samples, among which a study later finds its test items",
        metric=rule.metric,
        more=", ".join(more),
    )
    hint = say(
        "gate inside a study arm instead: `keep: {{metric: {op}, top: 0.5}}` (or `bottom`), or measure and keep in a "
        "selection whose facts set it apart from all that is tested on",
        op=cls.name,
    )
    return Finding((*loc, "metric"), what, hint)
