"""What a licence allows: read with certainty or not at all, and the traps that lists of datasets fall into."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shisaku.atlas.catalogue import built_in, find
from shisaku.atlas.entry import Entry
from shisaku.atlas.licences import terms_of
from shisaku.atlas.rights import rights_of
from shisaku.atlas.tables import table
from shisaku.atlas.terms import CONDITIONS, KINDS, USES

ALL = set(USES)


@pytest.mark.parametrize(
    ("text", "kind", "uses"),
    [
        ("CC0-1.0", "permissive", ALL),
        ("MIT", "permissive", ALL),
        ("LicenseRef-own", "own", ALL - {"third-party"}),
        ("own", "own", ALL - {"third-party"}),
        ("CC BY 4.0", "attribution", ALL),
        ("cc-by-3.0-us", "attribution", ALL),
        ("https://creativecommons.org/licenses/by-sa/4.0/", "share-alike", ALL),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "permissive", ALL),
        ("GPL-2+", "share-alike", ALL),
        ("CC-BY-NC-4.0", "non-commercial", {"research", "redistribution"}),
        ("CC-BY-NC", "non-commercial", {"research", "redistribution"}),
        ("CC-BY-NC-ND-4.0", "non-commercial", {"research"}),
        ("CC-BY-ND-4.0", "restricted", {"commercial", "research"}),
        ("unknown", "unknown", set()),
        ("", "unknown", set()),
        ("CC-BY-4.0-NC", "unknown", set()),
        ("CC BY", "attribution", ALL),
        ("free to use I think", "unknown", set()),
    ],
)
def test_a_licence_allows_what_it_says(text: str, kind: str, uses: set[str]) -> None:
    terms = terms_of(text)
    assert (terms.kind, set(terms.uses)) == (kind, uses)


def test_two_licences_allow_what_both_allow_with_the_conditions_of_both() -> None:
    both = terms_of("CC-BY-SA-4.0 AND CC-BY-NC-4.0")
    assert set(both.uses) == {"research", "redistribution"}
    assert both.kind == "non-commercial"
    assert {"attribution", "share-alike", "non-commercial"} <= set(both.conditions)
    assert terms_of("MIT AND something else").uses == frozenset()
    assert terms_of("(MIT OR Apache-2.0) AND CC-BY-NC-4.0").uses == terms_of("CC-BY-NC-4.0").uses


def test_a_choice_takes_the_wider_licence() -> None:
    assert terms_of("CC-BY-NC-4.0 OR CC-BY-4.0").uses == ALL


@pytest.mark.parametrize(
    "text",
    [
        "CC BY 4.0 (metadata); research use strongly recommended by owner",
        "CC BY 4.0 (taxonomy list)",
        "ODC-BY 1.0 (new contributions)",
        "unknown (repo MIT)",
        "MIT; and a word nobody knows",
        "repo MIT",
        "CDLA",
        "CC BY 4.0 (some other condition)",
    ],
)
def test_a_statement_that_is_not_clear_allows_nothing(text: str) -> None:
    assert terms_of(text).kind == "unknown"
    assert not terms_of(text).uses


PIECES = ["MIT", "(", ")", "OR", "AND", ";", "+", "CC-BY-4.0", ",", "own", "foo"]


@given(st.text(max_size=300) | st.lists(st.sampled_from(PIECES)).map(" ".join))
def test_any_text_is_read_without_an_error(text: str) -> None:
    terms = terms_of(text)
    assert terms.kind in KINDS
    assert terms.uses <= ALL
    assert terms.kind != "unknown" or not terms.uses


@given(st.sampled_from(["MIT", "CC-BY-4.0", "CC-BY-NC-4.0", "own", "nothing known"]), st.data())
def test_and_never_widens(one: str, data: st.DataObject) -> None:
    other = data.draw(st.sampled_from(["CC-BY-SA-4.0", "academic-only", "withdrawn", "GPL-3.0-only"]))
    assert terms_of(f"{one} AND {other}").uses <= terms_of(one).uses & terms_of(other).uses


def test_every_condition_has_words_and_every_override_a_dataset() -> None:
    known = {entry.name for entry in built_in()}
    for override in table("licences")["overrides"]:
        assert set(override["names"]) <= known
        assert override["evidence"]
        assert override["trap"] in range(1, 9)
    for entry in table("licences")["licences"].values():
        assert set(entry.get("conditions", ())) <= set(CONDITIONS)
        assert set(entry["uses"]) <= ALL


def test_trap_1_withdrawn_data_and_what_is_built_on_it_allow_nothing() -> None:
    for name in ("WebVid-10M", "VideoChat instruction data"):
        terms = rights_of(find(name))
        assert (terms.kind, terms.uses) == ("withdrawn", frozenset())


def test_trap_2_the_licence_of_the_code_is_not_that_of_the_data() -> None:
    for name, said in (("AudioCaps", "MIT"), ("WavCaps", "CC-BY-4.0")):
        terms = rights_of(find(name))
        assert set(terms.uses) == {"research"}
        assert "academic-only" in terms.conditions
        assert said in terms.also


def test_trap_3_driving_and_video_sets_are_not_for_commerce_but_zod_is() -> None:
    for name in ("nuScenes", "Waymo Open (Perception)", "Waymo Open (Motion)", "Panda-70M", "HD-VILA-100M",
                 "DriveLM-nuScenes", "NuScenes-QA"):  # fmt: skip
        assert set(rights_of(find(name)).uses) == {"research"}, name
    zod = rights_of(find("ZOD (Zenseact Open Dataset)"))
    assert zod.kind == "share-alike"
    assert zod.allows("commercial")


def test_trap_4_the_owner_wins_and_both_statements_stay() -> None:
    terms = rights_of(find("VisA"))
    assert terms.allows("commercial")
    assert "CC-BY-NC-SA-4.0" in terms.also
    assert any("anomalib" in text for text in terms.also)


def test_trap_5_no_profit_from_the_inspection_sets() -> None:
    for name in ("MVTec AD", "MVTec 3D-AD", "MVTec LOCO AD", "Real-IAD", "BTAD (BTech)", "KolektorSDD"):
        terms = rights_of(find(name))
        assert terms.kind == "non-commercial", name
        assert not terms.allows("commercial"), name


def test_trap_6_an_evaluation_licence_is_not_open_and_a_changed_one_wants_its_revision() -> None:
    assert rights_of(find("SlideVQA")).uses == frozenset()
    omniact = rights_of(find("OmniACT"))
    assert omniact.allows("commercial")
    assert "record-revision" in omniact.conditions
    assert "Apache-2.0" in omniact.also


def test_trap_7_mimic_never_goes_to_others() -> None:
    terms = rights_of(find("MIMIC-CXR"))
    assert set(terms.uses) == {"research"}
    assert {"redistribution", "third-party"} <= terms.never
    assert "credentialed-dua" in terms.conditions


def test_trap_8_generated_texts_carry_the_terms_of_their_generator() -> None:
    generated = ["LLaVA-Instruct-150K", "SVIT", "ALLaVA-4V", "LAMM", "ShareGPT4V-PT", "LLaVA-Med instruct"]
    for name in generated:
        terms = rights_of(find(name))
        assert "generator-terms" in terms.conditions, name
        assert not terms.allows("commercial"), name
    assert not rights_of(Entry("mine", "general", licence="MIT", annotation="GPT-4o", own=True)).allows("commercial")
    assert rights_of(Entry("mine", "general", licence="MIT", annotation="by hand", own=True)).allows("commercial")


def test_what_the_catalogue_leaves_open_allows_nothing() -> None:
    for entry in built_in():
        terms = rights_of(entry)
        if entry.licence.lower().startswith(("unknown", "per source", "mixed", "inherits")) and terms.uses:
            assert entry.name == "NuScenes-QA", entry.name  # known better: its images are nuScenes
