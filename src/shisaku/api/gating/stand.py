"""Where a record stands at this moment: what has crossed takes the stage back, then every criterion is asked."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from shisaku.api.gating.look import outside
from shisaku.api.gating.record import Record
from shisaku.lab.stages.crossings import crossings, due
from shisaku.lab.stages.gate import assess, closed
from shisaku.lab.stages.outcome import Now, Outcome
from shisaku.lab.stages.stage import STAGES
from shisaku.message import Message


class Stand(NamedTuple):
    """What took the stage back just now, what lies outside the record, and what each criterion says."""

    fired: list[Message]
    now: Now
    outcomes: list[Outcome]

    @property
    def open(self) -> bool:
        """Whether the gate to the next stage is open."""
        return not self.fired and not closed(self.outcomes)


def stand(held: Record, at: datetime) -> Stand:
    """Roll back for triggers that have crossed, then ask what the next stage needs. Raises MachineError."""
    fired = _fire(held, at)
    now = outside(held.state, held.path, at.date())
    return Stand(fired, now, assess(held.state, now))


def _fire(held: Record, at: datetime) -> list[Message]:
    """Take the stage back where triggers have crossed that did not yet, and return what crossed."""
    stage = held.state.stage
    crossed = due(held.state, crossings(held.state))
    back = [(one, to) for one in crossed if (to := one.target(stage)) != stage]
    if not back:
        return []
    why = [one.what for one, _ in back]
    held.add(
        "rolled_back", at, why=[one.to_json() for one in why], triggers=[one.trigger for one, _ in back], name="",
        **{"from": stage, "to": min((to for _, to in back), key=STAGES.index)},
    )  # fmt: skip
    return why
