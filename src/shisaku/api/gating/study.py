"""What one study of a run says that bears on a gate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shisaku.message import Message

Row = Mapping[str, Any]


def study_facts(
    study: Row, verdicts: Sequence[Row], per_class: Sequence[Row], batches: Mapping[str, str]
) -> dict[str, Any]:
    """Return the facts of one entry of ``studies.json``; `verdicts` and `per_class` are those of the whole run.

    `batches` are what its arms train on, with the op that made each. What is said of money, gain and safety is that of
    the verdict which the overall decision is about.
    """
    detail, plan = study.get("detail") or {}, study.get("plan") or {}
    overall = detail.get("overall") or {}
    lead = _lead(overall, [one for one in verdicts if one["study"] == study["name"]])
    domain = str(overall.get("domain") or (lead or {}).get("domain") or "")
    labels = sorted({str(row["label"]) for row in per_class if row["study"] == study["name"]})
    return {
        "name": str(study["name"]),
        "plan": str(plan.get("hash", "")),
        "decision": str(study.get("overall", "")),
        "ceiling": str(overall.get("ceiling", "")),
        "primary": str(overall.get("primary") or study.get("overall", "")),
        "exploratory": bool(overall.get("exploratory")),
        "simulated": bool(lead and lead.get("simulated")),
        "kind": _kind(plan, domain),
        "classes": [str(name) for name in plan.get("classes") or labels],
        "stops": [
            Message.from_json(one["reason"]).to_json()
            for one in study.get("alarms", [])
            if one.get("severity") == "stop"
        ],
        "batches": sorted(batches),
        "generators": sorted({op for op in batches.values() if op}),
        "safety": _safety(overall, lead),
        "gain": _gain(lead),
        "score": _score(detail, overall),
        "money": _mapping(lead.get("money")) if lead else None,
        "worth": _worth(detail.get("business"), overall),
        "counts": _counts(detail.get("business"), overall),
    }


def _priced(business: Row | None, overall: Row) -> Row:
    """Return what the study says in costs of the verdict that the overall decision is about; empty where nothing."""
    about = (overall.get("contrast"), overall.get("domain"), overall.get("shots"))
    rows = (business or {}).get("rows", [])
    return next((row for row in rows if (row["arm"], row["domain"], row["shots"]) == about), {})


def _worth(business: Row | None, overall: Row) -> dict[str, Any] | None:
    """Return the net present value; under ABSTAIN its range has no median, and holds no effect at all."""
    found = _priced(business, overall).get("worth")
    if not found or not business:
        return None
    npv = found["npv"]
    return {
        "value": npv.get("median"),
        "low": npv["low"],
        "high": npv["high"],
        "currency": str(business["currency"]),
        "illustrative": bool(business["illustrative"]),
        "net": "roi" in found,  # of an investment; else the next stage is still to be paid
    }


def _counts(business: Row | None, overall: Row) -> dict[str, Any]:
    """Return missed items, false alarms, looks and minutes by their names."""
    return {
        str(one["name"]): {
            **{key: one["arm"][name] for key, name in (("value", "effect"), ("low", "low"), ("high", "high"))},
            "illustrative": bool((business or {})["illustrative"]),
        }
        for one in _priced(business, overall).get("figures", [])
        if one["arm"]
    }


def _mapping(value: Any) -> Row | None:
    if value is not None and not isinstance(value, Mapping):
        raise TypeError(f"not a mapping: {value!r}"[:80])
    return value


def _lead(overall: Row, verdicts: Sequence[Row]) -> Row | None:
    about = (overall.get("contrast"), overall.get("domain"), overall.get("shots"))
    mine = [one for one in verdicts if (one["arm"], one["domain"], one["detail"].get("shots")) == about]
    return next(iter([*mine, *verdicts]), None)


def _kind(plan: Row, domain: str) -> str:
    """Return what the main place of use is; one whose items are spoilt on purpose is no real place of its own."""
    places = (plan.get("settings") or {}).get("domains")
    if places is None:
        return "external"  # two models' predictions on one fixed test set
    found: Row = next((one for one in places if one["name"] == domain), {})
    return "" if found.get("spoil") or found.get("degrades") else str(found.get("kind", ""))


def _safety(overall: Row, lead: Row | None) -> list[dict[str, Any]]:
    places = overall.get("safety")
    if places is None:
        one = lead["detail"].get("safety") if lead else None
        places = {lead["domain"]: one} if lead and one else {}
    keys = ("low", "high", "shown", "harm_shown")
    return [{"domain": name, **{key: row[key] for key in keys}} for name, row in places.items()]


def _gain(lead: Row | None) -> dict[str, Any] | None:
    if lead is None:
        return None
    low, high = lead["interval"]
    return {"value": lead["effect"], "low": low, "high": high, "n": lead["n"]}


def _score(detail: Row, overall: Row) -> dict[str, Any] | None:
    """Return the score of the arm that the overall decision is about, where the study drew its curve."""
    about = (overall.get("contrast"), overall.get("domain"), overall.get("shots"))
    for point in (detail.get("curves") or {}).get("points", []):
        if (point["arm"], point["domain"], point["shots"]) == about:
            score = point["score"]
            return {"value": score["effect"], "low": score["low"], "high": score["high"], "n": round(point["n_test"])}
    return None
