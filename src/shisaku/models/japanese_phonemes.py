"""A Japanese text to Kokoro's symbols: read by Janome (the optional extra ``ja``), numbers and letters in katakana."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from shisaku.errors import DataError, MachineError
from shisaku.message import say
from shisaku.models.japanese_numbers import numbers_said
from shisaku.models.kana import LONG, NASAL, SMALL, SOUNDS, STOP, kana_symbols, to_katakana, with_long_vowels
from shisaku.models.phonemes import Reading, SpokenWord, spaced

NAMES = (
    "エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム エヌ オー ピー キュー アール エス ティー "
    "ユー ブイ ダブリュー エックス ワイ ゼット"
)
LETTERS = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", NAMES.split(), strict=True))
LONGEST_ABBREVIATION = 4
SIGNS = str.maketrans({"%": "パーセント", "&": "アンド", "+": "プラス", "=": "イコール"})
PAUSES = {
    "。": ".", "、": ",", "...": "…", "「": "“", "」": "”", "『": "“", "』": "”", "~": "—", "〜": "—", "-": "—",
    "―": "—", "・": "", "/": ",", **{sign: sign for sign in ".,!?:;()—…"},
}  # fmt: skip
PAUSE = re.compile("|".join(re.escape(sign) for sign in sorted(PAUSES, key=len, reverse=True)))
KANA = frozenset((*SOUNDS, *SMALL, LONG, STOP, NASAL))
VERB, AUXILIARY = "動詞", "助動詞"
VOLITIONAL = "う"
PARTICLES = ("は", "へ", "ヘ")

_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Token:
    """One token: how it is said in katakana, or the pause it stands for."""

    text: str
    kana: str
    pause: str = ""


def read_japanese(text: str) -> Reading:
    """Return the symbols of a plain (NFKC) Japanese text: words and particles with spaces between them.

    Capitals up to four are said as letters. Pitch accent is not written: the network gives one of its own. Raises
    DataError for a word in Latin letters or a character without a reading, MachineError without the extra.
    """
    groups: list[list[_Token]] = []
    for token in _tokens(numbers_said(text).translate(SIGNS)):
        if groups and _belongs(token.kana, groups[-1][-1].kana):
            groups[-1].append(token)
        else:
            groups.append([token])
    pieces, words = [], []
    for group in groups:
        symbols = kana_symbols("".join(token.kana for token in group))
        pieces.append(symbols or group[0].pause)
        if symbols:
            words.append(SpokenWord("".join(token.text for token in group), symbols, "lexicon"))
    return Reading(spaced(pieces), tuple(words))


def kana_of(text: str) -> str:
    """Return how a plain Japanese text is pronounced, in katakana without spaces. Raises what `read_japanese` does."""
    return "".join(token.kana for token in _tokens(numbers_said(text).translate(SIGNS)))


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    for found in PAUSE.finditer(text):
        yield from _said(text[place : found.start()])
        yield _Token(found.group(), "", PAUSES[found.group()])
        place = found.end()
    yield from _said(text[place:])


def _said(text: str) -> Iterator[_Token]:
    first = True
    for token in _janome(text):
        surface, speech = token.surface, token.part_of_speech.split(",")
        if not any(c.isalnum() for c in surface):  # spaces and marks without a sound
            yield _Token(surface, "")
            first = True
            continue
        # a particle cannot begin a phrase: there は and へ are the start of a word that the dictionary lacks
        kana = to_katakana(surface) if first and surface in PARTICLES else _kana(surface, token.phonetic)
        if surface == VOLITIONAL and speech[0] == AUXILIARY:
            kana = LONG
        elif speech[0] != VERB and set(to_katakana(surface)) <= KANA:
            kana = with_long_vowels(kana)
        yield _Token(surface, kana)
        first = False


def _belongs(kana: str, before: str) -> bool:
    """Say whether two tokens are said as one: no word begins with a small or long sound, none ends with ッ."""
    return bool(kana and before) and (kana[0] in (*SMALL, LONG) or before[-1] == STOP)


def _kana(surface: str, phonetic: str) -> str:
    if phonetic and set(phonetic) <= KANA:  # an unknown word has "*"
        return phonetic
    kana = to_katakana(surface)
    if set(kana) <= KANA:
        return kana
    if surface.isascii() and surface.isalpha():
        return _spelled(surface)
    raise DataError(
        say("{letters} has no reading in Japanese", letters=surface[:20]),
        next=say("Write it in kana"),
    )


def _spelled(word: str) -> str:
    if len(word) > 1 and not (word.isupper() and len(word) <= LONGEST_ABBREVIATION):
        raise DataError(
            say("The Japanese text has the word {word} in Latin letters", word=word[:20]),
            next=say("Write it in katakana, or give the English text"),
        )
    return "".join(LETTERS[letter] for letter in word.upper())


def _janome(text: str) -> list[Any]:
    with _lock:  # nothing says that its lattice may be built by two threads at once
        return list(_tokenizer().tokenize(text))


@cache
def _tokenizer() -> Any:
    try:
        from janome.tokenizer import Tokenizer
    except ImportError as error:
        raise MachineError(
            say("Japanese is read aloud with Janome, which is not installed"),
            next=say("Run `pip install 'shisaku[ja]'`"),
        ) from error
    return Tokenizer()
