"""Who may judge: a model that follows a rubric, and is no relative of those whose work it judges."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from shisaku.core.sample import Kind, Part, Sample
from shisaku.errors import DataError, RecipeError
from shisaku.message import say
from shisaku.models.family import shared_families
from shisaku.ops.ancestors import makers_of
from shisaku.ops.limits import one_of

if TYPE_CHECKING:
    from shisaku.models.ask import Generator

SAME_FAMILY: Final = ("refuse", "stated")
SHOWN: Final[tuple[Kind, ...]] = ("image", "audio", "text")
LONGEST_WHY: Final = 300  # characters of a judge's reason that are kept


@dataclass(frozen=True)
class Judge:
    """A model at work as a judge, and the name that tells its family."""

    model: Generator
    name: str

    def kin(self, sample: Sample, same_family: str, but: str) -> tuple[str, ...]:
        """Return the families that it shares with the makers of a sample; what wrote the part `but` is no maker.

        Raises DataError for a relative, unless the recipe states it.
        """
        makers = makers_of(sample, but=(but,))
        kin = shared_families(self.name, makers)
        if kin and same_family == "refuse":
            raise DataError(
                say(
                    "The judge {judge} is of the family {families}, as is what made this sample ({makers})",
                    judge=self.name, families=", ".join(kin), makers=", ".join(makers),
                ),
                where=sample.id,
                next=say("Judge with a model of another family, or write `same_family: stated` and let it only report"),
            )  # fmt: skip
        return kin


def judge_of(model: str, op: str) -> Judge:
    """Return the judge of that name. Raises RecipeError for an embedded one, which follows no rubric."""
    from shisaku.models.desk import desk

    back_end = desk().back_end("judge", model)
    if back_end.way == "embedded":
        raise RecipeError(
            say("{op} needs a judge that follows a rubric; {model} does not", op=op, model=back_end.model),
            where=op,
            next=say("Name a server or a folder under `models` of the recipe, and that name in `model`"),
        )
    generator = desk().take("judge", model)
    return Judge(generator, PurePath(back_end.model).name or generator.backend)


def check_same_family(value: str) -> None:
    """Raise ValueError unless it says what becomes of relatives."""
    one_of("same_family", value, SAME_FAMILY)


def shown_parts(sample: Sample, names: Mapping[str, Kind]) -> tuple[str, ...]:
    """Return those of the named parts that the sample has. Raises DataError where it has none, or one of another kind.

    An empty text counts as none.
    """
    found = []
    for name, kind in names.items():
        part = sample.parts.get(name)
        if part is None:
            continue
        if part.kind != kind:
            raise DataError(say("Part {part} is {found}, where {wanted} is needed",
                                part=name, found=part.kind, wanted=kind), where=sample.id)  # fmt: skip
        if part.data:
            found.append(name)
    if not found:
        raise DataError(say("There is nothing to judge: no part named {parts}", parts=", ".join(names)),
                        where=sample.id)  # fmt: skip
    return tuple(found)


def verdict_part(about: Mapping[str, Any]) -> Part:
    """Return a verdict as the text part in which it is kept: JSON with sorted keys."""
    return Part.from_text(json.dumps(dict(about), ensure_ascii=False, sort_keys=True))


def answered(part: Part, allowed: Sequence[Any], field: str) -> tuple[Any, str]:
    """Return what a judge answered in `field`, None where it could not tell, and its reason.

    Raises DataError for what is not among the allowed answers.
    """
    try:
        said = json.loads(part.text)
    except ValueError:
        said = None
    if not isinstance(said, dict) or field not in said or said[field] not in (*allowed, None):
        raise DataError(say("The judge did not answer as it was asked: {start}", start=part.text[:80]))
    return said[field], str(said.get("why") or "")[:LONGEST_WHY]


def schema_of(field: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the JSON Schema of a verdict: the reason first, so that it is thought before it is said."""
    return {
        "type": "object",
        "properties": {"why": {"type": ["string", "null"]}, field: dict(values)},
        "required": ["why", field],
        "additionalProperties": False,
    }
