"""Keep-rules and their random control."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shisaku.core.recipe import Keep, Rule
from shisaku.engine.sift import control, sift

IDS = [f"s{i:02d}" for i in range(20)]
SCORES = {"m": {id_: i / 20 for i, id_ in enumerate(IDS)}, "w": dict.fromkeys(IDS, 0.5)}


def _keep(*rules: Rule) -> Keep:
    return Keep("kept", "made", rules)


def test_a_minimum_keeps_what_reaches_it() -> None:
    sifted = sift(_keep(Rule("m", minimum=0.5)), IDS, SCORES, 1)
    assert sifted.kept == tuple(IDS[10:])
    assert sifted.drops[0].score == 0.0
    assert str(sifted.drops[9].reason) == "m is 0.450, below 0.500"


def test_a_top_share_keeps_the_best() -> None:
    sifted = sift(_keep(Rule("m", top=0.1)), IDS, SCORES, 1)
    assert sifted.kept == ("s18", "s19")
    assert str(sifted.drops[-1].reason) == "m is 0.850, not among the best 10%"


def test_a_maximum_and_a_bottom_share_keep_what_is_worst() -> None:
    wrong = sift(_keep(Rule("m", maximum=0.25)), IDS, SCORES, 1)
    assert wrong.kept == tuple(IDS[:6])
    assert str(wrong.drops[0].reason) == "m is 0.300, above 0.250"
    hard = sift(_keep(Rule("m", bottom=0.3)), IDS, SCORES, 1)
    assert hard.kept == tuple(IDS[:6])
    assert str(hard.drops[0].reason) == "m is 0.300, not among the lowest 30%"
    assert len(control(_keep(Rule("m", bottom=0.3)), IDS, len(hard.kept), 1).kept) == 6
    assert sift(_keep(Rule("m", bottom=0.5, minimum=0.2)), IDS, SCORES, 1).kept == tuple(IDS[4:10])
    assert sift(_keep(Rule("m", bottom=0.6, top=0.6)), IDS, SCORES, 1).kept == tuple(IDS[8:12])


def test_binary_fractions_do_not_add_a_sample() -> None:
    for n in range(1, 200):
        ids = [str(i) for i in range(n * 10)]
        assert len(sift(_keep(Rule("m", top=0.1)), ids, {"m": dict.fromkeys(ids, 0.0)}, 1).kept) == n


def test_all_rules_must_hold() -> None:
    sifted = sift(_keep(Rule("m", minimum=0.2, top=0.5), Rule("w", minimum=0.6)), IDS, SCORES, 1)
    assert sifted.kept == ()
    assert {str(drop.reason).split()[0] for drop in sifted.drops} == {"m", "w"}


def test_equal_scores_are_told_apart_by_the_seed_and_not_by_the_spelling() -> None:
    chosen = [set(sift(_keep(Rule("w", top=0.25)), IDS, SCORES, seed).kept) for seed in range(200)]
    assert all(len(kept) == 5 for kept in chosen)
    often = np.array([sum(id_ in kept for kept in chosen) for id_ in IDS])
    # 200 draws with p = 1/4: mean 50, sd 6.1; 5 sd on either side.
    assert often.min() > 20
    assert often.max() < 80


def test_without_a_score_nobody_is_kept() -> None:
    sifted = sift(_keep(Rule("m", minimum=0.0)), [*IDS, "new"], SCORES, 1)
    assert "new" not in sifted.kept
    assert [str(drop.reason) for drop in sifted.drops] == ["m gave it no score"]
    assert sift(_keep(Rule("nothing", top=1.0)), IDS, SCORES, 1).kept == ()


@given(st.integers(0, 20), st.integers(0, 5))
def test_the_control_is_as_large_and_complete(size: int, seed: int) -> None:
    sifted = control(_keep(), IDS, size, seed)
    assert len(sifted.kept) == size
    assert sorted([*sifted.kept, *(drop.sample for drop in sifted.drops)]) == IDS


def test_the_control_draws_by_id() -> None:
    """Others that come in never push out who would have been drawn before somebody who stays."""
    some = control(_keep(), IDS[::2], 5, 1).kept
    everyone = control(_keep(), IDS, 20, 1)
    assert set(some) <= set(everyone.kept)
    assert control(_keep(), list(reversed(IDS)), 5, 1) == control(_keep(), IDS, 5, 1)
    assert control(_keep(), IDS, 5, 1) != control(_keep(), IDS, 5, 2)
