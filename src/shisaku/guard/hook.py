"""Refuses every connection of this process's Python code but those that the gate has announced.

It is an audit hook (PEP 578): the interpreter asks it before a socket is connected, bound or written to and before a
name is looked up, whichever library wants to. It does not see native code, nor what child processes do, and it is no
prison for code that means harm: `guard.isolate` stops those.
"""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from shisaku.errors import EgressError, MachineError
from shisaku.message import say

Record = Callable[[str, str], None]

PROBE: Final = "shisaku.guard.probe"
# These never leave the machine: Unix sockets, the kernel's own talk (routes, ciphers).
LOCAL_FAMILIES: Final = frozenset(
    getattr(socket, name) for name in ("AF_UNIX", "AF_NETLINK", "AF_ALG") if hasattr(socket, name)
)
LOOPBACK_NAMES: Final = frozenset({"localhost", "ip6-localhost", "ip6-loopback"})
CHILDREN: Final = frozenset({"subprocess.Popen", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn"})

_announced: ContextVar[frozenset[str]] = ContextVar("announced", default=frozenset())
_lock = threading.Lock()
_installed = False
_probed = False
_watches: tuple[Watch, ...] = ()


@dataclass
class Watch:
    """One span of watching: what was refused, and which programs were started, which nobody can see into."""

    loopback: bool = True
    record: Record | None = None
    refused: list[tuple[str, str]] = field(default_factory=list)
    children: dict[str, int] = field(default_factory=dict)


@contextmanager
def watched(*, loopback: bool = True, record: Record | None = None) -> Iterator[Watch]:
    """Refuse, in all threads until the block ends, what nobody announced; Raises EgressError in whoever tries.

    Loopback and Unix sockets are let through unless `loopback` is False. `record` is told the audit event and the host
    of every refusal, in the thread that tried. Watches may nest and overlap: what one refuses is refused. Raises
    MachineError where the hook cannot be set.
    """
    global _watches
    _install()
    watch = Watch(loopback, record)
    with _lock:
        _watches = (*_watches, watch)
    try:
        yield watch
    finally:
        with _lock:
            _watches = tuple(one for one in _watches if one is not watch)


@contextmanager
def announced(*hosts: str) -> Iterator[None]:
    """Let the calling context, task or thread reach these names or addresses while the block runs: for the gate."""
    token = _announced.set(_announced.get() | {host.lower() for host in hosts})
    try:
        yield
    finally:
        _announced.reset(token)


def _install() -> None:
    global _installed
    with _lock:
        if not _installed:
            sys.addaudithook(_hook)
            sys.audit(PROBE)
            _installed = _probed  # an earlier hook can veto a new one without a word
    if not _installed:
        raise MachineError(
            say("The watch over connections cannot be set up: another audit hook of this process forbids it"),
            next=say("Start shisaku in a process of its own"),
        )


def _hook(event: str, args: tuple[Any, ...]) -> None:
    global _probed
    if event == PROBE:
        _probed = True
    elif _watches:
        host_in = _HOSTS.get(event)
        if host_in is not None:
            _judge(event, host_in(args))
        elif event in CHILDREN:
            _note(str(args[0]))


def _judge(event: str, host: str | None) -> None:
    """Raise EgressError unless every watch lets the host through; None is this machine's own."""
    watches = _watches
    if (host is None or _is_loopback(host)) and all(watch.loopback for watch in watches):
        return
    host = "" if host is None else host
    if host.lower() in _announced.get():
        return
    for watch in watches:
        watch.refused.append((event, host))
        if watch.record is not None:
            watch.record(event, host)
    raise EgressError(
        say("A library wanted to reach {host} past the guard ({event}); nothing was sent", host=host or "?",
            event=event),
        next=say("Switch off what it wants there, or name the endpoint as a model of the recipe and grant it"),
    )  # fmt: skip


def _note(program: str) -> None:
    for watch in _watches:
        watch.children[program] = watch.children.get(program, 0) + 1


def _is_loopback(host: str) -> bool:
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback


def _of_socket(args: tuple[Any, ...]) -> str | None:
    """Return the host of (socket, address); None for a socket that stays on the machine or an address that is none."""
    family, address = args[0].family, args[1]
    if family in LOCAL_FAMILIES:
        return None
    if family in (socket.AF_INET, socket.AF_INET6) and isinstance(address, tuple) and address:
        return _text(address[0])
    # sendmsg without an address writes to what was connected before, and that was judged then.
    return None if address is None else f"{getattr(family, 'name', family)} {address!r}"[:80]


def _of_name(args: tuple[Any, ...]) -> str | None:
    return None if args[0] is None else _text(args[0])


def _of_address(args: tuple[Any, ...]) -> str | None:
    return _text(args[0][0])


def _of_url(args: tuple[Any, ...]) -> str | None:
    url = urlsplit(_text(args[0]))
    return None if url.scheme in ("file", "data", "local_file") else url.hostname or ""


def _of_client(args: tuple[Any, ...]) -> str | None:
    return _text(args[1])


def _text(host: object) -> str:
    return host.decode("ascii", "replace") if isinstance(host, bytes | bytearray) else str(host)


# Which argument of an event tells the host. Those of the clients come first and know the name, not only the address.
_HOSTS: Final[dict[str, Callable[[tuple[Any, ...]], str | None]]] = {
    **dict.fromkeys(("socket.connect", "socket.sendto", "socket.sendmsg", "socket.bind"), _of_socket),
    **dict.fromkeys(("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"), _of_name),
    "socket.getnameinfo": _of_address,
    "urllib.Request": _of_url,
    **dict.fromkeys(
        (
            "http.client.connect", "ftplib.connect", "smtplib.connect", "poplib.connect", "imaplib.open",
            "nntplib.connect", "telnetlib.Telnet.open",
        ),
        _of_client,
    ),
}  # fmt: skip
