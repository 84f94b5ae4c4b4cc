"""Which IPTC digital source type a written part gets, from what wrote it and what it was written from.

Definitions: IPTC NewsCodes http://cv.iptc.org/newscodes/digitalsourcetype/.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from shisaku.core.op import Op
from shisaku.core.sample import Kind, Sample
from shisaku.store.marks import fact_of

TRAINED: Final = "trainedAlgorithmicMedia"  # made by a model that learnt from sampled content
EDITED: Final = "compositeWithTrainedAlgorithmicMedia"  # existing media changed by such a model
ALGORITHMIC: Final = "algorithmicMedia"  # made by an algorithm that learnt from nothing
ALTERED: Final = "algorithmicallyEnhanced"  # existing media changed by such an algorithm
COMPOSITE: Final = "composite"  # of several elements, of which nothing more is known
SYNTHETIC: Final = "compositeSynthetic"  # of several elements, one of them synthetic


def source_type_of(op: Op, kind: Kind, part: str, source: Sample, mixed: Sequence[Sample]) -> str:
    """Return the code of `part` that `op` wrote from `source` and the pool samples `mixed`.

    A part is existing media changed where the op read a part of the same kind; what those were before stays
    visible: a generated picture that is cropped was still generated.
    """
    read = [name for name, of in op.reads_parts().items() if of == kind and name in source.parts]
    if part in source.parts and source.parts[part].kind == kind and part not in read:
        read.append(part)
    if not read:
        return TRAINED if op.models or op.roles else ALGORITHMIC
    before = [source.facts.get(fact_of(name), "") for name in read]
    if mixed:
        beside = [sample.facts.get(fact_of(name), "") for sample in mixed for name in read]
        return _mixed(bool(op.models or op.roles), {*before, *beside} & {TRAINED, EDITED, SYNTHETIC})
    return _changed(bool(op.models or op.roles), before)


def _mixed(by_model: bool, synthetic: set[str]) -> str:
    if by_model:
        return EDITED
    return SYNTHETIC if synthetic else COMPOSITE


def _changed(by_model: bool, before: Sequence[str]) -> str:
    if TRAINED in before:
        return TRAINED
    if by_model:
        return EDITED
    return next((code for code in before if code), ALTERED)
