"""One ask, one call, one answer: what all roles behind a server have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.identity import fingerprint
from shisaku.errors import DataError
from shisaku.guard.call import Attachment, Call, Sent, Units
from shisaku.guard.door import Door
from shisaku.guard.reply import Refusal, Refused, Reply
from shisaku.guard.sent import sent as told_of
from shisaku.models.ask import Answer, Ask, Role
from shisaku.models.here import step_here
from shisaku.models.openai.line import Line
from shisaku.models.openai.shown import part_of
from shisaku.models.openai.tally import Tally

# What `params` says to this back end itself; all else goes to the server.
OWN: Final = frozenset({"audio", "image_side", "image_format", "image_tokens", "pcm_rate", "extra_body"})
# Another day the same call may be let through and answered.
PASSING: Final[frozenset[Refused]] = frozenset(
    {"budget", "stopped", "circuit", "rate", "server", "timeout", "connection", "truncated"}
)
SEEDS: Final = 2**31  # servers keep a seed in 32 bits, some of them signed


class Exchange(ABC):
    """A generator behind a server. `told` counts what came of its asks, by class."""

    def __init__(self, role: Role, back_end: BackEnd, door: Door, *paths: str) -> None:
        self.backend = f"{back_end.model} (OpenAI-compatible server)"
        self._role = role
        self._back_end = back_end
        self._tally = Tally()
        self._lines = {path: Line(back_end, door, path, self._tally) for path in paths}

    @property
    def told(self) -> Mapping[str, int]:
        """How many asks ended how, which rung mended how many answers, and which parameters are left out."""
        left_out = {
            f"left out of {path}: {name}": taken
            for path, line in self._lines.items()
            for name, taken in line.left_out.items()
        }
        return {**self._tally.counts(), **left_out}

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return one answer for every ask, in their order."""
        calls = [self._prepared(ask, self._call) for ask in asks]
        return [
            self._counted(self._understood(ask, reply)) for ask, reply in zip(asks, self._replies(calls), strict=True)
        ]

    @abstractmethod
    def _call(self, ask: Ask) -> Call:
        """Return the call for one ask. Raises DataError."""

    @abstractmethod
    def _read(self, ask: Ask, reply: Reply) -> Answer:
        """Return what a reply holds. Raises DataError."""

    def _prepared(self, ask: Ask, make: Callable[[Ask], Call]) -> Call | Failure:
        try:
            for name in ask.parts:
                part_of(ask.sample, name)
            return make(ask)
        except DataError as error:
            return Failure(error.what)

    def _replies(self, calls: Sequence[Call | Failure]) -> list[Reply | Failure]:
        """Send the calls that could be made; a refusal becomes a Failure with the same reason."""
        answers = {
            path: iter(line.send([call for call in calls if isinstance(call, Call) and call.path == path]))
            for path, line in self._lines.items()
        }
        return [call if isinstance(call, Failure) else self._accepted(next(answers[call.path])) for call in calls]

    def _accepted(self, answer: Reply | Refusal) -> Reply | Failure:
        if isinstance(answer, Reply):
            return answer
        self._tally.add(f"refused: {answer.kind}")
        return Failure(answer.reason, passing=answer.kind in PASSING)

    def _understood(self, ask: Ask, reply: Reply | Failure) -> Answer:
        if isinstance(reply, Failure):
            return reply
        try:
            return self._read(ask, reply)
        except DataError as error:
            return Failure(error.what)

    def _counted(self, answer: Answer) -> Answer:
        self._tally.add("failed" if isinstance(answer, Failure) else "answered")
        return answer

    def _params(self) -> dict[str, Any]:
        params = self._back_end.params
        passed = {name: value for name, value in params.items() if name not in OWN}
        return {**passed, **dict(params.get("extra_body") or {}), "model": self._back_end.model}

    def _request(
        self,
        ask: Ask,
        path: str,
        sent: Sequence[Sent],
        units: Units,
        *,
        body: Mapping[str, Any] | None = None,
        form: Sequence[Attachment] = (),
        words: Sequence[str] = (),
    ) -> Call:
        """Return the call; `words` are those that this back end adds to the ask, and which the answer hangs on too."""
        key = fingerprint(ask.digest, self._back_end.identity, self._role, path, list(words))
        return Call(
            model=self._back_end.name,
            path=path,
            purpose=ask.purpose,
            step=step_here() or ask.op,
            key=key,
            sent=(*sent, *(told_of(other, name) for other, name in ask.others)),
            body=body,
            form=tuple(form),
            units=units,
            made_of={
                "op": ask.op,
                "role": f"{self._role} {path}",
                "prompt": fingerprint(ask.prompt),
                "options": fingerprint(dict(ask.options), dict(ask.schema or {})),
                "seed": str(ask.seed),
                "words": fingerprint(list(words)),
            },
        )


def whole(seed: int) -> int:
    """Return a seed that every server can keep."""
    return seed % SEEDS
