"""A run made by hand that holds a chain with children: caption, other words, three voices, what was heard.

Every number here is invented; nothing was spoken, heard or trained.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from report_material import image, sound
from study_material import several_studies

from shisaku.core.sample import Part, Sample
from shisaku.message import Message, say
from shisaku.store.datasets import write_dataset
from shisaku.store.exhibits import exhibits
from shisaku.store.run import Run

RECIPE = """\
schema: 1
name: chains
title: {en: "From a picture to speech and back", ja: "画像から音声へ、そして文字へ"}
data: {reader: stamps}
select:
  task: {role: task}
steps:
  - {name: captioned, op: pairs.caption, from: task}
  - {name: fit, op: pairs.alignment, from: captioned}
  - {name: reworded, op: text.reword, from: captioned}
  - {name: spoken, op: audio.speak, from: reworded, with: {voices: [all]}}
  - {name: natural, op: audio.naturalness, from: spoken, sample: {n: 9, by: [voice]}}
  - {name: heard, op: audio.transcribe, from: spoken}
  - {name: wer, op: audio.wer, from: heard}
  - {name: heard_kept.audio.embed, op: audio.embed, from: heard_kept}
keep:
  - {name: heard_kept, of: heard, rules: [{metric: wer, min: 0.5}]}
"""
VOICES = (("kal", "kal", "flite"), ("kal16", "kal", "flite"), ("jf_alpha", "alpha", "Kokoro"))
OPS = {
    "task": "",
    "captioned": "pairs.caption",
    "reworded": "text.reword",
    "spoken": "audio.speak",
    "heard": "audio.transcribe",
}
UNREADABLE = say("The image is not an 8-bit RGB or RGBA PNG")
BELOW = say("{metric} is {score:.3f}, below {minimum:.3f}", metric="wer", score=0.25, minimum=0.5)
N = 8


def chain_streams(attack: str = "") -> dict[str, list[Sample]]:
    """Return the streams of the chain: 8 pictures, 7 captions, 7 rewordings, 21 recordings, 17 of them kept."""
    task = [
        Sample(
            f"s{i:02d}",
            {"image": Part("image", image(i)), "caption": Part.from_text(f"a bird {i}", "en")},
            {"class": "bird"},
            facts={"role": "task"},
        )
        for i in range(N)
    ]
    captioned = [s.with_part("caption_made", Part.from_text(f"the thing {s.id}" + attack)) for s in task[1:]]
    reworded = [
        s.child("reworded", parts={**s.parts, "reworded": Part.from_text(f"Here is {s.id}.{attack}")})
        for s in captioned
    ]
    spoken = [
        s.child("spoken", v, parts={"reworded": s.parts["reworded"], "speech": Part("audio", sound(v))}, facts=facts)
        for s in reworded
        for v, facts in enumerate(_facts(attack))
    ]
    heard = [s.with_part("heard", Part.from_text(f"hear {s.id[:3]}" + attack)) for s in spoken]
    kept = [s for i, s in enumerate(heard) if i % 5]
    return {
        "task": task,
        "captioned": captioned,
        "reworded": reworded,
        "spoken": spoken,
        "heard": heard,
        "heard_kept": kept,
    }


def _facts(attack: str) -> list[dict[str, str]]:
    names = ("voice", "person", "synthesiser")
    return [{name: value + attack for name, value in zip(names, voice, strict=True)} for voice in VOICES]


def make_chain_run(path: Path, *, attack: str = "", modern: bool = True, studies: int = 0) -> Run:
    """Write the run and return it, opened to be read.

    Without `modern` its tables lack the newer columns; It has the first `studies` of five.
    """
    run = Run.create(path, recipe_text=RECIPE, recipe_fingerprint="e" * 32)
    streams = chain_streams(attack)
    features = [s.with_part("features", Part("embedding", bytes(16))) for s in streams["heard_kept"]]
    for name, found in {"data": streams["task"], **streams, "heard_kept.audio.embed": features}.items():
        dataset = write_dataset(run.path / "streams" / name, found)
        run.link_stream(name, dataset.path, len(dataset), dataset.fingerprint)
    counts, timings = _counts(streams), _timings()
    if not modern:
        counts = [{k: v for k, v in row.items() if k not in ("asked", "of")} for row in counts]
        timings = [{k: v for k, v in row.items() if k != "audio_seconds"} for row in timings]
    run.write_rows("counts", counts)
    run.write_rows("timings", timings)
    dropped = [("s00", "captioned", "pairs.caption", UNREADABLE)]
    gone = {s.id for s in streams["heard"]} - {s.id for s in streams["heard_kept"]}
    run.write_rows(
        "drops", [_drop(*row) for row in [*dropped, *((id_, "heard_kept", "keep", BELOW) for id_ in sorted(gone))]]
    )
    run.write_rows("lineage", [_born(s, step) for step in ("reworded", "spoken") for s in streams[step]])
    run.write_rows("scores", _scores(streams))
    run.write_json(
        "run", {"counts": {"records": N, "samples": N, "made": 28, "dropped": 6}, "notes": [], "name": "chains"}
    )
    run.write_json("environment", {"shisaku": "0.1.0", "python": "3.11.7", "cores": 2, "models": []})
    told, found, scores = several_studies(studies)
    run.write_json("verdict", {"schema": 1, "overall": told[0]["overall"] if told else None, "verdicts": found})
    run.write_json("studies", told)
    run.write_rows("arm_scores", scores)
    shown = exhibits(run, per_stream=4)
    if not modern:
        shown = [{k: v for k, v in row.items() if k not in ("facts", "spectrogram", "seconds")} for row in shown]
    run.write_json("samples", shown)
    run.finish("done")
    return Run.open(path)


def _counts(streams: Mapping[str, list[Sample]]) -> list[dict[str, Any]]:
    names = ("step", "op", "source", "made", "kept", "dropped", "asked", "of")
    rows = [
        ("data", "stamps", "", 8, 8, 0, 8, 8),
        ("captioned", "pairs.caption", "task", 8, 7, 1, 8, 8),
        ("fit", "pairs.alignment", "captioned", 7, 7, 0, 7, 7),
        ("reworded", "text.reword", "captioned", 7, 7, 0, 7, 7),
        ("spoken", "audio.speak", "reworded", 21, 21, 0, 7, 7),
        ("natural", "audio.naturalness", "spoken", 9, 9, 0, 9, 21),
        ("heard", "audio.transcribe", "spoken", 21, 21, 0, 21, 21),
        ("wer", "audio.wer", "heard", 21, 21, 0, 21, 21),
        ("heard_kept", "keep", "heard", 21, len(streams["heard_kept"]), 21 - len(streams["heard_kept"]), 21, 21),
    ]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _timings() -> list[dict[str, Any]]:
    names = ("step", "op", "items", "seconds", "cached", "audio_seconds", "peak_rss_mb")
    rows = [
        ("captioned", "pairs.caption", 8, 3.0, 0, 0.0, 310.0),
        ("spoken", "audio.speak", 7, 4.2, 0, 10.5, 320.0),
        ("heard", "audio.transcribe", 21, 21.0, 0, 10.5, 640.0),
        ("wer", "audio.wer", 21, 0.2, 0, None, 640.0),
    ]
    return [dict(zip(names, row, strict=True)) for row in rows]


def _born(sample: Sample, step: str) -> dict[str, Any]:
    return {
        "child": sample.id,
        "parent": sample.parents[0],
        "step": step,
        "op": OPS[step],
        "params": "{}",
        "depth": sample.depth,
    }


def _drop(sample: str, step: str, op: str, reason: Message) -> dict[str, Any]:
    filled = json.dumps(dict(reason.values))
    about = {"sample": sample, "step": step, "op": op, "template": reason.template}
    return {**about, "values_json": filled, "text": str(reason), "score": None}


def _scores(streams: Mapping[str, list[Sample]]) -> list[dict[str, Any]]:
    rng = np.random.default_rng(3)
    kept = {s.id for s in streams["heard_kept"]}
    rows = [_score(s.id, "fit", "pairs.alignment", rng.uniform(0.4, 0.9)) for s in streams["captioned"]]
    rows += [_score(s.id, "natural", "audio.naturalness", rng.uniform(0.3, 0.7)) for s in streams["spoken"][::2][:9]]
    rows += [_score(s.id, "wer", "audio.wer", 0.9 if s.id in kept else 0.25) for s in streams["heard"]]
    return rows


def _score(sample: str, step: str, metric: str, value: float) -> dict[str, Any]:
    return {"sample": sample, "step": step, "metric": metric, "value": float(value), "raw": 0.0, "issue": None}
