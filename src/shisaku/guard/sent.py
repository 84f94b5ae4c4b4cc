"""A part of a sample as it is told to the guard."""

from __future__ import annotations

from typing import Final

from shisaku.core.sample import Part, Sample
from shisaku.guard.call import Sent
from shisaku.guard.redacted import redactions_of
from shisaku.store.marks import fact_of

# IPTC codes of content that was made whole; all others hold captured content, changed or not.
MADE_WHOLE: Final = frozenset({"trainedAlgorithmicMedia", "algorithmicMedia"})


def sent(sample: Sample, field: str, data: bytes | None = None) -> Sent:
    """Return what is told of a part that leaves, as it is or as `data` (another encoding, a smaller picture).

    A made sample often carries parts of its real parent, unchanged or turned round: such a part is real (depth 0),
    and only one that its record says was made whole has the sample's depth. Attestations are of the part's own bytes
    and count for no others.
    """
    part: Part = sample.parts[field]
    leaves = part.data if data is None else data
    made = sample.facts.get(fact_of(field), "") in MADE_WHOLE
    return Sent(
        sample=sample.id,
        field=field,
        kind=part.kind,
        data=leaves,
        licence=sample.licence,
        consent=sample.consent,
        depth=sample.depth if made else 0,
        redactions=redactions_of(sample, field) if leaves == part.data else (),
    )
