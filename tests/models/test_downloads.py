"""pip and apt as programs: real pip on a local folder, a fake apt on the path; hangs, failures and absence are told."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from packages import archive, sha, wheel_bytes

from shisaku.errors import MachineError, WeightsError
from shisaku.message import say
from shisaku.models import apt
from shisaku.models.apt import download_deb
from shisaku.models.lock import Archive
from shisaku.models.programs import download_failure, run_download
from shisaku.models.wheels import download_wheel

ADVICE = say("Check the network")
INFO = "shisaku_toy-1.0.dist-info"
WHEEL = wheel_bytes(
    {
        "shisaku_toy/data.bin": b"data",
        f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: shisaku-toy\nVersion: 1.0\nRequires-Dist: not-there\n",
        f"{INFO}/WHEEL": b"Wheel-Version: 1.0\nGenerator: toy\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{INFO}/RECORD": b"",
    }
)
TOY = Archive("toy", "pypi", "shisaku-toy", "1.0", "shisaku_toy-1.0-py3-none-any.whl", len(WHEEL), sha(WHEEL))

FAKE_APT = """#!/bin/sh
# update: fills the lists folder that is named in the options; download: serves toy 1 and, after an update, toy 2
for word in "$@"; do case "$word" in Dir::State::Lists=*) lists="${word#*=}";; esac; last="$word"; done
echo "$*" >> "$FAKE_LOG"
if [ "$last" = update ]; then
  test -n "$FAKE_OFFLINE" && { echo "W: Temporary failure resolving 'mirror'"; exit 0; }
  test -e "$lists/x_Packages" && touch "$lists/newer"; echo x > "$lists/x_Packages"; exit 0
fi
case "$last" in
  toy|toy=1) printf one > toy_1_all.deb;;
  toy=2) test -e "$lists/newer" || { echo "E: Version 2 for toy was not found"; exit 100; }
         printf two > toy_2_all.deb;;
  *) echo "E: Unable to locate package $last"; exit 100;;
esac
"""


@pytest.fixture
def fake_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    program = tmp_path / "bin/apt-get"
    program.parent.mkdir()
    program.write_text(FAKE_APT)
    program.chmod(0o755)
    log = tmp_path / "log"
    log.write_text("")
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("FAKE_LOG", str(log))
    monkeypatch.setattr(apt, "LISTS_BYTES", 1)
    return log


def calls(log: Path) -> list[str]:
    return [line.split()[-1] for line in log.read_text().splitlines()]


def test_pip_fetches_the_pinned_wheel_from_the_users_own_mirror(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mirror, out = tmp_path / "mirror", tmp_path / "out"
    mirror.mkdir()
    out.mkdir()
    (mirror / TOY.file).write_bytes(WHEEL)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(mirror))
    found = download_wheel(TOY, out)
    assert found.read_bytes() == WHEEL
    assert [p.name for p in out.iterdir()] == [TOY.file]


def test_a_version_the_mirror_lacks_is_a_weights_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    with pytest.raises(WeightsError, match="No matching distribution") as caught:
        download_wheel(TOY, tmp_path)
    assert "PIP_INDEX_URL" in str(caught.value)


def test_a_deb_is_fetched_with_private_lists(fake_apt: Path, tmp_path: Path) -> None:
    home = tmp_path / "apt"
    found = download_deb("toy", "1", tmp_path / "out", sha(b"one"), home)
    assert found == tmp_path / "out/toy_1_all.deb"
    assert calls(fake_apt) == ["update", "toy=1"]
    assert all(f"Dir::State::Lists={home}/lists" in line for line in fake_apt.read_text().splitlines())
    assert all(f"Dir::Cache={home}/cache" in line for line in fake_apt.read_text().splitlines())
    download_deb("toy", None, tmp_path / "out", None, home)
    assert calls(fake_apt)[2:] == ["toy"]


def test_old_lists_are_refreshed_once_when_they_lack_a_version(fake_apt: Path, tmp_path: Path) -> None:
    home = tmp_path / "apt"
    download_deb("toy", "1", tmp_path, None, home)
    assert download_deb("toy", "2", tmp_path, sha(b"two"), home).name == "toy_2_all.deb"
    assert calls(fake_apt) == ["update", "toy=1", "toy=2", "update", "toy=2"]


def test_an_unknown_package_is_told_with_the_words_of_apt(fake_apt: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="Unable to locate package none") as caught:
        download_deb("none", None, tmp_path / "out", None, tmp_path / "apt")
    assert caught.value.next is not None
    assert list((tmp_path / "out").iterdir()) == []


def test_another_deb_than_the_pinned_one_is_refused(fake_apt: Path, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="another toy_1_all"):
        download_deb("toy", "1", tmp_path / "out", sha(b"two"), tmp_path / "apt")
    assert list((tmp_path / "out").iterdir()) == []


def test_apt_without_a_network_says_so(fake_apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_OFFLINE", "1")
    with pytest.raises(WeightsError, match="cannot be reached"):
        download_deb("toy", "1", tmp_path / "out", None, tmp_path / "apt")


def test_apt_is_not_started_on_a_full_disk(fake_apt: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apt, "LISTS_BYTES", 1 << 62)
    with pytest.raises(MachineError, match="MB are needed"):
        download_deb("toy", "1", tmp_path / "out", None, tmp_path / "apt")
    assert calls(fake_apt) == []


def test_a_machine_without_apt_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(apt, "LISTS_BYTES", 1)
    with pytest.raises(WeightsError, match="apt-get is not on this machine"):
        download_deb("toy", "1", tmp_path / "out", None, tmp_path / "apt")


def test_a_hanging_download_ends_with_everything_it_started(tmp_path: Path) -> None:
    mark = tmp_path / "child"
    script = f"(sleep 2; touch {mark}) & wait"
    start = time.monotonic()
    with pytest.raises(WeightsError, match="did not finish within"):
        run_download(["sh", "-c", script], "toy", tmp_path, 0.3, ADVICE)
    assert time.monotonic() - start < 1.5
    time.sleep(2.2)
    assert not mark.exists()


@pytest.mark.parametrize(
    ("output", "kind", "told"),
    [
        ("ERROR: Could not install: [Errno 28] No space left on device", MachineError, "disk is full"),
        ("WARNING: Retrying: Failed to establish a new connection: [Errno 101]", WeightsError, "cannot be reached"),
        ("E: Failed to fetch x  Temporary failure resolving 'deb'", WeightsError, "cannot be reached"),
        ("ERROR: No matching distribution\nWARNING: old pip", WeightsError, "No matching distribution"),
        ("", WeightsError, "failed"),
    ],
)
def test_the_cause_of_a_failed_download_is_read_from_its_output(
    tmp_path: Path, output: str, kind: type[MachineError], told: str
) -> None:
    error = download_failure(output, "toy", tmp_path, ADVICE)
    assert type(error) is kind
    assert told in str(error)
    assert error.next is not None


def test_another_file_than_the_pinned_one_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / TOY.file).write_bytes(WHEEL)
    (tmp_path / "out").mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    wanted = archive("shisaku-toy", WHEEL)
    with pytest.raises(WeightsError, match="another file"):
        download_wheel(Archive(wanted.name, "pypi", "shisaku-toy", "1.0", "other.whl", 1, ""), tmp_path / "out")
