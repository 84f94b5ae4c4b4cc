"""The way of calls to one endpoint: through the door, in words that the server takes."""

from __future__ import annotations

from collections.abc import Sequence

from shisaku.core.back_end import BackEnd
from shisaku.guard.call import Call
from shisaku.guard.door import Door
from shisaku.guard.reply import Refusal, Reply
from shisaku.models.openai.dialect import dialect_of
from shisaku.models.openai.tally import Tally


class Line:
    """Sends the calls of one generator; what the server refuses for one parameter's sake is asked again without it."""

    def __init__(self, back_end: BackEnd, door: Door, path: str, tally: Tally) -> None:
        self._door = door
        self._dialect = dialect_of(back_end.url, back_end.model, path)
        self._tally = tally
        self._known = False

    @property
    def left_out(self) -> dict[str, int]:
        """The parameters that this endpoint refused."""
        return dict(self._dialect.state)

    def send(self, calls: Sequence[Call]) -> list[Reply | Refusal]:
        """Return what came of every call, in their order."""
        came: dict[int, Reply | Refusal] = {}
        # The first call of all goes alone, so that a server that refuses a parameter refuses one call and not all.
        if not self._known and len(calls) > 1:
            self._send(calls, [0], came)
        self._send(calls, [place for place in range(len(calls)) if place not in came], came)
        return [came[place] for place in range(len(calls))]

    def _send(self, calls: Sequence[Call], places: list[int], came: dict[int, Reply | Refusal]) -> None:
        while places:
            state = self._dialect.state
            answers = self._door.send([self._dialect.spoken(calls[place]) for place in places])
            again = []
            for place, answer in zip(places, answers, strict=True):
                if isinstance(answer, Refusal) and self._refused_a_word(calls[place], answer, state):
                    again.append(place)
                    continue
                came[place] = answer
                self._known = self._known or isinstance(answer, Reply)
            places = again

    def _refused_a_word(self, call: Call, answer: Refusal, state: dict[str, int]) -> bool:
        if answer.kind != "rejected" or not self._dialect.learn(call, state, str(answer.reason)):
            return False
        self._tally.add("asked again: parameter refused")
        return True
