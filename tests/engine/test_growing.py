"""Steps that go round by round: targets per class, copies asked for again, an end where nothing new comes."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

from laws import cook, law_sharding
from shisaku.core.drop import Failure
from shisaku.core.metric import Metric, State
from shisaku.core.recipe import Enough, Fresh, Recipe, Source, Step, Want
from shisaku.core.sample import Kind, Part, Sample
from shisaku.core.score import Score
from shisaku.core.transform import Outcome, Transform
from shisaku.engine import growing, kitchen
from shisaku.engine.rounds import Tally, copies
from shisaku.errors import RecipeError
from shisaku.message import say
from shisaku.ops.heeding import Heeding
from shisaku.registry.make import make_op
from shisaku.store.codecs import encode_vector

COLOURS = ("red", "blue")


@dataclass(frozen=True)
class Draw(Transform):
    """Writes one of `words` words, drawn: with few of them copies come soon."""

    name: ClassVar[str] = "toy.draw"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    text: str = "text"
    words: int = 1000
    busy: bool = False

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        if self.busy:
            return [Failure(say("The server is busy"), passing=True) for _ in batch]
        return [(self._child(sample, rng),) for sample, rng in zip(batch, rngs, strict=True)]

    def _child(self, sample: Sample, rng: np.random.Generator) -> Sample:
        return sample.child(self.name, parts={"text": Part.from_text(f"word {rng.integers(self.words)}")})


@dataclass(frozen=True)
class Same(Metric):
    """Calls texts that are equal copies; of a group the smallest id stays."""

    name: ClassVar[str] = "toy.same"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    together: ClassVar[bool] = True
    text: str = "text"

    def measure(self, batch: Sequence[Sample], reference: Sequence[Sample] | None = None) -> State:
        return {sample.id: sample.parts[self.text].text for sample in batch}

    def scores(self, state: Mapping[str, Any]) -> list[Score]:
        lead: dict[str, str] = {}
        for name in sorted(state):
            lead.setdefault(state[name], name)
        found = Counter(state.values())
        return [
            Score(name, self.name, float(lead[text] == name), 0.0, lead[text] != name, None, lead[text])
            if found[text] > 1
            else Score(name, self.name, 1.0, 0.0, False)
            for name, text in sorted(state.items())
        ]


@dataclass(frozen=True)
class Embed(Transform):
    """A vector for each word; `same` gives all words one vector."""

    name: ClassVar[str] = "toy.embed"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"write": "embedding"}
    makes: ClassVar[str] = "views"
    text: str = "text"
    write: str = "features"
    same: bool = False

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        return [(sample.with_part(self.write, Part("embedding", self._vector(sample))),) for sample in batch]

    def _vector(self, sample: Sample) -> bytes:
        seed = 0 if self.same else int(sample.parts[self.text].text.split()[-1])
        return encode_vector(np.random.default_rng(seed).standard_normal(32).astype(np.float32))


@dataclass(frozen=True)
class Echo(Heeding):
    """Says how many of its earlier texts it was shown, and which was the last."""

    name: ClassVar[str] = "toy.echo"
    reads: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    writes: ClassVar[Mapping[str, Kind]] = {"text": "text"}
    told: ClassVar[str] = "text"
    text: str = "text"
    hints: int = 0

    def apply(
        self, batch: Sequence[Sample], rngs: Sequence[np.random.Generator], pool: Sequence[Sample] | None = None
    ) -> list[Outcome]:
        return [(self._child(sample),) for sample in batch]

    def _child(self, sample: Sample) -> Sample:
        prompt, others = self._hinted(sample)
        assert prompt.count("\n- ") == len(others)
        last = others[-1][0].parts["text"].text if others else "none"
        return sample.child(self.name, parts={"text": Part.from_text(f"{len(others)}, after ({last})")})


OPS = {one.name: one for one in (Draw, Same, Embed, Echo)}


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    def made(name: str, params: Mapping[str, Any], line: int = 0) -> Any:
        return OPS[name](**params) if name in OPS else make_op(name, params, line)

    monkeypatch.setattr(kitchen, "make_op", made)
    monkeypatch.setattr(growing, "make_op", made)
    monkeypatch.setattr("shisaku.engine.local.check_recipe", lambda recipe, parts: None)


def texts(n: int = 6) -> list[Sample]:
    return [
        Sample(f"s{i}", {"text": Part.from_text(f"word {9000 + i}")}, {"colour": COLOURS[i % 3 == 0]}) for i in range(n)
    ]


def recipe(**step: Any) -> Recipe:
    return Recipe("growing", Source("nowhere"), seed=3, steps=(Step("made", "toy.draw", ("data",), **step),))


def by_colour(run: Any) -> Counter[str]:
    return Counter(sample.labels["colour"] for sample in run.stream("made"))


def test_every_class_gets_as_many_as_are_wanted(tmp_path: Path) -> None:
    run = cook(recipe(rounds=20, want=Want(10, "colour")), texts(), tmp_path)
    real = Counter(sample.labels["colour"] for sample in texts())
    assert by_colour(run) == {colour: 10 - n for colour, n in real.items()}
    assert "as much as was wanted" in run.read_json("run")["rounds"]["made"]["why"]["text"]


def test_real_ones_need_not_count(tmp_path: Path) -> None:
    run = cook(recipe(rounds=20, want=Want(5, "colour", with_real=False)), texts(), tmp_path)
    assert by_colour(run) == dict.fromkeys(COLOURS, 5)


def test_what_is_lacking_when_the_rounds_are_used_up_is_said(tmp_path: Path) -> None:
    run = cook(recipe(rounds=2, want=Want(100, "colour")), texts(), tmp_path)
    assert "still lacking are blue: 94, red: 88" in run.read_json("run")["rounds"]["made"]["why"]["text"]


def test_copies_leave_and_are_asked_for_again(tmp_path: Path) -> None:
    step = recipe(rounds=60, params={"words": 12}, want=Want(2), fresh=Fresh("toy.same"))
    run = cook(step, texts(5), tmp_path)
    said = [sample.parts["text"].text for sample in run.stream("made")]
    assert len(said) == len(set(said)) == 10
    assert Counter(sample.parents[0] for sample in run.stream("made")) == dict.fromkeys((f"s{i}" for i in range(5)), 2)
    counts = {row["step"]: row for row in run.read_rows("counts")}["made"]
    drops = [row for row in run.read_rows("drops") if row["step"] == "made"]
    assert counts["made"] == counts["kept"] + counts["dropped"]
    assert counts["dropped"] == len(drops) > 0
    assert {row["op"] for row in drops} == {"toy.same"}


def test_it_ends_where_nothing_new_comes(tmp_path: Path) -> None:
    few = recipe(rounds=50, params={"words": 3}, enough=Enough("toy.embed", gain=0.05))
    many = recipe(rounds=5, params={"words": 1000}, enough=Enough("toy.embed", gain=0.05))
    ended = cook(few, texts(), tmp_path / "few").read_json("run")["rounds"]["made"]
    went_on = cook(many, texts(), tmp_path / "many").read_json("run")["rounds"]["made"]
    assert ended["rounds"] < 10
    assert "too little that is different" in ended["why"]["text"]
    assert went_on["rounds"] == 5


def test_order_shards_and_workers_decide_nothing() -> None:
    step = recipe(rounds=8, params={"words": 15}, want=Want(8, "colour"), fresh=Fresh("toy.same"))
    law_sharding(step, texts(7), [(1, 2, 0), (3, 5, 3), (2, 1, 5)])


def test_a_busy_server_stops_the_rounds_and_the_next_run_asks_again(tmp_path: Path) -> None:
    busy = recipe(rounds=5, params={"busy": True}, want=Want(10, "colour"))
    run = cook(busy, texts(), tmp_path)
    about = run.read_json("run")
    assert about["rounds"]["made"]["rounds"] == 1
    assert about["passing"] == 6


def test_a_failure_that_may_pass_is_not_kept_for_the_next_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = recipe(rounds=1)
    asked: list[int] = []
    good = Draw.apply

    def first_busy(self: Draw, batch: Any, rngs: Any, pool: Any = None) -> list[Outcome]:
        asked.append(len(batch))
        if len(asked) == 1:
            return [Failure(say("The server is busy"), passing=True) for _ in batch]
        return good(self, batch, rngs, pool)

    monkeypatch.setattr(Draw, "apply", first_busy)
    one = cook(plain, texts(4), tmp_path / "1", kitchen_cache(tmp_path))
    assert one.read_json("run")["passing"] == 4
    two = cook(plain, texts(4), tmp_path / "2", kitchen_cache(tmp_path))
    assert len(two.stream("made")) == 4
    assert two.read_json("run")["passing"] == 0


def kitchen_cache(folder: Path) -> Any:
    from shisaku.store.cache import StepCache

    return StepCache(folder / "shared")


def test_a_label_that_nobody_has_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match="size"):
        cook(recipe(rounds=2, want=Want(3, "size")), texts(), tmp_path)


def test_older_ones_stay_whatever_the_metric_would_keep() -> None:
    scores = [
        Score("a/new", "same", 1.0, 0, False, None, "a/new"),
        Score("b/old", "same", 0.0, 0, True, None, "a/new"),
        Score("c/new", "same", 1.0, 0, False, None, "c/new"),
        Score("d/new", "same", 0.0, 0, True, None, "c/new"),
    ]
    assert sorted(copies("made", "toy.same", scores, frozenset({"a/new", "c/new", "d/new"}))) == ["a/new", "d/new"]


def test_each_source_has_its_turn() -> None:
    tally = Tally(Want(100, "colour"), {f"s{i}": "red" for i in range(4)} | {"t": "blue"})
    step = Step("made", "toy.draw", ("data",))
    assert tally.next(step, 0, 0) == {"s0", "s1", "s2", "s3", "t"}
    tally.have["red"] = 99
    firsts = {next(iter(tally.next(step, 0, turn) - {"t"})) for turn in range(40)}
    assert len(firsts) == 4


def echoed(rounds: int, hints: int) -> Recipe:
    step = Step("made", "toy.echo", ("data",), {"hints": hints}, rounds=rounds)
    return Recipe("echo", Source("nowhere"), seed=3, steps=(step,))


def test_an_op_that_heeds_is_shown_what_it_said_of_the_same_sample_in_earlier_rounds(tmp_path: Path) -> None:
    run = cook(echoed(12, 2), texts(2), tmp_path)
    said = {sample.id: sample.parts["text"].text for sample in run.stream("made")}
    for source in ("s0", "s1"):
        told = [said[f"{source}/made.{turn}"] for turn in range(12)]
        assert [one.split(",")[0] for one in told] == ["0", "1", *["2"] * 10]
        assert all(after.endswith(f"after ({before})") for before, after in itertools.pairwise(told))


def test_without_hints_rounds_do_not_know_of_each_other(tmp_path: Path) -> None:
    run = cook(echoed(3, 0), texts(2), tmp_path)
    assert {sample.parts["text"].text for sample in run.stream("made")} == {"0, after (none)"}


def test_hints_do_not_depend_on_order_shards_and_workers() -> None:
    law_sharding(echoed(4, 3), texts(7), [(1, 2, 0), (3, 5, 3), (2, 50, 5)])
