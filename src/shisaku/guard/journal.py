"""The journal of paid answers, shared by all runs: what is to be sent before it is sent, and what came of it."""

from __future__ import annotations

import secrets
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from shisaku.errors import DataError
from shisaku.guard import journal_table as table
from shisaku.guard.journal_table import Answered, Intent, Known
from shisaku.guard.journal_writer import JournalWriter
from shisaku.guard.reply import Refused
from shisaku.guard.spending import NOTHING, Amount
from shisaku.store.blobs import get, put
from shisaku.store.lock import FolderLock
from shisaku.store.places import cache_dir

NAME = "journal.sqlite"
OWNERS = "owners"
INLINE_BYTES = 100_000
NOTE_SECONDS = 1.0
Find = Callable[[Sequence[str]], Mapping[str, Answered]]  # what lies under which of some keys


@dataclass(frozen=True, slots=True)
class Announced:
    """What became of an intent.

    ``go``: it is on disk. ``answered``: somebody has the answer already. ``elsewhere``: another process is
    about to get it. `before` is what this run was charged for the call in an earlier, unfinished try.
    """

    how: Literal["go", "answered", "elsewhere"]
    answer: Answered | None = None
    before: Amount = NOTHING


def journal_dir(cache: Path | None = None) -> Path:
    """Return the folder of the journal, in `cache` or the default cache."""
    return (cache if cache is not None else cache_dir()) / "journal"


