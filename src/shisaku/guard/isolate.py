"""Run a command in a network namespace of its own: no route leads out, for no code, native or not, and no child.

Linux only. A new process unshares user and network (user_namespaces(7), network_namespaces(7)) while it has one
thread, brings its own loopback up, and becomes the command. As a module it is that process:
``python -m shisaku.guard.isolate PIPE COMMAND...``.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NoReturn

from shisaku.errors import MachineError
from shisaku.message import Message, say

CLONE_NEWUSER: Final = 0x10000000
CLONE_NEWNET: Final = 0x40000000
PR_SET_PDEATHSIG: Final = 1
SIOCSIFFLAGS: Final = 0x8914
IFF_UP: Final = 1
MARK: Final = "SHISAKU_ISOLATED"  # so that a command that isolates itself does so once


def isolated(argv: Sequence[str]) -> int:
    """Run a command without a network and return its exit code (128 + n if signal n ended it).

    It can reach itself over its own loopback, but no server of this machine and nothing beyond; Unix sockets in the
    file system stay reachable. Raises MachineError where the system does not allow it.
    """
    if sys.platform != "linux":
        raise _impossible(say("only Linux has network namespaces"))
    reading, writing = os.pipe()
    command = [sys.executable, "-m", "shisaku.guard.isolate", str(writing), *argv]
    with subprocess.Popen(command, pass_fds=(writing,), env={**os.environ, MARK: "1"}) as child:
        os.close(writing)
        with open(reading, "rb") as pipe:
            told = pipe.read()
        code = _wait(child)
    if told:
        raise _refused(json.loads(told))
    return code if code >= 0 else 128 - code


def is_isolated() -> bool:
    """Say whether no route leads out of this process, whoever took them away."""
    try:
        routes = Path("/proc/net/route").read_text().splitlines()[1:]
        newer = Path("/proc/net/ipv6_route")
        routes += newer.read_text().splitlines() if newer.exists() else []
    except OSError:
        return False
    return all("lo" in route.split() for route in routes)


def _wait(child: subprocess.Popen[bytes]) -> int:
    """Wait for the child; Ctrl-C reaches it by itself, a request to end is handed on."""
    before = signal.getsignal(signal.SIGTERM)
    try:
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    except ValueError:  # not the main thread: whoever has that one decides
        return child.wait()
    try:
        while True:
            try:
                return child.wait()
            except KeyboardInterrupt:
                continue
    finally:
        signal.signal(signal.SIGTERM, before)


def _refused(told: Mapping[str, str]) -> MachineError:
    if "network" in told:
        return _impossible(told["network"])
    return MachineError(say("{program} cannot be started: {cause}", program=told["program"], cause=told["cause"]))


def _impossible(cause: str | Message) -> MachineError:
    return MachineError(
        say("This system does not let a process give up its network: {cause}", cause=cause),
        next=say("Run without --isolate, or allow unprivileged user namespaces (in a container: on its host)"),
    )


def _enter() -> None:
    """Leave the network of this machine. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)
    user, group = os.getuid(), os.getgid()
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)  # after the change of user, which undoes it
    # The user stays who it is, so that files stay its own.
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))


def _become(pipe: int, command: Sequence[str]) -> None:
    os.set_inheritable(pipe, False)  # it closes when the command begins: then all is well
    try:
        _enter()
    except OSError as error:
        _give_up(pipe, {"network": str(error.strerror)})
    if not is_isolated():
        _give_up(pipe, {"network": "a route out is left"})
    try:
        os.execvp(command[0], list(command))  # noqa: S606 - the command that was asked for, as it was given
    except OSError as error:
        _give_up(pipe, {"program": command[0], "cause": str(error.strerror)})


def _give_up(pipe: int, told: dict[str, str]) -> NoReturn:
    os.write(pipe, json.dumps(told).encode())
    sys.exit(MachineError.exit_code)


if __name__ == "__main__":
    _become(int(sys.argv[1]), sys.argv[2:])
