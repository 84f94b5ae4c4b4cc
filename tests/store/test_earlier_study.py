"""Which items an earlier study got wrong, and when a run cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest

from shisaku.errors import DataError
from shisaku.store.earlier import earlier
from shisaku.store.run import Run

ANSWERS = {"never": "aaaa", "once": "abaa", "half": "abab", "mostly": "abbb", "always": "bb", "silent": ("", "", "a")}


def run_with(path: Path, look: str = "1234") -> Path:
    run = Run.create(path, recipe_text="", recipe_fingerprint="f")
    rows = [
        {"study": "few", "split": split, "shots": 0, "item": item, "truth": "a", "predicted": answer}
        for item, answers in ANSWERS.items()
        for split, answer in enumerate(answers)
    ]
    run.write_rows("out_of_fold", [*rows, {**rows[0], "study": "other", "predicted": "b"}])
    told = [{"name": "few", "detail": {"look": look}}, {"name": "nothing", "detail": {}}]
    run.write_json("studies", told)
    run.finish("done")
    return path


def test_wrong_is_what_more_than_half_of_the_splits_got_wrong(tmp_path: Path) -> None:
    found = earlier(run_with(tmp_path / "run"), "few")
    assert found.asked == set(ANSWERS)
    assert found.wrong == {"mostly", "always", "silent"}
    assert earlier(tmp_path / "run", "few", "1234") == found


def test_another_result_than_the_one_meant_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="not the one that the recipe was written for"):
        earlier(run_with(tmp_path / "run"), "few", "5678")


@pytest.mark.parametrize("study", ["nothing", "unknown", "other"])
def test_a_study_that_trained_nothing_has_nothing_to_say(tmp_path: Path, study: str) -> None:
    with pytest.raises(DataError, match="no answers of a student"):
        earlier(run_with(tmp_path / "run"), study)


def test_a_folder_without_a_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no run"):
        earlier(tmp_path, "few")
