"""Texts from a template, the sample's own parts, and values drawn from declared distributions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.limits import part_names, within
from shisaku.ops.outcome import inherited, one_by_one
from shisaku.ops.prompt import facts_of
from shisaku.ops.reading import part_of, text_of
from shisaku.ops.sandboxed import compiled, filled
from shisaku.ops.slots import drawn, slots_of
from shisaku.store.codecs import decode_table

if TYPE_CHECKING:
    from jinja2 import Template as Compiled

GIVEN = ("text", "labels", "facts", "id")
TEXT: Kind = "text"
TABLE: Kind = "table"


@dataclass(frozen=True)
class Template(Transform):
    """Write a text by filling a Jinja template: prompts with declared conditions (AttrPrompt), sentences from tables.

    The template knows the text part `text` as ``text``, more text parts in `texts` and table parts in `tables` by
    their names, ``labels`` and ``facts`` (``labels["class"]``), ``id``, and the slots; a part it does not name is not
    asked of the sample. Each slot of `slots` is a list of values or a mapping of value to weight (``{lighting: {dim:
    2, bright: 1}, device: [phone, camera]}``); its value is drawn for every child and kept as fact ``slot:<name>``,
    so that a checker can measure whether what is generated conforms (Yu et al. 2023, AttrPrompt: prompts with drawn
    attributes give more diverse data than one prompt per class). A name that is none of these is refused when the op
    is built; a label or column that one sample lacks fails that sample. The text may have `longest` characters and is
    in language `language`.

    Templates are data: a sandboxed Jinja with text, values, ``if``, loops of at most 1,000 turns in all and a few
    filters; no calls, assignments, macros, includes, products or powers, and no escaping.

    When it hurts: slots are drawn independently of each other and of the sample, so "night" may meet "sunlit window"
    and a label it does not fit; declare only slots that leave the label true. A template is one way to say it: a
    model may learn its wording. Text of a sample that goes into a prompt can carry instructions of its own to the
    model that reads the prompt.

    Example::

        - name: prompts
          op: text.template
          from: task
          rounds: 4
          with:
            template: "a photo of {{ labels['class'] }}, {{ lighting }} light, taken with a {{ device }}"
            slots: {lighting: {dim: 2, bright: 1}, device: [phone, camera]}
            write: prompt
    """

    name: ClassVar[str] = "text.template"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "text"}
    makes: ClassVar[str] = "children"

    text: str = "caption"
    template: str = "{{ text }}"
    slots: Mapping[str, Any] = field(default_factory=dict)
    texts: tuple[str, ...] = ()
    tables: tuple[str, ...] = ()
    write: str = "prompt"
    language: str = ""
    longest: int = 4_000

    def __post_init__(self) -> None:
        part_names(text=self.text, write=self.write)
        within("longest", self.longest, 1, 100_000)
        object.__setattr__(self, "texts", tuple(self.texts))
        object.__setattr__(self, "tables", tuple(self.tables))
        object.__setattr__(self, "slots", slots_of(self.slots))
        names = self._known()
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"texts, tables and slots must have names of their own, got {', '.join(twice)} twice")
        _ = self._compiled

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def reads_parts(self) -> dict[str, Kind]:
        """Return the parts that the template names."""
        return {**dict.fromkeys(self._texts().values(), TEXT), **dict.fromkeys(self._tables(), TABLE)}

    def _known(self) -> list[str]:
        return [*self.texts, *self.tables, *self.slots, *GIVEN]

    def _texts(self) -> dict[str, str]:
        """Return name in the template -> part, of the texts that it names."""
        _, asked = self._compiled
        own = {"text": self.text} if "text" in asked else {}
        return own | {name: name for name in self.texts if name in asked}

    def _tables(self) -> list[str]:
        _, asked = self._compiled
        return [name for name in self.tables if name in asked]

    @cached_property
    def _compiled(self) -> tuple[Compiled, frozenset[str]]:
        return compiled(self.template, self._known())

    def __getstate__(self) -> dict[str, Any]:
        # compiled code does not travel between processes: each compiles its own
        return {key: value for key, value in self.__dict__.items() if key != "_compiled"}

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return one child per sample, with the filled template."""
        return one_by_one(batch, rngs, self._child)

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        chosen = drawn(self.slots, rng)
        values: dict[str, Any] = {"labels": dict(sample.labels), "facts": dict(sample.facts), "id": sample.id, **chosen}
        for name, source in self._texts().items():
            values[name] = text_of(sample, source)
            if len(values[name]) > self.longest:
                raise DataError(
                    say("Text {part} has more than {longest} characters", part=source, longest=self.longest)
                )
        values |= {name: decode_table(part_of(sample, name, TABLE)) for name in self._tables()}
        made = filled(self._compiled[0], values, self.longest).strip()
        if not made:
            raise DataError(say("The filled template is empty"))
        part = Part.from_text(made, self.language or self._language(sample))
        return sample.child(self.name, parts=inherited(sample, {self.write: part}), facts=facts_of(chosen))

    def _language(self, sample: Sample) -> str:
        """Return the language of the first text that the template names."""
        return next((part_of(sample, part, TEXT).lang for part in self._texts().values()), "")
