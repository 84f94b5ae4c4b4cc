"""A small run made by hand for the page's tests. Every number here is invented; nothing was trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from shisaku.core.sample import Part, Sample
from shisaku.core.verdict import FULL, Money, Verdict
from shisaku.lab import reasons
from shisaku.lab.labelling import labelling_plan
from shisaku.message import say
from shisaku.store.codecs import encode_image, encode_wave
from shisaku.store.datasets import write_dataset
from shisaku.store.exhibits import exhibits
from shisaku.store.run import Run

RECIPE = """\
schema: 1
name: stamps
title: {en: "Few stamps, many backgrounds", ja: "少数の切手画像と多様な背景"}
data: {reader: stamps}
"""
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
PILOT = "ADOPT for pilot, safety not shown"


def image(seed: int, size: int = 48) -> bytes:
    """Return a PNG of coloured stripes with a transparent corner."""
    rng = np.random.default_rng(seed)
    pixels = np.full((size, size, 4), 255, np.uint8)
    for row in range(0, size, 8):
        pixels[row : row + 4, :, :3] = rng.integers(0, 255, 3)
    pixels[: size // 4, : size // 4, 3] = 0
    return encode_image(pixels)


def sound(seed: int) -> bytes:
    """Return half a second of a tone."""
    rate = 16000
    t = np.arange(rate // 2) / rate
    return encode_wave((0.3 * np.sin(2 * np.pi * (200 + 40 * seed) * t)).astype(np.float32), rate)


def real_samples(hostile: Mapping[str, str] | None = None) -> list[Sample]:
    """Return eight real samples with image, caption and recording."""
    labels = ["bird", "cat"]
    found = []
    for i in range(8):
        caption = (hostile or {}).get("caption", f"a {labels[i % 2]} on a branch")
        found.append(
            Sample(
                id=f"s{i:02d}" + (hostile or {}).get("id", ""),
                parts={
                    "image": Part("image", image(i)),
                    "caption": Part.from_text(caption, "en"),
                    "speech": Part("audio", sound(i)),
                },
                labels={"class": (hostile or {}).get("label", labels[i % 2])},
                licence="CC0-1.0",
                facts={"role": "task"},
            )
        )
    return found


def children(parents: list[Sample], step: str) -> list[Sample]:
    """Return one made sample of each parent, with another image."""
    return [p.child(step, parts={**p.parts, "image": Part("image", image(100 + i, 64))}) for i, p in enumerate(parents)]


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


def make_run(path: Path, *, studied: bool = True, hostile: Mapping[str, str] | None = None) -> Run:
    """Write a run folder and return it, opened to be read."""
    run = Run.create(path, recipe_text=RECIPE, recipe_fingerprint="f" * 32)
    real = real_samples(hostile)
    composite, spoken = children(real, "composite"), children(real, "restyled")
    second = children(composite, "speak")
    for name, found in {"data": real, "composite": composite, "restyled": spoken, "speak": second}.items():
        made = write_dataset(path / "streams" / name, found)
        run.link_stream(name, path / "streams" / name, len(made), made.fingerprint)
    run.write_rows(
        "counts",
        [
            {"step": "data", "op": "read", "source": "", "made": 9, "kept": 8, "dropped": 1},
            {"step": "composite", "op": "image.composite", "source": "data", "made": 8, "kept": 8, "dropped": 0},
            {"step": "composite_kept", "op": "keep", "source": "composite", "made": 8, "kept": 7, "dropped": 1},
        ],
    )
    run.write_rows(
        "drops",
        [
            {
                "sample": "broken.png" + (hostile or {}).get("id", ""),
                "step": "data",
                "op": "read",
                "template": "The image is not an 8-bit RGB or RGBA PNG",
                "values_json": "{}",
                "text": "x",
                "score": None,
            },
            {
                "sample": composite[0].id,
                "step": "composite_kept",
                "op": "keep",
                "template": "{metric} is {score:.2f}, below {minimum:.2f}",
                "values_json": json.dumps({"metric": "visual_quality", "score": 0.11, "minimum": 0.2}),
                "text": "x",
                "score": 0.11,
            },
        ],
    )
    lineage = [(c, p, "composite", "image.composite") for c, p in zip(composite, real, strict=True)]
    lineage += [(c, p, "restyled", "image.restyle") for c, p in zip(spoken, real, strict=True)]
    lineage += [(c, p, "speak", "audio.speak") for c, p in zip(second, composite, strict=True)]
    run.write_rows(
        "lineage",
        [
            {"child": c.id, "parent": p.id, "step": s, "op": o, "params": "{}", "depth": c.depth}
            for c, p, s, o in lineage
        ],
    )
    rng = np.random.default_rng(1)
    run.write_rows(
        "scores",
        [
            {
                "sample": s.id,
                "step": "quality",
                "metric": "visual_quality",
                "value": float(rng.uniform(0.6 - 0.15 * s.depth, 1 - 0.15 * s.depth)),
                "raw": 0.0,
                "issue": False,
            }
            for s in [*real, *composite, *second]
        ],
    )
    run.write_rows(
        "timings",
        [
            {
                "step": "composite",
                "op": "image.composite",
                "items": 8,
                "seconds": 3.21,
                "cached": 0,
                "peak_rss_mb": 310.0,
            },
            {
                "step": "quality",
                "op": "image.visual_quality",
                "items": 24,
                "seconds": 130.4,
                "cached": 2,
                "peak_rss_mb": 330.0,
            },
        ],
    )
    model = {
        "name": "efficientnet-lite0",
        "role": "ImageEmbedder",
        "family": "efficientnet",
        "about": "image features",
        "present": True,
        "local": False,
        "where": "/home/someone/cache",
        "megabytes": 18.6,
        "licence": "Apache-2.0",
        "licence_evidence": "model card",
        "licence_override": "",
        "trained_on": "ImageNet",
        "sources_note": "",
    }
    run.write_json(
        "environment",
        {"shisaku": "0.1.0", "python": "3.11.7", "cores": 2, "packages": {"numpy": "2.1"}, "models": [model]},
    )
    run.write_json(
        "run", {"counts": {"records": 9, "samples": 8, "made": 24, "dropped": 2}, "notes": [], "name": "stamps"}
    )
    found = verdicts() if studied else []
    run.write_json("verdict", {"schema": 1, "overall": "REJECT" if studied else None, "verdicts": found})
    run.write_json("studies", studies(found) if studied else [])
    if studied:
        run.write_rows("arm_scores", scores())
        run.write_rows(
            "per_class",
            [
                {
                    "study": "few-shot",
                    "shots": 10,
                    "domain": d,
                    "arm": "composite",
                    "label": label,
                    "n": 10,
                    "recall": 0.6,
                    "comparator_recall": 0.5 if label == "bird" else 0.7,
                }
                for d in LEVELS
                for label in ("bird", "cat")
            ],
        )
    else:
        vectors = np.random.default_rng(2).normal(size=(8, 4)).astype(np.float32)
        run.write_json("labelling_plan", labelling_plan([s.id for s in real], vectors, budget=3))
    run.write_json("samples", exhibits(run, per_stream=4))
    run.finish("done")
    return Run.open(path)
