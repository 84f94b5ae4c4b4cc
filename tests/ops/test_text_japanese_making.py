"""Japanese texts changed by morphology: politeness, spelling, synonyms."""

from __future__ import annotations

import sys

import pytest
from ops_material import one, reason

from shisaku.core.sample import Part, Sample
from shisaku.ops.text import morphemes as module
from shisaku.ops.text.conjugation import negative, past, polite_stem, volitional
from shisaku.ops.text.japanese_spelling import KINDS, numeral
from shisaku.ops.text.morphemes import morphemes
from shisaku.ops.text.register import Register
from shisaku.ops.text.synonym_ja import SynonymJa
from shisaku.ops.text.variants_ja import VariantsJa

pytest.importorskip("sudachipy")

OWN = {"医者": ["医師", "ドクター"], "調べる": ["確かめる", "点検する"], "美しい": ["きれいだ", "麗しい"]}


def said(text: str, lang: str = "ja", **labels: str) -> Sample:
    return Sample("t", {"caption": Part.from_text(text, lang)}, labels)


def made(op: Register | VariantsJa | SynonymJa, text: str, seed: int = 0, **labels: str) -> str:
    return one(op, said(text, **labels), seed).parts["caption"].text


@pytest.mark.parametrize(
    ("plain", "polite"),
    [
        ("学校へ行ったが、先生はいなかった。", "学校へ行きましたが、先生はいませんでした。"),
        ("明日は雨だろう。一緒に行こう。", "明日は雨でしょう。一緒に行きましょう。"),
        ("静かではなかった。", "静かではありませんでした。"),
        ("問題ではないから、続ける。", "問題ではありませんから、続けます。"),
        ("赤くない。行きたい。寒かった。", "赤くないです。行きたいです。寒かったです。"),
        ("お金がない。飲んだ。来ない。した。", "お金がありません。飲みました。来ません。しました。"),
        ("食べられなかった。話させた。", "食べられませんでした。話させました。"),
        ("赤い鳥が木にとまっている", "赤い鳥が木にとまっています"),
        ("学生だよ。", "学生ですよ。"),
    ],
)
def test_politeness_goes_there_and_back(plain: str, polite: str) -> None:
    assert made(Register(style="desu_masu"), plain) == polite
    assert made(Register(style="da"), polite) == plain
    assert made(Register(style="desu_masu"), polite) == polite
    assert made(Register(style="da"), plain) == plain


def test_dearu_questions_and_honorifics() -> None:
    assert (
        made(Register(style="dearu"), "学生です。静かでした。雨でしょう。") == "学生である。静かであった。雨であろう。"
    )
    assert made(Register(style="da"), "学生ですか。行きますか。") == "学生か。行くか。"
    assert made(Register(style="da"), "本がございます。") == "本がございます。"
    assert made(Register(style="desu_masu"), "これはペンである。") == "これはペンです。"


def test_a_negation_stays_one() -> None:
    for text in ("行かない。", "行かなかった。", "猫ではない。", "赤くない。", "できない。"):
        polite = made(Register(style="desu_masu"), text)
        assert "ない" in polite or "ません" in polite
        assert made(Register(style="da"), polite) == text


def test_a_protected_predicate_stays() -> None:
    op = Register(style="desu_masu", protect=("走る",))
    assert made(op, "犬が走る。猫が寝る。") == "犬が走る。猫が寝ます。"
    assert made(Register(style="desu_masu"), "犬が走る。", state="走る") == "犬が走る。"
    assert "desu_masu" in reason(Register(style="desu_masu", unchanged="fail"), said("赤い鳥。猫と犬"))


def test_conjugations() -> None:
    assert (past("行く", "五段-カ行"), negative("言う", "五段-ワア行")) == ("行った", "言わない")
    assert (volitional("来る", "カ行変格"), polite_stem("いらっしゃる", "五段-ラ行")) == ("来よう", "いらっしゃい")
    assert (negative("する", "サ行変格"), negative("ある", "五段-ラ行"), past("べし", "文語")) == (
        "しない",
        "ない",
        None,
    )


def test_variants_are_read_back_as_the_same_words() -> None:
    text = "りんごとリンゴと林檎を食べる。会議を行なった。ねこがねむっている。打ち合わせが終わった。"
    op = VariantsJa(kinds=("kana", "okurigana"), share=1.0)
    found = {made(op, text, seed) for seed in range(6)}
    assert text not in found
    assert len(found) > 1
    for new in found:
        assert [one.normal for one in morphemes(new)] == [one.normal for one in morphemes(text)]


