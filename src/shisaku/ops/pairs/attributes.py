"""Attributes read out of a picture and its report, as a table of declared columns."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, Final

import numpy as np

from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.transform import Outcome, Transform
from shisaku.errors import DataError
from shisaku.message import say
from shisaku.ops.asking import asked, seed_from
from shisaku.ops.limits import part_names
from shisaku.ops.reading import image_of, text_of
from shisaku.store.codecs import encode_table

if TYPE_CHECKING:
    from shisaku.models.ask import Ask

ASKED: Final = "Fill in these attributes of the picture and its report. Use null where neither says it."


@dataclass(frozen=True)
class Attributes(Transform):
    """Read `columns` out of a picture and the report beside it, by the captioner that `model` names, into a table.

    `columns` maps each attribute to the values it may take (a list), or to ``text`` or ``number``; null stands for what
    neither picture nor report says. The answer must keep that JSON Schema, otherwise the sample fails. Added context
    of this kind raised F1 on chest pictures in DALL-M (Hsieh et al. 2024, arXiv 2407.08227). The embedded captioner
    cannot fill a schema: name a model.

    When it hurts: a model fills in what is usual. Compare its table with a hundred read by people before you train.

    Example::

        - {name: read, op: pairs.attributes, from: task,
           with: {model: seeing, text: report, columns: {side: [left, right], size_mm: number, note: text}}}
    """

    name: ClassVar[str] = "pairs.attributes"
    reads: ClassVar[Mapping[str, Kind]] = {"image": "image", "text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "table"}
    roles: ClassVar[Mapping[str, str]] = {"model": "captioner"}
    purpose: ClassVar[str] = "attributes"
    makes: ClassVar[str] = "views"

    image: str = "image"
    text: str = "caption"
    model: str = ""
    columns: Mapping[str, Any] = field(default_factory=lambda: {"note": "text"})
    write: str = "attributes"

    def __post_init__(self) -> None:
        part_names(image=self.image, text=self.text, write=self.write)
        if not self.columns:
            raise ValueError("columns must name at least one attribute")
        _ = self.schema

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON Schema of an answer. Raises ValueError for a column of no known kind."""
        return {
            "type": "object",
            "properties": {name: _column(name, held) for name, held in self.columns.items()},
            "required": list(self.columns),
            "additionalProperties": False,
        }

    def apply(
        self,
        batch: Sequence[Sample],
        rngs: Sequence[np.random.Generator],
        pool: Sequence[Sample] | None = None,
    ) -> list[Outcome]:
        """Return each sample with its table; the model is asked once for the batch."""
        return asked(batch, rngs, "captioner", self.model, self._ask, self._view)

    def _ask(self, sample: Sample, rng: np.random.Generator) -> Ask:
        from shisaku.models.ask import Ask

        image_of(sample, self.image)
        text_of(sample, self.text)
        return Ask(
            sample,
            (self.image, self.text),
            ASKED,
            seed_from(rng),
            schema=self.schema,
            op=self.fingerprint,
            purpose=self.purpose,
        )

    def _view(self, sample: Sample, ask: Ask, answer: Part, backend: str) -> Sample:
        try:
            table = json.loads(answer.text)
        except ValueError as error:
            raise DataError(say("The answer is no JSON: {cause}", cause=str(error)[:120])) from error
        if not isinstance(table, dict) or set(table) != set(self.columns):
            raise DataError(say("The answer does not hold the columns that were asked for"))
        return sample.with_part(self.write, Part("table", encode_table(table)))


def _column(name: str, held: Any) -> dict[str, Any]:
    if isinstance(held, list | tuple) and held:
        return {"enum": [*(str(value) for value in held), None]}
    kinds = {"text": "string", "number": "number"}
    if isinstance(held, str) and held in kinds:
        return {"type": [kinds[held], "null"]}
    raise ValueError(f"column {name} must be a list of values, text or number, got {held!r}")
