"""What is wrong with tables, and what their columns hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from shisaku.core.metric import Metric
from shisaku.core.sample import Part, Sample
from shisaku.ops.table.about import About
from shisaku.ops.table.cells import kind_of, number_of, rows_of
from shisaku.ops.table.duplicate import Duplicate
from shisaku.ops.table.missing import Missing
from shisaku.ops.table.outlier import Outlier, slip
from shisaku.ops.table.profile import Profile
from shisaku.ops.table.types import Types
from shisaku.store.codecs import encode_table


def tables(*rows: Any) -> list[Sample]:
    return [Sample(f"r{i:03d}", {"table": Part("table", encode_table(row))}) for i, row in enumerate(rows)]


def people(n: int = 60) -> list[dict[str, Any]]:
    rng = np.random.default_rng(0)
    return [{"id": f"P{i}", "height": round(float(rng.normal(1.7, 0.1)), 3), "eyes": "brown", "n": i} for i in range(n)]


def issues(op: Metric, samples: list[Sample]) -> set[str]:
    return {score.sample for score in op.scores(op.measure(samples)) if score.issue}


@pytest.mark.parametrize(
    ("cell", "kind"),
    [
        (None, "missing"),
        ("", "missing"),
        (" NA ", "missing"),
        ("欠損", "missing"),
        ("-", "missing"),
        (float("nan"), "missing"),
        (1, "number"),
        ("1,234.5", "number"),
        ("１２", "number"),
        ("-1e5", "number"),
        (True, "truth"),
        ("false", "truth"),
        ("2024-05-01", "date"),
        ("2024年5月1日", "date"),
        ("12 kg", "text"),
        ("none of these", "text"),
        ("[...]", "other"),
    ],
)
def test_kinds_of_cells(cell: Any, kind: str) -> None:
    assert kind_of(cell) == kind


def test_numbers_in_words() -> None:
    assert number_of("1,234.5") == 1234.5
    assert number_of("１２") == 12.0


def test_rows_are_laid_flat() -> None:
    (sample,) = tables([{"a": {"b": 1}, "c": [1, 2]}, {"a": None}])
    assert rows_of(sample, "table") == [{"a.b": 1, "c": "[...]"}, {"a": None}]


def test_missing_values_are_named_and_counted() -> None:
    rows = people()
    rows[3]["height"], rows[5] = "NA", {"id": "P5", "n": 5}
    op = Missing()
    state = op.measure(tables(*rows))
    found = {score.sample: str(score.reason) for score in op.scores(state) if score.issue}
    assert found == {"r003": "1 values are missing: height", "r005": "2 values are missing: eyes, height"}
    (finding,) = op.findings(state)
    assert finding.table[0] == {"column": "height", "missing": 2, "rows": 60, "share": pytest.approx(2 / 60)}


def test_a_column_that_most_leave_empty_is_nobodys_issue() -> None:
    rows = people()
    rows[0]["note"] = "x"
    assert issues(Missing(), tables(*rows)) == set()


def test_outliers_and_units() -> None:
    rows = people()
    rows[7]["height"] *= 100
    op = Outlier()
    state = op.measure(tables(*rows))
    (found,) = [score for score in op.scores(state) if score.issue]
    assert found.sample == "r007"
    assert "about 100 times the median" in str(found.reason)
    assert op.findings(state) == []
    for i in (8, 9, 10):
        rows[i]["height"] *= 100
    (finding,) = op.findings(op.measure(tables(*rows)))
    assert (finding.name, finding.samples) == ("unit_slip", ("r007", "r008", "r009", "r010"))


@pytest.mark.parametrize("values", [[0.0] * 40 + [5.0] * 20, list(range(60)), [1.0, 2.0] * 30, [3.0] * 60])
def test_columns_without_outliers(values: list[float]) -> None:
    assert issues(Outlier(), tables(*({"x": value} for value in values))) == set()


def test_slips() -> None:
    assert [slip(*pair) for pair in ((1000, 1), (0.002, 2), (3, 2), (-5, 5), (0, 5))] == [1000, 0.001, 1, 1, 1]


def test_mixed_kinds() -> None:
    rows = people()
    rows[2]["height"], rows[4]["height"] = "tall", "NA"
    assert issues(Types(), tables(*rows)) == {"r002"}


def test_keys_and_rows_that_come_twice() -> None:
    rows = people()
    rows[9]["id"] = "P8"
    rows.append({**rows[20]})
    op = Duplicate()
    state = op.measure(tables(*rows))
    assert {s.sample for s in op.scores(state) if s.issue} == {"r008", "r009", "r020", "r060"}
    groups = {s.sample: s.group for s in op.scores(state)}
    assert groups["r008"] == groups["r009"] != groups["r020"]
    assert issues(Duplicate(keys=("n",)), tables(*people())) == set()
    assert issues(Duplicate(keys=("eyes",)), tables(*people())) == {f"r{i:03d}" for i in range(60)}


def test_the_profile_tells_what_columns_hold() -> None:
    rows = people()
    rows[0]["heigth"] = 1.6
    op = Profile()
    state = op.measure(tables(*rows))
    assert {s.sample for s in op.scores(state) if s.issue} == {"r000"}
    profile, constant = op.findings(state)
    held = {row["column"]: row for row in profile.table}
    assert (held["n"]["min"], held["n"]["median"], held["n"]["max"], held["n"]["distinct"]) == (0, 29.5, 59, 60)
    assert (held["eyes"]["top"], held["eyes"]["top_n"]) == ("brown", 60)
    assert "eyes" in str(constant.what)


def test_labels_and_facts_are_a_table() -> None:
    facts = {"site": "A", "age": "7", "image_sha256": "ab"}
    sample = Sample("s", labels={"class": "x", "site": "B"}, facts=facts)
    op = About()
    ((view,),) = op.apply([sample], [np.random.default_rng(0)])
    assert rows_of(view, "about") == [{"age": "7", "class": "x", "fact.site": "A", "site": "B"}]
