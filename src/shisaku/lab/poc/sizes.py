"""How many items a comparison rests on: classes as they come, groups, and what that is worth in independent items."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from shisaku.core.poc_form import Held, PocForm

TEST_SHARE = 0.3  # as in the recipe that `shisaku init` writes
LEAST_TO_TRAIN = 10  # real items per class, the second smallest number that the protocol trains on


@dataclass(frozen=True, slots=True)
class Sizes:
    """Items of each class that are trained on and tested on, and in how many groups the tested ones come.

    With an own test every item is tested in some splits and trained on in the others: `test` holds all of them.
    """

    train: Mapping[str, float]
    test: Mapping[str, float]
    groups: float

    @property
    def trained(self) -> float:
        """Items trained on."""
        return sum(self.train.values())

    @property
    def tested(self) -> float:
        """Items that the test rests on."""
        return sum(self.test.values())

    @property
    def per_group(self) -> float:
        """Items of a group, on average."""
        return max(1.0, self.tested / self.groups) if self.groups else 1.0

    @property
    def whole_groups(self) -> int:
        """Groups, without the part of one that averages make."""
        return math.floor(self.groups + 1e-9)


def sizes_of(form: PocForm, labels: float) -> Sizes:
    """Return what there is after `labels` more were bought: all of them for the test, but for what training lacks.

    With an own test they are held out and trained on like those at hand.
    """
    share = mix(form)
    if form.test == "own":
        items = grown(form.labelled, labels, share)
        train = {name: (1 - TEST_SHARE) * n for name, n in items.items()}
        return Sizes(train, items, _groups(form.labelled, sum(items.values())))
    lacking = min(labels, lacking_to_train(form))
    test = grown(form.untouched, labels - lacking, share)
    like = form.untouched if form.untouched.groups else form.labelled
    return Sizes(grown(form.labelled, lacking, share), test, _groups(like, sum(test.values())))


def mix(form: PocForm) -> dict[str, float]:
    """Return the share of each class among labels that are bought: they are taken as they come.

    Positive items have their share among what is unlabelled, or in use; the other classes, and all where that is not
    known, come as those at hand do.
    """
    share = form.unlabelled_share or form.positive_share
    others = [name for name in form.classes if name != form.positive or share is None]
    left = 1.0 if share is None or not form.positive else 1.0 - share.likely
    seen = sum(form.labelled.items[name] for name in others)
    found = {name: left * (form.labelled.items[name] / seen if seen else 1 / len(others)) for name in others}
    return {name: found.get(name, 1.0 - left) for name in form.classes}


def grown(held: Held, labels: float, share: Mapping[str, float]) -> dict[str, float]:
    """Return the items of each class after so many labels."""
    return {name: held.items.get(name, 0) + labels * part for name, part in share.items()}


def lacking_to_train(form: PocForm) -> int:
    """Return how many labels must be bought so that each class has enough to train on.

    With an own test that is before the test takes its share. It is more than there can be where a class never comes.
    """
    least = LEAST_TO_TRAIN / (1 - TEST_SHARE) if form.test == "own" else LEAST_TO_TRAIN
    short = [
        (least - form.labelled.items[name], part)
        for name, part in mix(form).items()
        if form.labelled.items[name] < least
    ]
    return max((math.ceil(n / part - 1e-9) if part else 10**9 for n, part in short), default=0)


def independent(items: Mapping[str, float]) -> float:
    """Return how many items, all classes alike, would make a balanced accuracy as sure as these: k^2 / sum(1 / n_c).

    The variance of a mean of k recalls is the sum of v / n_c over k^2; 0 where a class has no item.
    """
    counts = list(items.values())
    return len(counts) ** 2 / sum(1 / n for n in counts) if all(n > 0 for n in counts) else 0.0


def _groups(held: Held, items: float) -> float:
    """Return how many groups so many items come in, if they are as large as those at hand."""
    return items / held.per_group
