"""Made samples that differ from real ones in one plain attribute, or in the shares of their labels and subgroups."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import soundfile
from scipy.signal import butter, sosfiltfilt

from planted.fault import Samples
from planted.whole import WholeFault
from shisaku.core.finding import Finding
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.store.beside import AGAINST, ROLE

Change = Callable[[Sample, float], Sample]
Plant = Callable[[Samples, float | None, int], Samples]


def halves(samples: Samples, seed: int) -> tuple[Samples, Samples]:
    """Return a random half and the other one, which bears the role of the real samples."""
    order = np.random.default_rng(seed).permutation(len(samples))
    cut = len(samples) // 2
    real = [replace(samples[place], facts={**samples[place].facts, ROLE: AGAINST}) for place in order[cut:]]
    return [samples[place] for place in order[:cut]], real


def changed(change: Change) -> Plant:
    """Change every sample of a random half by the strength; the other half is what they are compared with."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        made, real = halves(samples, seed)
        return [*(made if strength is None else [change(one, strength) for one in made]), *real]

    return plant


def _picture(change: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> Change:
    def apply(sample: Sample, strength: float) -> Sample:
        part = sample.parts["image"]
        pixels = _on_white(cv2.imdecode(np.frombuffer(part.data, np.uint8), cv2.IMREAD_UNCHANGED))
        done, data = cv2.imencode(".png", change(pixels, strength, rng_for(0, "gap", sample.id)))
        assert done
        return sample.with_part("image", Part("image", data.tobytes(), part.uri))

    return apply


def _on_white(pixels: np.ndarray) -> np.ndarray:
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[:, :, 3:] / 255.0
    return np.rint(pixels[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def _brighter(pixels: np.ndarray, levels: float, _: np.random.Generator) -> np.ndarray:
    return cv2.add(pixels, np.full(4, levels))


def _darker(pixels: np.ndarray, levels: float, _: np.random.Generator) -> np.ndarray:
    return cv2.subtract(pixels, np.full(4, levels))


def _pale(pixels: np.ndarray, share: float, _: np.random.Generator) -> np.ndarray:
    grey = cv2.cvtColor(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(pixels, 1.0 - share, grey, share, 0.0)


def _blurred(pixels: np.ndarray, sigma: float, _: np.random.Generator) -> np.ndarray:
    return cv2.GaussianBlur(pixels, (0, 0), sigma)


def _noisy(pixels: np.ndarray, sd: float, rng: np.random.Generator) -> np.ndarray:
    return np.clip(np.rint(pixels + rng.normal(0.0, sd, pixels.shape)), 0, 255).astype(np.uint8)


def _alike(pixels: np.ndarray, share: float, _: np.random.Generator) -> np.ndarray:
    """Move the mean of the picture towards 128: made pictures that are all of one light."""
    return np.clip(np.rint(pixels + share * (128.0 - pixels.mean())), 0, 255).astype(np.uint8)


def _sound(change: Callable[[np.ndarray, int, float, np.random.Generator], np.ndarray]) -> Change:
    def apply(sample: Sample, strength: float) -> Sample:
        part = sample.parts["audio"]
        wave, rate = soundfile.read(io.BytesIO(part.data), dtype="float64")
        out = io.BytesIO()
        made = np.clip(change(wave, rate, strength, rng_for(0, "gap", sample.id)), -1.0, 1.0)
        soundfile.write(out, made, rate, format="WAV", subtype="PCM_16")
        return sample.with_part("audio", Part("audio", out.getvalue(), part.uri))

    return apply


def _low_passed(wave: np.ndarray, rate: int, share: float, _: np.random.Generator) -> np.ndarray:
    # The prompts end at 4 kHz, half the rate that they were recorded at.
    if wave.size < 64:
        return wave
    return np.asarray(sosfiltfilt(butter(10, 4000.0 * (1.0 - share), fs=rate, output="sos"), wave))


def _softer(wave: np.ndarray, rate: int, db: float, _: np.random.Generator) -> np.ndarray:
    return wave * 10.0 ** (-db / 20.0)


def _in_noise(wave: np.ndarray, rate: int, strength: float, rng: np.random.Generator) -> np.ndarray:
    """Add white noise, 80 - strength dB under full scale."""
    return wave + rng.normal(0.0, 10.0 ** (-(80.0 - strength) / 20.0), wave.shape)


def _slower(wave: np.ndarray, rate: int, share: float, _: np.random.Generator) -> np.ndarray:
    """Repeat a share of the end: longer, with nothing else changed."""
    return np.concatenate([wave, wave[wave.size - round(share * wave.size) :]])


def _prompts(samples: Samples) -> Samples:
    return [one for one in samples if "audio" in one.parts]


def _text(change: Callable[[list[str], float, np.random.Generator], list[str]]) -> Change:
    def apply(sample: Sample, strength: float) -> Sample:
        part = sample.parts["text"]
        words = change(part.text.split(), strength, rng_for(0, "gap", sample.id))
        return sample.with_part("text", Part.from_text(" ".join(words), part.lang))

    return apply


def _cut(words: list[str], share: float, _: np.random.Generator) -> list[str]:
    return words[: max(1, round((1.0 - share) * len(words)))]


def _strange(words: list[str], share: float, rng: np.random.Generator) -> list[str]:
    """Replace a share of the words by words that nobody has written."""
    return [
        "".join(rng.choice(list("bdfgklmnprstvz")) + rng.choice(list("aeiou")) for _ in range(3)) + "x"
        if rng.random() < share
        else word
        for word in words
    ]


def _skewed(pick: Callable[[Sample], bool]) -> Plant:
    """Replace samples of the half by others of it until the share of a kind has risen by the strength."""

    def plant(samples: Samples, strength: float | None, seed: int) -> Samples:
        made, real = halves(samples, seed)
        own, others = [one for one in made if pick(one)], [one for one in made if not pick(one)]
        rng = np.random.default_rng(seed + 5000)
        share = len(own) / len(made) + (strength or 0.0)
        of_own = int(rng.binomial(len(made), min(1.0, share))) if strength is not None else len(own)
        drawn = [own[k] for k in rng.integers(len(own), size=of_own)]
        drawn += [others[k] for k in rng.integers(len(others), size=len(made) - of_own)]
        made = drawn if strength is not None else made
        return [*(replace(one, id=f"{one.id}~{k}", group="") for k, one in enumerate(made)), *real]

    return plant


def _sited(samples: Samples) -> Samples:
    """Give every digit a place and a time of day at random: four subgroups, none of which the labels know."""
    made = []
    for one in samples:
        rng = rng_for(3, "site", one.id)
        facts = {"site": "ab"[int(rng.integers(2))], "light": ("day", "night")[int(rng.integers(2))]}
        made.append(replace(one, facts={**one.facts, **facts}))
    return made


def _of(*attributes: str) -> Callable[[Finding], bool]:
    return lambda found: any(row["telling"] and row["attribute"] in attributes for row in found.table)


def _about(attribute: str) -> Callable[[Finding], bool]:
    return lambda found: found.what.values.get("attribute") == attribute


IMAGE, AUDIO, TEXT, BIAS = "image.attribute_gap", "audio.attribute_gap", "text.attribute_gap", "dataset.imported_bias"
GAP, SHIFT = "attribute_gap", "imported_bias"
WHOLE: list[WholeFault] = [
    WholeFault(
        "made pictures darker",
        IMAGE,
        "stamps",
        "grey levels",
        (5.0, 10.0, 15.0, 20.0, 30.0),
        changed(_picture(_darker)),
        GAP,
        _of("brightness"),
        n=200,
    ),
    WholeFault(
        "made photographs brighter",
        IMAGE,
        "photos",
        "grey levels",
        (5.0, 10.0, 20.0, 30.0, 40.0, 60.0),
        changed(_picture(_brighter)),
        GAP,
        _of("brightness"),
    ),
    WholeFault(
        "made pictures paler",
        IMAGE,
        "stamps",
        "share of the saturation that is gone",
        (0.2, 0.3, 0.4, 0.6, 0.8),
        changed(_picture(_pale)),
        GAP,
        _of("saturation"),
        n=200,
    ),
    WholeFault(
        "made pictures blurred",
        IMAGE,
        "stamps",
        "pixels (sigma)",
        (0.3, 0.4, 0.5, 0.7, 1.0),
        changed(_picture(_blurred)),
        GAP,
        _of("sharpness", "high_frequencies"),
        n=200,
    ),
    WholeFault(
        "made pictures noisy",
        IMAGE,
        "stamps",
        "grey levels (sd)",
        (1.0, 2.0, 3.0, 5.0, 8.0),
        changed(_picture(_noisy)),
        GAP,
        _of("noise"),
        n=200,
    ),
    WholeFault(
        "made pictures of one light",
        IMAGE,
        "stamps",
        "share of the way to grey 128",
        (0.2, 0.4, 0.6, 0.8, 1.0),
        changed(_picture(_alike)),
        GAP,
        _of("brightness"),
        n=200,
    ),
    WholeFault(
        "made recordings narrow",
        AUDIO,
        "asterisk-en",
        "share of the band that is gone",
        (0.02, 0.05, 0.1, 0.2, 0.4),
        changed(_sound(_low_passed)),
        GAP,
        _of("bandwidth", "band_2000_4000"),
        n=200,
    ),
    WholeFault(
        "made recordings softer",
        AUDIO,
        "asterisk-en",
        "dB",
        (0.5, 1.0, 1.5, 2.0, 3.0, 6.0),
        changed(_sound(_softer)),
        GAP,
        _of("level"),
        n=200,
    ),
    WholeFault(
        "made recordings in noise",
        AUDIO,
        "asterisk-en",
        "dB above -80 dB of full scale",
        (0.0, 5.0, 10.0, 15.0, 20.0, 30.0),
        changed(_sound(_in_noise)),
        GAP,
        _of("noise_floor", "snr"),
        n=200,
    ),
    WholeFault(
        "made recordings longer",
        AUDIO,
        "asterisk-en",
        "share",
        (0.1, 0.2, 0.4, 0.7, 1.0),
        changed(_sound(_slower)),
        GAP,
        _of("seconds"),
        n=200,
    ),
    WholeFault(
        "made texts shorter",
        TEXT,
        "asterisk-en",
        "share of the words that is gone",
        (0.1, 0.2, 0.3, 0.5, 0.7),
        changed(_text(_cut)),
        GAP,
        _of("words", "characters"),
        {"text": "text"},
        n=400,
    ),
    WholeFault(
        "made texts in strange words",
        TEXT,
        "asterisk-en",
        "share of the words",
        (0.05, 0.1, 0.2, 0.3, 0.5),
        changed(_text(_strange)),
        GAP,
        _of("new_words"),
        {"text": "text"},
        n=400,
    ),
    WholeFault(
        "one label overrepresented",
        BIAS,
        "digits",
        "share (0.1 before)",
        (0.05, 0.1, 0.15, 0.2, 0.3),
        _skewed(lambda one: one.labels["class"] == "3"),
        SHIFT,
        _about("class"),
        {"attributes": ("class",)},
        n=400,
    ),
    WholeFault(
        "one subgroup overrepresented",
        BIAS,
        "digits",
        "share (0.25 before)",
        (0.05, 0.1, 0.15, 0.2, 0.3),
        _skewed(lambda one: one.facts["site"] == "a" and one.facts["light"] == "night"),
        SHIFT,
        _about("site x light"),
        {"attributes": ("class", "site", "light", "site x light")},
        prepare=_sited,
        n=400,
    ),
]
