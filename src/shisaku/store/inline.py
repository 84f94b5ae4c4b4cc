"""Decoding without leaving the process: for code that already runs inside a sandbox worker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shisaku.core.drop import Failure
from shisaku.store.decoded import Decoded
from shisaku.store.job import Job
from shisaku.store.limits import Limits
from shisaku.store.worker import decode, decoded_or_why


@dataclass(frozen=True, slots=True)
class InlineDecoder:
    """What a Sandbox is to the main process. Images come as plain pixels, not packed: nobody keeps them."""

    limits: Limits

    def map(self, jobs: Iterable[Job]) -> Iterator[Decoded | Failure]:
        """Decode one file after the other. Raises MemoryError."""
        for job in jobs:
            task = "pixels" if job.task == "image" else job.task
            yield decoded_or_why(decode, task, job.media, self.limits, job.span)
