"""A record: named parts of any modality, labels, and where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal, get_args

from shisaku.core.identity import fingerprint, fingerprint_bytes

Kind = Literal["image", "text", "audio", "video", "table", "points", "embedding"]
KINDS: tuple[Kind, ...] = get_args(Kind)
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Part:
    """One modality of a sample.

    `data` is in the canonical form of its kind, made once when the sample came in: image = PNG
    (RGB or RGBA, 8 bit), audio = 16-bit PCM WAV, text = UTF-8, video = frames with their times (see
    `store.codecs`), table = JSON (an object, or a list of objects), points = float32 [n, d] NPY,
    embedding = float32 little-endian. `uri` says which file it was read from; `span` is a time span in
    seconds on `clock` (parts that name one clock can be compared in time; empty: not known).
    """

    kind: Kind
    data: bytes
    uri: str = ""
    lang: str = ""
    span: tuple[float, float] | None = None
    clock: str = ""

    @classmethod
    def from_text(cls, text: str, lang: str = "") -> Part:
        """Make a text part; `lang` is a BCP 47 tag such as ``en`` or ``ja``."""
        return cls("text", text.encode(), lang=lang)

    @property
    def text(self) -> str:
        """The text of a text part."""
        return self.data.decode()

    @property
    def digest(self) -> str:
        """Fingerprint of the content (kind and bytes)."""
        return fingerprint(self.kind, fingerprint_bytes(self.data))

    @property
    def identity(self) -> tuple[object, ...]:
        """What tells this part from another, wherever it was read from."""
        # Without a clock it is what schema 1, which knew none, called it: old fingerprints stay true.
        return (self.kind, self.digest, self.lang, self.span, *([self.clock] if self.clock else []))


@dataclass(frozen=True, slots=True)
class Sample:
    """One record. Frozen: a change is a `child` (new id, this one as parent) or `with_part` (same id).

    `group` is the entity that must never straddle a split (patient, lot, speaker); it defaults to the
    id. `labels` are what a learner may predict, `facts` everything else the source said (role, domain,
    author). `licence` and `consent` default to unknown, and unknown is deny. `depth` counts generations:
    0 is real.
    """

    id: str
    parts: Mapping[str, Part] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    group: str = ""
    licence: str = UNKNOWN
    consent: str = UNKNOWN
    facts: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    depth: int = 0

    @property
    def entity(self) -> str:
        """The group, or the id where no group is known."""
        return self.group or self.id

    def with_part(self, name: str, part: Part) -> Sample:
        """Return this sample with one part added or replaced: same id, same depth (a view, not a child)."""
        return replace(self, parts={**self.parts, name: part})

    def child(
        self,
        step: str,
        index: int = 0,
        *,
        parts: Mapping[str, Part],
        facts: Mapping[str, str] | None = None,
        also_from: tuple[str, ...] = (),
    ) -> Sample:
        """Derive a synthetic sample; group, labels, licence and consent come from this parent.

        `also_from` are ids of pool samples that went into it. The id depends on parent, step and index
        alone, so that cooking again gives the same ids.
        """
        return Sample(
            id=f"{self.id}/{step}.{index}",
            parts=parts,
            labels=dict(self.labels),
            group=self.entity,
            licence=self.licence,
            consent=self.consent,
            facts={**self.facts, **(facts or {})},
            parents=(self.id, *also_from),
            depth=self.depth + 1,
        )

    @property
    def digest(self) -> str:
        """Fingerprint of the whole record, content included."""
        parts = {name: p.identity for name, p in self.parts.items()}
        return fingerprint(
            self.id, parts, self.labels, self.group, self.licence, self.consent, self.facts, self.parents, self.depth
        )
