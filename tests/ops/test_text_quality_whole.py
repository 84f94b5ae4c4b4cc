"""What is wrong with a text beside the others: language, length, boilerplate, unreadable, translations."""

from __future__ import annotations

import numpy as np
import pytest

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.ops.text.boilerplate import Boilerplate, pieces
from shisaku.ops.text.language import Language
from shisaku.ops.text.length import Length
from shisaku.ops.text.parallel import Parallel
from shisaku.ops.text.surprise import surprises
from shisaku.ops.text.unreadable import Unreadable, keys, readable
from shisaku.stats.mad import mad_z

WORDS = [
    "the",
    "red",
    "bird",
    "sits",
    "on",
    "a",
    "green",
    "tree",
    "near",
    "an",
    "old",
    "house",
    "while",
    "small",
    "dogs",
    "run",
    "behind",
    "it",
    "every",
    "day",
]
ENGLISH = "The man with the umbrella walks slowly along the river."
SPANISH = "El hombre con el paraguas camina despacio junto al río."


def texts(*many: str, lang: str = "") -> list[Sample]:
    return [Sample(f"t{i:03d}", {"caption": Part.from_text(text, lang)}) for i, text in enumerate(many)]


def sentences(n: int, words: int = 8) -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, words)) for _ in range(n)]


def issues(op: Metric, samples: list[Sample]) -> set[str]:
    return {score.sample for score in op.scores(op.measure(samples)) if score.issue}


def test_a_tag_is_what_the_text_is_compared_with() -> None:
    assert issues(Language(), texts(ENGLISH, SPANISH, lang="en-US")) == {"t001"}


def test_without_a_tag_the_majority_counts_and_a_parameter_before_all() -> None:
    many = texts(*[ENGLISH] * 5, SPANISH)
    assert issues(Language(), many) == {"t005"}
    assert issues(Language(expected="es"), many) == {f"t{i:03d}" for i in range(5)}


def test_short_text_is_judged_by_its_script_alone() -> None:
    assert issues(Language(), texts("DVD", "りんご(Sierra Beauty)", "apple", "カエル", "林檎", lang="ja")) == {"t002"}
    assert issues(Language(), texts("Katze", "лягушка", "…", lang="en")) == {"t001"}


def test_languages_are_counted() -> None:
    op = Language()
    (found,) = op.findings(op.measure(texts(ENGLISH, ENGLISH, SPANISH)))
    assert found.table == ({"language": "en", "texts": 2}, {"language": "es", "texts": 1})


def test_odd_lengths() -> None:
    many = texts(*sentences(40), "", "word " * 900)
    assert issues(Length(), many) == {"t040", "t041"}
    assert issues(Length(shortest=0, far=50.0), many) == set()
    assert issues(Length(longest=30, shortest=0, far=50.0), texts("short", "x" * 31)) == {"t001"}


def test_a_line_in_many_records_is_boilerplate_with_its_name() -> None:
    many = [f"{text}\nVisit our shop 2024" if i % 4 == 0 else text for i, text in enumerate(sentences(60))]
    op = Boilerplate()
    state = op.measure(texts(*many))
    assert {s.sample for s in op.scores(state) if s.issue} == {f"t{i:03d}" for i in range(0, 60, 4)}
    (found,) = op.findings(state)
    assert found.table[0] == {"line": "visit our shop 0", "records": 15}
    assert issues(Boilerplate(share=0.5), texts(*many)) == set()


def test_a_record_that_is_nothing_but_the_line_is_no_issue() -> None:
    many = [f"{text}. Visit our shop." for text in sentences(20)] + ["Visit our shop."]
    assert "t020" not in issues(Boilerplate(), texts(*many))


def test_pieces_are_cut_at_sentences_in_both_languages() -> None:
    assert pieces("One. Two!\nThree | Four") == ["one.", "two!", "three", "four"]
    assert pieces("赤い鳥。青い鳥。") == ["赤い鳥。", "青い鳥。"]


def test_random_letters_are_unreadable() -> None:
    rng = np.random.default_rng(1)
    mash = ["".join(rng.choice([*"bcdfghjklmnpqrstvwxz"], 30)) for _ in range(10)]
    many = texts(*sentences(100), *mash, lang="en")
    assert issues(Unreadable(), many) == {f"t{i:03d}" for i in range(100, 110)}


@pytest.mark.parametrize("text", ["asdfgh", "@#$%^&&*", "x" * 60])
def test_unreadable_by_rule_alone(text: str) -> None:
    assert issues(Unreadable(), texts(text)) == {"t000"}


def test_signs_and_keys() -> None:
    assert readable("ab 1") == 1.0
    assert readable("a!") == 0.5
    assert keys("property") == ""
    assert keys("qwertz") == "qwert"


def test_surprise_leaves_the_text_itself_out() -> None:
    bits = surprises([*["abcabcabc"] * 9, "xyzxyzxyz"])
    assert bits[-1] > 3 * bits[0]


def test_a_distance_withstands_a_third_of_odd_values() -> None:
    away = mad_z([*range(20), *[1000] * 9], 0.1)
    assert (away[20:] > 20).all()
    assert (np.abs(away[:20]) < 2).all()
    assert mad_z([], 1.0).size == 0


def pairs(*many: tuple[str, str]) -> list[Sample]:
    return [
        Sample(f"p{i:03d}", {"caption": Part.from_text(one, "en"), "caption_ja": Part.from_text(other, "ja")})
        for i, (one, other) in enumerate(many)
    ]


def test_what_was_not_translated_or_is_far_too_long() -> None:
    good = [(text, "あ" * (len(text) // 3)) for text in sentences(30)] + [(t, "あ" * len(t)) for t in sentences(5, 3)]
    many = pairs(*good, ("A green frog.", "a green frog"), ("A frog.", "あ" * 300), ("DVD", "ＤＶＤ"))
    assert issues(Parallel(), many) == {"p035", "p036"}


def test_short_texts_vote_by_their_script_and_a_minority_never_wins() -> None:
    apples = ("赤いりんご", "りんごの木", "青い鳥", "田中太郎様", "IMG_1234 from a camera of mine")
    assert issues(Language(), texts(*apples)) == {"t004"}
    assert issues(Language(), texts("田中太郎様", "Only one of these can tell a language")) == set()
