"""Faults of single made items: lettering, grids, bands, copied texture, odd speech, lost voices, broken round trips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from planted.fault import Fault, Planted, Samples, each
from planted.faults_audio import in_speech, planted, speech
from planted.prepared import through
from planted.sources import source
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import key_for
from shisaku.store.beside import AGAINST, ROLE
from shisaku.store.codecs import encode_image

Reals = npt.NDArray[np.float64]
HALF = 0.5
VOICES = ("asterisk-en", "asterisk-es", "asterisk-fr", "asterisk-it", "asterisk-ru")
OF_EACH = 12
SHORTEST = 2.0  # seconds of a prompt that a voice is told from
LETTERS = ("sample", "text", "made", "by", "painter", "who", "signs")


def _pixels(sample: Sample) -> Reals:
    return np.asarray(Image.open(BytesIO(sample.parts["image"].data)).convert("RGB"), dtype=np.float64)


def _painted(sample: Sample, pixels: Reals) -> Sample:
    image = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return sample.with_part("image", Part("image", encode_image(image), sample.parts["image"].uri))


def _checkered(period: int) -> Callable[[Sample, float, np.random.Generator], Sample]:
    """Brighten every `period`-th row and column by a share: what a transposed convolution with uneven overlap does."""

    def change(sample: Sample, strength: float, rng: np.random.Generator) -> Sample:
        pixels = _pixels(sample)
        tile = np.zeros((period, period))
        tile[0, 0] = tile[period // 2, period // 2] = 1.0
        tile = (tile - tile.mean()) / tile.std()
        whole = np.tile(tile, (pixels.shape[0] // period + 1, pixels.shape[1] // period + 1))
        return _painted(sample, pixels * (1.0 + strength * whole[: pixels.shape[0], : pixels.shape[1], None]))

    return change


def _banded(sample: Sample, step: float, rng: np.random.Generator) -> Sample:
    """Smooth away the noise, as a painter does, and keep only every `step`-th level."""
    import cv2

    smooth = np.asarray(cv2.bilateralFilter(_pixels(sample).astype(np.uint8), 7, 25, 5), dtype=np.float64)
    return _painted(sample, np.round(smooth / step) * step)


def _copied(sample: Sample, side: float, rng: np.random.Generator) -> Sample:
    """Lay the most lively of some squares upon another place, with a little noise."""
    pixels = _pixels(sample)
    height, width = pixels.shape[:2]
    edge = max(8, min(round(side * max(height, width)), min(height, width) // 2))
    corners = [(int(rng.integers(height - edge)), int(rng.integers(width - edge))) for _ in range(24)]
    squares = [pixels[row : row + edge, column : column + edge] for row, column in corners]
    best = int(np.argmax([np.abs(np.diff(one.mean(axis=2))).mean() for one in squares]))
    far = [one for one in corners if max(abs(one[0] - corners[best][0]), abs(one[1] - corners[best][1])) >= edge]
    row, column = far[0] if far else corners[(best + 1) % len(corners)]
    made = pixels.copy()
    made[row : row + edge, column : column + edge] = squares[best] + rng.normal(0.0, 3.0, squares[best].shape)
    return _painted(sample, made)


def _is_real(sample: Sample) -> bool:
    """Half of the samples stand for the real ones, told by their ids."""
    return key_for("real", sample.id) % 2 == 0


def _beside(samples: Samples) -> Samples:
    return [replace(one, facts={**one.facts, ROLE: AGAINST}) if _is_real(one) else one for one in samples]


def _half(change: Callable[[Sample, float, np.random.Generator], Sample]) -> Callable[..., Planted]:
    """Plant into half of the samples that do not stand for real ones."""
    plant = each(change, HALF)

    def beside(samples: Samples, strength: float, seed: int) -> Planted:
        changed = plant([one for one in samples if not _is_real(one)], strength, seed)
        return Planted([*(one for one in samples if _is_real(one)), *changed.samples], changed.faulty)

    return beside


def _lettered(sample: Sample, height: float, rng: np.random.Generator) -> Sample:
    """Write two words in white with a black rim, letters `height` pixels high."""
    picture = Image.open(BytesIO(sample.parts["image"].data)).convert("RGB")
    words = " ".join(rng.choice(LETTERS, 2, replace=False))
    at = (int(rng.integers(5, 20)), picture.height - 2 * round(height) - 8)
    font = ImageFont.load_default(size=height / 0.7)
    ImageDraw.Draw(picture).text(at, words, "white", font, stroke_width=1, stroke_fill="black")
    return _painted(sample, np.asarray(picture, dtype=np.float64))


def _read(samples: Samples) -> Samples:
    return through(_beside(samples), "privacy.read_text", "read")


def _prosody(samples: Samples) -> Samples:
    return through(_beside(speech(samples)), "audio.prosody", "prosody", audio="audio")


def _spoken(change: Callable[[Sample, float, np.random.Generator], Sample]) -> Callable[..., Planted]:
    plant = _half(change)
    return lambda samples, strength, seed: plant(speech(samples), strength, seed)


def _stretch(wave: Reals, rate: int, time: float) -> Reals:
    from python_stretch.Signalsmith import Stretch

    machine = Stretch()
    machine.preset(1, float(rate))
    machine.setTimeFactor(time)
    return np.asarray(machine.process(np.ascontiguousarray(wave[None], dtype=np.float32))[0], dtype=np.float64)


def _faster(wave: Reals, rate: int, factor: float, rng: np.random.Generator) -> Reals:
    return _stretch(wave, rate, factor)


def _higher(wave: Reals, rate: int, semitones: float, rng: np.random.Generator) -> Reals:
    from scipy.signal import resample

    factor = 2.0 ** (semitones / 12.0)
    longer = _stretch(wave, rate, 1.0 / factor)
    return np.asarray(resample(longer, max(1, round(longer.size / factor))))


def _long(samples: Samples) -> Samples:
    return [one for one in speech(samples) if float(one.facts["audio_seconds"]) >= SHORTEST]


def _another(sample: Sample) -> Sample:
    """Return the sample with another prompt of the same speaker: a made recording that keeps the voice."""
    fellows = [one for one in _long(source(VOICES[0])) if one.group == sample.group and one.id != sample.id]
    other = fellows[key_for("another", sample.id) % len(fellows)]
    facts = {**sample.facts, "another": other.id}
    return replace(sample.with_part("audio", other.parts["audio"]), facts=facts)


def _voiced(samples: Samples) -> Samples:
    """Add the voices of the made recordings, and beside them the real ones of five speakers."""
    made = [one if "another" in one.facts else _another(one) for one in _long(samples)]
    real = list(_long(samples))
    for name in VOICES[1:]:
        real += sorted(_long(source(name)), key=lambda one: key_for(one.id))[:OF_EACH]
    originals = {one.id: one for one in source(VOICES[0])}
    real = [replace(originals.get(one.id, one), facts={**one.facts, ROLE: AGAINST}) for one in real]
    return through([*made, *real], "audio.voice_embed", "voice", audio="audio")


def _revoiced(sample: Sample, semitones: float, rng: np.random.Generator) -> Sample:
    return planted(_higher)(_another(sample), semitones, rng)


def _voices_changed(samples: Samples, strength: float, seed: int) -> Planted:
    return each(_revoiced, HALF)(_long(samples), strength, seed)


def _turned(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    """Fade the picture into one of another class, as a chain that loses its subject step by step."""
    others = [one for one in source("stamps", 150) if one.labels != sample.labels]
    own = _pixels(sample)
    shown = _pixels(others[int(rng.integers(len(others)))])
    other = np.asarray(Image.fromarray(shown.astype(np.uint8)).resize(own.shape[1::-1]), dtype=np.float64)
    return _painted(sample, (1.0 - share) * own + share * other)


def _restyled(sample: Sample) -> Sample:
    """Return the picture mirrored, a little darker and noisy: a child as a chain makes it where nothing goes wrong."""
    rng = np.random.default_rng(key_for("restyled", sample.id) % 2**32)
    pixels = _pixels(sample)[:, ::-1] * rng.uniform(0.75, 1.1)
    return _painted(sample, pixels + rng.normal(0.0, 8.0, pixels.shape))


def _seen_again(samples: Samples) -> Samples:
    real = [replace(one, facts={**one.facts, ROLE: AGAINST}) for one in source("stamps", 150)]
    return through([*map(_restyled, samples), *real], "image.embed", "features")


def _replaced_words(sample: Sample, share: float, rng: np.random.Generator) -> Sample:
    words = sample.parts["text"].text.split()
    pool = " ".join(one.parts["text"].text for one in source("asterisk-en")).split()
    places = rng.choice(len(words), max(1, round(share * len(words))), replace=False)
    for place in places:
        words[int(place)] = str(rng.choice(pool))
    return sample.with_part("heard", Part.from_text(" ".join(words), "en"))


def _heard(samples: Samples) -> Samples:
    """Hear what was left alone by a recogniser; the said texts are those of the real prompts of the same ids."""
    clean = through([one for one in samples if "heard" not in one.parts], "audio.transcribe", "heard", audio="audio")
    changed = [one for one in samples if "heard" in one.parts]
    real = [replace(one, facts={**one.facts, ROLE: AGAINST}) for one in source("asterisk-en")]
    return [*clean, *changed, *real]


FAULTS = [
    Fault("lettering", "image.unwanted_text", "photos", "pixels of a letter's height", (4, 6, 8, 12, 18),
          _half(_lettered), {"text": "read"}, _read, n=100),
    Fault("grid of period 2", "image.artefacts", "photos", "contrast of the grid", (0.002, 0.005, 0.01, 0.02, 0.04),
          each(_checkered(2))),
    Fault("grid of period 4", "image.artefacts", "photos", "contrast of the grid", (0.002, 0.005, 0.01, 0.02, 0.04),
          each(_checkered(4))),
    Fault("bands", "image.artefacts", "photos", "grey levels of a step", (2, 4, 8, 16, 24), each(_banded)),
    Fault("grid of period 2 in stamps", "image.artefacts", "stamps", "contrast of the grid",
          (0.002, 0.005, 0.01, 0.02, 0.04), each(_checkered(2)), n=200),
    Fault("copied texture", "image.repeated_texture", "photos", "side of the copy, of the longer side",
          (0.1, 0.15, 0.2, 0.3, 0.4), each(_copied)),
    Fault("copied texture in stamps", "image.repeated_texture", "stamps", "side of the copy, of the longer side",
          (0.1, 0.15, 0.2, 0.3, 0.4), each(_copied), n=200),
    Fault("pitch moved", "audio.speech_plausible", "asterisk-en", "semitones up", (1, 2, 3, 4, 6),
          _spoken(planted(_higher)), {}, _prosody, n=160),
    Fault("too fast", "audio.speech_plausible", "asterisk-en", "times as fast", (1.25, 1.5, 2, 2.5, 3),
          _spoken(planted(_faster)), {}, _prosody, n=160),
    Fault("voice lost", "audio.voice_kept", "asterisk-en", "semitones up, formants too", (1, 2, 3, 4, 6),
          _voices_changed, {}, _voiced, n=80),
    Fault("another picture", "pairs.round_trip", "stamps", "share of another class's picture faded in",
          (0.2, 0.4, 0.6, 0.8, 1.0), each(_turned), {}, _seen_again, n=150),
    Fault("words replaced", "audio.round_trip", "asterisk-en", "share of words replaced", (0.1, 0.2, 0.4, 0.6, 0.8),
          in_speech(_replaced_words), {"said": "text"}, _heard, n=50),
]  # fmt: skip
