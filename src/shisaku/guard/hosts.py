"""Where an endpoint stands: on this machine, on the premises, or outside; told by its addresses, not by its name.

A name is looked up once, here. Whoever connects must use the addresses that are returned and no others: a name that
answers differently the second time (DNS rebinding) then leads nowhere.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final, Literal, get_args
from urllib.parse import SplitResult, urlsplit

from shisaku.core.back_end import BackEnd
from shisaku.core.policy import ON_PREM, Policy
from shisaku.errors import MachineError
from shisaku.guard.hook import announced
from shisaku.message import say

Place = Literal["machine", "premises", "outside"]
PLACES: tuple[Place, ...] = get_args(Place)
Resolve = Callable[[str, int], Sequence[str]]

LOCALHOST: Final = "localhost"
LOOPBACK: Final = ("127.0.0.1", "::1")
# Loopback, RFC 1918, unique local and link-local. `is_private` of the standard library holds more: reserved blocks
# that some networks route to the outside all the same.
OWN_NETWORKS: Final[tuple[IPv4Network | IPv6Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7",
        "fe80::/10",
    )
)  # fmt: skip
# Parsers disagree about everything else: a backslash or a user part can make one see another host than the next.
HOST: Final = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252})|[0-9A-Fa-f:.]+(?:%[A-Za-z0-9]+)?")
PORTS: Final = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Host:
    """One endpoint's machine. `addresses` are all that a connection may go to; empty: it was not looked up."""

    name: str
    port: int
    addresses: tuple[str, ...]
    place: Place
    encrypted: bool = False


def host_of(back_end: BackEnd, policy: Policy, resolve: Resolve | None = None) -> Host:
    """Return the host of a back end, looked up once through `resolve` (default: the system's).

    A name is not even asked for where its answer could not matter: below level 1, of a back end that does not declare
    to stand on the premises. Raises MachineError for a URL that cannot be read and a name that is not known.
    """
    host = named(back_end)
    if host is None:
        raise MachineError(
            say("{model} has no address that can be used", model=back_end.name),
            next=say("Write its `url` as http(s)://HOST[:PORT]/PATH, without a user part, query or other signs"),
        )
    if host.addresses or (policy.level == ON_PREM and not back_end.premises):
        return host
    addresses = tuple(dict.fromkeys((resolve or _system)(host.name, host.port)))
    place = _place(addresses, back_end.premises)
    return Host(host.name, host.port, addresses, place, host.encrypted)


def named(back_end: BackEnd) -> Host | None:
    """Return what the URL alone says: the place of an address or of `localhost`; of any other name ``outside``.

    None if the URL is none. `localhost` is this machine's loopback whatever a file or server says about it.
    """
    url = _split(back_end.url)
    if url is None:
        return None
    try:
        port = url.port or PORTS[url.scheme]
    except ValueError:
        return None
    name = (url.hostname or "").rstrip(".").lower()
    addresses = LOOPBACK if name == LOCALHOST else (name,) if _address(name) else ()
    return Host(name, port, addresses, _place(addresses, back_end.premises), url.scheme == "https")


def is_loopback(text: str) -> bool:
    """Say whether an address, or `localhost`, is this machine itself."""
    found = _address(text)
    return found.is_loopback if found is not None else text.lower() == LOCALHOST


def _split(text: str) -> SplitResult | None:
    if not text.isascii() or not text.isprintable() or "\\" in text or " " in text:
        return None
    try:
        url = urlsplit(text)
        good = url.scheme in PORTS and HOST.fullmatch(url.hostname or "") and "@" not in url.netloc
    except ValueError:
        return None
    return url if good and not url.query and not url.fragment else None


def _place(addresses: Sequence[str], premises: bool) -> Place:
    """Return the place of the farthest of some addresses; without any it is outside."""
    found = [_address(text) for text in addresses]
    if found and all(one is not None and one.is_loopback for one in found):
        return "machine"
    own = bool(found) and all(one is not None and any(one in network for network in OWN_NETWORKS) for one in found)
    return "premises" if own and premises else "outside"


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def _system(name: str, port: int) -> list[str]:
    try:
        with announced(name):
            found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise MachineError(
            say("The name {name} is not known here: {cause}", name=name, cause=error.strerror or str(error)),
            next=say("Check the `url` of the model and the network"),
        ) from error
    return [str(address[0]) for *_, address in found]
