"""Pitfalls 3, 8, 9, 10, 11, 12, 18: numbers that prove less than they seem to. Each check is taken away once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.core.domain import Domain
from shisaku.core.study_spec import StudySpec
from shisaku.lab import contrast, decide, looks
from shisaku.lab import prove as prove_module
from shisaku.lab.alarms import raised as alarms
from shisaku.lab.bench import Bench
from shisaku.lab.contrast import Contrast, measure_pairs
from shisaku.lab.controls import with_controls
from shisaku.lab.items import StudyData
from shisaku.lab.plan import freeze
from shisaku.lab.prove import prove
from shisaku.lab.trial import ArmTrial, Trial
from shisaku.stats.clusters import Clustered
from shisaku.stats.estimate import DrawsEstimate, TEstimate
from shisaku.stats.holm import HolmLevel

CLEAN = {"domains": (Domain("clean", "resplit"),), "primary": "clean"}
PHOTO = {"domains": (Domain("photo", "external", stream="photo"),), "primary": "photo"}
taken_away = pytest.mark.parametrize("taken_away", [False, True], ids=["checked", "check taken away"])


def codes(result: Any) -> set[str]:
    return {alarm.code for alarm in result.alarms}


@taken_away
def test_pitfall_03_many_looks_at_one_test_set(
    taken_away: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if taken_away:
        monkeypatch.setattr(looks.Ledger, "count", lambda self, spec, data: spec.looks_taken)
    ledger = looks.Ledger(tmp_path)
    for seed in range(3):
        result = prove(study(**CLEAN, splits=2, split_seed=seed), planted(), looks=ledger)
    assert ("looked_before" in codes(result)) is not taken_away
    assert ("already looked at" in str(result.headline)) is not taken_away


def photos(groups: int, each: int) -> tuple[StudySpec, StudyData]:
    data, items = planted(), external(groups=40)
    rows = items.take(range(groups * each)).with_groups([f"g{i // each}" for i in range(groups * each)])
    return study(**PHOTO, metric="accuracy"), StudyData(data.real, {**data.streams, "photo": rows})


def in_groups(spec: StudySpec, data: StudyData, right: Sequence[tuple[bool, bool]]) -> Contrast:
    """A contrast in which new and base are right on whole groups."""
    bench = Bench.lay(spec, data)
    truth = bench.codes["photo"]
    group = [int(name[1:]) for name in data.streams["photo"].groups]
    answers = [tuple(int(t) if right[g][k] else int((t + 1) % 3) for t, g in zip(truth, group, strict=True))
               for k in (0, 1)]  # fmt: skip
    arms = [ArmTrial(name, 1.0, 60, 0, True, {"photo": float(np.mean(np.array(codes) == truth))}, {"photo": codes})
            for name, codes in zip(("helpful", "real"), answers, strict=True)]  # fmt: skip
    rows = tuple(range(len(truth)))
    trials = [Trial(i, 0, "real", tuple(arms), {"photo": rows}, 36, (), {}, {}) for i in range(8)]
    return measure_pairs(bench, trials, [arms[0]] * 8, [arms[1]] * 8, spec.domains[0])


@taken_away
def test_pitfall_08_items_of_one_group_counted_as_independent(
    taken_away: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of twelve groups of ten seven are right under one arm alone, three under the other: 70 items against 30."""
    if taken_away:
        whole = Clustered.of

        def of_items(differences: Any, strata: Any, groups: Any) -> Clustered:
            return whole(differences, strata, np.arange(len(groups)))

        monkeypatch.setattr(contrast.Clustered, "of", staticmethod(of_items))
    right = [(True, False)] * 7 + [(False, True)] * 3 + [(True, True)] * 2
    found = in_groups(*photos(12, 10), right)
    assert (found.estimate.low(0.025) <= 0) is not taken_away


