"""What a run cooked becomes columns; what is unusable is set aside with a number, and strangers are refused."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from lab_material import study

from shisaku.core.arm import Arm
from shisaku.core.dataset import Dataset
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.recipe import Recipe, Source, Step
from shisaku.core.sample import Part, Sample
from shisaku.core.study_spec import Grouping
from shisaku.errors import ContaminationError, DataError
from shisaku.lab.ancestry import Ancestry
from shisaku.lab.data import load
from shisaku.lab.resolve import resolve
from shisaku.lab.streams import seeing_step


class Shelf:
    """Samples in memory."""

    fingerprint = "x"

    def __init__(self, samples: Sequence[Sample]) -> None:
        self.samples = list(samples)

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Sample]:
        return iter(self.samples)

    def ids(self) -> list[str]:
        return sorted(sample.id for sample in self.samples)

    def take(self, ids: Sequence[str]) -> list[Sample]:
        by = {sample.id: sample for sample in self.samples}
        return [by[item] for item in ids]


class Cooked:
    """A run with the streams given."""

    def __init__(self, streams: Mapping[str, Sequence[Sample]], lineage: Sequence[tuple[str, str]] = ()) -> None:
        self.made = {name: Shelf(samples) for name, samples in streams.items()}
        self.lineage = [{"child": child, "parent": parent} for child, parent in lineage]

    def stream(self, name: str) -> Dataset:
        return self.made[name]

    def streams(self) -> Mapping[str, Any]:
        return self.made

    def read_rows(self, table: str) -> list[dict[str, Any]]:
        return list(self.lineage) if table == "lineage" else []


def vector(values: Sequence[float]) -> Part:
    return Part("embedding", np.array(values, dtype="<f4").tobytes())


def sample(name: str, label: str, values: Sequence[float], **more: Any) -> Sample:
    caption = more.pop("caption", "")
    parts = {"features": vector(values), **({"caption": Part.from_text(caption)} if caption else {})}
    return Sample(name, parts, {"class": label} if label else {}, **more)


ZERO = Feature("pairs.zero_shot", {"texts": {}})
SPEC = study(
    domains=(Domain("clean", "resplit"), Domain("photo", "external", stream="photo")),
    primary="clean",
    arms=(Arm("real"), Arm("helpful", add="made"), Arm("zero", scores=ZERO)),
    grouping=Grouping(near=0.95),
)
REAL = [sample("b", "y", [0, 1]), sample("a", "x", [1, 0.0]), sample("c", "x", [1, 0.01]), sample("d", "y", [1, 2])]
BACK = Sample("back", {}, {})
MADE = [
    sample("a/made.0", "x", [1, 1], parents=("a", "back"), group="a", depth=1),
    sample("a/step.0/made.0", "x", [1, 3], parents=("a/step.0",), group="a", depth=2),
]
PHOTO = [sample("p", "x", [5, 0]), sample("q", "y", [0, 5]), sample("r", "other", [1, 1])]
LINEAGE = [("a/made.0", "a"), ("a/made.0", "back"), ("a/step.0/made.0", "a/step.0"), ("a/step.0", "a")]


def cooked(**changes: Sequence[Sample]) -> Cooked:
    scored = [Sample(s.id, {"scores": vector([0.2, 0.8])}) for s in (*REAL, *PHOTO)]
    plain = {
        "data": [*REAL, BACK, *PHOTO],
        "real.image.embed": REAL,
        "made.image.embed": MADE,
        "photo.image.embed": PHOTO,
        seeing_step(ZERO, "real"): scored[:4],
        seeing_step(ZERO, "photo"): scored[4:],
    }
    return Cooked({**plain, **changes}, LINEAGE)


def test_columns() -> None:
    data = load(cooked(), SPEC)
    assert data.real.ids == ("a", "b", "c", "d")  # whatever order they came in
    assert data.real.labels == ("x", "y", "x", "y")
    assert data.real.groups[0] == data.real.groups[2] != data.real.groups[1]
    assert data.notes["merged"] == {"real": [["a", "c"]], "photo": []}
    assert data.streams["made"].parents == (("a", "back"), ("a",))  # the second through its parent's parent
    assert data.pools == {"back"}
    assert data.streams["photo"].ids == ("p", "q")
    assert data.notes["unknown_class"] == {"photo": 1}
    assert data.scores["zero"]["p"].tolist() == pytest.approx([0.2, 0.8])
    np.testing.assert_allclose(data.streams["made"].features, [[1, 1], [1, 3]])
    assert data.notes["near_external"]["photo"] == [["p", "c"], ["q", "b"]] or data.notes["near_external"]["photo"]


def test_order_of_samples_does_not_matter() -> None:
    turned = cooked(**{"real.image.embed": REAL[::-1], "made.image.embed": MADE[::-1]})
    assert load(turned, SPEC).fingerprint == load(cooked(), SPEC).fingerprint


def test_unusable_samples_are_set_aside_with_what_was_made_from_them() -> None:
    broken = [
        REAL[0],
        Sample("a", {}, {"class": "x"}),
        REAL[2],
        sample("d", "", [1, 2]),
        sample("e", "y", [1, float("nan")]),
    ]
    data = load(cooked(**{"real.image.embed": broken}), SPEC)
    assert data.real.ids == ("b", "c")
    assert data.notes["set_aside"] == {"real": 3, "made": 2}


def test_nothing_usable_is_refused() -> None:
    with pytest.raises(DataError, match="class") as caught:
        load(cooked(**{"real.image.embed": [Sample("a"), Sample("b")]}), SPEC)
    assert caught.value.next is not None


def test_features_of_two_lengths_are_refused() -> None:
    with pytest.raises(DataError, match="lengths"):
        load(cooked(**{"real.image.embed": [*REAL, sample("z", "x", [1, 2, 3])]}), SPEC)


@pytest.mark.parametrize(
    "changes",
    [
        {"photo.image.embed": [*PHOTO, REAL[0]]},
        {"made.image.embed": [sample("m", "x", [1, 1], parents=("stranger",), depth=1)]},
        {"made.image.embed": [sample("m", "x", [1, 1], parents=("a", "p"), depth=1)]},
    ],
)
def test_strangers_and_test_items_are_refused(changes: Mapping[str, Sequence[Sample]]) -> None:
    with pytest.raises(ContaminationError):
        load(cooked(**changes), SPEC)


def test_ancestry_reaches_the_roots_and_ends_on_circles() -> None:
    found = Ancestry.of([{"child": "c", "parent": "b"}, {"child": "b", "parent": "a"}, {"child": "c", "parent": "z"}])
    assert found.roots(["c"]) == ("a", "z")
    assert found.roots(["new"]) == ("new",)
    assert found.roots([]) == ()
    circle = Ancestry.of([{"child": "x", "parent": "y"}, {"child": "y", "parent": "x"}])
    assert circle.roots(["x"]) == ()


def test_resolve_adds_what_studies_look_through_once() -> None:
    recipe = Recipe("r", Source("folder"), steps=(Step("made", "image.composite", ("real",)),), studies=(SPEC,))
    found = resolve(recipe)
    assert [(step.name, step.op, step.source) for step in found.steps[1:]] == [
        ("real.image.embed", "image.embed", ("real",)),
        ("photo.image.embed", "image.embed", ("photo",)),
        ("made.image.embed", "image.embed", ("made",)),
        (seeing_step(ZERO, "real"), "pairs.zero_shot", ("real",)),
        (seeing_step(ZERO, "photo"), "pairs.zero_shot", ("photo",)),
    ]
    assert resolve(found) == found
