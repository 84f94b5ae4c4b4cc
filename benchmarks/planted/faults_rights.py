"""Faults of licence and consent, in captions whose owner is known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from planted.fault import Fault, Samples, each
from shisaku.core.sample import Sample

# From what everybody sees to what only a reader of the terms does.
LICENCES = (
    ("unknown", ""),
    ("CC-BY-NC-4.0", "https://creativecommons.org/licenses/by-nc-sa/4.0/"),
    ("research only", "academic use only"),
    ("MIT on code; images copyright of others", "see website"),
    ("CC-BY-4.0 (partly)", "CC-BY-4.0 AND CC-BY-NC-4.0"),
)
CONSENTS = (("withdrawn", "no"), ("refused", "拒否"), ("unknown", ""), ("perhaps", "asked"), ("see form", "pending"))


def owned(samples: Samples) -> Samples:
    """Return the samples with a licence where they have none."""
    return [one if one.facts.get("planted") else replace(one, licence="GPL-2.0-or-later") for one in samples]


def _barred(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
    choices = LICENCES[int(strength) - 1]
    return replace(sample, licence=choices[rng.integers(len(choices))], facts={**sample.facts, "planted": "yes"})


def _unasked(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
    choices = CONSENTS[int(strength) - 1]
    fields = ("speaker_id", "patient", "Age", "話者", "subject.sex")
    facts = {**sample.facts, fields[rng.integers(len(fields))]: "7"}
    return replace(sample, consent=choices[rng.integers(len(choices))], facts=facts)


STRENGTHS = (1, 2, 3, 4, 5)
FAULTS = [
    Fault("barred", "rights", "stamps", "kind, from plain to hidden", STRENGTHS, each(_barred), prepare=owned),
    Fault("unasked", "rights", "stamps", "kind, from plain to hidden", STRENGTHS, each(_unasked), prepare=owned),
]