@taken_away
def test_pitfall_09_a_bootstrap_over_few_seeds(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Arms that differ by chance alone, over five splits; the bootstrap calls 17 % of them different."""

    def bootstrap(differences: Sequence[float], *_: Any) -> DrawsEstimate:
        values = np.array(differences)
        draws = values[np.random.default_rng(1).integers(0, len(values), (1000, len(values)))].mean(axis=1)
        return DrawsEstimate(float(values.mean()), np.sort(draws), 1e9, "percentile_bootstrap")

    if taken_away:
        monkeypatch.setattr(contrast, "nadeau_bengio", bootstrap)
    spec, data = study(**CLEAN, splits=5), planted()
    bench, rng = Bench.lay(spec, data), np.random.default_rng(0)
    test = {"clean": tuple(range(36))}
    false = 0
    for _ in range(200):
        pairs = [[ArmTrial(name, 1.0, 60, 0, True, {"clean": float(rng.normal())}, {"clean": ()})
                  for name in ("helpful", "real")] for _ in range(5)]  # fmt: skip
        trials = [Trial(i, 0, "real", tuple(pair), test, 36, (), {}, {}) for i, pair in enumerate(pairs)]
        found = measure_pairs(bench, trials, [p[0] for p in pairs], [p[1] for p in pairs], spec.domains[0]).estimate
        false += found.low(0.025) > 0 or found.high(0.025) < 0
    assert (false / 200 <= 0.05) is not taken_away, false


@taken_away
@pytest.mark.parametrize(("groups", "blind"), [(4, True), (5, True), (6, False)])
def test_pitfall_10_an_exact_test_that_can_never_reach_its_level(
    groups: int, blind: bool, taken_away: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if taken_away:
        monkeypatch.setattr(alarms, "_tests", lambda *_: iter(()))
    spec, data = photos(groups, 20)
    found = in_groups(spec, data, [(True, False)] * groups)
    assert (found.beside["sign_flip_p"] < 0.025) is not blind
    trial = Trial(0, 0, "real", tuple(ArmTrial(a.name, 1.0, 60, 60, True, {"photo": 0.9}, {"photo": ()})
                                      for a in spec.arms), {"photo": (0,)}, 36, (), {}, {})  # fmt: skip
    rung = {alarm.code for alarm in alarms.raise_alarms(Bench.lay(spec, data), [trial], [found])}
    assert ("exact_test_blind" in rung) is (blind and not taken_away)


@taken_away
def test_pitfall_11_many_methods_and_one_that_wins_by_chance(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Five arms, the best of them at p = 0.015: under the level by itself, not as one of five."""
    if taken_away:
        monkeypatch.setattr(decide, "holm", lambda ps, level: [HolmLevel(level, p <= level) for p in ps])
    names = tuple("abcde")
    spec = study(**CLEAN, arms=(REAL, *(Arm(name, add="helpful") for name in names)), contrasts=names)
    estimates = [TEstimate(0.02 + 0.05 * z, 0.05, 1e9, "t") for z in (2.17, 0.5, 0.0, -0.5, 1.0)]
    measured = [Contrast(name, "clean", 0, found, (0.0, 0.1), 60.0, 36.0, None, "real", (("real", 8),), {})
                for name, found in zip(names, estimates, strict=True)]  # fmt: skip
    made = decide.decide(spec, freeze(spec, planted()), measured)
    assert ("ADOPT" in {one.decision for one in made.verdicts}) is taken_away


def numbers_in(tree: Any) -> Iterator[float]:
    if isinstance(tree, Mapping):
        for one in tree.values():
            yield from numbers_in(one)
    elif isinstance(tree, (list, tuple)):
        for one in tree:
            yield from numbers_in(one)
    elif isinstance(tree, float):
        yield tree


@taken_away
def test_pitfall_12_domains_averaged_to_one_number(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """No number of a result is the mean of two domains' effects, in units or in points."""
    spec, data = study(splits=4, shots=(4,)), planted()
    mean = float(np.mean([one.effect for one in prove(spec, data).verdicts]))
    if taken_away:
        monkeypatch.setattr(prove_module, "gate_rows", lambda *_: [{"both": mean}])
    result = prove(spec, data)
    places = {one.domain: one.effect for one in result.verdicts}
    assert abs(places["clean"] - places["clutter"]) > 0.05, "the mean is no domain's own"
    there = [*numbers_in(result.detail), *numbers_in([asdict(one) for one in result.verdicts])]
    assert any(abs(value - scale * mean) < 1e-9 for value in there for scale in (1, 100)) is taken_away
    assert str(result.headline).count("clutter") == 1


@taken_away
def test_pitfall_18_a_quality_score_taken_for_proof(taken_away: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Made items that lie exactly where real ones do, under wrong labels: the gate for typical items keeps them all.

    The verdict is about real items of the test and rejects them, and the gate is told to have shown nothing.
    """
    gated = Arm("pretty", add="harmful", keep=ArmKeep("dataset.outlier", 0.5))
    spec = study(**CLEAN, arms=(REAL, gated), contrasts=("pretty",), splits=6, shots=(8,))
    result = prove(spec if taken_away else with_controls(spec, ()), planted())
    assert result.overall == "REJECT"
    assert bool(codes(result) & {"gate_not_shown", "gate_hurts"}) is not taken_away
