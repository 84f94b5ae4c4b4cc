"""The engine of one machine: what it leaves in a Run, and how it stops."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pure_ops
import pytest

from laws import RECIPE, cook, law_nothing_vanishes, run_fingerprint, samples_of
from shisaku.core.drop import Drop
from shisaku.core.recipe import ROOT, Keep, Recipe, Rule, Step
from shisaku.engine import drive
from shisaku.engine.costs import Costs
from shisaku.engine.engine import Engine
from shisaku.engine.estimate import estimate
from shisaku.engine.local import LocalEngine
from shisaku.errors import DataError, MachineError, RecipeError, StopRequestedError
from shisaku.message import say
from shisaku.store.cache import StepCache
from shisaku.store.datasets import SampleList, write_dataset
from shisaku.store.run import Run


def _rows(run: Run, table: str, **where: Any) -> list[dict[str, Any]]:
    return [row for row in run.read_rows(table) if all(row[key] == value for key, value in where.items())]


def test_it_is_an_engine() -> None:
    engine: Engine = LocalEngine()
    assert engine == LocalEngine(workers=2)


def test_every_stream_is_linked_and_complete(tmp_path: Path) -> None:
    run = cook(RECIPE, samples_of(8), tmp_path)
    sizes = {name: len(run.stream(name)) for name in run.streams()}
    kept = sizes["kept"]
    assert sizes == {
        ROOT: 11,
        "task": 8,
        "scenes": 3,
        "grown": 16,
        "mixed": 16,
        "squared": 16,
        "kept": kept,
        "kept.random": kept,
        "again": kept,
        "few": 10,
    }
    assert 0 < kept < 16
    assert set(run.stream("kept").ids()) <= set(run.stream("mixed").ids())
    assert [s.id for s in run.stream("squared")] == run.stream("mixed").ids()
    law_nothing_vanishes(RECIPE, run)


def test_the_tables_say_who_came_from_whom_and_how_long_it_took(tmp_path: Path) -> None:
    run = cook(RECIPE, samples_of(8), tmp_path)
    (child, *_) = run.stream("mixed")
    rows = _rows(run, "lineage", child=child.id)
    assert [row["parent"] for row in rows] == list(child.parents)
    assert rows[1]["parent"].startswith("bs")
    assert {row["depth"] for row in rows} == {2}
    assert json.loads(rows[0]["params"]) == {"number": "number"}
    assert not _rows(run, "lineage", step="squared"), "a view makes nobody"
    (score, *_) = _rows(run, "scores", step="rank", sample=child.id)
    assert score["metric"] == "pure.rank"
    assert score["issue"] in (True, False)
    timing = {row["step"]: row for row in run.read_rows("timings")}["grown"]
    assert (timing["op"], timing["items"], timing["cached"]) == ("pure.grow", 16, 0)
    assert timing["seconds"] > 0
    assert timing["peak_rss_mb"] > 10


def test_drops_of_reading_are_counted_with_the_others(tmp_path: Path) -> None:
    run = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="x")
    earlier = [Drop("torn", ROOT, "ingest", say("The image {name} is torn", name="a.png"))]
    data = SampleList(samples_of(4))
    LocalEngine().cook(RECIPE, data, run, cache=StepCache(tmp_path / "cache"), earlier_drops=earlier)
    (row,) = _rows(run, "counts", step=ROOT)
    assert (row["op"], row["made"], row["kept"], row["dropped"]) == ("nowhere", 8, 7, 1)
    (drop,) = _rows(run, "drops", step=ROOT)
    assert drop["text"] == "The image a.png is torn"
    assert drop["template"] == "The image {name} is torn"
    assert json.loads(drop["values_json"]) == {"name": "a.png"}
    assert drop["score"] is None


def test_data_on_disk_are_linked_where_they_are(tmp_path: Path) -> None:
    stored = write_dataset(tmp_path / "data", samples_of(4))
    run = cook(RECIPE, stored, tmp_path)
    assert run.streams()[ROOT]["path"] == str(tmp_path / "data")
    assert run.streams()["task"]["path"].startswith("streams/task-")
    assert run.streams()[ROOT]["fingerprint"] == stored.fingerprint


def test_a_preview_is_small_and_its_streams_hold_together(tmp_path: Path) -> None:
    run = cook(RECIPE, samples_of(12), tmp_path, preview=2)
    assert len(run.stream("task")) == 4
    assert len(run.stream("grown")) == 8
    assert len(run.stream(ROOT)) == 4 + 3
    law_nothing_vanishes(RECIPE, run)


def test_a_preview_lends_its_shards_to_nobody_wrongly(tmp_path: Path) -> None:
    cache = StepCache(tmp_path / "cache")
    cook(RECIPE, samples_of(12), tmp_path / "preview", cache, preview=2)
    whole = cook(RECIPE, samples_of(12), tmp_path / "whole", cache)
    assert run_fingerprint(whole) == run_fingerprint(cook(RECIPE, samples_of(12), tmp_path / "fresh"))


def test_changed_data_in_the_same_run_folder_are_cooked_anew(tmp_path: Path) -> None:
    cook(RECIPE, samples_of(5), tmp_path)
    run = cook(RECIPE, samples_of(6), tmp_path)
    assert run_fingerprint(run) == run_fingerprint(cook(RECIPE, samples_of(6), tmp_path / "fresh"))


def test_a_step_may_make_nothing_and_the_run_goes_on(tmp_path: Path) -> None:
    everyone = [f"s{i:02d}" for i in range(8)]
    steps = (replace(RECIPE.steps[0], params={"fails": everyone}), *RECIPE.steps[1:])
    run = cook(replace(RECIPE, steps=steps), samples_of(8), tmp_path)
    assert len(run.stream("grown")) == len(run.stream("mixed")) == len(run.stream("kept")) == 0
    counted = {"made": 16, "kept": 0, "dropped": 16, "asked": 8, "of": 8}
    assert _rows(run, "counts", step="grown") == [{"step": "grown", "op": "pure.grow", "source": "task", **counted}]


def test_an_empty_pool_or_reference_is_named(tmp_path: Path) -> None:
    nobody = Keep("nobody", "task", (Rule("rank", minimum=1.0),))
    steps = (Step("rank", "pure.rank", ("task",)), Step("mixed", "pure.mix", ("task",), pool="nobody", line=4))
    with pytest.raises(DataError, match="line 4: The stream nobody, which mixed needs, is empty"):
        cook(replace(RECIPE, steps=steps, keep=(nobody,)), samples_of(3), tmp_path)


def test_a_stream_and_its_view_cannot_be_one_source(tmp_path: Path) -> None:
    steps = (Step("sq", "pure.square", ("task",)), Step("both", "pure.grow", ("task", "sq"), line=7))
    with pytest.raises(RecipeError, match="line 7: both reads sample s00 in two forms"):
        cook(replace(RECIPE, steps=steps, keep=()), samples_of(3), tmp_path)
    assert Run.open(tmp_path / "run").state == "partial"


def test_the_data_are_checked_against_the_ports(tmp_path: Path) -> None:
    steps = (Step("grown", "pure.grow", ("task",), params={"number": "nummer"}),)
    with pytest.raises(RecipeError, match="reads the part nummer, which task does not have"):
        cook(replace(RECIPE, steps=steps, keep=()), samples_of(3), tmp_path)


def test_the_order_in_the_recipe_is_not_the_order_of_cooking(tmp_path: Path) -> None:
    backwards = replace(RECIPE, steps=tuple(reversed(RECIPE.steps)))
    one = cook(backwards, samples_of(5), tmp_path / "a")
    two = cook(RECIPE, samples_of(5), tmp_path / "b")
    assert {n: s["fingerprint"] for n, s in one.streams().items()} == {
        n: s["fingerprint"] for n, s in two.streams().items()
    }


def test_progress_counts_samples_up_to_all_of_them(tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    run = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="x")
    LocalEngine(2, 4).cook(
        RECIPE,
        SampleList(samples_of(8)),
        run,
        cache=StepCache(tmp_path / "cache"),
        progress=lambda what, done, total: told.append((what, done, total)),
    )
    grown = [(done, total) for what, done, total in told if what == "grown"]
    assert grown == [(0, 16), (4, 16), (8, 16), (12, 16), (16, 16)]
    assert {what for what, _, _ in told} == {step.name for step in RECIPE.steps}


def _failing_at(call: int, error: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    right = drive.cook_shard
    calls: list[int] = []

    def cook_shard(*args: Any, **kwargs: Any) -> Any:
        calls.append(1)
        if len(calls) == call:
            raise error
        return right(*args, **kwargs)

    monkeypatch.setattr(drive, "cook_shard", cook_shard)


@pytest.mark.parametrize("error", [KeyboardInterrupt(), StopRequestedError(say("The budget is spent"))])
def test_a_stopped_run_is_partial_and_can_be_gone_on_with(
    tmp_path: Path, error: BaseException, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        _failing_at(7, error, patch)
        with pytest.raises(StopRequestedError):
            cook(RECIPE, samples_of(8), tmp_path)
    run = Run.open(tmp_path / "run")
    assert run.state == "partial"
    assert _rows(run, "counts", step="grown")[0]["kept"] == 16
    run = cook(RECIPE, samples_of(8), tmp_path)
    assert run.state == "done"
    assert run_fingerprint(run) == run_fingerprint(cook(RECIPE, samples_of(8), tmp_path / "fresh"))
    assert {row["step"]: row["cached"] for row in run.read_rows("timings")}["grown"] == 16


def test_a_machine_error_goes_out_and_leaves_a_partial_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        _failing_at(3, MachineError(say("The disk is full")), patch)
        with pytest.raises(MachineError, match="disk is full"):
            cook(RECIPE, samples_of(8), tmp_path)
    assert Run.open(tmp_path / "run").state == "partial"
    assert cook(RECIPE, samples_of(8), tmp_path).state == "done"


def test_a_torn_shard_is_made_again(tmp_path: Path) -> None:
    one = run_fingerprint(cook(RECIPE, samples_of(8), tmp_path))
    for shard in sorted((tmp_path / "cache" / "steps").rglob("*.shard"))[::3]:
        shard.write_bytes(shard.read_bytes()[:-20])
    assert run_fingerprint(cook(RECIPE, samples_of(8), tmp_path)) == one


def test_a_metric_that_cannot_score_the_whole_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def scores(self: Any, state: Any) -> Any:
        if len(state["values"]) > 4:
            raise ZeroDivisionError("too many")
        return []

    monkeypatch.setattr(pure_ops.Spread, "scores", scores)
    with pytest.raises(MachineError, match="cannot score them together: too many"):
        cook(RECIPE, samples_of(8), tmp_path)


def test_an_estimate_is_unknown_at_first_and_measured_afterwards(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    before = estimate(RECIPE, SampleList(samples_of(12)), cache)
    assert before["minutes"] is None
    assert "pure.grow" in before["unknown"]
    assert before["disk_mb"] > 0
    slowly = {"seconds": 0.005}
    steps = tuple(replace(s, params={**s.params, **slowly}) if s.op == "pure.grow" else s for s in RECIPE.steps)
    slow = replace(RECIPE, steps=steps)
    cook(slow, samples_of(12), tmp_path)
    after = estimate(slow, SampleList(samples_of(48)), cache)
    assert after["unknown"] == []
    rows = {row["step"]: row for row in after["steps"]}
    assert rows["grown"]["items"] == 96
    # 96 samples of 5 ms over two workers take at least 0.24 s.
    assert 0.2 < rows["grown"]["seconds"] < 10
    assert after["minutes"] == pytest.approx(sum(row["seconds"] for row in after["steps"]) / 60)
    assert {row["left"] for row in after["steps"] if row["step"] == "grown"} == {96}
    small = estimate(slow, SampleList(samples_of(48)), cache, preview=2)
    assert {row["step"]: row["items"] for row in small["steps"]}["grown"] == 8


def test_costs_are_means_and_damaged_ones_are_forgotten(tmp_path: Path) -> None:
    costs = Costs()
    costs.note("a", 10, 1.0, 1000)
    costs.note("a", 30, 1.0, 3000)
    costs.note("b", 0, 1.0, 5)
    costs.write(tmp_path)
    (known,) = Costs.read(tmp_path).by_op.values()
    assert (known.seconds, known.bytes, known.items) == (0.05, 100.0, 40)
    few = Costs()
    few.note("a", 2, 9.0, 9)
    few.write(tmp_path)
    assert Costs.read(tmp_path).by_op["a"].seconds == 0.05, "two samples say less than forty"
    for damage in ("", "[]", '{"a": 1}', '{"a": {"seconds": "x"}}'):
        (tmp_path / "unit_costs.json").write_text(damage)
        assert Costs.read(tmp_path).by_op == {}
    assert Costs.read(tmp_path / "nowhere").by_op == {}


def test_a_recipe_of_nothing_is_a_run_of_its_data(tmp_path: Path) -> None:
    run = cook(Recipe("r", RECIPE.data), samples_of(3), tmp_path)
    assert list(run.streams()) == [ROOT]
    assert len(run.read_rows("counts")) == 1


def test_an_estimate_leaves_out_what_is_done(tmp_path: Path) -> None:
    samples, cache = SampleList(samples_of(8)), StepCache(tmp_path / "cache")
    run = Run.create(tmp_path / "run", recipe_text="", recipe_fingerprint="x")
    LocalEngine().cook(RECIPE, samples, run, cache=cache)
    left = {row["step"]: row["left"] for row in estimate(RECIPE, samples, tmp_path / "cache")["steps"]}
    assert left.pop("again") == 16, "what a keep-rule lets through is not known before"
    assert set(left.values()) == {0}
    other = {
        row["step"]: row["left"] for row in estimate(replace(RECIPE, seed=9), samples, tmp_path / "cache")["steps"]
    }
    assert other["grown"] == 16


def test_an_estimate_needs_no_weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.engine import weights
    from shisaku.errors import WeightsError
    from shisaku.models import loading

    def missing(name: str) -> dict[str, str]:
        raise WeightsError(say("not there"))

    monkeypatch.setattr(loading, "weights_hashes", missing)
    monkeypatch.setattr(pure_ops.Grow, "models", ("efficientnet-lite0",))
    with pytest.raises(WeightsError):
        weights.models_of(pure_ops.Grow())
    assert estimate(RECIPE, SampleList(samples_of(8)), tmp_path)["unknown"]
    with pytest.raises(WeightsError):
        cook(RECIPE, samples_of(8), tmp_path)


def test_other_weights_are_other_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.models import loading

    monkeypatch.setattr(pure_ops.Grow, "models", ("efficientnet-lite0",))
    cached = []
    for digest in ("one", "one", "other"):
        monkeypatch.setattr(loading, "weights_hashes", lambda name, digest=digest: {name: digest})
        run = cook(RECIPE, samples_of(4), tmp_path)
        cached.append({row["step"]: row["cached"] for row in run.read_rows("timings")}["grown"])
    assert cached == [0, 8, 0]
