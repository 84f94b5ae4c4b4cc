"""An invented study for the page's tests: verdicts, plan and scores in the lab's form. Nothing was trained."""

from __future__ import annotations

from typing import Any

import numpy as np

from shisaku.core.verdict import FULL, PILOT, Money, Verdict
from shisaku.lab import reasons
from shisaku.message import say

ARMS = [
    {"name": "real"},
    {"name": "oversample", "oversample": 5},
    {"name": "composite", "add": "composite", "weights": [1.0]},
    {"name": "composite_tuned", "add": "composite", "weights": [0.05, 0.2, 1.0]},
    {"name": "restyled", "add": "restyled", "weights": [1.0]},
    {"name": "placebo", "add": "composite", "shuffle": True, "weights": [1.0]},
    {"name": "more_real", "more_real": 2},
]
DOMAINS = [
    {"name": "clutter", "kind": "derived", "stream": "clutter", "delta_gain": 0.02, "delta_safe": 0.02},
    {"name": "clean", "kind": "resplit", "stream": "", "delta_gain": 0.02, "delta_safe": 0.02},
    {"name": "photo", "kind": "external", "stream": "photo", "delta_gain": 0.02, "delta_safe": 0.02},
]
# invented: mean score by (domain, arm)
LEVELS = {
    "clutter": {
        "real": 0.46,
        "oversample": 0.455,
        "composite": 0.575,
        "composite_tuned": 0.55,
        "restyled": 0.30,
        "placebo": 0.22,
        "more_real": 0.48,
    },
    "clean": {
        "real": 0.82,
        "oversample": 0.82,
        "composite": 0.79,
        "composite_tuned": 0.822,
        "restyled": 0.68,
        "placebo": 0.60,
        "more_real": 0.88,
    },
    "photo": {
        "real": 0.52,
        "oversample": 0.51,
        "composite": 0.475,
        "composite_tuned": 0.512,
        "restyled": 0.41,
        "placebo": 0.30,
        "more_real": 0.55,
    },
}
CONTRASTS = ("composite", "composite_tuned", "restyled")
HALF = {"composite": 0.03, "composite_tuned": 0.035, "restyled": 0.05}


def verdicts() -> list[dict[str, Any]]:
    """Return one verdict per domain and contrast at 10 shots, by the rule itself, from the invented levels."""
    found = []
    for domain in DOMAINS:
        name = str(domain["name"])
        for arm in CONTRASTS:
            effect = LEVELS[name][arm] - LEVELS[name]["real"]
            low, high = effect - HALF[arm], effect + HALF[arm]
            decision = "ADOPT" if low > 0.02 else "REJECT" if high < 0.02 else "ABSTAIN"
            numbers = reasons.Numbers(arm, "real", name, effect, low, high, 0.02)
            said = {"ADOPT": reasons.gain_shown, "REJECT": reasons.harm_shown, "ABSTAIN": reasons.not_shown}
            found.append(
                Verdict(
                    study="few-shot",
                    domain=name,
                    arm=arm,
                    decision=decision,
                    reason=said[decision](numbers),
                    effect=effect,
                    interval=(low, high),
                    p=0.012,
                    n=10,
                    seeds=20,
                    margins={"delta_gain": 0.02, "delta_safe": 0.02},
                    ceiling=FULL,
                    money=Money(low * 2e6, high * 2e6, "JPY", True),
                    comparator="real",
                    method="two_level_bootstrap" if name == "photo" else "nadeau_bengio_t",
                    level=0.983,
                    simulated=domain["kind"] == "derived",
                    detail={
                        "shots": 10,
                        "n_train": 90.0,
                        "n_test": 87.0 if name == "photo" else 94.0,
                        "safety": {"low": low, "high": high, "shown": low > -0.02, "harm_shown": high < -0.02},
                    },
                ).to_json()
            )
    return found


def plan() -> dict[str, Any]:
    """Return a plan in the form of the lab's."""
    rows = [
        {
            "contrast": arm,
            "domain": d["name"],
            "shots": 10,
            "method": "nadeau_bengio_t",
            "splits": 20,
            "n_train": 90.0,
            "n_test": 94.0,
            "clusters": None,
            "se": 0.012,
            "df": 19.0,
            "level": 0.0083,
            "smallest_gain": 0.058,
            "smallest_safety": 0.034,
            "power_at_expected": 0.81,
            "exploratory": False,
            "ceiling": FULL,
        }
        for d in DOMAINS
        for arm in CONTRASTS
    ]
    settings = {
        "name": "few-shot",
        "label": "class",
        "real": "task",
        "arms": ARMS,
        "domains": DOMAINS,
        "primary": "clutter",
        "comparators": ["real", "oversample"],
        "contrasts": list(CONTRASTS),
        "deploy": ["clutter", "clean", "photo"],
        "shots": [5, 10],
        "splits": 20,
        "metric": "balanced_accuracy",
        "looks_taken": 30,
        "looks_note": "design",
    }
    overall = {
        "contrast": "composite",
        "domain": "clutter",
        "shots": 10,
        "deploy": ["clutter", "clean", "photo"],
        "by_shots": {"10": {"ceiling": PILOT, "exploratory": False, "safety_not_provable": ["photo"]}},
    }
    return {
        "protocol": "P-1",
        "study": "few-shot",
        "hash": "0123456789abcdef" * 2,
        "settings": settings,
        "rows": rows,
        "overall": overall,
        "classes": ["bird", "cat"],
        "power": 0.8,
        "alarms": [],
    }


