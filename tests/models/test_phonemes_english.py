"""English to symbols: what is listed, derived, made of two, spelled or guessed; numbers and function words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.models.english_numbers import digits_in_words, number_in_words, ordinal_in_words
from shisaku.models.english_phonemes import read_english
from shisaku.models.english_words import EnglishWords
from shisaku.models.inflection import derived
from shisaku.models.letters import SYMBOLS, symbols_of
from shisaku.models.lexicon import Lexicon, open_lexicon
from shisaku.models.phonemes import spaced
from shisaku.models.speakable import speakable

NUMBERS = ("zero", "one", "two", "three", "five", "twenty", "first", "hundred", "thousand")
GOLD = {
    "A": "ˈA", "B": "bˈi", "X": "ˈɛks", "dog": "dˈɔɡ", "apple": "ˈæpᵊl", "the": "ði", "to": "tu", "in": "ɪn",
    "an": "æn",
    "by": {"DEFAULT": "bI", "None": "bˈI"}, "am": {"DEFAULT": "æm", "NOUN": None}, "horse": "hˈɔɹs", "cherry": "ʧˈɛɹi",
    "paint": "pˈAnt", "bat": "bˈæt", "run": "ɹˈʌn", "pine": "pˈIn", "cone": "kˈOn", "and": "ænd", "Mister": "mˈɪstəɹ",
    "make": "mˈAk", "butter": "bˈʌɾəɹ", "T-shirt": "tˈiʃˌɜɹt", "point": "pˈYnt", "percent": "pəɹsˈɛnt", "well": "wˈɛl",
    "minus": "mˈInəs", "dollars": "dˈɑləɹz", "dollar": "dˈɑləɹ", "nothing": {"DEFAULT": None},
    **{number: f"<{number}>" for number in NUMBERS},
}  # fmt: skip
SILVER = {"zebu": "zˈibu", "dog": "WRONG"}


@pytest.fixture
def words() -> EnglishWords:
    return EnglishWords(Lexicon(GOLD, SILVER), lambda word: f"[{word}]")


@pytest.mark.parametrize(
    ("word", "symbols", "how"),
    [
        ("dog", "dˈɔɡ", "lexicon"),
        ("Dog", "dˈɔɡ", "lexicon"),
        ("DOG", "dˈɔɡ", "lexicon"),
        ("mister", "mˈɪstəɹ", "lexicon"),
        ("zebu", "zˈibu", "lexicon"),
        ("b", "bˈi", "lexicon"),
        ("dogs", "dˈɔɡz", "derived"),
        ("dog's", "dˈɔɡz", "derived"),
        ("dogs'", "dˈɔɡz", "derived"),
        ("bats", "bˈæts", "derived"),
        ("horses", "hˈɔɹsᵻz", "derived"),
        ("cherries", "ʧˈɛɹiz", "derived"),
        ("batted", "bˈæɾᵻd", "derived"),
        ("painted", "pˈAntᵻd", "derived"),
        ("making", "mˈAkɪŋ", "derived"),
        ("running", "ɹˈʌnɪŋ", "derived"),
        ("BAX", "bˌiˌAˈɛks", "spelled"),
        ("pinecone", "pˈInkˌOn", "compound"),
        ("pinecones", "pˈInkˌOnz", "compound"),
        ("broccoli", "[broccoli]", "letters"),
        ("broccoli's", "[broccoli]z", "letters"),
        ("zebudog", "[zebudog]", "letters"),  # a rare word is no part of a compound
        ("nothing", "[nothing]", "letters"),  # listed without symbols
    ],
)
def test_how_a_word_is_found(words: EnglishWords, word: str, symbols: str, how: str) -> None:
    if word == "BAX":
        words = EnglishWords(Lexicon({**GOLD, "B": "bˈi"}, SILVER), lambda word: "")
    found = words.find(word)
    assert (found.symbols, found.how) == (symbols, how)


@pytest.mark.parametrize(
    ("text", "symbols"),
    [
        ("a dog", "ɐ dˈɔɡ"),
        ("A dog. A dog", "ɐ dˈɔɡ. ɐ dˈɔɡ"),
        ("dog A dog", "dˈɔɡ ˈA dˈɔɡ"),
        ("dog a", "dˈɔɡ ˈA"),
        ("an apple", "ɐn ˈæpᵊl"),
        ("the apple, the dog", "ði ˈæpᵊl, ðə dˈɔɡ"),
        ("to a dog to dog to", "tʊ ɐ dˈɔɡ tə dˈɔɡ tu"),
        ("in dog in. in", "ɪn dˈɔɡ ˈɪn. ˈɪn"),
        ("by dog by", "bI dˈɔɡ bˈI"),
        ("butter", "bˈʌTəɹ"),
        ("dog (dog) - dog...", "dˈɔɡ (dˈɔɡ) — dˈɔɡ…"),
        ("T-shirt well-dog", "tˈiʃˌɜɹt wˈɛl dˈɔɡ"),
        ("B.A. dog Mr. dog", "bˌiˈA dˈɔɡ mˈɪstəɹ dˈɔɡ"),
        ("dog & dog 5%", "dˈɔɡ ænd dˈɔɡ <five> pəɹsˈɛnt"),
        ("3.5 1,000 21st", "<three> pˈYnt <five> <one> <thousand> <twenty> <first>"),
        ("$1 $2 -5 02", "<one> dˈɑləɹ <two> dˈɑləɹz mˈInəs <five> <zero> <two>"),
        ("dog/dog", "dˈɔɡ, dˈɔɡ"),
        ("<dog> #dog_", "dˈɔɡ dˈɔɡ"),
    ],
)
def test_words_in_their_place(words: EnglishWords, text: str, symbols: str) -> None:
    assert read_english(text, words).symbols == symbols


def test_a_reading_says_which_words_were_guessed(words: EnglishWords) -> None:
    reading = read_english("A dog, pinecones and broccoli", words)
    assert reading.guessed == ("broccoli",)
    assert [word.text for word in reading.words] == ["A", "dog", "pinecones", "and", "broccoli"]


def test_letters_are_asked_once_per_word() -> None:
    asked: list[str] = []

    def letters(word: str) -> str:
        asked.append(word)
        return "x"

    words = EnglishWords(Lexicon({}, {}), letters)
    read_english("qwertz Qwertz qwertz", words)
    assert asked == ["qwertz"]


def test_arpabet_gets_one_stress_on_the_first_full_vowel() -> None:
    assert symbols_of(["pau", "b", "r", "aa", "k", "ax", "l", "iy", "pau"]) == "bɹˈɑkəli"
    assert symbols_of(["m", "ax", "jh", "eh", "l"]) == "məʤˈɛl"
    assert symbols_of(["b", "er", "th", "er"]) == "bˈɜɹθəɹ"
    assert symbols_of(["s", "t"]) == "st"
    assert symbols_of([]) == ""


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (0, "zero"),
        (15, "fifteen"),
        (40, "forty"),
        (99, "ninety nine"),
        (105, "one hundred five"),
        (1000, "one thousand"),
        (999_999, "nine hundred ninety nine thousand nine hundred ninety nine"),
        (2_000_001, "two million one"),
    ],
)
def test_numbers_in_words(number: int, said: str) -> None:
    assert number_in_words(number) == said
    assert digits_in_words(str(number)) == said


def test_ordinals_and_digits() -> None:
    said = ", ".join(ordinal_in_words(n) for n in (1, 2, 3, 5, 8, 9, 12, 20, 21, 100))
    assert said == "first, second, third, fifth, eighth, ninth, twelfth, twentieth, twenty first, one hundredth"
    assert digits_in_words("007") == "zero zero seven"
    assert digits_in_words("1" * 13) == " ".join(["one"] * 13)


@given(st.integers(0, 10**12 - 1))
def test_every_number_is_said_with_known_words(number: int) -> None:
    said = number_in_words(number).split()
    assert 1 <= len(said) <= 22
    if number >= 10**9:
        assert "billion" in said


def test_an_unknown_stem_gives_no_ending() -> None:
    assert derived("glorps", lambda stem: None) is None
    assert derived("s", lambda stem: "x") is None


def test_pauses_stick_to_the_word_before() -> None:
    assert spaced(["a", ",", "b", "(", "c", ")", "d", ""]) == "a, b (c) d"


@pytest.mark.parametrize(
    ("text", "plain"),
    [("6×7", "6 times 7"), ("½ cup", "1/2 cup"), ("dog🐧cat", "dog cat"), ("nai\u0308ve\u200d", "naive")],
)
def test_what_is_left_out_does_not_join_its_neighbours(text: str, plain: str) -> None:
    assert speakable(text) == plain


@pytest.mark.weights
def test_the_dictionary_reads_common_words_and_not_all() -> None:
    lexicon, _ = open_lexicon()
    words = EnglishWords(lexicon, lambda word: "")
    reading = read_english("A photo of two mountaingoats, the letter B and 3 recycled bottles by the sea.", words)
    unlisted = {word.text: word.how for word in reading.words if word.how != "lexicon"}
    assert unlisted == {"mountaingoats": "compound", "recycled": "derived", "bottles": "derived"}
    assert words.find("penguin").symbols == "pˈɛŋɡwᵊn"
    assert words.find("broccoli").how == "letters"


@pytest.mark.weights
def test_every_symbol_of_dictionary_and_letters_is_one_kokoro_knows() -> None:
    from shisaku.models.english_phonemes import TAUGHT
    from shisaku.models.kokoro_files import read_symbols
    from shisaku.models.weights import find_weights

    known = set(read_symbols(find_weights("kokoro-82m")))
    assert set("".join(SYMBOLS.values()).translate(TAUGHT)) <= known
    reading = read_english("The quick brown fox (5%) - jumps; over: the lazy dog's back... yes? no!", _real())
    assert set(reading.symbols) <= known


def _real() -> EnglishWords:
    return EnglishWords(open_lexicon()[0], lambda word: "")
