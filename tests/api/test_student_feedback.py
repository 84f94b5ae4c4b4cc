"""Two rounds: what a study of the first run got wrong is what the second makes more of, and it is counted as a look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shisaku.api import run
from shisaku.errors import DataError
from shisaku.store.earlier import earlier
from shisaku.store.run import Run

STUDY = """\
studies:
  - name: {name}
    label: class
    real: learn
    feature: {{op: text.embed, with: {{text: text, model: char_ngrams}}}}
    grouping: {{near: 0}}
    splits: 6
    metric: accuracy
    expected_gain: 0.9
    domains: [{{name: words, kind: {domain}}}]
    primary: words
    arms: [{{name: real}}, {{name: more, add: more}}]
    contrasts: [more]
"""
FIRST = """\
name: first
data: {{reader: folder, with: {{path: texts, licence: own}}}}
select: {{learn: {{split: train}}, held_out: {{split: test}}}}
steps:
  - {{name: more, op: text.classical, from: learn, with: {{text: text}}}}
"""
SECOND = """\
name: second
data: {{reader: folder, with: {{path: texts, licence: own}}}}
select:
  learn: {{split: train}}
  held_out: {{split: test}}
  wrong: {{split: train, wrong_in: first, study: one}}
steps:
  - {{name: more, op: text.classical, from: wrong, rounds: 3, with: {{text: text}}}}
"""
RESPLIT, EXTERNAL = "resplit", "external, stream: held_out"
WORDS = {"fruit": ("apple", "pear", "plum", "cherry"), "tool": ("hammer", "saw", "pliers", "drill")}
ODD = {f"train/{label}/{i:02d}.txt" for label in WORDS for i in (0, 6)}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Texts of two classes in two halves, of every sixth the word is one of the other class; and a first run."""
    root = tmp_path_factory.mktemp("feedback")
    for half in ("train", "test"):
        for label, words in WORDS.items():
            (root / "texts" / half / label).mkdir(parents=True)
            other = next(name for name in WORDS if name != label)
            for i in range(12):
                word = (WORDS[other] if i % 6 == 0 else words)[i % 4]
                (root / "texts" / half / label / f"{i:02d}.txt").write_text(f"the {word} of {half} {i}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHISAKU_CACHE", str(root / "cache"))
        patch.setenv("SHISAKU_STATE", str(root / "state"))
        cook(root, "first", FIRST, RESPLIT)
        yield root


def cook(home: Path, name: str, recipe: str, domain: str, **values: str) -> Run:
    path = home / f"{name}.yaml"
    path.write_text((recipe + STUDY).format(name=values.get("study", "one"), domain=domain))
    return Run.open(run(path, out=home / name).path)


@pytest.mark.slow
def test_a_second_round_starts_from_real_wrong_items_and_says_that_they_were_looked_at(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = earlier(home / "first", "one")
    assert found.wrong >= ODD
    assert len(found.wrong) < len(found.asked) == 24
    second = cook(home, "second", SECOND, RESPLIT, study="two")
    assert set(second.stream("wrong").ids()) == found.wrong
    seeds = {row["parent"] for row in second.read_rows("lineage") if row["step"] == "more"}
    assert seeds == found.wrong
    (told,) = second.read_json("studies")
    assert told["headline"]["template"].startswith("Replication on data already looked at")
    assert "looked_before" in {alarm["code"] for alarm in told["alarms"]}
    assert f"look: {found.look}" in (home / "second" / "recipe.yaml").read_text()
    # The same on a machine where nothing was written down, and again from the resolved recipe.
    monkeypatch.setenv("SHISAKU_STATE", str(home / "elsewhere"))
    again = Run.open(run(home / "second" / "recipe.yaml", out=home / "again").path)
    assert again.read_json("studies")[0]["headline"] == told["headline"]
    assert again.stream("more").ids() == second.stream("more").ids()


@pytest.mark.slow
def test_on_other_test_items_it_is_no_look(home: Path) -> None:
    (told,) = cook(home, "fixed", SECOND, EXTERNAL, study="two").read_json("studies")
    assert not told["headline"]["template"].startswith("Replication")
    assert "looked_before" not in {alarm["code"] for alarm in told["alarms"]}


@pytest.mark.slow
def test_a_run_that_is_not_there_is_said_before_anything_is_cooked(home: Path) -> None:
    with pytest.raises(DataError, match="no run"):
        cook(home, "lost", SECOND.replace("wrong_in: first", "wrong_in: nowhere"), RESPLIT)
    assert not (home / "lost").exists()
