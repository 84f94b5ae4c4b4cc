"""Whether a call may leave, by the policy: what nobody granted is denied, and a denial says what would allow it.

Pure: addresses are looked up before (`guard.hosts`), finders are handed in. To this machine and to the premises
everything may go; to any other place only what passes every rule, and a higher level asks for no more than a lower.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import LEVELS, ON_PREM, RAW, Policy
from shisaku.guard.call import Call
from shisaku.guard.contents import texts, untold
from shisaku.guard.hosts import Host, named
from shisaku.guard.part_rules import rules_of_part
from shisaku.guard.ruling import RULES, Finder, Finders, Rule, Ruling, look
from shisaku.message import Message, say

__all__ = ["RULES", "Finder", "Finders", "Judgement", "Rule", "Ruling", "denied", "judge", "rulings"]

# No scheme, no host, no way up, no query: a path cannot lead to another place than the URL.
PATH: Final = re.compile(r"(?!.*(?://|\.\.))[A-Za-z0-9._~/:@+-]*")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The rules that were asked, in their order; if one denied, it is the last, and `denied` is what it said."""

    asked: tuple[Rule, ...]
    denied: Message | None = None


def denied(call: Call, back_end: BackEnd, policy: Policy, finders: Finders, host: Host | None = None) -> Message | None:
    """Return why a call may not be sent, None if it may.

    `host` is what `hosts.host_of` found; without it a name counts as outside, and only an address or `localhost` can
    be on this machine.
    """
    return judge(call, back_end, policy, finders, host).denied


def judge(call: Call, back_end: BackEnd, policy: Policy, finders: Finders, host: Host | None = None) -> Judgement:
    """Ask rule after rule until one denies."""
    asked: dict[Rule, None] = {}
    for ruling in rulings(call, back_end, policy, finders, host):
        asked.pop(ruling.rule, None)  # the last one asked stands last, also where it was asked of another part
        asked[ruling.rule] = None
        if ruling.denied is not None:
            return Judgement(tuple(asked), ruling.denied)
    return Judgement(tuple(asked))


def rulings(
    call: Call, back_end: BackEnd, policy: Policy, finders: Finders, host: Host | None = None
) -> Iterator[Ruling]:
    """Return what every rule says, the cheap ones first; those of a part stand together."""
    place = host or named(back_end)
    yield Ruling("endpoint", _endpoint(call, back_end, place))
    if place is None or place.place != "outside":
        return
    yield Ruling("level", _level(back_end, policy, place))
    yield Ruling("encryption", _encryption(place))
    yield Ruling("model", _model(call, policy))
    yield Ruling("purpose", _purpose(call, policy))
    yield Ruling("files", _files(call))
    for part in call.sent:
        for rule, reason in rules_of_part(part, policy, finders):
            yield Ruling(rule, reason, part.sample, part.field)
    if policy.level < RAW:
        yield Ruling("text", _text(call, finders))


def _endpoint(call: Call, back_end: BackEnd, host: Host | None) -> Message | None:
    if call.model != back_end.name:
        return say("The call is for {model} and was handed to {other}", model=call.model, other=back_end.name)
    if host is None:
        return say(
            "{model} has no URL that can be judged; write `url` as http(s)://HOST[:PORT]/PATH without user or query",
            model=call.model,
        )
    if not PATH.fullmatch(call.path):
        return say("The path {path} of a call could lead past the URL of {model}", path=call.path, model=call.model)
    return None


def _level(back_end: BackEnd, policy: Policy, host: Host) -> Message | None:
    if policy.level > ON_PREM:
        return None
    if back_end.premises:
        address = ", ".join(host.addresses) or "?"
        return say(
            "The policy lets nothing leave the premises, and {host} ({address}) does not stand there; use an address "
            "of your own network, or raise `policy.level`",
            host=host.name, address=address,
        )  # fmt: skip
    return say(
        "The policy lets nothing leave the premises, and {host} is outside; write `premises: true` if {model} stands "
        "on your own network, or raise `policy.level`",
        host=host.name, model=back_end.name,
    )  # fmt: skip


def _encryption(host: Host) -> Message | None:
    if host.encrypted:
        return None
    return say("{host} is outside and would be reached unencrypted; write its `url` with https", host=host.name)


def _model(call: Call, policy: Policy) -> Message | None:
    if call.model in policy.models:
        return None
    return say("The model {model} is granted nothing; name it in `policy.models` to allow it", model=call.model)


def _purpose(call: Call, policy: Policy) -> Message | None:
    if call.purpose in policy.purposes:
        return None
    return say("The purpose “{purpose}” is not granted; name it in `policy.purposes` to allow it", purpose=call.purpose)


def _files(call: Call) -> Message | None:
    size = untold(call)
    if not size:
        return None
    return say("The call holds {n} bytes of files that are no part it tells of; tell of every part that leaves", n=size)


def _text(call: Call, finders: Finders) -> Message | None:
    finder = finders.get("text")
    if finder is None:
        return say("Nothing here can look for personal data in the prompt; level {level} sends it unseen",
                   level=LEVELS[RAW])  # fmt: skip
    found = look(finder, "\n\n".join(texts(call)).encode("utf-8", "replace"))
    if not found:
        return None
    return say(
        "The prompt of step {step} to {model} shows {what} ({n} in all); take it out of the prompt or of the text that "
        "goes into it, or raise `policy.level` to {level}",
        step=call.step, model=call.model, what=found[0], n=len(found), level=LEVELS[RAW],
    )  # fmt: skip
