"""From batches to judges: roles of parts, views that are there already, what has no counterpart among real samples."""

from __future__ import annotations

from shisaku.auditing.detector import Detector
from shisaku.auditing.plan import Contents
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.judging.batch import Batch, batches_of
from shisaku.judging.chain import chains_of, metered
from shisaku.judging.judge import judges
from shisaku.judging.plan import Bench, looks_through
from shisaku.registry.check import check_recipe
from shisaku.registry.doors import OPS, names

STEPS = (
    Step("said", "pairs.caption", ("task",), {"write": "caption_made"}),
    Step("words", "text.reword", ("said",), {"text": "caption_made", "write": "words"}),
    Step("seen", "text.embed", ("words",), {"text": "words"}),
    Step("speech", "audio.speak", ("words",), {"text": "words", "write": "speech"}),
)
RECIPE = Recipe("r", Source("folder", {"path": "x"}), select={"task": {"role": "task"}}, steps=STEPS)
REAL = Contents({"image": "image", "caption": "text"}, {"caption": "en"}, ("class",))
VIEW = Detector("text_features", "text.embed", view=True, langs=("en",))
WANTED = [
    VIEW,
    Detector("copies", "dataset.near_copy", of="text_features"),
    Detector("labels", "dataset.label_agreement", of="text_features"),
    Detector("meaning", "text.similarity", params={"text": "@source", "other": "@made"}),
    Detector("quality", "image.visual_quality"),
    Detector("natural", "audio.naturalness"),
]


def text(words: str) -> Part:
    return Part.from_text(words, "en")


WORDS = Sample(
    "a/words.0", {"caption_made": text("a"), "caption": text("b"), "words": text("c")}, {"class": "x"}, depth=1
)
SPEECH = Sample("a/speech.0", {"words": text("c"), "speech": Part("audio", b"", lang="en")}, depth=2)


def seated(name: str, sample: Sample, real: Contents | None = REAL) -> tuple[Bench, Batch]:
    batch = next(one for one in batches_of(RECIPE, ("words", "speech")) if one.name == name)
    bench = Bench(RECIPE)
    bench.seat(batch, batch.contents([sample], real), real, WANTED)
    return bench, batch


def test_a_batch_knows_what_was_made_of_what_and_its_real_samples() -> None:
    batch = batches_of(RECIPE, ("words",))[0]
    assert batch == Batch("words", ("task",), {"words": "text"}, {"caption_made": "text"})
    assert batch.contents([WORDS], REAL).roles == {
        "made": ["words"],
        "source": ["caption_made"],
        "context": ["caption_made"],
        "changed": ["words"],
    }


def test_judges_read_what_was_made_beside_what_it_was_made_from() -> None:
    bench, batch = seated("words", WORDS)
    assert [judge.name for judge in bench.judges["words"]] == ["meaning", "copies", "labels"]
    steps = {step.name: step for step in bench.recipe.steps}
    assert steps["words.meaning"].params == {"text": "caption_made", "other": "words"}
    check_recipe(bench.recipe)
    assert batch.real == ("task",)


def test_a_view_that_is_there_is_looked_through_again_and_real_samples_stand_in_by_kind() -> None:
    bench, _ = seated("words", WORDS)
    steps = {step.name: step for step in bench.recipe.steps}
    assert steps["words.copies"].source == ("seen",)
    assert steps["words.copies"].reference == "task.text_features"
    assert steps["task.text_features"].params == {"text": "caption"}
    copies = next(judge for judge in bench.judges["words"] if judge.name == "copies")
    assert looks_through(copies, bench.recipe) == "text.embed (minilm-l6)"


def test_real_samples_are_judged_alike_among_themselves() -> None:
    bench, _ = seated("words", WORDS)
    labels = next(judge for judge in bench.judges["words"] if judge.name == "labels")
    twin = next(step for step in bench.recipe.steps if step.name == labels.twin)
    assert (twin.source, twin.reference) == (("task.text_features",), "task.text_features")


def test_what_does_not_fit_is_told_and_not_cooked() -> None:
    bench, _ = seated("speech", SPEECH)
    assert [judge.name for judge in bench.judges["speech"]] == ["natural"]
    assert any("nothing new that these judges can read" in str(told) for told in bench.told["speech"])
    alone, _ = seated("words", WORDS, None)
    assert [judge.name for judge in alone.judges["words"]] == ["meaning"]
    assert "No real samples to compare words with, so these did not judge: copies, labels" in map(
        str, alone.told["words"]
    )


def test_judges_without_their_op_are_left_out_with_what_rests_on_them() -> None:
    there = [name for name in names(OPS) if name not in ("image.embed", "audio.wer")]
    known, told = judges(there)
    assert {one.op for one in known} <= set(there)
    assert "image_features" not in {one.of for one in known}
    assert "audio.wer, image.embed" in str(told[0]) or "image.embed" in str(told[0])
    every = judges(names(OPS))[0]
    assert {"quality", "near_copy_image", "agreement_text", "support_text", "wer"} <= {one.name for one in every}


