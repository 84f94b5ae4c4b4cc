"""The journal's tables: calls with their answers, the samples they are about, and what every run spent."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from shisaku.errors import MachineError
from shisaku.guard.call import Units
from shisaku.guard.reply import Refused
from shisaku.guard.spending import Amount
from shisaku.message import say

SCHEMA = 1
TABLES = """
CREATE TABLE calls(
  key BLOB PRIMARY KEY, state INTEGER NOT NULL, owner TEXT NOT NULL, run TEXT NOT NULL, at REAL NOT NULL,
  model TEXT NOT NULL, step TEXT NOT NULL, purpose TEXT NOT NULL, made_of TEXT NOT NULL,
  status INTEGER, content_type TEXT, body BLOB, file TEXT NOT NULL DEFAULT '', units TEXT,
  cost REAL, currency TEXT, seconds REAL, attempts INTEGER, refused TEXT NOT NULL DEFAULT '');
CREATE INDEX calls_of_step ON calls(step, at);
CREATE TABLE samples(sample TEXT NOT NULL, key BLOB NOT NULL, PRIMARY KEY(sample, key)) WITHOUT ROWID;
CREATE TABLE spent(run TEXT NOT NULL, key BLOB NOT NULL, money REAL NOT NULL, tokens INTEGER NOT NULL,
  calls INTEGER NOT NULL, PRIMARY KEY(run, key)) WITHOUT ROWID;
CREATE TABLE sessions(run TEXT NOT NULL, session TEXT NOT NULL, seconds REAL NOT NULL, PRIMARY KEY(run, session))
  WITHOUT ROWID;
"""
BUSY_SECONDS = 60.0
MANY = 500  # keys in one look-up
INTENT, ANSWERED, REFUSED = 0, 1, 2
State = Literal["sent, no answer known", "answered", "refused"]
STATES: tuple[State, ...] = ("sent, no answer known", "answered", "refused")


@dataclass(frozen=True, slots=True)
class Intent:
    """A call that is about to be sent: under which key, what for, and what its key is made of."""

    key: str
    model: str
    step: str
    purpose: str
    made_of: Mapping[str, str]
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Who announces a call: the session (one open journal), its run, and when (seconds since 1970)."""

    owner: str
    run: str
    at: float


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it lies in the journal; a large body lies in `file` beside it."""

    status: int
    content_type: str
    body: bytes
    file: str
    units: Units
    cost: float
    currency: str
    seconds: float
    attempts: int


@dataclass(frozen=True, slots=True)
class Known:
    """What the journal says about a call, without its answer. `cost` is 0 where it was not answered."""

    key: str
    state: State
    run: str
    at: float
    model: str
    step: str
    purpose: str
    made_of: Mapping[str, str]
    cost: float
    currency: str
    refused: str


def connect(path: Path) -> sqlite3.Connection:
    """Open the database, made where it is not there. Raises MachineError for one of another form."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    _into_wal(connection)
    # An intent has to outlive a power cut, or what it announced could be paid twice without anybody knowing.
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("BEGIN IMMEDIATE")
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version == 0:
        for statement in TABLES.split(";"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA}")
    connection.execute("COMMIT")
    if version not in (0, SCHEMA):
        connection.close()
        raise MachineError(
            say(
                "The journal of paid answers has form {found}, and this version reads {own}", found=version, own=SCHEMA
            ),
            str(path),
            next=say("Use the version of shisaku that wrote it, or set SHISAKU_CACHE to another folder"),
        )
    return connection


def _into_wal(connection: sqlite3.Connection) -> None:
    """Put the database into WAL mode, in which processes read and write beside each other."""
    ends = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            # This change of mode fails at once beside another that opens: SQLite's own time-out does not hold for it.
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > ends:
                raise
            time.sleep(0.005)


def find(connection: sqlite3.Connection, keys: Sequence[str]) -> dict[str, Answered]:
    """Return the answers that lie under these keys."""
    found: dict[str, Answered] = {}
    for start in range(0, len(keys), MANY):
        some = [bytes.fromhex(key) for key in keys[start : start + MANY]]
        marks = ",".join("?" * len(some))
        rows = connection.execute(
            f"SELECT key, status, content_type, body, file, units, cost, currency, seconds, attempts FROM calls "  # noqa: S608
            f"WHERE state = {ANSWERED} AND key IN ({marks})",
            some,
        )
        found.update({row[0].hex(): _answered(row[1:]) for row in rows})
    return found


