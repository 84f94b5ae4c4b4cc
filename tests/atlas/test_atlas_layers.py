"""The layer of a dataset by rules, each with its reason, and how often the rules agree with people."""

from __future__ import annotations

import pytest

from shisaku.atlas.layers import Signs, back_test, classify
from shisaku.stats.proportions import wilson


@pytest.mark.parametrize(
    ("signs", "layer", "domain", "why"),
    [
        (Signs("export", layout="dicom"), "domain", "medical", "dicom"),
        (Signs("log", layout="nuscenes"), "domain", "driving", "nuscenes"),
        (Signs("data", group="patient_id", classes=2, label="finding"), "domain", "medical", "patient_id"),
        (Signs("bilder", group="lot"), "domain", "inspection", "lot"),
        (Signs("外観検査 ライン3"), "domain", "inspection", "検査"),
        (Signs("my weld pictures"), "domain", "inspection", "weld"),
        (Signs("web alt-text crawl"), "general", "", "alt-text"),
        (Signs("dialogue benchmark of 2024"), "task", "", "benchmark"),
        (Signs("photos", classes=3, label="class", n=60), "task", "", "3 classes"),
        (Signs("dump", n=20_000, kinds=("image", "text")), "general", "", "20000 captioned"),
        (Signs("dump", n=20, kinds=("image", "text")), "", "", "No rule"),
        (Signs("photos", n=50, kinds=("image",)), "", "", "No rule"),
    ],
)
def test_each_rule_gives_its_layer_and_its_reason(signs: Signs, layer: str, domain: str, why: str) -> None:
    found = classify(signs)
    assert (found.layer, found.domain) == (layer, domain)
    assert why in str(found.reason)


def test_words_are_whole_words() -> None:
    assert classify(Signs("a scarf")).layer == ""
    assert classify(Signs("serial numbers of slots")).layer == ""


def test_the_rules_agree_with_the_catalogue_as_far_as_printed(capsys: pytest.CaptureFixture[str]) -> None:
    listed, bare = back_test(), back_test(with_sub_category=False)
    with capsys.disabled():
        for name, result in (("as listed", listed), ("without sub-category", bare)):
            low, high = result.interval
            print(f"\nlayers {name}: {result.agree}/{result.n} agree [{low:.3f}, {high:.3f}]", end="")
    assert listed.n == bare.n == 136
    assert listed.agree + len(listed.disagreements) == listed.n
    # The sub-category often names the layer, so this says little; without it the rules know about half.
    assert listed.interval[0] > 0.8
    assert bare.agree < listed.agree
    assert all(one["layer"] != one["guess"] for one in bare.disagreements)


def test_wilson_is_the_known_interval() -> None:
    low, high = wilson(0, 10)
    assert low == 0.0
    assert high == pytest.approx(0.2775, abs=1e-4)
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(131, 136)[1] <= 1
    with pytest.raises(ValueError, match="needs"):
        wilson(3, 2)
