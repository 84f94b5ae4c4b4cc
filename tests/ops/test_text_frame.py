"""A text in a carrier sentence."""

from __future__ import annotations

import pytest
from ops_material import one, reason

from shisaku.core.sample import Part, Sample
from shisaku.ops.text.frame import Frame


def said(text: str, lang: str = "") -> Sample:
    return Sample("t", {"caption": Part.from_text(text, lang)})


def test_the_text_stands_in_the_sentence_without_its_stop_and_in_its_language() -> None:
    made = one(Frame(template="Here is {text}, {0} {name}."), said("A frog.", "en")).parts["sentence"]
    assert made.text == "Here is A frog, {0} {name}."
    assert made.lang == "en"
    ja = one(Frame(template="これは{text}です。", write="ja"), said("カエル。", "ja"))
    assert ja.parts["ja"].text == "これはカエルです。"
    assert ja.parts["ja"].lang == "ja"
    assert ja.id == "t"


def test_an_empty_text_fails_with_its_reason() -> None:
    assert "empty" in reason(Frame(), said("  "))


@pytest.mark.parametrize("template", ["no place", "{text} and {text}", "{name}"])
def test_a_template_without_one_place_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="once"):
        Frame(template=template)
