"""Which sample a name in the ledger stands for, kept beside it, so that a sample can be forgotten and the chain stays.

The ledger bears random names in place of samples, and keyed hashes in place of the hashes of what left of them. Names,
keys and hashes stand in a second file that is no part of the chain: taking a sample's lines out leaves records of
something that nobody can name, or match with its content, any more.
"""

from __future__ import annotations

import hmac
import json
import os
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from shisaku.guard.record import Entry
from shisaku.store.atomic import disk_errors, write_bytes

NAME_BYTES: Final = 9
KEY_BYTES: Final = 32
MARK: Final = "~"
Line = dict[str, str]


def names_file(ledger: Path) -> Path:
    """Return where the names of a ledger lie."""
    return ledger.with_suffix(".names")


class Names:
    """Gives the samples of a ledger random names. Each object has names of its own: processes need not agree."""

    def __init__(self, ledger: Path) -> None:
        self._path = names_file(ledger)
        self._known: dict[str, Line] = {}

    def hidden(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries with names in place of samples and hashes. What they mean is written down first.

        It is not forced to disk: after a loss of power a name may mean nothing, and the record still stands.
        """
        lines: list[Line] = []
        parts = [part for one in entries for part in one.get("sent", ())]
        for sample in sorted({part["sample"] for part in parts} - self._known.keys()):
            name, key = MARK + secrets.token_urlsafe(NAME_BYTES), secrets.token_hex(KEY_BYTES)
            self._known[sample] = {"name": name, "sample": sample, "key": key}
            lines.append(self._known[sample])
        hashes = {(part["sample"], part["sha256"]) for part in parts if "sha256" in part}
        lines += [{"name": self._proof(*one), "sample": one[0], "sha256": one[1]} for one in sorted(hashes)]
        self._write(lines)
        return [self._hidden(one) for one in entries]

    def _hidden(self, entry: Entry) -> Entry:
        if "sent" not in entry:
            return entry
        names = {sample: held["name"] for sample, held in self._known.items()}
        sent = [
            {**part, **({"sha256": self._proof(part["sample"], part["sha256"])} if "sha256" in part else {})}
            for part in entry["sent"]
        ]
        return _renamed({**entry, "sent": sent}, names)

    def _proof(self, sample: str, digest: str) -> str:
        return hmac.digest(bytes.fromhex(self._known[sample]["key"]), digest.encode(), "sha256").hex()

    def _write(self, lines: Sequence[Line]) -> None:
        if not lines:
            return
        with disk_errors(self._path):
            file = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                # A line that somebody never finished must not swallow the next one.
                os.write(file, ("\n" + "".join(json.dumps(line) + "\n" for line in lines)).encode())
            finally:
                os.close(file)


def shown(records: Iterable[dict[str, Any]], ledger: Path) -> Iterator[dict[str, Any]]:
    """Give the records with samples and hashes in place of their names; what was forgotten keeps its name."""
    lines = list(_lines(ledger))
    meant = {line["name"]: line["sample"] for line in lines if "key" in line}
    hashes = {line["name"]: line["sha256"] for line in lines if "sha256" in line}
    for record in records:
        if "sent" in record:
            sent = [{**part, **({"sha256": hashes.get(part["sha256"], part["sha256"])} if "sha256" in part else {})}
                    for part in record["sent"]]  # fmt: skip
            yield dict(_renamed({**record, "sent": sent}, meant))
        else:
            yield record


def forget_names(ledger: Path, is_one: Callable[[str], bool]) -> int:
    """Take out what the names of some samples mean; return how many lines that were. Raises MachineError (disk)."""
    held = list(_lines(ledger))
    kept = [line for line in held if not is_one(line["sample"])]
    if len(kept) < len(held):
        write_bytes(names_file(ledger), "".join(json.dumps(line) + "\n" for line in kept).encode())
    return len(held) - len(kept)


def _lines(ledger: Path) -> Iterator[Line]:
    path = names_file(ledger)
    if not path.is_file():
        return
    with disk_errors(path):
        text = path.read_text("utf-8", "replace")
    for line in text.splitlines():
        try:
            held = json.loads(line)
        except ValueError:
            continue  # the end of a line that was never finished
        if isinstance(held, dict) and {"name", "sample"} <= held.keys():
            yield {str(key): str(value) for key, value in held.items()}


def _renamed(entry: Mapping[str, Any], names: Mapping[str, str]) -> Mapping[str, Any]:
    """Return an entry with other names of its samples, also in the reason of a denial."""
    sent = [{**part, "sample": names.get(part["sample"], part["sample"])} for part in entry["sent"]]
    reason = entry.get("reason")
    if not isinstance(reason, Mapping):
        return {**entry, "sent": sent}
    values = {
        key: names.get(value, value) if isinstance(value, str) else value
        for key, value in reason.get("values", {}).items()
    }
    return {**entry, "sent": sent, "reason": {**reason, "values": values}}
