"""Studies without real training items: a catalogue, models of what was made from it, fixed real tests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from lab_material import study

from shisaku.core.arm import Arm, Draw
from shisaku.core.domain import Domain
from shisaku.core.feature import Feature
from shisaku.core.study_spec import StudySpec
from shisaku.errors import ContaminationError
from shisaku.lab import made as made_module
from shisaku.lab.arms import train_set
from shisaku.lab.bench import Bench
from shisaku.lab.items import Items, StudyData
from shisaku.lab.made import Drawn
from shisaku.lab.plan import freeze
from shisaku.lab.prove import prove
from shisaku.lab.trial import run_trial

WORDS, VOICES, DIMS = 12, 5, 16


def spoken(seed: int = 0) -> StudyData:
    """A catalogue of words; `clear` says them near their mean, `muddled` far off; clips are said by one person."""
    rng = np.random.default_rng(seed)
    means = rng.normal(0, 1, (WORDS, DIMS))
    names = tuple(f"word{w:02d}" for w in range(WORDS))

    def items(prefix: str, noise: float, times: int, parents: bool) -> Items:
        word = np.repeat(np.arange(WORDS), times)
        x = means[word] + rng.normal(0, noise, (len(word), DIMS))
        ids = tuple(f"{prefix}/{names[w]}.{i % times}" for i, w in enumerate(word))
        above = tuple((f"catalogue/{names[w]}",) for w in word) if parents else ()
        facts = {"voice": tuple(f"voice{i % times}" for i in range(len(word)))} if parents else {}
        labels = tuple(names[w] for w in word)
        return Items(ids, labels, ids, x.astype(np.float32), above, facts=facts)

    catalogue = Items(tuple(f"catalogue/{n}" for n in names), names, names, np.zeros((WORDS, 0), dtype=np.float32))
    streams = {
        "clear": items("clear", 0.4, VOICES, True),
        "muddled": items("muddled", 3.0, VOICES, True),
        "dev": items("dev", 0.5, 1, False),
        "test": items("test", 0.5, 2, False),
    }
    tested = [*streams["test"].ids, *streams["dev"].ids]
    truth = {i: int(i.split("word")[1][:2]) for i in tested}
    guess = {i: np.eye(WORDS)[truth[i] if n % 3 else (truth[i] + 1) % WORDS] for n, i in enumerate(tested)}
    return StudyData(catalogue, streams, {"asr": guess})


def spec(**changes: Any) -> StudySpec:
    plain: dict[str, Any] = {
        "train": "made",
        "domains": (Domain("human", "external", stream="test", validate="dev"),),
        "primary": "human",
        "arms": (
            Arm("asr", scores=Feature("x")),
            Arm("clear", add="clear"),
            Arm("muddled", add="muddled"),
            Arm("one_voice", add="clear", draw=Draw("voice", 1)),
            Arm("best", choose=("muddled", "clear")),
            Arm("placebo", add="clear", shuffle=True),
        ),
        "comparators": ("asr",),
        "contrasts": ("clear", "best"),
        "shots": (0,),
        "splits": 6,
        "learner": {"name": "logistic", "C": 10.0, "transform": "none", "centre": True},
    }
    return study(**{**plain, **changes})


def test_models_of_made_speech_are_tested_on_people() -> None:
    result = prove(spec(), spoken())
    scores = {(s.arm, s.split): s for s in result.arm_scores}
    assert scores["clear", 0].value > 0.9 > scores["muddled", 0].value
    assert scores["clear", 0].n_train == 0
    assert scores["clear", 0].n_synthetic == WORDS * VOICES
    assert scores["one_voice", 0].n_synthetic == WORDS
    assert scores["placebo", 0].value < 0.4
    assert result.plan["rows"][0]["n_train"] == 0
    assert {v.comparator for v in result.verdicts} == {"asr"}


def test_an_arm_that_chooses_looks_at_the_development_slice_only() -> None:
    data = spoken()
    trial = run_trial(Bench.lay(spec(), data), 0, 0)
    assert trial.arm("best").chosen == "clear"
    assert trial.arm("best").predicted == trial.arm("clear").predicted
    wrong = data.streams["dev"]
    turned = replace(wrong, features=np.roll(data.streams["muddled"].features[::VOICES], 0, axis=0))
    spoilt = replace(data, streams={**data.streams, "dev": turned, "muddled": _like(data.streams["muddled"], turned)})
    assert run_trial(Bench.lay(spec(), spoilt), 0, 0).arm("best").chosen == "muddled"


def _like(items: Items, others: Items) -> Items:
    """Near the others, none a copy: copies would be left out of training."""
    near = np.repeat(others.features, VOICES, axis=0)
    return replace(items, features=near + np.random.default_rng(1).normal(0, 0.2, near.shape).astype(np.float32))


def test_smaller_draws_of_voices_are_inside_larger_ones_and_differ_by_split() -> None:
    arms = (*spec().arms, Arm("three_voices", add="clear", draw=Draw("voice", 3)))
    bench = Bench.lay(spec(arms=arms), spoken())
    seen = []
    rows = np.arange(WORDS)
    for split in range(6):
        drawn = Drawn(rows, lambda _: rows, f"{split}/0", lambda _: rows)
        voices = {
            name: {item.split(".")[1] for item in train_set(bench, bench.arm(name), drawn).picked}
            for name in ("one_voice", "three_voices")
        }
        assert voices["one_voice"] < voices["three_voices"]
        assert len(voices["three_voices"]) == 3
        seen.append(tuple(voices["one_voice"]))
    assert len(set(seen)) > 1


def test_a_development_slice_that_holds_test_items_is_refused() -> None:
    data = spoken()
    overlapping = replace(data, streams={**data.streams, "dev": data.streams["test"].take(range(4))})
    with pytest.raises(ContaminationError, match="development slice"):
        freeze(spec(), overlapping)


def test_the_same_numbers_on_any_number_of_workers() -> None:
    data = spoken()
    one, two = prove(spec(), data, workers=1), prove(spec(), data, workers=2)
    assert one.verdicts == two.verdicts
    assert one.arm_scores == two.arm_scores


def test_a_placebo_above_chance_is_an_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Mutation: the shuffle leaves every label where it was."""
    assert "placebo_helps" not in {alarm.code for alarm in prove(spec(), spoken()).alarms}
    monkeypatch.setattr(made_module, "_swapped", lambda bench, arm, made, picked, key: np.arange(len(picked)))
    assert "placebo_helps" in {alarm.code for alarm in prove(spec(), spoken()).alarms}


