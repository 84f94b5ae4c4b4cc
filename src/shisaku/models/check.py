"""Does each model do what it did when it was pinned: a known input, a known answer.

The reference numbers were recorded with onnxruntime 1.32.0 and ctranslate2 4.8.5; the classifier's logits were
also compared with the original network in torch 2.13.0 on both images (largest difference of 2000 logits: 1.2e-5).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from shisaku.core.progress import Progress, silent
from shisaku.errors import ShisakuError
from shisaku.message import Message, say
from shisaku.models.check_ears import detector_check, multilingual_listener_check, voice_check
from shisaku.models.check_eyes import finder_check, reader_check
from shisaku.models.check_judges import (
    image_judge_check,
    meaning_check,
    pair_judge_check,
    speech_judge_check,
    text_judge_check,
)
from shisaku.models.check_speech import multilingual_speaker_check
from shisaku.models.check_words import japanese_thesaurus_check, thesaurus_check
from shisaku.models.loading import load
from shisaku.models.mel import FLOOR, HOP, MELS, N_FFT, RATE, log_mel
from shisaku.models.roles import Pixels, Vectors, Wave

# every hundredth logit of scikit-learn's sample images
CHINA = (2.9381, -0.4697, -2.1218, 0.3890, 0.9415, 1.5112, -0.0381, -1.5518, -0.1039, 0.8549)
FLOWER = (-1.1392, 1.3834, -0.6284, -1.2457, -1.3361, -0.4459, 0.7976, 0.4044, -0.9060, -0.2035)
LOGIT_TOLERANCE = 2e-3
CHINA_CLASS = "stupa"
DOG = (-0.01915, 0.00167, 0.03437, 0.08787, -0.06416, 0.02837, 0.05787, -0.03227)  # "a dog", first of 384
DOG_TOLERANCE = 1e-3
PAINTED = (81.60, 65.96, 56.04)  # mean red, green, blue of a corner of china.jpg in style 7
PAINTED_TOLERANCE = 1.0
SENTENCE = "This is a picture of a penguin."
SENTENCE_SECONDS = (1.5, 2.8)
WER_LIMIT = 0.2
MEL_TOLERANCE = 1e-3


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check saw: `ok`, and the numbers in words."""

    name: str
    ok: bool
    what: Message


Check = Callable[[], tuple[bool, Message]]


def check_all(progress: Progress = silent) -> list[CheckResult]:
    """Run every check and return one row each; a missing or damaged model is a failed row, not an error."""
    results = []
    for done, (name, check) in enumerate(CHECKS.items()):
        progress(name, done, len(CHECKS))
        try:
            ok, what = check()
        except ShisakuError as error:
            ok, what = False, error.what
        results.append(CheckResult(name, ok, what))
    progress("checks", len(CHECKS), len(CHECKS))
    return results


def classifier_check() -> tuple[bool, Message]:
    """Check EfficientNet-Lite0: a class that must be among the first five, and ten reference logits per image."""
    model = load("image_classifier")
    logits = model.logits(_sample_images())
    off = float(np.abs(logits[:, ::100] - np.array([CHINA, FLOWER])).max())
    first = [model.classes[i] for i in np.argsort(-logits[0])[:5]]
    ok = off < LOGIT_TOLERANCE and CHINA_CLASS in first
    return ok, say(
        "logits within {off:.1e} of the reference, {name} among the first five of china.jpg: {found}",
        off=off,
        name=CHINA_CLASS,
        found=str(CHINA_CLASS in first),
    )


def text_check() -> tuple[bool, Message]:
    """Check MiniLM: a dog is nearer to a puppy than to stocks, and the vector starts as recorded."""
    return meaning_check(load("text_embedder"), DOG, DOG_TOLERANCE)


def conse_check() -> tuple[bool, Message]:
    """Check ConSE: a photograph of a flower lies nearer to "a flower" than a photograph of a temple does."""
    model = load("image_text_embedder")
    china, flower = (model.embed(_sample_images()) @ model.embed_texts(["a flower"]).T)[:, 0]
    margin = float(flower - china)
    return margin > 0.05, say("flower.jpg is {margin:.2f} nearer to 'a flower' than china.jpg is", margin=margin)


def painter_check() -> tuple[bool, Message]:
    """Check the painter: the size stays, the pixels change, the mean colour is the recorded one."""
    image = _sample_images()[0][:126, :159]
    painted = load("painter").paint(image, 7)
    off = float(np.abs(painted.mean(axis=(0, 1)) - np.array(PAINTED)).max())
    change = float(np.abs(painted.astype(int) - image).mean())
    ok = painted.shape == image.shape and change > 20 and off < PAINTED_TOLERANCE
    return ok, say(
        "mean colour within {off:.2f} of the reference (0 to 255), pixels change by {change:.0f}",
        off=off,
        change=change,
    )