def test_a_chain_is_read_in_one_space() -> None:
    (hops,) = chains_of(RECIPE)
    assert [(hop.stream, hop.part, hop.kind) for hop in hops] == [
        ("task", "image", "image"),
        ("said", "caption_made", "text"),
        ("words", "words", "text"),
        ("speech", "speech", "audio"),
    ]
    bench = Bench(RECIPE)
    held = {"task": REAL, "speech": Contents({"speech": "audio"}, {"speech": "en"})}
    words = Contents({"caption_made": "text", "words": "text"}, {"caption_made": "en", "words": "en"})
    chain, told = metered(hops, lambda stream: held.get(stream, words), bench.add)
    assert told == []
    assert chain is not None
    ops = {step.name: step.op for step in bench.recipe.steps}
    assert [ops[name] for name in chain.meaning] == ["pairs.conse", "text.embed", "text.embed", "text.embed"]
    assert chain.meaning[2] == "seen"
    check_recipe(bench.recipe)


def test_a_mixed_chain_in_another_language_says_why_it_is_not_read() -> None:
    (hops,) = chains_of(RECIPE)
    japanese = Contents({"caption_made": "text"}, {"caption_made": "ja"})
    chain, told = metered(hops, lambda stream: japanese, Bench(RECIPE).add)
    assert chain is None
    assert "English" in str(told[0])


BESIDE = [
    Detector("self_bleu", "text.self_bleu"),
    Detector("text_gap", "text.attribute_gap"),
    Detector("exact_copy_text", "dataset.exact_leak", params={"kind": "text"}),
    Detector("exact_copy_image", "dataset.exact_leak", params={"kind": "image"}),
]


def beside(real: Contents) -> tuple[list[str], dict[str, Step], Bench]:
    batch = batches_of(RECIPE, ("words",))[0]
    bench = Bench(RECIPE)
    bench.seat(batch, batch.contents([WORDS], real), real, BESIDE)
    check_recipe(bench.recipe)
    return [judge.name for judge in bench.judges["words"]], {step.name: step for step in bench.recipe.steps}, bench


def test_real_samples_show_their_part_under_the_name_it_has_in_the_batch() -> None:
    found, steps, _ = beside(REAL)
    assert found == ["self_bleu", "text_gap", "exact_copy_text"]
    assert (steps["task.words"].op, steps["task.words"].source) == ("dataset.alias", ("task",))
    assert steps["task.words"].params == {"part": "caption", "kind": "text", "write": "words"}
    assert {steps[f"words.{name}"].reference for name in found} == {"task.words"}
    assert steps["task.exact_copy_text"].params["part"] == "caption"
    assert steps["task.exact_copy_text"].reference == "task.words"


def test_a_part_of_that_name_needs_no_other_and_none_is_guessed_among_several() -> None:
    same = Contents({"image": "image", "words": "text", "caption": "text"}, {"words": "en", "caption": "en"})
    found, steps, _ = beside(same)
    assert found == ["self_bleu", "text_gap", "exact_copy_text"]
    assert steps["words.self_bleu"].reference == "task"
    several = Contents({"title": "text", "caption": "text"}, {"title": "en", "caption": "en"})
    assert beside(several)[0] == []
    assert beside(Contents({"words": "image", "caption": "text"}, {"caption": "en"}))[0] == [], "the name is taken"


def test_a_sound_made_of_a_sound_keeps_its_voice_and_its_words() -> None:
    recipe = Recipe(
        "s",
        Source("folder", {"path": "x"}),
        steps=(
            Step("far", "audio.room", ("data",), {"audio": "speech"}),
            Step("said", "audio.speak", ("data",), {"text": "caption", "write": "voice_over"}),
        ),
    )
    real = Contents({"speech": "audio", "caption": "text"}, {"speech": "en", "caption": "en"})
    wanted = judges(names(OPS))[0]
    speech = Part("audio", b"", lang="en")
    far = Sample("a/far.0", {"speech": speech, "caption": text("b")}, depth=1)
    said = Sample("a/said.0", {"voice_over": speech, "caption": text("b")}, depth=1)
    seats = {}
    for batch, sample in zip(batches_of(recipe, ("far", "said")), (far, said), strict=True):
        bench = Bench(recipe)
        bench.seat(batch, batch.contents([sample], real), real, wanted)
        check_recipe(bench.recipe)
        seats[batch.name] = {judge.name for judge in bench.judges[batch.name]}
        trip = next(step for step in bench.recipe.steps if step.name == f"{batch.name}.round_trip_speech")
        assert trip.params["said"] == "caption"
    assert "voice_kept" in seats["far"]
    assert "voice_kept" not in seats["said"], "a text has no voice to keep"
    assert "duplicate_rate_alike_sound" in seats["far"]
