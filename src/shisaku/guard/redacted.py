"""The attestation of a redaction: which op took something out of which content, and what came of it.

It is a fact of the sample, ``redacted:<part>``: a JSON list of ``{"redaction", "op", "version", "of", "gives"}``, where
`of` and `gives` are digests of the part before and after. It counts for exactly the content that it gives, or that a
later attested redaction made of that; when anything else changes the part, it counts no more. It is a statement, no
proof: finders look at the bytes themselves.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any, Final

from shisaku.core.sample import Part, Sample

PREFIX: Final = "redacted:"
MOST: Final = 64  # attestations of one part; more is no honest record
WORDS: Final = ("redaction", "op", "of", "gives")


def attested(sample: Sample, part: str, after: Part, redaction: str, op: str, version: int) -> Sample:
    """Return the sample with `after` in place of its part and the attestation that `op` did `redaction` on it."""
    before = sample.parts[part].digest
    row = {"redaction": redaction, "op": op, "version": version, "of": before, "gives": after.digest}
    told = json.dumps([*_rows(sample, part), row], sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    made = sample.with_part(part, after)
    return replace(made, facts={**made.facts, PREFIX + part: told})


def redactions_of(sample: Sample, part: str) -> tuple[str, ...]:
    """Return the names of the redactions that the facts attest for the part as it is now, sorted."""
    rows = _rows(sample, part)
    reached, found = {sample.parts[part].digest}, set[str]()
    for row in reversed(rows):
        if row["gives"] in reached:
            reached.add(row["of"])
            found.add(row["redaction"])
    return tuple(sorted(found))


def _rows(sample: Sample, part: str) -> list[dict[str, Any]]:
    """Return the attestations of a part in their order; anything else that stands there counts for nothing."""
    import orjson  # says no to what is nested without end, where json would exhaust the stack

    try:
        held = orjson.loads(sample.facts.get(PREFIX + part, "[]"))
    except ValueError:
        return []
    if not isinstance(held, list) or len(held) > MOST or not all(map(_is_row, held)):
        return []
    return held


def _is_row(row: object) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(w), str) and row[w] for w in WORDS)
