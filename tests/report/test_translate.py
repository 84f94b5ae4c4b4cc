"""Messages in other languages: the template is the key, the values stay, damage never raises."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.errors import MachineError, Problem, RecipeError
from shisaku.message import Message, say
from shisaku.report.translate import catalogue, error_text, fields, translate
from shisaku.report.words import Words, _, words


def test_a_known_template_is_said_in_japanese_with_its_values() -> None:
    assert translate(say("{n} splits are fewer than {least}: exploratory", n=4, least=6), "ja").startswith(
        "分割数 4 は"
    )


def test_an_unknown_template_and_an_unknown_language_stay_english() -> None:
    assert translate(Message("nobody wrote {this}", {"this": 1}), "ja") == "nobody wrote 1"
    assert translate(say("The file is empty"), "fr") == "The file is empty"


@given(st.text(max_size=40), st.dictionaries(st.text(max_size=5), st.one_of(st.integers(), st.floats(), st.text())))
def test_no_template_or_values_of_a_run_can_raise(template: str, values: dict[str, int | float | str]) -> None:
    assert isinstance(translate({"template": template, "values": values}, "ja"), str)


@pytest.mark.parametrize(
    "template", ["{x.__class__}", "{x[0]}", "{x!r}", "{x:>999999999}", "{missing}", "{", "{x:{y}}"]
)
def test_templates_reach_into_nothing_and_blow_nothing_up(template: str) -> None:
    assert translate({"template": template, "values": {"x": "a", "y": 9}}, "en") == template


def test_damaged_messages_become_text() -> None:
    assert translate({}, "ja") == ""
    assert translate({"template": "The file is empty", "values": None}, "ja") == "ファイルが空です"


@given(st.sampled_from(sorted(catalogue("ja"))))
def test_every_translation_can_be_filled_with_what_its_template_takes(template: str) -> None:
    values: dict[str, str | int | float] = {}
    for _text, name, spec, _conversion in string.Formatter().parse(template):
        if name is not None:
            values[name] = 1.0 if (spec or "")[-1:] in tuple("feg%") else "text" if spec else 1
    assert fields(template) == set(values)
    assert translate(Message(template, values), "ja") == Message("", values).fill(catalogue("ja")[template])


def test_an_error_is_said_whole() -> None:
    problem = Problem(3, "steps[0]", say("It is missing"), say("did you mean {near}?", near="op"))
    error = RecipeError(say("The recipe has {n} problem(s)", n=1), "r.yaml", say("The file is empty"), [problem])
    assert error_text(error, "en") == str(error)
    said = error_text(error, "ja")
    assert said.startswith("r.yaml: レシピに問題が 1 件あります")
    assert "3 行目: steps[0]: 指定がありません(もしかして op ですか?)" in said.replace(" (", "(")
    assert error_text(MachineError(say("The file is empty")), "ja") == "ファイルが空です"


def test_words_carry_words_in_each_language() -> None:
    inner = words(say("The file is empty"))
    outer = _("{name} cannot be read: {cause}", name="a", cause=inner)
    assert outer == Words("a cannot be read: The file is empty", "a を読めません: ファイルが空です")
    assert 'lang="ja"' in outer.__html__()
    assert Words("<b>", "<b>").__html__() == "&lt;b&gt;"
