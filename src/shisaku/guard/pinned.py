"""A resolver that knows one name, and of it the addresses that were approved: the DNS is not asked a second time."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from shisaku.guard.hosts import Host

if TYPE_CHECKING:
    from aiohttp.abc import AbstractResolver


def pinned(host: Host) -> AbstractResolver:
    """Return a resolver that knows one name, and of it the addresses that were approved."""
    from aiohttp.abc import AbstractResolver, ResolveResult

    class Pinned(AbstractResolver):
        async def resolve(
            self, name: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
        ) -> list[ResolveResult]:
            if name.rstrip(".").lower() != host.name:
                raise OSError(f"{name} was not approved")
            return [
                ResolveResult(
                    hostname=name, host=address, port=port, proto=0, flags=socket.AI_NUMERICHOST,
                    family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                )
                for address in host.addresses
            ]  # fmt: skip

        async def close(self) -> None:
            """Hold nothing."""

    return Pinned()
