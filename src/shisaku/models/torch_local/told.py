"""What a model that writes is told: the words of role, op and recipe, and the parts of the sample."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from shisaku.errors import DataError
from shisaku.message import say
from shisaku.models.ask import Ask, Role
from shisaku.models.openai.instructions import AGAIN, instruction, schema_text
from shisaku.models.openai.structured import Broken, check_schema
from shisaku.store.codecs import decode_image
from shisaku.store.white import over_white


@dataclass(frozen=True, slots=True)
class Retry:
    """An answer that does not keep its schema, to be asked for once more."""

    text: str
    broken: Broken


@dataclass(frozen=True, slots=True)
class Told:
    """A request: its words in pieces, the texts of the sample, its pictures, and the turns after the first."""

    words: tuple[str, ...]
    texts: tuple[str, ...]
    images: tuple[Any, ...]
    turns: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """All words and texts, as one."""
        return "\n\n".join((*self.words, *self.texts))

    def messages(self, pieces: bool) -> list[dict[str, Any]]:
        """Return the turns of a chat; with `pieces`, in the form of models that see."""
        first: Any = self.text
        if pieces:
            seen = [{"type": "image", "image": image} for image in self.images]
            first = [*seen, *([{"type": "text", "text": self.text}] if self.text else [])]
        later = [
            {"role": who, "content": [{"type": "text", "text": text}] if pieces else text} for who, text in self.turns
        ]
        return [{"role": "user", "content": first}, *later]


def told_of(role: Role, ask: Ask, retry: Retry | None = None) -> Told:
    """Return what a model is told in a role. Raises DataError for parts that no such model takes."""
    words = [instruction(role, ask), ask.prompt]
    if ask.schema is not None:
        check_schema(ask.schema)
        words.append(schema_text(ask.schema))
    turns: Sequence[tuple[str, str]] = ()
    if retry is not None:
        turns = (("assistant", retry.text), ("user", AGAIN.replace("{error}", retry.broken.error)))
    images, texts = [], []
    for name in ask.parts:
        part = ask.sample.parts[name]
        if part.kind == "image":
            images.append(over_white(decode_image(part)))
        elif part.kind in ("text", "table"):
            texts.append(part.data.decode())
        else:
            raise DataError(say("Part {part} is {kind}, which cannot be shown to this model", part=name,
                                kind=part.kind))  # fmt: skip
    if not images and not texts and not ask.prompt:
        raise DataError(say("There is nothing to ask: no part and no prompt"))
    return Told(tuple(filter(None, words)), tuple(texts), tuple(images), tuple(turns))
