"""Without a route nothing leaves: neither native code nor a child process."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from shisaku.errors import MachineError
from shisaku.guard.isolate import isolated


def _allowed() -> bool:
    try:
        return isolated([sys.executable, "-c", ""]) == 0
    except MachineError:
        return False


needs_namespaces = pytest.mark.skipif(not _allowed(), reason="this kernel gives no user namespaces")
REACH = "import socket; socket.socket().connect(('192.0.2.1', 80))"
ATTEMPTS = f"""
import errno, json, os, socket, subprocess, sys
from shisaku.guard.isolate import is_isolated
done = {{"isolated": is_isolated(), "user": os.getuid(), "marked": os.environ.get("SHISAKU_ISOLATED")}}
try:
    {REACH}
except OSError as error:
    done["socket"] = errno.errorcode[error.errno]
try:
    socket.socket(socket.AF_INET6).connect(("2001:db8::1", 80))
except OSError as error:
    done["v6"] = errno.errorcode[error.errno]
child = subprocess.run([sys.executable, "-c", {REACH!r}], capture_output=True, text=True)
done["child"] = child.stderr.splitlines()[-1]
server = socket.create_server(("127.0.0.1", 0))
done["own loopback"] = socket.create_connection(server.getsockname()).getpeername() == server.getsockname()
try:
    socket.create_connection(("127.0.0.1", int(sys.argv[2])), timeout=5)
except OSError as error:
    done["host loopback"] = errno.errorcode[error.errno]
open(sys.argv[1], "w").write(json.dumps(done))
sys.exit(7)
"""


@needs_namespaces
def test_nothing_leaves_an_isolated_command_nor_its_children(tmp_path: Path) -> None:
    told = tmp_path / "told.json"
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert isolated([sys.executable, "-c", ATTEMPTS, str(told), port]) == 7
    done = json.loads(told.read_text())
    assert done["isolated"]
    assert done["user"] == os.getuid()
    assert done["marked"] == "1"
    assert done["socket"] == "ENETUNREACH"
    assert done["v6"] in ("ENETUNREACH", "EADDRNOTAVAIL", "EAFNOSUPPORT")
    assert "Network is unreachable" in done["child"]
    assert done["own loopback"]
    assert done["host loopback"] == "ECONNREFUSED"
    assert told.stat().st_uid == os.getuid()


NATIVE = """
import sys
from pyarrow import fs
s3 = fs.S3FileSystem(endpoint_override=sys.argv[1], scheme="http", anonymous=True, region="x",
                     connect_timeout=2, request_timeout=2, retry_strategy=fs.AwsStandardS3RetryStrategy(1))
try:
    s3.get_file_info("bucket/secret")
except OSError as error:
    print(error)
"""


@needs_namespaces
def test_native_code_has_no_way_out_either() -> None:
    """The same client reaches such a server where only the hook watches (see test_hook)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.1)
        assert isolated([sys.executable, "-c", NATIVE, f"127.0.0.1:{server.getsockname()[1]}"]) == 0
        with pytest.raises(TimeoutError):
            server.accept()


@needs_namespaces
def test_a_program_that_is_not_there_is_said_so() -> None:
    with pytest.raises(MachineError, match="no-such-program cannot be started"):
        isolated(["no-such-program"])


@needs_namespaces
def test_a_signal_that_ends_the_command_is_in_its_code() -> None:
    assert isolated([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"]) == 128 + signal.SIGKILL


@needs_namespaces
def test_a_request_to_end_reaches_the_command(tmp_path: Path) -> None:
    ready, ended = tmp_path / "ready", tmp_path / "ended"
    inner = (
        "import signal, sys, time, pathlib\n"
        f"def end(*_): pathlib.Path({str(ended)!r}).touch(); sys.exit(3)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(60)"
    )
    outer = (
        "import sys; from shisaku.guard.isolate import isolated\n"
        "sys.exit(isolated([sys.executable, '-c', sys.argv[1]]))"
    )
    with subprocess.Popen([sys.executable, "-c", outer, inner]) as process:
        while not ready.exists():
            assert process.poll() is None
            time.sleep(0.01)
        process.terminate()
        assert process.wait(timeout=20) == 3
    assert ended.exists()


def test_where_the_kernel_forbids_it_the_error_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    from shisaku.guard import isolate

    monkeypatch.setattr(isolate.sys, "platform", "darwin")
    with pytest.raises(MachineError, match="Linux"):
        isolated(["true"])


FORBIDDEN = """
import ctypes, sys
from shisaku.errors import MachineError
from shisaku.guard.isolate import isolated
open("/proc/sys/user/max_user_namespaces", "w").write("0")
try:
    isolated([sys.executable, "-c", "print('it ran')"])
except MachineError as error:
    print(error)
"""


@needs_namespaces
def test_a_kernel_that_gives_no_more_namespaces_is_told_from_one_that_does() -> None:
    """In a user namespace of its own a process may set the limit for what is below it to none."""
    done = subprocess.run(
        ["unshare", "-r", sys.executable, "-c", FORBIDDEN], capture_output=True, text=True, check=False
    )
    if "Permission denied" in done.stderr or "Read-only" in done.stderr:
        pytest.skip("the limit cannot be set here")
    assert "does not let a process give up its network" in done.stdout, done.stderr
    assert "it ran" not in done.stdout
