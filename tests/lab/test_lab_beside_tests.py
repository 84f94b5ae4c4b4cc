"""Side-by-side results and further tests: each is shown on a world that has it, and not on one that has not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from beside_material import Share, effects_of, spec_of
from lab_material import REAL, external, planted, study

from shisaku.core.arm import Arm
from shisaku.core.domain import Domain
from shisaku.errors import RecipeError
from shisaku.lab.beside.degraded import degraded_inputs
from shisaku.lab.beside.effects import Effects
from shisaku.lab.beside.equal_money import equal_money
from shisaku.lab.beside.equality import further_tests
from shisaku.lab.beside.layers import layer_steps
from shisaku.lab.beside.variance import variance_rows
from shisaku.lab.contrast import contrasts
from shisaku.lab.plan import freeze
from shisaku.lab.prove import prove
from shisaku.message import Message
from shisaku.stats.proportions import mcnemar

MADE = Arm("made", add="helpful")
PHOTO = Domain("photo", "external", stream="photo")


def text(raw: dict[str, Any]) -> str:
    return str(Message.from_json(raw))


def money(share: Share, made: int = 24) -> dict[str, Any]:
    arms = (REAL, Arm("labels", buy="labels"), Arm("repairs", buy="repairs"), Arm("bought", add="helpful", buy="made"))
    spec = spec_of(arms, prices={"label": 1.0, "repair": 1.0, "made": 0.5}, budget=12.0, shots=(8,))
    (found,) = equal_money(effects_of(spec, share, {"bought": made}))
    return found


def test_the_better_purchase_is_named_with_its_interval() -> None:
    found = money(lambda arm, *_: {"real": 0.5, "labels": 0.5, "repairs": 0.5, "bought": 0.75}[arm])
    assert found["level"] == pytest.approx(1 - 0.05 / 6)
    assert [row["asked"] for row in found["rows"]] == [12, 12, 24]
    assert "shown to help: bought. bought against labels: +" in text(found["line"])
    assert "further pairs that differ: 1" in text(found["line"])


def test_equal_purchases_are_not_ranked_and_unspent_money_is_said() -> None:
    found = money(lambda arm, *_: 0.5, made=10)
    assert "no purchase is shown to help. None is shown to be better than another" in text(found["line"])
    # No labels were drawn in this made-up world, and only 10 of 24 made items were there.
    assert text(found["line"]).endswith("There was less to buy than the budget pays for: labels, bought.")
    assert equal_money(effects_of(spec_of((REAL, MADE)), lambda *_: 0.5)) == []


def test_degraded_twins_stand_beside_the_full_quality_and_are_never_averaged() -> None:
    spec = spec_of((REAL, MADE), domains=(
        PHOTO, Domain("phone", "external", stream="phone", degrades="photo"), Domain("o", "external", stream="o"),
    ))  # fmt: skip
    shares = {("real", "photo"): 0.8, ("made", "photo"): 0.8, ("real", "phone"): 0.4, ("made", "phone"): 0.7}
    effects = effects_of(spec, lambda arm, domain, _: shares.get((arm, domain), 0.5))
    (found,) = degraded_inputs(effects, contrasts(effects.bench, effects.trials))
    assert [(row["domain"], row["degraded"]) for row in found["rows"]] == [("photo", False), ("phone", True)]
    full, less = (row["gain"] for row in found["rows"])
    assert full["low"] <= 0 <= full["high"]
    assert less["low"] > 0.2
    assert found["rows"][1]["comparator_score"]["effect"] == pytest.approx(0.4, abs=0.05)
    assert "(full quality)" in text(found["lines"][0])
    assert degraded_inputs(effects_of(spec_of((REAL, MADE)), lambda *_: 0.5), []) == []


def test_names_of_layers_and_twins_must_exist() -> None:
    lost = Domain("clean", "resplit", degrades="nowhere")
    for changes in ({"domains": (lost,), "primary": "clean"}, {"layers": ("real", "nobody")}):
        with pytest.raises(RecipeError, match="does not have"):
            freeze(study(**changes), planted())


LAYERS = (Arm("general", rows="helpful", alone=True), Arm("task", rows="helpful", alone=True), REAL)
SHOWING = (
    replace(PHOTO, shows="fit"),
    Domain("far", "external", stream="far", shows="generalisation"),
    Domain("desk", "external", stream="desk", shows="task"),
)


def layers(share: Share, sizes: dict[str, int], domains: tuple[Domain, ...] = SHOWING) -> dict[str, Any]:
    spec = spec_of(LAYERS, layers=("general", "task"), domains=domains, comparators=("general",))
    (found,) = layer_steps(effects_of(spec, share, sizes))
    return found


def raised(*where: str) -> Share:
    return lambda arm, domain, _: 0.5 + 0.2 * (arm == "task" and domain in where)


def test_a_layer_that_raises_both_at_equal_n_is_shown() -> None:
    found = layers(raised("photo", "far"), {"general": 60, "task": 60})
    assert (found["decision"], found["equal"], found["items"]) == ("SHOWN", True, {"general": 60.0, "task": 60.0})
    assert text(found["line"]).endswith("raises both generalisation and fit")
    assert len(found["rows"]) == 3


def test_a_claim_on_simulated_inputs_says_so() -> None:
    far = Domain("far", "derived", stream="clutter", shows="generalisation")
    found = layers(raised("photo", "far"), {"general": 60, "task": 60}, (SHOWING[0], far))
    assert text(found["line"]).endswith("(in part on simulated inputs)")


@pytest.mark.parametrize(
    ("where", "sizes", "domains", "why"),
    [
        (("photo",), (60, 60), SHOWING, "generalisation changes by"),
        (("far", "desk"), (60, 60), SHOWING, "fit changes by"),
        ((), (60, 60), SHOWING, "generalisation changes by"),
        (("photo", "far"), (60, 90), SHOWING, "different numbers of items (general 60, task 90)"),
        (("photo", "far"), (60, 60), SHOWING[:1], "no place of use shows generalisation"),
    ],
)
def test_anything_less_abstains_and_says_why(
    where: tuple[str, ...], sizes: tuple[int, int], domains: tuple[Domain, ...], why: str
) -> None:
    found = layers(raised(*where), dict(zip(("general", "task"), sizes, strict=True)), domains)
    assert found["decision"] == "ABSTAIN"
    assert "ABSTAIN" in text(found["line"])
    assert why in text(found["line"])


def row_of(effects: Effects) -> dict[str, Any]:
    (found,) = further_tests(effects, contrasts(effects.bench, effects.trials))
    return found


def test_equality_is_shown_for_equal_arms_and_not_for_the_unmeasured() -> None:
    wide = replace(PHOTO, delta_gain=0.05)
    same = row_of(effects_of(spec_of((REAL, MADE), domains=(wide,)), lambda *_: 0.7))
    assert same["tost"]["shown"]
    assert "equal within 5 points: shown (90 % interval" in text(same["line"])
    few = effects_of(spec_of((REAL, MADE), domains=(wide,)), lambda arm, *_: 0.7 + 0.02 * (arm == "made"), groups=8)
    unsure = row_of(few)
    assert not unsure["tost"]["shown"]
    assert (unsure["tost"]["low"] < -0.05) or (unsure["tost"]["high"] > 0.05)
    worse = row_of(effects_of(spec_of((REAL, MADE), domains=(wide,)), lambda arm, *_: 0.7 - 0.2 * (arm == "made")))
    assert not worse["tost"]["shown"]
    assert worse["mcnemar"]["p"] < 0.001
    assert worse["sign_flip"]["p"] == pytest.approx(2 / 2**10)


def test_mcnemar_is_taken_split_by_split_and_never_pooled() -> None:
    # The same small difference in each of 16 splits: pooled it would look certain.
    effects = effects_of(spec_of((REAL, MADE), splits=16), lambda arm, *_: 0.6 + 0.02 * (arm == "made"), groups=40)
    found = row_of(effects)["mcnemar"]
    alone = []
    for trial in effects.trials:
        truth = effects.bench.codes["photo"][list(trial.tests["photo"])]
        base, new = (np.array(trial.arm(name).predicted["photo"]) == truth for name in ("real", "made"))
        alone.append((int((base & ~new).sum()), int((new & ~base).sum())))
    pooled = mcnemar(sum(b for b, _ in alone), sum(n for _, n in alone))
    assert pooled < 0.001 < 0.2 < found["p"]
    assert found["p_median"] == pytest.approx(np.median([mcnemar(*pair) for pair in alone]))
    assert found["n"] == 120


def test_grouped_items_have_no_mcnemar_and_the_reason_is_said() -> None:
    result = prove(study(splits=3), planted(groups=8))
    assert all(row["mcnemar"]["p"] is None for row in result.detail["tests"])
    assert "groups" in text(result.detail["tests"][0]["mcnemar"]["why"])
    assert all(row["sign_flip"]["too_small"] for row in result.detail["tests"])


def with_inits(effects: Effects, split_sd: float, init_sd: float) -> Effects:
    rng = np.random.default_rng(3)
    trials = []
    for trial in effects.trials:
        shift = rng.normal(0, split_sd, 2)
        arms = tuple(
            replace(arm, inits={"photo": tuple(0.5 + own + rng.normal(0, init_sd, 4))})
            for arm, own in zip(trial.arms, shift, strict=True)
        )
        trials.append(replace(trial, arms=arms))
    return Effects(effects.bench, tuple(trials))


@pytest.mark.parametrize(("split_sd", "init_sd", "low", "high"), [(0.1, 0.01, 0.8, 1.0), (0.0, 0.1, 0.0, 0.5)])
def test_the_variance_is_put_where_it_was_planted(split_sd: float, init_sd: float, low: float, high: float) -> None:
    spec = spec_of((REAL, MADE), splits=20, inits=4)
    rows = variance_rows(with_inits(effects_of(spec, lambda *_: 0.5), split_sd, init_sd))
    assert [(row["arm"], row["against"]) for row in rows] == [("made", "real"), ("made", ""), ("real", "")]
    assert all(low <= row["share"] <= high for row in rows)
    assert "of the variance of one value comes from the data split" in text(rows[0]["line"])


def test_one_model_a_split_has_no_parts_and_equal_models_say_so() -> None:
    plain = effects_of(spec_of((REAL, MADE)), lambda *_: 0.5)
    assert variance_rows(plain) == []
    many = effects_of(spec_of((REAL, MADE), inits=4), lambda *_: 0.5)
    assert variance_rows(many) == []  # arms without training have one model whatever was asked
    rows = variance_rows(with_inits(many, 0.1, 0.0))
    assert "the models of a split were all the same" in text(rows[0]["line"])


def test_a_study_with_a_fixed_test_set_holds_all_of_it_and_repeats_itself() -> None:
    data = planted(groups=8)
    data = replace(data, streams={**data.streams, "photo": external()})
    spec = study(domains=(Domain("clean", "resplit"), PHOTO), primary="clean", splits=3, shots=(4, 8))
    first, again = prove(spec, data).detail, prove(spec, data).detail
    for part in ("curves", "exchange", "tests"):
        assert first[part] == again[part]
    row = next(row for row in first["tests"] if row["domain"] == "photo")
    assert 0 < row["mcnemar"]["p"] <= 1