def test_copies_of_test_clips_among_rows_without_ancestors_are_left_out() -> None:
    data = spoken()
    stolen = data.streams["test"].take(range(3))
    brought = replace(data.streams["clear"], parents=((),) * (WORDS * VOICES))
    mixed = Items(
        (*brought.ids, "stolen0", "stolen1", "stolen2"),
        (*brought.labels, *stolen.labels),
        (*brought.ids, "stolen0", "stolen1", "stolen2"),
        np.concatenate([brought.features, stolen.features]),
        facts={"voice": (*brought.facts["voice"], "a", "b", "c")},
    )
    arms = tuple(replace(arm, add="", rows="clear") if arm.add == "clear" else arm for arm in spec().arms)
    result = prove(spec(arms=arms), replace(data, streams={**data.streams, "clear": mixed}))
    assert "near_copies_of_test" in {alarm.code for alarm in result.alarms}


def test_scores_of_more_classes_than_a_study_has_are_cut_to_its_own() -> None:
    """A preview keeps a dozen of many words, while the scoring op names them all."""
    names = {f"word{w:02d}": "x" for w in range(WORDS + 5)}
    arms = (replace(spec().arms[0], scores=Feature("x", {"names": names})), *spec().arms[1:])
    data = spoken()
    wide = {item: np.concatenate([vector, np.full(5, 9.0)]) for item, vector in data.scores["asr"].items()}
    trial = run_trial(Bench.lay(spec(arms=arms), replace(data, scores={"asr": wide})), 0, 0)
    assert trial.arm("asr").predicted == run_trial(Bench.lay(spec(), data), 0, 0).arm("asr").predicted
