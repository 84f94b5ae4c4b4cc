"""What has to be forgotten: ids, digests, content and file names, and whether a value names any of them."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from shisaku.core.identity import fingerprint_bytes
from shisaku.core.sample import Sample

# How `Sample.child` names what descends from a sample: /step.index, once per generation.
DESCENT = re.compile(r"(/[^/]+\.\d+)+")
# An id such as 7 or cat stands in many places that have nothing to do with the record.
TELLING, DIGITS = 4, re.compile(r"[0-9.]*")
# Fields that name records; ids that tell nothing count only here.
NAMING = frozenset(("id", "parents", "parent", "child", "sample", "item", "group", "ids", "samples", "prototype"))
HEX = re.compile(rb"[0-9a-f]{32,}")
PROBE, LEAST_PROBE = 48, 96
LEAST_TEXT = 16
WORD = r"[\w.\-/#]"


@dataclass(frozen=True)
class Targets:
    """`ids` with all that descends from them; hex `digests`; `probes`, bytes out of the media; `names` of source files.

    `texts` are long enough to be told from others, `waves` digests of sounds without their header. What samples that
    stay hold too is in none of them. `classes` are names of classes: an id that is one counts only where ids stand.
    """

    ids: frozenset[str]
    digests: frozenset[str] = frozenset()
    probes: frozenset[bytes] = frozenset()
    names: frozenset[str] = frozenset()
    texts: frozenset[str] = frozenset()
    waves: frozenset[str] = frozenset()
    classes: frozenset[str] = frozenset()

    def is_one(self, id_: str) -> bool:
        """Say whether an id is one of them or descends from one."""
        if id_ in self.ids:
            return True
        place = id_.find("/")
        while place >= 0:
            if id_[:place] in self.ids and DESCENT.fullmatch(id_, place):
                return True
            place = id_.find("/", place + 1)
        return False

    def in_value(self, value: str, column: str = "") -> bool:
        """Say whether a value of a table or JSON file names one of them; `column` is the field it stands in."""
        if self.is_one(value):
            return column in NAMING or self._tells(value)
        if value in self.digests or value in self.names:
            return True
        return len(value) >= TELLING and self.in_text(value)

    def in_text(self, text: str) -> bool:
        """Say whether running text names one of them as a word of its own, or holds one of their texts."""
        return any(pattern.search(text) for pattern in self._words) or any(one in text for one in self._long)

    def in_bytes(self, data: bytes) -> bool:
        """Say whether raw bytes hold a digest, a piece of the media, or an id or name as a word of its own."""
        if any(probe in data for probe in self.probes):
            return True
        if any(self._has_digest(run) for run in HEX.findall(data)):
            return True
        if not any(word in data for word in self._raw_words):
            return False
        return self.in_text(data.decode("utf-8", "replace"))

    def merged(self, other: Targets) -> Targets:
        """Return both together."""
        return Targets(**{name: getattr(self, name) | getattr(other, name) for name in FIELDS})

    def without(self, kept: Targets) -> Targets:
        """Return the same ids, and of the rest what is not in `kept` too."""
        rest = {name: getattr(self, name) - getattr(kept, name) for name in FIELDS if name not in ("ids", "classes")}
        return replace(self, **rest)

    def to_json(self) -> dict[str, Any]:
        """Return the plain form for the journal."""
        held = {name: sorted(getattr(self, name)) for name in FIELDS if name != "probes"}
        return {**held, "probes": sorted(base64.b64encode(probe).decode() for probe in self.probes)}

    @classmethod
    def from_json(cls, raw: Mapping[str, Any]) -> Targets:
        """Read back what `to_json` wrote."""
        held = {name: frozenset(raw[name]) for name in FIELDS if name != "probes"}
        return cls(**held, probes=frozenset(base64.b64decode(probe) for probe in raw["probes"]))

    @cached_property
    def _roots(self) -> list[str]:
        """Ids that are found in text; what descends from one begins with it."""
        return [id_ for id_ in self.ids if self._tells(id_) and not self._descends(id_)]

    def _tells(self, id_: str) -> bool:
        """Say whether an id is found by itself, outside the fields that name records."""
        return len(id_) >= TELLING and not DIGITS.fullmatch(id_) and id_ not in self.classes

    def _descends(self, id_: str) -> bool:
        return any(id_[: match.start()] in self.ids for match in re.finditer("/", id_))

    @cached_property
    def _words(self) -> list[re.Pattern[str]]:
        # An id is no word of its own inside a longer file name: a.png is not b/a.png, nor a.png.txt.
        ids = [rf"(?<!{WORD}){re.escape(id_)}(?![\w\-#]|\.\w|/[^/\s]*\.(?!\d))" for id_ in self._roots]
        names = [rf"{re.escape(name)}(?![\w\-#]|\.\w)" for name in self.names]
        return [re.compile(pattern) for pattern in (*ids, *names)]

    @cached_property
    def _raw_words(self) -> list[bytes]:
        return [word.encode() for word in (*self._roots, *self.names, *self._long)]

    @cached_property
    def _long(self) -> list[str]:
        """Texts as they are, and as HTML and JSON write them."""
        import html
        import json

        forms = {form for text in self.texts for form in (text, html.escape(text), html.escape(text, quote=False))}
        forms |= {json.dumps(text, ensure_ascii=plain)[1:-1] for text in self.texts for plain in (True, False)}
        return sorted(forms)

    def _has_digest(self, run: bytes) -> bool:
        # Tables write strings one after the other without a gap, so a digest may begin anywhere.
        text = run.decode()
        return any(text[n : n + 32] in self._short or text[n : n + 64] in self.digests for n in range(len(text) - 31))

    @cached_property
    def _short(self) -> frozenset[str]:
        return frozenset(digest for digest in self.digests if len(digest) == 32)


FIELDS = ("ids", "digests", "probes", "names", "texts", "waves", "classes")


def targets_of(samples: Iterable[Sample]) -> Targets:
    """Return everything by which these samples can be found."""
    found: dict[str, set[Any]] = {name: set() for name in FIELDS}
    for sample in samples:
        found["ids"].add(sample.id)
        found["classes"] |= set(sample.labels.values())
        found["digests"] |= {sample.digest, *(v for k, v in sample.facts.items() if k.endswith("sha256"))}
        for part in sample.parts.values():
            found["digests"] |= {part.digest, fingerprint_bytes(part.data), hashlib.sha256(part.data).hexdigest()}
            if part.uri and not sample.depth:
                found["names"].add(part.uri)
            if part.kind in ("text", "table"):
                found["texts"] |= {part.data.decode(errors="replace")} if len(part.data) >= LEAST_TEXT else set()
            elif len(part.data) >= LEAST_PROBE:
                middle = len(part.data) // 2
                found["probes"].add(part.data[middle : middle + PROBE])
            if part.kind == "audio":
                found["waves"].add(wave_digest(part.data))
    return Targets(**{name: frozenset(held) for name, held in found.items()})


def wave_digest(data: bytes) -> str:
    """Return the digest of the samples in a WAV, without its header: caches keep the same sound in another form."""
    import io
    import wave

    try:
        with wave.open(io.BytesIO(data)) as file:
            return fingerprint_bytes(file.readframes(file.getnframes()))
    except (wave.Error, EOFError):
        return fingerprint_bytes(data)
