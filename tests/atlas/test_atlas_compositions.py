"""Use cases: the templates fit their schema, every name is in the atlas, and the licences are beside the data."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from shisaku.atlas.catalogue import built_in
from shisaku.atlas.compositions import OWN, UseCase, compose, use_cases
from shisaku.atlas.rights import rights_of
from shisaku.atlas.tables import table
from shisaku.errors import DataError

STAGES = ["poc", "fine-tune", "scale"]
KNOWN = {entry.name: entry for entry in built_in()}


def test_four_use_cases_by_three_stages_and_every_name_resolves() -> None:
    assert set(use_cases()) == {"medical", "driving", "inspection", "speech"}
    for name, case in use_cases().items():
        assert list(case.stages) == STAGES, name
        for layers in case.stages.values():
            assert set(layers) == {"general", "task", "domain"}
            for dataset in (one for held in layers.values() for one in held):
                assert dataset == OWN or dataset in KNOWN, dataset


@pytest.mark.parametrize("name", ["medical", "driving", "inspection", "speech"])
def test_a_template_holds_together(name: str) -> None:
    case = use_cases()[name]
    parts = {part.name for part in case.parts} | {"record"}
    assert set(case.sync.between) <= parts | {"log"}
    assert case.key in case.split.by
    assert case.forbidden
    assert "own" in case.stages["poc"]["domain"]


def test_the_keys_are_those_of_the_field() -> None:
    assert {name: case.key for name, case in use_cases().items()} == {
        "medical": "patient", "driving": "drive", "inspection": "lot", "speech": "speaker",
    }  # fmt: skip
    driving = use_cases()["driving"]
    assert {part.kind for part in driving.parts} == {"image", "points", "table"}
    assert driving.sync.tolerance == pytest.approx(0.01)


def test_a_misspelt_template_is_refused() -> None:
    held = table("compositions")["use_cases"]["speech"]
    with pytest.raises(ValidationError):
        UseCase.model_validate({**held, "tolerence": 1})
    with pytest.raises(ValidationError):
        UseCase.model_validate({**held, "stages": {"pilot": held["stages"]["poc"]}})


def test_the_matrix_says_what_the_licence_allows() -> None:
    held = compose("driving", "scale", "commercial")["driving"]["stages"]["scale"]["domain"]
    allowed = {one["name"]: one["allowed"] for one in held}
    assert allowed["ZOD (Zenseact Open Dataset)"]
    assert not allowed["Waymo Open (Perception)"]
    assert allowed[OWN]
    for use in ("commercial", "research"):
        for case in compose(use=use).values():  # type: ignore[arg-type]
            for one in (one for layers in case["stages"].values() for held in layers.values() for one in held):
                if one["name"] != OWN:
                    assert one["allowed"] == rights_of(KNOWN[one["name"]]).allows(use)  # type: ignore[arg-type]


def test_unknown_names_are_refused() -> None:
    with pytest.raises(DataError, match="no use case"):
        compose("farming")
    with pytest.raises(DataError, match="no stage"):
        compose("medical", "pilot")