def test_variants_touch_no_number_negation_name_or_label_unless_asked() -> None:
    text = "東京の国で3匹の犬は二人に会わない。学校も見えません。"
    for seed in range(6):
        new = made(
            VariantsJa(kinds=("kana", "okurigana", "old", "width"), share=1.0, protect=("学校",)), text, seed, a="犬"
        )
        for kept in ("東京", "3", "二人", "ない", "犬", "学校", "ません"):
            assert kept in new, (kept, new)


@pytest.mark.parametrize(
    ("kind", "text", "ways"),
    [
        ("numbers", "12個", {"１２個", "十二個"}),
        ("numbers", "3.5個と2024-01-02とA4", {"3.5個と2024-01-02とA4"}),
        ("width", "ABC製のカメラ", {"ＡＢＣ製のｶﾒﾗ"}),
        ("width", "ＡＢＣ製のｶﾞﾗｽ", {"ABC製のガラス"}),
        ("old", "国の学校", {"國の學校"}),
        ("okurigana", "会議を行った。", {"会議を行なった。"}),
    ],
)
def test_each_kind_of_variant(kind: str, text: str, ways: set[str]) -> None:
    assert {made(VariantsJa(kinds=(kind,), share=1.0), text, seed) for seed in range(12)} == ways


@pytest.mark.parametrize(
    ("number", "kanji"), [(10, "十"), (110, "百十"), (2024, "二千二十四"), (9999, "九千九百九十九")]
)
def test_numerals_keep_the_value(number: int, kanji: str) -> None:
    assert numeral(number) == kanji


def test_synonyms_keep_endings_particles_and_negations() -> None:
    op = SynonymJa(share=1.0, edict=False, words=OWN)
    found = {made(op, "医者は美しい箱を調べなかった。", seed) for seed in range(8)}
    assert found == {f"{who}は麗しい箱を確かめなかった。" for who in ("医師", "ドクター")}


def test_synonyms_leave_compounds_numbers_and_labels() -> None:
    op = SynonymJa(share=1.0, edict=False, words={**OWN, "三": ["四"], "ない": ["ある"], "猫": ["犬"]})
    for text in ("医者不足だ。", "三が好きだ。", "本がない。"):
        assert made(op, text) == text
    assert made(op, "猫がいる。", animal="猫") == "猫がいる。"
    assert made(op, "猫がいる。") == "犬がいる。"


@pytest.mark.weights
def test_synonyms_of_edict_agree_in_their_glosses() -> None:
    from shisaku.models.loading import load

    edict = load("edict")
    assert "解説" in edict.synonyms("説明")
    assert "使用" in edict.synonyms("利用")
    assert edict.synonyms("猫") == ()
    assert edict.synonyms("説明", 1.0) == ()
    child = one(SynonymJa(share=1.0), said("薬の使用を説明した。"))
    assert child.parts["caption"].text == "薬の利用を解説した。"
    assert child.facts == {"replaced": "使用 -> 利用; 説明 -> 解説"}


@pytest.mark.parametrize(
    "op",
    [
        Register(style="desu_masu", share=0.0),
        VariantsJa(kinds=KINDS, share=0.0),
        SynonymJa(share=0.0, edict=False, words=OWN),
    ],
)
@pytest.mark.parametrize("text", ["医者は薬の使用を説明しなかった。", "12個のりんごを、二人で食べた。"])
def test_nothing_asked_nothing_changed(op: Register | VariantsJa | SynonymJa, text: str) -> None:
    child = one(op, said(text))
    assert child.parts["caption"] == Part.from_text(text, "ja")
    assert child.facts == {}


@pytest.mark.parametrize("op", [Register(style="da"), VariantsJa(), SynonymJa(edict=False, words=OWN)])
def test_other_languages_are_refused_with_a_reason(op: Register | VariantsJa | SynonymJa) -> None:
    assert "Japanese only" in reason(op, said("A frog.", "en"))
    assert "language zh" in reason(op, said("北京大學", ""))


def test_without_the_extra_only_japanese_fails_and_is_told_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sudachipy", None)
    module._tokenizer.cache_clear()
    try:
        assert "pip install 'shisaku[ja]'" in reason(VariantsJa(), said("赤い鳥だ。"))
        assert "Japanese only" in reason(VariantsJa(), said("A frog.", "en"))
        assert one(Register(style="full"), said("It's a frog.", "en")).parts["caption"].text == "It is a frog."
    finally:
        module._tokenizer.cache_clear()


@pytest.mark.parametrize(
    ("op", "params", "named"),
    [
        (VariantsJa, {"kinds": ("braille",)}, "kinds"),
        (VariantsJa, {"kinds": ()}, "kinds"),
        (VariantsJa, {"share": 2.0}, "share"),
        (SynonymJa, {"agreement": 0.0}, "agreement"),
        (SynonymJa, {"edict": False}, "words"),
    ],
)
def test_bad_parameters_are_named(op: type, params: dict[str, object], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        op(**params)
