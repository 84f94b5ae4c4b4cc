"""The page of the evidence: what each batch is said to be, side by side with real items, and nothing that can run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from html_parts import Parts
from measure_material import make_evidence
from test_hostile_text import ATTACKS, assert_harmless

from shisaku.report.measure.evidence import Evidence
from shisaku.report.measure.gap import gap_of
from shisaku.report.measure.page import measure_html, write_measure_page
from shisaku.report.measure.shelf import Shelf
from shisaku.report.measure.telling import telling_of
from shisaku.report.render import write_report
from shisaku.store.run import Run


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> tuple[Run, Run]:
    return make_evidence(tmp_path_factory.mktemp("measured") / "run")


@pytest.fixture(scope="module")
def measured_page(measured: tuple[Run, Run]) -> str:
    return write_measure_page(*measured).read_text(encoding="utf-8")


def test_the_first_page_says_state_axes_gap_copies_and_what_to_do(measured_page: str) -> None:
    first = " ".join(Parts(measured_page.partition("<nav")[0]).text.split())
    assert "composite: 8 items, beside 8 real ones. The gate stopped them" in first
    assert "100.0% [63.1%, 100.0%] of 8 samples are issues" in first
    for said in ("Visual quality", "Semantic consistency", "Speech naturalness", "Copies of real items"):
        assert said in first
    assert "it picks the made one in 97 % of cases (95 % interval 93 % to 99 %" in first
    assert "finds most (judges asked: 1): 8 of 8 items" in first
    assert "That is more than among 8 real items" in first
    assert "Not measured: no judge of it fits this batch" in first
    assert "Mend the step composite first: it loses" in first
    assert "restyled: 8 items, a prototype that was not measured" in first


def test_it_shows_everything_that_the_bundle_holds(measured_page: str) -> None:
    text = " ".join(Parts(measured_page).text.split())
    for said in (
        "What gives the made items away: darker",
        "taken for made with a chance of 90 %",
        "It takes 2048 samples",
        "image.embed (efficientnet-lite0)",
        "These judges are not installed: x.y",
        "stays, but a judge could not measure it",
        "judge: dataset.near_copy, above_real: 0.05",
        "composite → speak",
    ):
        assert said in text, said
    bundle = "composite/bundle.json"
    assert bundle in text
    parts = Parts(measured_page)
    assert {"map-b0-1", "classes-b0-1", "drift-0"} <= set(parts.attributes("id"))
    assert set(parts.attributes("data-title-en")) == {"What was made, measured: Few stamps, many backgrounds"}
    assert {uri.split(";")[0] for uri in parts.attributes("src")} <= {"data:image/jpeg", "data:audio/mpeg",
                                                                     "data:audio/wav", "data:image/png"}  # fmt: skip


def test_telling_items_stand_beside_what_they_were_made_from_with_new_parts_alone(measured: tuple[Run, Run]) -> None:
    evidence = Evidence.of(*measured)
    bundle = evidence.measured()["composite"]
    pairs = telling_of(evidence, bundle, Shelf(evidence))
    assert [pair.id for pair in pairs[:3]] == bundle["sets"][0]["samples"]
    assert len({pair.id for pair in pairs}) == len(pairs) > 3
    for pair in pairs:
        assert pair.real is not None
        assert pair.made is not None
        assert pair.real.id == pair.real_id == pair.id.partition("/")[0]
        assert (len(pair.made.images), pair.made.texts, pair.made.sounds) == (1, [], [])
        assert pair.real.texts


def test_what_was_brought_stands_beside_the_nearest_of_its_class_on_the_map(measured: tuple[Run, Run]) -> None:
    run, cooked = measured
    evidence = Evidence(**{**_fields(Evidence.of(run, cooked)), "parents": {}})
    bundle = evidence.measured()["composite"]
    pair = telling_of(evidence, bundle, Shelf(evidence))[1]
    assert not pair.ancestor
    assert pair.real_id == run.stream("data").ids()[1]


def _fields(evidence: Evidence) -> dict[str, object]:
    return {name: getattr(evidence, name) for name in Evidence.__slots__}


def test_a_page_has_only_so_much_room_for_media(measured: tuple[Run, Run]) -> None:
    evidence = Evidence.of(*measured)
    bundle = evidence.measured()["composite"]
    pairs = telling_of(evidence, bundle, Shelf(evidence, budget=0))
    assert not any(side and side.size for pair in pairs for side in (pair.real, pair.made))
    assert pairs[0].real is not None
    assert pairs[0].real.texts


def test_a_gap_that_was_not_asked_for_says_what_it_takes(measured: tuple[Run, Run]) -> None:
    bundle = Evidence.of(*measured).measured()["composite"]
    test = next(row for row in bundle["sets"] if row["name"] == "two_sample")
    quiet = {**test, "name": "two_sample_not_asked", "weight": "note", "what": {"template": "Too few", "values": {}}}
    gap = gap_of({**bundle, "sets": [quiet]}, "g")
    assert [told.en for told in gap.told] == ["Not measured: Too few."]
    assert gap_of({**bundle, "sets": []}, "g").told[0].en.startswith("Not measured: there are no real items")
    alike = gap_of({**bundle, "sets": [{**test, "weight": "note"}]}, "g")
    assert alike.told[0].en.startswith("These items are not shown to be far from real ones")


def test_the_report_of_the_run_names_the_page_where_there_is_one(tmp_path: Path) -> None:
    run, cooked = make_evidence(tmp_path / "run")
    assert "evidence/report.html" not in Parts(write_report(run).read_text(encoding="utf-8")).attributes("href")
    write_measure_page(run, cooked)
    assert "evidence/report.html" in Parts(write_report(run).read_text(encoding="utf-8")).attributes("href")


@pytest.mark.parametrize("attack", ATTACKS)
def test_no_text_of_the_evidence_becomes_markup_or_script(tmp_path: Path, measured_page: str, attack: str) -> None:
    attack = attack.replace("\u0000", "")
    run, cooked = make_evidence(tmp_path / "run", attack)
    recipe = json.dumps({"name": attack, "title": {"en": attack}}, ensure_ascii=False)
    (run.path / "recipe.yaml").write_text(recipe, encoding="utf-8")
    assert_harmless(Parts(measure_html(Evidence.of(run, cooked))), Parts(measured_page))
