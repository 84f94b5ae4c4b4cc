"""The frames that a worker answers with, read from its pipe with a clock running."""

from __future__ import annotations

import json
import os
import select
import time
from typing import Any

from shisaku.store.worker import HEAD

CHUNK = 1 << 20
AT_ONCE = 1 << 16  # short answers come many in one read


class HungError(Exception):
    """The time is up and there is no answer."""


class Answers:
    """The answers in a pipe, which is ours to close; none may be larger than `most` bytes."""

    def __init__(self, descriptor: int, most: int) -> None:
        self._descriptor, self._most = descriptor, most
        self._held = b""
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN)

    def receive(self, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return header and payload of the next answer. Raises HungError, and EOFError for a pipe that closed.

        Nonsense is as good as no answer.
        """
        deadline = time.monotonic() + seconds
        sizes = HEAD.unpack(self._read(HEAD.size, deadline))
        if max(sizes) > self._most:
            raise EOFError
        text, data = self._read(sizes[0], deadline), self._read(sizes[1], deadline)
        try:
            header = json.loads(text)
        except ValueError:
            raise EOFError from None
        if not isinstance(header, dict):
            raise EOFError
        return header, data

    def closed(self) -> bool:
        """Say whether nobody is there who could answer, or somebody answers what nobody asked."""
        return bool(self._poll.poll(0))

    def close(self) -> None:
        """Close the pipe."""
        os.close(self._descriptor)

    def _read(self, size: int, deadline: float) -> bytes:
        got, self._held = [self._held[:size]], self._held[size:]
        missing = size - len(got[0])
        if not missing:
            return got[0]
        while missing:
            left = deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1000):
                raise HungError
            data = os.read(self._descriptor, min(CHUNK, max(missing, AT_ONCE)))
            if not data:
                raise EOFError
            got.append(data[:missing])
            self._held = data[missing:]
            missing -= len(got[-1])
        return b"".join(got)