def speaker_check() -> tuple[bool, Message]:
    """Check flite: every voice says a sentence in a likely time and audibly."""
    speaker = load("speaker")
    seconds, peaks = [], []
    for voice in speaker.voices:
        wave, rate = speaker.say(SENTENCE, voice)
        seconds.append(len(wave) / rate)
        peaks.append(float(np.abs(wave).max()))
    low, high = SENTENCE_SECONDS
    ok = all(low < s < high for s in seconds) and min(peaks) > 0.05
    return ok, say(
        "{n} voices, a sentence takes {low:.2f} to {high:.2f} s", n=len(seconds), low=min(seconds), high=max(seconds)
    )


def listener_check() -> tuple[bool, Message]:
    """Check Whisper: it hears what flite's clearest voices say, and nothing in silence."""
    import jiwer

    listener, speaker = load("listener"), load("speaker")
    wanted = _words(SENTENCE)
    heard = [_words(listener.listen(*speaker.say(SENTENCE, voice)).text) for voice in ("slt", "rms", "kal16")]
    wer = float(jiwer.wer([wanted] * len(heard), heard))
    silence = listener.listen(np.zeros(RATE, np.float32), RATE).text
    return wer <= WER_LIMIT and not silence, say(
        "word error rate {wer:.2f} on three voices, silence heard as '{silence}'", wer=wer, silence=silence
    )


def mel_check() -> tuple[bool, Message]:
    """Check the log-mel front end against the formula written out with loops and a plain Fourier sum."""
    wave = _chirp()
    ours = log_mel(wave)
    theirs = _reference_mel(wave, frames=(0, 1, 7, 50, 99, 100))
    peak = max(np.log10(FLOOR), 4.0 * float(ours.max()) - 4.0)
    off = max(float(np.abs(ours[:, frame] - (np.maximum(log, peak - 8.0) + 4.0) / 4.0).max()) for frame, log in theirs)
    return off < MEL_TOLERANCE, say("log-mel within {off:.1e} of the formula", off=off)


CHECKS: dict[str, Check] = {
    "efficientnet-lite0": classifier_check,
    "minilm-l6": text_check,
    "conse": conse_check,
    "styletransfer-26": painter_check,
    "flite": speaker_check,
    "kokoro-82m": multilingual_speaker_check,
    "whisper-tiny-en": listener_check,
    "whisper-base": multilingual_listener_check,
    "silero-vad": detector_check,
    "resemblyzer": voice_check,
    "dnsmos": speech_judge_check,
    "brisque": image_judge_check,
    "bge-small-en": text_judge_check,
    "reranker-minilm": pair_judge_check,
    "centerface": finder_check,
    "pp-ocr-v6-small": reader_check,
    "wordnet": thesaurus_check,
    "edict": japanese_thesaurus_check,
    "log-mel": mel_check,
}


def _sample_images() -> list[Pixels]:
    from sklearn.datasets import load_sample_images

    return list(load_sample_images().images)


def _words(text: str) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in text.lower()).split())


def _chirp() -> Wave:
    time = np.arange(RATE) / RATE
    wave: Wave = (0.5 * np.sin(2 * np.pi * (100 + 3500 * time) * time)).astype(np.float32)
    return wave


def _reference_mel(wave: Wave, frames: tuple[int, ...]) -> Iterator[tuple[int, Vectors]]:
    def mel(hertz: float) -> float:
        return hertz * 3 / 200 if hertz < 1000 else 15 + 27 * float(np.log(hertz / 1000) / np.log(6.4))

    def hertz(value: float) -> float:
        return value * 200 / 3 if value < 15 else 1000 * float(np.exp((value - 15) * np.log(6.4) / 27))

    edges = [hertz(mel(RATE / 2) * i / (MELS + 1)) for i in range(MELS + 2)]
    padded = np.pad(np.concatenate([wave.astype(np.float64), np.zeros(N_FFT)]), N_FFT // 2, mode="reflect")
    steps = np.arange(N_FFT)
    fourier = np.exp(-2j * np.pi * np.outer(np.arange(N_FFT // 2 + 1), steps) / N_FFT)
    for frame in frames:
        window = 0.5 - 0.5 * np.cos(2 * np.pi * steps / N_FFT)
        power = np.abs(fourier @ (padded[frame * HOP : frame * HOP + N_FFT] * window)) ** 2
        bands = np.zeros(MELS)
        for band in range(MELS):
            low, middle, high = edges[band : band + 3]
            for k, value in enumerate(power):
                f = k * RATE / N_FFT
                weight = min((f - low) / (middle - low), (high - f) / (high - middle))
                bands[band] += max(0.0, weight) * 2 / (high - low) * value
        yield frame, np.log10(np.maximum(bands, FLOOR)).astype(np.float32)
