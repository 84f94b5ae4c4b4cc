"""A small run made by hand for the page's tests. Every number here is invented; nothing was trained."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from study_material import per_class, scores, studies, verdicts

from shisaku.core.sample import Part, Sample
from shisaku.lab.labelling import labelling_plan
from shisaku.message import Message, say
from shisaku.store.codecs import encode_image, encode_wave
from shisaku.store.datasets import write_dataset
from shisaku.store.exhibits import exhibits
from shisaku.store.run import Run

RECIPE = """\
schema: 1
name: stamps
title: {en: "Few stamps, many backgrounds", ja: "少数の切手画像と多様な背景"}
data: {reader: stamps}
steps:
  - {name: composite, op: image.composite, from: data}
  - {name: restyled, op: image.restyle, from: data}
  - {name: speak, op: audio.speak, from: composite}
  - {name: quality, op: image.visual_quality, from: [data, composite, speak]}
  - {name: captioned, op: pairs.caption, from: data}
  - {name: spoken, op: audio.speak, from: captioned}
  - {name: meaning, op: text.similarity, from: captioned}
keep:
  - {name: composite_kept, of: composite, rules: [{metric: quality, min: 0.2}]}
"""
MODEL = {
    "name": "efficientnet-lite0",
    "role": "ImageEmbedder",
    "family": "efficientnet",
    "about": "image features",
    "present": True,
    "where": "/home/someone/cache",
    "megabytes": 18.6,
    "licence": "Apache-2.0",
    "licence_evidence": "model card",
    "licence_override": "",
    "trained_on": "ImageNet",
}


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


def make_run(path: Path, *, studied: bool = True, hostile: Mapping[str, str] | None = None) -> Run:
    """Write a run folder and return it, opened to be read."""
    run = Run.create(path, recipe_text=RECIPE, recipe_fingerprint="f" * 32)
    real = real_samples(hostile)
    made = {"composite": children(real, "composite"), "restyled": children(real, "restyled")}
    made["speak"] = children(made["composite"], "speak")
    _write_streams(run, real, made)
    _write_tables(run, real, made, (hostile or {}).get("id", ""))
    counts = {"records": 9, "samples": 8, "made": 24, "dropped": 2}
    run.write_json("run", {"counts": counts, "notes": [], "name": "stamps"})
    run.write_json("environment", {"shisaku": "0.1.0", "python": "3.11.7", "cores": 2, "models": [MODEL]})
    found = verdicts() if studied else []
    run.write_json("verdict", {"schema": 1, "overall": "REJECT" if studied else None, "verdicts": found})
    run.write_json("studies", studies(found) if studied else [])
    if studied:
        run.write_rows("arm_scores", scores())
        run.write_rows("per_class", per_class())
    else:
        vectors = np.random.default_rng(2).normal(size=(8, 4)).astype(np.float32)
        run.write_json("labelling_plan", labelling_plan([s.id for s in real], vectors, budget=3))
    run.write_json("samples", exhibits(run, per_stream=4))
    run.finish("done")
    return Run.open(path)


def _write_streams(run: Run, real: list[Sample], made: Mapping[str, list[Sample]]) -> None:
    captioned = [sample.with_part("caption_made", Part.from_text(f"the thing {sample.id}")) for sample in real]
    spoken = [sample.with_part("voice", Part("audio", sound(20 + i))) for i, sample in enumerate(captioned)]
    added = {"composite_kept": made["composite"][1:], "captioned": captioned, "spoken": spoken}
    for name, found in {"data": real, **made, **added}.items():
        dataset = write_dataset(run.path / "streams" / name, found)
        run.link_stream(name, run.path / "streams" / name, len(dataset), dataset.fingerprint)


def _write_tables(run: Run, real: list[Sample], made: Mapping[str, list[Sample]], suffix: str) -> None:
    counted = [("data", "read", "", 9, 8), ("composite", "image.composite", "data", 8, 8)]
    counted.append(("composite_kept", "keep", "composite", 8, 7))
    names = ("step", "op", "source", "made", "kept", "dropped")
    run.write_rows("counts", [dict(zip(names, (*row, row[3] - row[4]), strict=True)) for row in counted])
    below = say("{metric} is {score:.3f}, below {minimum:.3f}", metric="quality", score=0.11, minimum=0.2)
    damaged = say("The image is not an 8-bit RGB or RGBA PNG")
    dropped = [
        (f"broken.png{suffix}", "data", "read", damaged),
        (made["composite"][0].id, "composite_kept", "keep", below),
    ]
    run.write_rows("drops", [_drop(*row) for row in dropped])
    ops = {"composite": "image.composite", "restyled": "image.restyle", "speak": "audio.speak"}
    run.write_rows(
        "lineage",
        [
            {
                "child": child.id,
                "parent": child.parents[0],
                "step": step,
                "op": ops[step],
                "params": "{}",
                "depth": child.depth,
            }
            for step, found in made.items()
            for child in found
        ],
    )
    measured = [*real, *made["composite"], *made["speak"]]
    run.write_rows(
        "scores", _scores(measured, "quality", "image.visual_quality") + _scores(real, "meaning", "text.similarity")
    )
    names = ("step", "op", "items", "seconds", "cached", "peak_rss_mb")
    timed = [
        ("composite", "image.composite", 8, 3.21, 0, 310.0),
        ("quality", "image.visual_quality", 24, 130.4, 2, 330.0),
    ]
    run.write_rows("timings", [dict(zip(names, row, strict=True)) for row in timed])


def _drop(sample: str, step: str, op: str, reason: Message) -> dict[str, Any]:
    filled = json.dumps(dict(reason.values))
    return {
        "sample": sample,
        "step": step,
        "op": op,
        "template": reason.template,
        "values_json": filled,
        "text": str(reason),
        "score": None,
    }


def _scores(samples: list[Sample], step: str, metric: str) -> list[dict[str, Any]]:
    rng = np.random.default_rng(1)
    return [
        {
            "sample": s.id,
            "step": step,
            "metric": metric,
            "value": float(rng.uniform(0.6 - 0.15 * s.depth, 1 - 0.15 * s.depth)),
            "raw": 0.0,
            "issue": False,
        }
        for s in samples
    ]
