"""Words that no dictionary has: sounds from spelling, by flite's letter-to-sound rules."""

from __future__ import annotations

from collections.abc import Sequence

STRESS = "ˈ"
WEAK = ("ax", "axr", "el", "em", "en")
# ARPAbet, as flite prints it, in Kokoro's symbols
SYMBOLS = {
    "aa": "ɑ", "ae": "æ", "ah": "ʌ", "ao": "ɔ", "aw": "W", "ax": "ə", "axr": "əɹ", "ay": "I", "eh": "ɛ", "er": "ɜɹ",
    "ey": "A", "ih": "ɪ", "iy": "i", "ow": "O", "oy": "Y", "uh": "ʊ", "uw": "u",
    "b": "b", "ch": "ʧ", "d": "d", "dh": "ð", "dx": "ɾ", "el": "ᵊl", "em": "ᵊm", "en": "ᵊn", "f": "f", "g": "ɡ",
    "hh": "h", "hv": "h", "jh": "ʤ", "k": "k", "l": "l", "m": "m", "n": "n", "nx": "n", "ng": "ŋ", "p": "p", "r": "ɹ",
    "s": "s", "sh": "ʃ", "t": "t", "th": "θ", "v": "v", "w": "w", "y": "j", "z": "z", "zh": "ʒ",
}  # fmt: skip
VOWELS = "aeiou"


def symbols_of(segments: Sequence[str]) -> str:
    """Return ARPAbet segments as symbols, stressed on the first full vowel: the rules print no stress.

    Segments that are no sounds (``pau``) are left out.
    """
    sounds = [segment for segment in segments if segment in SYMBOLS]
    full = [place for place, sound in enumerate(sounds) if sound[0] in VOWELS and sound not in WEAK]
    stressed = full[0] if full else -1
    said = (STRESS + SYMBOLS[sound] if place == stressed else _unstressed(sound) for place, sound in enumerate(sounds))
    return "".join(said)


def _unstressed(sound: str) -> str:
    return "əɹ" if sound == "er" else SYMBOLS[sound]
