"""The gate before a run: what the data's licences allow, what a person takes upon them, and what nobody can."""

from __future__ import annotations

import pytest

from shisaku.atlas.catalogue import add
from shisaku.atlas.entry import Entry
from shisaku.atlas.gate import clear
from shisaku.errors import DataError


def test_licences_that_allow_the_use_pass() -> None:
    found = clear({"CC-BY-4.0": 3, "own": 2}, "commercial")
    assert not found.refused
    assert found.notes() == ()
    assert "CC-BY-4.0 (3)" in str(found.said())


@pytest.mark.parametrize("licences", [{"unknown": 1}, {"MIT": 9, "CC-BY-NC-4.0": 1}, {"": 2}, {"whatever": 1}])
def test_one_licence_that_does_not_is_enough_to_refuse(licences: dict[str, int]) -> None:
    with pytest.raises(DataError) as told:
        clear(licences, "commercial")
    assert told.value.exit_code == 5
    assert "data.override" in str(told.value)
    assert "--accept-licence" in str(told.value)


def test_the_licences_of_the_shipped_example_allow_its_use() -> None:
    stamps = {"GPL-2": 365, "public-domain": 116, "CC0-1.0": 72, "CC-BY-SA-3.0": 41, "CC-BY-SA-4.0": 3, "GPL-2+": 1}
    assert not clear(stamps, "commercial").refused


def test_the_declared_use_decides() -> None:
    assert not clear({"CC-BY-NC-4.0": 1}, "research").refused
    with pytest.raises(DataError):
        clear({"own": 1}, "third-party")


def test_a_reason_goes_on_record() -> None:
    found = clear({"unknown": 4}, "commercial", override="the owner agreed by letter")
    assert [n for _, n in found.refused] == [4]
    assert "the owner agreed by letter" in str(found.notes()[0])
    assert found.to_json()["override"] == "the owner agreed by letter"
    with pytest.raises(DataError):
        clear({"unknown": 4}, "commercial", override="  ")


def test_the_atlas_entry_covers_what_has_no_licence_of_its_own() -> None:
    assert not clear({"unknown": 5}, "commercial", source="LibriSpeech").refused
    with pytest.raises(DataError, match="does not allow"):
        clear({"unknown": 5}, "commercial", source="MVTec AD")
    with pytest.raises(DataError):
        clear({"MIT": 5}, "commercial", source="MVTec AD")
    add(Entry("Line 3", "domain", licence="own", own=True))
    assert not clear({"unknown": 1}, "commercial", source="Line 3").refused


def test_no_reason_sends_mimic_to_others() -> None:
    with pytest.raises(DataError, match="No reason lifts this"):
        clear({"unknown": 1}, "third-party", source="MIMIC-CXR", override="the boss said so")
    assert not clear({"unknown": 1}, "research", source="MIMIC-CXR").refused


def test_a_folder_of_the_user_counts_as_their_own_and_says_so() -> None:
    found = clear({"unknown": 7, "MIT": 1}, "commercial", own_if_unsaid=True)
    assert found.assumed == 7
    assert "your own" in str(found.notes()[0])
    with pytest.raises(DataError):
        clear({"CC-BY-NC-4.0": 1}, "commercial", own_if_unsaid=True)
