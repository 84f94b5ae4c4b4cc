"""What a judge that follows a chain says as a whole: how much is left after each hop, and who is kin to whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from shisaku.core.finding import Finding
from shisaku.message import Message, say
from shisaku.models.family import shared_families
from shisaku.stats.median import median_interval

FEWEST = 6  # below, the median has no interval at 95 %


def by_hops(name: str, rows: Iterable[tuple[int, float]], figure: str) -> list[Finding]:
    """Return one Finding per number of hops: the median of the figures with its exact interval (95 %)."""
    of: dict[int, list[float]] = defaultdict(list)
    for hops, value in rows:
        of[hops].append(value)
    found = []
    for hops, values in sorted(of.items()):
        n = len(values)
        if n < FEWEST:
            what = say("After {hops} hops: {n} samples, a median needs {least}", hops=hops, n=n, least=FEWEST)
            found.append(Finding(name, what, "note", n=n))
            continue
        middle, low, high = median_interval(values)
        what = say(
            "After {hops} hops the median {figure} is {middle:.2f} ({low:.2f} to {high:.2f}), n = {n}",
            hops=hops, figure=figure, middle=middle, low=low, high=high, n=n,
        )  # fmt: skip
        row = {"hops": hops, "n": n, "median": middle, "low": low, "high": high}
        found.append(Finding(name, what, "note", middle, low, high, n, table=(row,)))
    return found


def kinship(name: str, judge: str, makers: Mapping[str, Sequence[str]]) -> list[Finding]:
    """Return who judged whom: sample id -> models that took part, and a warning where the judge is of their family."""
    known = {sample: models for sample, models in makers.items() if models}
    if not makers:
        return []
    told = judge or "?"
    if not known:
        what = say("Judged by {judge}; the records name no model that made these samples", judge=told)
        return [Finding(name, what, "note", n=len(makers))]
    models = sorted({model for of in known.values() for model in of})
    kin = sorted(sample for sample, of in known.items() if shared_families(judge, of))
    families = sorted({family for of in known.values() for family in shared_families(judge, of)})
    if not kin:
        what = say("Judged by {judge}, of another family than {models}", judge=told, models=", ".join(models))
        if not judge:
            what = say("Made by {models}; name the judge's model, or nobody knows whether they are kin",
                       models=", ".join(models))  # fmt: skip
        return [Finding(name, what, "note", n=len(known))]
    what = say(
        "Judged by {judge}, which shares the family {families} with {models}: it praises their mistakes",
        judge=told, families=", ".join(families), models=", ".join(models),
    )  # fmt: skip
    return [Finding(name, what, "warn", n=len(known), next=_another(), samples=tuple(kin[:20]))]


def _another() -> Message:
    return say("Let it report, and drop only beside a random drop of equal size, or judge with another family")
