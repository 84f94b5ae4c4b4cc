"""What was asked for by a slot is read back out of the text by a model of its own."""

from __future__ import annotations

import itertools

import pytest

from shisaku.core.sample import Part, Sample
from shisaku.ops.text.conformance import Conformance

SLOTS = {
    "weather": ["rainy", "sunny", "snowy"],
    "mood": ["angry", "calm", "sad"],
    "place": ["kitchen", "forest", "office"],
}
# None of these sentences holds the word of its value.
SAYS = {
    "rainy": ("Water pours down and everybody has an umbrella up.", "Drops beat against the window all day long."),
    "sunny": ("There is not a cloud and the light is bright and warm.", "Blue sky and a glaring, hot afternoon."),
    "snowy": (
        "White flakes cover the road and children build a man with a carrot nose.",
        "Slopes deep in powder.",
    ),
    "angry": (
        "She slams the door and shouts that she has had enough.",
        "He is furious and bangs his fist.",
    ),
    "calm": ("She breathes slowly and smiles in peace.", "He is relaxed and quiet, and in no hurry at all."),
    "sad": ("She weeps because her friend has died.", "He is in tears and grieves over his loss."),
    "kitchen": ("The pan sizzles on the stove beside the sink.", "Flour, an oven and a pot full of soup."),
    "forest": ("Moss grows under tall old trees and a deer looks up.", "A path leads between firs and ferns."),
    "office": (
        "Desks, a printer and people in meetings about spreadsheets.",
        "The manager types at work.",
    ),
}


def sample(place: int, slot: str, value: str, text: str) -> Sample:
    return Sample(f"t{place:03}", {"caption": Part.from_text(text, "en")}, facts={f"slot:{slot}": value})


def planted() -> tuple[list[Sample], list[Sample]]:
    """Sentences that say what was asked for, and the same sentences with another value asked for."""
    good, bad = [], []
    for slot, values in SLOTS.items():
        for value, other in itertools.product(values, values):
            for text in SAYS[value]:
                (good if value == other else bad).append(sample(len(good) + len(bad), slot, other, text))
    return good, bad


@pytest.mark.weights
def test_contradictions_are_found_and_what_conforms_passes() -> None:
    good, bad = planted()
    op = Conformance(slots=SLOTS)
    issues = {score.sample for score in op.scores(op.measure([*good, *bad])) if score.issue}
    assert len(issues & {one.id for one in bad}) >= 0.8 * len(bad)
    assert len(issues & {one.id for one in good}) <= 0.2 * len(good)


@pytest.mark.weights
def test_the_word_itself_conforms_and_reasons_say_what_was_read() -> None:
    op = Conformance(slots=SLOTS)
    state = op.measure([sample(0, "mood", "angry", "An angry man."), sample(1, "mood", "angry", SAYS["calm"][0])])
    first, second = op.scores(state)
    assert (first.value, first.issue, second.value, second.issue) == (1.0, False, 0.0, True)
    assert "mood was to be angry and reads as calm" in str(second.reason)
    assert op.findings(state)[0].n == 2


@pytest.mark.weights
def test_of_a_text_without_slots_nothing_is_asked() -> None:
    op = Conformance(slots=SLOTS)
    plain = Sample("x", {"caption": Part.from_text("A man.", "en")})
    broken = Sample("y", {"caption": Part("text", b"\xff")}, facts={"slot:mood": "calm"})
    assert [(score.sample, score.value) for score in op.scores(op.measure([plain, broken]))] == [("x", 1.0)]
