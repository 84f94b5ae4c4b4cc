"""What does not belong: pictures of another domain, noise, texts of another kind, captions of other pictures."""

from __future__ import annotations

from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from planted.fault import Fault, Planted, Samples, drawn
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.registry.make import make_op

SHARE = 0.03  # outliers are few, or they are no outliers


def _seen(samples: Samples) -> Samples:
    return [sample.with_part("features", _vector("image.embed", sample.parts["image"])) for sample in samples]


def _described(samples: Samples) -> Samples:
    return [_words(sample) for sample in _seen(samples)]


def _read(samples: Samples) -> Samples:
    return [_words(sample) for sample in samples]


@cache
def _vector(op: str, part: Part) -> Part:
    """Return the features of a part; what is the same at every strength is looked at once."""
    embed = make_op(op, {"image": "x"} if part.kind == "image" else {"text": "x", "allow_other_languages": True})
    (made,) = embed.apply([Sample("x", {"x": part})], [np.random.default_rng(0)])  # type: ignore[attr-defined]
    return made[0].parts["features"]


def _words(sample: Sample) -> Sample:
    return sample.with_part("text_features", _vector("text.embed", Part.from_text(sample.parts["caption"].text)))


def _other_domain(samples: Samples, strength: float, seed: int) -> Planted:
    """A few pictures show, by `strength`, a picture of the other domain through their own."""
    from planted.sources import source

    others = source("photos" if "caption" in samples[0].parts else "stamps")
    others = [one for one in others if not one.id.startswith("symbols")]
    return _blended(samples, strength, seed, lambda rng, size: _picture(others[int(rng.integers(len(others)))], size))


def _static(samples: Samples, strength: float, seed: int) -> Planted:
    """A few pictures are, by `strength`, white noise."""
    return _blended(samples, strength, seed, lambda rng, size: rng.integers(0, 256, (size[1], size[0], 3)))


def _blended(samples: Samples, strength: float, seed: int, other) -> Planted:  # type: ignore[no-untyped-def]
    faulty = drawn(samples, SHARE, seed)
    changed = []
    for sample in samples:
        if sample.id in faulty:
            own = Image.open(BytesIO(sample.parts["image"].data)).convert("RGBA")
            rng = rng_for(seed, "plant", sample.id)
            pixels = (1 - strength) * _picture(sample, own.size) + strength * other(rng, own.size)
            held = BytesIO()
            Image.fromarray(np.rint(pixels).astype(np.uint8)).save(held, "PNG")
            sample = sample.with_part("image", Part("image", held.getvalue()))
        changed.append(sample)
    return Planted(changed, faulty)


def _picture(sample: Sample, size: tuple[int, int]) -> np.ndarray:
    picture = Image.open(BytesIO(sample.parts["image"].data)).convert("RGBA")
    ground = Image.new("RGBA", picture.size, (255, 255, 255, 255))
    return np.asarray(Image.alpha_composite(ground, picture).convert("RGB").resize(size), np.float64)


def _swapped(samples: Samples, share: float, seed: int) -> Planted:
    """A share of the captions goes round among their samples: each caption is right somewhere else."""
    faulty = drawn(samples, share, seed)
    ring = sorted(faulty, key=lambda name: key_for(f"{seed}{name}"))
    captions = {one.id: one.parts["caption"] for one in samples}
    after = {name: captions[ring[k - 1]] for k, name in enumerate(ring)}
    moved = frozenset(name for name in ring if after[name].text != captions[name].text)
    return Planted([one.with_part("caption", after.get(one.id, captions[one.id])) for one in samples], moved)


def _longer(samples: Samples, strength: float, seed: int) -> Planted:
    """A few captions are, from their `strength` on, a telephone prompt."""
    from planted.sources import source

    prompts = [one.parts["text"].text for one in source("asterisk-en")]
    faulty = drawn(samples, SHARE, seed)
    changed = []
    for sample in samples:
        if sample.id in faulty:
            words = sample.parts["caption"].text.split()
            other = prompts[int(rng_for(seed, "plant", sample.id).integers(len(prompts)))].split()
            kept = words[: round((1 - strength) * len(words))]
            text = " ".join([*kept, *other[: max(1, round(strength * len(other)))]])
            sample = sample.with_part("caption", Part.from_text(text, "en"))
        changed.append(sample)
    return Planted(changed, faulty)


BY = (0.2, 0.4, 0.6, 0.8, 1.0)
FAULTS = [
    Fault("stamps in photos", "odd_image", "photos", "share of the other", BY, _other_domain, prepare=_seen),
    Fault("photos in stamps", "odd_image", "stamps", "share of the other", BY, _other_domain, prepare=_seen),
    Fault("static in photos", "odd_image", "photos", "share of noise", BY, _static, prepare=_seen),
    Fault("static in stamps", "odd_image", "stamps", "share of noise", BY, _static, prepare=_seen),
    Fault("other texts", "odd_text", "stamps", "share of the words", BY, _longer, {"features": "text_features"}, _read),
    Fault("swapped captions", "odd_pair", "stamps", "share swapped", (0.01, 0.03, 0.1, 0.2, 0.4), _swapped,
          prepare=_described),
]  # fmt: skip
