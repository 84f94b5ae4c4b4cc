"""Where a call would go, and whether the policy lets it: asked alike by the gate that sends and by a dry run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import Policy
from shisaku.errors import MachineError
from shisaku.guard.call import Call
from shisaku.guard.hosts import Host, Resolve, host_of
from shisaku.guard.intents import journal_key
from shisaku.guard.permission import Finders, judge
from shisaku.guard.reply import Refusal
from shisaku.guard.ruling import Rule
from shisaku.message import say


@dataclass(frozen=True, slots=True)
class Judged:
    """A call with the key of its answer, its model and host, and the rules that were asked; `refused` if it may not go.

    `denied` is the rule that said so, None where none was asked: the model or its host is not known.
    """

    key: str = ""
    back_end: BackEnd | None = None
    host: Host | None = None
    asked: tuple[Rule, ...] = ()
    refused: Refusal | None = None
    denied: Rule | None = None


class Bench:
    """Judges calls. Every name is looked up once, through `resolve` (default: the system's). Safe from many threads."""

    def __init__(
        self, policy: Policy, back_ends: Mapping[str, BackEnd], finders: Finders, resolve: Resolve | None = None
    ) -> None:
        self._policy, self._back_ends, self._finders, self._resolve = policy, dict(back_ends), finders, resolve
        self._hosts: dict[str, Host] = {}

    def judged(self, call: Call) -> Judged:
        """Return what becomes of a call; nothing of it is sent or written down."""
        back_end = self._back_ends.get(call.model)
        if back_end is None:
            return Judged(refused=Refusal("policy", say("The recipe names no model {model}", model=call.model)))
        key = journal_key(call, back_end)
        try:
            host = self._host(back_end)
        except MachineError as error:
            return Judged(key, back_end, refused=Refusal("connection", error.what))
        found = judge(call, back_end, self._policy, self._finders, host)
        if found.denied is None:
            return Judged(key, back_end, host, found.asked)
        return Judged(key, back_end, host, found.asked, Refusal("policy", found.denied), found.asked[-1])

    def _host(self, back_end: BackEnd) -> Host:
        known = self._hosts.get(back_end.name)
        # Of two threads that look a name up at once, both use what the first wrote down.
        return known or self._hosts.setdefault(back_end.name, host_of(back_end, self._policy, self._resolve))
