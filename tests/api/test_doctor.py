"""The doctor: all is well here, and every gap is told with the one command that closes it."""

from __future__ import annotations

import json
from importlib import metadata
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from shisaku.api.checkup import libraries, machine, plugins
from shisaku.api.checkup.doctor import doctor, weights
from shisaku.cli.app import app
from shisaku.core.drop import Failure
from shisaku.message import say
from shisaku.registry.doors import OPS


@pytest.mark.weights
def test_a_default_install_is_well() -> None:
    done = CliRunner().invoke(app, ["doctor", "--json"])
    found = json.loads(done.stdout)
    assert done.exit_code == 0, [one for one in found["findings"] if one["state"] == "missing"]
    areas = {one["area"] for one in found["findings"]}
    assert areas == {
        *("python", "libraries", "weights", "extras", "programs", "disk"),
        *("machine", "sandbox", "plugins", "network"),
    }
    assert {"ja", "dicom"} <= {one["name"] for one in found["findings"] if one["area"] == "extras"}
    assert all(one["command"] for one in found["findings"] if one["state"] != "ok")
    assert not any(one["command"] for one in found["findings"] if one["state"] == "ok")


def test_a_gap_is_exit_4_and_one_command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "empty"))
    done = CliRunner().invoke(app, ["doctor"])
    assert done.exit_code == 4
    assert "shisaku models pull whisper-base" in done.stdout
    assert "not complete" in done.stdout


def test_weights_that_are_not_here_are_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path))
    found = list(weights())
    assert {one.state for one in found if not one.what.template.startswith("files of your own")} == {"missing"}


def test_a_library_that_lacks_or_does_not_load_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str) -> str:
        if name == "scipy":
            raise metadata.PackageNotFoundError(name)
        return "1.0"

    def broken(name: str) -> Any:
        if name == "av":
            raise ImportError("libav.so: cannot open shared object file")

    monkeypatch.setattr(libraries, "version", without)
    monkeypatch.setattr(libraries.importlib, "import_module", broken)
    found = {one.name: one for one in libraries.libraries()}
    assert (found["scipy"].state, found["scipy"].command) == ("missing", "pip install --force-reinstall scipy")
    assert "libav.so" in str(found["av"].what)
    assert found["numpy"].state == "ok"


def test_an_extra_that_lacks_is_optional(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(libraries, "_version", lambda name: "" if name == "janome" else "1.0")
    found = {one.name: one for one in libraries.extras()}
    assert (found["ja"].state, found["ja"].command) == ("optional", "pip install 'shisaku[ja]'")
    assert found["dicom"].state == "ok"


def test_programs_and_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(machine.shutil, "which", lambda name: None)
    assert {one.state for one in machine.programs()} == {"optional"}
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("SHISAKU_CACHE", str(tmp_path / "file" / "cache"))
    monkeypatch.setenv("SHISAKU_STATE", str(tmp_path / "new" / "state"))
    found = {one.name: one for one in machine.disks()}
    assert (found["cache"].state, found["cache"].command) == ("missing", "export SHISAKU_CACHE=/a/folder/of/yours")
    assert found["state"].state == "ok"
    assert not (tmp_path / "new").exists(), "looking changes nothing"
    monkeypatch.setattr(machine, "LEAST_FREE_GB", 1e9)
    assert {one.state for one in machine.disks()} == {"missing"}


def test_the_sandbox_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.store.sandbox import Sandbox

    assert [one.state for one in machine.sandbox()] == ["ok"]
    monkeypatch.setattr(Sandbox, "decode", lambda self, job: Failure(say("It died")))
    assert [(one.state, str(one.what)) for one in machine.sandbox()] == [("missing", "It died")]


def test_broken_and_clashing_plugins_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    entries = [
        EntryPoint("text.bare", "shisaku.ops.text.bare:Bare", OPS),
        EntryPoint("a.gone", "no_such_package_here:Op", OPS),
        EntryPoint("a.nameless", "shisaku.ops.text.bare:NoSuchClass", OPS),
        EntryPoint("b.twice", "shisaku.ops.text.bare:Bare", OPS),
        EntryPoint("b.twice", "shisaku.ops.text.frame:Frame", OPS),
    ]
    monkeypatch.setattr(plugins, "entry_points", lambda group: entries if group == OPS else [])
    found = {one.name: one for one in plugins.plugins()}
    assert found["a.gone"].state == found["a.nameless"].state == found["b.twice"].state == "missing"
    assert all(one.command for one in found.values() if one.state == "missing")
    assert "offers b.twice" in str(found["b.twice"].what)


def test_the_doctor_survives_a_damaged_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.errors import WeightsError
    from shisaku.models import pull

    def damaged() -> list[dict[str, Any]]:
        raise WeightsError(say("The weights lock cannot be read"))

    monkeypatch.setattr(pull, "status", damaged)
    assert doctor()["ok"] is False
