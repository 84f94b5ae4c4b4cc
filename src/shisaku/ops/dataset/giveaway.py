"""Whether something known before the content is looked at gives a label away."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from shisaku.core.sample import Sample
from shisaku.message import Message, say
from shisaku.ops.dataset.fields import fields_of
from shisaku.ops.telling import ToldBy


@dataclass(frozen=True)
class Giveaway(ToldBy):
    """Score a sample by how few of the telling metadata fields answer its label (1: none does).

    Every fact, the licence, the letters of the group's name and the file's name, ending, folder, number, size,
    duration and rate are taken one by one. A one-feature tree with balanced classes (numbers in at most 8 bins of
    equal count) predicts the label by 5-fold cross-validation that keeps entities together; reported is the balanced
    accuracy of the class it tells best against all others ((1 + Youden's J) / 2; guessing gives 0.5), with an
    interval over entities and a permutation p, Holm over the fields. Such a field is what Kaufman et al. (Leakage in
    data mining, KDD 2011) call leakage. `raw` counts the telling fields that answer the sample's label.

    A finding is raised where Holm keeps the field at `alpha` and the balanced accuracy is at least `warn_from`
    (``bad`` from `bad_from` on). A field that holds the label's own word is a note.

    What it finds: a device of ten that followed the class of 400 digits in 40 % of the samples (else at random) was
    found in 10 of 10 repeats, in 20 % in none; one of two devices among 400 pictures of two classes from 60 % on (10
    of 10; 40 %: 4 of 10). A device that followed nothing was called in 0 of 60 (95 % upper end 6 %).
    When it hurts: two fields that give the label away only together are not seen, nor is a field of which every
    sample has its own value. A field may be a true cause (a site that treats one disease): look before you cut.

    Example::

        - {name: giveaway, op: dataset.giveaway, from: data, with: {label: class}}
    """

    name: ClassVar[str] = "dataset.giveaway"

    def _fields(self, sample: Sample) -> Mapping[str, str]:
        return fields_of(sample)

    def _advice(self, field: str) -> Message:
        return say(
            "Keep {field} from the model, and balance it over the classes before you split, train or make data",
            field=field,
        )
