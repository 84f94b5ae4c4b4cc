"""Collapse planted into sets that are taken for made: copies and paraphrases of few, in a round, a prompt or all.

Half of a source is the reference; the other half is taken for what was made, in rounds and with prompts dealt at
random. Of some of it a share becomes copies of three items, with slightly noisy features and a word lost or two words
turned.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from planted.fault import Samples
from planted.prepared import pixel_features, through
from planted.whole import WholeFault
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.beside import AGAINST, ROLE
from shisaku.store.codecs import decode_vector, encode_vector

ROUNDS, MODELS, NOISE = 5, 3, 0.3
PROMPTS = ("day", "dusk", "night", "rain")
SHARES = (0.05, 0.1, 0.2, 0.4, 0.8)
Harm = Callable[[Sample, float], float]  # a sample and the strength -> its chance to become a copy


def _growing(one: Sample, share: float) -> float:
    return share * _round(one) / (ROUNDS - 1)


def _last(one: Sample, share: float) -> float:
    return share * (_round(one) == ROUNDS - 1)


def _night(one: Sample, share: float) -> float:
    return share * (one.facts["slot:light"] == "night")


def _all(one: Sample, share: float) -> float:
    return share


def _one_class(one: Sample, share: float) -> float:
    return share * (one.labels.get("class") == "symbols")


def _round(one: Sample) -> int:
    return int(json.loads(one.facts["made_by"])["round"])


def dealt(samples: Samples, seed: int) -> tuple[Samples, Samples]:
    """Return the half that is taken for made, with round and prompt, and the reference."""
    order = sorted(samples, key=lambda one: rng_for(seed, "half", one.id).random())
    half = len(order) // 2
    made = []
    for k, one in enumerate(order[:half]):
        light = PROMPTS[int(rng_for(seed, "light", one.id).integers(len(PROMPTS)))]
        facts = {"made_by": json.dumps({"op": "x", "round": k % ROUNDS}), "slot:light": light}
        made.append(replace(one, facts={**one.facts, **facts}))
    return made, order[half:]


def collapsed(made: Samples, harm: Harm, share: float, seed: int, text: str) -> Samples:
    """Return the made half with copies of three of its items in it."""
    rng = np.random.default_rng(seed)
    hit = [k for k, one in enumerate(made) if harm(one, 1.0) > 0]
    models = [made[k] for k in rng.choice(hit, MODELS, replace=False)]
    return [
        _copy(one, models[int(rng.integers(MODELS))], rng, text) if rng.random() < harm(one, share) else one
        for one in made
    ]


def _copy(one: Sample, model: Sample, rng: np.random.Generator, text: str) -> Sample:
    parts = dict(one.parts)
    if "features" in model.parts:
        row = decode_vector(model.parts["features"])
        # A near copy has the same channels, each a little stronger or weaker: a cosine of about 0.98.
        row = row * np.clip(1.0 + NOISE * rng.normal(size=row.size), 0.0, None)
        parts["features"] = Part("embedding", encode_vector(row.astype(np.float32)))
    if text in model.parts:
        held = model.parts[text]
        parts[text] = Part.from_text(_reworded(held.text, rng, held.lang), held.lang)
    return replace(one, parts=parts)


def _reworded(text: str, rng: np.random.Generator, lang: str) -> str:
    words = list(text) if lang == "ja" else text.split()
    if len(words) < 4:
        return text
    k = int(rng.integers(len(words) - 1))
    if rng.random() < 0.5:
        del words[k]
    else:
        words[k], words[k + 1] = words[k + 1], words[k]
    return ("" if lang == "ja" else " ").join(words)


def _planted(harm: Harm, text: str, samples: Samples, share: float | None, seed: int) -> Samples:
    made, real = dealt(samples, seed)
    planted = collapsed(made, harm, share, seed, text) if share else made
    return [*planted, *(replace(one, facts={**one.facts, ROLE: AGAINST}) for one in real)]


def _looked_at(samples: Samples) -> Samples:
    return through(samples, "image.embed", "features")


def _case(
    name: str,
    op: str,
    findings: tuple[str, ...],
    source: str,
    harm: Harm,
    params: dict[str, Any] | None = None,
    text: str = "caption",
    prepare: Callable[[Samples], Samples] = lambda samples: samples,
) -> WholeFault:
    return WholeFault(
        f"collapse, {name}",
        op,
        source,
        "share that are copies of three",
        SHARES,
        partial(_planted, harm, text),
        findings,
        params=params or {},
        prepare=prepare,
        seeds=10,
    )


OVER = ("coverage_over_rounds", "variety_over_rounds", "unlike_over_rounds")
WORDS_OVER = ("distinct_2_over_rounds", "ead_over_rounds")
SPOKEN, JAPANESE = {"text": "text"}, {"text": "caption_ja"}
WORDS = ("distinct_1", "distinct_2", "ead")
SEEN: dict[str, Any] = {"prepare": _looked_at}
DIGITS: dict[str, Any] = {"params": {"near": 0.98}, "prepare": pixel_features}
WHOLE = [
    _case("growing (pictures)", "dataset.collapse", OVER, "stamps", _growing, **SEEN),
    _case("last round (pictures)", "dataset.collapse", OVER, "stamps", _last, **SEEN),
    _case("one prompt (pictures)", "dataset.collapse", ("copies_by_prompt",), "stamps", _night, **SEEN),
    _case("all (pictures)", "dataset.collapse", ("variety", "unlike"), "stamps", _all, **SEEN),
    _case("growing (digits)", "dataset.collapse", OVER, "digits", _growing, **DIGITS),
    _case("last round (digits)", "dataset.collapse", OVER, "digits", _last, **DIGITS),
    _case("growing (words)", "text.distinct_n", WORDS_OVER, "stamps", _growing),
    _case("last round (words)", "text.distinct_n", WORDS_OVER, "stamps", _last),
    _case("growing (words of prompts)", "text.distinct_n", WORDS_OVER, "asterisk-en", _growing, SPOKEN, "text"),
    _case("one prompt (words)", "text.distinct_n", ("distinct_by_prompt",), "stamps", _night),
    _case("all (words)", "text.distinct_n", WORDS, "stamps", _all),
    _case("all (Japanese words)", "text.distinct_n", WORDS, "stamps", _all, JAPANESE, "caption_ja"),
    _case("all (self-BLEU)", "text.self_bleu", ("self_bleu",), "stamps", _all, {"at": 200}),
    _case("all (self-BLEU of prompts)", "text.self_bleu", ("self_bleu",), "asterisk-en", _all, SPOKEN, "text"),
    _case("all (Japanese self-BLEU)", "text.self_bleu", ("self_bleu",), "stamps", _all, JAPANESE, "caption_ja"),
    _case("all (copies)", "dataset.duplicate_rate", ("duplicate_rate",), "stamps", _all, **SEEN),
    _case("one class (copies)", "dataset.duplicate_rate", ("duplicate_rate_by_class",), "stamps", _one_class, **SEEN),
    _case("all (copies of prompts)", "text.duplicate_rate", ("duplicate_rate",), "asterisk-en", _all, SPOKEN, "text"),
]
