"""An attestation counts for the content it was made of, and for no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shisaku.core.sample import Part, Sample
from shisaku.guard.redacted import PREFIX, attested, redactions_of
from shisaku.guard.sent import sent


def sample(text: str = "raw") -> Sample:
    return Sample("s", {"note": Part.from_text(text)}, licence="own", consent="signed")


def redacted(one: Sample, text: str, name: str) -> Sample:
    return attested(one, "note", Part.from_text(text), name, "text.mask", 1)


def test_redactions_add_up_along_the_chain() -> None:
    once = redacted(sample(), "masked", "names")
    twice = redacted(once, "masked twice", "numbers")
    assert redactions_of(sample(), "note") == ()
    assert redactions_of(once, "note") == ("names",)
    assert redactions_of(twice, "note") == ("names", "numbers")
    assert sent(twice, "note").redactions == ("names", "numbers")


def test_any_other_change_makes_them_void() -> None:
    once = redacted(sample(), "masked", "names")
    changed = once.with_part("note", Part.from_text("masked, then changed"))
    assert redactions_of(changed, "note") == ()
    assert redactions_of(redacted(changed, "again", "numbers"), "note") == ("numbers",)
    assert redactions_of(once.with_part("note", Part.from_text("raw")), "note") == ()
    assert sent(once, "note", b"another encoding").redactions == ()


@pytest.mark.parametrize("fact", ["", "{}", "[1]", "[{}]", "no json", '[{"redaction": "names"}]', "[" * 5000])
def test_anything_else_in_the_fact_counts_for_nothing(fact: str) -> None:
    one = replace(sample(), facts={PREFIX + "note": fact})
    assert redactions_of(one, "note") == ()
    assert redactions_of(redacted(one, "masked", "names"), "note") == ("names",)


def test_a_part_that_was_taken_over_from_a_real_parent_is_real() -> None:
    real = replace(sample(), parts={"note": Part.from_text("raw"), "caption": Part.from_text("made")})
    facts = {"caption_digital_source_type": "trainedAlgorithmicMedia", "note_digital_source_type": "composite"}
    child = real.child("step", parts=real.parts, facts=facts)
    assert sent(child, "caption").depth == 1
    assert sent(child, "note").depth == 0
    assert sent(real, "caption").depth == 0
    assert sent(child, "note").data == b"raw"
