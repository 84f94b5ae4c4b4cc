"""Class names that mean one thing: how they are written, and what they mean."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import resources
from typing import Literal, get_args

Clash = Literal["space", "width", "case", "kana", "number", "plural", "word"]
CLASHES: tuple[Clash, ...] = get_args(Clash)
# A hyphen separates between letters only: -1 is a number, A- a mark.
_SEPARATORS = re.compile(r"(?:[\s_]|(?<=\w)-(?=[^\W\d_]))+")
_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_IRREGULAR = {
    "men": "man",
    "women": "woman",
    "children": "child",
    "people": "person",
    "mice": "mouse",
    "geese": "goose",
    "feet": "foot",
    "teeth": "tooth",
    "oxen": "ox",
    "leaves": "leaf",
    "knives": "knife",
    "wolves": "wolf",
    "loaves": "loaf",
    "shelves": "shelf",
    "potatoes": "potato",
    "tomatoes": "tomato",
    "heroes": "hero",
    "buses": "bus",
    "lenses": "lens",
}
# Words that have no singular, or another thing as one.
_NO_SINGLE = (
    *("glasses", "eyeglasses", "spectacles", "sunglasses", "scissors", "clothes", "trousers", "pants", "jeans"),
    *("shorts", "others"),
)
_NO_PLURAL = ("ss", "us", "is", "as", "os", "news", "lens", "series", "species")


def meaning(name: str, known: Iterable[Clash] = CLASHES) -> str:
    """Return what is equal for names that differ only in the ways `known`."""
    ways = set(known)
    for clash, same in _WAYS.items():
        if clash in ways:
            name = same(name)
    return name


def clash_of(one: str, other: str) -> Clash | None:
    """Return the last way that must be looked through until two names are equal; None if they never are."""
    for place, clash in enumerate(CLASHES):
        if meaning(one, CLASHES[: place + 1]) == meaning(other, CLASHES[: place + 1]):
            return clash
    return None


def _spaced(name: str) -> str:
    return _SEPARATORS.sub(" ", name).strip()


def _wide(name: str) -> str:
    return unicodedata.normalize("NFKC", name)


def _kana(name: str) -> str:
    return name.translate(_TO_HIRAGANA)


def _number(name: str) -> str:
    try:
        return f"{float(name):g}" if re.fullmatch(r"[+-]?\d{1,12}(\.\d{1,6})?", name) else name
    except ValueError:
        return name


def _single(name: str) -> str:
    head, space, last = name.rpartition(" ")
    return head + space + _singular(last)


def _singular(word: str) -> str:
    small = word.lower()
    if small in _IRREGULAR:
        return _IRREGULAR[small]
    if (
        len(small) < 4
        or small in _NO_SINGLE
        or not small.isascii()
        or not small.endswith("s")
        or small.endswith(_NO_PLURAL)
    ):
        return word
    if small.endswith("ies") and len(small) > 4:
        return word[:-3] + "y"
    if small.endswith(("ches", "shes", "xes", "sses", "zzes")):
        return word[:-2]
    return word[:-1]


def _word(name: str) -> str:
    return same_words().get(meaning(name, CLASHES[:-1]), name)


@cache
def same_words() -> Mapping[str, str]:
    """Return word -> the first word of its meaning, by ``class_words.yaml`` and WordNet's ImageNet classes."""
    from shisaku.models.imagenet import class_words
    from shisaku.registry.yaml_tree import compose

    text = resources.files("shisaku.ops.dataset").joinpath("class_words.yaml").read_bytes()
    held = compose(text, "class_words.yaml").plain()
    lines = [line for group in held["groups"] for line in group["words"]]
    own = {word: line[0] for line in lines for word in line}
    synsets = [[word.casefold() for word in words] for words in class_words()]
    uses = Counter(word for words in synsets for word in set(words))
    # A word of two classes (crane: bird and machine) has no one meaning.
    shared = {word: words[0] for words in synsets for word in words if uses[word] == uses[words[0]] == 1}
    return {meaning(word, CLASHES[:-1]): kept for word, kept in (shared | own).items()}


# In the order in which they are looked through: each makes names equal that those before it left apart.
_WAYS: Mapping[Clash, Callable[[str], str]] = {
    "space": _spaced,
    "width": lambda name: _spaced(_wide(name)),
    "case": str.casefold,
    "kana": _kana,
    "number": _number,
    "plural": _single,
    "word": _word,
}
