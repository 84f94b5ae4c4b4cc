"""Ops that ask a model: what they ask, what they take for an answer, and what they do without one."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, cast

import numpy as np
import pytest
from ops_material import image_part, samples, scene, shape

from shisaku.core.back_end import BackEnd
from shisaku.core.drop import Failure
from shisaku.core.sample import Part, Sample
from shisaku.core.transform import Transform
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.models.ask import Answer, Ask, Generator, Role
from shisaku.models.desk import Desk, at
from shisaku.ops.audio.say import Say
from shisaku.ops.image.paint import Paint
from shisaku.ops.pairs.attributes import Attributes
from shisaku.ops.pairs.describe import Describe
from shisaku.ops.text.back_translate import BackTranslate
from shisaku.ops.text.compose import Compose
from shisaku.ops.text.rewrite import Rewrite
from shisaku.ops.text.translate import Translate
from shisaku.store.codecs import decode_table, encode_table


class Scripted:
    """A model that answers as it is told, and keeps what it was asked."""

    backend = "scripted"

    def __init__(self, answer: Callable[[Ask], Answer]) -> None:
        self._answer = answer
        self.asks: list[Ask] = []

    def answer(self, asks: Sequence[Ask]) -> list[Answer]:
        self.asks += asks
        return [self._answer(ask) for ask in asks]


class ScriptedDesk(Desk):
    """A desk with one model in every role."""

    def __init__(self, model: Scripted) -> None:
        super().__init__()
        self.model = model

    def take(self, role: Role, name: str = "") -> Generator:
        return cast("Generator", self.model)


def text(answer: str) -> Callable[[Ask], Answer]:
    return lambda ask: Part.from_text(answer)


def apply(op: Transform, some: Sequence[Sample], model: Scripted, pool: Sequence[Sample] | None = None) -> list[Any]:
    with at(ScriptedDesk(model)):
        made = op.apply(some, [np.random.default_rng(place) for place in range(len(some))], pool)
    return [one[0] if isinstance(one, tuple) else one for one in made]


def reason(outcome: Any) -> str:
    assert isinstance(outcome, Failure)
    return str(outcome.reason)


def test_a_caption_is_asked_for_with_the_slots_drawn() -> None:
    model = Scripted(text("A frog at dusk"))
    op = Describe(prompt="Describe it at {{ light }} for {{ labels['class'] }}", slots={"light": {"dusk": 1}})
    (view,) = apply(op, samples()[:1], model)
    assert view.parts["caption_made"].text == "A frog at dusk"
    assert model.asks[0].prompt == f"Describe it at dusk for {samples()[0].labels['class']}"
    assert (model.asks[0].parts, model.asks[0].purpose) == (("image",), "caption")


def test_only_what_is_missing_is_completed() -> None:
    model = Scripted(text("made"))
    some = samples()[:2]
    bare = Sample("bare", {"image": some[0].parts["image"]})
    out = apply(Describe(write="caption", only_missing=True), [*some, bare], model)
    assert [one.parts["caption"].text for one in out] == [*(one.parts["caption"].text for one in some), "made"]
    assert len(model.asks) == 1


def test_other_words_must_be_others_and_hold_no_taboo() -> None:
    some = samples()[:1]
    same = apply(Rewrite(), some, Scripted(text(some[0].parts["caption"].text.upper() + "!")))
    assert "as it was" in reason(same[0])
    taboo = apply(Rewrite(taboo=("Green",)), some, Scripted(text("A green thing")))
    assert "taboo word Green" in reason(taboo[0])
    model = Scripted(text("Something else"))
    (made,) = apply(Rewrite(style="simple", slots={"length": ["short"]}, taboo=("green",)), some, model)
    assert made.parts["reworded"].text == "Something else"
    assert made.facts["slot:length"] == "short"
    assert "Do not use these words: green." in model.asks[0].prompt


def test_there_and_back() -> None:
    def turned(ask: Ask) -> Answer:
        return Part.from_text(" ".join(reversed(ask.sample.parts[ask.parts[0]].text.split())))

    def marked(ask: Ask) -> Answer:
        return Part.from_text(f"{ask.options['target']}({ask.sample.parts[ask.parts[0]].text})")

    some = samples()[1:3]
    assert "came back as it was" in reason(apply(BackTranslate(), some, Scripted(turned))[0])
    made = apply(BackTranslate(pivot="de"), some, Scripted(marked))
    assert made[0].parts["caption"].text == f"en(de({some[0].parts['caption'].text}))"
    assert "caption_pivot" not in made[0].parts
    assert made[0].facts["pivot"] == "de"
    assert apply(Translate(target="fr"), some, Scripted(marked))[0].parts["translated"].lang == "fr"


def test_half_a_journey_is_a_failure_of_that_sample_alone() -> None:
    def half(ask: Ask) -> Answer:
        gone = "apple" in ask.sample.parts[ask.parts[0]].text
        return (
            Failure(say("No answer"), passing=True) if gone else Part.from_text("x" * (1 + len(ask.options["target"])))
        )

    made = apply(BackTranslate(), samples()[:3], Scripted(half))
    assert [isinstance(one, Failure) for one in made] == [False, True, False]
    assert made[1].passing


def labelled(name: str, label: str, caption: str) -> Sample:
    return Sample(name, {"caption": Part.from_text(caption, "en")}, {"class": label})


def test_examples_are_of_the_label_and_their_samples_are_parents() -> None:
    pool = [labelled(f"p{i}", "frog" if i % 2 else "bird", f"text {i}") for i in range(8)]
    model = Scripted(text("a new frog"))
    op = Compose(examples=2, slots={"mood": ["calm"]}, prompt="{{ mood }} {{ label }}: {{ examples | join(', ') }}")
    (made,) = apply(op, [labelled("s", "frog", "an old frog")], model, pool)
    assert made.parts["caption"].text == "a new frog"
    assert len(made.parents) == 3
    assert {int(one[1:]) % 2 for one in made.parents[1:]} == {1}
    assert [other.id for other, part in model.asks[0].others] == list(made.parents[1:])
    copied = apply(op, [labelled("s", "frog", "an old frog")], Scripted(text("text 1")), pool[:2])
    assert "example back" in reason(copied[0])
    with pytest.raises(RecipeError, match="pool"):
        apply(op, [labelled("s", "frog", "an old frog")], model)


def test_a_painted_picture_leaves_boxes_behind_unless_only_a_part_was_painted() -> None:
    boxes = Part("table", encode_table({"frame": None, "objects": [{"label": "frog", "box": [1, 1, 5, 5]}]}))
    mask = image_part(np.zeros((64, 64, 3), np.uint8))
    parts = {"image": image_part(shape(1)), "caption": Part.from_text("a frog"), "objects": boxes, "mask": mask}
    some = [Sample("s", parts)]
    answer = Scripted(lambda ask: image_part(scene(2)))
    (whole,) = apply(Paint(start="image"), some, answer)
    (inside,) = apply(Paint(start="mask"), some, answer)
    (fresh,) = apply(Paint(start="text", slots={"light": ["dusk"]}, prompt="{{ text }} at {{ light }}"), some, answer)
    assert not {"objects", "mask"} & set(whole.parts)
    assert inside.parts["objects"] == boxes
    assert [ask.parts for ask in answer.asks] == [("image",), ("image", "mask"), ()]
    assert answer.asks[2].prompt == "a frog at dusk"
    assert fresh.facts["slot:light"] == "dusk"


def test_a_voice_is_drawn_and_told() -> None:
    wave = samples()[0].parts["speech"]
    model = Scripted(lambda ask: wave)
    made = apply(Say(voices=("anna", "ben"), speed_min=0.9, speed_max=1.1), samples(), model)
    assert {one.facts["voice"] for one in made} <= {"anna", "ben"}
    assert all(0.9 <= ask.options["speed"] <= 1.1 for ask in model.asks)


def test_attributes_keep_their_columns() -> None:
    op = Attributes(columns={"side": ["left", "right"], "size_mm": "number"})
    good = {"side": "left", "size_mm": None}
    (view,) = apply(op, samples()[:1], Scripted(text(json.dumps(good))))
    assert decode_table(view.parts["attributes"]) == good
    assert "columns" in reason(apply(op, samples()[:1], Scripted(text('{"side": "left"}')))[0])
    assert "no JSON" in reason(apply(op, samples()[:1], Scripted(text("left")))[0])
    assert op.schema["properties"]["side"] == {"enum": ["left", "right", None]}


@pytest.mark.parametrize(
    ("make", "named"),
    [
        (lambda: Describe(prompt="{{ nobody }}"), "nobody"),
        (lambda: Rewrite(style="loud"), "style"),
        (lambda: Paint(start="dream"), "start"),
        (lambda: Compose(slots={"label": ["x"]}), "label"),
        (lambda: Attributes(columns={"a": "picture"}), "column a"),
        (lambda: BackTranslate(source="de", pivot="de"), "pivot"),
        (lambda: Describe(prompt="{{ facts.__class__ }}"), "_"),
    ],
)
def test_bad_parameters_are_named(make: Callable[[], Transform], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        make()


def test_a_name_that_the_recipe_does_not_have_is_an_error() -> None:
    with at(Desk([BackEnd("writer", "embedded", "rule-rewriter")])), pytest.raises(RecipeError, match="painter"):
        Rewrite(model="painter").apply(samples()[:1], [np.random.default_rng(0)])


def test_the_embedded_rewriter_answers_through_a_name_too() -> None:
    some = samples()[1:2]
    with at(Desk([BackEnd("writer", "embedded", "rule-rewriter")])):
        named = Rewrite(model="writer").apply(some, [np.random.default_rng(3)])
    own = Rewrite().apply(some, [np.random.default_rng(3)])
    assert named[0][0].parts["reworded"].text == own[0][0].parts["reworded"].text  # type: ignore[index, union-attr]


@pytest.mark.parametrize("op", [Rewrite(text="text", write="text", hints=2), Compose(text="text", hints=2)])
def test_hints_show_what_was_said_before_and_whose_words_they_are(op: Rewrite | Compose) -> None:
    source = Sample("a", {"text": Part.from_text("a red bird")}, {"class": "bird"})
    earlier = [
        Sample(f"a/s.{turn}", {"text": Part.from_text(f"bird no {turn}")}, parents=("a",), depth=1) for turn in range(3)
    ]
    model = Scripted(text("something else"))
    knowing = op.heeding({"a": earlier, "b": earlier[:1]})
    with at(ScriptedDesk(model)):
        rngs = [np.random.default_rng(0)]
        (made,) = cast("tuple[Sample]", knowing.apply([source], rngs, [source] if op.pools else None)[0])
    assert "- bird no 1\n- bird no 2\n" in model.asks[0].prompt
    assert "bird no 0" not in model.asks[0].prompt
    assert [one.id for one, _ in model.asks[0].others] == ["a/s.1", "a/s.2"]
    assert made.parents == ("a",)
    assert knowing.fingerprint != op.fingerprint
    assert op.heeding({}).fingerprint == op.fingerprint
    assert model.asks[0].op == op.fingerprint


def test_hints_out_of_range_are_named() -> None:
    with pytest.raises(ValueError, match="hints"):
        Rewrite(hints=-1)
