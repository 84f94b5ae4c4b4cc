"""What a generative model is asked, and what it is asked through, whatever stands behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, get_args

from shisaku.core.drop import Failure
from shisaku.core.identity import fingerprint
from shisaku.core.sample import Part, Sample

Role = Literal["captioner", "rewriter", "painter", "speaker", "listener", "translator", "embedder", "judge"]
ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True, slots=True)
class Ask:
    """One request about one sample.

    `parts` names the parts that the model sees: with a model elsewhere they leave, and nothing else of the sample
    does. `prompt` is the whole text of the request (for a speaker or painter: what to say or paint). `schema` is the
    JSON Schema that a text answer must keep. `options` are a role's own: ``voice``, ``speed``, ``language``,
    ``source`` and ``target`` of a translation, ``width``, ``height``, ``strength`` and ``mask`` of a picture.
    `others` are (sample, part) whose words stand in the prompt too: examples, whose owners have a say as well.
    `op` is the fingerprint of the op that asks, `purpose` the word for why.
    """

    sample: Sample
    parts: tuple[str, ...]
    prompt: str = ""
    seed: int = 0
    schema: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    others: tuple[tuple[Sample, str], ...] = ()
    op: str = ""
    purpose: str = ""

    @property
    def digest(self) -> str:
        """Fingerprint of all that determines the answer of one model; which sample it is about does not."""
        seen = [(name, self.sample.parts[name].identity) for name in self.parts]
        return fingerprint(self.op, seen, self.prompt, self.seed, dict(self.schema or {}), dict(self.options))


Answer = Part | Failure


class Generator(Protocol):
    """A model in one role. `backend` is its honest name for records and reports."""

    backend: str

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        """Return a part of the role's kind for every request, in their order, or why there is none.

        A captioner, rewriter, translator, listener and judge give text, a painter an image (PNG), a speaker audio
        (16-bit WAV), an embedder an embedding, all in canonical form. One request that fails leaves the others alone.
        """
        ...
