"""The first page: each batch in sentences that need no statistics."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from shisaku.core.finding import WEIGHTS
from shisaku.judging.gate import DEFAULT
from shisaku.report.measure.axis import Axis, axes_of
from shisaku.report.measure.evidence import Evidence, Row
from shisaku.report.measure.gap import Gap, gap_of
from shisaku.report.measure.names import judge_words, meter_words
from shisaku.report.numbers import count, number
from shisaku.report.words import Words, _, phrase, words

MOST_NEXT = 3
STOPPED, PASSED = "stopped", "passed"


@dataclass(frozen=True, slots=True)
class Front:
    """A batch on the first page: its state and why, the three axes, copies, the gap, and what to do next."""

    name: str
    made: int
    state: str
    tag: Words
    told: Words
    why: Sequence[Words]
    axes: Sequence[Axis]
    copies: Axis | None
    gap: Gap | None
    then: Sequence[Words]


def fronts_of(evidence: Evidence) -> list[Front]:
    """Return the batches in the recipe's order, those that nothing measured too."""
    found = []
    for place, (name, bundle) in enumerate(evidence.bundles.items()):
        found.append(_unmeasured(evidence, name) if bundle is None else _front(evidence, bundle, f"b{place}"))
    return found


def silent(bundle: Row) -> list[Row]:
    """Return what judges of the set said without a figure: what they lack, mostly items."""
    return [row for row in bundle["sets"] if row["value"] is None and not row["table"]]


def _unmeasured(evidence: Evidence, name: str) -> Front:
    said = _("{batch}: {n} items, a prototype that was not measured.", batch=name, n=count(evidence.size([name])))
    then = [_("Measure it before it is used; nothing is known about it.")]
    return Front(name, evidence.size([name]), "prototype", _("prototype"), said, (), (), None, None, then)


def _front(evidence: Evidence, bundle: Row, prefix: str) -> Front:
    *axes, copies = axes_of(bundle)
    about = {"batch": bundle["batch"], "made": count(bundle["made"]), "real": count(evidence.size(bundle["real"]))}
    if not bundle["real"]:
        counted = _("{batch}: {made} items, without real ones beside them", **about)
    else:
        counted = _("{batch}: {made} items, beside {real} real ones", **about)
    if bundle["state"] == STOPPED:
        tag, told = _("stopped"), _("{counted}. The gate stopped them: they must not be trained on.", counted=counted)
    else:
        tag, told = (
            _("passed"),
            _("{counted}. Measured; the gate found nothing that it can show against them.", counted=counted),
        )
    gap = gap_of(bundle, prefix)
    return Front(
        bundle["batch"],
        bundle["made"],
        bundle["state"],
        tag,
        told,
        [_why(row) for row in bundle["stopped_by"]],
        axes,
        copies,
        gap,
        _then(evidence, bundle),
    )


def _why(row: Row) -> Words:
    """Return why the gate stopped a batch, with the judge by its name for people."""
    return phrase(row["template"], {**row["values"], "judge": judge_words(row["values"]["judge"])})


def _then(evidence: Evidence, bundle: Row) -> list[Words]:
    found = []
    if bundle["state"] == STOPPED:
        found.append(_("Mend the step that makes them, or drop the items below, and measure again."))
    advice = sorted((row for row in bundle["sets"] if row["next"]), key=lambda row: WEIGHTS.index(row["weight"]))
    said = [words(row["next"]) for row in advice if row["weight"] != "note"]
    found += list(dict.fromkeys(said))[:MOST_NEXT]
    found += list(dict.fromkeys(mend(chain["mend_first"]) for chain in evidence.chains if _is_hop(chain, bundle)))
    quiet = len({row["judge"] for row in silent(bundle)})
    if quiet:
        found.append(
            _("Judges of the whole set without a figure: {n}, mostly for want of items. The list below says what each "
              "takes.", n=quiet)
        )  # fmt: skip
    if bundle["state"] == PASSED:
        found.append(_("Passing is no proof of worth: let a study compare training with and without them."))
    return found


def _is_hop(chain: Row, bundle: Row) -> bool:
    return bool(chain["mend_first"]) and chain["mend_first"]["hop"] == bundle["batch"]


def mend(loss: Row) -> Words:
    """Return which hop of a chain is to be mended first, and what it loses."""
    return _(
        "Mend the step {hop} first: it loses {loss} of {meter} ({before} before it, {after} after it).",
        hop=loss["hop"],
        meter=meter_words(loss["meter"]),
        **{key: number(loss[key]) for key in ("loss", "before", "after")},
    )


def gate_words(gate: Sequence[Mapping[str, object]]) -> list[str]:
    """Return the rules of the gate that were asked, the default ones where the recipe has none."""
    rules = gate or [
        {key: value for key in ("judge", "issues", "above_real", "failing", "least", "most")
         if (value := getattr(one, key)) is not None}
        for one in DEFAULT
    ]  # fmt: skip
    return [", ".join(f"{key}: {value}" for key, value in rule.items()) for rule in rules]
