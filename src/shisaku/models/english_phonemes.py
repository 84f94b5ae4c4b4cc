"""An English text to Kokoro's symbols: words in their place in the sentence, numbers and signs in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from shisaku.models.english_numbers import SMALL, digits_in_words, ordinal_in_words
from shisaku.models.english_words import PRIMARY, SECONDARY, EnglishWords
from shisaku.models.phonemes import Reading, SpokenWord, spaced

VOWELS = "AIOWYaiuæɑɐɔəɛɜɪʊʌᵊᵻ"
SIGNS = {"%": "percent", "&": "and", "+": "plus", "=": "equals", "@": "at"}
PAUSES = {"...": "…", "-": "—", "/": ","}
ENDS = (".", "!", "?", "…")
ABBREVIATIONS = {"Mr": "Mister", "Mrs": "Missis", "Ms": "Miss", "Dr": "Doctor", "St": "Saint", "vs": "versus"}
ABBREVIATION = re.compile(r"\b(Mr|Mrs|Ms|Dr|St|vs)\.(?=\s)")
# the dictionary writes the flap and the glottal stop of American t; Kokoro 1.0 was taught one symbol for each
TAUGHT = str.maketrans({"ɾ": "T", "ʔ": "t"})
TOKEN = re.compile(
    r"""(?P<money>\$\d[\d,]*(?:\.\d+)?)
      | (?P<ordinal>\d+(?:st|nd|rd|th)\b)
      | (?P<minus>(?<![^\s(])-(?=\d))
      | (?P<number>\d+(?:,\d{3})*(?:\.\d+)?)
      | (?P<initials>\b(?:[A-Za-z]\.){2,})
      | (?P<word>[A-Za-z]+(?:['-][A-Za-z]+)*(?:(?<=s)')?)
      | (?P<pause>\.\.\.|(?<=\s)-(?=\s)|[;:,.!?()/])
      | (?P<sign>[%&+=@])""",
    re.VERBOSE,
)


def read_english(text: str, words: EnglishWords) -> Reading:
    """Return the symbols of a plain (ASCII) English text.

    Articles, "to" and "in" sound as their neighbours ask. There is no tagger: words that differ by part of speech
    ("record") get their usual sound. Signs other than ``% & + = @ $`` and quotation marks are left out.
    """
    tokens = list(_tokens(ABBREVIATION.sub(lambda found: ABBREVIATIONS[found[1]], text), words))
    pieces: list[str] = []
    spoken: list[SpokenWord] = []
    following = ""  # the first sound of the next word, empty before a pause
    for place in reversed(range(len(tokens))):
        kind, token = tokens[place]
        if kind == "pause":
            pieces.append(token)
            following = ""
            continue
        first = place == 0 or tokens[place - 1][1] in ENDS
        word = _word(kind, token, following, first, words)
        symbols = word.symbols.translate(TAUGHT)
        spoken.append(SpokenWord(word.text, symbols, word.how))
        pieces.append(symbols)
        following = symbols.lstrip(PRIMARY + SECONDARY)[:1]
    return Reading(spaced(reversed(pieces)), tuple(reversed(spoken)))


def _tokens(text: str, words: EnglishWords) -> Iterator[tuple[str, str]]:
    for found in TOKEN.finditer(text):
        kind, token = str(found.lastgroup), found.group()
        if kind == "pause":
            yield kind, PAUSES.get(token, token)
        elif kind == "initials":
            yield kind, token.replace(".", "")
        else:
            yield from (("word", word) for word in _words(kind, token, words))


def _words(kind: str, token: str, words: EnglishWords) -> list[str]:
    if kind == "word":
        return [token] if "-" not in token or words.is_listed(token) else token.split("-")
    if kind == "sign":
        return [SIGNS[token]]
    if kind == "minus":
        return ["minus"]
    plain = token.replace(",", "")
    if kind == "ordinal":
        return ordinal_in_words(int(plain[:-2])).split()
    if kind == "money":
        return [*_number(plain[1:]), "dollar" if plain == "$1" else "dollars"]
    return _number(plain)


def _number(plain: str) -> list[str]:
    whole, _, decimals = plain.partition(".")
    said = digits_in_words(whole).split()
    return [*said, "point", *(SMALL[int(digit)] for digit in decimals)] if decimals else said


def _word(kind: str, token: str, following: str, first: bool, words: EnglishWords) -> SpokenWord:
    if kind == "initials":
        return words.spelled(token)
    return _in_place(token, following, first) or words.find(token, last=not following)


def _in_place(word: str, following: str, first: bool) -> SpokenWord | None:
    """Return a function word as it sounds before `following`, None for all other words.

    "A" is the article in lower case or where a sentence begins, and the letter elsewhere.
    """
    vowel = following in VOWELS
    small = word.lower()
    if not following:
        return SpokenWord(word, "ˈɪn", "lexicon") if small == "in" else None
    sounds = {
        "a": "ɐ" if word == "a" or first else "",
        "an": "ɐn",
        "the": "ði" if vowel else "ðə",
        "to": "tʊ" if vowel else "tə",
        "am": "ɐm" if word == "am" else "",
        "i": "ˌI",
        "in": "ɪn",
    }
    return SpokenWord(word, sounds[small], "lexicon") if sounds.get(small) else None
