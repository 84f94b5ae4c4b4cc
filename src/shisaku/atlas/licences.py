"""From the text of a licence to what it allows; what is not read with certainty allows nothing.

A text is a licence id (SPDX and common spellings), ``A AND B`` (only what both allow), ``A OR B`` (the wider), or a
statement in words as catalogues hold them: pieces joined by ``;``, ``,`` or ``+``, with qualifiers in brackets. Every
piece and every qualifier must be known (see licences.yaml), or the whole is unknown.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache, reduce
from typing import Any

from shisaku.atlas.tables import table
from shisaku.atlas.terms import Terms, unknown
from shisaku.message import say

MAX_CHARS, MAX_BRACKETS = 1000, 8  # a longer or deeper text is no licence, and would only cost time
URL = re.compile(r"https?://(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/([0-9.]+)(?:/.*)?")
BRACKETS = re.compile(r"\(([^()]*)\)")
BETWEEN = re.compile(r"\s*(?:[;,]|\s\+\s|\sAND\s)\s*")


def terms_of(text: str) -> Terms:
    """Return what the licence `text` allows; never raises, and allows nothing where in doubt."""
    text = " ".join(text.split())
    too_much = len(text) > MAX_CHARS or text.count("(") > MAX_BRACKETS
    if not text or too_much or text.lower() in ("unknown", "none", "n/a", "other", "?"):
        return unknown(text[:MAX_CHARS], say("nobody has said under which licence the data is"))
    found = _known(text)
    if found is not None:
        return found
    choices = _apart(text, " OR ")
    if len(choices) > 1:
        return reduce(Terms.either, map(terms_of, choices))
    return _statement(text)


@lru_cache(4096)
def _known(text: str) -> Terms | None:
    """Return the terms of a single licence id or alias, None if it is not one."""
    key = _key(text)
    for name, entry in _book().items():
        if entry["pattern"].fullmatch(key):
            return Terms(
                licence=text,
                kind=entry["kind"],
                uses=frozenset(entry["uses"]),
                reason=say("the licence is known as {name} ({kind})", name=name, kind=entry["kind"]),
                conditions=tuple(entry.get("conditions", ())),
                never=frozenset(entry.get("never", ())),
                evidence=entry["evidence"],
            )
    return None


def _statement(text: str) -> Terms:
    """Read a statement piece by piece; an unknown piece makes the whole unknown."""
    found = [piece for piece in map(_piece, _pieces(text)) if piece is not None]
    if not found:
        return unknown(text, say("it says nothing about the data itself"))
    doubtful = next((piece for piece in found if piece.kind == "unknown"), None)
    withdrawn = next((piece for piece in found if piece.kind == "withdrawn"), None)
    if doubtful is not None and withdrawn is None:
        return unknown(text, doubtful.reason)
    whole = reduce(Terms.both, found)
    return Terms(text, whole.kind, whole.uses, whole.reason, whole.conditions, whole.never, whole.evidence)


def _piece(text: str) -> Terms | None:
    """Return the terms of one piece with its qualifiers, None if it says nothing about the data's use."""
    if text.startswith("(") and text.endswith(")") and BRACKETS.sub("", text[1:-1]).count(")") == 0:
        return terms_of(text[1:-1])
    head = BRACKETS.sub("", text).strip()
    terms = _known(head)
    if terms is None:
        if _is(_key(head), table("licences")["silent"]):
            return None
        return unknown(text, say("“{piece}” is not a licence that is known here", piece=head or text))
    for qualifier in re.split(r"[,;]\s*", ",".join(BRACKETS.findall(text))):
        narrowed = _qualified(terms, head, qualifier)
        if narrowed.kind == "unknown":
            return narrowed
        terms = narrowed
    return terms


def _qualified(terms: Terms, head: str, qualifier: str) -> Terms:
    known, key = table("licences")["qualifiers"], _key(qualifier)
    if not key or key in known["silent"] or _is(key, table("licences")["silent"]):
        return terms
    if key in known["partial"]:
        return unknown(head, say("{licence} covers only a part: {part}", licence=head, part=qualifier))
    if key in known["secondhand"]:
        return unknown(head, say("{licence} is only what a list of others says, not the owner", licence=head))
    narrower = _known(qualifier) or _known(qualifier.removesuffix(" for source"))
    if narrower is None:
        return unknown(head, say("“{piece}” is not a licence that is known here", piece=qualifier))
    return terms.both(narrower)


def _pieces(text: str) -> list[str]:
    """Split a statement at ``;``, ``,``, ``+`` and ``AND``, never inside brackets."""
    held = [bracket.group() for bracket in BRACKETS.finditer(text)]
    bare = BRACKETS.sub("\x00", text.replace("\x00", ""))
    waiting = iter(held)
    return [re.sub("\x00", lambda _: next(waiting), piece) for piece in BETWEEN.split(bare) if piece.strip()]


def _apart(text: str, word: str) -> list[str]:
    """Split at a word outside brackets."""
    bare = BRACKETS.sub("\x00", text.replace("\x00", ""))
    held = iter([bracket.group() for bracket in BRACKETS.finditer(text)])
    return [re.sub("\x00", lambda _: next(held), piece) for piece in bare.split(word)]


def _key(text: str) -> str:
    """Return a text as patterns see it: lower case, one spelling of "licence", "-" for spaces."""
    text = text.strip().lower()
    address = URL.fullmatch(text)
    if address:
        family, version = address.groups()
        return {"zero": f"cc0-{version}", "mark": "public-domain"}.get(family, f"cc-{family}-{version}")
    text = re.sub(r"^licenseref-", "", text)
    return re.sub(r"[\s_]+", "-", re.sub(r"\s*-\s*", "-", text))


def _is(key: str, patterns: list[str]) -> bool:
    return any(re.fullmatch(pattern, key) for pattern in patterns)


@cache
def _book() -> dict[str, dict[str, Any]]:
    held = table("licences")["licences"]
    return {name: {**entry, "pattern": re.compile(entry["pattern"])} for name, entry in held.items()}
