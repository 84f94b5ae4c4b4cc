"""Japanese predicates between です・ます and だ・である, by morphology."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from shisaku.ops.text.conjugation import HONORIFIC, negative, past, polite_stem, volitional
from shisaku.ops.text.morphemes import Morpheme
from shisaku.ops.text.replaced import Change

POLITE, DA, DEARU = "desu_masu", "da", "dearu"
COPULA = {DA: ("だ", "だった", "だろう"), DEARU: ("である", "であった", "であろう")}
FINAL_PARTICLES = ("か", "ね", "よ", "な", "ぞ", "わ", "さ", "ぜ")
CLAUSE_ENDS = ("が", "けど", "けれど", "けれども", "し", "から")
HIRAGANA = re.compile("[ぁ-ゖー]+")
ENDED = ("終止形-一般", "連体形-一般", "意志推量形")
TA, MASU, DESU, BE, NAI, TAI, NU = (
    "助動詞-タ",
    "助動詞-マス",
    "助動詞-デス",
    "助動詞-ダ",
    "助動詞-ナイ",
    "助動詞-タイ",
    "助動詞-ヌ",
)
NOTHING = Morpheme(0, 0, "", ("",), "", "", "", "", "", known=False)


def changes_to(style: str, words: Sequence[Morpheme]) -> list[Change]:
    """Return what to replace so that the predicates at the ends of clauses are in that style."""
    ends = [place for place in range(len(words)) if _ends_clause(words, place)]
    made = (_polite(words, place) if style == POLITE else _plain(words, place, COPULA[style]) for place in ends)
    return [change for change in made if change is not None]


def _ends_clause(words: Sequence[Morpheme], place: int) -> bool:
    word = words[place]
    ended = word.form.startswith(ENDED) or word.kind == NU  # ません ends in ん
    if word.pos not in ("動詞", "形容詞", "助動詞") or not ended or _glued(words, place):
        return False
    after = words[place + 1] if place + 1 < len(words) else None
    if after is None or (after.pos == "補助記号" and after.text != "、"):
        return True
    return (after.part[1] == "終助詞" and after.text in FINAL_PARTICLES) or (
        after.part[1] == "接続助詞" and after.text in CLAUSE_ENDS
    )


def _glued(words: Sequence[Morpheme], place: int) -> bool:
    """Whether する follows a noun in hiragana: くつした may be 靴下, and is left alone."""
    doing = place - 1 if words[place].kind == TA else place
    return (
        _at(words, doing).base == "する"
        and bool(HIRAGANA.fullmatch(_at(words, doing - 1).text))
        and (_at(words, doing - 1).pos == "名詞")
    )


def _at(words: Sequence[Morpheme], place: int) -> Morpheme:
    return words[place] if 0 <= place < len(words) else NOTHING


def _polite(words: Sequence[Morpheme], place: int) -> Change | None:
    last, before = words[place], _at(words, place - 1)
    wish = last.form.startswith("意志推量形")
    if last.kind in (MASU, DESU, NU) or before.kind in (MASU, DESU):
        return None
    if last.kind == BE:
        return last.start, last.end, "でしょう" if wish else "です"
    if last.base == "ある" and before.kind == BE:
        return before.start, last.end, "でしょう" if wish else "です"
    if last.kind == TA:
        return _polite_past(words, place)
    if last.base == "ない":
        return _polite_negative(words, place, "")
    if _is_adjective(last):
        return last.end, last.end, "です"
    stem = _stem(last)
    return None if stem is None else (last.start, last.end, stem + ("ましょう" if wish else "ます"))


def _polite_past(words: Sequence[Morpheme], place: int) -> Change | None:
    last, word = words[place], _at(words, place - 1)
    if word.kind == BE:
        return word.start, last.end, "でした"
    if word.base == "ある" and _at(words, place - 2).kind == BE:
        return words[place - 2].start, last.end, "でした"
    if word.base == "ない":
        negated = _polite_negative(words, place - 1, "でした")
        return None if negated is None else (negated[0], last.end, negated[2])
    if _is_adjective(word):
        return last.end, last.end, "です"
    stem = _stem(word)
    return None if stem is None else (word.start, last.end, stem + "ました")


def _polite_negative(words: Sequence[Morpheme], place: int, ending: str) -> Change | None:
    """Return the change for ない at `place`; `ending` でした for なかった."""
    word, before = words[place], _at(words, place - 1)
    if word.kind == NAI:
        stem = _stem(before)
        return None if stem is None else (before.start, word.end, f"{stem}ません{ending}")
    if _is_adjective(before):
        whole = "なかった" if ending else word.text
        return word.start, word.end, f"{whole}です"
    return word.start, word.end, f"ありません{ending}"


def _plain(words: Sequence[Morpheme], place: int, copula: tuple[str, str, str]) -> Change | None:
    last, before = words[place], _at(words, place - 1)
    if last.kind == DESU:
        return _plain_copula(words, place, copula)
    if last.kind == TA and before.kind == DESU:
        if _at(words, place - 2).kind == NU and _at(words, place - 3).kind == MASU:
            form = _of_verb(negative, _at(words, place - 4))
            return None if form is None else (words[place - 4].start, last.end, form[:-1] + "かった")
        return before.start, last.end, copula[1]
    if last.kind == MASU:
        verb = before
        form = (
            _of_verb(volitional, verb) if last.form.startswith("意志推量形") else _of_verb(lambda base, _: base, verb)
        )
    elif before.kind == MASU and last.kind in (TA, NU):
        verb = _at(words, place - 2)
        form = _of_verb(past if last.kind == TA else negative, verb)
    else:
        return None
    return None if form is None else (verb.start, last.end, form)


def _plain_copula(words: Sequence[Morpheme], place: int, copula: tuple[str, str, str]) -> Change | None:
    last, before, after = words[place], _at(words, place - 1), _at(words, place + 1)
    if last.form.startswith("意志推量形"):
        return last.start, last.end, copula[2]
    if after.text == "か" or _is_adjective(before) or before.kind == TA or before.base == "ない":
        return last.start, last.end, ""
    return last.start, last.end, copula[0]


def _is_adjective(word: Morpheme) -> bool:
    return word.pos == "形容詞" or word.kind in (TAI, NAI)


def _stem(word: Morpheme) -> str | None:
    return polite_stem(word.base, word.kind)


def _of_verb(form: Callable[[str, str], str | None], word: Morpheme) -> str | None:
    # ございます has no plain form that people would write
    if word.base in HONORIFIC or polite_stem(word.base, word.kind) is None:
        return None
    return form(word.base, word.kind)
