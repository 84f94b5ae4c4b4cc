"""Do the models that listen do what they did when they were pinned: a known input, a known answer."""

from __future__ import annotations

import numpy as np

from shisaku.message import Message, say
from shisaku.models.loading import load
from shisaku.models.mel import RATE
from shisaku.models.roles import Wave

SENTENCE = "The horse and the elephant are walking to the river."
NAMES = ("penguin", "elephant", "broccoli", "guitar", "horse")
SAID = 1
VOICES = ("slt", "rms", "kal16")
WORDS_HEARD = 0.7
# entries 100 to 107 of the vector of `tones`
TONES = (0.0, 0.0, 0.07385, 0.00059, 0.00024, 0.11706, 0.0, 0.09256)
TONES_TOLERANCE = 2e-3


def multilingual_listener_check() -> tuple[bool, Message]:
    """Check Whisper base: it hears a sentence, finds a said word among five, and hears nothing in silence."""
    listener, speaker = load("multilingual_listener"), load("speaker")
    wanted = set(SENTENCE.lower().strip(".").split())
    heard = [set(listener.listen(*speaker.say(SENTENCE, v)).text.lower().strip(".").split()) for v in VOICES]
    share = float(np.mean([len(wanted & words) / len(wanted) for words in heard]))
    scores = [listener.log_probabilities(*speaker.say(NAMES[SAID], v), NAMES) for v in VOICES]
    found = sum(int(score.argmax()) == SAID for score in scores)
    silence = listener.listen(np.zeros(RATE, np.float32), RATE).text
    ok = share >= WORDS_HEARD and found == len(VOICES) and not silence
    return ok, say(
        "{share:.2f} of the words heard, the said word first for {found} of {n} voices, silence heard as '{silence}'",
        share=share,
        found=found,
        n=len(VOICES),
        silence=silence,
    )


def detector_check() -> tuple[bool, Message]:
    """Check Silero VAD: it finds a sentence between two silences, and no speech in noise and tones."""
    detector, speaker = load("voice_detector"), load("speaker")
    wave, rate = speaker.say(SENTENCE, VOICES[0])
    stretches = detector.speech(np.pad(wave, rate), rate)
    start, end = (stretches[0][0], stretches[-1][1]) if stretches else (0.0, 0.0)
    noise = np.random.default_rng(0).normal(0, 0.1, 2 * RATE).astype(np.float32)
    false = len(detector.speech(noise, RATE)) + len(detector.speech(tones(), RATE))
    ok = 0.8 < start < 1.6 and 0.8 < len(wave) / rate + 2 - end < 1.6 and false == 0
    return ok, say(
        "speech from {start:.2f} to {end:.2f} s of {seconds:.2f} s, {false} stretches in noise and tones",
        start=start,
        end=end,
        seconds=len(wave) / rate + 2,
        false=false,
    )


def voice_check() -> tuple[bool, Message]:
    """Check Resemblyzer: a reference vector, and one voice nearer to itself than to another."""
    ears, speaker = load("voice_embedder"), load("speaker")
    off = float(np.abs(ears.embed_voice(tones(), RATE)[100:108] - np.array(TONES)).max())
    one, again = (ears.embed_voice(*speaker.say(text, "slt")) for text in (SENTENCE, "A dog runs in the park today."))
    other = ears.embed_voice(*speaker.say(SENTENCE, "rms"))
    same, different = float(one @ again), float(one @ other)
    ok = off < TONES_TOLERANCE and same > different + 0.1
    return ok, say(
        "vector within {off:.1e} of the reference, one voice {same:.2f}, two voices {different:.2f}",
        off=off,
        same=same,
        different=different,
    )


def tones() -> Wave:
    """Return 10 s of three tones that swell and fade, at 16 kHz: the same on every machine."""
    time = np.arange(10 * RATE) / RATE
    loud = 0.5 + 0.5 * np.sin(2 * np.pi * 3 * time)
    wave = sum(np.sin(2 * np.pi * pitch * time) / (i + 1) for i, pitch in enumerate((130.0, 390.0, 1170.0)))
    return np.asarray(0.2 * loud * wave, dtype=np.float32)
