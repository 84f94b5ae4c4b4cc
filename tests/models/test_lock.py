"""weights.lock: complete, safe to unpack, honest about licences."""

from __future__ import annotations

import re

import pytest

from shisaku.errors import WeightsError
from shisaku.models.imagenet import class_names, class_words
from shisaku.models.loading import MADE_OF, ROLES
from shisaku.models.lock import locked, locked_models, read_lock
from shisaku.models.pull import lean_set, status


def test_every_file_is_pinned_and_every_licence_has_its_evidence() -> None:
    for model in locked_models().values():
        assert model.licence
        assert model.licence_evidence
        assert model.files
        for file in model.files:
            assert file.bytes > 0
            for source in file.sources:
                assert re.fullmatch("[0-9a-f]{64}", source.sha256)
                for member in source.members:
                    assert re.fullmatch("[0-9a-f]{64}", member.sha256)
                    assert re.fullmatch("[0-9a-f]{64}", member.archive.sha256)
                    assert member.archive.version
                    assert member.archive.registry in ("pypi", "debian")


def test_a_licence_in_doubt_says_why_the_model_is_used_all_the_same() -> None:
    doubtful = [m for m in locked_models().values() if "claimed" in m.licence or "unstated" in m.licence]
    assert [m.name for m in doubtful] == ["styletransfer-26"]
    assert all(m.licence_override for m in doubtful)


def test_every_role_is_filled_by_a_locked_model() -> None:
    for role, name in ROLES.items():
        for part in MADE_OF.get(name, (name,)):
            assert part in locked_models()
        if name not in MADE_OF:
            assert role in locked(name).roles


def test_no_file_leaves_its_folder() -> None:
    text = """
schema = 1
[archive.a]
registry = "pypi"
package = "a"
version = "1"
file = "a.whl"
bytes = 1
sha256 = "0"
[[model]]
name = "m"
roles = []
family = ""
about = ""
trained_on = ""
licence = ""
licence_evidence = ""
sources_note = ""
files = [{ path = "PATH", bytes = 1, sources = [{ archive = "a", member = "m", sha256 = "0" }] }]
"""
    assert read_lock(text.replace("PATH", "sub/a.bin"))["m"].bytes == 1
    for path in ("../a", "/a", "sub/../../a"):
        with pytest.raises(WeightsError, match="leaves the model's folder"):
            read_lock(text.replace("PATH", path))


@pytest.mark.parametrize("text", ["not toml = = 1", "schema = 1", "[archive]\n[[model]]\nname = 'x'"])
def test_a_broken_lock_is_a_weights_error(text: str) -> None:
    with pytest.raises(WeightsError, match="cannot be read"):
        read_lock(text)


def test_status_has_a_row_per_model_with_its_licence() -> None:
    rows = {row["name"]: row for row in status()}
    assert list(rows) == lean_set()
    assert rows["styletransfer-26"]["licence_override"]
    assert all({"role", "present", "megabytes", "licence", "licence_evidence"} <= set(row) for row in rows.values())


def test_status_of_an_empty_cache_says_absent(tmp_path: object) -> None:
    assert not any(row["present"] for row in status(cache=tmp_path))  # type: ignore[arg-type]


def test_a_model_of_the_users_own_is_present_where_it_points(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setenv("SHISAKU_MODEL_FLITE", str(tmp_path))
    row = next(row for row in status() if row["name"] == "flite")
    assert row["local"]
    assert row["present"]
    monkeypatch.setenv("SHISAKU_MODEL_FLITE", str(tmp_path) + "/none")
    assert not next(row for row in status() if row["name"] == "flite")["present"]


def test_class_names_are_in_the_order_of_the_logits() -> None:
    names = class_names()
    assert len(names) == len(class_words()) == 1000
    assert (names[0], names[145], names[937], names[999]) == ("tench", "king penguin", "broccoli", "toilet tissue")
