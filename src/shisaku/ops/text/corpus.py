"""Made and real texts side by side, as the judges of whole sets of texts keep them in their states."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from shisaku.core.metric import State
from shisaku.core.sample import Sample
from shisaku.core.seed import key_for
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.outcome import measurable
from shisaku.ops.rounds import UNKNOWN, round_of, slots_in
from shisaku.ops.text.tokens import tokens_of

REAL: Final = "\x00real/"  # before the ids of the reference, which no sample's id starts with


@dataclass(frozen=True, slots=True)
class Text:
    """A text in tokens, whose entity it is of, and how it was made."""

    id: str
    entity: str
    round: int
    slots: tuple[str, ...]
    tokens: tuple[str, ...]


def entries(batch: Sequence[Sample], reference: Sequence[Sample] | None, part: str, rounds: str, op: str) -> State:
    """Return id -> [entity, round, slots, tokens] of the batch and, behind a mark, of the reference.

    Raises RecipeError where there is no reference.
    """
    if not reference:
        raise RecipeError(
            say("{op} needs a reference of real samples and got none", op=op),
            next=say("Give the step `reference:` with a stream of real samples that bear {part}", part=part),
        )

    def made(sample: Sample) -> list[Any]:
        return [sample.entity, round_of(sample, rounds), slots_in(sample), tokens_of(sample, part)]

    def real(sample: Sample) -> list[Any]:
        return [sample.entity, UNKNOWN, [], tokens_of(sample, part)]

    return {
        **measurable(batch, made),
        **{f"{REAL}{name}": held for name, held in measurable(reference, real).items()},
    }


def made_of(state: Mapping[str, Any], seed: int) -> list[Text]:
    """Return the made texts in an order that the seed shuffles."""
    return _texts(state, seed, lambda name: not name.startswith(REAL))


def real_of(state: Mapping[str, Any], seed: int) -> list[Text]:
    """Return the real texts in an order that the seed shuffles."""
    return _texts(state, seed, lambda name: name.startswith(REAL))


def _texts(state: Mapping[str, Any], seed: int, which: Callable[[str], bool]) -> list[Text]:
    names = sorted(filter(which, state), key=lambda name: (key_for(seed, name), name))
    held = [(name.removeprefix(REAL), state[name]) for name in names]
    return [Text(name, entity, turn, tuple(slots), tuple(tokens)) for name, (entity, turn, slots, tokens) in held]
