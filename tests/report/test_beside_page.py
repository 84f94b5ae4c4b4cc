"""The page of a study with every part beside its verdicts: all of it is printed, and nothing twice."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from report_material import make_run

from shisaku.core.amount import Amount
from shisaku.core.arm import Arm, ArmKeep, Loss
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.kpi import Kpi
from shisaku.core.study import StudyResult
from shisaku.core.study_spec import StudySpec
from shisaku.lab.items import Items, StudyData
from shisaku.lab.prove import prove
from shisaku.lab.record import study_records, study_tables, verdict_record
from shisaku.report.beside import PARTS, in_short, sections
from shisaku.report.glossary import idea_of
from shisaku.report.record import read_record
from shisaku.report.render import write_report
from shisaku.report.words import Words, words
from shisaku.store.run import Run

ARMS = (
    Arm("real"), Arm("twice", more_real=2), Arm("made", add="made"),
    Arm("half", add="made", ratio=0.5), Arm("one", add="made", ratio=1),
    Arm("labels", buy="labels"), Arm("repairs", buy="repairs"), Arm("bought", add="made", buy="made"),
    Arm("general", rows="other", ratio=1, alone=True), Arm("own", add="made", ratio=1, alone=True),
)  # fmt: skip


def items(name: str, n: int, seed: int, parents: tuple[str, ...] = ()) -> Items:
    rng = np.random.default_rng(seed)
    label = np.arange(n) % 2
    ids = tuple(f"{name}{i:03d}" for i in range(n))
    x = rng.normal(0, 1, (n, 4)) + 1.2 * label[:, None]
    above = tuple((p,) for p in parents) or ((),) * n
    return Items(ids, tuple("ab"[c] for c in label), ids, x.astype(np.float32), above)


def seen_twice(one: Items) -> Items:
    """The same items with two modalities, from two cameras."""
    cameras = {"camera": tuple("old" if i % 3 else "new" for i in range(len(one)))}
    return replace(one, views={"feature": (0, 2), "sound": (2, 4)}, facts=cameras)


@pytest.fixture(scope="module")
def result() -> StudyResult:
    real = items("real", 60, 0)
    streams = {"made": items("made", 60, 1, real.ids), "other": items("other", 60, 2)}
    streams |= {"photo": items("photo", 40, 3), "phone": items("phone", 40, 4)}
    streams = {name: seen_twice(one) for name, one in streams.items()}
    spec = StudySpec(
        name="all", label="class", real="real", feature=Feature("image.embed"), arms=ARMS, primary="photo",
        domains=(
            Domain("photo", "external", stream="photo", shows="generalisation"),
            Domain("phone", "external", stream="phone", degrades="photo", shows="fit"),
            Domain("noisy", "external", stream="photo", spoil={"feature": 1.0}),
        ),
        contrasts=("made",), shots=(6, 12), splits=3, inits=2, layers=("general", "own"), budget=4.0,
        prices={"label": 1.0, "repair": 1.0, "made": 0.5}, learner={"name": "logistic", "C": 1.0, "transform": "none"},
        views={"sound": Feature("audio.embed")}, slices=("camera",), meter=True,
        kpi=Kpi(
            costs={"a": {"b": Amount.of(2.0, 9.0)}}, review=Amount.of(0.4), positive="a", lot="camera",
            minutes={"miss": 5.0}, investment={"labels": Amount.of(100.0)}, yearly={"compute": Amount.of(5.0)},
        ),
    )  # fmt: skip
    return prove(spec, StudyData(seen_twice(real), streams))


@pytest.fixture
def run(tmp_path: Path, result: StudyResult) -> Run:
    run = make_run(tmp_path / "run")
    run.write_json("verdict", verdict_record([result]))
    run.write_json("studies", study_records([result]))
    tables = study_tables([result])
    for name in ("arm_scores", "per_class"):
        run.write_rows(name, tables[name])
    return run


def test_every_part_has_its_section_and_none_is_left_to_the_tree(run: Run, result: StudyResult) -> None:
    assert set(PARTS) <= {*result.detail, "costs"}
    study = read_record(run).studies[0]
    found = {str(part.title): part for part in sections(study, 0)}
    assert list(found) == [
        "In money", "In the words of the shop floor", "Risk", "For which costs it pays",
        "What the money depends on",
        "Score and number of real items", "Generalisation, task and fit", "How many made items for each real one",
        "What one made item is worth", "What the same money buys", "Degraded inputs",
        "Missing, noisy and conflicting modalities", "Layers of data", "Slices", "Further tests",
        "Where the scatter comes from", "What the arms took",
    ]  # fmt: skip
    assert len(found["Score and number of real items"].charts) == 3 * 2
    assert len(found["How many made items for each real one"].charts) == 3
    assert found["What one made item is worth"].charts
    without = (
        "Score and number of real items",
        "Generalisation, task and fit",
        "How many made items for each real one",
    )
    for part in [part for title, part in found.items() if title not in without]:
        assert part.table
        assert all(len(row) == len(part.table.heads) for row in part.table.rows)
    text = write_report(run).read_text(encoding="utf-8")
    for title in found:
        assert title in text
    assert "plain_paired_t" not in text


def test_what_the_decision_is_about_is_said_beside_it(run: Run) -> None:
    said = [str(one) for one in in_short(read_record(run).studies[0])]
    assert any("(full quality)" in one for one in said)
    assert any("real ones" in one or "real items" in one for one in said)
    assert all("6 real items" not in one for one in said)


def test_no_sentence_is_too_deep_for_the_page_to_say(result: StudyResult) -> None:
    def sentences(part: Any) -> Iterator[Any]:
        if isinstance(part, dict) and "template" in part:
            yield part
        elif isinstance(part, dict | list):
            for inner in part.values() if isinstance(part, dict) else part:
                yield from sentences(inner)

    said = [words(one) for name in PARTS for one in sentences(result.detail.get(name))]
    assert len(said) > 50
    assert not [one.en for one in said if "..." in one.en + one.ja or "{" in one.en + one.ja]


def test_a_part_is_printed_with_its_sign_whatever_it_is(run: Run) -> None:
    study = read_record(run).studies[0]
    money = next(part for part in sections(study, 0) if str(part.title) == "What the same money buys")
    assert money.table
    cells = study.detail["equal_money"]
    assert len(money.table.rows) == sum(len(cell["rows"]) + len(cell["pairs"]) for cell in cells)


def test_a_run_without_these_parts_has_nothing_to_say_of_them(run: Run) -> None:
    studies = run.read_json("studies")
    for study in studies:
        study["detail"] = {k: v for k, v in study["detail"].items() if k not in PARTS}
    run.write_json("studies", studies)
    bare = read_record(run).studies[0]
    assert (sections(bare, 0), in_short(bare)) == ([], [])


def idea(**changes: Any) -> str:
    from dataclasses import asdict

    said = idea_of(json.loads(json.dumps(asdict(replace(Arm("x"), **changes)))), {})
    assert isinstance(said, Words)
    return str(said)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, "real items only"),
        ({"add": "m", "ratio": 0.5}, "real + made data; 0.5 of it for each real item"),
        ({"add": "m", "alone": True}, "made data alone"),
        ({"add": "m", "alone": True, "shuffle": True}, "placebo); no real items beside it"),
        ({"rows": "m", "nearest": 3}, "the 3 nearest of it for each real item (retrieval)"),
        ({"buy": "labels"}, "real items only; and as many more as the budget buys labels for"),
        ({"buy": "repairs"}, "the most doubtful labels corrected"),
        ({"add": "m", "buy": "made"}, "as much of it as the budget buys"),
        ({"add": "m", "loss": Loss(ArmKeep("judge.x"), 0.3, 0.7, 0.5)}, "weighted by its judge.x; 30\u00a0% of a made"),
        ({"views": ("sound",)}, "sees only sound"),
        ({"learner": {"name": "ridge"}}, "trained by ridge"),
    ],
)
def test_every_way_to_train_is_said_in_plain_words(changes: dict[str, Any], says: str) -> None:
    assert says in idea(**changes)
