"""English contractions and full forms, formal and plain words."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from shisaku.ops.text.english_spelling import WORD, spellings
from shisaku.ops.text.replaced import Change

AUXILIARIES = "do|does|did|is|are|was|were|has|have|had|would|could|should|must|might|need"
IRREGULAR = {"won't": "will not", "can't": "cannot", "shan't": "shall not"}
SUBJECTS = "i you he she it we they this that these those there who what"
TAILS = (
    ("i am", "i'm"), *((f"{who} are", f"{who}'re") for who in ("you", "we", "they")),
    *((f"{who} is", f"{who}'s") for who in ("he", "she", "it", "that", "there", "what", "who")),
    *((f"{who} will", f"{who}'ll") for who in ("i", "you", "he", "she", "it", "we", "they")),
    *((f"{who} have been", f"{who}'ve been") for who in ("i", "you", "we", "they")),
)  # fmt: skip
# plain/formal where each fits wherever the other does; plain>formal where the formal one is also another word
WORDS = (
    "buy>purchase", "buys>purchases", "bought/purchased", "buying/purchasing", "started/commenced", "using/utilizing",
    "used/utilized", "maybe/perhaps", "kids/children", "kid/child", "a bit/somewhat", "get in touch with>contact",
    "got in touch with>contacted", "find out/ascertain", "finds out/ascertains", "found out/ascertained",
    "look into/investigate", "looks into/investigates", "looked into/investigated", "looking into/investigating",
    "carry out>conduct", "carries out>conducts", "carried out/conducted", "carrying out/conducting",
    "put off/postpone", "put up with/tolerate", "because of/owing to", "so far>to date",
    "on top of that/moreover", "in the end/ultimately", "right away/immediately", "bigger/larger", "biggest/largest",
    "live in/reside in", "lives in/resides in", "lived in/resided in", "speed up/accelerate", "go up>increase",
    "goes up>increases", "went up/increased", "go down>decrease", "goes down>decreases", "went down/decreased",
    "say sorry/apologize", "make sure/ensure", "makes sure/ensures", "made sure/ensured",
)  # fmt: skip
NOT_AFTER_TO_BE = ("used",)  # "is used to" and "used to" are other words


def english_changes(style: str, text: str) -> list[Change]:
    """Return what to replace so that the text is in that style."""
    return STYLES[style](text)


def _contracted(text: str) -> list[Change]:
    changes = _matched(text, _table(contracted=True), after=r"(?=\s+\w)")
    pattern = re.compile(rf"\b({AUXILIARIES}) not\b", re.IGNORECASE)
    return [*changes, *((found.start(), found.end(), found.group(1) + "n't") for found in pattern.finditer(text))]


def _full(text: str) -> list[Change]:
    # "'s" before a participle may be "has", "'d" may be "had" or "would": both stay
    changes = _matched(text, _table(contracted=False), after=r"(?!\s+(?:been|got|gone|done|had|\w+ed|\w+en)\b)")
    pattern = re.compile(rf"\b((?:{AUXILIARIES})n['’]t)\b(?!\s+(?:{'|'.join(SUBJECTS.split())})\b)", re.IGNORECASE)
    return [*changes, *((found.start(), found.end(), found.group()[:-3] + " not") for found in pattern.finditer(text))]


@cache
def _table(*, contracted: bool) -> dict[str, str]:
    pairs = [*TAILS, *((full, short) for short, full in IRREGULAR.items())]
    return dict(pairs) if contracted else {other: one for one, other in pairs}


def _matched(text: str, table: dict[str, str], after: str = r"\b") -> list[Change]:
    longest = sorted(table, key=len, reverse=True)
    pattern = re.compile(
        rf"(?<![\w'’-])(?:{'|'.join(map(re.escape, longest))})(?![\w'’-]){after}".replace("'", "['’]"), re.I
    )
    return [
        (found.start(), found.end(), _cased(table[found.group().lower().replace("’", "'")], found.group()))
        for found in pattern.finditer(text)
    ]


def _cased(new: str, old: str) -> str:
    if new.startswith(("i ", "i'")) or old[0].isupper():
        return new[0].upper() + new[1:]
    return new


def _spelled(side: int) -> Callable[[str], list[Change]]:
    def changes(text: str) -> list[Change]:
        table = spellings()[side]
        found = ((one, table.get(one.group().lower())) for one in WORD.finditer(text))
        return [(*one.span(), _like(new, one.group())) for one, new in found if new]

    return changes


def _like(new: str, old: str) -> str:
    return new.upper() if old.isupper() else _cased(new, old)


def _worded(formal: bool) -> Callable[[str], list[Change]]:
    pairs = [pair.replace(">", "/").split("/") for pair in WORDS if formal or ">" not in pair]
    table = dict(pairs) if formal else {other: one for one, other in pairs}

    def changes(text: str) -> list[Change]:
        made = _matched(text, table)
        before = ((text[:start].lower().split() or [""])[-1] for start, _, _ in made)
        kept = zip(made, before, strict=True)
        return [
            change
            for change, word in kept
            if not (text[change[0] : change[1]].lower() in NOT_AFTER_TO_BE and not _plain_past(text, change, word))
        ]

    return changes


def _plain_past(text: str, change: Change, before: str) -> bool:
    return before in SUBJECTS.split() and not re.match(r"\s+to\b", text[change[1] :])


STYLES: dict[str, Callable[[str], list[Change]]] = {
    "contracted": _contracted,
    "full": _full,
    "american": _spelled(0),
    "british": _spelled(1),
    "formal": _worded(formal=True),
    "plain": _worded(formal=False),
}
