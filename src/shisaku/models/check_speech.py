"""Does Kokoro read and speak as it did when it was pinned."""

from __future__ import annotations

import numpy as np

from shisaku.message import Message, say
from shisaku.models.loading import load

SENTENCE = "The penguin eats broccoli."  # broccoli is in no dictionary: flite's rules read it
SYMBOLS = "ðə pˈɛŋɡwᵊn ˈits bɹˈɑkəli."
SECONDS = (1.0, 2.6)
SOFTEST = 0.05


def multilingual_speaker_check() -> tuple[bool, Message]:
    """Check Kokoro: a sentence gets the recorded symbols, a likely length in each voice, one is heard."""
    speaker = load("multilingual_speaker")
    symbols = speaker.read(SENTENCE).symbols
    waves = {voice: speaker.say(symbols, voice) for voice in speaker.voices}
    seconds = [len(wave) / rate for wave, rate in waves.values()]
    audible = min(float(np.abs(wave).max()) for wave, _ in waves.values()) > SOFTEST
    heard = load("listener").listen(*waves["jm_kumo"]).text
    low, high = SECONDS
    ok = symbols == SYMBOLS and audible and all(low < s < high for s in seconds) and "penguin" in heard.lower()
    return ok, say(
        "read as {symbols}, {low:.2f} to {high:.2f} s in {n} voices, heard as '{heard}'",
        symbols=symbols,
        low=min(seconds),
        high=max(seconds),
        n=len(seconds),
        heard=heard,
    )
