"""What a criterion says: that it holds, with what shows it, or what blocks and who must do what about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from shisaku.lab.stages.form import Form
from shisaku.message import Message, say


@dataclass(frozen=True, slots=True)
class Block:
    """One thing that keeps a gate closed, who sees to it (empty: nobody is named), and all that it is `about`."""

    what: Message
    who: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one criterion says of a state: `shown` is what it rests on, and it holds where nothing blocks."""

    criterion: str
    shown: tuple[Message, ...]
    blocks: tuple[Block, ...]

    @property
    def met(self) -> bool:
        """Whether it holds."""
        return not self.blocks


@dataclass(frozen=True, slots=True)
class Now:
    """What the record does not say by itself: the day, and what was changed outside it since it was written.

    `form` says why the form is not the one on record, `runs` why a run (by path) is not the one that was laid.
    """

    today: date
    form: Message | None = None
    runs: Mapping[str, Message] = field(default_factory=dict)


Said = tuple[Sequence[Message], Sequence[Block]]


def money(amount: Decimal, form: Form) -> Message:
    """Return an amount with its currency, and that it is an illustration where it is one."""
    if form.money.illustrative:
        return say("{amount} {currency} (illustrative)", amount=f"{amount:,f}", currency=form.money.currency)
    return say("{amount} {currency}", amount=f"{amount:,f}", currency=form.money.currency)
