"""A gate on made items with planted wrong labels, against a random drop of the same size of the same items."""

from __future__ import annotations

import numpy as np
from lab_material import planted, study

from shisaku.core.arm import Arm, ArmKeep
from shisaku.lab.bench import Bench
from shisaku.lab.made import planted as with_faults
from shisaku.lab.prove import prove
from shisaku.lab.trial import run_trial

SPEC = study(
    arms=(
        Arm("real"),
        Arm("bad", add="helpful", plant=0.4),
        Arm("bad_gated", add="helpful", plant=0.4, keep=ArmKeep("dataset.label_agreement", 0.5)),
        Arm("bad_random", add="helpful", plant=0.4, random_keep=0.5),
    ),
    contrasts=("bad_gated",),
    against={"bad_gated": "bad_random"},
    shots=(8,),
)


def test_about_the_share_asked_gets_another_label_and_never_its_own() -> None:
    bench = Bench.lay(SPEC, planted())
    codes = np.arange(3000) % 3
    ids = [f"item{i}" for i in range(3000)]
    found = with_faults(bench, 0.4, ids, codes, "0/8")
    assert abs((found != codes).mean() - 0.4) < 0.03
    assert set(found) == {0, 1, 2}
    assert (with_faults(bench, 0.4, ids, codes, "0/8") == found).all()
    assert (with_faults(bench, 0.4, ids[:10], codes[:10], "0/8") == found[:10]).all()  # by item, not by position


def test_the_verdict_is_about_the_gate_against_its_own_control() -> None:
    result = prove(SPEC, planted())
    (clean, clutter) = sorted(result.verdicts, key=lambda v: v.domain)
    assert clean.comparator == clutter.comparator == "bad_random"
    assert "against bad_random" in str(clutter.reason) or "beats bad_random" in str(clutter.reason)
    value = {(s.arm, s.split): s.value for s in result.arm_scores if s.domain == "clean"}
    gap = np.mean([value["bad_gated", s] - value["bad_random", s] for s in range(SPEC.splits)])
    assert abs(clean.effect - gap) < 1e-12
    assert gap > 0


def test_both_see_the_same_faults() -> None:
    trial = run_trial(Bench.lay(SPEC, planted()), 0, 8)
    assert trial.arm("bad_gated").n_synthetic == trial.arm("bad_random").n_synthetic
