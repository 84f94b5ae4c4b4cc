"""English texts changed without a model that writes: synonyms, tables, EDA, register."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from ops_material import CAPTIONS, apply, one, reason

from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.models.wordnet import WordNet
from shisaku.models.wordnet_forms import GERUND, PAST, PLURAL, THIRD, Forms
from shisaku.ops.text.dictionary import Dictionary
from shisaku.ops.text.eda import ACTIONS, Eda
from shisaku.ops.text.register import Register
from shisaku.ops.text.replaced import replaced, with_articles
from shisaku.ops.text.synonym import Synonym
from shisaku.ops.text.untouchable import Untouchable, protected_words

SENTENCES = (
    "A small car is parked near the hospital.",
    "The doctor quickly began to examine the 3 sick children, not the parents.",
    "She bought two large houses without a garden.",
    "The machine in hall 10 never stopped; no automobile left the factory.",
)
NUMBERS = re.compile(r"\d+|\btwo\b")
NEGATIONS = re.compile(r"\b(?:not|no|never|without)\b")


def said(text: str, lang: str = "en", **labels: str) -> Sample:
    return Sample("t", {"caption": Part.from_text(text, lang)}, labels)


def made(op: object, text: str, seed: int = 0, lang: str = "en", **labels: str) -> str:
    return one(op, said(text, lang, **labels), seed).parts["caption"].text  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def net() -> WordNet:
    return WordNet()


@pytest.mark.weights
@pytest.mark.parametrize(
    ("base", "part", "form", "whole"),
    [
        ("automobile", "n", PLURAL, "automobiles"),
        ("goose", "n", PLURAL, "geese"),
        ("policeman", "n", PLURAL, "policemen"),
        ("city", "n", PLURAL, "cities"),
        ("photo", "n", PLURAL, None),
        ("commence", "v", PAST, "commenced"),
        ("stop", "v", PAST, "stopped"),
        ("take", "v", PAST, None),
        ("begin", "v", GERUND, "beginning"),
        ("watch", "v", THIRD, "watches"),
    ],
)
def test_a_form_is_right_or_not_given(net: WordNet, base: str, part: str, form: str, whole: str | None) -> None:
    forms = Forms(net)
    assert forms.form(base, part, form) == whole
    if whole:
        assert (base, part, form) in forms.bases(whole)


@pytest.mark.weights
def test_wordnet_knows_senses_by_frequency(net: WordNet) -> None:
    first = net.senses("car", "n")[0]
    assert first.count > 50
    assert set(net.words(first)) == {"car", "auto", "automobile", "machine", "motorcar"}
    assert net.senses("no such word", "n") == ()
    assert not net.has("no_such_word")


@pytest.mark.weights
def test_a_synonym_keeps_form_case_and_article() -> None:
    op = Synonym(similarity=0.0, share=1.0)
    found = {made(op, "Physicians bought an automobile.", seed) for seed in range(12)}
    assert found == {"Doctors purchased a car.", "Doctors purchased an auto."}
    assert {made(op, "A baby was seen.", seed) for seed in range(12)} == {"A babe was seen.", "An infant was seen."}


@pytest.mark.weights
@pytest.mark.parametrize(
    "op", [Synonym(share=1.0, similarity=0.0), Eda(synonyms=0.5, insert=0.5, swap=0.5, delete=0.9)]
)
@pytest.mark.parametrize("text", SENTENCES)
def test_numbers_negations_and_protected_words_never_change(op: Synonym | Eda, text: str) -> None:
    for seed in range(8):
        new = made(op, text, seed, thing="large_car", who="child")
        for kept in (NUMBERS, NEGATIONS):
            assert kept.findall(new) == kept.findall(text)
        for word in re.findall(r"\b(?:large|car|children)\b", text):
            assert word == "children" or word in new
        if isinstance(op, Synonym) and "children" in text:
            assert "children" in new


@pytest.mark.weights
def test_the_guard_refuses_what_means_something_else() -> None:
    free = {made(Synonym(share=1.0, similarity=0.0), "A frog.", seed) for seed in range(8)}
    assert free != {"A frog."}
    assert {made(Synonym(share=1.0, similarity=0.95), "A frog.", seed) for seed in range(8)} == {"A frog."}
    assert "keeps the meaning" in reason(Synonym(similarity=0.95, unchanged="fail"), said("A frog."))


@pytest.mark.weights
def test_collocations_names_and_ambiguous_words_stay() -> None:
    for text in ("A hot dog stand.", "We met Ms. Car in Paris.", "It can run."):
        assert {made(Synonym(share=1.0, similarity=0.0), text, seed) for seed in range(5)} == {text}


@pytest.mark.weights
@pytest.mark.parametrize("op", [Synonym(share=0.0), Eda(synonyms=0.0, insert=0.0, swap=0.0, delete=0.0)])
@pytest.mark.parametrize("text", [*CAPTIONS, *SENTENCES])
def test_nothing_asked_nothing_changed(op: Synonym | Eda, text: str) -> None:
    child = one(op, said(text))
    assert child.parts["caption"].text == text
    assert child.facts == {}


@pytest.mark.weights
def test_two_runs_are_equal_and_seeds_differ() -> None:
    op = Synonym(share=0.5, similarity=0.5)
    runs = [[made(op, text, seed) for text in SENTENCES for seed in range(4)] for _ in range(2)]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) > len(SENTENCES)


@pytest.mark.weights
@pytest.mark.parametrize("action", ACTIONS)
def test_each_operation_of_eda_does_what_it_is_called(action: str) -> None:
    text = "The modern machine damaged some large houses near the river yesterday"
    op = Eda(**{**dict.fromkeys(ACTIONS, 0.0), action: 0.4})
    child = one(op, said(text), 3)
    new, old = child.parts["caption"].text.split(), text.split()
    assert child.facts == {"eda": action}
    assert new != old
    assert {"synonyms": len(new) == len(old), "insert": len(new) > len(old), "delete": len(new) < len(old)}.get(
        action, sorted(new) == sorted(old)
    )


@pytest.mark.parametrize("op", [Synonym(), Eda(), Register()])
def test_other_languages_are_refused_with_a_reason(op: Synonym | Eda | Register) -> None:
    assert "English only" in reason(op, said("赤い鳥", "ja"))
    assert "English only" in reason(op, said("ein Hund", "de"))
    assert "English" in reason(Register(style="da"), said("A frog.")) or "Japanese only" in reason(
        Register(style="da"), said("A frog.")
    )


def test_a_table_replaces_whole_words_and_longest_entries() -> None:
    op = Dictionary(words={"car": "automobile", "sports car": "roadster", "Tokyo": ["Osaka"]})
    assert made(op, "A Car, a sports car and a cart in tokyo.") == "An Automobile, a roadster and a cart in Osaka."
    child = one(op, said("A car."))
    assert child.facts == {"replaced": "car -> automobile"}
    assert made(op, "A car.", thing="car") == "A car."
    assert made(Dictionary(words={"car": "bus"}, share=0.0), "A car.") == "A car."
    assert "table" in reason(Dictionary(words={"car": "bus"}, unchanged="fail"), said("A dog."))


def test_a_table_in_japanese_matches_where_the_characters_stand() -> None:
    op = Dictionary(words={"傷": ["キズ"], "傷つく": ["傷つく"]})
    assert made(op, "傷がある。傷つく。", lang="ja") == "キズがある。傷つく。"


def test_a_table_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "parts.tsv"
    path.write_text("# trade names\nbolt\tscrew\tfastener\n", encoding="utf-8")
    op = Dictionary(table=str(path), both_ways=True)
    assert made(op, "One fastener") in ("One bolt", "One screw")
    before = op.fingerprint
    path.write_text("bolt\tscrew\n", encoding="utf-8")
    assert Dictionary(table=str(path), both_ways=True).fingerprint != before
    for text, wrong in (("bolt\n", "without equivalents"), ("# nothing\n", "no words")):
        path.write_text(text, encoding="utf-8")
        with pytest.raises(ValueError, match=wrong):
            Dictionary(table=str(path))
    with pytest.raises(ValueError, match="cannot be read"):
        Dictionary(table=str(tmp_path / "absent.csv"))
    with pytest.raises(ValueError, match="words must map"):
        Dictionary(words={"a": []})


@pytest.mark.parametrize(
    ("style", "text", "new"),
    [
        ("contracted", "It is not a cat. Do not touch it.", "It's not a cat. Don't touch it."),
        ("contracted", "I am sure he cannot swim. Yes, it is.", "I'm sure he can't swim. Yes, it is."),
        ("full", "It's not a cat, don't touch it.", "It is not a cat, do not touch it."),
        ("full", "They won't and I can’t.", "They will not and I cannot."),
        ("full", "Don't you see? He's gone. John's car.", "Don't you see? He's gone. John's car."),
        ("american", "A COLOURFUL grey theatre was cancelled.", "A COLORFUL gray theater was canceled."),
        ("british", "The neighbor organized a gray theater while waiting.", None),
        ("formal", "Maybe the kids bought it.", "Perhaps the children purchased it."),
        ("plain", "Perhaps the children purchased it.", "Maybe the kids bought it."),
    ],
)
def test_registers_of_english(style: str, text: str, new: str | None) -> None:
    expected = new or "The neighbour organised a grey theatre while waiting."
    child = one(Register(style=style), said(text))
    assert child.parts["caption"].text == expected
    assert (child.facts.get("register") == style) == (expected != text)
    assert made(Register(style=style, share=0.0), text) == text


def test_spelling_goes_there_and_back() -> None:
    text = "The neighbour realised that the colour of the grey tumour fibre was modelled."
    assert made(Register(style="british"), made(Register(style="american"), text)) == text


def test_a_label_keeps_its_spelling() -> None:
    assert made(Register(style="american"), "A grey colour", colour="grey") == "A grey color"
    assert "style" in reason(Register(style="american", unchanged="fail"), said("A dog"))


def test_untouchable_stretches() -> None:
    text = "The 3 cars at http://a.b/car do not stop {car} car-free, mice"
    held = Untouchable(text, protected_words(said("", thing="mice_trap"), ["stop"]))
    for word in ("3", "http://a.b/car", "not", "stop", "{car}", "mice"):
        place = text.index(word)
        assert not held.free(place, place + len(word)), word
    assert held.free(text.index("cars"), text.index("cars") + 4)


def test_articles_follow_only_changed_words() -> None:
    assert with_articles("a auto, a apple, an hour", ["auto"]) == "an auto, a apple, an hour"
    assert with_articles("an unicorn, a hour, an one-way street", ["unicorn", "hour", "one-way"]) == (
        "a unicorn, an hour, a one-way street"
    )
    assert replaced("abc", [(0, 1, "xx"), (2, 3, "")]) == "xxb"


def test_missing_weights_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    from shisaku.errors import WeightsError

    with pytest.raises(WeightsError, match="wordnet"):
        WordNet()


@pytest.mark.parametrize(
    ("op", "field", "value"),
    [
        (Synonym, "share", 1.5),
        (Synonym, "similarity", -0.1),
        (Synonym, "unchanged", "drop"),
        (Eda, "swap", 2.0),
        (Register, "style", "royal"),
        (Dictionary, "share", -1.0),
    ],
)
def test_bad_parameters_are_named(op: type, field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        op(**{field: value})


def test_a_failure_loses_no_row() -> None:
    batch = [said("A dog."), Sample("u", {}), said("Cars")]
    outcomes = apply(Register(), batch)
    assert [isinstance(outcome, Failure) for outcome in outcomes] == [False, True, False]
