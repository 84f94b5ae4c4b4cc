"""Whether what helped in one place helps in another: a matrix over datasets, and rules carried across."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from shisaku.lab.conditions.cells import Cell, in_order
from shisaku.lab.conditions.finder import applied
from shisaku.lab.conditions.interval import LEAST, by_dataset, t_interval
from shisaku.learn.one_thread import one_thread
from shisaku.stats.estimate import TEstimate
from shisaku.stats.holm import holm

LEVEL = 0.025
Held = Literal["helps", "hurts", "not shown", "ABSTAIN"]
Carried = Literal["carries over", "fails", "not shown", "ABSTAIN"]
AXES: Mapping[str, Callable[[Cell], str]] = {"modality": lambda cell: cell.modality, "place": lambda cell: cell.place}


@dataclass(frozen=True, slots=True)
class Crossing:
    """One technique on one modality in one place: the mean effect over `datasets`, each counted once.

    `low` and `high` stand at the levels that Holm left to this crossing among all that have an interval; under three
    datasets there is none and `says` is ABSTAIN.
    """

    technique: str
    modality: str
    place: str
    datasets: int
    cells: int
    effect: float
    low: float | None
    high: float | None
    says: Held


@dataclass(frozen=True, slots=True)
class Transfer:
    """A rule learnt where `axis` is `source`, applied where it is `target`: net gain per cell against adopting nothing.

    No dataset is on both sides: for each target dataset the rule is learnt without it. `learnt_on` counts the fewest
    datasets that it was learnt from.
    """

    axis: str
    source: str
    target: str
    learnt_on: int
    datasets: int
    adopted: int
    cells: int
    net: float | None
    low: float | None
    high: float | None
    says: Carried


def transfer_matrix(cells: Sequence[Cell]) -> list[Crossing]:
    """Return technique x modality x place, by name: the plain mean of the means of datasets, t over these.

    Cells with planted wrong labels are left out: they say what the fault does, not the technique.
    """
    groups: dict[tuple[str, str, str], list[Cell]] = {}
    for cell in in_order([cell for cell in cells if not cell.noise_made]):
        groups.setdefault((cell.technique, cell.modality, cell.place), []).append(cell)
    means = {key: by_dataset(mine, lambda cell: cell.effect) for key, mine in sorted(groups.items())}
    ends = _with_holm({key: t_interval(values) for key, values in means.items()})
    return [
        Crossing(*key, len(values), len(groups[key]), sum(values.values()) / len(values), *ends[key])
        for key, values in means.items()
    ]


def transfers(cells: Sequence[Cell]) -> list[Transfer]:
    """Return every rule that can be carried from one modality, or place, to another.

    Learning needs three datasets beside the one that is predicted, testing three; otherwise ABSTAIN.
    """
    found: dict[tuple[str, str, str], tuple[int, int, list[Cell], dict[str, float]]] = {}
    ordered = in_order(cells)
    with one_thread():
        for axis, read in AXES.items():
            values = sorted({read(cell) for cell in ordered})
            for source in values:
                for target in values:
                    if source != target:
                        known = [cell for cell in ordered if read(cell) == source]
                        asked = [cell for cell in ordered if read(cell) == target]
                        found[axis, source, target] = _carried(known, asked)
    ends = _with_holm({key: t_interval(won) for key, (_, _, _, won) in found.items()})
    words: Mapping[str, Carried] = {"helps": "carries over", "hurts": "fails", "not shown": "not shown"}
    rows = []
    for key, (least, adopted, asked, won) in found.items():
        low, high, says = ends[key]
        mean = sum(won.values()) / len(won) if low is not None else None
        there = len({cell.dataset for cell in asked})
        rows.append(Transfer(*key, least, there, adopted, len(asked), mean, low, high, words.get(says, "ABSTAIN")))
    return rows


def _carried(known: Sequence[Cell], asked: list[Cell]) -> tuple[int, int, list[Cell], dict[str, float]]:
    """Return the fewest datasets learnt from, cells adopted, cells asked, and the net gain per target dataset.

    Nothing is carried to any of them where one would be told by fewer than three.
    """
    sources, targets = {cell.dataset for cell in known}, sorted({cell.dataset for cell in asked})
    fewest = min(len(sources - {name}) for name in targets)
    won: dict[str, float] = {}
    adopted = 0
    for name in targets if fewest >= LEAST else ():
        train = [cell for cell in known if cell.dataset != name]
        told = applied(train, [cell for cell in asked if cell.dataset == name])
        won[name] = sum(one.cell.worth for one in told if one.adopted) / len(told)
        adopted += sum(one.adopted for one in told)
    return fewest, adopted, asked, won


def _with_holm(
    estimates: Mapping[Any, TEstimate | None],
) -> dict[Any, tuple[float | None, float | None, Held]]:
    """Return the ends and what they say: both sides of every estimate are decided at the levels that Holm leaves."""
    there = {key: estimate for key, estimate in estimates.items() if estimate is not None}
    above = holm([one.p_above(0.0) for one in there.values()], LEVEL)
    below = holm([one.p_below(0.0) for one in there.values()], LEVEL)
    found: dict[Any, tuple[float | None, float | None, Held]] = dict.fromkeys(estimates, (None, None, "ABSTAIN"))
    for (key, one), up, down in zip(there.items(), above, below, strict=True):
        says: Held = "helps" if up.rejected else "hurts" if down.rejected else "not shown"
        found[key] = (one.low(up.level), one.high(down.level), says)
    return found
