"""Shared by all tests: what a missing model or data set means, and no internet anywhere."""

from __future__ import annotations

import os
import signal
import socket
import sys
import tempfile
from functools import cache
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[1] / "examples/packages"))

STRICT = bool(os.environ.get("SHISAKU_STRICT_WEIGHTS"))


@cache
def _missing_weights() -> tuple[str, ...]:
    from shisaku.models.pull import lean_set, status

    present = {row["name"] for row in status() if row["present"]}
    return tuple(name for name in lean_set() if name not in present)


@cache
def _stamps_present() -> bool:
    from shisaku_stamps.fetch import is_here

    return is_here()


@cache
def _packages_present() -> bool:
    from fetch import is_here

    return is_here()


def pytest_configure(config: pytest.Config) -> None:
    """Keep looks and cases of tests out of the state folder of whoever runs them, and let children hear of Ctrl-C.

    A job in the background is started deaf to it, and what it starts inherits that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "SHISAKU_STATE" not in os.environ:
        state = tempfile.TemporaryDirectory(prefix="shisaku-state-")
        os.environ["SHISAKU_STATE"] = state.name
        config.add_cleanup(lambda: (os.environ.pop("SHISAKU_STATE", None), state.cleanup()))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Under SHISAKU_STRICT_WEIGHTS a missing model is a failure, never a skip."""
    if item.get_closest_marker("weights") and _missing_weights():
        _absent(f"weights are missing: {', '.join(_missing_weights())}; run `make weights`")
    if item.get_closest_marker("stamps") and not _stamps_present():
        _absent("the stamps are not in the cache; run `make data`")
    if item.get_closest_marker("packages") and not _packages_present():
        _absent("the data packages are not in the cache; run `make data`")


def _absent(why: str) -> None:
    if STRICT:
        pytest.fail(why, pytrace=False)
    pytest.skip(why)


@pytest.fixture(autouse=True)
def no_internet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let loopback and Unix sockets through, and nothing else."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family != socket.AF_UNIX and host not in ("127.0.0.1", "::1", "localhost"):
            raise OSError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)
