"""What offers are worth, measured on planted worlds: a good source, a wrong one, copies, wrong labels at hand."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pytest
from next_material import LEARNER, copies, drawn, junk, mislabelled

from shisaku.errors import DataError, RecipeError
from shisaku.lab.items import Items
from shisaku.lab.next_data.doubts import Doubts
from shisaku.lab.next_data.measured import Measured, measure
from shisaku.lab.next_data.offer import Money, Offer
from shisaku.lab.next_data.plan import NextPlan, plan_next
from shisaku.lab.next_data.taught import even_weights, teach
from shisaku.lab.next_data.worth import worth
from shisaku.learn.examples import Examples

HAND = drawn(80)


def offer(name: str, kind: Any, probe: Items | None = None, price: float = 10.0, **more: Any) -> Offer:
    return Offer(name, kind, price, 2000, probe=probe, **more)


LABELS = offer("labels", "labels")
GOOD = offer("good", "source", drawn(24, name="good"))
BAD = offer("bad", "source", junk(24))
COPIES = offer("copies", "made", copies(HAND))


@pytest.fixture(scope="module")
def measured() -> Measured:
    return measure(HAND, [LABELS, GOOD, BAD, COPIES], LEARNER, draws=2000)


def test_items_as_good_as_ones_own_are_worth_about_as_much_and_wrong_ones_are_seen_to_harm() -> None:
    """One look says little; over six worlds the mean is that of the truth, 1, to a factor of two."""
    equal, harm = [], []
    for seed in range(6):
        hand = drawn(60, seed=seed)
        good = offer("good", "source", drawn(16, seed=seed, name="good"))
        bad = offer("bad", "source", junk(16, seed=seed))
        found = measure(hand, [good, bad], LEARNER, seed=seed, draws=200)
        equal.append(float(found.worth.equivalents["good"].mean()))
        harm.append(float(found.worth.gain({"bad": 60}).mean()))
        assert "bad" in found.unused()
    assert 0.5 < np.mean(equal) < 2.0
    assert max(harm) < -0.05


def test_a_source_that_teaches_the_wrong_is_shown_to_harm_and_left_out(measured: Measured) -> None:
    gain = measured.estimate(measured.worth.gain({"bad": 100}), 0.025)
    assert gain.high(0.025) < 0
    assert measured.unused() == ("bad",)


def test_copies_add_next_to_nothing_however_many(measured: Measured) -> None:
    few, many = (float(measured.worth.gain({"copies": n}).mean()) for n in (50, 1000))
    labels = float(measured.worth.gain({"labels": 160}).mean())
    assert many < labels / 2
    assert few <= many + 0.02


def test_two_sources_of_one_use_do_not_count_twice(measured: Measured) -> None:
    both = measured.worth.gain({"labels": 200, "good": 200}).mean()
    apart = measured.worth.gain({"labels": 200}).mean() + measured.worth.gain({"good": 200}).mean()
    assert both < apart


def test_nothing_bought_adds_nothing(measured: Measured) -> None:
    assert np.allclose(measured.worth.gain({}), 0.0)
    assert np.allclose(measured.worth.gain({"labels": 0, "good": 0, "bad": 0}), 0.0)


def test_wrong_labels_at_hand_make_repairs_worth_it_and_right_ones_do_not() -> None:
    noisy, wrong = mislabelled(HAND, 0.25)
    found = {}
    for name, items, truth in (("noisy", noisy, HAND.labels), ("clean", HAND, HAND.labels)):
        student, seen = LEARNER.prepared(items.features)
        looks = Doubts.of(items.with_features(np.asarray(seen)), student, 0).to_look_at(12)
        looked = {items.ids[i]: truth[i] for i in looks}
        found[name] = measure(items, [LABELS, Offer("repairs", "repairs", 4, 68, looked=looked)], LEARNER)
    left = len([i for i in wrong if HAND.ids[i] not in looked])
    ahead = found["noisy"].worth.wrong
    assert ahead is not None
    low, high = np.quantile(ahead.found[1:, -1], [0.025, 0.975])
    assert low <= left <= high
    gain = {name: float(one.worth.gain({"repairs": 40}).mean()) for name, one in found.items()}
    assert gain["noisy"] > 0.02
    assert gain["clean"] < 0.005


def test_labels_of_the_rarer_class_are_worth_more() -> None:
    kept = [i for i, label in enumerate(HAND.labels) if label != "c0" or i < 16]
    items = drawn(80, spread=1.5).take(kept)
    rare = Offer("rare", "labels", 10, 100, classes=("c0",))
    rest = Offer("rest", "labels", 10, 100, classes=("c1", "c2", "c3"))
    found = measure(items, [rare, rest], LEARNER)
    assert found.worth.gain({"rare": 12}).mean() > found.worth.gain({"rest": 12}).mean()


def test_the_same_seed_gives_the_same_plan() -> None:
    money = Money(500)
    first, again = (plan_next(HAND, [LABELS, GOOD, BAD], money, learner=LEARNER, seed=3) for _ in range(2))
    assert first == again


@dataclass
class Spy:
    """A learner that notes what every model was trained on, then answers the first class."""

    seen: list[set[float]] = field(default_factory=list)
    asked: list[set[float]] = field(default_factory=list)
    answers: ClassVar[str] = "classes"
    steps: ClassVar[int] = 0
    staged: ClassVar[bool] = False

    def prepared(self, x: Any) -> Any:
        return self, x

    def fit(self, train: Examples, val: Any, rng: Any) -> Any:
        self.seen.append(set(train.x[:, 0].tolist()))
        assert train.weight.sum() == pytest.approx(len(train))
        return _Said(self)


@dataclass
class _Said:
    spy: Spy
    classes: Any = field(default_factory=lambda: np.array(["c0"]))

    def scores(self, rows: Examples) -> Any:
        self.spy.asked.append(set(rows.x[:, 0].tolist()))
        return np.ones((len(rows), 1))


def test_no_probe_of_a_tested_group_and_no_child_of_a_tested_item_is_trained_on() -> None:
    """Every item bears its number as a feature, its child and its twin in a probe the same number with a fraction."""
    n = 40
    x = np.zeros((n, 3), np.float32)
    x[:, 0] = np.arange(n)
    items = Items(tuple(f"i{k}" for k in range(n)), tuple(f"c{k % 4}" for k in range(n)),
                  tuple(f"g{k // 8}-{k % 4}" for k in range(n)), x)  # fmt: skip
    twins = Items(tuple(f"t{k}" for k in range(n)), items.labels, items.groups, x + 0.25)
    made = Items(tuple(f"i{k}/m" for k in range(n)), items.labels, items.groups, x + 0.5,
                 tuple((one,) for one in items.ids))  # fmt: skip
    spy = Spy()
    teach(items, [offer("probe", "source", twins), offer("made", "made", made)], spy)
    group = {float(k): items.groups[k] for k in range(n)}
    assert len(spy.seen) == len(spy.asked) == 12 * (4 + 3 + 2)
    for seen, asked in zip(spy.seen, spy.asked, strict=True):
        assert not {group[float(int(one))] for one in seen} & {group[one] for one in asked}
        own = {one for one in seen if one == int(one)}
        assert {one - 0.5 for one in seen if one % 1 == 0.5} <= own  # a child only beside its parent


def test_every_class_weighs_the_same_in_training() -> None:
    weights = even_weights(["a", "a", "a", "b"])
    assert weights.tolist() == pytest.approx([4 / 6, 4 / 6, 4 / 6, 2.0])


def planned(offers: list[Offer], items: Items = HAND, **money: Any) -> NextPlan:
    return plan_next(items, offers, Money(**{"budget": 1000.0, **money}), learner=LEARNER)


def test_what_nothing_is_at_hand_of_is_unknown_and_not_bought() -> None:
    plan = planned([LABELS, offer("vendor", "source")])
    vendor = next(one for one in plan.options if one.offer == "vendor")
    assert (vendor.gain, vendor.standing, vendor.per_money) == (None, "unknown", None)
    assert [one.offer for one in plan.buys] == ["labels"]
    assert [one.offer for one in plan.values] == ["vendor"]
    only = planned([offer("vendor", "source")])
    assert (only.claim, only.first, only.buys) == ("ABSTAIN", "", ())


def test_a_clear_case_is_claimed_and_an_even_one_is_not() -> None:
    """A junk source is shown to be worse; two sources of one kind at one price are not told apart."""
    steep = drawn(48, classes=4, spread=1.6)
    plan = planned(
        [LABELS, offer("bad", "source", junk(60)), offer("made", "made", copies(steep))], steep, budget=8000
    )  # fmt: skip
    assert "bad" in plan.worse
    assert next(one.standing for one in plan.options if one.offer == "bad") == "harms"
    even = planned([offer("a", "source", drawn(24, name="a")), offer("b", "source", drawn(24, name="b"))])
    assert even.worse == ()
    assert even.claim == "ABSTAIN"


def test_nothing_to_learn_is_nothing_to_buy() -> None:
    rng = np.random.default_rng(0)
    noise = HAND.with_features(rng.normal(size=HAND.features.shape).astype(np.float32))
    plan = planned([LABELS, offer("more", "source", drawn(24, name="more"))], noise)
    assert plan.claim == "ABSTAIN"
    assert plan.gain.low < 0.01


def test_money_stops_a_purchase_that_is_not_worth_its_price() -> None:
    cheap = planned([LABELS], cost_per_error=100.0, items_per_year=1e6)
    dear = planned([LABELS], cost_per_error=0.01, items_per_year=10)
    assert cheap.spent == 1000
    assert dear.spent == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"offers": []}, "nothing to buy"),
        ({"offers": [LABELS, LABELS]}, "Two offers have this name"),
        ({"offers": [replace(LABELS, price=-1.0)]}, "A price is above 0"),
        ({"offers": [replace(LABELS, price=float("nan"))]}, "A price is above 0"),
        ({"offers": [replace(LABELS, currency="EUR")]}, "priced in EUR, the budget in units"),
        ({"offers": [replace(LABELS, classes=("none",))]}, "No item at hand has the class none"),
        ({"offers": [replace(GOOD, classes=("c0",))]}, "with labels alone"),
        ({"offers": [replace(LABELS, available=-1)]}, "0 or more"),
        ({"offers": [offer("r", "repairs"), offer("s", "repairs")]}, "by one offer alone"),
        ({"offers": [offer("r", "repairs", looked={"nobody": "c0"})]}, "no item nobody at hand"),
        ({"offers": [offer("p", "source", drawn(8, 6, name="p"))]}, "classes that the items at hand have not"),
        ({"budget": 0.0}, "A budget is above 0"),
        ({"cost_per_error": 5.0}, "go together"),
        ({"cost_per_error": -5.0, "items_per_year": 10.0}, "0 or more"),
    ],
)
def test_offers_that_cannot_be_planned_with_are_told_in_one_error(change: dict[str, Any], said: str) -> None:
    offers = change.pop("offers", [LABELS])
    with pytest.raises(RecipeError) as caught:
        planned(offers, **change)
    assert said in str(caught.value)


def test_data_that_cannot_be_learnt_from_is_told() -> None:
    one_class = replace(HAND, labels=("c0",) * len(HAND))
    with pytest.raises(DataError, match="Two classes or more"):
        planned([LABELS], one_class)
    blank = HAND.with_features(np.where(np.arange(len(HAND))[:, None] == 3, np.nan, HAND.features))
    with pytest.raises(DataError, match="finite"):
        planned([LABELS], blank)
    flat = replace(teach(HAND, [], LEARNER), own=np.full(4, 30.0))
    with pytest.raises(DataError, match="make no learning curve"):
        worth(HAND, [LABELS], flat, None, np.random.default_rng(0), 10)
