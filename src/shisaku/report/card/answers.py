"""What a dataset, and the run that made it, say about themselves, as answers of the card."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import TYPE_CHECKING, Any

from shisaku.atlas.layers import Signs, classify
from shisaku.atlas.licences import terms_of
from shisaku.atlas.terms import CONDITIONS, USE_WORDS, USES, Terms
from shisaku.message import Message, say

if TYPE_CHECKING:
    from shisaku.report.card.place import Held
    from shisaku.report.card.tally import Tally
    from shisaku.store.run import Run

MOST = 50  # values of a label, settings of a maker: a card is read by people
UNKNOWN = "unknown"


def answers(held: Held, tally: Tally) -> dict[str, Any]:
    """Return every answer that is known, by key."""
    return {
        "identity.name": held.name,
        **_content(tally),
        **_layer(held, tally),
        **_splits(tally),
        **_rights(tally),
        **_synthetic(tally),
        **(_run(held.run) if held.run is not None else {}),
        **held.about,
        "verification.people": say(
            "Naturalness, usefulness to experts, and whether licences and consents are what they say"
        ),
    }


def _content(tally: Tally) -> dict[str, Any]:
    labels = {name: dict(found.most_common(MOST)) for name, found in sorted(tally.labels.items())}
    frames = {
        name: say("{low_w} x {low_h} to {high_w} x {high_h} pixels", low_w=low[0], low_h=low[1], high_w=high[0],
                  high_h=high[1])
        for name, (low, high) in sorted(tally.frames.items())
    }  # fmt: skip
    sounds = {name: say("{seconds:.1f} s of sound", seconds=found) for name, found in sorted(tally.seconds.items())}
    rates = {name: {f"{rate} Hz": n for rate, n in sorted(found.items())} for name, found in tally.rates.items()}
    timed = say("{spans} parts with a time span, on {clocks} clocks", spans=tally.spans, clocks=len(tally.clocks))
    return {
        "content.samples": tally.n,
        "content.modalities": {f"{name} ({kind})": n for (name, kind), n in sorted(tally.parts.items())},
        "content.units": {**frames, **sounds},
        "content.sampling": rates,
        "content.sync": timed if tally.spans or tally.clocks else None,
        "content.labels": labels,
        "content.languages": {lang: n for lang, n in tally.languages.items() if lang != "?"},
    }


def _layer(held: Held, tally: Tally) -> dict[str, Any]:
    label = next(iter(sorted(tally.labels)), "")
    standing = classify(
        Signs(
            words=" ".join((held.name, held.words)).replace("_", " "),
            layout=held.layout,
            n=tally.n,
            classes=len(tally.labels.get(label, ())),
            label=label,
            kinds=tuple(kind for _, kind in tally.parts),
        )
    )
    return {"layer.layer": standing.layer, "layer.reason": standing.reason if standing.layer else None}


def _splits(tally: Tally) -> dict[str, Any]:
    entity = say("{n} entities in {samples} samples", n=len(tally.entities), samples=tally.n) if tally.grouped else None
    if not tally.split_sizes:
        return {"splits.entity": entity}
    both = tally.straddling
    # Entities are patients or speakers; a card is handed on, so it counts them and names none.
    shared = say("{n} entities are in more than one split", n=len(both))
    return {
        "splits.splits": dict(sorted(tally.split_sizes.items())),
        "splits.entity": entity,
        "splits.hash": tally.split_hash,
        "splits.leakage": shared if both else say("No entity is in more than one split"),
    }


def _rights(tally: Tally) -> dict[str, Any]:
    found = {text: terms_of(text) for text in sorted(tally.licences)}
    known = {text: n for text, n in sorted(tally.licences.items()) if text != UNKNOWN}
    if not found:
        return {}
    all_of_them = reduce(Terms.both, found.values())
    uses = [USE_WORDS[use] for use in USES if use in all_of_them.uses]
    denied = [terms.refusal(use) for use in USES for terms in found.values() if not terms.allows(use)]
    consents = {text: n for text, n in sorted(tally.consents.items()) if text != UNKNOWN}
    return {
        "sources.licences": known,
        "sources.evidence": {text: terms.evidence for text, terms in found.items() if terms.evidence},
        "sources.uses": uses or (say("None: a licence is not known") if len(known) < len(found) else say("None")),
        "sources.conditions": [CONDITIONS[name] for name in all_of_them.conditions],
        "sources.consent": consents,
        "use.forbidden": denied,
    }


def _synthetic(tally: Tally) -> dict[str, Any]:
    share = say("{made} of {n} ({share:.0%})", made=tally.made, n=tally.n, share=tally.made / max(1, tally.n))
    if not tally.made and not tally.source_types:
        nothing = say("Does not apply: nothing in it is made")
        fields = ("generators", "parents", "filters", "source_type", "marking")
        return {
            "synthetic.share": share,
            "synthetic.depth": {"0": tally.n},
            **{f"synthetic.{f}": nothing for f in fields},
        }
    makers = {name: dict(found.most_common(MOST)) for name, found in sorted(tally.makers.items())}
    return {
        "synthetic.share": share,
        "synthetic.generators": makers,
        "synthetic.parents": tally.with_parents,
        "synthetic.depth": {str(depth): n for depth, n in sorted(tally.depth.items())},
        "synthetic.source_type": dict(tally.source_types),
        "synthetic.marking": say(
            "Facts of every record; PNG and WAV files that are written out carry the code as XMP, unsigned"
        ),
    }


def _run(run: Run) -> dict[str, Any]:
    verdict = _read(run, "verdict")
    verdicts = verdict.get("verdicts", [])
    effects = [_effect(one) for one in verdicts]
    simulated = sorted({str(one["domain"]) for one in verdicts if one.get("simulated")})
    return {
        "quality.metrics": _metrics(run),
        "utility.decision": verdict.get("overall"),
        "utility.effects": effects,
        "utility.protocol": "P-1" if verdicts else None,
        "utility.seeds": sorted({json_text(one.get("seeds")) for one in verdicts}),
        "utility.negative": [_effect(one) for one in verdicts if one["decision"] != "ADOPT"],
        "cost.compute": _seconds(run),
        "verification.simulated": simulated,
        "synthetic.filters": sorted({str(row["op"]) for row in run.read_rows("drops") if row.get("op")}),
        "maintenance.changes": None,
    }


def json_text(value: Any) -> str:
    """Return a value as one line of text."""
    return ", ".join(f"{key} {item}" for key, item in value.items()) if isinstance(value, Mapping) else str(value)


def _effect(verdict: Mapping[str, Any]) -> Message:
    low, high = verdict.get("interval") or (None, None)
    return say(
        "{arm} at {domain}: {decision}, {effect:+.3f} [{low:+.3f}, {high:+.3f}]",
        arm=str(verdict["arm"]), domain=str(verdict["domain"]), decision=str(verdict["decision"]),
        effect=float(verdict.get("effect") or 0.0), low=float(-1.0 if low is None else low),
        high=float(1.0 if high is None else high),
    )  # fmt: skip


def _metrics(run: Run) -> dict[str, Any]:
    found: dict[str, list[float]] = {}
    for row in run.read_rows("scores"):
        if row.get("value") is not None:
            found.setdefault(str(row["metric"]), []).append(float(row["value"]))
    return {name: _spread(values) for name, values in sorted(found.items())}


def _spread(values: list[float]) -> Message:
    import numpy as np

    low, median, high = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    return say(
        "median {median:.3f}, middle half {low:.3f} to {high:.3f}, n = {n}", median=median, low=low, high=high,
        n=len(values),
    )  # fmt: skip


def _seconds(run: Run) -> Message | None:
    rows = run.read_rows("timings")
    return say("{seconds:.0f} s", seconds=sum(float(row["seconds"] or 0) for row in rows)) if rows else None


def _read(run: Run, name: str) -> dict[str, Any]:
    return dict(run.read_json(name)) if (run.path / f"{name}.json").is_file() else {}
