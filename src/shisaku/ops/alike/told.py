"""What copies mean for a dataset as a whole, in figures and in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from shisaku.core.finding import Finding
from shisaku.core.score import Score
from shisaku.message import say
from shisaku.stats.proportions import clopper_pearson

MANY = 0.05  # share of redundant samples from which on it is a warning
EXAMPLES = 20


def redundant(scores: Sequence[Score]) -> list[Finding]:
    """Say how many groups of copies there are and which share of the samples could go without loss."""
    n, copies = len(scores), [score for score in scores if score.issue]
    if not n:
        return []
    sizes = Counter(score.group for score in copies)
    share = len(copies) / n
    return [
        Finding(
            "redundant",
            say(
                "{copies} of {n} samples ({share:.1%}) are copies of others, in {groups} groups",
                copies=len(copies),
                n=n,
                share=share,
                groups=len(sizes),
            ),
            "warn" if share >= MANY else "note",
            share,
            *clopper_pearson(len(copies), n),
            n=n,
            next=say("Keep one of each group: a copy adds weight and no information") if copies else None,
            samples=_worst(copies),
            table=tuple({"keeper": keeper, "copies": count} for keeper, count in sizes.most_common(EXAMPLES)),
        )
    ]


def leaked(scores: Sequence[Score], splits: Mapping[str, str]) -> list[Finding]:
    """Say how many items of each split, the one that judges first, have a copy in another."""
    pairs = Counter((splits[score.group], splits[score.sample]) for score in scores if score.issue)
    if len({split for split in splits.values() if split}) < 2:
        return []
    hit: dict[str, set[str]] = {}
    for score in scores:
        if score.issue:
            hit.setdefault(splits[score.group], set()).add(score.group)
    if not hit:
        n = sum(1 for split in splits.values() if split)
        what = say("No item has a copy in another split ({n} items with a split)", n=n)
        return [Finding("leak", what, "note", 0.0, *clopper_pearson(0, n), n=n)]
    found = []
    for split, items in sorted(hit.items()):
        n = sum(1 for name in splits.values() if name == split)
        others = {other: count for (one, other), count in pairs.items() if one == split}
        found.append(
            Finding(
                "leak",
                say(
                    "{hit} of {n} items in {split} ({share:.1%}) have a copy in {others}",
                    hit=len(items),
                    n=n,
                    split=split,
                    share=len(items) / n,
                    others=", ".join(sorted(others)),
                ),
                "bad",
                len(items) / n,
                *clopper_pearson(len(items), n),
                n=n,
                next=say("Take the copies out of the other splits, then train again: what was measured is too good"),
                samples=_worst([score for score in scores if score.issue and splits[score.group] == split]),
                table=tuple({"split": split, "other": other, "copies": count} for other, count in others.items()),
            )
        )
    return found


def shared(scores: Sequence[Score]) -> list[Finding]:
    """Say how many samples are also in the dataset beside."""
    n, copies = len(scores), [score for score in scores if score.issue]
    if not n:
        return []
    return [
        Finding(
            "shared",
            say(
                "{copies} of {n} samples ({share:.1%}) are also in the other dataset",
                copies=len(copies),
                n=n,
                share=len(copies) / n,
            ),
            "bad" if copies else "note",
            len(copies) / n,
            *clopper_pearson(len(copies), n),
            n=n,
            next=say("Take them out of one of the two before one judges the other") if copies else None,
            samples=_worst(copies),
        )
    ]


def _worst(copies: Sequence[Score]) -> tuple[str, ...]:
    return tuple(score.sample for score in sorted(copies, key=lambda score: (score.value, score.sample))[:EXAMPLES])