def studies(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return studies.json for these verdicts."""
    reason = reasons.unsafe(reasons.Numbers("composite", "real", "photo", -0.045, -0.075, -0.021, 0.02))
    primary = reasons.Numbers("composite", "real", "clutter", 0.115, 0.085, 0.145, 0.02)
    headline = reasons.headline("few-shot", "REJECT", primary, exploratory=False, looks=30)
    safety = {v["domain"]: v["detail"]["safety"] for v in found if v["arm"] == "composite"}
    alarm = say("{n} splits are fewer than {least}: exploratory", n=4, least=6)
    return [
        {
            "name": "few-shot",
            "overall": "REJECT",
            "headline": headline.to_json(),
            "alarms": [{"code": "few_splits", "severity": "warning", "reason": alarm.to_json(), "text": str(alarm)}],
            "detail": {
                "overall": {
                    "decision": "REJECT",
                    "reason": reason.to_json(),
                    "ceiling": FULL,
                    "exploratory": False,
                    "safety": safety,
                },
                "validation": [
                    {"shots": 10, "comparator": "real", "score": 0.47, "chosen": 14, "splits": 20},
                    {"shots": 10, "comparator": "oversample", "score": 0.468, "chosen": 6, "splits": 20},
                ],
                "weights": [
                    {"arm": "composite_tuned", "shots": 10, "weight": w, "chosen": c, "splits": 20}
                    for w, c in ((0.05, 5), (0.2, 12), (1.0, 3))
                ],
                "with_copies": [],
                "notes": {},
            },
            "plan": plan(),
        }
    ]


def scores() -> list[dict[str, Any]]:
    """Return arm_scores rows: invented levels plus noise that depends on the split alone."""
    rows = []
    rng = np.random.default_rng(5)
    for shots in (5, 10):
        for split in range(20):
            for domain, levels in LEVELS.items():
                shared = rng.normal(0, 0.02)
                for arm, level in levels.items():
                    value = level - (0.06 if shots == 5 else 0.0) + shared + rng.normal(0, 0.015)
                    made = 450 if "add" in next(a for a in ARMS if a["name"] == arm) else 0
                    rows.append(
                        {
                            "study": "few-shot",
                            "split": split,
                            "shots": shots,
                            "domain": domain,
                            "arm": arm,
                            "value": value,
                            "n_train": shots * 9,
                            "n_synthetic": made,
                            "n_test": 94,
                            "weight": 1.0,
                        }
                    )
    return rows


def per_class() -> list[dict[str, Any]]:
    """Return per_class rows: one class better than under the comparator, one worse."""
    return [
        {
            "study": "few-shot",
            "shots": 10,
            "domain": domain,
            "arm": "composite",
            "label": label,
            "n": 10,
            "recall": 0.6,
            "comparator_recall": comparator,
        }
        for domain in LEVELS
        for label, comparator in (("bird", 0.5), ("cat", 0.7))
    ]


SEVERAL = ("few-shot", "gate", "spoken", "spoken-groups", "retrieval")
OVERALL = ("REJECT", "ABSTAIN", "ADOPT", "ADOPT", "ABSTAIN")


def several_studies(n: int = 5) -> tuple[list[dict[str, Any]], list[dict[str, Any]], list[dict[str, Any]]]:
    """Return studies.json, verdicts and arm_scores rows of up to five studies: the same invented numbers each time."""
    told, found, rows = [], [], []
    for place, (name, overall) in enumerate(list(zip(SEVERAL, OVERALL, strict=True))[:n]):
        own = [{**v, "study": name, "exploratory": place == 4} for v in verdicts()]
        (study,) = studies(own)
        primary = reasons.Numbers("composite", "real", "clutter", 0.115, 0.085, 0.145, 0.02)
        headline = reasons.headline(name, overall, primary, exploratory=place == 4, looks=0)
        settings = {**study["plan"]["settings"], "name": name, **_settings(name)}
        plan = {**study["plan"], "study": name, "settings": settings}
        told.append({**study, "name": name, "overall": overall, "headline": headline.to_json(), "plan": plan})
        found += own
        rows += [{**row, "study": name} for row in scores()]
    return told, found, rows


def _settings(name: str) -> dict[str, Any]:
    if name == "gate":
        planted = {"name": "composite", "add": "composite", "plant": 0.2, "draw": {"by": "voice", "n": 5}}
        return {
            "against": {"composite": "placebo"},
            "arms": [planted, *ARMS[:2], {"name": "restyled", "choose": ["real"]}],
        }
    if name == "retrieval":
        return {"metric": "accuracy", "target": {"op": "text.embed"}, "found_in": 10}
    return {"train": "made"} if name.startswith("spoken") else {}
