"""Check the models of a recipe: what they need is said, steps name them, and the policy grants what steps will send.

A chain that the policy would stop is refused here, with the step named, before anything is sent or paid.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from shisaku.core.back_end import BackEnd
from shisaku.core.op import Op
from shisaku.core.policy import ON_PREM
from shisaku.core.recipe import Recipe
from shisaku.message import say
from shisaku.registry.complaints import did_you_mean
from shisaku.registry.finding import Finding, Loc
from shisaku.registry.known import Known

PROMPTED = frozenset({"rewriter", "painter", "speaker"})  # roles that are always told something in words


def model_findings(known: Known) -> Iterator[Finding]:
    """Yield everything wrong with `models`, the grants of `policy`, and what the steps want of both."""
    recipe = known.recipe
    there = {one.name: one for one in recipe.models}
    for one in recipe.models:
        yield from _back_end(one, ("models", one.name))
    for i, name in enumerate(recipe.policy.models):
        if name not in there:
            yield _no_model(name, there, ("policy", "models", i))
    for i, step in enumerate(recipe.steps):
        op = known.ops.get(step.name)
        if op is None or op.name != step.op:
            continue
        for field in op.roles:
            name = str(getattr(op, field))
            if not name:
                continue
            if name not in there:
                yield _no_model(name, there, ("steps", i, "with", field))
            else:
                yield from _granted(op, there[name], recipe, ("steps", i, "with", field))


def stays(back_end: BackEnd) -> bool:
    """Say whether what is sent to a back end stays on the premises, as far as its entry tells."""
    if back_end.way != "openai" or back_end.premises:
        return True
    host = urlsplit(back_end.url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _back_end(one: BackEnd, loc: Loc) -> Iterator[Finding]:
    if one.way == "openai" and not one.url:
        hint = say("for example http://127.0.0.1:8000/v1")
        yield Finding(loc, say("{name} is a server and has no url", name=one.name), hint)
    if one.way != "openai" and (one.url or one.key_env):
        yield Finding(loc, say("{name} runs on this machine and takes no url and no key_env", name=one.name))
    if not one.model:
        yield Finding(loc, say("{name} does not say which model it is", name=one.name))


def _no_model(name: str, there: dict[str, BackEnd], loc: Loc) -> Finding:
    hint = did_you_mean(name, list(there)) or say("add it to `models`")
    return Finding(loc, say("There is no model {name}", name=name), hint)


def _granted(op: Op, back_end: BackEnd, recipe: Recipe, loc: Loc) -> Iterator[Finding]:
    """Check level, model, parts and purpose; licences, consents and contents are checked call by call."""
    if stays(back_end):
        return
    policy = recipe.policy
    host = urlsplit(back_end.url).hostname or back_end.url
    if policy.level == ON_PREM:
        what = say("{op} would send to {host}, and the policy is on-prem", op=op.name, host=host)
        yield Finding(loc, what, say("use a model on this machine, or raise `policy` and say what may leave"))
        return
    # A prompt may hold what a sample says, so it is granted like a part.
    fields = [*op.reads_parts(), *(["prompt"] if getattr(op, "prompt", "") or PROMPTED & {*op.roles.values()} else [])]
    wanted = {"models": [back_end.name], "fields": fields, "purposes": [op.purpose]}
    for grant, names in wanted.items():
        lacking = [name for name in names if name and name not in getattr(policy, grant)]
        if lacking:
            what = say(
                "{op} would send to {host} what the policy does not name under {grant}: {lacking}",
                op=op.name,
                host=host,
                grant=grant,
                lacking=", ".join(lacking),
            )
            yield Finding(loc, what, say("add it there, if it may leave"))
