"""Which real items a made set was made from, and which of the same kind were never used for it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from shisaku.core.sample import Sample
from shisaku.errors import DataError
from shisaku.learn.rows import RowTransform, transform_rows
from shisaku.message import Message, say
from shisaku.ops.alike.splits import TEST, rank
from shisaku.ops.dataset.reference import read_reference, row_like
from shisaku.store.marks import MADE_BY

OPEN, USED, HELD = 0, 1, 2
DECLARED, SPLIT, PARENTS, NONE = "declared", "split", "parents", "none"
Places = npt.NDArray[np.intp]


@dataclass(frozen=True)
class Real:
    """Real items in the order of their ids; `sides` says of each what is known of it, `way` how that was known.

    `groups` numbers the group of each, `names` and `members` (places) are those of every group; `group_of` finds a
    group's number by an item's id, `codes` by the group's name.
    """

    ids: tuple[str, ...]
    rows: npt.NDArray[np.float32]
    sides: npt.NDArray[np.uint8]
    groups: Places
    names: tuple[str, ...]
    members: tuple[Places, ...]
    group_of: Mapping[str, int]
    codes: Mapping[str, int]
    way: str
    transform: RowTransform

    def own(self, sample: Sample) -> Places:
        """Return the groups that a made sample comes from: its own, and those of its parents."""
        found = {self.group_of[one] for one in (sample.id, *sample.parents) if one in self.group_of}
        if sample.entity in self.codes:
            found.add(self.codes[sample.entity])
        return np.array(sorted(found), np.intp)

    def barred(self, own: Places) -> Places:
        """Return the places of all items of these groups."""
        return np.concatenate([self.members[code] for code in own]) if len(own) else np.zeros(0, np.intp)

    def counts(self) -> tuple[list[int], list[int]]:
        """Return how many items, and how many groups, are open, used and held out."""
        first = self.sides[[int(places[0]) for places in self.members]]
        return np.bincount(self.sides, minlength=3).tolist(), np.bincount(first, minlength=3).tolist()

    def sizes(self, own: Places) -> list[list[Any]]:
        """Return [name, items open, used, held out] of these groups."""
        return [
            [self.names[code], *np.bincount(self.sides[self.members[code]], minlength=3).tolist()]
            for code in own.tolist()
        ]

    def row_of(self, sample: Sample, features: str) -> npt.NDArray[np.float32]:
        """Return the features of a made sample as the rows are. Raises DataError if it has none that fit."""
        vector = row_like(sample, features, self.rows.shape[1]).astype(np.float32)
        row: npt.NDArray[np.float32] = np.asarray(transform_rows(vector[None], self.transform)[0], np.float32)
        return row


def read_real(
    reference: Sequence[Sample] | None,
    features: str,
    op: str,
    transform: RowTransform,
    holdout: Mapping[str, str],
    drawn: bool,
) -> Real:
    """Return the real items without those of the test set, which judge nothing here.

    Held out are those of which all of `holdout` (label or fact: value) is so; without it those of a validation split,
    where a split is given; else, if the items to use were `drawn` at random, sides stay open until the parents of what
    was made are known. Raises RecipeError without a reference, DataError where only test items are left.
    """
    tested = [one for one in reference or () if one.facts.get("split", "").casefold() not in TEST]
    if reference and not tested:
        raise DataError(say("All of the reference is test items, which must not judge what was made"))
    real = read_reference(tested, features, op)
    sides, way = _sides(real.samples, holdout, drawn)
    names, groups = np.unique(np.array([one.entity for one in real.samples], dtype=object), return_inverse=True)
    order = np.argsort(groups, kind="stable")
    members = tuple(np.split(order, np.cumsum(np.bincount(groups))[:-1]))
    # An item whose group was used is no item that the generator could not have seen.
    for places in members if way in (DECLARED, SPLIT) else ():
        if (sides[places] == USED).any():
            sides[places] = USED
    rows = np.asarray(transform_rows(real.rows.astype(np.float32), transform), np.float32)
    ids = tuple(one.id for one in real.samples)
    group_of = dict(zip(ids, groups.tolist(), strict=True))
    codes = {str(name): code for code, name in enumerate(names)}
    return Real(ids, rows, sides, groups, tuple(codes), members, group_of, codes, way, transform)


def _sides(samples: Sequence[Sample], holdout: Mapping[str, str], drawn: bool) -> tuple[npt.NDArray[np.uint8], str]:
    if holdout:
        out = [all(_told(one, name) == value for name, value in holdout.items()) for one in samples]
        return np.where(out, HELD, USED).astype(np.uint8), DECLARED
    splits = [one.facts.get("split", "") for one in samples]
    ranks = [rank(split)[0] if split else -1 for split in splits]
    if 1 in ranks and 2 in ranks:
        return np.array([{1: HELD, 2: USED}.get(one, OPEN) for one in ranks], np.uint8), SPLIT
    return np.full(len(samples), OPEN, np.uint8), PARENTS if drawn else NONE


def _told(sample: Sample, name: str) -> str:
    return sample.labels.get(name, sample.facts.get(name, ""))


def check_holdout(holdout: Mapping[str, str]) -> None:
    """Raise ValueError for a holdout that is not {label or fact: value}, or that is the test set."""
    if not isinstance(holdout, Mapping) or not all(isinstance(one, str) for pair in holdout.items() for one in pair):
        raise ValueError(f"holdout must map labels or facts to texts, got {holdout!r}")
    if holdout.get("split", "").casefold() in TEST:
        raise ValueError("holdout must not be the test set: it would then have judged what is trained on")


def how_known(way: str) -> Message:
    """Say how it is known which real items were used."""
    return {
        DECLARED: say("held out are the items declared to be"),
        SPLIT: say("held out is the validation split, used the other splits"),
        PARENTS: say("used are the groups of the parents, held out the rest, which was drawn at random"),
    }.get(way, say("nothing says which real items were used"))


def get_holdout() -> Message:
    """Say how to get a holdout."""
    return say(
        "Keep a random half of the real groups (not the test items) out of what is made from, give all real items as "
        "the reference, and name that half in `holdout` (a fact and its value), in a fact `split`, or, where parents "
        "were drawn at random, by `drawn: true`"
    )


MAKER_UNKNOWN: Final = "unknown"


def maker_of(sample: Sample) -> str:
    """Return the step that made a sample, the op where no step is told, or `unknown`."""
    told = sample.facts.get(MADE_BY, "")
    if not told.startswith("{"):
        return told or MAKER_UNKNOWN
    try:
        about = json.loads(told)
    except ValueError:
        return MAKER_UNKNOWN
    return str(about.get("step") or about.get("op") or MAKER_UNKNOWN)
