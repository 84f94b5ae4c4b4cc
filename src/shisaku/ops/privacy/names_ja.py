"""Names of persons in Japanese text: a cue says where to look, a dictionary whether it is a name."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from typing import Any

from shisaku.ops.privacy.hit import Hit

NAME = r"[一-龠々ヶぁ-んァ-ヴー]"
FORM = re.compile(
    r"(?:氏名|お名前|(?<![一-龠ァ-ヶ])名前|患者名|担当者?名?|署名|宛名|申込者|契約者|保護者|代表者|名義人?)[:は] ?"
    r"(?P<name>[一-龠々ヶ]{1,4}[ 　]?[一-龠々ぁ-んァ-ヴー]{1,5}|[ァ-ヴー]{2,8}[ 　・][ァ-ヴー]{2,8})(?=$|[\s、。,()])"
)
HONORIFIC = re.compile(r"(?:さん|様|さま|氏|くん|君|ちゃん|先生|殿|教授|社長|部長|課長|選手|議員)(?![一-龠])")
INTRODUCED = re.compile(r"(?:私は|わたしは|僕は|名前は)")
CLOSED = re.compile(r"(?:と申します|といいます|と言います)")
ANY_CUE = re.compile(
    f"{HONORIFIC.pattern}|{INTRODUCED.pattern}|{CLOSED.pattern}|氏名|患者|担当|住所|電話|生年月日|連絡先"
)
PERSON, FAMILY, GIVEN = "名詞,固有名詞,人名", "名詞,固有名詞,人名,姓", "名詞,固有名詞,人名,名"
LONGEST = 2_000  # characters around a text's cues that are taken apart

_lock = threading.Lock()


def japanese_names(text: str) -> Iterator[Hit]:
    """Give names in the fields of a form; and, with the extra ``ja``, those that Janome's dictionary knows.

    The dictionary is asked only where a word nearby speaks of a person (an honorific, a form's word), and believed
    for a surname with a given name, or a name before an honorific. Without the extra only forms are read.
    """
    for found in FORM.finditer(text):
        yield Hit("name", *found.span("name"))
    if not ANY_CUE.search(text) or find_spec("janome") is None:
        return
    tokens = list(_tokens(text[:LONGEST]))
    for place, (start, end, tags) in enumerate(tokens):
        if not tags.startswith(PERSON):
            continue
        follower = tokens[place + 1] if place + 1 < len(tokens) else None
        if tags.startswith(FAMILY) and follower and follower[2].startswith(GIVEN) and follower[0] - end <= 1:
            yield Hit("name", start, follower[1])
        elif HONORIFIC.match(text, end) and end - start > 1:
            yield Hit("name", start, end)


def _tokens(text: str) -> Iterator[tuple[int, int, str]]:
    """Give (start, end, tags) of every token."""
    place = 0
    with _lock:
        found = [(token.surface, token.part_of_speech) for token in _janome().tokenize(text)]
    for surface, tags in found:
        start = text.find(surface, place)
        place = start + len(surface) if start >= 0 else place
        if start >= 0:
            yield start, place, tags


@cache
def _janome() -> Any:
    from janome.tokenizer import Tokenizer

    return Tokenizer()