def state_of(connection: sqlite3.Connection, key: str) -> tuple[int | None, str]:
    """Return the state of a call (None: not known) and who announced it last."""
    found = connection.execute("SELECT state, owner FROM calls WHERE key = ?", (bytes.fromhex(key),)).fetchone()
    return found or (None, "")


def write_intent(connection: sqlite3.Connection, intent: Intent, origin: Origin) -> None:
    """Announce a call; what an earlier, failed one left under its key is replaced."""
    made_of = json.dumps(dict(intent.made_of), ensure_ascii=False, sort_keys=True)
    connection.execute(
        "INSERT OR REPLACE INTO calls(key, state, owner, run, at, model, step, purpose, made_of) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(bytes.fromhex(intent.key), INTENT, origin.owner, origin.run, origin.at),
            *(intent.model, intent.step, intent.purpose, made_of),
        ),
    )
    link(connection, intent.key, intent.samples)


def link(connection: sqlite3.Connection, key: str, samples: Iterable[str]) -> None:
    """Note that a call is about these samples too."""
    rows = [(sample, bytes.fromhex(key)) for sample in samples]
    connection.executemany("INSERT OR IGNORE INTO samples VALUES (?, ?)", rows)


def write_answer(connection: sqlite3.Connection, key: str, answer: Answered) -> None:
    """Put an answer beside its intent."""
    connection.execute(
        "UPDATE calls SET state = ?, status = ?, content_type = ?, body = ?, file = ?, units = ?, cost = ?, "
        "currency = ?, seconds = ?, attempts = ? WHERE key = ?",
        (
            *(ANSWERED, answer.status, answer.content_type, answer.body, answer.file, json.dumps(asdict(answer.units))),
            *(answer.cost, answer.currency, answer.seconds, answer.attempts, bytes.fromhex(key)),
        ),
    )


def write_refusal(connection: sqlite3.Connection, key: str, kind: Refused) -> None:
    """Note that a call ended without an answer: its turn comes again."""
    connection.execute("UPDATE calls SET state = ?, refused = ? WHERE key = ?", (REFUSED, kind, bytes.fromhex(key)))


def spent_on(connection: sqlite3.Connection, run: str, key: str) -> Amount:
    """Return what a run is charged for a call so far."""
    row = connection.execute(
        "SELECT money, tokens, calls FROM spent WHERE run = ? AND key = ?", (run, bytes.fromhex(key))
    ).fetchone()
    return Amount(*row) if row else Amount()


def write_spent(connection: sqlite3.Connection, run: str, key: str, spent: Amount) -> None:
    """Put down what a run is charged for a call."""
    connection.execute(
        "INSERT OR REPLACE INTO spent VALUES (?, ?, ?, ?, ?)",
        (run, bytes.fromhex(key), spent.money, spent.tokens, spent.calls),
    )


def spent_by(connection: sqlite3.Connection, run: str) -> Amount:
    """Return what a run is charged for all its calls."""
    money, tokens, calls = connection.execute(
        "SELECT total(money), sum(tokens), sum(calls) FROM spent WHERE run = ?", (run,)
    ).fetchone()
    return Amount(money, tokens or 0, calls or 0)


def write_seconds(connection: sqlite3.Connection, run: str, session: str, seconds: float) -> None:
    """Put down how long one part of a run has taken until now."""
    connection.execute("INSERT OR REPLACE INTO sessions VALUES (?, ?, ?)", (run, session, seconds))


def seconds_of(connection: sqlite3.Connection, run: str) -> float:
    """Return how long all parts of a run took together."""
    return float(connection.execute("SELECT total(seconds) FROM sessions WHERE run = ?", (run,)).fetchone()[0])


def known(connection: sqlite3.Connection, where: Literal["key", "step"], value: str) -> Iterator[Known]:
    """Give what is known of the call with a key, or of all calls of a step, earliest first."""
    rows = connection.execute(
        f"SELECT key, state, run, at, model, step, purpose, made_of, cost, currency, refused FROM calls "  # noqa: S608
        f"WHERE {where} = ? ORDER BY at, key",
        (bytes.fromhex(value) if where == "key" else value,),
    )
    for key, state, run, at, model, step, purpose, made_of, cost, currency, refused in rows:
        parts = json.loads(made_of)
        yield Known(
            key.hex(), STATES[state], run, at, model, step, purpose, parts, cost or 0.0, currency or "", refused
        )


def _answered(row: Sequence[object]) -> Answered:
    status, content_type, body, file, units, cost, currency, seconds, attempts = row
    told = Units(**json.loads(str(units)))
    return Answered(status, content_type, body or b"", file, told, cost, currency, seconds, attempts)  # type: ignore[arg-type]
