"""A piece of personal data found in a text, and how it is told without being repeated."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from shisaku.ops.limits import one_of

Kind = Literal[
    "email", "phone", "postal_code", "address", "card", "my_number", "iban", "ssn", "account", "ip", "url",
    "birth_date", "plate", "name",
]  # fmt: skip
KINDS: tuple[Kind, ...] = get_args(Kind)
# Numbers that open bank accounts or official records: wherever they stand, they must go.
GRAVE: frozenset[Kind] = frozenset({"card", "my_number", "iban", "ssn", "account"})
STAR = "*"
DASHES = re.compile(r"(?<=\d)\s?[‐‑‒–—―−ー－]\s?(?=\d)")


@dataclass(frozen=True, slots=True)
class Hit:
    """What was found from `start` to `end` of a text."""

    kind: Kind
    start: int
    end: int


def known_kinds(kinds: Iterable[str]) -> tuple[str, ...]:
    """Return the kinds as a tuple. Raises ValueError for one that is none."""
    for kind in kinds:
        one_of("kinds", kind, KINDS)
    return tuple(kinds)


def plain(text: str) -> str:
    """Return the text in NFKC with one dash between digits: full-width digits and the many dashes are all the same."""
    return DASHES.sub("-", unicodedata.normalize("NFKC", text))


def apart(hits: Iterable[Hit]) -> list[Hit]:
    """Return the hits without those that overlap one of an earlier rule, by place."""
    kept: list[Hit] = []
    for hit in hits:
        if all(hit.end <= other.start or other.end <= hit.start for other in kept):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def masked(kind: Kind, text: str) -> str:
    """Return what may be told of a piece: its shape, and too few of its letters and digits to know it.

    Of a phone number the first three digits and the last two stay, of other numbers the last two, of names and
    addresses the first letter or the prefecture, of an e-mail address the first letter and the last domain.
    """
    if kind == "email":
        name, _, host = text.partition("@")
        top = host.rpartition(".")[2] if len(host) > 6 else ""
        return f"{name[:1] if len(name) > 1 else ''}***@***.{top}"
    if kind in ("address", "name"):
        return _words(text, 3 if kind == "address" and text[2:3] in "都道府県" else 1)
    if kind == "url":
        return re.sub(r"^(\w+://)?(.?).*$", r"\1\2***", text, flags=re.DOTALL)
    if kind == "birth_date":
        return "".join(_some(text, 0, len(text)))
    digits = sum(c.isalnum() for c in text)
    first, last = (3, 2) if kind == "phone" and digits >= 10 else (0, 2 if digits >= 7 else 0)
    return "".join(_some(text, first, digits - last))


def _words(text: str, keep: int) -> str:
    """Keep the first `keep` letters, and hide how long the rest is."""
    first = " ".join(text[:keep].split())
    return first + STAR * 3


def _some(text: str, first: int, last: int) -> Iterator[str]:
    seen = 0
    for c in text:
        if not c.isalnum():
            yield c if c.isprintable() else " "
            continue
        yield c if seen < first or seen >= last else STAR
        seen += 1
