"""What gives a label away, ties between labels and attributes, sources in features, slices full of errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from ops_material import image_part, tone, vector_part

from shisaku.core.finding import Finding
from shisaku.core.sample import Part, Sample
from shisaku.core.seed import rng_for
from shisaku.errors import RecipeError
from shisaku.ops.audio.shortcut import Shortcut as SoundShortcut
from shisaku.ops.dataset.association import Association
from shisaku.ops.dataset.error_slices import ErrorSlices
from shisaku.ops.dataset.fields import fields_of
from shisaku.ops.dataset.giveaway import Giveaway
from shisaku.ops.dataset.source_bias import SourceBias
from shisaku.ops.image.shortcut import Shortcut
from shisaku.ops.telling import ToldBy
from shisaku.ops.text.shortcut import Shortcut as TextShortcut
from shisaku.registry.make import make_op
from shisaku.store.codecs import encode_wave


def tied(n: int, strength: float, seed: int = 0, per_entity: int = 1, classes: int = 2) -> list[Sample]:
    """Samples with a class and the fact `device`, which follows the class with that strength."""
    made = []
    for i in range(n):
        rng = rng_for(seed, "tied", f"e{i // per_entity}")
        label = int(rng.integers(classes))
        own = rng.random() < strength
        device = label if own else int(rng.integers(classes))
        made.append(
            Sample(f"s{i:04}", {}, {"class": f"c{label}"}, group=f"e{i // per_entity}", facts={"device": f"d-{device}"})
        )
    return made


def raised(op: ToldBy | Association | SourceBias | ErrorSlices, samples: list[Sample]) -> list[Finding]:
    return [one for one in op.findings(op.measure(samples)) if one.weight != "note"]


def test_a_fact_that_follows_the_label_is_found_and_its_exceptions_named() -> None:
    samples = tied(200, 0.9)
    samples[0] = replace(samples[0], facts={"device": "d-1"}, labels={"class": "c0"})
    (found,) = raised(Giveaway(draws=299), samples)
    assert found.name == "label_given_away"
    assert found.what.values["field"] == "device"
    assert 0.85 < (found.low or 0) < (found.value or 0) < (found.high or 0) <= 1.0
    assert "s0000" in found.samples
    by_id = {one.id: one for one in samples}
    assert all(by_id[name].facts["device"][-1] != by_id[name].labels["class"][-1] for name in found.samples)


def test_a_fact_that_says_everything_is_bad_and_one_that_says_nothing_is_not_raised() -> None:
    assert [one.weight for one in raised(Giveaway(draws=299), tied(120, 1.0))] == ["bad"]
    assert raised(Giveaway(draws=299), tied(120, 0.0)) == []


def test_what_is_missing_tells_too() -> None:
    samples = [replace(one, facts={"note": "seen"} if one.labels["class"] == "c0" else {}) for one in tied(80, 0.0)]
    assert [one.what.values["field"] for one in raised(Giveaway(draws=299), samples)] == ["note"]


def test_a_field_that_spells_the_label_is_a_note() -> None:
    samples = [replace(one, facts={"path": f"train {one.labels['class']}"}) for one in tied(80, 0.0)]
    op = Giveaway(draws=299)
    (found,) = [one for one in op.findings(op.measure(samples)) if one.name == "label_spelt_out"]
    assert found.weight == "note"


def test_entities_are_held_out_whole() -> None:
    # Every entity has a device of its own: known from training rows of the same entity it would tell the label.
    samples = [replace(one, facts={"device": f"of {one.group}"}) for one in tied(200, 0.0, per_entity=10)]
    assert raised(Giveaway(draws=299), samples) == []


def test_one_class_of_many_is_enough() -> None:
    samples = [
        replace(one, facts={"device": "x" if one.labels["class"] == "c3" else "y"}) for one in tied(300, 0.0, classes=6)
    ]
    (found,) = raised(Giveaway(draws=299), samples)
    assert found.what.values["name"] == "c3"


def test_too_little_is_said() -> None:
    op = Giveaway()
    (found,) = op.findings(op.measure(tied(10, 1.0)))
    assert (found.name, found.weight) == ("fields_not_compared", "note")


def test_scores_fall_where_the_field_answers() -> None:
    op = Giveaway(draws=299)
    samples = tied(200, 0.9)
    values = {score.sample: score.value for score in op.scores(op.measure(samples))}
    right = [one.facts["device"][-1] == one.labels["class"][-1] for one in samples]
    assert [values[one.id] == 0.0 for one in samples] == right


def test_fields_of_facts_names_and_sizes() -> None:
    sample = Sample(
        "b_012",
        {"image": Part("image", b"", "x/Set7/b_012.JPG")},
        group="p12",
        facts={"image_size": "400x300", "image_sha256": "00", "role": "own", "site": "A"},
    )
    found = fields_of(sample)
    assert found["image_size_width"] == "400"
    assert found["image_size_aspect"] == "1.333"
    assert (found["file_ending"], found["file_folder"], found["file_number"]) == (".jpg", "Set7", "12")
    assert (found["file_letters"], found["group_letters"], found["site"]) == ("b_#", "p#", "A")
    assert not {"image_sha256", "role"} & set(found)


def pictures(bright: Mapping[str, float]) -> list[Sample]:
    made = []
    for i in range(90):
        label = "abc"[i % 3]
        noise = np.random.default_rng(i).integers(0, 100, (16, 16, 3))
        made.append(
            Sample(f"s{i:03}", {"image": image_part((noise + bright[label]).astype(np.uint8))}, {"class": label})
        )
    return made


def test_a_bright_class_is_found_and_an_even_one_not() -> None:
    found = raised(Shortcut(draws=299), pictures({"a": 0.0, "b": 0.0, "c": 60.0}))
    assert "brightness" in {one.what.values["field"] for one in found}
    assert {one.what.values["name"] for one in found} == {"c"}
    assert raised(Shortcut(draws=299), pictures({"a": 0.0, "b": 0.0, "c": 0.0})) == []


def test_a_longer_class_of_recordings_is_found() -> None:
    samples = [
        Sample(
            f"s{i:03}",
            {"audio": Part("audio", encode_wave(tone(300 + i, 0.3 + 0.3 * (i % 2) + 0.001 * (i % 7)), 16_000))},
            {"class": "ab"[i % 2]},
        )
        for i in range(60)
    ]
    fields = {one.what.values["field"] for one in raised(SoundShortcut(draws=299), samples)}
    assert "duration" in fields


def test_a_class_of_texts_that_ends_in_a_full_stop_is_found() -> None:
    samples = [
        Sample(
            f"s{i:03}",
            {"caption": Part.from_text(f"word {'x' * int(rng_for(0, 'w', str(i)).integers(9))}" + ("." * (i % 2)))},
            {"class": "ab"[i % 2]},
        )
        for i in range(60)
    ]
    fields = {one.what.values["field"] for one in raised(TextShortcut(draws=299), samples)}
    assert "last_character" in fields


def test_ties_are_found_with_counts_that_add_up() -> None:
    (found,) = raised(Association(draws=299), tied(200, 0.8))
    assert found.name == "label_tied_to_attribute"
    assert sum(row["found"] for row in found.table) == 200
    assert sum(row["expected"] for row in found.table) == pytest.approx(200, abs=0.5)
    assert raised(Association(draws=299), tied(200, 0.0)) == []


def test_an_attribute_of_one_value_is_raised_where_it_was_asked_for() -> None:
    samples = [replace(one, facts={"site": "B" if i % 25 == 0 else "A"}) for i, one in enumerate(tied(100, 0.0))]
    (found,) = raised(Association(attributes=("site",), draws=299), samples)
    assert found.name == "attribute_uneven"
    assert found.value == pytest.approx(0.96)


def from_devices(strength: float, shift: float) -> list[Sample]:
    made = []
    for i, one in enumerate(tied(160, strength)):
        row = np.random.default_rng(i).normal(size=8) + 5.0
        row[0] += shift * (one.facts["device"] == "d-1")
        made.append(one.with_part("features", vector_part(row)))
    return made


def test_a_source_in_the_features_weighs_by_its_tie_to_the_label() -> None:
    op = SourceBias(draws=299)
    assert [one.weight for one in raised(op, from_devices(0.9, 6.0))] == ["bad"]
    told = [one for one in op.findings(op.measure(from_devices(0.0, 6.0))) if one.name == "source_in_features"]
    assert [one.weight for one in told] == ["note"]
    assert raised(op, from_devices(0.9, 0.0)) == []


def sliced(rate: float, n: int = 400) -> list[Sample]:
    """Two classes that features tell, four sites, and wrong labels at one of them."""
    made = []
    for i in range(n):
        rng = rng_for(0, "sliced", str(i))
        label, site = int(rng.integers(2)), int(rng.integers(4))
        row = rng.normal(size=6) + 4.0
        row[0] += 5.0 * label
        said = 1 - label if site == 0 and rng.random() < rate else label
        made.append(
            Sample(f"s{i:04}", {"features": vector_part(row)}, {"class": f"c{said}"}, facts={"site": f"site {site}"})
        )
    return made


def test_a_slice_of_wrong_labels_is_found_and_its_members_flagged() -> None:
    op = ErrorSlices()
    state = op.measure(sliced(0.4))
    found = [one for one in op.findings(state) if one.name == "slice_with_errors"]
    assert "site = site 0" in str(found[0].what)
    flagged = [score for score in op.scores(state) if score.issue]
    assert flagged
    assert all(score.group and score.reason for score in flagged)
    sites = {one.id: one.facts["site"] for one in sliced(0.4)}
    assert np.mean([sites[score.sample] == "site 0" for score in flagged]) > 0.9


def test_no_slice_without_errors() -> None:
    op = ErrorSlices()
    state = op.measure(sliced(0.0))
    assert raised(op, sliced(0.0)) == []
    assert not any(score.issue for score in op.scores(state))


def test_few_samples_are_said_to_be_too_few() -> None:
    op = ErrorSlices()
    (found,) = op.findings(op.measure(sliced(0.4, 30)))
    assert found.name == "slices_not_asked"


@pytest.mark.parametrize(
    ("op", "params"),
    [
        ("dataset.giveaway", {"warn_from": 0.9, "bad_from": 0.8}),
        ("image.shortcut", {"image": ""}),
        ("dataset.association", {"most": 1}),
        ("dataset.source_bias", {"told_from": 0.4}),
        ("dataset.error_slices", {"alpha": 0.0}),
    ],
)
def test_thresholds_that_make_no_sense_are_refused(op: str, params: dict[str, object]) -> None:
    with pytest.raises(RecipeError):
        make_op(op, params)
