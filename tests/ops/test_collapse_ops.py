"""Copies, words and features that become the same: over all, over rounds, by prompt, by class."""

from __future__ import annotations

import json
from collections.abc import Sequence

import numpy as np
import pytest
from ops_material import vector_part

from shisaku.core.finding import Finding
from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.errors import RecipeError
from shisaku.ops.dataset.collapse import Collapse
from shisaku.ops.dataset.duplicate_rate import DuplicateRate
from shisaku.ops.rounds import UNKNOWN, round_of, slots_in
from shisaku.ops.text.distinct_n import DistinctN
from shisaku.ops.text.self_bleu import SelfBleu
from shisaku.ops.text.tokens import tokens_of

RNG = np.random.default_rng(0)
WORDS = [f"w{k}" for k in range(300)]


def sample(name: str, turn: int = -1, slot: str = "", parents: tuple[str, ...] = (), **parts: Part) -> Sample:
    facts = {"made_by": json.dumps({"op": "toy", "round": turn})} if turn >= 0 else {}
    facts |= {"slot:light": slot} if slot else {}
    return Sample(name, parts, {"class": name[0]}, facts=facts, parents=parents, depth=len(parents))


def sentence(seed: int, length: int = 8) -> str:
    return " ".join(np.random.default_rng(seed).choice(WORDS, length))


def texts(n: int, start: int = 0) -> list[Sample]:
    return [sample(f"t{start + k:03}", caption=Part.from_text(sentence(start + k), "en")) for k in range(n)]