class Journal:
    """The journal in the folder `root`, opened for the run `run`; any number of processes may have it open.

    `send`-ing sides await `announce` before and `answer` or `refuse` after; both return when it is on disk.
    """

    def __init__(self, root: Path, run: str = "", wall: Callable[[], float] = time.time) -> None:
        self.root, self.run = root, run
        self._wall = wall
        self._session = secrets.token_hex(8)
        self._writer = JournalWriter(root / NAME)
        self._reader = table.connect(root / NAME)
        self._reading = threading.Lock()
        self._owner = FolderLock(root / OWNERS / self._session)
        self._owner.path.parent.mkdir(exist_ok=True)
        self._owner.take()
        self._began = self._noted = time.monotonic()

    def find(self, keys: Sequence[str]) -> dict[str, Answered]:
        """Return the answers that lie under these keys, whole. One whose file is gone is not found."""
        with self._reading:
            found = table.find(self._reader, keys)
        return _all_whole(self.root, found)

    def used(self) -> tuple[Amount, float]:
        """Return what the run is charged for up to now, and the minutes that its earlier parts took."""
        with self._reading:
            return table.spent_by(self._reader, self.run), table.seconds_of(self._reader, self.run) / 60

    def known(self, where: Literal["key", "step"], value: str) -> list[Known]:
        """Return what is known of the call with a key, or of all calls of a step, earliest first."""
        with self._reading:
            return list(table.known(self._reader, where, value))

    async def announce(self, intent: Intent, bound: Amount, *, again: bool, take_over: bool = False) -> Announced:
        """Put down that a call is about to be sent, which counts as spent at most `bound` until it is settled.

        `again` says that sending it once more costs nothing (the server honours its key). With `take_over` another
        process that announced it is not waited for.
        """
        return await self._writer.put(lambda connection: self._announce(connection, intent, bound, again, take_over))

    async def answer(self, key: str, answer: Answered, spent: Amount) -> None:
        """Put an answer down and what was spent on it; large bodies become files named by their content."""
        await self._writer.put(lambda connection: self._settle(connection, key, spent, answer))

    async def refuse(self, key: str, kind: Refused, spent: Amount) -> None:
        """Put down that no answer came, and what the call is charged for all the same."""
        await self._writer.put(lambda connection: self._settle(connection, key, spent, kind))

    def withdraw(self, key: str, bound: Amount) -> None:
        """Take back an intent of which nothing was sent; nobody waits for it."""
        self._writer.post(lambda connection: self._withdraw(connection, key, bound))

    def charge(self, key: str, spent: Amount) -> None:
        """Put down what a call under way is charged for so far; nobody waits for it."""
        self._writer.post(lambda connection: table.write_spent(connection, self.run, key, spent))

    def link(self, key: str, samples: tuple[str, ...]) -> None:
        """Put down that an answer that was found is about these samples too; nobody waits for it."""
        self._writer.post(lambda connection: table.link(connection, key, samples))

    def is_small(self, answer: Answered) -> bool:
        """Say whether an answer is put down in the table itself."""
        return len(answer.body) <= INLINE_BYTES

    def stored(self, answer: Answered) -> Answered:
        """Return an answer in the form in which it is put down; writes a file if it is large."""
        if self.is_small(answer):
            return answer
        return replace(answer, file=put(self.root, answer.body), body=b"")

    def close(self) -> None:
        """Write what is waiting, and let others take over what this one announced."""
        self._writer.post(self._note_time)
        self._writer.close()
        with self._reading:
            self._reader.close()
        self._owner.path.unlink(missing_ok=True)

    def _announce(
        self, connection: sqlite3.Connection, intent: Intent, bound: Amount, again: bool, take_over: bool
    ) -> Announced:
        state, owner = table.state_of(connection, intent.key)
        if state == table.ANSWERED:
            whole = _whole(self.root, table.find(connection, [intent.key])[intent.key])
            if whole is not None:
                table.link(connection, intent.key, intent.samples)
                return Announced("answered", whole)
        if state == table.INTENT and not take_over and self._lives(owner):
            return Announced("elsewhere")
        before = NOTHING if state is None else table.spent_on(connection, self.run, intent.key)
        table.write_intent(connection, intent, table.Origin(self._session, self.run, self._wall()))
        table.write_spent(connection, self.run, intent.key, bound if again else bound + before)
        if time.monotonic() > self._noted + NOTE_SECONDS:
            self._note_time(connection)
        return Announced("go", before=before)

    def _withdraw(self, connection: sqlite3.Connection, key: str, bound: Amount) -> None:
        if table.state_of(connection, key) == (table.INTENT, self._session):
            table.write_refusal(connection, key, "stopped")
            table.write_spent(connection, self.run, key, table.spent_on(connection, self.run, key) - bound)

    def _settle(self, connection: sqlite3.Connection, key: str, spent: Amount, outcome: Answered | Refused) -> None:
        if isinstance(outcome, Answered):
            table.write_answer(connection, key, outcome)
        else:
            table.write_refusal(connection, key, outcome)
        table.write_spent(connection, self.run, key, spent)

    def _note_time(self, connection: sqlite3.Connection) -> None:
        self._noted = time.monotonic()
        table.write_seconds(connection, self.run, self._session, self._noted - self._began)

    def _lives(self, owner: str) -> bool:
        """Say whether somebody else who is still there has a journal open under that name."""
        return owner != self._session and FolderLock(self.root / OWNERS / owner).held()


@contextmanager
def answers_in(root: Path) -> Iterator[Find]:
    """Give a look-up, safe from many threads, of the answers in the journal at `root` for who writes nothing there."""
    if not (root / NAME).is_file():
        yield lambda keys: {}
        return
    reading = threading.Lock()

    def find(keys: Sequence[str]) -> Mapping[str, Answered]:
        with reading:
            return _all_whole(root, table.find(connection, keys))

    with closing(table.connect(root / NAME)) as connection:
        yield find


def _all_whole(root: Path, found: Mapping[str, Answered]) -> dict[str, Answered]:
    whole = {key: _whole(root, answer) for key, answer in found.items()}
    return {key: answer for key, answer in whole.items() if answer is not None}


def _whole(root: Path, answer: Answered) -> Answered | None:
    if not answer.file:
        return answer
    try:
        return replace(answer, body=get(root, answer.file))
    except DataError:
        return None
