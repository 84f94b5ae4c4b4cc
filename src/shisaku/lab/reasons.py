"""The sentences of verdicts. Effects and margins are said in points (hundredths of the metric)."""

from __future__ import annotations

from dataclasses import dataclass

from shisaku.core.verdict import Decision
from shisaku.message import Message, say


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a sentence may use: arm, comparator, domain, and effect, ends and margin in metric units."""

    arm: str
    comparator: str
    domain: str
    effect: float
    low: float
    high: float
    margin: float

    def values(self) -> dict[str, str | float]:
        """Return the values in points."""
        numbers = {name: 100 * getattr(self, name) for name in ("effect", "low", "high", "margin")}
        return {"arm": self.arm, "comparator": self.comparator, "domain": self.domain, **numbers}


def gain_shown(n: Numbers) -> Message:
    """ADOPT in one domain."""
    return say(
        "{arm} beats {comparator} on {domain} by {effect:+.1f} points [{low:+.1f}, {high:+.1f}]: more than the "
        "{margin:.1f} points worth having",
        **n.values(),
    )


def harm_shown(n: Numbers) -> Message:
    """REJECT: worse than the comparator."""
    return say(
        "{arm} is worse than {comparator} on {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]", **n.values()
    )


def too_small(n: Numbers) -> Message:
    """REJECT: not worth having."""
    return say(
        "{arm} against {comparator} on {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}], less than the "
        "{margin:.1f} points worth having",
        **n.values(),
    )


def not_shown(n: Numbers) -> Message:
    """ABSTAIN: neither shown."""
    return say(
        "Not shown: {arm} against {comparator} on {domain} is {effect:+.1f} points [{low:+.1f}, {high:+.1f}], and the "
        "interval contains the {margin:.1f} points worth having",
        **n.values(),
    )


def for_these_speakers(reason: Message, n: int) -> Message:
    """Any decision over too few speakers: it holds for them."""
    return say("{reason}. For these speakers only (voices told apart: {n})", reason=reason, n=n)


def of_this_training_data(reason: Message) -> Message:
    """ADOPT on a fixed test set: splits of one dataset do not show what other training data would change.

    In simulated worlds with 900 test groups the spread over fresh training data was twice the standard error, and 24
    of 150 ADOPTs were false of the procedure in general, none of 70 of the models of the training data at hand.
    """
    return say("{reason}. Said of models of this training data, not of training data collected anew", reason=reason)


def unsafe(n: Numbers) -> Message:
    """REJECT overall: harm beyond the safety margin in a deployment domain."""
    return say(
        "{arm} harms {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}] against {comparator}, worse than the "
        "{margin:.1f} points that would still be safe",
        **n.values(),
    )


def pilot_only(n: Numbers, domains: str) -> Message:
    """ABSTAIN overall: gain shown, safety not."""
    return say(
        "Gain shown, safety not shown: pilot only. {arm} beats {comparator} on {domain} by {effect:+.1f} points "
        "[{low:+.1f}, {high:+.1f}], but a loss of less than the safety margin is not shown on {unsafe}",
        **n.values(),
        unsafe=domains,
    )


def pilot_by_plan(n: Numbers, domains: str) -> Message:
    """ABSTAIN overall: the plan could not promise to show safety."""
    return say(
        "Gain shown, safety not shown: pilot only. {arm} beats {comparator} on {domain} by {effect:+.1f} points "
        "[{low:+.1f}, {high:+.1f}], but this plan cannot show the safety margin on {unsafe}, so it cannot end in ADOPT",
        **n.values(),
        unsafe=domains,
    )


def headline(study: str, decision: Decision, n: Numbers, *, exploratory: bool, looks: int) -> Message:
    """Say the decision and its numbers in one line; an exploratory or repeated plan says so before anything else."""
    values = {"study": study, "decision": decision, **n.values()}
    if exploratory and looks:
        return say(
            "Exploratory (under-powered), on data already looked at {looks} times. {study}: {decision}; {arm} against "
            "{comparator} on {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]",
            looks=looks,
            **values,
        )
    if exploratory:
        return say(
            "Exploratory (under-powered). {study}: {decision}; {arm} against {comparator} on {domain}: "
            "{effect:+.1f} points [{low:+.1f}, {high:+.1f}]",
            **values,
        )
    if looks:
        return say(
            "Replication on data already looked at {looks} times. {study}: {decision}; {arm} against {comparator} on "
            "{domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]",
            looks=looks,
            **values,
        )
    return say(
        "{study}: {decision}; {arm} against {comparator} on {domain}: {effect:+.1f} points [{low:+.1f}, {high:+.1f}]",
        **values,
    )


def in_round(line: Message, look: int, planned: int, alpha: float) -> Message:
    """Any first line of one of several planned looks: which one it is, and the error it may spend."""
    return say(
        "{line}. Look {look} of {planned} at these test items, at alpha {alpha:.2g}",
        line=line, look=look, planned=planned, alpha=alpha,
    )  # fmt: skip


def not_begun(study: str, reason: Message, *, exploratory: bool) -> Message:
    """ABSTAIN: what the study requires was not shown, so nothing was trained."""
    if exploratory:
        return say(
            "Exploratory (under-powered). {study}: ABSTAIN, nothing was trained. {reason}", study=study, reason=reason
        )
    return say("{study}: ABSTAIN, nothing was trained. {reason}", study=study, reason=reason)