def rounds(copied: Sequence[float], n: int = 40) -> list[Sample]:
    """Rounds of which such shares are copies of one thing, in words and in features."""
    made = []
    for turn, share in enumerate(copied):
        for k in range(n):
            seed = 5000 if k < share * n else 1000 * turn + k
            row = np.random.default_rng(seed).normal(size=16) + 1e-3 * RNG.normal(size=16)
            parts = {"features": vector_part(row), "caption": Part.from_text(sentence(seed), "en")}
            made.append(sample(f"r{turn}-{k:02}", turn, "night" if k < n // 2 else "day", **parts))
    return made


def real(n: int = 120) -> list[Sample]:
    return [
        sample(
            f"real{k}",
            features=vector_part(np.random.default_rng(9000 + k).normal(size=16)),
            caption=Part.from_text(sentence(9000 + k), "en"),
        )
        for k in range(n)
    ]


def found(op: Metric, made: Sequence[Sample], others: Sequence[Sample] | None = None) -> dict[str, Finding]:
    return {one.name: one for one in op.findings(op.measure(made, others))}


def test_the_round_is_read_from_the_trace_or_from_a_number() -> None:
    assert round_of(sample("a", 3)) == 3
    assert round_of(sample("a")) == UNKNOWN
    for fact, wanted in (("7", 7), ("x", UNKNOWN), ('{"round": true}', UNKNOWN), ("[1]", UNKNOWN), ("-1", UNKNOWN)):
        assert round_of(Sample("a", facts={"generation": fact}), "generation") == wanted
    assert slots_in(sample("a", slot="night")) == ["light=night"]


def test_words_are_those_of_the_language() -> None:
    def tokens(text: str, lang: str) -> list[str]:
        return tokens_of(sample("a", caption=Part.from_text(text, lang)), "caption")

    assert tokens("The Dog's bowl, twice.", "en") == ["the", "dog's", "bowl", "twice"]
    assert tokens("狗在家。", "zh") == ["狗", "在", "家"]


def test_japanese_is_cut_into_morphemes() -> None:
    pytest.importorskip("sudachipy")
    found = tokens_of(sample("a", caption=Part.from_text("カエルが池の中にいる。", "ja")), "caption")
    assert found == ["カエル", "が", "池", "の", "中", "に", "いる"]


def test_self_bleu_rises_with_copies_and_names_them() -> None:
    made = [*texts(40), *(sample(f"u{k:02}", caption=Part.from_text(sentence(3), "en")) for k in range(30))]
    one = found(SelfBleu(), made, real())["self_bleu"]
    assert one.weight == "warn"
    assert one.value is not None
    assert one.low is not None
    assert one.high is not None
    assert one.low <= one.value <= one.high
    assert all(name.startswith("u") or name == "t003" for name in one.samples)
    assert found(SelfBleu(), texts(70), real())["self_bleu"].weight == "note"
    values = {score.sample: score.value for score in SelfBleu().scores(SelfBleu().measure(made, real()))}
    assert values["u00"] == 0.0
    assert values["t005"] > 0.9


@pytest.mark.parametrize("op", [SelfBleu(), DistinctN(), Collapse()])
def test_too_few_give_no_figure(op: Metric) -> None:
    for made in ([], rounds([0.0], 12)):
        whole = op.findings(op.measure(made, real()))
        assert [(one.value, one.weight) for one in whole[:1]] == [(None, "note")]
    with pytest.raises(RecipeError):
        op.measure(rounds([0.0]), None)


def test_distinct_words_fall_where_texts_are_copied() -> None:
    same = [sample(f"u{k:02}", caption=Part.from_text(sentence(3), "en")) for k in range(60)]
    poor, rich = found(DistinctN(), [*texts(20), *same], real()), found(DistinctN(), texts(80), real())
    for name in ("distinct_1", "distinct_2", "ead"):
        assert poor[name].weight == "warn"
        assert rich[name].weight == "note"
        assert poor[name].n == rich[name].n == 80
    scores = {one.sample: one.value for one in DistinctN().scores(DistinctN().measure([*texts(2), *same], real()))}
    assert scores["u00"] == 0.0
    assert scores["t000"] == 1.0


FALLING = (0.0, 0.2, 0.4, 0.6, 0.8)


@pytest.mark.parametrize(
    ("op", "names"),
    [
        (Collapse(), ("coverage_over_rounds", "variety_over_rounds", "unlike_over_rounds")),
        (DistinctN(), ("distinct_2_over_rounds", "ead_over_rounds")),
    ],
)
def test_collapse_over_rounds_warns_and_steady_rounds_do_not(op: Metric, names: tuple[str, ...]) -> None:
    falling, steady = found(op, rounds(FALLING), real()), found(op, rounds([0.0] * 5), real())
    for name in names:
        assert falling[name].weight == "warn"
        assert falling[name].value is not None
        assert falling[name].value < 0
        assert len(falling[name].table) == 5
        assert steady[name].weight == "note"
    # One round says nothing about rounds, and samples that nothing tells the round of say less.
    assert found(op, rounds([0.0], 60), real())[names[0]].value is None
    bare = [Sample(one.id, one.parts) for one in rounds([0.0], 60)]
    assert names[0] not in found(op, bare, real())


def test_a_prompt_that_gives_copies_is_named() -> None:
    found_by = found(Collapse(at_least=20), rounds([0.5, 0.5, 0.5]), real())["copies_by_prompt"]
    assert found_by.weight == "warn"
    assert [row["prompt"] for row in found_by.table] == ["light=night", "light=day"]
    assert found(Collapse(at_least=20), rounds([0.0] * 3), real())["copies_by_prompt"].weight == "note"
    by_words = found(DistinctN(at_least=20), rounds([0.5, 0.5, 0.5]), real())["distinct_by_prompt"]
    assert [row["prompt"] for row in by_words.table] == ["light=night", "light=day"]


def test_the_whole_is_compared_with_the_real() -> None:
    poor, rich = found(Collapse(), rounds([0.9] * 2), real()), found(Collapse(), rounds([0.0] * 2), real())
    assert [poor[name].weight for name in ("variety", "unlike")] == ["warn", "warn"]
    assert [rich[name].weight for name in ("variety", "unlike")] == ["note", "note"]
    assert poor["coverage"].value is not None
    assert rich["coverage"].value is not None
    assert poor["coverage"].value < rich["coverage"].value


def rate(parents: Sequence[str], seeds: Sequence[int]) -> dict[str, Finding]:
    made = [
        sample(
            f"{'ab'[k % 2]}{k:03}", parents=(parent,), features=vector_part(np.random.default_rng(seed).normal(size=8))
        )
        for k, (parent, seed) in enumerate(zip(parents, seeds, strict=True))
    ]
    return found(DuplicateRate(), made)


def test_copies_of_siblings_and_of_strangers_are_told_apart() -> None:
    strangers = rate([f"p{k}" for k in range(100)], [k // 4 for k in range(100)])
    (row,) = strangers["duplicate_rate"].table
    assert (row["of_strangers"], row["of_siblings"], row["exact"], row["copies"]) == (75, 0, 75, 75)
    assert strangers["duplicate_rate"].weight == "warn"
    siblings = rate([f"p{k // 4}" for k in range(100)], [k // 4 for k in range(100)])
    (row,) = siblings["duplicate_rate"].table
    assert (row["of_strangers"], row["of_siblings"]) == (0, 75)
    assert siblings["duplicate_rate"].weight == "note"
    assert siblings["duplicate_rate"].value == 0.0


def test_classes_that_repeat_are_named() -> None:
    # Items of even places are of class a; theirs are copies of two, those of b are all different.
    made = rate([f"p{k}" for k in range(120)], [k % 4 if k % 2 == 0 else 100 + k for k in range(120)])
    by_class = made["duplicate_rate_by_class"]
    assert by_class.what.values["classes"] == "a"
    assert [row["class"] for row in by_class.table] == ["a", "b"]
    assert rate([], []) == {}
