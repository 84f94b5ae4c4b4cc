"""How many labels a plan buys: those that show the expected gain, and reach the chance that is wanted, if it can."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.core.poc_form import PocForm
from shisaku.lab.poc.chance import Simulator
from shisaku.lab.poc.margins import provable, shows
from shisaku.lab.poc.spending import MOST_LABELS, Limits, fewest


@dataclass(frozen=True, slots=True)
class Reach:
    """The fewest labels with which the wanted chance of ADOPT is reached, and the ends that Monte Carlo error leaves.

    None where it is not reached with all items that can be labelled in time, whatever they cost.
    """

    labels: int | None
    low: int | None
    high: int | None


def labels_needed(form: PocForm, margin: float) -> int | None:
    """Return the fewest labels that show the expected gain with 80 % power, None where none do."""
    if form.expected_gain.likely <= margin:
        return None
    return fewest(lambda labels: shows(provable(form, labels, margin), form), MOST_LABELS)


def reach_of(form: PocForm, simulator: Simulator, limits: Limits) -> Reach:
    """Return the fewest labels for the wanted chance: by the share of worlds, and by either end of its interval.

    Every size is played in the same worlds with the same luck, so that more labels are not less by chance.
    """

    def least(end: str) -> int | None:
        return fewest(lambda labels: getattr(simulator.adopts(labels), end) >= form.wanted, limits.reach)

    return Reach(least("share"), least("high"), least("low"))


def labels_of(limits: Limits, needed: int | None, reach: Reach) -> int:
    """Return what the plan buys: what is needed and reached within the limits, all it can where nothing is enough.

    A gain that no number of labels shows is no reason to buy any.
    """
    wanted = 0 if needed is None else min(needed, limits.labels)
    if reach.labels is not None and reach.labels <= limits.labels:
        return max(wanted, reach.labels)
    return wanted
