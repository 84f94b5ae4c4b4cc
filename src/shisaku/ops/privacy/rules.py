"""All rules over one text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator

from shisaku.ops.privacy.contact import emails, ip_addresses, phones, profiles
from shisaku.ops.privacy.hit import Hit, Kind, apart, masked, plain
from shisaku.ops.privacy.names_en import english_names
from shisaku.ops.privacy.names_ja import japanese_names
from shisaku.ops.privacy.numbers import accounts, cards, ibans, my_numbers, social_security
from shisaku.ops.privacy.places import addresses, birth_dates, plates, postal_codes

# What is surest comes first: of pieces that overlap, the first is kept.
RULES: tuple[Callable[[str], Iterator[Hit]], ...] = (
    profiles, emails, cards, ibans, my_numbers, social_security, accounts, phones, birth_dates, ip_addresses, plates,
    addresses, postal_codes, english_names, japanese_names,
)  # fmt: skip
ANYTHING = re.compile(r"\d|@|://|[A-Z][a-z]|[一-龠ァ-ヴ]")
KANA, HAN = re.compile(r"[ぁ-んァ-ヴ]"), re.compile(r"[一-龠]")
CHINESE = ("zh", "yue")

Piece = tuple[Kind, str]


def pieces(text: str, lang: str = "", kinds: Collection[str] = ()) -> list[Piece]:
    """Return (kind, masked text) of every piece of personal data in a text, by place; `kinds` limits it to some."""
    if not ANYTHING.search(text):
        return []
    one = plain(text)
    found = apart(hit for rule in RULES for hit in rule(one) if _may(rule, one, lang))
    return [(hit.kind, masked(hit.kind, one[hit.start : hit.end])) for hit in found if not kinds or hit.kind in kinds]


def _may(rule: Callable[[str], Iterator[Hit]], text: str, lang: str) -> bool:
    """Chinese text has no Japanese names: kanji alone, in a text said to be Chinese."""
    return rule is not japanese_names or not lang.startswith(CHINESE) or KANA.search(text) is not None
