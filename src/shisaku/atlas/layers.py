"""In which of the three layers a dataset stands, by rules, with the reason; undecided where no rule fits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from shisaku.atlas.catalogue import built_in
from shisaku.atlas.entry import Entry
from shisaku.atlas.tables import table
from shisaku.message import Message, say
from shisaku.stats.proportions import wilson

MEDIA = ("image", "audio", "video")


@dataclass(frozen=True, slots=True)
class Signs:
    """What the rules look at: words about a dataset, and what its records look like (0 and empty: not known)."""

    words: str
    layout: str = ""
    group: str = ""
    n: int = 0
    classes: int = 0
    label: str = ""
    kinds: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """A layer (empty: undecided), the domain where the layer is ``domain``, and why."""

    layer: str
    reason: Message
    domain: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        reason = self.reason.with_text()
        return {"layer": self.layer, "domain": self.domain, "reason": reason}


def classify(signs: Signs) -> Standing:
    """Return where a dataset stands; the first rule that fits decides."""
    return _of_domain(signs) or _by_words(signs) or _by_records(signs)


def _of_domain(signs: Signs) -> Standing | None:
    rules = table("layers")
    if domain := rules["layouts"].get(signs.layout):
        return Standing("domain", say("The format {layout} is used in one domain only", layout=signs.layout), domain)
    for domain, names in rules["groups"].items():
        if signs.group and signs.group.lower() in [name.lower() for name in names]:
            return Standing("domain", say("The group {group} is an entity of a domain", group=signs.group), domain)
    for domain, words in rules["domains"].items():
        if word := _first(words, signs.words):
            reason = say("“{word}” is a word of the domain {domain}", word=word, domain=domain)
            return Standing("domain", reason, domain)
    return None


def _by_words(signs: Signs) -> Standing | None:
    if word := _first(table("layers")["general"], signs.words):
        return Standing("general", say("“{word}” names material for pre-training or instruction tuning", word=word))
    if word := _first(table("layers")["task"], signs.words):
        return Standing("task", say("“{word}” names a task of benchmarks", word=word))
    return None


def _by_records(signs: Signs) -> Standing:
    if signs.classes > 1:
        reason = say("Its records have the label {label} with {n} classes", label=signs.label, n=signs.classes)
        return Standing("task", reason)
    captioned = "text" in signs.kinds and any(kind in signs.kinds for kind in MEDIA)
    if captioned and signs.n >= table("layers")["captions_from"]:
        return Standing("general", say("{n} captioned records without a label", n=signs.n))
    return Standing("", say("No rule fits: nothing says for which domain or task it is"))


@dataclass(frozen=True, slots=True)
class BackTest:
    """How often the rules agree with a catalogue whose layers were decided by people; `interval` is Wilson's, 95 %."""

    n: int
    agree: int
    interval: tuple[float, float]
    disagreements: tuple[Mapping[str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the plain form."""
        return {
            "n": self.n,
            "agree": self.agree,
            "share": self.agree / self.n,
            "interval": list(self.interval),
            "disagreements": [dict(one) for one in self.disagreements],
        }


def back_test(entries: Iterable[Entry] | None = None, *, with_sub_category: bool = True) -> BackTest:
    """Hide the layer of every built-in entry, guess it, and count.

    The sub-category often names the layer (MM-PT, MM-IT); `with_sub_category` false hides it too, which is the
    fairer test of data that nobody has sorted yet.
    """
    held = list(built_in() if entries is None else entries)
    wrong = []
    for entry in held:
        shown = entry if with_sub_category else replace(entry, sub_category="")
        words = " ".join((shown.name, shown.sub_category, shown.modalities, shown.annotation))
        guess = classify(Signs(words))
        if guess.layer != entry.layer:
            wrong.append({"name": entry.name, "layer": entry.layer, "guess": guess.layer, "reason": str(guess.reason)})
    agree = len(held) - len(wrong)
    return BackTest(len(held), agree, wilson(agree, len(held)), tuple(wrong))


def _first(words: list[str], text: str) -> str:
    return next((word for word in words if _pattern(word).search(text)), "")


@lru_cache(1024)
def _pattern(word: str) -> re.Pattern[str]:
    if not word.isascii():  # Japanese writes no spaces
        return re.compile(re.escape(word))
    return re.compile(rf"(?<![A-Za-z0-9]){re.escape(word)}(?![A-Za-z0-9])", re.IGNORECASE)
